from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell


@pytest.fixture
def file(shell: Shell, tmp_path: Path) -> Path:
    """Name a file of settings that is there, and empty."""
    path = tmp_path / "config.toml"
    path.touch()
    shell.set("TRIO_BATCHES_CONFIG", str(path))
    return path


def test_config_prints_every_setting_and_where_it_comes_from(shell: Shell, file: Path) -> None:
    file.write_text('\ntheme = "light"\n[filters]\nbad = "errored:>0"\n')
    shell.set("TRIO_BATCHES_READ_ONLY", "yes")

    done = shell.call("config", "--show")

    rows = [line.split("\t") for line in done.lines]
    assert rows[0] == ["SETTING", "VALUE", "FROM"]
    assert ["theme", "light", f"{file}, line 2"] in rows
    assert ["read_only", "true", "TRIO_BATCHES_READ_ONLY"] in rows
    assert ["filters", '{"bad":"errored:>0"}', f"{file}, line 3"] in rows
    assert ["poll_interval", "10.0", "default"] in rows


def test_config_prints_json(shell: Shell, file: Path) -> None:
    file.write_text('hidden_columns = ["age"]\n')

    done = shell.call("config", "--json")

    found = {each["name"]: (each["value"], each["origin"]) for each in done.objects}
    assert found["hidden_columns"] == (["age"], f"{file}, line 1")
    assert found["theme"] == ("dark", "default")


def test_config_prints_where_the_file_is(shell: Shell, file: Path) -> None:
    file.unlink()

    assert shell.call("config", "--path").lines == [str(file)]
    assert shell.call("config", "--path", "--json").code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 3\n", "line 1: theme: expected one of"),
        ("[keys]\n'batch.delet' = 'x'\n", "line 2: keys.batch.delet: no action has this id; did"),
    ],
)
def test_a_file_that_the_app_would_refuse_is_refused(
    shell: Shell, file: Path, text: str, said: str
) -> None:
    file.write_text(text)

    done = shell.call("config")

    assert done.code == 2
    assert done.said.startswith(f"{file}, {said}")
    assert done.said.count("\n") == 1


@pytest.mark.parametrize("words", [("--read-only",), ("--theme", "light"), ("demo",)])
def test_the_app_is_not_started_without_a_terminal(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.call(*words)

    assert done.code == 2
    assert "the app needs a terminal" in done.said


def test_without_a_terminal_or_a_command_the_help_is_told(shell: Shell) -> None:
    done = shell.call()

    assert done.code == 2
    assert "Without a command, in a terminal, it is an app" in done.said


def test_flags_of_the_app_before_a_command_are_refused(shell: Shell) -> None:
    done = shell.call("--read-only", "list")

    assert done.code == 2
    assert "--read-only is the app's" in done.said


def test_an_output_folder_is_for_the_demo_without_the_app(shell: Shell, tmp_path: Path) -> None:
    done = shell.call("demo", "-o", str(tmp_path / "out"))

    assert done.code == 2
    assert "-o goes with --headless" in done.said


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: Shell, name: str) -> None:
    shell.set("_TRIO_BATCHES_COMPLETE", f"{name}_source")

    done = shell.run()

    assert done.code == 0
    assert b"_TRIO_BATCHES_COMPLETE" in done.out
