"""A local Message Batches service."""

from __future__ import annotations

from trio_batches.simulator.faults import Answer, Cut, Edit, Fault
from trio_batches.simulator.journal import RequestRecord
from trio_batches.simulator.living import live, populate_living
from trio_batches.simulator.scenario import Scenario
from trio_batches.simulator.server import Simulator, open_simulator
from trio_batches.simulator.world import World

__all__ = (
    "Answer",
    "Cut",
    "Edit",
    "Fault",
    "RequestRecord",
    "Scenario",
    "Simulator",
    "World",
    "live",
    "open_simulator",
    "populate_living",
)
