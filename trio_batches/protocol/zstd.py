"""The zstd compression, which Python has from 3.14 on, and a package brings before that."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ("has_zstd", "load_zstd")


def has_zstd() -> bool:
    """Tell whether `load_zstd` would find it."""
    name = _name()
    parent = name.partition(".")[0]
    return find_spec(parent) is not None and find_spec(name) is not None


def load_zstd() -> ModuleType:
    """Return the module of PEP 784.

    Raises:
        ImportError: It is not there.
    """
    return import_module(_name())


def _name() -> str:
    return "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
