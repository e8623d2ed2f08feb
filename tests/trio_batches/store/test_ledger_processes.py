"""Several processes that use one ledger at once, some of which die."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.trio_batches.store.ledger_samples import ask
from tests.trio_batches.store.ledger_worker import PIECE
from trio_batches.store import Home

ROOT = Path(__file__).parents[3]
SECONDS = float(os.environ.get("TRIO_BATCHES_LEDGER_SECONDS", "1"))
"""How long the processes write; 60 is what the ledger promises to stand."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def command(home: Home, own: int, work: str, *more: str) -> list[str]:
    worker = "tests.trio_batches.store.ledger_worker"
    return [sys.executable, "-m", worker, str(home.path), str(own), work, str(SECONDS), *more]


def start(home: Home, own: int, work: str, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(home, own, work, *more),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(processes: list[subprocess.Popen[bytes]], warnings: int = 0) -> list[list[str]]:
    """Return what each process said, line by line; together they warned so often."""
    ends = [process.communicate(timeout=SECONDS + 120) for process in processes]
    errors = b"".join(err for _, err in ends).decode().splitlines()
    assert len(errors) == warnings, errors
    assert not any(process.returncode for process in processes)
    return [out.decode().splitlines() for out, _ in ends]


@pytest.mark.parametrize("network", [(), ("network",)], ids=["wal", "delete"])
def test_processes_at_once_lose_no_row_and_meet_no_lock(
    home: Home, network: tuple[str, ...]
) -> None:
    said = finish([start(home, own, "use", *network) for own in range(4)])
    counts = {own: int(count) for own, (count,) in enumerate(said)}
    assert all(counts.values())
    total = sum(counts.values())
    assert ask(home, "PRAGMA integrity_check") == [("ok",)]
    assert ask(home, "SELECT count(*) FROM batches") == [(total * PIECE,)]
    assert ask(home, "SELECT count(*) FROM batch_json") == [(total * PIECE,)]
    assert ask(home, "SELECT count(*) FROM event") == [(total,)]
    assert ask(home, "SELECT count(*) FROM intent WHERE state = 'sent'") == [(total,)]
    labels = ask(home, "SELECT count(*) FROM batch WHERE label IS NOT NULL")
    assert labels == [(max(counts.values()),)]


def test_of_several_processes_one_sends_each_intent(home: Home) -> None:
    planning = (
        "import sys, trio; from pathlib import Path; "
        "from trio_batches import Home, open_ledger; "
        "from tests.trio_batches.store.ledger_samples import intent\n"
        "async def main():\n"
        "    async with open_ledger(Home(Path(sys.argv[1]))) as ledger:\n"
        "        await ledger.plan(intent(number) for number in range(100))\n"
        "trio.run(main)"
    )
    subprocess.run([sys.executable, "-c", planning, str(home.path)], check=True, cwd=ROOT)
    said = finish([start(home, own, "race") for own in range(3)])
    sent = Counter(number for numbers in said for number in numbers)
    assert sent == Counter(str(number) for number in range(100))
    assert ask(home, "SELECT count(DISTINCT batch) FROM intent") == [(100,)]


def test_many_processes_may_make_the_ledger_at_once(home: Home) -> None:
    for warnings, content in enumerate((b"", b"noise")):
        (home.path / "ledger.db").write_bytes(content)
        finish([start(home, own, "look") for own in range(4)], warnings=warnings)
    assert len(list(home.path.glob("ledger.db.unreadable-*Z"))) == 1
    assert ask(home, "PRAGMA user_version") == [(1,)]


def test_a_killed_process_loses_nothing_that_it_has_said(home: Home) -> None:
    written: list[str] = []
    for own in range(4):
        process = start(home, own, "write")
        assert process.stdout is not None
        written.append(process.stdout.readline().decode())
        time.sleep(0.05 * own)
        process.kill()
        out, _ = process.communicate()
        written += out.decode().splitlines()
    assert ask(home, "PRAGMA integrity_check") == [("ok",)]
    labels = {name for (name,) in ask(home, "SELECT id FROM batch WHERE label IS NOT NULL")}
    assert labels >= {f"label_{number.strip()}" for number in written}
    ids = {name for (name,) in ask(home, "SELECT id FROM batches")}
    assert ids >= {f"msgbatch_{int(number):06}" for number in written}
    assert finish([start(home, 9, "look")]) == [[str(len(ids))]]


def test_a_limit_on_files_is_said_in_one_line_and_harms_nothing(home: Home) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = subprocess.run(
        command(home, 0, "fill"),
        cwd=ROOT,
        capture_output=True,
        check=True,
        preexec_fn=limit,  # no thread of ours runs meanwhile
    )
    error, count = done.stdout.decode().splitlines()
    assert error.startswith(f"{home.path}/ledger.db: ")
    assert ask(home, "PRAGMA integrity_check") == [("ok",)]
    assert ask(home, "SELECT count(*) FROM batches") == [(int(count),)]


def test_a_full_disk_is_said_in_one_line_and_harms_nothing(home: Home) -> None:
    mount = f"mount -t tmpfs -o size=2m none {home.path}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], check=False).returncode:  # noqa: S607
        pytest.skip("mounting is not permitted here")
    check = (
        "import sqlite3, sys; ask = sqlite3.connect(sys.argv[1]).execute; "
        "print(*ask(sys.argv[2]).fetchone(), *ask(sys.argv[3]).fetchone())"
    )
    script = f'{mount} && "$@" && exec "$PYTHON" -c "$CHECK" {home.path}/ledger.db "$ONE" "$TWO"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *command(home, 0, "fill")],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={
            **os.environ,
            "PYTHON": sys.executable,
            "CHECK": check,
            "ONE": "PRAGMA integrity_check",
            "TWO": "SELECT count(*) FROM batches",
        },
    )
    error, said, found = done.stdout.decode().splitlines()
    assert "full: free some space, then run the same command again" in error
    assert found == f"ok {said}"
    assert int(said) > 0
