"""Finds expressions that `re` would search with for hours, while nothing else can run.

A search goes wrong where the next character does not tell how to go on: whether round
again or out of a repetition, or by which alternative. Each such choice multiplies the
ways that are tried, and one that stands in a repetition does so in every round.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Any, AnyStr, Final, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ("may_run_away",)

ROUNDS: Final = 100
"""What a repetition without end counts as."""

MOST_WAYS: Final = (ROUNDS + 1) ** 3
"""Three repetitions, one after the other, may leave open where they end."""

Node: TypeAlias = "tuple[object, Any]"
"""What the parser of `re` makes of a piece: the name of what it is, and its parts."""

Characters: TypeAlias = "frozenset[int]"

_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def may_run_away(expression: re.Pattern[AnyStr]) -> bool:
    """Tell whether the time of a search may explode."""
    # Not public, but what compiles is what judges. A Python without it judges nothing.
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        return False
    tree = parser.parse(expression.pattern, expression.flags)
    return _Choices(expression).ways(tree, frozenset(), looped=False) > MOST_WAYS


@final
class _Choices:
    """What can come next at each place of an expression, and how often that leaves a choice."""

    def __init__(self, expression: re.Pattern[Any]) -> None:
        pattern = expression.pattern
        self._is_bytes = isinstance(pattern, bytes)
        self._folds = bool(expression.flags & re.IGNORECASE)
        own = pattern if isinstance(pattern, bytes) else map(ord, pattern)
        self._all: Characters = frozenset(range(256)) | self._cases(frozenset(own))

    def ways(self, nodes: Sequence[Node], after: Characters, *, looped: bool) -> int:
        """Return how many ways through some nodes may have to be tried.

        Args:
            nodes: They stand one after the other.
            after: What may follow the last.
            looped: Whether they stand in a repetition.
        """
        ways = 1
        for node in reversed(list(nodes)):
            ways = min(ways * self._ways(node, after, looped=looped), MOST_WAYS + 1)
            after = self._first([node], after)
        return ways

    def _ways(self, node: Node, after: Characters, *, looped: bool) -> int:  # noqa: PLR0911  # a table
        match str(node[0]), node[1]:
            case "BRANCH", (_, alternatives):
                return self._ways_of_branch(alternatives, after, looped=looped)
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, most, body)):
                return self._ways_of_repeat((least, most), body, after, looped=looped)
            case "SUBPATTERN", (*_, body):
                return self.ways(body, after, looped=looped)
            case "ATOMIC_GROUP", body:
                return self.ways(body, after, looped=looped)
            case (("ASSERT" | "ASSERT_NOT"), (_, body)):
                return self.ways(body, frozenset(), looped=looped)
            case "GROUPREF_EXISTS", (_, yes, no):
                bodies = [body for body in (yes, no) if body is not None]
                return max(self.ways(body, after, looped=looped) for body in bodies)
            case _:
                return 1

    def _ways_of_branch(
        self, alternatives: Sequence[Sequence[Node]], after: Characters, *, looped: bool
    ) -> int:
        firsts = [self._first(alternative, after) for alternative in alternatives]
        alike = sum(bool(first & _union(firsts[:at])) for at, first in enumerate(firsts))
        most = max(self.ways(alternative, after, looped=looped) for alternative in alternatives)
        return (1 + alike) * most

    def _ways_of_repeat(
        self, times: tuple[int, int], body: Sequence[Node], after: Characters, *, looped: bool
    ) -> int:
        least, most = (min(int(number), ROUNDS) for number in times)
        begins = self._first(body, frozenset())
        ends = most - least + 1 if begins & after else 1
        if 2 * len(begins & after) > len(begins | after):
            ends **= 2  # what follows is much the same
        again = begins if most > 1 else frozenset[int]()
        inner_after = again | after if looped or most <= 1 else again
        rounds: int = self.ways(body, inner_after, looped=looped or most > 1) ** most
        return ends * rounds

    def _first(self, nodes: Sequence[Node], after: Characters) -> Characters:
        """Return what some nodes can begin with, where `after` follows them."""
        for node in reversed(list(nodes)):
            after = self._first_of(node, after)
        return after

    def _first_of(self, node: Node, after: Characters) -> Characters:  # noqa: PLR0911  # a table
        match str(node[0]), node[1]:
            case (("LITERAL" | "NOT_LITERAL" | "ANY" | "IN"), _):
                return self._characters(node)
            case "BRANCH", (_, alternatives):
                return _union(self._first(alternative, after) for alternative in alternatives)
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, _, body)):
                first = self._first(body, after)
                return first if least else first | after
            case "SUBPATTERN", (*_, body):
                return self._first(body, after)
            case "ATOMIC_GROUP", body:
                return self._first(body, after)
            case (("AT" | "ASSERT" | "ASSERT_NOT"), _):
                return after
            case _:
                return self._all

    def _characters(self, node: Node) -> Characters:  # noqa: PLR0911  # a table
        """Return what a node stands for that stands for one character."""
        match str(node[0]), node[1]:
            case "LITERAL", code:
                return self._cases(frozenset((code,)))
            case "NOT_LITERAL", code:
                return self._all - self._cases(frozenset((code,)))
            case "RANGE", (low, high):
                return self._cases(frozenset(code for code in self._all if low <= code <= high))
            case "CATEGORY", category:
                return self._category(_CATEGORIES[str(category)])
            case "IN", [(negate, _), *others] if str(negate) == "NEGATE":
                return self._all - _union(map(self._characters, others))
            case "IN", others:
                return _union(map(self._characters, others))
            case _:
                return self._all

    def _category(self, letter: str) -> Characters:
        if self._is_bytes:
            found = re.compile(letter.encode())
            return frozenset(code for code in range(256) if found.match(bytes((code,))))
        return frozenset(code for code in self._all if re.match(letter, chr(code)))

    def _cases(self, codes: Characters) -> Characters:
        """Add the large letters to the small ones and the other way round, if they are alike."""
        if not self._folds:
            return codes
        others = (chr(code).swapcase() for code in codes)
        return codes | {ord(other) for other in others if len(other) == 1}


def _union(sets: Iterable[Characters]) -> Characters:
    return reduce(frozenset[int].union, sets, frozenset[int]())
