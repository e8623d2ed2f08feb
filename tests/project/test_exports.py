"""The public names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import trio_batches

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(trio_batches.__path__, "trio_batches.")
    if not info.name.endswith("__main__")
)


def test_what_is_exported_is_there_once() -> None:
    assert len(trio_batches.__all__) == len(set(trio_batches.__all__))
    assert all(hasattr(trio_batches, name) for name in trio_batches.__all__)


def test_every_exported_class_and_function_says_what_it_is_for() -> None:
    things = [getattr(trio_batches, name) for name in trio_batches.__all__]

    assert [
        thing
        for thing in things
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and not thing.__doc__
    ] == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_defines_what_it_lists(name: str) -> None:
    module = importlib.import_module(name)

    listed: tuple[str, ...] = getattr(module, "__all__", ())

    assert [name for name in listed if not hasattr(module, name)] == []
