"""The service's words for what msgspec says about a body."""

from __future__ import annotations

import re

__all__ = ("phrase",)

_PHRASES = (
    (r"Object missing required field `(\w+)`", r"\1", "Field required"),
    (r"Object contains unknown field `(.*?)`", r"\1", "Extra inputs are not permitted"),
    (r"Expected `str` of length <= (\d+)", "", r"String should have at most \1 characters"),
    (r"Expected `str` of length >= 1", "", "String should have at least 1 character"),
    (
        r"Expected `str` matching regex .*?",
        "",
        "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ),
    (r"Expected `array` of length >= (\d+)", "", r"List should have at least \1 item"),
    (r"Expected `int` >= (\d+)", "", r"Input should be greater than or equal to \1"),
    (r"Expected `str(?:\W.*)?", "", "Input should be a valid string"),
    (r"Expected `int(?:\W.*)?", "", "Input should be a valid integer"),
    (r"Expected `bool(?:\W.*)?", "", "Input should be a valid boolean"),
    (r"Expected `array(?:\W.*)?", "", "Input should be a valid list"),
    (r"Expected `object(?:\W.*)?", "", "Input should be a valid dictionary"),
)


def phrase(complaint: str) -> str:
    """Return msgspec's complaint in the form of the service: `place.of.fault: Reason`."""
    said, _, path = complaint.partition(" - at `$")
    place = re.sub(r"\[(\d+)\]", r".\1", path.rstrip("`")).strip(".")
    place = place.replace("[...]", "")
    for pattern, field, reason in _PHRASES:
        found = re.fullmatch(pattern, said)
        if found:
            parts = (place, found.expand(field))
            return ": ".join(filter(None, (".".join(filter(None, parts)), found.expand(reason))))
    return ": ".join(filter(None, (place, said)))
