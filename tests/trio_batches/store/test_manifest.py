from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from trio_batches.errors import StorageError
from trio_batches.store.manifest import MANIFEST, ManifestLine, append_manifest, read_unfinished

if TYPE_CHECKING:
    from pathlib import Path


def line(batch_id: str, result: str = "downloaded") -> ManifestLine:
    now = datetime.now(UTC)
    return ManifestLine(
        id=batch_id,
        result=result,
        error=None,
        path=None,
        bytes=0,
        lines={},
        sha256=None,
        request_id=None,
        attempts=1,
        started=now,
        ended=now,
        version="1",
    )


def test_lines_are_appended_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    append_manifest(tmp_path, [line("a"), line("b")])
    append_manifest(tmp_path, [line("c")])

    path = tmp_path / MANIFEST
    ids = [msgspec.json.decode(text)["id"] for text in path.read_bytes().splitlines()]
    assert ids == ["a", "b", "c"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(b'{"id":"a","res')

    append_manifest(tmp_path, [line("b", "failed")])

    assert read_unfinished(tmp_path / MANIFEST) == ["b"]


def test_what_the_last_line_does_not_call_done_is_unfinished(tmp_path: Path) -> None:
    lines = [line("a", "failed"), line("b"), line("c", "interrupted"), line("a"), line("d")]
    append_manifest(tmp_path, [*lines, line("d", "failed")])

    assert read_unfinished(tmp_path / MANIFEST) == ["c", "d"]


def test_any_lines_with_ids_will_do(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_bytes(b'{"id":"a","processing_status":"ended"}\n\nnothing\n{"id":7}\n{"id":"b"}\n')

    assert read_unfinished(path) == ["a", "b"]


def test_a_manifest_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        read_unfinished(tmp_path / MANIFEST)
    with pytest.raises(StorageError):
        append_manifest(tmp_path / "nowhere", [line("a")])
