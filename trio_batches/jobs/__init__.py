"""Long work over many batches."""

from trio_batches.jobs.abandon import Abandoned, abandon
from trio_batches.jobs.download import download
from trio_batches.jobs.each import for_each
from trio_batches.jobs.forecast import Forecast, forecast
from trio_batches.jobs.history import usual_duration
from trio_batches.jobs.intake import Plan, Source
from trio_batches.jobs.listing import Landmark, list_everything, list_recent
from trio_batches.jobs.progress import BatchDownload, DownloadProgress, DownloadState
from trio_batches.jobs.queue import QUEUE_LIMIT
from trio_batches.jobs.refresh import Refreshed, refresh
from trio_batches.jobs.remove import remove
from trio_batches.jobs.resubmit import Resubmission, resubmit
from trio_batches.jobs.submission import ChunkProgress, ChunkState, Submission
from trio_batches.jobs.submit import plan_submission, resume, submit
from trio_batches.jobs.verify import VerifiedFile, VerifyReport, VerifyState, verify
from trio_batches.jobs.watch import watch

__all__ = (
    "QUEUE_LIMIT",
    "Abandoned",
    "BatchDownload",
    "ChunkProgress",
    "ChunkState",
    "DownloadProgress",
    "DownloadState",
    "Forecast",
    "Landmark",
    "Plan",
    "Refreshed",
    "Resubmission",
    "Source",
    "Submission",
    "VerifiedFile",
    "VerifyReport",
    "VerifyState",
    "abandon",
    "download",
    "for_each",
    "forecast",
    "list_everything",
    "list_recent",
    "plan_submission",
    "refresh",
    "remove",
    "resubmit",
    "resume",
    "submit",
    "usual_duration",
    "verify",
    "watch",
)
