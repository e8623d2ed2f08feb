"""Which batches a command is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import trio

from trio_batches.cli.ledger import known_labels
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.store.manifest import read_unfinished

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("Selection",)


@dataclass(frozen=True)
class Selection:
    """What the user named.

    Attributes:
        names: Ids, or files with ids.
        manifests: Further files with ids.
        ended: All batches that have ended and whose results are still there.
        label: Only those with this label; of all, where nothing else is named.
    """

    names: tuple[str, ...]
    manifests: tuple[Path, ...]
    ended: bool
    label: str | None

    def check(self) -> None:
        """See whether it selects anything.

        Raises:
            click.UsageError: It does not, or it contradicts itself.
        """
        named = bool(self.names or self.manifests)
        if named and self.ended:
            raise click.UsageError("name batches, or say --ended for all that have ended")
        if not (named or self.ended or self.label):
            raise click.UsageError(
                "name batches, or say --ended for all that have ended, or --label"
            )

    async def find(self, client: Client) -> list[str | MessageBatch]:
        """Return the batches, each once.

        Raises:
            StorageError: A file, or the ledger, cannot be read.
            APIStatusError: The service refused to list.
        """
        labelled = await self._labelled()
        if self.ended:
            found = await _ended(client)
            return [batch for batch in found if labelled is None or batch.id in labelled]
        ids = [name for name in self.names if not _is_file(name)]
        files = [Path(name) for name in self.names if _is_file(name)]
        for path in (*files, *self.manifests):
            # A named pipe may never bring anything: whoever cancels does not wait for it.
            ids += await trio.to_thread.run_sync(read_unfinished, path, abandon_on_cancel=True)
        if labelled is not None and not (self.names or self.manifests):
            return list(labelled)
        return [id_ for id_ in dict.fromkeys(ids) if labelled is None or id_ in labelled]

    async def _labelled(self) -> dict[str, None] | None:
        if self.label is None:
            return None
        known = await known_labels(needed=True)
        return dict.fromkeys(id_ for id_, name in known.items() if name.label == self.label)


def _is_file(name: str) -> bool:
    """Tell a file from an id."""
    return name.endswith(".jsonl")


async def _ended(client: Client) -> list[MessageBatch]:
    async with client.messages.batches.list(limit=MAX_PAGE) as batches:
        return [batch async for batch in batches if batch.ended and batch.archived_at is None]
