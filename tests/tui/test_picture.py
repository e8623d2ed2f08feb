from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.picture import draw
from trio_batches import Home

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_readmes_picture_shows_the_demo_and_fetches_nothing(tmp_path: Path) -> None:
    picture = await draw(Home(tmp_path), "light", (110, 20), ("j", "space"))

    text = picture.replace("&#160;", " ")
    assert "support-triage" in text
    assert "✓ verified" in text
    assert "1 marked" in text
    assert "url(" not in picture.split("<style>")[1].split("</style>")[0]
