"""The models that the service offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import msgspec

from trio_batches.client.answer import decode_reply, list_query
from trio_batches.client.page import Page, PageSource
from trio_batches.client.paginator import Paginator
from trio_batches.transport.address import id_segment
from trio_batches.transport.exchange import Call
from trio_batches.types import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trio_batches.client.session import Session

__all__ = ("Models",)

_MODELS = "/v1/models"


@final
class Models:
    """`client.models`: list and retrieve."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._headers = session.beta_headers(())

    async def retrieve(self, model_id: str) -> ModelInfo:
        """Return what the service says of a model, by id or alias.

        Raises:
            NotFoundError: There is no such model.
            InvalidIdError: The id cannot be one; nothing was sent.
        """
        call = Call(method="GET", target=f"{_MODELS}/{id_segment(model_id)}", headers=self._headers)
        return decode_reply(await self._session.transport.send(call), ModelInfo)

    def list(
        self,
        *,
        after_id: str | None = None,
        before_id: str | None = None,
        limit: int | None = None,
        prefetch: int = 2,
    ) -> Paginator[ModelInfo]:
        """List the models, newest first; the arguments are those of `Batches.list`."""
        source = PageSource(Page, self._fetch_page, msgspec.json.Decoder(ModelInfo).decode)
        return Paginator(source, list_query(after_id, before_id, limit), prefetch=prefetch)

    async def _fetch_page(self, query: Mapping[str, str]) -> bytes:
        call = Call(method="GET", target=_MODELS, query=query, headers=self._headers)
        return (await self._session.transport.send(call)).content
