"""What stays on disk."""

from trio_batches.store.home import Home
from trio_batches.store.ledger import Ledger, open_ledger
from trio_batches.store.ledger_rebuild import Rebuilt, mend_ledger, rebuild
from trio_batches.store.ledger_rows import Download, Event, Intent, IntentState, KnownBatch, Label
from trio_batches.store.receipt import Receipt
from trio_batches.store.results_folder import ResultsFolder

__all__ = (
    "Download",
    "Event",
    "Home",
    "Intent",
    "IntentState",
    "KnownBatch",
    "Label",
    "Ledger",
    "Rebuilt",
    "Receipt",
    "ResultsFolder",
    "mend_ledger",
    "open_ledger",
    "rebuild",
)
