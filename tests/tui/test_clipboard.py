from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App

from tui import clipboard

if TYPE_CHECKING:
    from pathlib import Path


class ClipboardApp(App[object]):
    """An app to copy from."""


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of programs, and no other one on the path but the shell's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_a_tool_is_used_only_where_it_has_a_display(tools: Path) -> None:
    for name in ("wl-copy", "xclip"):
        program(tools, name, "exit 0")
    path = str(tools)

    assert clipboard.local_tool({"PATH": path}) is None
    assert clipboard.local_tool({"PATH": path, "DISPLAY": ":0"}) == (
        f"{path}/xclip",
        "-selection",
        "clipboard",
    )
    assert clipboard.local_tool({"PATH": path, "DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}) == (
        f"{path}/wl-copy",
    )


async def test_text_goes_through_the_terminal_and_the_local_tool(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tools, "xclip", f'read -r line; echo "$line" > {tmp_path}/copied')
    monkeypatch.setenv("DISPLAY", ":0")
    app = ClipboardApp()
    async with app.run_test():
        sentence = await clipboard.copy(app, "some text\n")

        assert app.clipboard == "some text\n"
    assert sentence == "copied 10 characters, through the terminal and xclip"
    assert (tmp_path / "copied").read_text() == "some text\n"


@pytest.mark.usefixtures("tools")
async def test_without_any_tool_the_terminal_is_enough() -> None:
    app = ClipboardApp()
    async with app.run_test():
        assert await clipboard.copy(app, "x") == "copied 1 characters, through the terminal"


async def test_a_tool_that_fails_is_not_named(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tools, "xclip", "exit 1")
    monkeypatch.setenv("DISPLAY", ":0")
    app = ClipboardApp()
    async with app.run_test():
        assert "xclip" not in await clipboard.copy(app, "x")


@pytest.mark.usefixtures("tools")
async def test_what_is_too_long_for_the_terminal_says_what_to_do() -> None:
    app = ClipboardApp()
    async with app.run_test():
        assert "print it, or export the row" in await clipboard.copy(app, "x" * 100_000)
