"""One conversation with the service."""

from trio_batches.client.batches import Batches, Polled
from trio_batches.client.beta import BetaBatches
from trio_batches.client.client import API_VERSION, Beta, BetaMessages, Client, Messages
from trio_batches.client.items import Items
from trio_batches.client.models import Models
from trio_batches.client.page import CursorPage, Page, TokenPage
from trio_batches.client.paginator import Paginator
from trio_batches.client.results import Blocks, ResultStream

__all__ = (
    "API_VERSION",
    "Batches",
    "Beta",
    "BetaBatches",
    "BetaMessages",
    "Blocks",
    "Client",
    "CursorPage",
    "Items",
    "Messages",
    "Models",
    "Page",
    "Paginator",
    "Polled",
    "ResultStream",
    "TokenPage",
)
