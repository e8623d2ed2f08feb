"""How a simulated service behaves, as data in a JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from trio_batches.errors import ConfigurationError
from trio_batches.simulator.bodies import ResultOrder
from trio_batches.simulator.faults import Fault

if TYPE_CHECKING:
    from os import PathLike

__all__ = ("Scenario",)

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(ge=0)]
_Rate = Annotated[float, msgspec.Meta(gt=0)]
_Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The behaviour of a world; the defaults are the real service's on a good day, but faster.

    Attributes:
        batch_seconds: How long a created batch takes to end.
        batch_seconds_spread: How far that varies, as a fraction of it.
        cancel_seconds: How long a cancelled batch stays `canceling`.
        errored: The fraction of a created batch's requests that end in an error.
        expired: The fraction that expires.
        result_bytes: The length of a created batch's result lines, roughly.
        result_order: In which order results are sent.
        final_newline: Whether the last line of results ends in a newline.
        gzip: Whether JSON answers are compressed for clients that offer it.
        latency: Seconds before each answer.
        bandwidth: Bytes a second that each connection gets at most.
        read_timeout: Seconds of silence after which a connection is closed.
        flicker: Seconds after a create in which the new batch is answered with 404.
        listing_delay: Seconds after a create before lists show the new batch.
        empty_page_every: Every so-manieth page of batches is empty, but has a cursor.
        refuse_every: Every so-manieth request is answered with 429.
        refuse_seconds: The `retry-after` of those.
        requests_per_minute: What a token bucket lets through; 429 beyond.
        burst: The size of that bucket; a minute's worth if absent.
        spend_limit: How many requests can be put into batches before creates are
            answered with the 429 of a spend limit, which has no `retry-after`.
        faults: What goes wrong, and when. The first that hits a request wins.
    """

    batch_seconds: _Seconds = 30.0
    batch_seconds_spread: _Fraction = 0.0
    cancel_seconds: _Seconds = 5.0
    errored: _Fraction = 0.0
    expired: _Fraction = 0.0
    result_bytes: _Count = 1500
    result_order: ResultOrder = "shuffled"
    final_newline: bool = True
    gzip: bool = True
    latency: _Seconds = 0.0
    bandwidth: _Rate | None = None
    read_timeout: _Rate = 300.0
    flicker: _Seconds = 0.0
    listing_delay: _Seconds = 0.0
    empty_page_every: Annotated[int, msgspec.Meta(ge=2)] | None = None
    refuse_every: _Count | None = None
    refuse_seconds: _Seconds = 1.0
    requests_per_minute: _Rate | None = None
    burst: _Count | None = None
    spend_limit: _Count | None = None
    faults: tuple[Fault, ...] = ()

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Scenario:
        """Read a scenario from a JSON file.

        Raises:
            ConfigurationError: The file is no scenario; the message names the key.
            OSError: The file cannot be read.
        """
        try:
            return msgspec.json.decode(Path(path).read_bytes(), type=cls)
        except msgspec.DecodeError as error:
            raise ConfigurationError(f"{path}: {error}") from error
