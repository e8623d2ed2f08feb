import sys
from datetime import UTC, datetime

import msgspec
import pytest

from trio_batches.types import (
    BatchResult,
    CacheCreation,
    CacheMissReason,
    Canceled,
    Container,
    ContextEdit,
    Diagnostics,
    Errored,
    Expired,
    FallbackCredit,
    FallbackCreditStatus,
    InputTransformation,
    KeyLine,
    Message,
    ResultKey,
    Skill,
    StopDetails,
    Succeeded,
    TextBlock,
    UnknownBlock,
    UnknownResult,
    Usage,
    UsageIteration,
    decode_key,
    decode_keys,
    decode_result,
    decode_results,
)

SUCCEEDED = (
    b'{"custom_id":"q-1","result":{"type":"succeeded","message":{"model":"claude-sonnet-5",'
    b'"id":"msg_014VwiXbi91y3JMjcpyGBHX5","type":"message","role":"assistant",'
    b'"content":[{"type":"text","text":"Hello "},{"type":"text","text":"again!"}],'
    b'"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,'
    b'"usage":{"input_tokens":11,"cache_creation_input_tokens":3,"cache_read_input_tokens":5,'
    b'"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},'
    b'"output_tokens":36,"service_tier":"batch","inference_geo":"global"}}}}'
)
ERRORED = (
    b'{"custom_id":"q-2","result":{"type":"errored","error":{"type":"error","error":'
    b'{"type":"invalid_request_error","message":"max_tokens: too large"},'
    b'"request_id":"req_011"}}}'
)
CANCELED = b'{"custom_id":"q-3","result":{"type":"canceled"}}'
EXPIRED = b'{"custom_id":"q-4","result":{"type":"expired"}}'
NEWKIND = b'{"custom_id":"q-5","result":{"type":"paused", "until" : 3}}'
DEEP = b"[" * (sys.getrecursionlimit() + 1000) + b"]" * (sys.getrecursionlimit() + 1000)

ANSWER = Message(
    model="claude-sonnet-5",
    id="msg_014VwiXbi91y3JMjcpyGBHX5",
    content=[TextBlock("Hello "), TextBlock("again!")],
    stop_reason="end_turn",
    usage=Usage(
        input_tokens=11,
        cache_creation_input_tokens=3,
        cache_read_input_tokens=5,
        cache_creation=CacheCreation(ephemeral_5m_input_tokens=1, ephemeral_1h_input_tokens=2),
        output_tokens=36,
        service_tier="batch",
        inference_geo="global",
    ),
)


def message_of(line: bytes) -> Message:
    result = decode_result(line).result
    assert isinstance(result, Succeeded)
    return result.message


def test_a_block_of_lines_decodes_in_order() -> None:
    records = decode_results(b"\n".join([SUCCEEDED, ERRORED, CANCELED, EXPIRED, b""]))

    assert [record.custom_id for record in records] == ["q-1", "q-2", "q-3", "q-4"]
    assert [record.result.type for record in records] == [
        "succeeded",
        "errored",
        "canceled",
        "expired",
    ]
    assert records[0].result == Succeeded(ANSWER)
    assert records[2:] == [BatchResult("q-3", Canceled()), BatchResult("q-4", Expired())]


def test_blank_lines_carriage_returns_and_a_missing_last_end_are_fine() -> None:
    lines = b"\r\n\n" + CANCELED + b"\r\n\r\n" + EXPIRED

    assert [record.custom_id for record in decode_results(lines)] == ["q-3", "q-4"]


@pytest.mark.parametrize("line", [SUCCEEDED, ERRORED, CANCELED, EXPIRED])
def test_one_line_decodes_as_a_block_does(line: bytes) -> None:
    assert [decode_result(line)] == decode_results(line)


def test_an_error_is_matched_by_its_inside() -> None:
    match decode_result(ERRORED).result:
        case Errored(error=error, request_id=request_id):
            assert (error.type, error.message) == ("invalid_request_error", "max_tokens: too large")
            assert error.error_code is None
            assert request_id == "req_011"
        case _:
            pytest.fail("not matched")


def test_text_is_joined_and_tokens_are_added_up() -> None:
    message = message_of(SUCCEEDED)

    assert message.text == "Hello again!"
    assert message.usage.total_input_tokens == 19
    assert message.usage.total_tokens == 55


def test_tokens_that_are_absent_count_as_none() -> None:
    assert Usage(input_tokens=1, output_tokens=2).total_input_tokens == 1


