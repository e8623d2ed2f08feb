from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import Configuration, SettingsError, load_configuration
from tui.config_file import save_changes, with_values
from tui.state.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

OWN = """\
# Mine
theme = 'dark'   # as at night
mouse = false

[keys]
"batch.download" = "D"  # theme = "light"
"""


def loaded(path: Path) -> Configuration:
    return load_configuration(environment={"TRIO_BATCHES_CONFIG": str(path)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_what_was_changed_is_written_and_all_else_left_as_it_is(path: Path) -> None:
    path.write_text(OWN)
    path.chmod(0o640)
    before = loaded(path)

    after = save_changes(
        before.change(replace(before.settings, theme="light", poll_interval=60.0, read_only=True))
    )

    lines = path.read_text().split("\n")
    assert 'theme = "light"   # as at night' in lines
    assert lines[2:] == ["# Mine", 'theme = "light"   # as at night', *OWN.split("\n")[2:]]
    assert set(lines[:2]) == {"poll_interval = 60", "read_only = true"}
    assert loaded(path).settings == after.settings
    assert after.origin("theme") == f"{path}, line 4"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


def test_a_file_that_is_not_there_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "config.toml"

    save_changes(Configuration(path=path).change(Settings(theme="ansi")))

    assert path.read_text() == 'theme = "ansi"\n'


def test_where_nothing_was_changed_nothing_is_written(path: Path) -> None:
    configuration = Configuration(Settings(theme="light"), {"theme": "--theme"}, path)

    assert save_changes(configuration) is configuration
    assert not path.exists()


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text("clock = true\n")
    path.symlink_to(target)
    before = loaded(path)

    save_changes(before.change(replace(before.settings, clock=False)))

    assert path.is_symlink()
    assert target.read_text() == "clock = false\n"


@pytest.mark.parametrize("text", ['theme = """\ndark"""', "theme = '''dark'''"])
def test_a_value_in_an_odd_form_is_left_to_its_owner(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(SettingsError, match="by hand"):
        save_changes(Configuration(path=path).change(Settings(theme="light")))

    assert path.read_text() == text


def test_line_ends_stay_as_they_are(path: Path) -> None:
    path.write_bytes(b'theme = "dark"\r\nmouse = true\r\n')

    save_changes(Configuration(path=path).change(Settings(theme="light")))

    assert path.read_bytes() == b'theme = "light"\r\nmouse = true\r\n'


def test_what_cannot_be_read_or_written_is_said_and_left(path: Path, tmp_path: Path) -> None:
    changed = Configuration(path=path).change(Settings(theme="light"))
    path.write_text("theme = ")
    with pytest.raises(SettingsError, match="is no TOML any more"):
        save_changes(changed)

    path.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="invalid start byte"):
        save_changes(changed)

    (tmp_path / "file").touch()
    blocked = replace(changed, path=tmp_path / "file" / "config.toml")
    with pytest.raises(SettingsError, match="Not a directory"):
        save_changes(blocked)


LINES = st.sampled_from(
    [
        "# theme = 'no'",
        "",
        "mouse = true",
        'hidden_columns = [\n  "age", # theme = 1\n]',
        'filters.odd = "theme = 1"',
        '  theme  =  "dark"# close',
        "poll_interval=12.5",
    ]
)


@given(st.lists(LINES, unique=True))
def test_whatever_the_file_says_only_the_changed_values_are_other_ones(lines: list[str]) -> None:
    text = "\n".join(lines)
    values = {"theme": "light", "poll_interval": 20.0, "clock": True}

    changed = with_values(Configuration().path, text, values)

    assert tomllib.loads(changed) == {**tomllib.loads(text), **values}
    assert [line for line in changed.split("\n") if line.startswith("#")] == [
        line for line in text.split("\n") if line.startswith("#")
    ]
