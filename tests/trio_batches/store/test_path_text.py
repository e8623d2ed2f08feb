from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trio_batches.store.path_text import path_of, path_text


def test_a_path_in_utf_8_is_written_as_it_is() -> None:
    assert path_text(Path("/tmp/ä b%41")) == "/tmp/ä b%41"  # noqa: S108
    assert path_text(Path("here")) == "here"


def test_another_one_is_written_as_a_uri() -> None:
    assert path_text(Path(os.fsdecode(b"/tmp/ \xff%"))) == "file:///tmp/%20%FF%25"


@given(st.binary(min_size=1, max_size=20))
def test_what_is_written_can_be_read_and_names_the_same_path(name: bytes) -> None:
    path = Path("/", os.fsdecode(name.replace(b"\0", b"")))

    written = path_text(path)

    assert written.encode()
    assert path_of(written) == path