@pytest.mark.parametrize(
    "lines",
    [
        CANCELED + b"\n" + NEWKIND,
        b'{"custom_id":"a"',
        b'{"custom_id":"\xff","result":{"type":"expired"}}',
        b'{"custom_id":"a","result":{"type":"expired"},"x":' + DEEP + b"}",
    ],
)
def test_a_block_with_a_line_that_does_not_fit_raises_decode_error(lines: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_results(lines)


def test_a_result_type_that_is_new_is_kept_with_its_bytes() -> None:
    record = decode_result(NEWKIND)

    assert record == BatchResult("q-5", UnknownResult("paused", b'{"type":"paused", "until" : 3}'))


def test_a_block_that_is_new_is_kept_with_its_bytes_between_its_neighbours() -> None:
    new = b'{"type":"hologram", "data":[1, 2]}'
    line = SUCCEEDED.replace(
        b'{"type":"text","text":"again!"}', new + b',{"type":"text","text":""}'
    )

    content = message_of(line).content

    assert content == [TextBlock("Hello "), UnknownBlock("hologram", new), TextBlock("")]


def test_text_with_a_new_kind_of_citation_still_belongs_to_the_text() -> None:
    cited = b'{"type":"text","text":"again!","citations":[{"type":"moon_location"}]}'
    line = SUCCEEDED.replace(b'{"type":"text","text":"again!"}', cited)

    message = message_of(line)

    assert message.content[1] == UnknownBlock("text", cited)
    assert message.text == "Hello again!"


@pytest.mark.parametrize(
    "block", [b'{"type":"text","text":3}', b'{"type":"text"}', b"3", b'{"a":1}']
)
def test_blocks_without_text_add_none(block: bytes) -> None:
    line = SUCCEEDED.replace(b'{"type":"text","text":"again!"}', block)

    assert message_of(line).text == "Hello "


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"input_tokens":11', b'"input_tokens":"many"'),
        (b'"id":"msg_014VwiXbi91y3JMjcpyGBHX5",', b""),
        (b'"content":[', b'"contents":['),
        (b'"message":{', b'"massage":{'),
        (b'"type":"message"', b'"type":"letter"'),
    ],
)
def test_a_message_that_does_not_fit_is_kept_whole(old: bytes, new: bytes) -> None:
    line = SUCCEEDED.replace(old, new)

    result = decode_result(line).result

    assert result == UnknownResult("succeeded", line[len(b'{"custom_id":"q-1","result":') : -1])


def test_a_result_without_a_type_is_kept() -> None:
    line = b'{"custom_id":"a","result":{}}'

    assert decode_result(line) == BatchResult("a", UnknownResult("", b"{}"))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null",
        b'"text"',
        b"[]",
        b"<html>",
        b'{"custom_id":"a"}',
        b'{"custom_id":3,"result":{}}',
        b'{"custom_id":"a","result":[]}',
        b'{"custom_id":"a","result":{"type":"expired"}',
        b'{"custom_id":"\xff","result":{}}',
        b'{"custom_id":"a","result":{"x":' + DEEP + b"}}",
    ],
)
def test_what_is_no_result_raises_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a result with a custom_id: "):
        decode_result(line)


HALF = b'{"type":"tool_use","id":"t","name":"n","input":{"a":"hi \\ud83d", "b":[1]}}'


@pytest.mark.parametrize("part", [HALF, b'{"type":"text","text":"a","score":NaN}'])
def test_a_block_that_only_the_standard_library_reads_is_kept_as_it_is(part: bytes) -> None:
    hello, kind = b'{"type":"text","text":"Hello "}', part[9:].partition(b'"')[0].decode()
    line = b" " + SUCCEEDED.replace(hello, part).replace(b",", b" ,\t") + b"\r\n"

    result = decode_result(line).result

    assert isinstance(result, Succeeded)
    unknown = UnknownBlock(kind, part.replace(b",", b" ,\t"))
    assert result.message == msgspec.structs.replace(ANSWER, content=[unknown, TextBlock("again!")])
    assert decode_key(line) == KeyLine("q-1", ResultKey("succeeded"))


def test_a_result_that_only_the_standard_library_reads_is_kept_as_it_is() -> None:
    new = b'{"type":"paused", "why":"\\ud83d", "list":[] , "none":{}}'
    odd = b'{"type":"succeeded","message":{"content":[],"x":NaN}}'

    for result, kind in ((new, "paused"), (odd, "succeeded")):
        line = b'{"result" : ' + result + b', "custom_id" : "a"}'
        assert decode_result(line) == BatchResult("a", UnknownResult(kind, result))
        assert decode_key(line) == KeyLine("a", ResultKey(kind))


