from __future__ import annotations

import shlex

import click
import pytest

from trio_batches.cli.main import main
from tui.actions.catalogue import ACTIONS
from tui.state.activity import command_of_call
from tui.state.commands import command_line

CALLS = (
    "GET /v1/messages/batches",
    "POST /v1/messages/batches",
    "GET /v1/messages/batches/msgbatch_1",
    "GET /v1/messages/batches/msgbatch_1/results",
    "POST /v1/messages/batches/msgbatch_1/cancel",
    "DELETE /v1/messages/batches/msgbatch_1",
    "GET /v1/models",
)
COMMANDS = {action.cli for action in ACTIONS.values() if action.cli} | set(
    map(command_of_call, CALLS)
)


@pytest.mark.parametrize("pattern", sorted(COMMANDS))
def test_a_command_that_is_shown_is_one_that_there_is(pattern: str) -> None:
    line = command_line(pattern, ["msgbatch_1"]).partition(" | ")[0].partition(" > ")[0]
    program, *words = shlex.split(line)
    command: click.Command = main
    context = click.Context(command, info_name=program)

    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found

    assert program == "trio-batches"
    options = {name for option in command.get_params(context) for name in option.opts}
    assert {word for word in words if word.startswith("-")} <= options | {"-h", "--help"}
