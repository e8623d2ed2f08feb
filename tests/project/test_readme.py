"""The README's programs run as they stand, against the simulator."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from trio_batches import Client, Home, open_ledger, refresh
from trio_batches.simulator import Scenario, World, open_simulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
NIGHTLY = (ROOT / "docs" / "nightly.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", README + NIGHTLY, re.DOTALL)


@pytest.fixture
def anyio_backend() -> str:
    """Real sockets need the real clock."""
    return "trio"


def test_the_readme_is_short_and_has_programs() -> None:
    assert README.count("\n") < 120
    assert len(PROGRAMS) == 3


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_program_of_the_documents_runs(program: str, tmp_path: Path) -> None:
    world = World(seed=5, scenario=Scenario(batch_seconds=0, errored=0.1))
    batch_id = world.add_ended_batch(20, errored=2, canceled=1)
    async with open_simulator(world) as simulator:
        environment = {
            **os.environ,
            "ANTHROPIC_API_KEY": "sk-test-not-a-key",
            "ANTHROPIC_BASE_URL": simulator.base_url,
            "TRIO_BATCHES_HOME": str(tmp_path / "home"),
        }
        done = await trio.run_process(
            [sys.executable, "-W", "error", "-c", program],
            capture_stdout=True,
            capture_stderr=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )

    assert (done.returncode, done.stderr) == (0, b"")
    words = (b"request-0000000", batch_id.encode(), b"2 files verified, all sound: True")
    assert any(word in done.stdout for word in words)


def test_the_scenario_of_the_documents_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs" / "simulator.md").read_text(), re.DOTALL
    )
    (tmp_path / "scenario.json").write_text(example)

    assert len(Scenario.load(tmp_path / "scenario.json").faults) == 4


def shell_line(program: str) -> str:
    found = re.search(rf"^{program} .*$", README, re.MULTILINE)
    assert found is not None
    return found[0]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_jq_line_of_the_readme_shows_what_went_wrong(tmp_path: Path) -> None:
    world = World(seed=5)
    batch_id = world.add_ended_batch(20, errored=2)
    (tmp_path / "results").mkdir()
    lines = b"".join(world.result_lines(batch_id))
    (tmp_path / "results" / f"{batch_id}.jsonl").write_bytes(lines)

    done = subprocess.run(
        shell_line("jq"), shell=True, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert len(done.stdout.splitlines()) == 2
    assert all(line.startswith("request-00000") for line in done.stdout.splitlines())


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
async def test_the_sqlite3_line_of_the_readme_counts_batches(tmp_path: Path) -> None:
    world = World(seed=5)
    batch_id = world.add_ended_batch(20, errored=2)
    home = Home(tmp_path)
    async with (
        open_simulator(world) as simulator,
        Client(api_key="sk-test-not-a-key", base_url=simulator.base_url) as client,
        open_ledger(home) as ledger,
    ):
        await refresh(client, ledger)
        await ledger.set_label(batch_id, "night")

        done = await trio.run_process(
            shell_line("sqlite3"), shell=True, cwd=tmp_path, capture_stdout=True
        )

    assert done.stdout == b"night|ended|1|18\n"


def test_the_readme_names_two_commands_to_set_up() -> None:
    blocks = re.findall(r"```sh\n(pip install uv.*?)```", README, re.DOTALL)

    assert [block.strip() for block in blocks] == [
        "pip install uv && uv run trio-batches demo --headless",
        "pip install uv && uv run pytest",
    ]


def test_uv_runs_the_command_line_of_the_readme() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trio_batches", "--help"], check=True, capture_output=True, text=True
    )

    assert "Exit codes" in done.stdout
