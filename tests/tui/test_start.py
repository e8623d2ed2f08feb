from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.config import Configuration
from tui.config_file import save_changes
from tui.screens.settings import changed
from tui.start import start
from tui.state.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 1", "line 1: theme: expected one of"),
        ("[keys]\n'app.quit' = '?'", "line 2: keys.app.quit: ? is app.help's (Help) too"),
    ],
)
def test_settings_that_cannot_be_used_end_it_before_it_begins(
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    monkeypatch.setenv("TRIO_BATCHES_CONFIG", str(file))

    assert start() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{file}, {said}")
    assert err.count("\n") == 1


def test_what_is_changed_in_the_app_says_so() -> None:
    before = Configuration(Settings(), {"theme": "--theme"})

    after = before.change(Settings(read_only=True, poll_interval=60.0))

    assert after.origin("read_only") == after.origin("poll_interval") == "changed in the app"
    assert after.origin("theme") == "--theme"
    assert after.origin("clock") == "default"


def test_some_settings_can_be_changed_while_the_app_runs_and_others_in_the_file() -> None:
    settings = Settings(poll_interval=15.0)
    can = {setting.name for setting in SETTINGS if changed(settings, setting.name) != settings}

    assert can == {"theme", "poll_interval", "read_only", "animations", "clock"}
    assert changed(settings, "poll_interval").poll_interval == 10.0
    assert changed(Settings(theme="ansi"), "theme").theme == "dark"


def test_the_pace_of_the_demo_is_not_written_into_the_users_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    before = Configuration(path=file)

    demo = before.impose("the demo", poll_interval=2.0)
    save_changes(demo)

    assert demo.settings.poll_interval == 2.0
    assert demo.origin("poll_interval") == "the demo"
    assert not file.exists()
