"""Long work over many batches."""

from trio_batches.jobs.download import DEFAULT_CONCURRENCY, download
from trio_batches.jobs.each import for_each
from trio_batches.jobs.progress import BatchDownload, DownloadProgress, DownloadState
from trio_batches.jobs.remove import remove

__all__ = (
    "DEFAULT_CONCURRENCY",
    "BatchDownload",
    "DownloadProgress",
    "DownloadState",
    "download",
    "for_each",
    "remove",
)
