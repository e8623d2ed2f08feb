"""One connection: requests come in one after another, replies go out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
import trio

from trio_batches.simulator.delivery import Delivery, compress
from trio_batches.simulator.faults import Fault
from trio_batches.simulator.intake import MAX_BODY_BYTES
from trio_batches.simulator.journal import RequestRecord, hide_secrets, name_credential
from trio_batches.simulator.outlet import Outlet
from trio_batches.simulator.replies import RefusalError, Reply, Request
from trio_batches.simulator.service import Service, name_operation

if TYPE_CHECKING:
    from trio_batches.simulator.faults import Answer
    from trio_batches.simulator.world import World

__all__ = ("Conversation",)

_READ_BYTES = 256 << 10
_RESULTS_URL = "http://{host}/v1/messages/batches/{{id}}/results"
_NO_FAULT = Fault()


class Conversation:
    """What one client says, and what it is told.

    Args:
        world: What the answers come from.
        stream: The connection; the caller closes it.
    """

    def __init__(self, world: World, stream: trio.abc.Stream) -> None:
        self._world = world
        self._service = Service(world)
        self._stream = stream
        self._outlet = Outlet(stream, world.scenario.bandwidth)
        self._connection = h11.Connection(h11.SERVER)

    async def run(self) -> None:
        """Answer requests until the client leaves, a fault strikes or HTTP is broken."""
        try:
            while await self._exchange():
                self._connection.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._refuse_nonsense(error)
        except trio.BrokenResourceError:
            return  # the client has left

    async def _exchange(self) -> bool:
        """Answer one request; tell whether another one may follow."""
        request = await self._read_request()
        if request is None:
            return False
        record = self._record(request)
        fault = self._world.faults.draw(record.operation, request.method, request.path)
        record.fault = fault
        fault = fault or _NO_FAULT
        if fault.results_url is not None:
            request.results_url = fault.results_url
        await trio.sleep(self._world.scenario.latency + fault.delay)
        reply = await self._reply(request, fault)
        if fault.drop_reply:
            if fault.cut is not None and fault.cut.how == "rst":
                self._outlet.reset()
            return False
        record.status = reply.status
        delivery = Delivery(self._outlet, self._connection, record)
        scenario = self._world.scenario
        can_go_on = await delivery.run(
            reply, fault.cut, fault.edits, final_newline=scenario.final_newline
        )
        states = self._connection.states.values()
        return can_go_on and all(state is h11.DONE for state in states)

    async def _reply(self, request: Request, fault: Fault) -> Reply:
        """Return the answer, dressed with the headers that every answer has."""
        request_id = self._world.roll_request_id()
        if fault.answer is not None:
            if fault.act:
                await self._act(request, request_id)
            reply = _fault_reply(fault.answer, request_id)
        elif fault.redirect is not None:
            reply = Reply(status=307, headers={"location": fault.redirect})
        else:
            reply = await self._act(request, request_id)
        reply.headers = {**self._usual_headers(request, request_id), **reply.headers}
        if reply.blocks is None and self._world.scenario.gzip:
            compress(reply, request.headers.get("accept-encoding", ""))
        if request.method == "HEAD":
            reply.body = b""
        return reply

    async def _act(self, request: Request, request_id: str) -> Reply:
        try:
            return await self._service.answer(request)
        except RefusalError as error:
            return error.reply(request_id)

    def _usual_headers(self, request: Request, request_id: str) -> dict[str, str]:
        return {
            "request-id": request_id,
            "anthropic-organization-id": self._world.organization_id,
            "anthropic-workspace-id": request.headers.get("anthropic-workspace-id", "default"),
            "server-timing": "x-originResponse;dur=90",
        }

    def _record(self, request: Request) -> RequestRecord:
        record = RequestRecord(
            time=self._world.clock.elapsed(),
            operation=name_operation(request.method, request.path)[0],
            method=request.method,
            path=request.path,
            query=request.query,
            headers=hide_secrets(request.headers),
            credential=name_credential(request.headers),
            body_bytes=len(request.body),
        )
        self._world.log(record)
        return record

    async def _read_request(self) -> Request | None:
        """Return the next request, body and all, or nothing if the client has left."""
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
        url = urlsplit(head.target.decode("latin-1"))
        request = Request(
            method=head.method.decode("latin-1"),
            path=unquote(url.path),
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers=headers,
            body=bytearray(),
            results_url=_RESULTS_URL.format(host=headers.get("host", "localhost")),
        )
        return request if await self._read_body(request) else None

    async def _read_body(self, request: Request) -> bool:
        """Read a body, the excess of one that is too large into nowhere; tell if it was whole."""
        length = request.headers.get("content-length", "0")
        request.body_is_too_large = int(length) > MAX_BODY_BYTES
        if self._connection.they_are_waiting_for_100_continue:
            if request.body_is_too_large:
                return True
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            await self._outlet.send(self._connection.send(go_on) or b"")
        while not isinstance(event := await self._next_event(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                return False
            if request.body_is_too_large:
                continue
            request.body += event.data
            if len(request.body) > MAX_BODY_BYTES:
                request.body_is_too_large = True
                request.body.clear()
        return True

    async def _next_event(self) -> object:
        """Return what comes next; a client that says nothing for too long counts as gone."""
        while (event := self._connection.next_event()) is h11.NEED_DATA:
            with trio.move_on_after(self._world.scenario.read_timeout) as scope:
                data = await self._stream.receive_some(_READ_BYTES)
                self._connection.receive_data(bytes(data))
            if scope.cancelled_caught:
                return h11.ConnectionClosed()
        return event

    async def _refuse_nonsense(self, error: h11.RemoteProtocolError) -> None:
        if self._connection.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        response = h11.Response(
            status_code=error.error_status_hint,
            headers=[("connection", "close"), ("content-length", "0")],
        )
        try:
            await self._outlet.send(self._connection.send(response) or b"")
        except trio.BrokenResourceError:
            return  # it did not even wait


def _fault_reply(answer: Answer, request_id: str) -> Reply:
    if answer.body is not None:
        headers = {"content-type": "text/html", **answer.headers}
        return Reply(status=answer.status, headers=headers, body=answer.body.encode())
    return RefusalError(
        answer.status,
        answer.message,
        error_type=answer.error_type,
        error_code=answer.error_code,
        headers=answer.headers,
    ).reply(request_id)
