"""Models as the service describes them.

Source: Models API reference.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

__all__ = ("Capability", "ModelCapabilities", "ModelInfo")


class Capability(Struct, frozen=True, gc=False):
    """Whether a model can do something."""

    supported: bool


class ModelCapabilities(Struct, frozen=True, gc=False, kw_only=True):
    """What a model can do; None where the service does not say."""

    batch: Capability | None = None
    """Whether batches may name the model."""
    citations: Capability | None = None
    code_execution: Capability | None = None
    context_management: Capability | None = None
    effort: Capability | None = None
    image_input: Capability | None = None
    pdf_input: Capability | None = None
    server_tools: Capability | None = None
    structured_outputs: Capability | None = None
    thinking: Capability | None = None


class ModelInfo(Struct, frozen=True, gc=False, kw_only=True):
    """One model."""

    id: str
    """What requests put into `model`."""
    type: Literal["model"] = "model"
    """Always `model`."""
    display_name: str
    """The model's name for people."""
    created_at: datetime
    """When the model was released, or the beginning of 1970 if that is not known."""
    lifecycle: str | None = None
    """`active`, `deprecated` or `retired`; None from services that do not say."""
    deprecated_at: datetime | None = None
    retires_at: datetime | None = None
    """When the model stops answering."""
    line: str | None = None
    """The model's family, such as `haiku` or `opus`."""
    max_input_tokens: int | None = None
    """The most tokens of input."""
    max_tokens: int | None = None
    """The most tokens of output."""
    capabilities: ModelCapabilities | None = None
    """What the model can do; None if the service does not say."""

    @property
    def supports_batches(self) -> bool | None:
        """Whether batches may name the model; None if the service does not say."""
        if self.capabilities is None or self.capabilities.batch is None:
            return None
        return self.capabilities.batch.supported
