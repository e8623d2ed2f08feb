"""What the parts of one client share: where to, as whom, and the open transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import trio

from trio_batches.protocol.many import refuse_lone_text
from trio_batches.transport.budget import RequestBudget
from trio_batches.transport.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trio_batches.protocol.retry import RetryPolicy
    from trio_batches.transport.address import ServiceAddress
    from trio_batches.transport.credentials import Credentials
    from trio_batches.transport.exchange import Connect
    from trio_batches.transport.limits import Limits

__all__ = ("Session",)


@final
class Session:
    """Settings of a client, and its transport while it is open."""

    def __init__(  # noqa: PLR0913  # the settings of a client
        self,
        *,
        address: ServiceAddress,
        credentials: Credentials,
        headers: Mapping[str, str],
        anthropic_version: str,
        betas: Sequence[str],
        policy: RetryPolicy,
        limits: Limits,
    ) -> None:
        self.address = address
        self.anthropic_version = anthropic_version
        self.limits = limits
        self.policy = policy
        self.created: set[str] = set()
        """Ids of batches that this client created: a 404 on one of them is waited out."""
        refuse_lone_text(betas, "betas")
        self._betas = tuple(betas)
        self._credentials = credentials
        self._headers_without_secret = {**headers, "anthropic-version": anthropic_version}
        self._transport: Transport | None = None

    @property
    def transport(self) -> Transport:
        """The open transport.

        Raises:
            RuntimeError: The client is not open.
        """
        if self._transport is None:
            raise RuntimeError("the client is not open: use `async with Client() as client:`")
        return self._transport

    def beta_headers(self, betas: Sequence[str]) -> dict[str, str]:
        """Return the header that names the client's betas and a call's own."""
        refuse_lone_text(betas, "betas")
        names = dict.fromkeys((*self._betas, *betas))
        return {"anthropic-beta": ",".join(names)} if names else {}

    def not_found_grace(self, batch_id: str) -> float:
        """Return for how many seconds a 404 on a batch is waited out."""
        return self.policy.not_found_grace if batch_id in self.created else 0.0

    async def open(self, connect: Connect | None) -> None:
        """Make the pool of connections; connects to nothing yet."""
        # Imported here, since httpx loads rich and click, which a library's users
        # should not pay for before they talk to the service.
        from trio_batches.transport.wire import Wire  # noqa: PLC0415

        if self._transport is not None:
            raise RuntimeError("the client is open already")
        wire = await Wire.open(self.address, self.limits, connect or trio.open_tcp_stream)
        budget = RequestBudget(self.limits.requests_per_minute)
        self._transport = Transport(wire, self._headers, self.policy, budget)

    async def aclose(self) -> None:
        """Close every connection, also when cancelled."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    def _headers(self) -> dict[str, str]:
        name, value = self._credentials.header()
        return {name: value, **self._headers_without_secret}
