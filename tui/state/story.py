"""What the screen of one batch says, section by section."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui.state.batches import RESULTS_KEPT
from tui.state.wording import ago, count, megabytes, span, status_words

if TYPE_CHECKING:
    from trio_batches import Event, Intent, KnownBatch, Receipt
    from tui.engine.story import Story
    from tui.state.rows import Tone

__all__ = ("Fact", "Section", "counts_bar", "sections")

_TIME = "%Y-%m-%d %H:%M:%S"
_PARTS: tuple[tuple[str, str, str, Tone], ...] = (
    ("succeeded", "succeeded", "█", "good"),
    ("errored", "errored", "▓", "bad"),
    ("canceled", "cancelled", "▒", "warn"),
    ("expired", "expired", "░", "warn"),
    ("processing", "processing", "·", "busy"),
)


class Fact(NamedTuple):
    """One line: what it is about, what it says, and in which tone."""

    name: str
    text: str
    tone: Tone = ""


class Section(NamedTuple):
    """Facts under a heading."""

    title: str
    facts: list[Fact]


def sections(story: Story, now: datetime) -> list[Section]:
    """Return all that is known of a batch, for people to read."""
    batch = story.batch
    found = [
        Section("Batch", _batch(batch, story.raw)),
        Section("Timeline", _timeline(batch, now)),
        Section("Requests", _counts(batch)),
        Section("On this machine", _files(story)),
        Section("Origin", _origin(story.intent, story.children)),
        Section("History", [_event(event, now) for event in story.events]),
    ]
    return [section for section in found if section.facts]


def counts_bar(batch: KnownBatch, width: int) -> list[tuple[str, Tone]]:
    """Return a bar of the batch's counts: pieces of a line, each with its tone.

    Each kind that occurs has a cell at least, and a character of its own.
    """
    there: list[tuple[int, str, Tone]] = [
        (getattr(batch, name), glyph, tone)
        for name, _, glyph, tone in _PARTS
        if getattr(batch, name)
    ]
    left, requests = width, batch.total
    pieces: list[tuple[str, Tone]] = []
    for place, (number, glyph, tone) in enumerate(there):
        reserved = len(there) - place - 1
        cells = max(1, min(left - reserved, round(left * number / requests)))
        cells = left if not reserved else cells
        pieces.append((glyph * max(0, cells), tone))
        left, requests = left - cells, requests - number
    return pieces


def _batch(batch: KnownBatch, raw: bytes) -> list[Fact]:
    facts = [
        Fact("id", batch.id),
        Fact("state", status_words(batch)),
        Fact("label", batch.label or "·", "" if batch.label else "dim"),
    ]
    if batch.note:
        facts.append(Fact("note", batch.note))
    known = {"id", "type", "processing_status", "request_counts"}
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]) if raw else {}
    facts += [
        Fact(name, bytes(value).decode().strip('"'))
        for name, value in fields.items()
        if name not in known and not name.endswith("_at") and bytes(value) != b"null"
    ]
    return facts


def _timeline(batch: KnownBatch, now: datetime) -> list[Fact]:
    moments: list[tuple[str, datetime | None, Tone]] = [
        ("created", batch.created_at, ""),
        ("cancel asked for", batch.cancel_initiated_at, "warn"),
        ("ended", batch.ended_at, "good"),
        ("expires", None if batch.ended else batch.expires_at, "dim"),
        ("results gone", batch.archived_at or _gone(batch), "dim"),
        ("last seen", batch.seen_at, "dim"),
    ]
    facts = [
        Fact(name, f"{moment.astimezone():{_TIME}}   {_when(moment, now)}", tone)
        for name, moment, tone in moments
        if moment is not None
    ]
    took = (batch.ended_at or now) - batch.created_at
    return [*facts, Fact("took" if batch.ended else "runs for", span(took), "")]


def _gone(batch: KnownBatch) -> datetime | None:
    return batch.created_at + RESULTS_KEPT if batch.ended else None


def _when(moment: datetime, now: datetime) -> str:
    return ago(moment, now) if moment <= now + timedelta(seconds=1) else f"in {span(moment - now)}"


def _counts(batch: KnownBatch) -> list[Fact]:
    facts = [Fact("total", count(batch.total))]
    for name, word, glyph, tone in _PARTS:
        number: int = getattr(batch, name)
        if number:
            share = f"{100 * number / batch.total:5.1f} %"
            facts.append(Fact(word, f"{glyph} {count(number):>9} {share}", tone))
    if not batch.ended:
        facts.append(Fact("", "the service counts them when the batch has ended", "dim"))
    return facts


def _files(story: Story) -> list[Fact]:
    facts = [Fact(file.what, f"{file.path}   {megabytes(file.bytes)}") for file in story.files]
    if story.receipt is not None:
        facts.append(_proof(story.receipt))
    inside = {file.path for file in story.files}
    facts += [
        Fact("copy", f"{download.dest}/{download.receipt.file}", "good")
        for download in story.downloads
        if f"{download.dest}/{download.receipt.file}" not in inside
    ]
    return facts or [Fact("results", "no copy yet: d downloads them", "dim")]


def _proof(receipt: Receipt) -> Fact:
    lines, proof = count(receipt.lines), receipt.sha256[:16]
    return Fact(
        "verified", f"✓ {receipt.verified_at.astimezone():{_TIME}}, {lines} lines, {proof}…", "good"
    )


def _origin(intent: Intent | None, children: list[Intent]) -> list[Fact]:
    facts: list[Fact] = []
    if intent is not None:
        facts.append(Fact("submitted", f"chunk {intent.chunk + 1} of {intent.submission}"))
        if intent.input_path is not None:
            facts.append(Fact("input", intent.input_path))
        facts += [Fact("sent again from", parent) for parent in intent.parents]
    facts += [
        Fact("sent again as", child.batch_id or f"{child.n_requests} requests, {child.state}")
        for child in children
    ]
    return facts


def _event(event: Event, now: datetime) -> Fact:
    return Fact(event.kind, f"{ago(event.at, now)}   {event.detail or ''}", "dim")
