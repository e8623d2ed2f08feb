from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import trio

from trio_batches import Home, ResultsFolder, decode_results, open_ledger
from trio_batches.cli.demo_app import demo_world, open_demo

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches import KnownBatch


def furnished(home: Home) -> list[KnownBatch]:
    """Make the demo's home and return what its ledger knows."""

    async def work() -> list[KnownBatch]:
        async with open_demo(demo_world(), home, living=False), open_ledger(home) as ledger:
            return await ledger.batches()

    return trio.run(work)


def test_the_demos_home_is_that_of_someone_who_was_there_before(tmp_path: Path) -> None:
    home = Home(tmp_path)

    batches = furnished(home)

    verified = [batch for batch in batches if batch.verified_at is not None]
    labels = {batch.label for batch in batches}
    assert len(batches) == 60
    assert len(verified) == 6
    assert {None, "support-triage", "injection-probes"} <= labels
    assert len(list(ResultsFolder(home.results).path.glob("*.receipt.json"))) == 6


def test_requests_of_the_demo_stand_beside_their_answers(tmp_path: Path) -> None:
    home = Home(tmp_path)

    verified = {batch.id for batch in furnished(home) if batch.verified_at is not None}

    kept = {path.stem for path in home.requests.iterdir()}
    both = sorted(verified & kept)
    assert both
    asked = {
        msgspec.json.decode(line)["custom_id"]
        for line in (home.requests / f"{both[0]}.jsonl").read_bytes().splitlines()
    }
    answers = decode_results((home.results / f"{both[0]}.jsonl").read_bytes())
    assert {answer.custom_id for answer in answers} == asked
