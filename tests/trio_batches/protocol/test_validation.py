import json
import re
import sys
from types import MappingProxyType
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trio_batches.protocol.validation import (
    STRICTER_SINCE,
    UniqueIds,
    check_custom_id,
    check_params,
    check_request,
)
from trio_batches.types import BatchRequest, MessageParams, TextBlock

BEFORE = "2023-06-01"
VALID: dict[str, object] = {
    "model": "claude-sonnet-5",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
}


def faults_of(changes: dict[str, object], *, version: str = STRICTER_SINCE) -> list[str]:
    return check_params(VALID | changes, anthropic_version=version)


@given(st.from_regex(r"[a-zA-Z0-9_-]{1,64}", fullmatch=True))
def test_an_id_of_the_right_form_can_be_sent(custom_id: str) -> None:
    assert check_custom_id(custom_id) is None


@given(st.text() | st.text("aZ09_- \n/é", min_size=1, max_size=70))
def test_an_id_of_any_other_form_is_refused_in_printable_ascii(custom_id: str) -> None:
    reason = check_custom_id(custom_id)

    assert (reason is None) == bool(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", custom_id))
    assert reason is None or re.fullmatch(r"[ -~…]{1,300}", reason)


@pytest.mark.parametrize(
    ("custom_id", "reason"),
    [
        (7, "custom_id must be a string"),
        (None, "custom_id must be a string"),
        ("", "custom_id is empty: give the request a name that is unique in its batch"),
        (
            "row 1",
            "custom_id 'row 1' contains ' ': use only letters, digits, _ and -",
        ),
        ("a\n", r"custom_id 'a\n' contains '\n': use only letters, digits, _ and -"),
        (
            "a" * 1065,
            f"custom_id '{'a' * 78}… has 1,065 characters: use at most 64",
        ),
    ],
)
def test_the_reason_says_what_is_wrong_with_an_id(custom_id: object, reason: str) -> None:
    assert check_custom_id(custom_id) == reason


@pytest.mark.parametrize("version", [BEFORE, STRICTER_SINCE, "2027-01-01"])
def test_valid_params_have_no_faults_in_any_form(version: str) -> None:
    forms: list[MessageParams | msgspec.Raw | bytes | MappingProxyType[str, object]] = [
        json.dumps(VALID).encode(),
        msgspec.Raw(json.dumps(VALID).encode()),
        MappingProxyType(VALID),
        MessageParams(model="m", max_tokens=1, messages=[{"role": "user", "content": "Hi"}]),
    ]

    for form in forms:
        assert check_params(form, anthropic_version=version) == []


def test_every_key_of_the_message_params_is_known() -> None:
    keys = dict.fromkeys(MessageParams.__struct_fields__)

    assert check_params(keys | VALID, anthropic_version=STRICTER_SINCE) == []


def test_all_faults_are_told_at_once() -> None:
    assert check_params({"stream": True}, anthropic_version=STRICTER_SINCE) == [
        "model is missing: name the model that answers",
        "max_tokens is missing: set it to 1 or more",
        "messages is missing: begin the conversation with a user's message",
        "stream must be left out: a batch does not stream",
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": ""}, "model must be a string that names the model"),
        ({"model": 5}, "model must be a string that names the model"),
        ({"max_tokens": 0}, "max_tokens must be a whole number of 1 or more, not 0"),
        ({"max_tokens": -1}, "max_tokens must be a whole number of 1 or more, not -1"),
        ({"max_tokens": True}, "max_tokens must be a whole number of 1 or more, not True"),
        ({"max_tokens": 1.5}, "max_tokens must be a whole number of 1 or more, not 1.5"),
        ({"max_tokens": "9"}, "max_tokens must be a whole number of 1 or more, not '9'"),
        ({"messages": "Hello"}, "messages must be a list"),
        (
            {"messages": []},
            "messages is empty: begin the conversation with a user's message",
        ),
        ({"stream": True}, "stream must be left out: a batch does not stream"),
        ({"stream": 1}, "stream must be left out: a batch does not stream"),
        ({"speed": "fast"}, "speed must be left out: batches have no fast mode"),
        (
            {"betas": ["context-1m-2025-08-07"]},
            "betas is no key of params: name betas for the whole batch, where it is created",
        ),
        (
            {"extra_headers": {}},
            (
                "extra_headers is no key of params: "
                "set headers for the whole batch, where it is created"
            ),
        ),
        (
            {"extra_body": {}},
            "extra_body is no key of params: put its keys into params themselves",
        ),
        (
            {"max_token": 1},
            "'max_token' is no key of params: remove it, or check its spelling",
        ),
    ],
)
@pytest.mark.parametrize("version", [BEFORE, STRICTER_SINCE])
def test_what_no_version_takes_is_refused(
    version: str, changes: dict[str, object], reason: str
) -> None:
    assert faults_of(changes, version=version) == [reason]


@pytest.mark.parametrize("changes", [{"stream": False}, {"stream": None}, {"speed": None}])
def test_what_says_nothing_is_let_pass(changes: dict[str, object]) -> None:
    assert faults_of(changes) == []


@pytest.mark.parametrize("key", ["temperature", "top_p", "top_k"])
def test_sampling_is_refused_since_the_stricter_version(key: str) -> None:
    assert faults_of({key: 1}, version=BEFORE) == []
    assert faults_of({key: None}) == []
    assert faults_of({key: 1}) == [
        (
            f"{key} must be left out, even at its default: remove it, or create the batch "
            f"with an API version before 2026-10-21"
        )
    ]


