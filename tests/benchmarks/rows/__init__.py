"""The rows of the table, by name: each takes the stage and returns its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.rows.app import app
from tests.benchmarks.rows.compressed import compressed
from tests.benchmarks.rows.creating import creating
from tests.benchmarks.rows.downloads import downloads
from tests.benchmarks.rows.imports import imports
from tests.benchmarks.rows.line import line
from tests.benchmarks.rows.listing import listing
from tests.benchmarks.rows.memory import memory
from tests.benchmarks.rows.records import records
from tests.benchmarks.rows.small import small
from tests.benchmarks.rows.store import ledger, refreshing, submitting
from tests.benchmarks.rows.throttled import throttled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.benchmarks.stage import Stage
    from tests.benchmarks.table import Finding

__all__ = ("ROWS",)

ROWS: dict[str, Callable[[Stage], Iterable[Finding]]] = {
    row.__name__: row
    for row in (
        records,
        compressed,
        line,
        downloads,
        throttled,
        small,
        listing,
        refreshing,
        ledger,
        submitting,
        creating,
        imports,
        memory,
        app,
    )
}
