"""The client: one conversation with the service."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self, final

from typing_extensions import override

from trio_batches.client.batches import Batches
from trio_batches.client.beta import BetaBatches
from trio_batches.client.models import Models
from trio_batches.client.session import Session
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.transport.address import DEFAULT_BASE_URL, ServiceAddress
from trio_batches.transport.credentials import AuthScheme, Credentials, custom_headers
from trio_batches.transport.limits import Limits
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from trio_batches.transport.exchange import Connect

__all__ = ("API_VERSION", "Beta", "BetaMessages", "Client", "Messages")

API_VERSION = "2026-10-21"
"""The version of the API that this library is written for.

With `2023-06-01` the service still takes sampling parameters and other things
that it refuses since.
"""


@final
class Client:
    """An async context manager; constructing it does no I/O.

    Args:
        api_key: By default `ANTHROPIC_API_KEY` from the environment.
        auth_token: A bearer token instead; by default `ANTHROPIC_AUTH_TOKEN`.
        auth_scheme: `"x-api-key"` sends the key in the header that older gateways want.
        base_url: By default `ANTHROPIC_BASE_URL`, else the public service.
        anthropic_version: The API version to ask for.
        workspace_id: For credentials that span workspaces; by default
            `ANTHROPIC_WORKSPACE_ID`.
        betas: Names of betas for every call.
        retry: When failed exchanges are tried again.
        limits: Connections and socket waits.
        connect: Opens a byte stream to a host and port; for tests, or for
            networks other than TCP. By default `trio.open_tcp_stream`.

    Lines `Name: value` in `ANTHROPIC_CUSTOM_HEADERS` are added to every request.

    Raises:
        CredentialsError: There is no key, or an impossible one.
        ConfigurationError: Another setting is wrong.

    One client can be used by any number of tasks at once. They share a pool of
    connections, and when the service tells one of them to slow down, all of
    them do. Leaving the block closes the connections.
    """

    def __init__(  # noqa: PLR0913  # each is a setting of its own
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        auth_scheme: AuthScheme = "bearer",
        base_url: str | None = None,
        anthropic_version: str = API_VERSION,
        workspace_id: str | None = None,
        betas: Sequence[str] = (),
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
        connect: Connect | None = None,
    ) -> None:
        environment = os.environ
        workspace_id = workspace_id or environment.get("ANTHROPIC_WORKSPACE_ID") or None
        headers = {"accept": "application/json", "user-agent": f"trio_batches/{VERSION}"}
        if workspace_id is not None:
            headers["anthropic-workspace-id"] = workspace_id
        headers.update(custom_headers(environment))
        self._session = Session(
            address=ServiceAddress(
                base_url or environment.get("ANTHROPIC_BASE_URL") or DEFAULT_BASE_URL
            ),
            credentials=Credentials.resolve(
                api_key=api_key,
                auth_token=auth_token,
                auth_scheme=auth_scheme,
                environment=environment,
            ),
            headers=headers,
            anthropic_version=anthropic_version,
            betas=betas,
            policy=retry or RetryPolicy(),
            limits=limits or Limits(),
        )
        self._connect = connect
        self.messages: Messages = Messages(self._session)
        self.beta: Beta = Beta(self._session)
        self.models: Models = Models(self._session)

    @property
    def anthropic_version(self) -> str:
        """The API version that it asks for."""
        return self._session.anthropic_version

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._session.address.base_url

    @property
    def slowdowns(self) -> int:
        """How often the service has asked this client, since it is open, to slow down.

        These are answers with 429, 503 or 529, also where the request was then
        repeated and went well: who keeps many calls running at once had better
        keep fewer when this grows.
        """
        return self._session.transport.slowdowns

    async def __aenter__(self) -> Self:
        """Make the pool of connections; connects to nothing yet."""
        await self._session.open(self._connect)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._session.aclose()

    @override
    def __repr__(self) -> str:
        return f"<Client of {self.base_url}>"


@final
class Messages:
    """`client.messages`."""

    def __init__(self, session: Session) -> None:
        self.batches: Batches = Batches(session)


@final
class BetaMessages:
    """`client.beta.messages`."""

    def __init__(self, session: Session) -> None:
        self.batches: BetaBatches = BetaBatches(session)


@final
class Beta:
    """`client.beta`."""

    def __init__(self, session: Session) -> None:
        self.messages: BetaMessages = BetaMessages(session)
