from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import command, finish, start
from tests.trio_batches.cli.waiting import bytes_waiting, wait_until
from tests.trio_batches.jobs.submissions import creates, ids_in, lines, request, requests
from trio_batches.simulator import Answer, Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


@pytest.fixture
def world(service: Serve) -> World:
    world = World(scenario=Scenario(batch_seconds=0))
    service(world)
    return world


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(requests(3)))
    return str(path)


def test_submit_prints_the_new_ids(shell: Shell, world: World, file: str) -> None:
    done = shell.call("submit", file, "--label", "nightly")
    assert (done.code, done.lines) == (0, world.batch_ids)
    assert done.said == "1 of 1 batches submitted\n"
    assert shell.call("list").table[1][:2] != []
    again = shell.call("submit", file)
    assert again.code == 2
    assert "say --again to pay for them once more" in again.said
    assert shell.call("submit", file, "--again").code == 0
    assert creates(world) == 2


def test_submit_as_json(shell: Shell, world: World, file: str) -> None:
    done = shell.call("submit", file, "--json")
    (batch_id,) = world.batch_ids
    assert done.objects == [{"id": batch_id, "requests": 3, "state": "submitted", "error": None}]


def test_a_dry_run_needs_no_key_and_shows_the_plan(shell: Shell, file: str) -> None:
    shell.set("ANTHROPIC_API_KEY", None)
    done = shell.call("submit", file, "--dry-run")
    size = len(lines(requests(3))) - 3
    assert done.code == 0
    assert done.table == [
        ["what", "how much"],
        ["batch 1", f"3 requests, {size} bytes"],
        ["claude-sonnet-5", "3 requests"],
        ["all", f"3 requests, {size} bytes"],
        ["output", "48 tokens at most"],
    ]
    (plan,) = shell.call("submit", file, "--dry-run", "--json").objects
    assert (plan["requests"], plan["models"]) == (3, {"claude-sonnet-5": 3})


def test_bad_lines_are_all_named_with_their_places(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(lines([request("a b"), request("a"), {"custom_id": "a"}]) + b"{")
    done = shell.call("submit", str(bad))
    assert (done.code, done.out) == (2, b"")
    assert done.said.splitlines() == [
        f"{bad}:1 (a b): custom_id 'a b' contains ' ': use only letters, digits, _ and -",
        f"{bad}:3 (a): params is missing: it holds what the Messages API would take",
        f"{bad}:4: not a JSON object: Input data was truncated",
        f"{bad}:3 (a): {bad}:2 has this custom_id too",
        "4 faults: nothing was sent",
    ]
    assert world.requests == []


@pytest.mark.parametrize("arguments", [[], ["--resume", "-"], ["/nowhere"], ["/"]])
def test_what_cannot_be_submitted_is_a_mistake_in_use(shell: Shell, arguments: list[str]) -> None:
    assert shell.call("submit", *arguments).code == 2


def test_submit_and_wait_says_how_it_went_and_prints_ids_only(
    shell: Shell, world: World, file: str
) -> None:
    done = shell.call("submit", file, "--wait")
    assert (done.code, done.lines) == (0, world.batch_ids)
    assert "ended after 0 s: 3 succeeded" in done.said


def test_what_a_refused_key_left_open_is_resumed(shell: Shell, service: Serve, file: str) -> None:
    world = World(scenario=Scenario(faults=(Fault(operation="create", answer=Answer(status=403)),)))
    service(world)
    left = shell.call("submit", file, "--label", "nightly", "--json")
    assert left.code == 4
    assert left.objects[0]["state"] == "open"
    assert "check ANTHROPIC_API_KEY" in left.said
    done = shell.call("submit", "--resume")
    assert (done.code, done.lines) == (0, world.batch_ids)
    assert "nightly: 3 requests of " in done.said
    assert "are planned" in done.said
    none = shell.call("submit", "--resume")
    assert (none.code, none.said) == (0, "nothing is open\n0 of 0 batches submitted\n")


def test_requests_that_the_service_refuses_are_said(
    shell: Shell, service: Serve, file: str
) -> None:
    refusal = Fault(operation="create", answer=Answer(status=400, message="no"))
    lost = Fault(operation="create", drop_reply=True)
    world = World(scenario=Scenario(faults=(refusal, lost)))
    service(world)
    left = shell.call("submit", file)
    assert (left.code, left.out) == (5, b"")
    assert "0 of 1 batches submitted" in left.said
    done = shell.call("submit", file)
    assert (done.code, done.lines) == (0, world.batch_ids)
    assert "1 of them found again after a lost reply" in done.said


def test_stdin_is_read_to_its_end(shell: Shell, world: World, file: str) -> None:
    with open(file, "rb") as requests_:  # noqa: PTH123
        done = subprocess.run(
            command("submit", "-"), stdin=requests_, capture_output=True, check=True, timeout=60
        )
    assert done.stdout.decode().split() == world.batch_ids
    assert set(ids_in(world).values()) == {1}
    assert shell.call("submit", file).code == 2


def test_a_plan_in_a_home_whose_name_is_no_text_is_json(shell: Shell, file: str) -> None:
    shell.set("TRIO_BATCHES_HOME", os.fsdecode(os.fsencode(shell.folder) + b"/h\xff"))

    (plan,) = shell.call("submit", "--dry-run", "--json", file).objects

    assert f"{shell.folder.as_uri()}/h%FF/requests/incoming-" in str(plan["chunks"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("submit", "-"), "standard input cannot be read"),
        (("cancel", "msgbatch_1"), "there is no terminal to ask on: say --yes"),
        (("demo",), "the app needs a terminal"),
        ((), "Usage:"),
    ],
)
def test_a_stdin_that_is_closed_is_wrong_usage(
    shell: Shell, arguments: tuple[str, ...], words: str
) -> None:
    closing = ["sh", "-c", 'exec "$@" <&-', "sh"]

    done = finish(start([*closing, *command(*arguments)]))

    assert done.code == 2
    assert words in done.said
    assert not (shell.folder / "home").exists()


def test_an_interrupt_while_stdin_brings_nothing_ends_at_once(shell: Shell, world: World) -> None:
    process = start(command("submit", "-"), stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    requests_folder = shell.folder / "home" / "requests"
    pipe = process.stdin.fileno()
    os.write(pipe, b'{"custom_id"')
    wait_until(lambda: bytes_waiting(pipe) == 0)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 7, process.stderr.read()
    said = process.stderr.read().decode()
    assert "run the same command again to go on" in said
    assert "Traceback" not in said
    assert list(requests_folder.iterdir()) == []
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    assert world.requests == []


def test_an_interrupted_create_is_found_by_the_next_run(
    shell: Shell, service: Serve, file: str
) -> None:
    lost = Fault(operation="create", drop_reply=True)
    world = World(scenario=Scenario(faults=(lost,), listing_delay=1.5))
    service(world)
    process = start(command("submit", file))
    wait_until(lambda: creates(world) > 0)
    os.kill(process.pid, signal.SIGINT)
    assert finish(process).code == 7
    done = shell.call("submit", file)
    assert (done.code, done.lines) == (0, world.batch_ids)
    assert creates(world) == 1
