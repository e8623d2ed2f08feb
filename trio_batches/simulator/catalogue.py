"""The models of the simulated service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ("DEFAULT_MODEL", "MODELS", "is_known_model")

DEFAULT_MODEL = "claude-sonnet-5-5"

_NAMES = (
    "fable-5-2",
    "mythos-5-2",
    "haiku-5-5",
    "sonnet-5-5",
    "fable-5-1",
    "opus-5-5",
    "mythos-5-1",
    "sonnet-5",
    "fable-5",
    "mythos-5",
    "opus-5",
    "opus-4-8",
    "opus-4-7",
    "mythos-preview",
    "opus-4-6",
    "sonnet-4-6",
    "haiku-4-5-20251001",
    "opus-4-5-20251101",
    "sonnet-4-5-20250929",
)
_NEWEST = datetime(2026, 10, 20, tzinfo=UTC)
_ABILITIES = (
    "batch",
    "citations",
    "code_execution",
    "effort",
    "image_input",
    "pdf_input",
    "structured_outputs",
    "thinking",
)


def is_known_model(model: str) -> bool:
    """Tell whether requests for a model are answered: any name of the family's form is."""
    return model.startswith("claude-")


def _describe(place: int, name: str) -> dict[str, object]:
    created = _NEWEST - timedelta(days=21 * place)
    family, *version = name.split("-")
    can_batch = family != "mythos" or "preview" not in version
    return {
        "type": "model",
        "id": f"claude-{name}",
        "display_name": f"Claude {family.capitalize()} {'.'.join(version[:2])}",
        "created_at": created.isoformat().replace("+00:00", "Z"),
        "lifecycle": "active" if place < len(_NAMES) - 3 else "deprecated",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": {
            ability: {"supported": can_batch or ability != "batch"} for ability in _ABILITIES
        },
    }


MODELS = {f"claude-{name}": _describe(place, name) for place, name in enumerate(_NAMES)}
"""Every model by id, newest first."""
