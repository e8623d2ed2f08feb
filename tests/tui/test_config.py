from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import SettingsError, config_path, line_of, load_configuration
from tui.state.settings import SETTINGS, Settings

WHOLE = """\
# What I like
theme = "light"
poll_interval = 30

hidden_columns = [
  "age",  # never mind
  "took",
]
read_only = true

[keys]
"batches.delete" = "D"
batches.cancel = '''
C'''

[keys.results]
next_error = ["e", "N"]

[filters]
failed = "status:ended errored:>0"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def environment(file: Path, **more: str) -> dict[str, str]:
    return {"TRIO_BATCHES_CONFIG": str(file), **more}


def failure(file: Path, text: str, **more: str) -> str:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_configuration(environment=environment(file, **more))
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_without_file_variables_and_flags_the_defaults_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    found = load_configuration(environment={})

    assert found.settings == Settings()
    assert {found.origin(setting.name) for setting in SETTINGS} == {"default"}


def test_every_setting_is_an_attribute_with_a_default() -> None:
    assert {setting.name for setting in SETTINGS} == set(Settings.__dataclass_fields__)


def test_the_file_is_read_whole(file: Path) -> None:
    file.write_text(WHOLE)

    found = load_configuration(environment=environment(file))

    assert found.settings == Settings(
        theme="light",
        poll_interval=30.0,
        read_only=True,
        hidden_columns=("age", "took"),
        filters={"failed": "status:ended errored:>0"},
        keys={"batches.delete": "D", "batches.cancel": "C", "results.next_error": "e,N"},
    )


def test_flags_win_over_the_environment_and_that_over_the_file(file: Path) -> None:
    file.write_text('theme = "light"\npoll_interval = 20\nmouse = false\n')
    found = load_configuration(
        {"theme": "ansi", "read_only": None},
        environment(file, TRIO_BATCHES_THEME="dark", TRIO_BATCHES_POLL_INTERVAL="40"),
    )

    assert (found.settings.theme, found.settings.poll_interval) == ("ansi", 40.0)
    assert found.settings.mouse is False
    assert found.origin("theme") == "--theme"
    assert found.origin("poll_interval") == "TRIO_BATCHES_POLL_INTERVAL"
    assert found.origin("mouse") == f"{file}, line 3"
    assert found.origin("read_only") == "default"


def test_no_color_means_the_ansi_theme_unless_one_is_asked_for(file: Path) -> None:
    file.write_text('theme = "light"\n')

    plain = load_configuration(environment=environment(file, NO_COLOR="1"))
    asked = load_configuration(
        environment=environment(file, NO_COLOR="1", TRIO_BATCHES_THEME="dark")
    )

    assert (plain.settings.theme, plain.origin("theme")) == ("ansi", "NO_COLOR")
    assert asked.settings.theme == "dark"


@pytest.mark.parametrize(
    ("term", "colorterm", "theme"),
    [
        ("linux", "", "ansi"),
        ("vt100", "", "ansi"),
        ("screen-16color", "", "ansi"),
        ("linux", "truecolor", "dark"),
        ("xterm-256color", "", "dark"),
        ("", "", "dark"),
    ],
)
def test_a_terminal_of_few_colours_gets_its_own(
    file: Path, term: str, colorterm: str, theme: str
) -> None:
    file.touch()
    variables = environment(file, TERM=term, COLORTERM=colorterm)

    assert load_configuration(environment=variables).settings.theme == theme
    assert load_configuration({"theme": "light"}, variables).settings.theme == "light"


def test_an_empty_variable_says_nothing(file: Path) -> None:
    file.write_text("read_only = true\n")

    found = load_configuration(environment=environment(file, TRIO_BATCHES_READ_ONLY=""))

    assert found.settings.read_only


def test_the_file_is_where_the_variable_says_or_in_the_users_folder() -> None:
    named = config_path({"TRIO_BATCHES_CONFIG": "~/own.toml"})

    assert named == Path.home() / "own.toml"
    assert config_path({}).parts[-2:] == ("trio_batches", "config.toml")


def test_the_folder_of_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="TRIO_BATCHES_CONFIG is ~nobody-here/x: there is no"):
        load_configuration(environment={"TRIO_BATCHES_CONFIG": "~nobody-here/x"})


def test_a_named_file_has_to_be_there(file: Path) -> None:
    with pytest.raises(SettingsError, match="no such file: TRIO_BATCHES_CONFIG names it"):
        load_configuration(environment=environment(file))


def test_what_is_no_readable_file_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(SettingsError, match="Is a directory"):
        load_configuration(environment=environment(file))

    file.rmdir()
    file.write_bytes(b'theme = "\xff"')
    with pytest.raises(SettingsError, match="byte 9 is not UTF-8"):
        load_configuration(environment=environment(file))


def test_broken_syntax_is_placed_on_its_line(file: Path) -> None:
    said = failure(file, 'theme = "dark"\nread_only = yes\n')

    assert said.startswith(f"{file}, line 2: this is no TOML: Invalid value")


def test_a_text_that_ends_too_early_is_placed_on_its_last_line(file: Path) -> None:
    said = failure(file, 'theme = "dark"\nhidden_columns = ["age",\n')

    assert said.startswith(f"{file}, line 3: this is no TOML")


def test_an_unknown_key_is_named_with_the_nearest_known_one(file: Path) -> None:
    said = failure(file, '\n\nteme = "dark"\n')

    assert said == f"{file}, line 3: teme: unknown key; did you mean theme?"


def test_a_key_like_no_other_is_answered_with_all_of_them(file: Path) -> None:
    said = failure(file, "[xyzzy]\n")

    assert "line 1: xyzzy: unknown key; known are theme, poll_interval, read_only" in said


def test_a_hostile_key_is_shown_harmless(file: Path) -> None:
    said = failure(file, '"the\\u001b[31m" = 1\n')

    assert "\x1b" not in said
    assert r"the\x1b[31m" in said


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('theme = "blue"', 1, "theme"),
        ("\n# pace\npoll_interval = 3", 3, "poll_interval"),
        ('mouse = true\nread_only = "yes"', 2, "read_only"),
        ("hidden_columns = [\n1,\n]", 1, "hidden_columns"),
        ("[filters]\na = 'b'\n\nc = 4", 4, "filters.c"),
        ('[keys]\n"batches.delete" = ""', 2, "keys.batches.delete"),
        ("[keys.batches]\ncancel = 'c'\ndelete = []", 3, "keys.batches.delete"),
        ("[keys]\nbatches.delete = 1", 2, "keys.batches.delete"),
        ("keys = { quit = '' }", 1, "keys.quit"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_file_key_and_line(
    file: Path, text: str, line: int, key: str
) -> None:
    said = failure(file, text)

    assert said.startswith(f"{file}, line {line}: {key}: expected ")


def test_a_variable_that_cannot_be_used_is_named(file: Path) -> None:
    said = failure(file, "", TRIO_BATCHES_READ_ONLY="maybe")

    assert said.startswith("TRIO_BATCHES_READ_ONLY: expected 1 or 0")


def test_a_flag_that_cannot_be_used_is_named(file: Path) -> None:
    file.touch()

    with pytest.raises(SettingsError, match="--theme: expected one of dark"):
        load_configuration({"theme": "pink"}, environment(file))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("theme", 2),
        ("poll_interval", 3),
        ("hidden_columns", 5),
        ("read_only", 9),
        ("keys", 11),
        ("keys.batches.delete", 12),
        ("keys.batches.cancel", 13),
        ("keys.results.next_error", 17),
        ("filters", 19),
        ("filters.failed", 20),
        ("nowhere", 21),
        ("theme.inner", 21),
    ],
)
def test_each_key_of_a_file_is_found_on_its_line(key: str, line: int) -> None:
    assert line_of(WHOLE, key) == line


VALUES = st.sampled_from(
    ["1", '"a # b"', '"""\nx = 1\n"""', "[\n1,\n2,\n]", "{ a = 1 }", "'\u2028'"]
)


@given(st.lists(st.tuples(st.integers(0, 3), VALUES), min_size=1, max_size=12))
def test_any_key_is_found_on_the_line_where_it_was_written(
    entries: list[tuple[int, str]],
) -> None:
    text, lines = "", dict[str, int]()
    for number, (blanks, value) in enumerate(entries):
        text += blanks * "# no = 1\n\n"
        lines[f"key{number}"] = text.count("\n") + 1
        text += f"key{number} = {value}\n"

    assert {key: line_of(text, key) for key in lines} == lines
