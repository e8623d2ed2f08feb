"""`demo`: the life of a batch, and the main job, against a service in the same process."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import trio

from trio_batches.cli.app_options import app_options, need_terminal
from trio_batches.cli.demo_app import show_demo
from trio_batches.cli.download import exit_of_download, with_progress
from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.run import run
from trio_batches.cli.simulate import FAKE_KEY
from trio_batches.cli.terminal import narrate, write_line
from trio_batches.client import Client
from trio_batches.jobs import DownloadProgress, download, submit, watch
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.simulator import Scenario, World, open_simulator
from trio_batches.store import Home, ResultsFolder, open_ledger

if TYPE_CHECKING:
    from trio_batches.client import Polled

__all__ = ("demo",)

BATCHES = 32
REQUESTS = 10_000
RESULT_BYTES = 1_000
QUESTIONS = 1_000


@click.command()
@click.option("--headless", is_flag=True, help="Submit, watch, download, verify, then exit.")
@app_options
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --headless: keep the files in this folder.",
)
def demo(folder: Path | None, *, headless: bool, **flags: object) -> None:
    """Try everything against a simulated service: no key, no network, no cost.

    It shows the app over a workspace in which batches come, end, fail, expire and
    are cancelled. Its home is removed when one leaves.
    """
    if not headless:
        if folder is not None:
            raise click.UsageError("-o goes with --headless")
        need_terminal("--headless does without")
        sys.exit(show_demo(flags))

    async def work() -> Exit:
        with tempfile.TemporaryDirectory(prefix="trio-batches-demo-") as temporary:
            home = Home(Path(temporary))
            return await _demo(home, folder or home.results)

    run(work)


async def _demo(home: Home, folder: Path) -> Exit:
    async with (
        open_simulator(_world()) as simulator,
        Client(api_key=FAKE_KEY, base_url=simulator.base_url) as client,
    ):
        narrate(f"a simulated service runs at {simulator.base_url}")
        await _submit(client, home)
        async with client.messages.batches.list(limit=MAX_PAGE) as listed:
            batches = [batch async for batch in listed]
        ended = [batch for batch in batches if batch.ended]
        results = sum(batch.request_counts.total for batch in ended)
        narrate(
            f"{len(batches)} batches, {len(ended)} of them ended with {results:,} results; "
            f"downloading into {folder}"
        )
        progress = DownloadProgress()
        started = trio.current_time()
        await with_progress(
            progress, len(ended), lambda: download(client, ended, folder, progress=progress)
        )
        seconds = trio.current_time() - started
    verified = await trio.to_thread.run_sync(_verify, progress, folder)
    await _summarise(progress, verified, seconds)
    if verified < progress.count("downloaded", "present"):
        return Exit.INTEGRITY
    return exit_of_download(progress)


async def _submit(client: Client, home: Home) -> None:
    """Make a batch and wait for its end."""

    async def tell(look: Polled) -> None:  # noqa: ASYNC124  # what `watch` calls
        narrate(f"{look.batch.id}: {look.batch.processing_status}")

    questions = (
        {
            "custom_id": f"question-{number}",
            "params": {
                "model": "claude-sonnet-5",
                "max_tokens": 256,
                "messages": [{"role": "user", "content": f"What is {number} times {number}?"}],
            },
        }
        for number in range(QUESTIONS)
    )
    async with open_ledger(home) as ledger:
        made = await submit(client, ledger, home, [questions], label="demo")
    narrate(f"{QUESTIONS:,} requests submitted as {', '.join(made.batch_ids)}")
    await watch(client, made.batch_ids, tell)


def _world() -> World:
    world = World(seed=2026, scenario=Scenario(batch_seconds=0))
    for number in range(BATCHES):
        world.add_ended_batch(
            REQUESTS,
            errored=37 * (number % 3),
            canceled=500 * (number % 7 == 0),
            expired=11 * (number % 5 == 0),
            age=3600.0 * (number + 1),
            result_bytes=RESULT_BYTES,
        )
    world.add_in_progress_batch(REQUESTS)
    world.add_canceling_batch(REQUESTS)
    return world


def _verify(progress: DownloadProgress, folder: Path) -> int:
    """Hash every file again and return how many are as their receipts say."""
    results = ResultsFolder(folder)
    receipts = [entry.receipt for entry in progress.batches.values() if entry.receipt]
    return sum(results.matches(receipt, deep=True) for receipt in receipts)


async def _summarise(progress: DownloadProgress, verified: int, seconds: float) -> None:
    megabytes = progress.received / 1e6
    files = progress.count("downloaded", "present")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in progress.results().items())
    await write_line(
        f"batches   {files} downloaded, {verified} verified by hash, "
        f"{progress.count('failed')} failed"
    )
    await write_line(f"results   {sum(progress.results().values()):,}: {kinds}")
    await write_line(f"bytes     {megabytes:,.1f} MB")
    await write_line(
        f"time      {seconds:.1f} s, {megabytes / seconds:,.0f} MB/s, "
        f"service and client in one process"
    )
