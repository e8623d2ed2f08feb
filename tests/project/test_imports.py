"""What importing the package costs, and what it must not load."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ABSENT = ("asyncio", "click", "httpx", "platformdirs", "rich", "sqlite3", "textual")


def loaded_by(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    # Not measured: what measures coverage is loaded into every process, and loads much itself.
    environment = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return set(done.stdout.split())


def test_importing_all_that_is_public_loads_no_front_end_and_no_http_library() -> None:
    assert loaded_by("from trio_batches import *").isdisjoint(ABSENT)


def test_a_room_is_loaded_when_something_of_it_is_asked_for() -> None:
    assert "trio" not in loaded_by("import trio_batches")
    assert "trio" not in loaded_by("from trio_batches import one_line")
    assert "trio_batches.jobs" not in loaded_by("from trio_batches import Client")


@pytest.mark.parametrize("room", ["types", "protocol", "errors"])
def test_the_lower_floors_do_not_load_the_transport(room: str) -> None:
    modules = loaded_by(f"import trio_batches.{room}")

    assert "httpx" not in modules
