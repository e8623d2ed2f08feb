"""Every fault of a service or of the way to it, at every place of an answer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import msgspec
import pytest
import trio

from tests.trio_batches.jobs.places import (
    assert_nothing_is_half_done,
    assert_whole,
    open_files,
    part_names,
)
from trio_batches.client import Client
from trio_batches.jobs import download
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario, World, open_simulator
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network

LINES = 40
LIMITS = Limits(read_timeout=5)

PLACES: dict[str, Cut] = {
    "nothing": Cut(place="head", at=0),
    "in the head": Cut(place="head", at=20),
    "before the first byte": Cut(place="byte", at=0),
    "in the first line": Cut(place="inside_line", at=0),
    "in a line": Cut(place="inside_line", at=LINES // 2),
    "after a line": Cut(place="line", at=LINES // 2),
    "in the last line": Cut(place="inside_line", at=LINES - 1),
    "before the last chunk": Cut(place="end"),
}

How = Literal["fin", "rst", "clean", "stall"]
Edited = Literal["duplicate", "drop", "corrupt", "retype", "blank", "crlf"]
Asked = Literal["retrieve", "results"]
HOWS: tuple[How, ...] = ("fin", "rst", "clean", "stall")

ANSWERS = {
    **{f"{status}": Answer(status=status) for status in (404, 408, 409, 429, 500, 502, 503, 504)},
    "529": Answer(status=529, error_type="overloaded_error"),
    "429 with a time": Answer(status=429, headers={"retry-after": "7"}),
    "503 with milliseconds": Answer(status=503, headers={"retry-after-ms": "70"}),
    "an error page": Answer(status=502, body="<html>Bad gateway</html>"),
    "an odd status": Answer(status=599),
}

EDITS: dict[Edited, bool] = {
    "duplicate": False,
    "drop": True,
    "corrupt": False,
    "retype": False,
    "blank": True,
    "crlf": True,
}
"""What can happen to a line, and whether one download gets over it."""


def cut_at(place: str, how: How) -> Cut:
    return msgspec.structs.replace(PLACES[place], how=how)


def world_of(*faults: Fault, final_newline: bool = True) -> World:
    scenario = Scenario(faults=faults, result_order="stable", final_newline=final_newline)
    world = World(seed=3, scenario=scenario)
    world.add_ended_batch(LINES, errored=9, expired=4, canceled=2, result_bytes=700)
    world.add_ended_batch(3, result_bytes=700)
    return world


async def fetch(network: Network, world: World, folder: Path, *, exact: bool = True) -> set[str]:
    """Download everything and return the states that the batches are in."""
    network.serve(world=world)
    async with network.client(limits=LIMITS) as client:
        progress = await download(client, world.batch_ids, folder)
    if exact:
        assert_nothing_is_half_done(folder, world)
    assert open_files(folder) == []
    return {entry.state for entry in progress.batches.values()}


def assert_all_whole(folder: Path, world: World) -> None:
    for batch_id in world.batch_ids:
        assert_whole(folder, world, batch_id)
    assert part_names(folder) == set()


@pytest.mark.parametrize("operation", ["retrieve", "results"])
@pytest.mark.parametrize(("place", "how"), list(itertools.product(PLACES, HOWS)))
async def test_an_answer_that_breaks_off_is_got_over(
    network: Network, tmp_path: Path, operation: Asked, place: str, how: How
) -> None:
    if operation == "retrieve" and how == "clean":
        how = "fin"  # what has a length cannot end too early and look whole
    cut = cut_at(place, how)
    if operation == "retrieve" and cut.place in ("line", "inside_line"):
        cut = Cut(place="byte", at=100, how=cut.how)
    fault = Fault(operation=operation, cut=cut)
    world = world_of(fault)

    assert await fetch(network, world, tmp_path) == {"downloaded"}

    assert_all_whole(tmp_path, world)


@pytest.mark.parametrize(("place", "how"), list(itertools.product(PLACES, HOWS)))
async def test_an_answer_that_always_breaks_off_never_makes_a_file_that_is_not_whole(
    network: Network, tmp_path: Path, place: str, how: How
) -> None:
    world = world_of(Fault(operation="results", cut=cut_at(place, how), times=None))

    states = await fetch(network, world, tmp_path)

    assert states <= {"downloaded", "failed"}
    mended = world_of()
    await fetch(network, mended, tmp_path)
    assert_all_whole(tmp_path, mended)


@pytest.mark.parametrize(
    ("operation", "name"),
    # An id that nobody knows is not waited for, the results of one that exists are.
    [("results", name) for name in ANSWERS]
    + [("retrieve", name) for name in ANSWERS if name != "404"],
)
async def test_a_refusal_that_passes_is_waited_out(
    network: Network, tmp_path: Path, operation: Asked, name: str
) -> None:
    fault = Fault(operation=operation, answer=ANSWERS[name], times=2)
    world = world_of(fault)

    assert await fetch(network, world, tmp_path) == {"downloaded"}

    assert_all_whole(tmp_path, world)


@pytest.mark.parametrize("line", [1, LINES // 2, LINES])
@pytest.mark.parametrize("edit", EDITS)
async def test_a_line_that_is_changed_is_got_over_or_said(
    network: Network, tmp_path: Path, edit: Edited, line: int
) -> None:
    change = Edit(line=line, what=edit, result_type="canceled")
    big = world_of().batch_ids[1]
    world = world_of(Fault(operation="results", path=f"*{big}*", edits=(change,)))

    states = await fetch(network, world, tmp_path, exact=False)

    assert states == ({"downloaded"} if EDITS[edit] else {"failed", "downloaded"})
    await fetch(network, world, tmp_path, exact=False)
    for batch_id in world.batch_ids:
        assert sorted(lines_of(tmp_path, batch_id)) == sorted(
            text.strip() for text in world.result_lines(batch_id)
        )


def lines_of(folder: Path, batch_id: str) -> list[bytes]:
    content = (folder / f"{batch_id}.jsonl").read_bytes()
    return [line.strip() for line in content.split(b"\n") if line.strip()]


async def test_a_last_line_without_a_newline_counts(network: Network, tmp_path: Path) -> None:
    world = world_of(final_newline=False)

    assert await fetch(network, world, tmp_path, exact=False) == {"downloaded"}

    for batch_id in world.batch_ids:
        assert len(lines_of(tmp_path, batch_id)) in (3, LINES)


async def test_a_type_that_nobody_knows_is_counted_apart(network: Network, tmp_path: Path) -> None:
    change = Edit(line=1, what="retype", result_type="paused")
    world = world_of(Fault(operation="results", times=None, edits=(change,)))

    assert await fetch(network, world, tmp_path) == {"failed"}


async def test_results_at_another_host_are_not_asked_for(network: Network, tmp_path: Path) -> None:
    fault = Fault(operation="retrieve", times=None, results_url="http://elsewhere.test/{id}")
    world = world_of(fault)

    assert await fetch(network, world, tmp_path) == {"failed"}

    assert {host for host, _ in network.dialled} == {"service.test"}


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("place", PLACES)
def test_over_real_sockets_too(tmp_path: Path, place: str, how: How) -> None:
    world = world_of(Fault(operation="results", cut=cut_at(place, how)))

    async def main() -> None:
        async with (
            open_simulator(world) as simulator,
            Client(
                api_key="sk-fake",
                base_url=simulator.base_url,
                retry=RetryPolicy(initial_delay=0.01),
                limits=Limits(read_timeout=2),
            ) as client,
        ):
            await download(client, world.batch_ids, tmp_path)

    trio.run(main)

    assert_all_whole(tmp_path, world)
