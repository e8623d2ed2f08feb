"""Make the README's picture: `python -m tests.tui.picture`.

It shows the demo's workspace, whose time stands still, by the demo's seed; only the
port of the simulated service, and the time of day, are other ones each time.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tui.waiting import wait_until
from trio_batches import Home
from trio_batches.cli.demo_app import demo_world, open_demo
from tui.app import BatchesApp, Options
from tui.config import Configuration
from tui.run import serve
from tui.state.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("draw",)

PICTURE = Path(__file__).parents[2] / "docs" / "app.svg"
SIZE = (118, 30)
KEYS = ("j",) * 10 + ("space", "space", "space")
VERIFIED = 6

_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def draw(home: Home, theme: str, size: tuple[int, int], keys: Sequence[str]) -> str:
    """Return an SVG of the app after some keys were pressed.

    Args:
        home: An empty one; it is filled.
        theme: One of the app's.
        size: Columns and lines.
        keys: As Textual names them.
    """
    world = demo_world(frozen=True)
    options = Options(
        home=home.path,
        open_client=partial(open_demo, world, home, living=False),
        configuration=Configuration(Settings(theme=theme)),
    )
    app = BatchesApp(options)
    async with app.run_test(size=size) as pilot:
        backend = asyncio.create_task(serve(app))
        await wait_until(lambda: app.link is not None and app.link.state == "online")
        await wait_until(
            lambda: sum(each.verified_at is not None for each in app.batches.known) == VERIFIED
        )
        await pilot.press(*keys)
        picture = app.export_screenshot()
        backend.cancel()
        await asyncio.gather(backend, return_exceptions=True)
    # The fonts would be fetched from elsewhere by whoever looks at the picture.
    return _FONTS.sub("", picture).replace("Fira Code", "monospace")


def main() -> None:
    """Write the picture that the README shows, or the file that is named."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    with tempfile.TemporaryDirectory() as folder:
        picture = asyncio.run(draw(Home(Path(folder)), "dark", SIZE, KEYS))
    path.parent.mkdir(exist_ok=True)
    path.write_text(picture, encoding="utf-8")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
