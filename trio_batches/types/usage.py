"""What an answer used, in tokens and calls.

Source: Messages API reference, `usage`; fields marked "beta" come only with the beta
that introduced them.
"""

from msgspec import Struct

__all__ = (
    "CacheCreation",
    "FallbackCredit",
    "FallbackCreditStatus",
    "OutputTokensDetails",
    "ServerToolUsage",
    "Usage",
    "UsageIteration",
)


class CacheCreation(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Tokens written to the prompt cache, by how long they are kept."""

    ephemeral_5m_input_tokens: int = 0
    """Tokens kept for 5 minutes."""
    ephemeral_1h_input_tokens: int = 0
    """Tokens kept for 1 hour."""


class OutputTokensDetails(Struct, frozen=True, gc=False, omit_defaults=True):
    """What the output tokens were spent on."""

    thinking_tokens: int = 0


class ServerToolUsage(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Calls of tools that the service itself runs."""

    web_search_requests: int = 0
    web_fetch_requests: int = 0


class UsageIteration(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """The share of one step in an answer of several steps (beta)."""

    type: str
    """`message`, `compaction`, `advisor_message` or `fallback_message`."""
    model: str | None = None
    """The model of this step; None where it is the message's."""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: CacheCreation | None = None


class FallbackCreditStatus(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Whether the credit for a refused attempt was used (beta)."""

    type: str
    """`redeemed` or `not_applied`."""
    reason: str | None = None
    """Why it was not, such as `expired`."""
    remove_to_redeem: list[str] | None = None
    """The request's fields without which it would have been."""


class FallbackCredit(Struct, frozen=True, gc=False, omit_defaults=True):
    """What became of the request's `fallback_credit_token` (beta)."""

    status: FallbackCreditStatus


class Usage(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What was read and written, in tokens.

    Batches are billed at half the standard price for all kinds of tokens.
    """

    input_tokens: int
    """Tokens read that were neither written to nor read from the prompt cache."""
    cache_creation_input_tokens: int | None = None
    """Tokens written to the prompt cache."""
    cache_read_input_tokens: int | None = None
    """Tokens read from the prompt cache."""
    cache_creation: CacheCreation | None = None
    output_tokens: int
    """Tokens written, thinking included."""
    output_tokens_details: OutputTokensDetails | None = None
    server_tool_use: ServerToolUsage | None = None
    service_tier: str | None = None
    """`batch` in the results of a batch."""
    inference_geo: str | None = None
    """Where the model ran."""
    speed: str | None = None
    """`standard` or `fast`."""
    iterations: list[UsageIteration] | None = None
    """The same, step by step (beta)."""
    fallback_credit: FallbackCredit | None = None
    """What became of a credit for a refused attempt (beta)."""

    @property
    def total_input_tokens(self) -> int:
        """All tokens read: plain ones, those written to the cache and those read from it."""
        cached = (self.cache_creation_input_tokens or 0) + (self.cache_read_input_tokens or 0)
        return self.input_tokens + cached

    @property
    def total_tokens(self) -> int:
        """All tokens read and written."""
        return self.total_input_tokens + self.output_tokens
