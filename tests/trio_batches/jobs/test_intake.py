from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest
import trio
import trio.lowlevel
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from tests.trio_batches.jobs.submissions import lines, request, requests
from trio_batches.errors import InvalidRequestsError, StorageError
from trio_batches.jobs import counting, intake
from trio_batches.jobs.intake import Intake
from trio_batches.store.spool import Spool
from trio_batches.types import BatchRequest, MessageParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trio_batches.jobs import Plan, Source

MISSING = "params is missing: it holds what the Messages API would take"


async def take(folder: Path, *sources: Source) -> tuple[Plan, bytes]:
    """Read sources and return the plan, and what would be sent."""
    spool = Spool(folder / "spool")
    try:
        plan = await Intake(spool, anthropic_version="2026-10-21").read(sources)
        return plan, b"".join(Path(chunk.path).read_bytes() for chunk in plan.chunks)
    finally:
        spool.close()


async def faults(folder: Path, *sources: Source) -> list[str]:
    with pytest.raises(InvalidRequestsError) as caught:
        await take(folder, *sources)
    return list(caught.value.faults)


def named(content: bytes, name: str = "in") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def as_file(pipe: int) -> BinaryIO:
    return cast("BinaryIO", open(pipe, "rb", buffering=0))


async def test_files_pipes_and_iterables_give_the_same_requests(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(requests(3)))
    pipe, end = os.pipe()
    os.write(end, lines(requests(3)))
    os.close(end)
    with as_file(pipe) as file:
        sources: list[Source] = [path, file, iter(requests(3))]
        for source in sources:
            plan, sent = await take(tmp_path, source)
            assert sent == lines(requests(3))
            assert plan.requests == 3
            assert plan.bytes == len(sent) - 3


async def test_a_plan_adds_up_models_and_tokens(tmp_path: Path) -> None:
    other = request("x")
    other["params"] = {**PARAMS, "model": "claude-opus-5", "max_tokens": 100}
    plan, _ = await take(tmp_path, [*requests(2), other])
    assert plan.models == {"claude-sonnet-5": 2, "claude-opus-5": 1}
    assert plan.max_output_tokens == 132


PARAMS = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}


@pytest.mark.parametrize(
    "content",
    [
        lines(requests(2)).replace(b"\n", b"\r\n"),
        lines(requests(2)).removesuffix(b"\n"),
        b"\xef\xbb\xbf" + lines(requests(2)),
        b"\n \n\t\r\n" + lines(requests(2)).replace(b"\n", b"\n\n"),
    ],
    ids=["crlf", "no last newline", "byte order mark", "blank lines"],
)
async def test_harmless_forms_of_a_file_change_nothing(tmp_path: Path, content: bytes) -> None:
    _, sent = await take(tmp_path, named(content))
    assert sent == lines(requests(2))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
async def test_an_input_without_requests_is_refused(tmp_path: Path, content: bytes) -> None:
    assert await faults(tmp_path, named(content)) == ["there are no requests in the input"]


@pytest.mark.parametrize("source", ["in.jsonl", b"x.jsonl", {"custom_id": "a", "params": {}}])
async def test_what_is_no_source_is_said_before_anything_is_read(
    tmp_path: Path, source: object
) -> None:
    with pytest.raises(TypeError, match="a source is a Path, a binary file, or an iterable of"):
        await take(tmp_path, cast("Source", source))


async def test_an_input_in_utf_16_is_one_fault(tmp_path: Path) -> None:
    content = lines(requests(5)).decode().encode("utf-16")
    assert await faults(tmp_path, named(content), named(b"x", "b")) == [
        "in:1: this is UTF-16: convert the file to UTF-8",
        "b:1: not a JSON object: JSON is malformed: invalid character (byte 0)",
    ]


async def test_a_binary_file_has_a_fault_in_each_line(tmp_path: Path) -> None:
    assert len(await faults(tmp_path, named(b"\x00\xff\n\x1f\x8b\n\n\x00"))) == 3


@given(
    given=st.lists(st.sampled_from(["ok", "blank", "bad", "twin"]), max_size=12),
    piece=st.integers(1, 40),
)
@settings(max_examples=60, deadline=None)
def test_every_fault_has_the_number_of_its_line(
    tmp_path_factory: pytest.TempPathFactory, given: list[str], piece: int
) -> None:
    content, first = b"", ""
    expected: list[str] = []
    doubled: list[str] = []
    for number, kind in enumerate(given, 1):
        name = "twin" if kind == "twin" else f"r{number}"
        if kind in ("ok", "twin"):
            content += lines([request(name)])
        elif kind == "bad":
            content += lines([{"custom_id": name}])
            expected.append(f"in:{number} ({name}): {MISSING}")
        else:
            content += b"\n"
        if kind == "twin" and first:
            doubled.append(f"in:{number} (twin): {first} has this custom_id too")
        elif kind == "twin":
            first = f"in:{number}"
    expected += doubled

    class Pieces(io.BytesIO):
        @override
        def read(self, size: int | None = -1) -> bytes:
            return super().read(piece)

    file = Pieces(content)
    file.name = "in"
    folder = tmp_path_factory.mktemp("intake")

    async def main() -> list[str]:
        if "ok" in given or "twin" in given or expected:
            if not expected:
                await take(folder, file)
                return []
            return await faults(folder, file)
        return []

    assert trio.run(main) == expected


