"""The version of the library, in the one place that the build reads too."""

__all__ = ("VERSION",)

VERSION = "0.1.0"
