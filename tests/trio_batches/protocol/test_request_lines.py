from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.protocol import request_lines
from trio_batches.protocol.request_lines import RequestLine, RequestReader

PARAMS: dict[str, object] = {
    "model": "m",
    "max_tokens": 7,
    "messages": [{"role": "user", "content": "x"}],
}
NATIVE: dict[str, object] = {"custom_id": "a", "params": PARAMS}


def read(line: object, version: str = "2026-10-21") -> RequestLine:
    content = line if isinstance(line, bytes) else msgspec.json.encode(line)
    return RequestReader(anthropic_version=version).read(content)


def test_a_sound_line_is_sent_as_it_stands() -> None:
    line = json.dumps(NATIVE).encode()
    assert read(line) == RequestLine(custom_id="a", encoded=line, model="m", max_tokens=7)


def test_a_line_of_the_older_form_is_converted() -> None:
    older = {"custom_id": "a", "method": "POST", "url": "/v1/messages", "body": PARAMS}
    assert read(older) == RequestLine(
        custom_id="a", encoded=msgspec.json.encode(NATIVE), model="m", max_tokens=7
    )


FAULTY: list[tuple[bytes | dict[str, object], list[str]]] = [
    (b"", ["not a JSON object: Input data was truncated"]),
    (b"[1]", ["not a JSON object: Expected `object`, got `array`"]),
    (b'{"custom_id"', ["not a JSON object: Input data was truncated"]),
    (
        PARAMS,
        [
            "custom_id is missing: give the request a name that is unique in the input",
            "params is missing: it holds what the Messages API would take",
            "'max_tokens' is no key of a request: remove it",
            "'messages' is no key of a request: remove it",
            "'model' is no key of a request: remove it",
        ],
    ),
    (NATIVE | {"label": 1}, ["'label' is no key of a request: remove it"]),
    (
        {"custom_id": 7, "params": PARAMS},
        ["custom_id is empty: give the request a name that is unique in its batch"],
    ),
    ({"custom_id": "a", "params": 3}, ["params must be a JSON object"]),
    (
        {"custom_id": "a", "params": PARAMS | {"stream": True, "max_tokens": 0}},
        [
            "max_tokens must be a whole number of 1 or more, not 0",
            "stream must be left out: a batch does not stream",
        ],
    ),
    (
        {"custom_id": "a", "method": "GET", "url": "/v1/models", "body": PARAMS},
        [
            "method is 'GET': only POST can be batched",
            "url is '/v1/models': only /v1/messages can be batched",
        ],
    ),
    (NATIVE | {"body": {}}, ["'body' is no key of a request: remove it"]),
]


@pytest.mark.parametrize(("line", "faults"), FAULTY)
def test_every_fault_of_a_line_is_named(line: object, faults: list[str]) -> None:
    found = read(line)
    assert found.faults == faults
    assert found.encoded == b""


def test_a_parameter_that_only_older_versions_take() -> None:
    line = {"custom_id": "a", "params": PARAMS | {"temperature": 1}}
    assert "temperature must be left out" in read(line).faults[0]
    assert read(line, "2023-06-01").faults == []


@pytest.mark.parametrize("place", [b'"system":"\xff"', b'"tools":["\xc3"]', b'"\xff":1'])
def test_bytes_that_are_no_utf_8_are_found_wherever_they_stand(place: bytes) -> None:
    line = msgspec.json.encode(NATIVE).replace(b'"model"', place + b',"model"')
    assert "not a JSON object: 'utf-8' codec" in read(line).faults[0]


@given(st.text(max_size=50))
def test_any_text_is_sent_as_it_is(text: str) -> None:
    request = {"custom_id": "a", "params": PARAMS | {"system": text}}
    assert msgspec.json.decode(read(request).encoded) == request


def test_a_key_that_stands_twice_is_sent_once() -> None:
    line = b'{"custom_id":"z",' + msgspec.json.encode(NATIVE)[1:]
    assert msgspec.json.decode(read(line).encoded) == NATIVE
    line = b'{"params":{},' + msgspec.json.encode(NATIVE)[1:]
    assert read(line).encoded == msgspec.json.encode(NATIVE)


def test_json_in_several_lines_is_sent_on_one() -> None:
    found = read(msgspec.json.format(msgspec.json.encode(NATIVE), indent=2))
    assert found.encoded == msgspec.json.encode(NATIVE)


@pytest.mark.parametrize("depth", [b"[" * 200_000, b'{"custom_id":"a","params":' + b"[" * 200_000])
def test_json_that_is_too_deep_is_a_fault(depth: bytes) -> None:
    assert "not a JSON object" in read(depth).faults[0]


def test_a_request_that_no_batch_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    line = msgspec.json.encode(NATIVE)
    monkeypatch.setattr(request_lines, "MAX_REQUEST_BYTES", len(line))
    assert read(line).faults == []
    monkeypatch.setattr(request_lines, "MAX_REQUEST_BYTES", len(line) - 1)
    (fault,) = read(line).faults
    assert fault == (
        f"the request has {len(line)} bytes: the service takes {len(line) - 1} at most"
    )
