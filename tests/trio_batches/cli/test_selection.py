from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from trio_batches.cli.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


async def test_a_manifest_that_nobody_writes_is_left_at_once(
    network: Network, named_pipe: Path
) -> None:
    selection = Selection((), (named_pipe,), ended=False, label=None)

    async with network.client() as client:
        with trio.move_on_after(1) as scope:
            await selection.find(client)

    assert scope.cancelled_caught
