from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.store.samples import Sample, listing, parts, store
from trio_batches.errors import StorageError
from trio_batches.store import ResultsFolder
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def sample() -> Sample:
    return Sample()


async def test_a_complete_file_and_its_receipt_are_all_that_is_there(
    tmp_path: Path, sample: Sample
) -> None:
    receipt = await store(tmp_path, sample)

    assert listing(tmp_path) == [sample.file(tmp_path), sample.receipt(tmp_path)]
    assert sample.file(tmp_path).read_bytes() == sample.content
    assert receipt == ResultsFolder(tmp_path).find(sample.batch)
    assert receipt.batch_id == sample.id
    assert receipt.file == f"{sample.id}.jsonl"
    assert receipt.bytes == len(sample.content)
    assert receipt.sha256 == hashlib.sha256(sample.content).hexdigest()
    assert receipt.lines == 20
    assert receipt.counts == {"succeeded": 12, "errored": 4, "canceled": 2, "expired": 2}
    assert receipt.created_at == sample.batch.created_at
    assert receipt.ended_at == sample.batch.ended_at
    assert receipt.version == VERSION


def test_nothing_is_found_in_an_empty_folder(tmp_path: Path, sample: Sample) -> None:
    assert ResultsFolder(tmp_path).find(sample.batch) is None


def test_no_file_has_its_final_name_while_it_is_written(tmp_path: Path, sample: Sample) -> None:
    part = ResultsFolder(tmp_path).begin(sample.batch)
    part.flush()

    assert listing(tmp_path) == [part.path]
    part.close()


def test_two_downloads_of_one_batch_write_two_parts(tmp_path: Path, sample: Sample) -> None:
    results = ResultsFolder(tmp_path)
    first = results.begin(sample.batch)
    second = results.begin(sample.batch)

    assert parts(tmp_path) == sorted([first.path, second.path])
    first.close()
    second.close()


async def test_a_part_without_a_byte_does_not_stay(tmp_path: Path, sample: Sample) -> None:
    part = ResultsFolder(tmp_path).begin(sample.batch)

    part.close()
    part.close()  # closing twice is harmless

    assert listing(tmp_path) == []


async def test_a_part_that_is_closed_keeps_what_was_written(tmp_path: Path, sample: Sample) -> None:
    part = ResultsFolder(tmp_path).begin(sample.batch)
    part.add(sample.lines[0])

    part.close()

    assert listing(tmp_path) == [part.path]
    assert sample.file(tmp_path).with_name(part.path.name).read_bytes() == sample.lines[0]


def test_a_file_without_a_receipt_gets_one(tmp_path: Path, sample: Sample) -> None:
    sample.file(tmp_path).write_bytes(sample.content)

    receipt = ResultsFolder(tmp_path).find(sample.batch)

    assert receipt is not None
    assert receipt.sha256 == hashlib.sha256(sample.content).hexdigest()
    assert sample.receipt(tmp_path).exists()


def test_a_last_line_without_its_newline_counts(tmp_path: Path, sample: Sample) -> None:
    sample.file(tmp_path).write_bytes(sample.content[:-1])

    assert ResultsFolder(tmp_path).find(sample.batch) is not None


@pytest.mark.parametrize("content", [b"", b"{}", b'{"batch_id": 1}', b"\xff"])
async def test_a_receipt_that_is_none_is_written_anew(
    tmp_path: Path, sample: Sample, content: bytes
) -> None:
    await store(tmp_path, sample)
    sample.receipt(tmp_path).write_bytes(content)

    assert ResultsFolder(tmp_path).find(sample.batch) is not None
    assert sample.receipt(tmp_path).read_bytes() != content


def _lose_a_line(content: bytes) -> bytes:
    return content.split(b"\n", 1)[1]


def _double_a_line(content: bytes) -> bytes:
    return content + content.split(b"\n", 1)[0] + b"\n"


def _cut_off(content: bytes) -> bytes:
    return content[:-9]


def _spoil(content: bytes) -> bytes:
    return content.replace(b"{", b"[", 1)


def _change_a_type(content: bytes) -> bytes:
    return content.replace(b'"type":"expired"', b'"type":"errored"', 1)


