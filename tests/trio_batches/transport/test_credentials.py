from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.transport.peers import KEY
from trio_batches.errors import ConfigurationError, CredentialsError
from trio_batches.transport.credentials import AuthScheme, Credentials, custom_headers

if TYPE_CHECKING:
    from collections.abc import Mapping


def resolve(
    api_key: str | None = None,
    auth_token: str | None = None,
    auth_scheme: AuthScheme = "bearer",
    *,
    environment: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    return Credentials.resolve(
        api_key=api_key,
        auth_token=auth_token,
        auth_scheme=auth_scheme,
        environment=environment or {},
    ).header()


def test_a_key_travels_as_a_bearer_token() -> None:
    assert resolve("key") == ("authorization", "Bearer key")
    assert resolve(auth_token="token") == ("authorization", "Bearer token")  # noqa: S106


def test_gateways_can_have_the_older_header_for_keys_but_not_for_tokens() -> None:
    assert resolve("key", auth_scheme="x-api-key") == ("x-api-key", "key")
    assert resolve(auth_token="token", auth_scheme="x-api-key") == (  # noqa: S106
        "authorization",
        "Bearer token",
    )


def test_arguments_win_over_the_environment_and_keys_over_tokens() -> None:
    both = {"ANTHROPIC_API_KEY": "env-key", "ANTHROPIC_AUTH_TOKEN": "env-token"}
    assert resolve("key", environment=both)[1] == "Bearer key"
    assert resolve(auth_token="token", environment=both)[1] == "Bearer token"  # noqa: S106
    assert resolve(environment=both)[1] == "Bearer env-key"
    assert resolve(environment={"ANTHROPIC_AUTH_TOKEN": "env-token"})[1] == "Bearer env-token"


def test_blank_variables_count_as_absent_and_white_space_around_is_dropped() -> None:
    environment = {"ANTHROPIC_API_KEY": "  ", "ANTHROPIC_AUTH_TOKEN": " token\n"}
    assert resolve(environment=environment)[1] == "Bearer token"


def test_a_missing_key_says_which_variable_to_set() -> None:
    with pytest.raises(CredentialsError, match="ANTHROPIC_API_KEY"):
        resolve()


def test_two_arguments_are_one_too_many() -> None:
    with pytest.raises(CredentialsError, match="not both"):
        resolve("key", "token")


@pytest.mark.parametrize("tail", [" x", "\n", "\u00e9", "\x7f", "\r\nhost: evil.test"])
def test_a_key_that_cannot_be_a_header_is_refused_without_showing_it(tail: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        resolve(KEY + tail)
    assert KEY not in str(caught.value)


def test_an_empty_argument_is_refused_although_the_environment_has_a_key() -> None:
    with pytest.raises(CredentialsError, match="empty"):
        resolve("", environment={"ANTHROPIC_API_KEY": "key"})


def test_an_unknown_scheme_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="auth_scheme is 'basic'"):
        resolve("key", auth_scheme="basic")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_credentials_do_not_show_pickle_or_copy_the_secret() -> None:
    credentials = Credentials("authorization", f"Bearer {KEY}")
    assert repr(credentials) == str(credentials) == "<Credentials in authorization>"
    assert f"{credentials}" == "<Credentials in authorization>"
    assert not hasattr(credentials, "__dict__")
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            leak(credentials)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("X-One: 1", {"x-one": "1"}),
        ("X-One: 1\n\n  \nx_two:two: three\r\n", {"x-one": "1", "x_two": "two: three"}),
        ("X-Empty:", {"x-empty": ""}),
        ("A: 1\na: 2", {"a": "2"}),
    ],
)
def test_custom_headers_are_one_a_line(text: str, expected: Mapping[str, str]) -> None:
    assert custom_headers({"ANTHROPIC_CUSTOM_HEADERS": text}) == expected
    assert custom_headers({}) == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [("nonsense", 1), ("A: 1\n: 2", 2), ("A b: 1", 1), ("\u00e4: 1", 1), ("A: 1\nB: \u00e4", 2)],
)
def test_a_custom_header_that_is_none_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(ConfigurationError, match=f"line {line}"):
        custom_headers({"ANTHROPIC_CUSTOM_HEADERS": text})


@pytest.mark.parametrize(
    "name", ["content-length", "Transfer-Encoding", "CONNECTION", "Host", "upgrade", "expect"]
)
def test_custom_headers_that_frame_the_message_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"line 2: {name} belongs to the connection"):
        custom_headers({"ANTHROPIC_CUSTOM_HEADERS": f"A: 1\n{name}: 5"})


def test_the_value_of_a_bad_custom_header_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        custom_headers({"ANTHROPIC_CUSTOM_HEADERS": f"X-Api-Key: {KEY}\x00"})
    assert KEY not in str(caught.value)
