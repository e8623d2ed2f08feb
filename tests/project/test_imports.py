"""What importing the package costs, and what it must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

ABSENT = ("asyncio", "click", "httpx", "platformdirs", "rich", "sqlite3", "textual")


def loaded_by(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_no_front_end_and_no_http_library() -> None:
    assert loaded_by("import trio_batches").isdisjoint(ABSENT)


@pytest.mark.parametrize("room", ["types", "protocol", "errors"])
def test_the_lower_floors_do_not_load_the_transport(room: str) -> None:
    modules = loaded_by(f"import trio_batches.{room}")

    assert "httpx" not in modules