def _say_another_thing(content: bytes) -> bytes:
    return content.replace(b'"request-0000000"', b'"request-0000001"', 1)


DAMAGES = [_lose_a_line, _double_a_line, _cut_off, _spoil, _change_a_type, _say_another_thing]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("with_receipt", [True, False])
async def test_a_file_that_is_not_whole_is_not_found(
    tmp_path: Path,
    sample: Sample,
    damage: Callable[[bytes], bytes],
    with_receipt: bool,  # noqa: FBT001
) -> None:
    await store(tmp_path, sample)
    sample.file(tmp_path).write_bytes(damage(sample.content))
    if not with_receipt:
        sample.receipt(tmp_path).unlink()

    assert ResultsFolder(tmp_path).find(sample.batch) is None


async def test_a_file_that_was_removed_is_not_found(tmp_path: Path, sample: Sample) -> None:
    await store(tmp_path, sample)
    sample.file(tmp_path).unlink()

    assert ResultsFolder(tmp_path).find(sample.batch) is None


async def test_a_file_that_was_touched_but_not_changed_is_found(
    tmp_path: Path, sample: Sample
) -> None:
    receipt = await store(tmp_path, sample)
    os.utime(sample.file(tmp_path), (1, 1))

    assert ResultsFolder(tmp_path).find(sample.batch) == receipt


async def test_only_a_deep_look_sees_a_change_that_keeps_size_and_time(
    tmp_path: Path, sample: Sample
) -> None:
    receipt = await store(tmp_path, sample)
    path = sample.file(tmp_path)
    path.write_bytes(sample.content.replace(b"succeeded", b"succeeder", 1))
    os.utime(path, ns=(receipt.modified_ns, receipt.modified_ns))

    results = ResultsFolder(tmp_path)
    assert results.matches(receipt)
    assert not results.matches(receipt, deep=True)


async def test_a_folder_in_place_of_the_file_is_an_error_of_the_disk(
    tmp_path: Path, sample: Sample
) -> None:
    sample.file(tmp_path).mkdir()

    with pytest.raises(StorageError, match=str(sample.file(tmp_path))):
        ResultsFolder(tmp_path).find(sample.batch)
    with pytest.raises(StorageError):
        await store(tmp_path, sample)
    assert len(parts(tmp_path)) == 1


async def test_the_receipt_of_another_batch_proves_nothing(tmp_path: Path, sample: Sample) -> None:
    other = Sample(seed=2)
    await store(tmp_path, other)
    await store(tmp_path, sample)
    sample.file(tmp_path).write_bytes(_lose_a_line(sample.content))
    other.receipt(tmp_path).replace(sample.receipt(tmp_path))

    assert ResultsFolder(tmp_path).find(sample.batch) is None


async def test_a_receipt_with_other_counts_than_the_batch_proves_nothing(
    tmp_path: Path, sample: Sample
) -> None:
    await store(tmp_path, sample)
    counts = msgspec.structs.replace(sample.batch.request_counts, succeeded=13)
    batch = msgspec.structs.replace(sample.batch, request_counts=counts)

    assert ResultsFolder(tmp_path).find(batch) is None


async def test_a_receipt_does_not_match_a_file_that_is_gone(tmp_path: Path, sample: Sample) -> None:
    receipt = await store(tmp_path, sample)
    sample.file(tmp_path).unlink()

    assert not ResultsFolder(tmp_path).matches(receipt)


async def test_a_receipt_that_cannot_be_read_is_an_error_of_the_disk(
    tmp_path: Path, sample: Sample
) -> None:
    sample.file(tmp_path).write_bytes(sample.content)
    sample.receipt(tmp_path).mkdir()

    with pytest.raises(StorageError, match=str(sample.receipt(tmp_path))):
        ResultsFolder(tmp_path).find(sample.batch)


async def test_a_name_that_the_disk_cannot_look_up_is_an_error_of_the_disk(
    tmp_path: Path, sample: Sample
) -> None:
    batch = msgspec.structs.replace(sample.batch, id="x" * 300)

    with pytest.raises(StorageError, match="File name too long"):
        ResultsFolder(tmp_path).find(batch)
