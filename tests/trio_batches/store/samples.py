"""Batches, their results, and what they leave in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trio_batches.errors import StorageError
from trio_batches.simulator import World
from trio_batches.store import ResultsFolder
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trio_batches.store import Receipt


class Sample:
    """An ended batch of a small world, and what the service sends for it.

    Attributes:
        batch: As `retrieve` and `list` give it.
        lines: Its results, newlines included.
    """

    def __init__(self, requests: int = 20, *, seed: int = 1) -> None:
        world = World(seed=seed)
        batch_id = world.add_ended_batch(
            requests, errored=requests // 5, canceled=requests // 10, expired=requests // 10
        )
        simulated = world.shelf.find(batch_id)
        assert simulated is not None
        text = simulated.write(world.clock.now(), "http://simulator/results")
        self.batch = msgspec.json.decode(text, type=MessageBatch)
        self.lines = list(world.result_lines(batch_id))

    @property
    def id(self) -> str:
        return self.batch.id

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)

    def file(self, folder: Path) -> Path:
        return folder / f"{self.id}.jsonl"

    def receipt(self, folder: Path) -> Path:
        return folder / f"{self.id}.receipt.json"

    def part(self, folder: Path, content: bytes, name: str = "left") -> Path:
        """Leave a part file behind, as a process that was killed does."""
        path = folder / f"{self.id}.jsonl.{name}.part"
        path.write_bytes(content)
        return path


def parts(folder: Path) -> list[Path]:
    """Return the part files in a folder."""
    return sorted(folder.glob("*.part"))


def listing(folder: Path) -> list[Path]:
    """Return all that is in a folder."""
    return sorted(folder.iterdir())


async def store(folder: Path, sample: Sample, lines: Iterable[bytes] | None = None) -> Receipt:
    """Do what a download does with the lines that come, those of earlier parts left out."""
    results = ResultsFolder(folder)
    results.make()
    part = results.begin(sample.batch)
    tally = part.tally
    try:
        if tally.total:
            tally.start_reading_again()
        for line in sample.lines if lines is None else lines:
            key = msgspec.json.decode(line, type=_Key)
            if tally.add([key.custom_id], [key.result.type]) != []:
                part.add(line)
        assert tally.complete
        (outcome,) = results.complete([(sample.batch, part)])
        if isinstance(outcome, StorageError):
            raise outcome
        return outcome
    finally:
        part.close()


class _Kind(msgspec.Struct):
    type: str


class _Key(msgspec.Struct):
    custom_id: str
    result: _Kind
