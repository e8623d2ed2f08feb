from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, cast

import pytest
from textual.app import App

import tui.actions
from tui.actions import Action, bindings
from tui.actions.catalogue import ACTIONS, OFFERED
from tui.config import Configuration, SettingsError, load_configuration
from tui.keymap import checked_keymap, show_keys

if TYPE_CHECKING:
    from pathlib import Path

DOWNLOAD = Action("batch.download", "d", "Download", "note('download')", "Fetch the results.")
CANCEL = Action("batch.cancel", "c", "Cancel", "note('cancel')", "Stop a batch.")
UP = Action("table.up", "k,up", "Up", "note('up')", "Go up.")
QUIT = Action("app.quit", "q", "Quit", "note('quit')", "Leave.")
OFFERED_HERE = {"batches": (UP, DOWNLOAD, CANCEL, QUIT), "help": (UP, QUIT)}
HERE = {action.id: action for action in OFFERED_HERE["batches"]}


def configuration(folder: Path, text: str) -> Configuration:
    file = folder / "config.toml"
    file.write_text(text)
    return load_configuration(environment={"TRIO_BATCHES_CONFIG": str(file)})


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        checked_keymap(configuration(folder, text), HERE, OFFERED_HERE)
    return str(caught.value).removeprefix(f"{folder}/")


def test_keys_are_named_as_the_toolkit_names_them(tmp_path: Path) -> None:
    text = "[keys]\nbatch.download = ['D', '/']\ntable.up = 'ctrl+p, up'\n"

    keymap = checked_keymap(configuration(tmp_path, text), HERE, OFFERED_HERE)

    assert keymap == {"batch.download": "D,slash", "table.up": "ctrl+p,up"}


def test_two_actions_may_swap_their_keys(tmp_path: Path) -> None:
    text = "[keys]\nbatch.download = 'c'\nbatch.cancel = 'd'\n"

    keymap = checked_keymap(configuration(tmp_path, text), HERE, OFFERED_HERE)

    assert keymap == {"batch.download": "c", "batch.cancel": "d"}


def test_an_unknown_action_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[keys]\n\n'batch.donwload' = 'x'\n")

    assert said == (
        "config.toml, line 3: keys.batch.donwload: no action has this id; "
        "did you mean batch.download?"
    )


def test_a_clash_names_both_actions_and_the_line(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[keys.batch]\ncancel = 'x,q'\n")

    assert said == (
        "config.toml, line 2: keys.batch.cancel: q is app.quit's (Quit) too, "
        "on the screen batches: give one of the two another key"
    )


def test_a_clash_is_found_whichever_of_the_two_was_set(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[keys]\ntable.up = 'c'\n")

    assert said.startswith("config.toml, line 2: keys.table.up: c is batch.cancel's (Cancel) too")


def test_two_names_of_one_key_clash(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[keys]\nbatch.cancel = '/'\nbatch.download = 'slash'\n")

    assert "/ is batch.download's (Download) too" in said


@pytest.mark.parametrize("key", ["contrl+d", "ctrl+", "escpae", "f99x", "Space bar", "\u202e"])
def test_what_is_no_key_is_refused(tmp_path: Path, key: str) -> None:
    said = refusal(tmp_path, f"[keys]\nbatch.cancel = '{key}'\n")

    assert said.startswith("config.toml, line 2: keys.batch.cancel: ")
    assert "is no key; say one such as" in said
    assert said.isprintable()


@pytest.mark.parametrize(
    "key", ["D", "?", "ctrl+d", "f12", "question_mark", "shift+up", "ctrl+shift+left", "alt+x", "é"]
)
def test_what_a_terminal_can_send_is_a_key(tmp_path: Path, key: str) -> None:
    keymap = checked_keymap(
        configuration(tmp_path, f"[keys]\nbatch.cancel = '{key}'\n"), HERE, OFFERED_HERE
    )

    assert list(keymap) == ["batch.cancel"]


def test_keys_are_shown_as_one_presses_them() -> None:
    assert show_keys("ctrl+d,question_mark,f1,up,G,shift+up") == "^d ? f1 ↑ G shift+↑"


def test_every_id_is_there_once() -> None:
    tables = {id(table): table for table in OFFERED.values()}.values()
    ids = {action.id for table in tables for action in table}

    assert ids == set(ACTIONS)
    assert all(action.help.endswith(".") for action in ACTIONS.values())


def test_every_table_of_actions_is_known() -> None:
    modules = [
        import_module(f"tui.actions.{found.name}")
        for found in pkgutil.iter_modules(tui.actions.__path__)
    ]
    declared = {
        action.id
        for module in modules
        for table in vars(module).values()
        if isinstance(table, tuple)
        for action in cast("tuple[object, ...]", table)
        if isinstance(action, Action)
    }

    assert declared == set(ACTIONS)


@pytest.mark.parametrize("screen", OFFERED)
def test_no_screen_has_a_key_twice_but_for_leaving(screen: str) -> None:
    taken: dict[str, str] = {}
    for action in OFFERED[screen]:
        for key in action.keys.split(","):
            if key not in ("escape", "q"):
                assert taken.setdefault(key, action.id) == action.id


class Recorder(App[None]):
    BINDINGS = bindings((DOWNLOAD, CANCEL, UP, QUIT))

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []

    def action_note(self, what: str) -> None:
        self.notes.append(what)


async def test_a_keymap_moves_the_keys_of_a_running_app(tmp_path: Path) -> None:
    text = "[keys]\nbatch.download = 'c'\nbatch.cancel = 'd'\ntable.up = ['K', 'ctrl+k']\n"
    app = Recorder()
    app.set_keymap(checked_keymap(configuration(tmp_path, text), HERE, OFFERED_HERE))

    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("c", "d", "K", "ctrl+k", "k", "up", "q")

    assert app.notes == ["download", "cancel", "up", "up", "quit"]
