from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.types import (
    CursorPageBody,
    DeletedMessageBatch,
    IdPageBody,
    MessageBatch,
    ModelInfo,
    RequestCounts,
    TokenPageBody,
    encode,
)

RUNNING = (
    b'{"id":"msgbatch_013Zva2CMHLNnXjNJJKqJ2EF","type":"message_batch",'
    b'"processing_status":"in_progress","request_counts":{"processing":100,"succeeded":0,'
    b'"errored":0,"canceled":0,"expired":0},"ended_at":null,'
    b'"created_at":"2026-08-19T14:44:51.493319+00:00",'
    b'"expires_at":"2026-08-20T14:44:51.493319+00:00","archived_at":null,'
    b'"cancel_initiated_at":null,"results_url":null}'
)
MODEL = (
    b'{"type":"model","id":"claude-sonnet-5","display_name":"Claude Sonnet 5",'
    b'"created_at":"2026-02-19T00:00:00Z","lifecycle":"active","line":"sonnet",'
    b'"max_input_tokens":1000000,"max_tokens":128000,'
    b'"capabilities":{"batch":{"supported":true},"effort":{"supported":true,"low":'
    b'{"supported":true}}}}'
)


def test_a_running_batch_decodes() -> None:
    batch = msgspec.json.decode(RUNNING, type=MessageBatch)

    assert batch.created_at == datetime(2026, 8, 19, 14, 44, 51, 493319, tzinfo=UTC)
    assert batch.expires_at - batch.created_at == timedelta(hours=24)
    assert batch.request_counts.total == 100
    assert (batch.ended, batch.results_url, batch.ended_at) == (False, None, None)


def test_a_batch_is_written_with_its_nulls_in_the_order_of_the_service() -> None:
    batch = msgspec.json.decode(RUNNING, type=MessageBatch)

    assert encode(batch) == RUNNING.replace(b"+00:00", b"Z")


def test_an_ended_batch_names_its_results() -> None:
    raw = RUNNING.replace(b'"in_progress"', b'"ended"').replace(
        b'"results_url":null', b'"results_url":"https://api.example.com/results"'
    )

    batch = msgspec.json.decode(raw, type=MessageBatch)

    assert batch.ended
    assert batch.results_url == "https://api.example.com/results"


def test_a_status_that_is_new_is_not_the_end() -> None:
    raw = RUNNING.replace(b'"in_progress"', b'"paused"')

    assert not msgspec.json.decode(raw, type=MessageBatch).ended


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"type":"message_batch"', b'"type":"model"'),
        (b'"processing":100,', b""),
        (b'"created_at":"2026-08-19T14:44:51.493319+00:00"', b'"created_at":"2026-08-19T14:44"'),
        (b'51.493319+00:00"', b'51"'),
    ],
)
def test_what_is_no_batch_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(RUNNING.replace(old, new), type=MessageBatch)


@given(counts=st.tuples(*[st.integers(0, 100_000)] * 5))
def test_counts_add_up(counts: tuple[int, int, int, int, int]) -> None:
    processing, succeeded, errored, canceled, expired = counts
    request_counts = RequestCounts(
        processing=processing,
        succeeded=succeeded,
        errored=errored,
        canceled=canceled,
        expired=expired,
    )

    assert request_counts.total == sum(counts)
    assert request_counts.total == processing + sum(request_counts.results().values())
    assert list(request_counts.results()) == ["succeeded", "errored", "canceled", "expired"]


def test_a_deleted_batch_decodes() -> None:
    raw = b'{"id":"msgbatch_1","type":"message_batch_deleted"}'

    assert msgspec.json.decode(raw, type=DeletedMessageBatch) == DeletedMessageBatch(
        id="msgbatch_1"
    )


def test_a_page_keeps_its_items_undecoded() -> None:
    raw = b'{"data":[' + RUNNING + b'],"has_more":true,"first_id":"a","last_id":"b"}'

    page = msgspec.json.decode(raw, type=IdPageBody)

    assert [bytes(item) for item in page.data] == [RUNNING]
    assert (page.has_more, page.first_id, page.last_id) == (True, "a", "b")


def test_an_empty_page_has_no_ends() -> None:
    raw = b'{"data":[],"first_id":null,"last_id":null}'

    assert msgspec.json.decode(raw, type=IdPageBody) == IdPageBody(data=[])


def test_pages_by_token_and_by_cursor_name_their_successor() -> None:
    raw = b'{"data":[],"has_more":true,"next_page":"n"}'

    token, cursor = (
        msgspec.json.decode(raw, type=kind) for kind in (TokenPageBody, CursorPageBody)
    )

    assert token == TokenPageBody(data=[], has_more=True, next_page="n")
    assert cursor == CursorPageBody(data=[], next_page="n")


@pytest.mark.parametrize(
    ("old", "new", "supported"),
    [
        (b"", b"", True),
        (b'"batch":{"supported":true}', b'"batch":{"supported":false}', False),
        (b'"batch":{"supported":true},', b"", None),
        (b'"capabilities"', b'"abilities"', None),
    ],
)
def test_a_model_tells_whether_it_can_be_batched(
    *, old: bytes, new: bytes, supported: bool | None
) -> None:
    model = msgspec.json.decode(MODEL.replace(old, new), type=ModelInfo)

    assert model.supports_batches is supported
    assert (model.line, model.retires_at) == ("sonnet", None)