@pytest.mark.parametrize(
    "line",
    [
        b'{"custom_id":"\\ud83d","result":{"type":"expired"}}',
        b'{"custom_id":"a","result":{"type":"paused","x":"\\ud83d"}',
        b'{"custom_id":"a","result":{"type":"paused","x":"\\ud83d"}}}',
        b'{"custom_id":"a","result":{"type":"paused","x":"\\ud83d",}}',
        b'{"custom_id":"a","result":{"type":"paused" "x":"\\ud83d"}}',
        b'{"custom_id":"a","result":{"type":"paused","x" "\\ud83d"}}',
        b'{"custom_id":"a","result":{"type":"paused",3:"\\ud83d"}}',
        b'{"custom_id":"a","result":["\\ud83d"]}',
        b'["custom_id","a","\\ud83d"]',
    ],
)
def test_what_the_standard_library_refuses_too_is_no_result(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a result with a custom_id: "):
        decode_result(line)
    with pytest.raises(ValueError, match="not a result with a custom_id: "):
        decode_key(line)


def test_a_key_needs_a_type() -> None:
    with pytest.raises(ValueError, match="missing required field"):
        decode_key(b'{"custom_id":"a","result":{}}')


def test_keys_leave_the_inside_of_results_alone() -> None:
    lines = b"\n".join([SUCCEEDED, NEWKIND, b'{"custom_id":"a","result":{"type":"succeeded"}}'])

    assert decode_keys(lines) == [
        KeyLine("q-1", ResultKey("succeeded")),
        KeyLine("q-5", ResultKey("paused")),
        KeyLine("a", ResultKey("succeeded")),
    ]


@pytest.mark.parametrize(
    "line",
    [b'{"custom_id":"a","result":{}}', b'{"custom_id":"\xff","result":{"type":"expired"}}'],
)
def test_keys_of_a_line_without_them_raise_decode_error(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_keys(line)


def test_every_other_part_of_a_message_decodes() -> None:
    line = (
        b'{"custom_id":"a","result":{"type":"succeeded","message":{"model":"m","id":"i",'
        b'"type":"message","role":"assistant","content":[],'
        b'"container":{"id":"container_1","expires_at":"2026-08-19T14:44:51.493319+00:00",'
        b'"skills":[{"skill_id":"pptx","type":"anthropic","version":"latest"}]},'
        b'"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal",'
        b'"category":"bio","explanation":"No.","recommended_model":"n",'
        b'"fallback_credit_token":"t","fallback_has_prefill_claim":false},'
        b'"usage":{"input_tokens":1,"output_tokens":2,"output_tokens_details":'
        b'{"thinking_tokens":1},"server_tool_use":{"web_search_requests":3,'
        b'"web_fetch_requests":4},"speed":"standard","iterations":[{"type":"advisor_message",'
        b'"model":"n","input_tokens":5,"output_tokens":6,"cache_creation_input_tokens":0,'
        b'"cache_read_input_tokens":0}],"fallback_credit":{"status":{"type":"not_applied",'
        b'"reason":"expired","remove_to_redeem":["tools"]}}},'
        b'"diagnostics":{"cache_miss_reason":{"type":"tools_changed",'
        b'"cache_missed_input_tokens":7}},"context_management":{"applied_edits":['
        b'{"type":"clear_thinking_20251015","cleared_thinking_turns":1,'
        b'"cleared_input_tokens":8}]},"input_transformations":[{"type":"thinking_dropped",'
        b'"path":"messages[1].content[0]","reason":"model_binding_mismatch"}]}}}'
    )

    [record] = decode_results(line)

    assert isinstance(record.result, Succeeded)
    message = record.result.message
    assert message.role == "assistant"
    assert message.container == Container(
        id="container_1",
        expires_at=datetime(2026, 8, 19, 14, 44, 51, 493319, tzinfo=UTC),
        skills=[Skill(skill_id="pptx", type="anthropic", version="latest")],
    )
    assert message.stop_details == StopDetails(
        type="refusal",
        category="bio",
        explanation="No.",
        recommended_model="n",
        fallback_credit_token="t",  # noqa: S106  # not a password
        fallback_has_prefill_claim=False,
    )
    usage = message.usage
    assert usage.output_tokens_details is not None
    assert usage.output_tokens_details.thinking_tokens == 1
    assert usage.server_tool_use is not None
    assert usage.server_tool_use.web_fetch_requests == 4
    assert usage.iterations == [
        UsageIteration(
            type="advisor_message",
            model="n",
            input_tokens=5,
            output_tokens=6,
            cache_creation_input_tokens=0,
            cache_read_input_tokens=0,
        )
    ]
    assert usage.fallback_credit == FallbackCredit(
        FallbackCreditStatus(type="not_applied", reason="expired", remove_to_redeem=["tools"])
    )
    assert message.diagnostics == Diagnostics(CacheMissReason("tools_changed", 7))
    assert message.context_management is not None
    assert message.context_management.applied_edits == [
        ContextEdit(
            type="clear_thinking_20251015", cleared_thinking_turns=1, cleared_input_tokens=8
        )
    ]
    assert message.input_transformations == [
        InputTransformation(
            type="thinking_dropped",
            path="messages[1].content[0]",
            reason="model_binding_mismatch",
        )
    ]


def test_a_reason_or_step_that_is_new_leaves_the_message_whole() -> None:
    line = SUCCEEDED.replace(
        b'"output_tokens":36', b'"output_tokens":36,"iterations":[{"type":"dream"}]'
    ).replace(b'"stop_details":null', b'"stop_details":{"type":"nap"}')

    message = message_of(line)

    assert message.stop_details == StopDetails(type="nap")
    assert message.usage.iterations == [UsageIteration(type="dream")]
