"""Text from elsewhere in the lines around a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from typing_extensions import override

from tui.events import Link
from tui.screens.label import LabelScreen
from tui.themes import register_themes
from tui.widgets.banner import Banner
from tui.widgets.filter_bar import FilterBar
from tui.widgets.status_line import StatusLine
from tui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

HOSTILE = "a\x1b[31m\x9b2Jb"


class Lines(App[None]):
    def on_mount(self) -> None:
        register_themes(self, "dark")

    @override
    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Banner()
        yield FilterBar("", lambda _: None)
        yield StatusLine()


class NoRows:
    total = 0

    def __len__(self) -> int:
        return 0


def painted(widget: Widget) -> str:
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


async def test_control_codes_do_not_reach_the_terminal() -> None:
    app = Lines()
    async with app.run_test(size=(200, 20)) as pilot:
        link = Link(state="online", service=f"http://{HOSTILE}", workspace=HOSTILE)
        app.query_one(TopLine).tell(link, {}, read_only=False, clock=False)
        app.query_one(Banner).tell(HOSTILE)
        app.query_one(FilterBar).open()
        app.query_one(FilterBar).tell(HOSTILE)
        rows = NoRows()
        app.query_one(StatusLine).tell(rows, marked=0, hidden=0, filtered=HOSTILE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        await pilot.pause()
        said = [painted(each) for each in (app.query_one(TopLine), app.query_one(Banner))]
        said += [painted(app.query_one(".fault")), painted(app.query_one(StatusLine))]
        await app.push_screen(LabelScreen(("b",), label=HOSTILE, note=HOSTILE, hidden=0))
        await pilot.pause()
        said += [painted(app.screen.query_one(name)) for name in ("#label", "#note")]

    for text in said:
        assert "\x1b" not in text
        assert "\x9b" not in text
        assert "␛" in text
