# ruff: noqa: PT012  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from tests.trio_batches.store.samples import Sample
from trio_batches.errors import StorageError
from trio_batches.store.part_file import PartFile
from trio_batches.store.write_behind import FULL_BYTES, WriteBehind, open_write_behind

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LINE = b"x" * 99 + b"\n"


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests of this file on the real clock."""
    return "trio"


@pytest.fixture
def part(tmp_path: Path) -> Generator[PartFile]:
    part = PartFile(tmp_path, Sample().batch)
    yield part
    part.close()


@contextmanager
def files_of_at_most(size: int) -> Generator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_all_is_written_in_order_when_the_block_is_left(part: PartFile) -> None:
    blocks = [b"%d\n" % number * 1000 for number in range(500)]

    async with open_write_behind(part) as behind:
        for block in blocks:
            await behind.write(block)

    assert part.path.read_bytes() == b"".join(blocks)
    assert part.bytes == sum(map(len, blocks))


async def test_what_came_before_a_cancellation_is_written(part: PartFile) -> None:
    with trio.CancelScope() as scope:
        async with open_write_behind(part) as behind:
            await behind.write(LINE)
            scope.cancel()
            await trio.sleep_forever()

    assert part.path.read_bytes() == LINE


async def test_an_exception_leaves_the_block_as_it_is(part: PartFile) -> None:
    with pytest.raises(KeyError, match="of the block"):
        async with open_write_behind(part) as behind:
            await behind.write(LINE)
            raise KeyError("of the block")

    assert part.path.read_bytes() == LINE


async def test_a_disk_that_is_full_cancels_the_block(part: PartFile) -> None:
    with files_of_at_most(1000), pytest.raises(StorageError, match="full"):
        async with open_write_behind(part) as behind:
            await behind.write(LINE * 11)
            await trio.sleep_forever()


async def test_who_brings_more_waits_for_the_disk(part: PartFile) -> None:
    behind, block = WriteBehind(part), LINE * 10_000
    blocks = 4 * FULL_BYTES // len(block)
    brought = 0

    async def bring() -> None:
        nonlocal brought
        for _ in range(blocks):
            await behind.write(block)
            brought += len(block)
        behind.end()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(bring)
        await trio.testing.wait_all_tasks_blocked()
        # the first block goes to the thread at once, as it is at rest
        assert FULL_BYTES <= brought - len(block) < FULL_BYTES + len(block)
        await behind.run()

    assert part.path.read_bytes() == block * blocks


async def test_what_comes_is_written_while_more_of_it_is_waited_for(part: PartFile) -> None:
    async with open_write_behind(part) as behind:
        for number in range(1, 4):
            await behind.write(LINE)
            with trio.fail_after(30):
                while part.bytes < number * len(LINE):
                    await trio.lowlevel.checkpoint()

    assert part.path.read_bytes() == LINE * 3


async def test_a_line_of_any_length_passes(part: PartFile) -> None:
    line = b"x" * (3 * FULL_BYTES) + b"\n"

    async with open_write_behind(part) as behind:
        for block in (LINE, line, LINE, line):
            await behind.write(block)

    assert part.path.read_bytes() == (LINE + line) * 2


@pytest.mark.parametrize("size", [10, FULL_BYTES // 2, FULL_BYTES])
async def test_a_line_without_its_end_gets_it_when_another_one_follows(
    part: PartFile, size: int
) -> None:
    lines = [bytes([ord("a") + number]) * size for number in range(6)]

    part.add(b"before")
    async with open_write_behind(part) as behind:
        for line in lines:
            await behind.write(line)

    assert part.path.read_bytes() == b"\n".join((b"before", *lines))
