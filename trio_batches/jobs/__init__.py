"""Long work over many batches."""

from trio_batches.jobs.download import DEFAULT_CONCURRENCY, download
from trio_batches.jobs.progress import BatchDownload, DownloadProgress, DownloadState

__all__ = (
    "DEFAULT_CONCURRENCY",
    "BatchDownload",
    "DownloadProgress",
    "DownloadState",
    "download",
)
