"""Whether a folder is on a file system that several machines may share.

SQLite's write-ahead log needs memory that all its users share, so it corrupts
there. Source: sqlite.org/wal.html; `downloads.md` D2.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ("on_network",)

_MOUNTS = Path("/proc/self/mountinfo")

_NETWORK = frozenset(
    {
        *(
            "9p",
            "acfs",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "coda",
            "gfs",
            "gfs2",
            "glusterfs",
            "gpfs",
        ),
        *("glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2"),
        *("smb2", "smb3", "smbfs", "virtiofs"),
    }
)
_LOCAL_FUSE = frozenset(f"fuse.{name}" for name in ("ext2", "ext4", "lxcfs", "ntfs", "zfs"))


def on_network(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Tell whether a folder is on a network file system; False where nobody can tell.

    Args:
        folder: An existing folder.
        mounts: The table of mounts, as Linux writes it (proc(5)).
    """
    try:
        table = mounts.read_text(errors="surrogateescape")
    except OSError:
        return False
    place = folder.resolve()
    kind, depth = "", -1
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(_unescape(before.split(" ")[4]))
        if len(point.parts) >= depth and place.is_relative_to(point):
            kind, depth = after.split(" ")[0], len(point.parts)
    return kind in _NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)


def _unescape(path: str) -> str:
    """Undo what the table does to blanks and line ends."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)
