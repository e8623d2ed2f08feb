"""The real app in a pseudo-terminal: keys in, bytes and their moments out."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, final

from tests.benchmarks.contest import PROJECT, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ("CURSOR", "PseudoTerminal")

CURSOR = "▌".encode()
"""What is painted wherever the cursor goes."""

PATIENCE = 30.0
COLUMNS, LINES = 120, 36


@final
class PseudoTerminal:
    """A context manager: starts `trio-batches`, and ends it."""

    def __init__(self, *arguments: str, variables: Mapping[str, str]) -> None:
        settings = {
            **environment(),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **variables,
        }
        program = str(Path(sys.executable).with_name("trio-batches"))
        self.started = time.perf_counter()
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.chdir(PROJECT)
            os.execve(program, [program, *arguments], settings)  # noqa: S606  # no shell
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        os.close(self._end)

    def stop(self) -> float:
        """End the app by a signal and return the seconds that it took."""
        began = time.perf_counter()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        with suppress(OSError):  # what a terminal reads when its last program has left
            while os.read(self._end, 65_536):
                pass
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        return time.perf_counter() - began

    def read_until(self, text: bytes) -> float:
        """Read until some bytes have come, and return the seconds since the start."""
        seen = b""
        while text not in seen:
            piece = self._read(PATIENCE)
            if not piece:
                raise TimeoutError(f"{text!r} never came; last: {seen[-300:]!r}")
            seen = seen[-len(text) :] + piece
        return time.perf_counter() - self.started

    def settle(self, seconds: float) -> int:
        """Read until nothing has come for so long; return how many bytes came."""
        size, until = 0, time.perf_counter() + PATIENCE
        while piece := self._read(seconds):
            size += len(piece)
            if time.perf_counter() > until:
                raise TimeoutError(f"it never was quiet for {seconds} s")
        return size

    def count_for(self, seconds: float) -> int:
        """Read for so long and return how many bytes came."""
        size, until = 0, time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            size += len(self._read(left))
        return size

    def press(self, key: str) -> tuple[float, int]:
        """Press a key that moves the cursor; return the seconds to its paint, and the bytes."""
        began = time.perf_counter()
        os.write(self._end, key.encode())
        size, seen = 0, b""
        while CURSOR not in seen:
            piece = self._read(PATIENCE)
            if not piece:
                raise TimeoutError(f"nothing was painted after {key!r}")
            size += len(piece)
            seen = seen[-len(CURSOR) :] + piece
        return time.perf_counter() - began, size

    def type(self, keys: str) -> None:
        """Press keys that paint what they like."""
        os.write(self._end, keys.encode())

    def memory(self) -> int:
        """Return the bytes that the app has resident."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        raise ProcessLookupError(self.pid)

    def cpu(self) -> float:
        """Return the seconds of processor time that the app has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._end], [], [], max(0.0, seconds))
        return os.read(self._end, 65_536) if ready else b""
