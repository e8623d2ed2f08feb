r"""JSON taken apart into the bytes of its parts, also where msgspec cannot read all of them.

msgspec refuses a whole text where a string in it has half of a surrogate pair, `"\ud83d"`,
or a number is `NaN`, even in a part that it would skip. Models write the one, many encoders
the other, and the standard library reads both.
"""

import json
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final, final

import msgspec
from msgspec import Raw

__all__ = ("UNFIT", "fields_of", "items_of")

UNFIT: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What msgspec raises; the last two for bytes that are not UTF-8 and for deep nesting."""

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_SPACE = re.compile(r"[ \t\n\r]*")
_JSON = json.JSONDecoder()


def fields_of(data: bytes | bytearray | memoryview | Raw) -> dict[str, Raw]:
    """Return the fields of an object.

    Raises:
        ValueError: It is no object, or not JSON: what msgspec says of it.
    """
    try:
        return _OBJECT.decode(data)
    except UNFIT as error:
        with _saying(error):
            return dict(_Text(data).fields())


def items_of(data: bytes | bytearray | memoryview | Raw) -> list[Raw]:
    """Return the items of an array.

    Raises:
        ValueError: It is no array, or not JSON: what msgspec says of it.
    """
    try:
        return _ARRAY.decode(data)
    except UNFIT as error:
        with _saying(error):
            return list(_Text(data).items())


@contextmanager
def _saying(error: Exception) -> Generator[None]:
    """Say what msgspec has said, where the standard library cannot read a text either."""
    try:
        yield
    except (ValueError, RecursionError):
        raise ValueError(str(error)) from error


@final
class _Text:
    """A text that is read from its beginning to its end; whatever is amiss is a ValueError."""

    def __init__(self, data: bytes | bytearray | memoryview | Raw) -> None:
        self._text = bytes(data).decode()
        self._place = 0

    def fields(self) -> Iterator[tuple[str, Raw]]:
        for _ in self._places("{", "}"):
            name, _ = self._value()
            if not isinstance(name, str):
                raise ValueError("a name is no string")  # noqa: TRY004  # of the data
            self._expect(":")
            yield name, self._value()[1]

    def items(self) -> Iterator[Raw]:
        for _ in self._places("[", "]"):
            yield self._value()[1]

    def _places(self, opening: str, closing: str) -> Iterator[int]:
        """Stop before each member, until the end of the text."""
        self._expect(opening)
        count = 0
        while not self._found(closing):
            if count:
                self._expect(",")
            yield count
            count += 1
        self._skip_space()
        if self._place < len(self._text):
            raise ValueError("something follows")

    def _value(self) -> tuple[object, Raw]:
        self._skip_space()
        start = self._place
        value, self._place = _JSON.raw_decode(self._text, start)
        return value, Raw(self._text[start : self._place].encode())

    def _expect(self, sign: str) -> None:
        if not self._found(sign):
            raise ValueError(f"there is no {sign}")

    def _found(self, sign: str) -> bool:
        self._skip_space()
        found = self._text.startswith(sign, self._place)
        self._place += found
        return found

    def _skip_space(self) -> None:
        space = _SPACE.match(self._text, self._place)
        assert space is not None  # noqa: S101  # it matches nothing, too
        self._place = space.end()
