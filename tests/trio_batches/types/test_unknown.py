from types import MappingProxyType

import msgspec
import pytest

from trio_batches.types import (
    BatchRequest,
    MessageParams,
    TextBlock,
    UnknownBlock,
    UnknownResult,
    decode_request,
    encode,
)
from trio_batches.types.unknown import append_encoded


def test_unknown_values_compare_by_class_and_content() -> None:
    block = UnknownBlock("a", b"{}")

    assert block == UnknownBlock("a", b"{}")
    assert hash(block) == hash(UnknownBlock("a", b"{}"))
    assert block not in {UnknownBlock("b", b"{}"), UnknownBlock("a", b"[]")}
    assert block != UnknownResult("a", b"{}")
    assert block != "a"


def test_unknown_values_show_their_call() -> None:
    assert repr(UnknownResult("a", b"{}")) == "UnknownResult(type='a', raw=b'{}')"


def test_unknown_values_match_by_position_and_by_name() -> None:
    match UnknownBlock("a", b"{}"):
        case UnknownBlock(kind, raw=raw):
            assert (kind, raw) == ("a", b"{}")


def test_an_answer_can_be_sent_back_as_it_came() -> None:
    content = [TextBlock("Hi"), UnknownBlock("new", b'{"type":"new", "x":1}')]
    params = MessageParams(
        model="m", max_tokens=1, messages=[{"role": "assistant", "content": content}]
    )

    assert encode(BatchRequest("a", params)) == (
        b'{"custom_id":"a","params":{"model":"m","max_tokens":1,"messages":[{"role":"assistant",'
        b'"content":[{"type":"text","text":"Hi"},{"type":"new", "x":1}]}]}}'
    )


@pytest.mark.parametrize(
    "params", [{"model": "m"}, MappingProxyType({"model": "m"}), msgspec.Raw(b'{"model":"m"}')]
)
def test_params_may_be_any_mapping_or_json(params: dict[str, object]) -> None:
    raw = encode(BatchRequest("a", params))

    assert raw == b'{"custom_id":"a","params":{"model":"m"}}'
    assert decode_request(raw) == BatchRequest("a", msgspec.Raw(b'{"model":"m"}'))


def test_what_json_cannot_carry_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON has no form for a value of type type"):
        encode({"model": int})


def test_what_is_appended_is_what_is_encoded_and_nothing_of_what_cannot_be() -> None:
    buffer = bytearray(b"[")

    append_encoded({"model": "m"}, buffer)
    with pytest.raises(TypeError):
        append_encoded({"long": "x" * 10_000, "model": int}, buffer)

    assert buffer == b'[{"model":"m"}'


@pytest.mark.parametrize(
    "line", [b"", b'{"custom_id":"a"}', b'{"custom_id":"\xff","params":{}}', b"[" * 100_000]
)
def test_what_is_no_request_raises_decode_error(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_request(line)
