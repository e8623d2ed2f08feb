"""Values that the service added after this release: kept as they came, never guessed at."""

from collections.abc import Mapping
from typing import Final, cast, final

import msgspec
from typing_extensions import override

__all__ = ("UnknownBlock", "UnknownResult", "append_encoded", "encode")


class _Unknown:
    """A JSON value that no known type fits, with its raw bytes.

    These are not Structs, because msgspec would then write the bytes as Base64
    instead of asking the hook below, which puts the JSON back as it came.
    """

    __match_args__ = ("type", "raw")
    __slots__ = ("raw", "type")

    def __init__(self, type: str, raw: bytes) -> None:  # noqa: A002  # the wire's name for it
        self.type: Final = type
        self.raw: Final = raw

    @override
    def __eq__(self, other: object) -> bool:
        """Tell whether the other one is of the same class and holds the same bytes."""
        if not isinstance(other, _Unknown):
            return NotImplemented
        return type(self) is type(other) and self.type == other.type and self.raw == other.raw

    @override
    def __hash__(self) -> int:
        """Hash by value."""
        return hash((self.type, self.raw))

    @override
    def __repr__(self) -> str:
        """Show the constructor's call."""
        return f"{type(self).__name__}(type={self.type!r}, raw={self.raw!r})"


@final
class UnknownBlock(_Unknown):
    """A content block of a type that this release does not know, or of an unexpected shape.

    Attributes:
        type: The block's `type` on the wire; empty where it has none.
        raw: The block's JSON, byte for byte. `encode()` writes it back as it came,
            so a message that holds such a block can be sent again.
    """

    __slots__ = ()


@final
class UnknownResult(_Unknown):
    """A result of a type that this release does not know, or of an unexpected shape.

    Attributes:
        type: The result's `type` on the wire, which may be a known one whose
            inside did not fit; empty where it has none.
        raw: The result's JSON, byte for byte.
    """

    __slots__ = ()


def _plain(value: object) -> object:
    """Turn what msgspec cannot encode by itself into what it can."""
    if isinstance(value, _Unknown):
        return msgspec.Raw(value.raw)
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    raise TypeError(f"JSON has no form for a value of type {type(value).__name__}")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def encode(value: object) -> bytes:
    """Encode anything of this package, or plain JSON values, as compact UTF-8 JSON.

    Content blocks leave out what they do not set, and unknown ones are written
    as they came, so `message.content` can be put into a request.

    Raises:
        TypeError: There is something inside that JSON cannot carry.
    """
    return _ENCODER.encode(value)


def append_encoded(value: object, buffer: bytearray) -> None:
    """Encode as `encode` does, to the end of a buffer, which stays as it was if that fails."""
    size = len(buffer)
    try:
        _ENCODER.encode_into(value, buffer, size)
    except BaseException:
        del buffer[size:]
        raise
