"""What downloads leave in a folder, checked against what the service has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trio_batches.store import ResultsFolder
from trio_batches.store.manifest import MANIFEST
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from trio_batches.simulator import RequestRecord, World
    from trio_batches.simulator.faults import Operation


def names(folder: Path) -> set[str]:
    """Return the names of all that is in a folder, but for the manifest."""
    found = {path.name for path in folder.iterdir()} if folder.exists() else set[str]()
    return found - {MANIFEST}


def part_names(folder: Path) -> set[str]:
    """Return the names of the part files in a folder."""
    return {name for name in names(folder) if name.endswith(".part")}


def assert_lines(folder: Path, world: World, batch_id: str, *, cut: bool = False) -> int:
    """Check that a file holds every line of the service once, and return how many.

    Args:
        folder: Where the file is.
        world: The service.
        batch_id: The batch.
        cut: The answer may have been cut just before its last newline: it has all results.
    """
    content = (folder / f"{batch_id}.jsonl").read_bytes()
    if cut and content and not content.endswith(b"\n"):
        content += b"\n"
    lines = content.splitlines(keepends=True)
    assert sorted(lines) == sorted(world.result_lines(batch_id))
    return len(lines)


def assert_whole(folder: Path, world: World, batch_id: str, *, cut: bool = False) -> None:
    """Check that a file holds every line of the service once, and that a receipt says so."""
    lines = assert_lines(folder, world, batch_id, cut=cut)
    receipt = load_receipt(folder, batch_id)
    assert receipt is not None
    assert ResultsFolder(folder).matches(receipt, deep=True)
    assert receipt.lines == lines


def assert_nothing_is_half_done(folder: Path, world: World, *, cut: bool = False) -> None:
    """Check that what has its final name is whole, and that no receipt is without its file."""
    found = names(folder)
    for batch_id in world.batch_ids:
        if f"{batch_id}.jsonl" in found:
            assert_lines(folder, world, batch_id, cut=cut)
        else:
            assert f"{batch_id}.receipt.json" not in found


def asked(world: World, operation: Operation) -> list[RequestRecord]:
    """Return the requests of a kind that have arrived."""
    return [record for record in world.requests if record.operation == operation]


def open_files(folder: Path) -> list[str]:
    """Return the files below a folder that this process has open."""
    found: list[str] = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith(str(folder)):
            found.append(target)
    return found
