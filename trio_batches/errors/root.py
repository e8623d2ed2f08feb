"""The root of every error."""

from __future__ import annotations

from typing_extensions import override

__all__ = ("TrioBatchesError",)


class TrioBatchesError(Exception):
    """The root of every exception that the library raises on purpose."""

    @override
    def __str__(self) -> str:
        """Return the message, with escapes for bytes of a path that are not UTF-8."""
        return super().__str__().encode(errors="backslashreplace").decode()

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle by attributes: the arguments of most subclasses are not in `args`."""
        return _restore, (type(self), self.args), vars(self)


def _restore(kind: type[TrioBatchesError], args: tuple[object, ...]) -> TrioBatchesError:
    return kind.__new__(kind, *args)
