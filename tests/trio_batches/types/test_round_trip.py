import json
import types as python_types
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trio_batches.types as wire
from trio_batches.types import BatchResult, Message, Succeeded, decode_result, encode

STRUCTS: list[type[msgspec.Struct]] = [
    found
    for name in wire.__all__
    if isinstance(found := getattr(wire, name), type) and issubclass(found, msgspec.Struct)
]

_numbers = st.integers(-(2**53), 2**53)
_json = st.recursive(
    st.none() | st.booleans() | _numbers | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=_zones)  # noqa: DTZ001
_simple: dict[object, st.SearchStrategy[object]] = {
    str: st.text(max_size=8),
    int: _numbers,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    object: _json,
    datetime: _moments,
    type(None): st.none(),
    msgspec.Raw: _json.map(lambda value: msgspec.Raw(msgspec.json.encode(value))),
}


@cache
def values_of(annotation: object) -> st.SearchStrategy[object]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _simple:
        return _simple[annotation]
    if origin in {Union, python_types.UnionType}:
        return st.one_of([values_of(argument) for argument in arguments])
    if origin in {list, Sequence}:
        return st.lists(values_of(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(st.text(max_size=4), values_of(arguments[1]), max_size=3)
    if origin is Literal:
        return st.sampled_from(arguments)
    return structs_of(cast("type[msgspec.Struct]", annotation))


@cache
def structs_of(struct: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    hints = get_type_hints(struct)
    fields = {name: values_of(hints[name]) for name in struct.__struct_fields__}
    return st.builds(struct, **fields)


@pytest.mark.parametrize("struct", STRUCTS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same_value(
    struct: type[msgspec.Struct], data: st.DataObject
) -> None:
    value = data.draw(structs_of(struct))

    assert msgspec.json.decode(encode(value), type=struct) == value


@pytest.mark.parametrize("struct", STRUCTS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_fields_that_are_new_are_ignored_everywhere(
    struct: type[msgspec.Struct], data: st.DataObject
) -> None:
    value = data.draw(structs_of(struct))
    widened = json.loads(encode(value))
    for found in _typed_objects(value, widened):
        found["added later"] = data.draw(_json)

    assert msgspec.json.decode(encode(widened), type=struct) == value


@pytest.mark.parametrize("struct", STRUCTS)
def test_a_tag_can_be_read_as_the_type(struct: type[msgspec.Struct]) -> None:
    tag = struct.__struct_config__.tag

    assert tag is None or getattr(struct, "type", None) == tag


@pytest.mark.parametrize("struct", STRUCTS)
def test_structs_are_frozen_and_untracked(struct: type[msgspec.Struct]) -> None:
    config = struct.__struct_config__

    assert (config.frozen, config.gc) == (True, False)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), message=structs_of(Message), kind=st.text(max_size=6).map("new {}".format))
def test_nothing_is_lost_of_content_with_an_unknown_type_anywhere(
    data: st.DataObject, message: Message, kind: str
) -> None:
    line = json.loads(encode(BatchResult("a", Succeeded(message))))
    tagged = [found for found in _objects(line["result"]["message"]["content"]) if "type" in found]
    for found in data.draw(st.lists(st.sampled_from(tagged), max_size=3)) if tagged else []:
        found["type"] = kind

    record = decode_result(encode(line))

    assert isinstance(record.result, Succeeded)
    assert json.loads(encode(record)) == line


@settings(max_examples=100, deadline=None)
@given(custom_id=st.text(), result=st.dictionaries(st.text(max_size=8) | st.just("type"), _json))
def test_any_object_with_an_id_and_a_result_arrives(
    custom_id: str, result: dict[str, object]
) -> None:
    record = decode_result(encode({"custom_id": custom_id, "result": result}))

    assert record.custom_id == custom_id
    assert json.loads(encode(record.result)) == result


@settings(max_examples=100, deadline=None)
@given(message=_json, kind=st.sampled_from(["succeeded", "errored"]))
def test_a_result_whose_inside_does_not_fit_is_kept(message: object, kind: str) -> None:
    result = {"type": kind, "message": message, "error": message}

    record = decode_result(encode({"custom_id": "a", "result": result}))

    assert record.result == wire.UnknownResult(kind, encode(result))


@settings(max_examples=100, deadline=None)
@given(st.binary() | _json.map(encode))
def test_what_is_no_result_at_all_raises_value_error_only(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a result with a custom_id: "):
        decode_result(line)


def _objects(value: object) -> Iterator[dict[str, object]]:
    """Walk over every JSON object inside a JSON value."""
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        yield found
        for inner in found.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _objects(item)


def _typed_objects(value: object, encoded: object) -> Iterator[dict[str, object]]:
    """Walk over every JSON object that stands for a Struct."""
    if isinstance(value, msgspec.Struct):
        found = cast("dict[str, object]", encoded)
        yield found
        for field in msgspec.structs.fields(type(value)):
            if field.encode_name in found:
                inner = found[field.encode_name]
                yield from _typed_objects(getattr(value, field.name), inner)
    elif isinstance(value, list) and isinstance(encoded, list):
        pairs = zip(cast("list[object]", value), cast("list[object]", encoded), strict=True)
        for item, inner in pairs:
            yield from _typed_objects(item, inner)