async def test_doubled_ids_are_found_across_sources_and_in_faulty_lines(tmp_path: Path) -> None:
    found = await faults(
        tmp_path,
        named(lines(requests(2)), "a"),
        named(b"\n" + lines([{"custom_id": "r1"}]), "b"),
        requests(1),
    )
    assert found == [
        f"b:2 (r1): {MISSING}",
        "b:2 (r1): a:2 has this custom_id too",
        "request 0 (r0): a:1 has this custom_id too",
    ]


async def test_a_hostile_id_is_named_without_its_control_codes(tmp_path: Path) -> None:
    (fault,) = await faults(tmp_path, [request("\x1b[2J")])
    assert fault.isprintable()


async def test_the_faults_of_a_foreign_file_are_counted_beyond_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_FAULTS", 3)
    found = await faults(tmp_path, named(b"x\n" * 1_000))
    assert len(found) == 4
    assert found[-1] == "997 more faults, which are not named"


async def test_a_line_that_is_too_long_takes_no_memory_and_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_LINE_BYTES", 200)
    monkeypatch.setattr(intake, "READ_BYTES", 64)
    long = lines([request("long", "x" * 300)])
    content = long + b"x\n" + long + b"y"
    found = await faults(tmp_path, named(content))
    assert [fault.partition(" ")[0] for fault in found] == ["in:1:", "in:2:", "in:3:", "in:4:"]
    assert f"the line has {len(long) - 1} bytes" in found[0]


async def test_requests_of_all_types_are_taken_and_others_named(tmp_path: Path) -> None:
    params = MessageParams(model="m", max_tokens=1, messages=[{"role": "user", "content": "x"}])
    given: list[BatchRequest | dict[str, object]] = [
        BatchRequest("struct", params),
        request("mapping"),
        {"custom_id": "bad", "params": {"model": {1j}}},
        {"custom_id": "endless"},
    ]
    found = await faults(tmp_path, given)
    assert found[0].startswith("request 2: it cannot be written as JSON")
    assert found[1] == f"request 3 (endless): {MISSING}"
    plan, _ = await take(tmp_path, given[:2])
    assert plan.requests == 2


async def test_many_requests_from_an_iterable_leave_others_their_turn(tmp_path: Path) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        await take(tmp_path, requests(2_000))
        nursery.cancel_scope.cancel()
    assert turns > 2_000 / intake.ITEMS_AT_ONCE


async def test_an_error_of_the_iterable_comes_out_bare(tmp_path: Path) -> None:
    def broken() -> Iterator[dict[str, object]]:
        yield request("a")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await take(tmp_path, broken())


async def test_a_file_that_is_missing_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nowhere: No such file"):
        await take(tmp_path, tmp_path / "nowhere")
    with pytest.raises(StorageError, match="Is a directory"):
        await take(tmp_path, tmp_path)


async def test_a_pipe_that_never_brings_anything_is_left_at_once(tmp_path: Path) -> None:
    pipe, end = os.pipe()
    try:
        with as_file(os.dup(pipe)) as file:
            with trio.move_on_after(0.05) as scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_cancel_soon, scope)
                    await take(tmp_path, file)
            assert scope.cancelled_caught
    finally:
        os.close(end)


async def test_a_named_pipe_that_nobody_writes_into_is_left_at_once(named_pipe: Path) -> None:
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_soon, scope)
            await take(named_pipe.parent, named_pipe)

    assert scope.cancelled_caught


async def _cancel_soon(scope: trio.CancelScope) -> None:
    for _ in range(200):
        await trio.lowlevel.checkpoint()
    scope.cancel()


async def test_a_pipe_that_does_not_block_is_waited_for(tmp_path: Path) -> None:
    pipe, end = os.pipe()
    os.set_blocking(pipe, False)

    async def bring() -> None:
        await trio.testing.wait_all_tasks_blocked(0.05)
        os.write(end, lines(requests(1)))
        os.close(end)

    with as_file(pipe) as file:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(bring)
            plan, _ = await take(tmp_path, file)
    assert plan.requests == 1


async def test_stdin_has_a_name(tmp_path: Path) -> None:
    class Stdin(io.BytesIO):
        name = 0

    assert await faults(tmp_path, Stdin(b"x")) == [
        "<stdin>:1: not a JSON object: JSON is malformed: invalid character (byte 0)"
    ]
