from __future__ import annotations

import io

from typing_extensions import override

from tui.terminal_title import TerminalTitle


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


def test_the_title_that_was_there_comes_back() -> None:
    terminal = Terminal()
    title = TerminalTitle(terminal)

    title.show("one")
    title.show("two")
    title.restore()
    title.restore()

    assert terminal.getvalue() == "\x1b[22;2t\x1b]2;one\x07\x1b]2;two\x07\x1b[23;2t"


def test_no_text_can_leave_the_title() -> None:
    terminal = Terminal()

    TerminalTitle(terminal).show("a\x07\x1b]52;c;x\x07b")

    assert terminal.getvalue().count("\x07") == 1
    assert terminal.getvalue().count("\x1b") == 2


def test_what_is_no_terminal_gets_nothing() -> None:
    file = io.StringIO()
    title = TerminalTitle(file)

    title.show("one")
    title.restore()
    TerminalTitle(None).show("one")

    assert file.getvalue() == ""