def test_a_document_in_an_answer_is_refused_since_the_stricter_version() -> None:
    messages = [
        {"role": "user", "content": [{"type": "document", "title": "a"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "document"}]},
    ]

    assert faults_of({"messages": messages}, version=BEFORE) == []
    assert faults_of({"messages": messages[:1]}) == []
    assert faults_of({"messages": messages}) == [
        (
            "messages[1].content[1]: a document cannot stand in an answer: move it to a user's "
            "message, or create the batch with an API version before 2026-10-21"
        )
    ]


def test_citations_of_a_users_text_are_refused_since_the_stricter_version() -> None:
    def messages(role: str, citations: object) -> list[object]:
        return [{"role": role, "content": [{"type": "text", "text": "a", "citations": citations}]}]

    assert faults_of({"messages": messages("user", ["a"])}, version=BEFORE) == []
    assert faults_of({"messages": messages("user", [])}) == []
    assert faults_of({"messages": messages("user", None)}) == []
    assert faults_of({"messages": messages("assistant", ["a"])}) == []
    assert faults_of({"messages": messages("user", ["a"])}) == [
        (
            "messages[0].content[0]: a user's text cannot have citations: remove them, or create "
            "the batch with an API version before 2026-10-21"
        )
    ]


def test_parts_that_only_the_service_can_judge_are_left_to_it() -> None:
    messages: list[object] = [
        3,
        {"role": "user"},
        {"role": "assistant", "content": [3, {}, "document"]},
    ]

    assert faults_of({"messages": messages}) == []


def test_keys_added_later_pass_when_allowed_but_arguments_of_other_clients_never() -> None:
    params = VALID | {"added_later": 1, "timeout": 3}

    faults = check_params(params, anthropic_version=STRICTER_SINCE, allow_unknown=True)

    assert faults == ["timeout is no key of params: requests of a batch have no timeout"]


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"3"])
def test_params_that_are_no_object_are_refused(raw: bytes) -> None:
    assert check_params(raw, anthropic_version=BEFORE) == ["params must be a JSON object"]


@pytest.mark.parametrize(
    "raw",
    [b"", b'{"model":', b'{"model":"\xff"}', b"[" * (sys.getrecursionlimit() + 1000)],
)
def test_params_that_are_no_json_are_refused(raw: bytes) -> None:
    [fault] = check_params(raw, anthropic_version=BEFORE)

    assert fault.startswith("params cannot be read as JSON: ")


def test_params_that_json_cannot_carry_are_refused() -> None:
    assert faults_of({"metadata": object()}) == [
        "params cannot be written as JSON: JSON has no form for a value of type object"
    ]


def test_an_answer_that_is_sent_back_is_checked_as_it_will_be_sent() -> None:
    messages = [{"role": "assistant", "content": (TextBlock("Hi"),)}]

    assert faults_of({"messages": messages}) == []


def test_a_request_is_checked_with_its_id_first() -> None:
    request = BatchRequest("", VALID | {"max_tokens": 0})

    faults = check_request(request, anthropic_version=BEFORE)

    assert [fault.split()[0] for fault in faults] == ["custom_id", "max_tokens"]
    assert check_request(BatchRequest("a", VALID), anthropic_version=BEFORE) == []


def fields(**values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=values)


_loose: st.SearchStrategy[object] = st.sampled_from(
    cast("list[object]", [None, False, True, -1, 0, 1, "", "fast", [], {}])
)
_block = fields(
    type=st.sampled_from(["text", "document", "image"]),
    citations=_loose | st.just([{"type": "char_location"}]),
    text=_loose,
)
_turn = fields(
    role=st.sampled_from(["user", "assistant", "system"]),
    content=st.text(max_size=3) | st.lists(_block | _loose, max_size=3),
)
_params = fields(
    model=_loose | st.just("m"),
    max_tokens=_loose | st.floats(0, 2) | st.integers(),
    messages=_loose | st.lists(_turn, max_size=3),
    stream=_loose,
    speed=_loose,
    temperature=_loose,
    system=_loose,
    other=_loose,
)


def valid_otherwise(changes: dict[str, object]) -> dict[str, object]:
    return VALID | changes


@settings(max_examples=300, deadline=None)
@given(
    params=_params.map(valid_otherwise) | _params,
    version=st.sampled_from([BEFORE, STRICTER_SINCE]),
)
def test_the_quick_look_and_the_close_one_agree(params: dict[str, object], version: str) -> None:
    # A key that no release knows makes the quick look give up, so that the close one is taken.
    unknown = "'zzz' is no key of params: remove it, or check its spelling"

    closely = check_params(params | {"zzz": 1}, anthropic_version=version)

    assert closely[-1] == unknown
    assert check_params(params, anthropic_version=version) == closely[:-1]


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    assert check_params(raw, anthropic_version=STRICTER_SINCE)


@given(st.lists(st.sampled_from("abcdef")))
def test_an_id_that_comes_again_leads_to_its_first_place(custom_ids: list[str]) -> None:
    ids: UniqueIds[int] = UniqueIds()

    for place, custom_id in enumerate(custom_ids):
        first = custom_ids.index(custom_id)
        assert ids.add(custom_id, place) == (None if first == place else first)

    assert len(ids) == len(set(custom_ids))


def test_places_may_be_anything() -> None:
    ids: UniqueIds[tuple[str, int]] = UniqueIds()

    assert ids.add("a", ("one.jsonl", 1)) is None
    assert ids.add("a", ("two.jsonl", 9)) == ("one.jsonl", 1)
    assert cast("object", ids.add("b", ("two.jsonl", 9))) is None
