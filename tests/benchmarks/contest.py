"""Sides that do the same work, each in a process of its own, turn by turn."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tests.benchmarks.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ("PROJECT", "Side", "environment", "hold", "program", "sdk_is_there")

PROJECT = Path(__file__).parents[2]
_SLOWEST = 600.0


class Side(NamedTuple):
    """One way to do the work: a command that prints a `Measurement`."""

    name: str
    command: Sequence[str]


def program(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the modules beside this one."""
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]


def environment(certificate: Path | None = None) -> dict[str, str]:
    """Return what every side is started with: a key, and nothing that leads elsewhere.

    Args:
        certificate: The only one to trust.
    """
    trust = {} if certificate is None else {"SSL_CERT_FILE": str(certificate)}
    return {
        **trust,
        "ANTHROPIC_API_KEY": "sk-ant-benchmark",
        "HOME": str(Path.home()),
        "NO_PROXY": "*",
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    }


def hold(
    sides: Sequence[Side],
    runs: int,
    *,
    certificate: Path | None = None,
    before: Callable[[], None] = lambda: None,
) -> dict[str, list[Measurement]]:
    """Run the sides in turn, so that a busy moment of the machine hits all of them.

    Args:
        sides: Who runs.
        runs: How often each does.
        certificate: The only one to trust.
        before: Called before each run of each side.
    """
    measured: dict[str, list[Measurement]] = {side.name: [] for side in sides}
    for _ in range(runs):
        for side in sides:
            before()
            measured[side.name].append(_run(side, certificate))
    return measured


def sdk_is_there() -> bool:
    """Tell whether the official SDK is installed (`uv run --group sdk …`)."""
    return find_spec("anthropic") is not None


def _run(side: Side, certificate: Path | None) -> Measurement:
    done = subprocess.run(
        side.command,
        check=False,
        capture_output=True,
        cwd=PROJECT,
        env=environment(certificate),
        timeout=_SLOWEST,
    )
    if done.returncode:
        raise RuntimeError(f"{side.name} failed: {done.stderr.decode()[-2000:]}")
    return msgspec.json.decode(done.stdout, type=Measurement)
