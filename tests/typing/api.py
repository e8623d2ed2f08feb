"""What type checkers make of the public calls; read by mypy and pyright, never run."""

from __future__ import annotations

from typing import assert_type

from trio_batches import (
    AmbiguousCreateError,
    APIStatusError,
    BatchRequest,
    BatchResult,
    Canceled,
    Client,
    DeletedMessageBatch,
    Errored,
    Expired,
    IncompleteResultsError,
    InvalidRequestsError,
    Items,
    Message,
    MessageBatch,
    MessageParams,
    ModelInfo,
    Page,
    Paginator,
    ProtocolError,
    ResultStream,
    Succeeded,
    TransportError,
    UnknownResult,
)


async def single_calls(client: Client) -> None:
    batches = client.messages.batches
    params = MessageParams(model="claude", max_tokens=1, messages=[{"role": "user", "content": ""}])
    assert_type(await batches.create([BatchRequest("a", params)]), MessageBatch)
    assert_type(await batches.create([{"custom_id": "a", "params": {}}]), MessageBatch)
    assert_type(await batches.create(BatchRequest(i, params) for i in "ab"), MessageBatch)
    assert_type(await batches.retrieve("a"), MessageBatch)
    assert_type(await batches.cancel("a"), MessageBatch)
    assert_type(await batches.wait("a"), MessageBatch)
    assert_type(await batches.delete("a"), DeletedMessageBatch)
    assert_type(await client.models.retrieve("a"), ModelInfo)
    beta = client.beta.messages.batches
    assert_type(await beta.retrieve("a", betas=["b"]), MessageBatch)
    assert_type(await beta.create([], betas=("b",)), MessageBatch)


async def lists(client: Client) -> None:
    paginator = client.messages.batches.list(limit=10)
    assert_type(paginator, Paginator[MessageBatch])
    page = await paginator
    assert_type(page, Page[MessageBatch])
    assert_type(page.data, list[MessageBatch])
    assert_type(page[0], MessageBatch)
    assert_type(page.next_page_info(), dict[str, str] | None)
    assert_type(await page.get_next_page(), Page[MessageBatch])
    async for batch in paginator:
        assert_type(batch, MessageBatch)
    async for batch in page:
        assert_type(batch, MessageBatch)
    async with paginator as batches:
        assert_type(batches, Items[MessageBatch])
        async for batch in batches:
            assert_type(batch, MessageBatch)
    async with client.models.list() as models:
        async for model in models:
            assert_type(model, ModelInfo)
    assert_type(client.beta.messages.batches.list(betas=["b"]), Paginator[MessageBatch])


async def streams(client: Client, batch: MessageBatch) -> None:
    async with client.messages.batches.results(batch) as results:
        assert_type(results, ResultStream)
        assert_type(results.batch, MessageBatch | None)
        assert_type(results.received, dict[str, int])
        async for record in results:
            assert_type(record, BatchResult)
            assert_type(record.custom_id, str)
        async for block in results.blocks():
            assert_type(block, list[BatchResult])
        async for line in results.lines():
            assert_type(line, bytes)
        async for lines in results.line_blocks():
            assert_type(lines, bytes)


def every_result(record: BatchResult) -> str:
    """Match every kind of result; leaving one out is an error of the checkers."""
    match record.result:
        case Succeeded(message=message):
            assert_type(message, Message)
            return message.text
        case Errored(error=error):
            assert_type(error.message, str)
            return error.type
        case Canceled() | Expired():
            return "not run"
        case UnknownResult(type=kind, raw=raw):
            assert_type(raw, bytes)
            return kind


def errors(  # noqa: PLR0913, PLR0917  # one of each
    status: APIStatusError,
    ambiguous: AmbiguousCreateError,
    incomplete: IncompleteResultsError,
    invalid: InvalidRequestsError,
    protocol: ProtocolError,
    transport: TransportError,
) -> None:
    assert_type(status.status, int)
    assert_type(status.error_code, str | None)
    assert_type(status.retry_after, float | None)
    assert_type(ambiguous.request_count, int)
    assert_type(incomplete.received, dict[str, int])
    assert_type(invalid.faults, tuple[str, ...])
    assert_type(protocol.line, int | None)
    assert transport.phase in ("connecting", "sending", "waiting", "receiving")


async def entering() -> None:
    async with Client(api_key="key", auth_scheme="x-api-key", betas=["b"]) as client:
        assert_type(client, Client)
        assert_type(client.base_url, str)
