"""The command line."""

from trio_batches.cli.main import main

__all__ = ("main",)
