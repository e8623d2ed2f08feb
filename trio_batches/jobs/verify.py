"""See whether results files are still what their receipts say, without the service."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec
import trio

from trio_batches.errors import TrioBatchesError
from trio_batches.protocol.tally import Tally
from trio_batches.store.compression import SUFFIXES
from trio_batches.store.disk import storage_errors
from trio_batches.store.manifest import MANIFEST
from trio_batches.store.receipt import Receipt, load_receipt, receipt_path
from trio_batches.store.scan import check_results
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import KnownBatch

__all__ = ("VerifiedFile", "VerifyReport", "VerifyState", "verify")

VerifyState = Literal["verified", "missing", "changed", "contradicted", "unreadable", "unproven"]
"""`unproven` is a file without a receipt; `contradicted` one whose counts the ledger denies."""

_RECEIPT = ".receipt.json"
_SUFFIXES = tuple(f".jsonl{suffix}" for suffix in SUFFIXES.values())


class VerifiedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of the results of one batch."""

    batch_id: str
    state: VerifyState
    reason: str | None = None
    """What is wrong; None if nothing is."""

    receipt: Receipt | None = None


@dataclass(eq=False)
class VerifyReport:
    """What was found in a folder; grows while files are read."""

    folder: Path
    total: int = 0
    """How many batches have a file or a receipt there."""

    files: dict[str, VerifiedFile] = field(default_factory=dict[str, VerifiedFile])
    """By batch, in the order of their ids once all are read."""

    def count(self, *states: VerifyState) -> int:
        """Return how many batches are in one of the states."""
        return sum(file.state in states for file in self.files.values())

    @property
    def sound(self) -> bool:
        """Whether no file differs from what is known of it, and none is missing."""
        return self.count("verified", "unproven") == len(self.files)


async def verify(
    folder: Path,
    ledger: Ledger | None = None,
    *,
    concurrency: int | None = None,
    report: VerifyReport | None = None,
) -> VerifyReport:
    """Read every results file in a folder and compare it with its receipt.

    Size, hash, and the number of results of each type, each `custom_id` once, must
    be as the receipt says. No network is used.

    Args:
        folder: As `download` leaves it.
        ledger: Also compare with what it knows: the counts that the service told,
            and copies that should be in this folder.
        concurrency: Files to read at a time; by default one for each processor.
        report: Updated while the job runs; give one to look at it meanwhile.

    Raises:
        StorageError: The folder, or the ledger, cannot be read. A file that
            cannot be read is in the report.
    """
    report = VerifyReport(folder) if report is None else report
    ids = await trio.to_thread.run_sync(_batch_ids, folder)
    known, lost = await _known(ledger, folder, ids)
    report.total = len(ids) + len(lost)
    limiter = trio.CapacityLimiter(concurrency or os.cpu_count() or 1)

    async def one(batch_id: str) -> None:
        found = await trio.to_thread.run_sync(_check, folder, batch_id, limiter=limiter)
        report.files[batch_id] = _compare(found, known.get(batch_id))

    async with open_hidden_nursery() as nursery:
        for batch_id in ids:
            nursery.start_soon(one, batch_id)
    for batch_id in lost:
        reason = "the ledger knows of a copy here, but there is neither a file nor a receipt"
        report.files[batch_id] = VerifiedFile(batch_id=batch_id, state="missing", reason=reason)
    report.files = dict(sorted(report.files.items()))
    return report


def _batch_ids(folder: Path) -> list[str]:
    """Return the batches that have a results file or a receipt in a folder."""
    found: set[str] = set()
    with storage_errors(folder):
        names = os.listdir(folder)  # noqa: PTH208  # a path for each of thousands takes long
    for name in names:
        for suffix in (_RECEIPT, *_SUFFIXES):
            if name.endswith(suffix) and name != MANIFEST:
                found.add(name.removesuffix(suffix))
    return sorted(found)


async def _known(
    ledger: Ledger | None, folder: Path, ids: list[str]
) -> tuple[dict[str, KnownBatch], list[str]]:
    """Return what a ledger knows of batches, and those whose copies should be here and are not."""
    if ledger is None:
        return {}, []
    here, present = str(folder.absolute()), set(ids)  # noqa: ASYNC240  # asks no disk
    lost = [
        copy.batch_id
        for copy in await ledger.downloads()
        if copy.dest == here and copy.batch_id not in present
    ]
    known = {batch.id: batch for batch in await ledger.batches(gone=None)}
    return known, lost


def _check(folder: Path, batch_id: str) -> VerifiedFile:
    """Read one batch's file. To be called in a worker thread."""
    receipt = None
    try:
        receipt = load_receipt(folder, batch_id)
        if receipt is None or receipt.batch_id != batch_id:
            there = receipt_path(folder, batch_id).exists()
            why = (
                "its receipt is none" if there else "it has no receipt; `download` would write one"
            )
            return VerifiedFile(batch_id=batch_id, state="unproven", reason=why)
        state, reason = _read(folder / receipt.file, receipt)
    except TrioBatchesError as error:
        state, reason = "unreadable", str(error)
    return VerifiedFile(batch_id=batch_id, state=state, reason=reason, receipt=receipt)


def _read(path: Path, receipt: Receipt) -> tuple[VerifyState, str | None]:
    with storage_errors(path):
        if not path.exists():
            return "missing", f"{path.name} is not there, but its receipt is"
        size = path.stat().st_size
    if size != receipt.bytes:
        return "changed", f"it has {size:,} bytes, its receipt says {receipt.bytes:,}"
    tally = Tally(receipt.batch_id, receipt.counts)
    content = check_results(path, tally)
    if content is None:
        return "changed", f"its results are damaged: {tally.error()}"
    hashes = (content.sha256, content.lines_sha256)
    if hashes != (receipt.sha256, receipt.lines_sha256 or receipt.sha256):
        return "changed", "its hash is not the one in its receipt"
    return "verified", None


def _compare(found: VerifiedFile, known: KnownBatch | None) -> VerifiedFile:
    """See whether the service has told other counts than the receipt says."""
    receipt = found.receipt
    if found.state != "verified" or receipt is None or known is None or not known.ended:
        return found
    told = known.request_counts.results()
    if all(receipt.counts.get(kind, 0) == count for kind, count in told.items()):
        return found
    reason = f"its receipt counts {_in_words(receipt.counts)}, the service {_in_words(told)}"
    return msgspec.structs.replace(found, state="contradicted", reason=reason)


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count) or "nothing"
