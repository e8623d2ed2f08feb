"""Take what is known of batches elsewhere: to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.state.copies import copies_of_batches

if TYPE_CHECKING:
    from tui.app import BatchesApp

__all__ = ("copy_batches",)


async def copy_batches(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Choose what to copy of some batches; those that a filter hides are left out."""
    from tui.screens.copying import CopyScreen  # noqa: PLC0415  # rarely needed

    shown = batch_ids[: len(batch_ids) - hidden]
    found = await app.ask((await app.engine()).raw, shown)
    labels = [batch.label for batch in map(app.batches.batch, shown) if batch and batch.label]
    lines = "\n".join(found[name].decode(errors="replace") for name in shown if name in found)
    app.push_screen(CopyScreen(copies_of_batches(shown, labels, lines), lines))
