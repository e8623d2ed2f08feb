from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.widgets import Input

from tests.tui.using import using, world_of
from tests.tui.waiting import wait_until
from tui.harmless import Harmless

if TYPE_CHECKING:
    from pathlib import Path

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain [b]text[/b]", "plain [b]text[/b]"),
        ("a\x1b[31mRED\x1b]0;title\x07", "a[31mRED]0;title"),
        ("a\x9b31m\x00\x7f\r\n\tb", "a31mb"),
        ("abc\u202edef\ufeff", "abcdef"),
        ("half \udc80", "half �"),
        ("é 한글 👩\u200d🚀", "é 한글 👩\u200d🚀"),
    ],
)
def test_what_is_drawn_steers_nothing(text: str, drawn: str) -> None:
    style = Style(bold=True)

    (segment,) = Harmless().apply([Segment(text, style)], BLACK)

    assert segment == Segment(drawn, style)


async def test_no_line_to_type_in_draws_what_steers_a_terminal(tmp_path: Path) -> None:
    async with using(world_of(1), tmp_path) as session:
        await session.press("slash")
        line = session.list.query_one(Input)
        line.value = "a\x1b]0;title\x07.jsonl"

        def drawn() -> str:
            return line.render_lines(Region(0, 0, line.size.width, 1))[0].text

        await wait_until(lambda: "title" in drawn())
        assert drawn().isprintable()
