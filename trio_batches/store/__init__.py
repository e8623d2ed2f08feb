"""What stays on disk."""

from trio_batches.store.home import Home
from trio_batches.store.receipt import Receipt
from trio_batches.store.results_folder import ResultsFolder

__all__ = ("Home", "Receipt", "ResultsFolder")
