"""The operations of the service: a request in, a reply out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import trio

from trio_batches.simulator.bodies import ResultBody
from trio_batches.simulator.catalogue import MODELS
from trio_batches.simulator.gate import check_headers
from trio_batches.simulator.intake import Intake
from trio_batches.simulator.paging import (
    PageQuery,
    slice_of_batches,
    slice_of_models,
    write_page,
)
from trio_batches.simulator.replies import RefusalError, Reply, Request, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from trio_batches.simulator.batch import SimulatedBatch
    from trio_batches.simulator.faults import Operation
    from trio_batches.simulator.world import World

__all__ = ("Service", "name_operation")

_POLL_SECONDS = "10"
"""The `retry-after` of a batch that has not ended. Source: recorded traffic of the service."""

_ROUTES: tuple[tuple[str, str, Operation], ...] = (
    ("POST", r"/v1/messages/batches", "create"),
    ("GET", r"/v1/messages/batches", "list"),
    ("GET", r"/v1/messages/batches/([^/]+)", "retrieve"),
    ("DELETE", r"/v1/messages/batches/([^/]+)", "delete"),
    ("POST", r"/v1/messages/batches/([^/]+)/cancel", "cancel"),
    ("GET", r"/v1/messages/batches/([^/]+)/results", "results"),
    ("GET", r"/v1/models", "models.list"),
    ("GET", r"/v1/models/([^/]+)", "models.retrieve"),
)


def name_operation(method: str, path: str) -> tuple[Operation, str]:
    """Return what a request asks for, and the id in its path."""
    for route_method, pattern, operation in _ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == route_method:
            return operation, found[1] if found.groups() else ""
    return "unknown", ""


class Service:
    """Answers requests from a world's state.

    Args:
        world: What it knows and changes.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._operations: dict[Operation, Callable[[Request, str], Reply]] = {
            "retrieve": self._retrieve,
            "list": self._list,
            "cancel": self._cancel,
            "delete": self._delete,
            "results": self._results,
            "models.list": _list_models,
            "models.retrieve": _retrieve_model,
            "unknown": _refuse,
        }

    async def answer(self, request: Request) -> Reply:
        """Carry out a request.

        Raises:
            RefusalError: The service says no.
        """
        world = self._world
        check_headers(request.headers, world.api_key)
        world.limits.admit(world.clock.elapsed())
        operation, name = name_operation(request.method, request.path)
        if operation == "create":
            return await self._create(request)
        return self._operations[operation](request, name)

    async def _create(self, request: Request) -> Reply:
        """Look at all requests, letting others have their turn after each MB."""
        if request.body_is_too_large:
            raise RefusalError(413, "Request exceeds the maximum size")
        intake = Intake(request.body, version=request.headers["anthropic-version"])
        for _ in intake.steps():
            await trio.lowlevel.checkpoint()
        self._world.limits.spend(len(intake))
        return write_json(self._view(self._world.create_batch(intake), request))

    def _retrieve(self, request: Request, batch_id: str) -> Reply:
        batch = self._find(batch_id)
        ended = batch.has_ended(self._world.clock.now())
        headers = {} if ended else {"retry-after": _POLL_SECONDS}
        return write_json(self._view(batch, request), headers=headers)

    def _list(self, request: Request, _: str) -> Reply:
        world, query = self._world, PageQuery.read(request.query)
        found = slice_of_batches(world, query)
        world.pages += 1
        every = world.scenario.empty_page_every
        if every is not None and world.pages % every == 0:
            return write_json(self._empty_page(query))
        ids, now = [batch.id for batch in found.batches], world.clock.now()
        views: list[object] = [batch.write(now, request.results_url) for batch in found.batches]
        return write_json(write_page(views, ids, has_more=found.has_more))

    def _empty_page(self, query: PageQuery) -> dict[str, object]:
        """Return a page without batches whose cursor leads on to the page that was asked for."""
        name = f"msgbatch_empty_page_{self._world.pages}"
        self._world.shelf.add_bookmark(name, query.after_id or query.before_id)
        return write_page([], [name], has_more=True)

    def _cancel(self, request: Request, batch_id: str) -> Reply:
        batch, now = self._find(batch_id), self._world.clock.now()
        if batch.has_ended(now):
            raise RefusalError(
                400, f"Message Batch {batch_id} has already ended and cannot be canceled."
            )
        batch.cancel(now, self._world.scenario.cancel_seconds)
        return write_json(self._view(batch, request))

    def _delete(self, _: Request, batch_id: str) -> Reply:
        batch = self._find(batch_id)
        if not batch.has_ended(self._world.clock.now()):
            raise RefusalError(
                400,
                f"Message Batch {batch_id} is still processing and cannot be deleted. "
                "Cancel it first.",
            )
        self._world.shelf.remove(batch)
        return write_json({"id": batch_id, "type": "message_batch_deleted"})

    def _results(self, _: Request, batch_id: str) -> Reply:
        world = self._world
        batch, now = self._find(batch_id), world.clock.now()
        if not batch.has_ended(now) or batch.is_archived(now):
            raise RefusalError(
                404,
                f"Message Batch {batch_id} has no available results.",
                headers={"x-should-retry": "false"},
            )
        batch.downloads += 1
        body = ResultBody(batch, world.seed)
        return Reply(
            headers={
                "content-type": "application/x-jsonl",
                "content-disposition": f'attachment; filename="{batch_id}_results.jsonl"',
            },
            blocks=body.blocks(body.order(world.scenario.result_order)),
        )

    def _find(self, batch_id: str) -> SimulatedBatch:
        batch = self._world.shelf.find(batch_id)
        if batch is None or batch.visible_at > self._world.clock.now():
            raise RefusalError(404, f"Message Batch {batch_id} not found.")
        return batch

    def _view(self, batch: SimulatedBatch, request: Request) -> msgspec.Raw:
        return batch.write(self._world.clock.now(), request.results_url)


def _list_models(request: Request, _: str) -> Reply:
    models, has_more = slice_of_models(PageQuery.read(request.query))
    ids = [name for name, model in MODELS.items() if model in models]
    return write_json(write_page(models, ids, has_more=has_more))


def _retrieve_model(_: Request, name: str) -> Reply:
    if name not in MODELS:
        raise RefusalError(404, f"model: {name}")
    return write_json(MODELS[name])


def _refuse(request: Request, _: str) -> Reply:
    for _method, pattern, _operation in _ROUTES:
        if re.fullmatch(pattern, request.path):
            raise RefusalError(405, "Method Not Allowed")
    raise RefusalError(404, "Not found")
