"""Take what is known of batches elsewhere: to the clipboard, or to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.saying import complaining
from tui.state.copies import copies_of_batches

if TYPE_CHECKING:
    from tui.app import BatchesApp

__all__ = ("copy_batches", "export_batches")


async def copy_batches(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Choose what to copy of some batches; those that a filter hides are left out."""
    from tui.screens.copying import CopyScreen  # noqa: PLC0415  # rarely needed

    shown = batch_ids[: len(batch_ids) - hidden]
    asked_on = app.screen
    labels = [batch.label for batch in map(app.batches.batch, shown) if batch and batch.label]
    with complaining(app):
        found = await app.ask((await app.engine()).raw, shown)
        lines = "\n".join(found[name].decode(errors="replace") for name in shown if name in found)
        if not asked_on.is_active:  # the user has gone on to something else
            return
        app.push_screen(CopyScreen(copies_of_batches(shown, labels, lines), lines))


async def export_batches(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Choose where to write some batches.

    Args:
        app: The app.
        batch_ids: The marked ones; none for all that are shown.
        hidden: How many of the marked ones a filter hides.
    """
    from tui.screens.exporting import ExportScreen  # noqa: PLC0415  # rarely needed
    from tui.state.exported import ExportedBatches  # noqa: PLC0415

    shown = tuple(str(app.batches.key(row)) for row in range(len(app.batches)))
    asked_on = app.screen
    what = "marked" if batch_ids else "shown"
    with complaining(app):
        raw = await app.ask((await app.engine()).raw, batch_ids or shown)
        if not asked_on.is_active:  # the user has gone on to something else
            return
        app.push_screen(ExportScreen(ExportedBatches(app.batches, raw), what, hidden, "batches"))
