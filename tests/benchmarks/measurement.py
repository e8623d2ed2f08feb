"""What one side of a comparison tells about one run of it."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import msgspec

__all__ = ("Measurement", "own_memory", "peak_memory", "resident_memory")


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    seconds: float
    cpu: float = 0.0
    """Seconds of processor time: steadier than the clock on a machine with other work."""
    items: int = 0
    """Records, lines or batches, so that both sides are seen to have done the same."""
    requests: int = 0
    """Asked of the service."""
    memory: int = 0
    """Bytes: the process's peak, or where it says so, how much it grew."""
    syncing: float = 0.0
    """Seconds of processor time, of those above, in which the kernel synced files."""
    longest_step: float = 0.0
    """Seconds between two checkpoints of one task, at most."""

    def report(self) -> None:
        """Hand it to the process that asked."""
        sys.stdout.buffer.write(msgspec.json.encode(self) + b"\n")


def peak_memory() -> int:
    """Return the most bytes that this process has ever had in memory.

    `ru_maxrss` begins with the size of the process that forked this one, so
    Linux is asked for what this program itself took.
    """
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT


def own_memory() -> int:
    """Return the bytes that this process has in memory now, without those of files.

    What is mapped from a file, the system takes back when it needs the room.
    """
    return _status("RssAnon") or peak_memory()


def resident_memory() -> int:
    """Return the bytes that this process has in memory now, 0 where that is not told."""
    return _status("VmRSS")


_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def _status(name: str) -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024
