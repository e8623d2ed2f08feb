from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.errors import ConfigurationError, InvalidIdError
from trio_batches.transport.address import ServiceAddress, id_segment


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://api.anthropic.com", ("https", "api.anthropic.com", 443)),
        ("http://Service.TEST/", ("http", "service.test", 80)),
        ("HTTP://service.test:8000/gateway/", ("http", "service.test", 8000)),
        ("http://127.0.0.1:80", ("http", "127.0.0.1", 80)),
        ("https://[::1]:8443", ("https", "::1", 8443)),
        ("http://[::1]", ("http", "::1", 80)),
        ("http://a_b.service.test.", ("http", "a_b.service.test.", 80)),
        ("http://xn--bcher-kva.test", ("http", "xn--bcher-kva.test", 80)),
        ("http://service.test:0", ("http", "service.test", 0)),
    ],
)
def test_a_base_url_has_an_origin(base_url: str, origin: tuple[str, str, int]) -> None:
    address = ServiceAddress(base_url)
    assert address.origin == origin
    assert address.owns(*origin)
    assert address.owns(origin[0], origin[1].upper(), origin[2])


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "service.test",
        "//service.test",
        "ftp://service.test",
        "file:///etc/passwd",
        "http://",
        "http://service.test:eighty",
        "http://service.test:99999",
        "http://service.test:",
        "http://user:secret@service.test",
        "http://service.test?key=1",
        "http://service.test#fragment",
        "http://service.test\\@evil.test",
        "http://a b.test",
        "http://b\u00fccher.test",
        "http://[::1",
        "http://a..b",
        "http://.test",
        f"http://{'x' * 64}.test",
    ],
)
def test_what_is_no_base_url_is_a_configuration_error(base_url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ServiceAddress(base_url)
    assert "secret" not in str(caught.value)


def test_another_scheme_host_or_port_is_not_the_service() -> None:
    address = ServiceAddress("http://service.test")
    assert address.owns("http", "service.test", None)
    assert not address.owns("https", "service.test", None)
    assert not address.owns("http", "evil.test", None)
    assert not address.owns("http", "service.test.evil.test", None)
    assert not address.owns("http", "service.test", 8080)
    assert not address.owns("http", "service.test", 0)
    assert not address.owns("gopher", "service.test", None)


def test_paths_go_below_the_base_and_urls_stay_as_they_are() -> None:
    address = ServiceAddress("http://service.test/gateway/")
    assert address.base_url == "http://service.test/gateway"
    assert address.absolute("/v1/models") == "http://service.test/gateway/v1/models"
    assert address.absolute("//evil.test/x") == "http://service.test/gateway/evil.test/x"
    assert address.absolute("http://evil.test/x") == "http://evil.test/x"


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "../../v1/models",
        "a/b",
        "a?b",
        "a#b",
        "%2e%2e",
        "a\\b",
        "a b",
        "a\nb",
        "\x7f",
    ],
)
def test_what_could_change_a_path_is_no_id(value: str) -> None:
    with pytest.raises(InvalidIdError, match="nothing was sent"):
        id_segment(value)


def test_the_error_of_a_bad_id_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="is not an id"):
        id_segment("")


@given(st.text())
def test_an_id_is_one_segment_or_none(value: str) -> None:
    try:
        segment = id_segment(value)
    except InvalidIdError:
        return
    assert segment.isascii()
    assert segment not in ("", ".", "..")
    assert not set(segment) & set("/\\?# \r\n")


def test_an_ordinary_id_stays_as_it_is() -> None:
    assert id_segment("msgbatch_013Zva2CMHLNnXjNJJKqJ2EF") == "msgbatch_013Zva2CMHLNnXjNJJKqJ2EF"
    assert id_segment("claude-3:latest") == "claude-3%3Alatest"
