"""Submit requests as batches, each of them once, whatever happens on the way."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, final
from uuid import uuid4

import trio

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches.client import Client

__all__ = ("plan_submission", "resume", "submit")
