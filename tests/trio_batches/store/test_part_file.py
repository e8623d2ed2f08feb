from __future__ import annotations

import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.jobs.places import open_files
from tests.trio_batches.store.samples import Sample, parts, store
from trio_batches.errors import StorageError
from trio_batches.store import ResultsFolder
from trio_batches.store.part_file import PartFile

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from trio_batches.protocol.tally import Tally


@pytest.fixture
def sample() -> Sample:
    return Sample()


def take_over(folder: Path, sample: Sample) -> tuple[bytes, Tally]:
    """Return what a new part takes from those that are there, and the tally of it."""
    part = ResultsFolder(folder).begin(sample.batch)
    taken = part.path.read_bytes()
    part.close()
    assert parts(folder) == ([part.path] if taken else [])
    return taken, part.tally


def test_whole_lines_are_taken_over(tmp_path: Path, sample: Sample) -> None:
    sample.part(tmp_path, b"".join(sample.lines[:7]))

    taken, tally = take_over(tmp_path, sample)

    assert taken == b"".join(sample.lines[:7])
    assert tally.total == 7


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path, sample: Sample) -> None:
    sample.part(tmp_path, b"".join(sample.lines[:7]) + sample.lines[7][:-5])

    taken, tally = take_over(tmp_path, sample)

    assert taken == b"".join(sample.lines[:7])
    assert tally.total == 7


@pytest.mark.parametrize("garbage", [b"\x00" * 99, b"\n\x00\n", b"{}\n", b'{"custom_id":1}\n'])
def test_nothing_is_taken_from_behind_garbage(
    tmp_path: Path, sample: Sample, garbage: bytes
) -> None:
    sample.part(tmp_path, sample.lines[0] + garbage + b"".join(sample.lines[1:]))

    taken, tally = take_over(tmp_path, sample)

    assert taken.strip() == sample.lines[0].strip()
    assert tally.total == 1


@pytest.mark.parametrize("content", [b"", b"\n", b"no line at all"])
def test_a_part_without_a_line_is_cleared_away(
    tmp_path: Path, sample: Sample, content: bytes
) -> None:
    sample.part(tmp_path, content)

    taken, tally = take_over(tmp_path, sample)

    assert (taken, tally.total) == (b"", 0)


def test_a_part_that_holds_a_line_twice_is_worth_nothing_from_there(
    tmp_path: Path, sample: Sample
) -> None:
    sample.part(tmp_path, sample.lines[0] + sample.lines[1] + sample.lines[0])

    taken, tally = take_over(tmp_path, sample)

    assert (taken, tally.total) == (b"", 0)


def test_several_parts_are_joined_each_line_once(tmp_path: Path, sample: Sample) -> None:
    sample.part(tmp_path, b"".join(sample.lines[:7]), "one")
    sample.part(tmp_path, b"".join(sample.lines[4:11]), "two")
    sample.part(tmp_path, b"", "three")

    taken, tally = take_over(tmp_path, sample)

    assert sorted(taken.splitlines(keepends=True)) == sorted(sample.lines[:11])
    assert tally.total == 11


def test_parts_of_other_batches_are_left_alone(tmp_path: Path, sample: Sample) -> None:
    other = Sample(seed=2)
    left = other.part(tmp_path, other.lines[0])

    part = ResultsFolder(tmp_path).begin(sample.batch)
    part.close()
    assert left.read_bytes() == other.lines[0]


@pytest.fixture
def held_part(tmp_path: Path, sample: Sample) -> Generator[Path]:
    """A part that a living process holds."""
    path = sample.part(tmp_path, sample.lines[0])
    hold = (
        "import fcntl, sys; file = open(sys.argv[1], 'ab'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield path
        holder.kill()


async def test_a_part_that_a_living_process_holds_is_left_alone(
    tmp_path: Path, sample: Sample, held_part: Path
) -> None:
    receipt = await store(tmp_path, sample)

    assert receipt.lines == 20
    assert parts(tmp_path) == [held_part]
    assert [path.read_bytes() for path in parts(tmp_path)] == [sample.lines[0]]


@pytest.mark.usefixtures("no_locks")
async def test_without_locks_every_part_of_others_is_left_alone(
    tmp_path: Path, sample: Sample
) -> None:
    left = sample.part(tmp_path, sample.lines[0])

    receipt = await store(tmp_path, sample)

    assert receipt.lines == 20
    assert parts(tmp_path) == [left]
    assert left.read_bytes() == sample.lines[0]
    assert open_files(tmp_path) == []


def test_a_part_is_held_until_it_is_closed(tmp_path: Path, sample: Sample) -> None:
    part = PartFile(tmp_path, sample.batch)

    with part.path.open("rb") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.close()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_downloads_of_one_batch_that_begin_at_once_do_not_disturb_each_other(
    tmp_path: Path, sample: Sample
) -> None:
    results = ResultsFolder(tmp_path)

    def begin_often(_: int) -> None:
        for _ in range(40):
            part = results.begin(sample.batch)
            assert part.path.exists()
            part.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin_often, range(4)))

    assert parts(tmp_path) == []


def test_an_id_that_looks_like_a_pattern_finds_its_own_parts_only(
    tmp_path: Path, sample: Sample
) -> None:
    other = sample.part(tmp_path, sample.lines[0])
    own = tmp_path / "[m]*.jsonl.left.part"
    own.write_bytes(sample.lines[1])

    part = PartFile(tmp_path, msgspec.structs.replace(sample.batch, id="[m]*"))
    part.take_over()

    assert parts(tmp_path) == sorted([other, part.path])
    assert part.tally.total == 1
    part.close()


async def test_a_line_without_its_newline_gets_one_when_another_follows(
    tmp_path: Path, sample: Sample
) -> None:
    part = PartFile(tmp_path, sample.batch)

    part.add(sample.lines[0].rstrip(b"\n"))
    part.add(sample.lines[1].rstrip(b"\n"))
    part.flush()

    assert sample.file(tmp_path).with_name(part.path.name).read_bytes() == (
        sample.lines[0] + sample.lines[1].rstrip(b"\n")
    )
    part.close()


@pytest.mark.parametrize("count", [20, 25])
def test_parts_that_nothing_can_complete_are_dropped(
    tmp_path: Path, sample: Sample, count: int
) -> None:
    strange = [
        b'{"custom_id":"strange-%d","result":{"type":"expired"}}\n' % n for n in range(count)
    ]
    sample.part(tmp_path, b"".join(strange))

    taken, tally = take_over(tmp_path, sample)

    assert (taken, tally.total) == (b"", 0)


def test_a_part_that_cannot_be_read_is_an_error_that_leaves_nothing_new(
    tmp_path: Path, sample: Sample
) -> None:
    strange = tmp_path / f"{sample.id}.jsonl.left.part"
    strange.mkdir()

    with pytest.raises(StorageError, match=str(strange)):
        ResultsFolder(tmp_path).begin(sample.batch)

    assert parts(tmp_path) == [strange]
