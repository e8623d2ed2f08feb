from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.trio_batches.cli.shell import Shell


def test_a_missing_file_is_refused_before_the_app_starts(shell: Shell) -> None:
    done = shell.call("view", "missing.jsonl")

    assert done.code == 2
    assert "missing.jsonl: No such file or directory" in done.said


def test_a_folder_is_refused_with_what_to_name_instead(shell: Shell) -> None:
    done = shell.call("view", str(shell.folder))

    assert done.code == 2
    assert "is a folder: name a results file in it" in done.said


def test_a_pipe_is_refused(shell: Shell) -> None:
    os.mkfifo(shell.folder / "pipe")

    done = shell.call("view", str(shell.folder / "pipe"))

    assert done.code == 2
    assert "is no regular file" in done.said


def test_without_a_terminal_there_is_nothing_to_show_it_on(shell: Shell) -> None:
    (shell.folder / "results.jsonl").touch()

    done = shell.run("view", str(shell.folder / "results.jsonl"))

    assert done.code == 2
    assert "needs a terminal" in done.said
