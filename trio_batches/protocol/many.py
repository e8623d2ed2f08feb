"""Arguments that are many texts."""

from __future__ import annotations

__all__ = ("refuse_lone_text",)


def refuse_lone_text(things: object, what: str) -> None:
    """Refuse one text where many are wanted: its letters would be taken for them.

    Raises:
        TypeError: It is one.
    """
    if isinstance(things, str | bytes):
        raise TypeError(f"{what}: give a list, also of a single one, not the text itself")
