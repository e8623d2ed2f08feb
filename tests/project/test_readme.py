"""The README's programs run as they stand, against the simulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from trio_batches.simulator import World, open_simulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def anyio_backend() -> str:
    """Real sockets need the real clock."""
    return "trio"


def test_the_readme_is_short_and_has_programs() -> None:
    assert README.count("\n") < 120
    assert len(PROGRAMS) == 2


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_program_of_the_readme_runs(program: str, tmp_path: Path) -> None:
    world = World(seed=5)
    batch_id = world.add_ended_batch(20, errored=2, canceled=1)
    async with open_simulator(world) as simulator:
        environment = {
            **os.environ,
            "ANTHROPIC_API_KEY": "sk-test-not-a-key",
            "ANTHROPIC_BASE_URL": simulator.base_url,
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
    assert b"request-0000000" in done.stdout or batch_id.encode() in done.stdout


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
