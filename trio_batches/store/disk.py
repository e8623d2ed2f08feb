"""Files that are there whole or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from trio_batches.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

__all__ = (
    "create_file",
    "fails_all",
    "make_folder",
    "make_last",
    "publish",
    "start_sync",
    "storage_errors",
    "sync_folder",
    "write_all",
    "write_whole",
)

MOST_PIECES = 1024
"""What systems take in one call."""

PORTION_BYTES = 3 << 19
"""Written in one call: as much as is safe, since a thread waits for the interpreter after each.

For a call of several megabytes Linux takes page cache in pieces as large. A virtual machine
gives free ones of 2 MiB and more back to its host: to fetch them again takes ten times as
long as to fill them.
"""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def storage_errors(path: Path) -> Generator[None]:
    """Turn the system's errors into one that names the file and says what to do."""
    try:
        yield
    except OSError as exc:
        place = str(exc.filename or path)
        if exc.errno in _FULL:
            raise StorageError(
                place,
                f"{exc.strerror}: free some space, then run the same command again",
                errno=exc.errno,
            ) from exc
        raise StorageError(place, str(exc.strerror or exc), errno=exc.errno) from exc


def fails_all(error: StorageError, folder: Path) -> bool:
    """Tell whether what happened to a file in a folder would happen to every other one there."""
    return (
        error.errno in _FULL
        or error.errno == errno.EROFS
        or error.path == str(folder)
        or not os.access(folder, os.W_OK | os.X_OK)
    )


def make_folder(path: Path) -> None:
    """Make a folder and its parents, private; one that exists keeps its mode.

    Raises:
        StorageError: It cannot be made, or something else is in its place.
    """
    with storage_errors(path):
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)  # whatever the umask has taken away
            sync_folder(folder.parent)
        path.mkdir(exist_ok=True)  # raises if it is no folder


def create_file(path: Path) -> int:
    """Create a file that its owner alone can read, open it for writing, return the descriptor."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)  # whatever the umask has taken away
    return descriptor


def start_sync(descriptor: int, start: int, size: int) -> None:
    """Let the system begin to bring a part of a file to the disk, where it knows how.

    A sync at the end then finds little left to wait for.
    """
    if hasattr(os, "posix_fadvise"):
        # Linux takes it to mean: write, and drop what is written already. It is called
        # before anything of this part is, so that all of it stays in memory, too.
        with contextlib.suppress(OSError):  # it is a hint: the sync itself tells what fails
            os.posix_fadvise(descriptor, start, size, os.POSIX_FADV_DONTNEED)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power failure."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_last(path: Path) -> None:
    """Make a file that is in place already survive a power failure, with its name.

    Raises:
        StorageError: The disk is failing.
    """
    with storage_errors(path), path.open("rb") as file:
        os.fsync(file.fileno())
        sync_folder(path.parent)


def publish(part: Path, final: Path) -> None:
    """Give a file that is synced already its final name, for good."""
    part.replace(final)
    sync_folder(final.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that no process ever sees half of it.

    It is not synced: after a power failure it may be missing, or empty.
    """
    part = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    descriptor = create_file(part)
    try:
        try:
            write_all(descriptor, [content])
        finally:
            os.close(descriptor)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_all(descriptor: int, pieces: Iterable[bytes | memoryview]) -> int:
    """Write bytes to a file, in as few calls as `PORTION_BYTES` allows; return how many."""
    return sum(_write(descriptor, portion) for portion in _portions(pieces))


def _portions(pieces: Iterable[bytes | memoryview]) -> Iterator[list[memoryview]]:
    """Gather small pieces, and cut large ones."""
    portion: list[memoryview] = []
    room = PORTION_BYTES
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            portion.append(rest[:room])
            rest = rest[room:]
            room -= len(portion[-1])
            if room == 0 or len(portion) == MOST_PIECES:
                yield portion
                portion, room = [], PORTION_BYTES
    if portion:
        yield portion


def _write(descriptor: int, portion: list[memoryview]) -> int:
    size = sum(map(len, portion))
    written = os.writev(descriptor, portion)
    if written < size:
        rest = memoryview(b"".join(portion))[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return size
