"""Every command, and what it prints."""

from __future__ import annotations

import json
import os
import re
import socket
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from tests.trio_batches.cli.shell import KEY, PROGRAM, command, finish, start
from tests.trio_batches.jobs.places import names
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


def fetch(path: str) -> bytes:
    """Return what the service sends to someone else."""
    headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21"}
    return httpx.get(f"{os.environ['ANTHROPIC_BASE_URL']}/v1/{path}", headers=headers).content


def test_list_shows_a_row_for_each_batch_separated_by_tabs(shell: Shell, world: World) -> None:
    done = shell.call("list")

    assert (done.code, done.said) == (0, "")
    head, *rows = done.table
    assert head == ["id", "label", "status", "age", "requests", "succeeded", "failed", "expires in"]
    assert [row[0] for row in rows] == world.batch_ids
    assert rows[0][1:] == ["", "in_progress", "60 s", "50", "", "", "23 h"]
    assert rows[1][1:] == ["", "ended", "60 min", "40", "34", "6", ""]
    assert rows[3][3] == "3 h"


def test_list_as_json_gives_each_batch_as_the_service_sent_it(shell: Shell, world: World) -> None:
    done = shell.call("list", "--json", "--all")

    page = msgspec.json.decode(fetch("messages/batches"), type=dict[str, msgspec.Raw])
    batches = msgspec.json.decode(page["data"], type=list[msgspec.Raw])
    assert done.out.split(b"\n")[:-1] == [bytes(batch) for batch in batches]
    assert [line["id"] for line in done.objects] == world.batch_ids


@pytest.mark.parametrize(
    ("options", "places"),
    [
        (["--limit", "2"], [0, 1]),
        (["--status", "ended"], [1, 2, 3]),
        (["--status", "ended", "--limit", "1"], [1]),
        (["--status", "canceling"], []),
        (["--all"], [0, 1, 2, 3]),
    ],
)
def test_list_chooses(shell: Shell, world: World, options: list[str], places: list[int]) -> None:
    done = shell.call("list", *options)

    assert [row[0] for row in done.table[1:]] == [world.batch_ids[place] for place in places]


def test_list_goes_on_over_pages_and_stops_at_fifty(shell: Shell, service: Serve) -> None:
    world = World()
    for _ in range(60):
        world.add_ended_batch(1)
    service(world)

    assert len(shell.call("list").table) == 51
    assert len(shell.call("list", "--all").table) == 61
    assert len(shell.call("list", "--limit", "55", "--status", "ended").table) == 56


def test_show_tells_everything_about_one_batch(shell: Shell, world: World) -> None:
    batch_id = world.batch_ids[1]
    shell.call("download", batch_id)

    done = shell.call("show", batch_id)

    assert (done.code, done.said) == (0, "")
    fields = {row[0]: row[1] for row in done.table}
    assert fields["id"] == batch_id
    assert fields["processing_status"] == "ended"
    assert "4 errored" in fields["request_counts"]
    assert fields["archived_at"] == ""
    files = [row[1] for row in done.table if row[0] == "local file"]
    assert files == [str(shell.results / f"{batch_id}{end}") for end in (".jsonl", ".receipt.json")]


def test_show_as_json_is_what_the_service_sent(shell: Shell, world: World) -> None:
    batch_id = world.batch_ids[0]

    done = shell.call("show", batch_id, "--json")

    assert done.out == fetch(f"messages/batches/{batch_id}") + b"\n"


def test_json_that_is_spread_over_lines_becomes_one(shell: Shell, service: Serve) -> None:
    world = World()
    batch_id = world.add_ended_batch(10)
    service(world)
    pretty = json.dumps(json.loads(fetch(f"messages/batches/{batch_id}")), indent=2)
    page = f'{{"data": [{pretty}], "has_more": false, "first_id": null, "last_id": null}}'
    service(
        World(
            scenario=Scenario(
                faults=(
                    Fault(operation="retrieve", times=None, answer=Answer(status=200, body=pretty)),
                    Fault(operation="list", times=None, answer=Answer(status=200, body=page)),
                )
            )
        )
    )

    for words in (["show", batch_id, "--json"], ["list", "--json"], ["watch", batch_id]):
        done = shell.call(*words)
        assert len(done.lines) == 1
        assert done.objects[0]["id"] == batch_id


@pytest.mark.parametrize("run", ["call", "run"])
def test_results_are_the_lines_that_the_service_sent(shell: Shell, world: World, run: str) -> None:
    batch_id = world.batch_ids[1]

    done = getattr(shell, run)("results", batch_id)

    assert (done.code, done.said) == (0, "")
    assert sorted(done.out.splitlines(keepends=True)) == sorted(world.result_lines(batch_id))


def test_a_last_line_without_its_newline_gets_one_on_stdout(shell: Shell, service: Serve) -> None:
    world = World(scenario=Scenario(final_newline=False))
    batch_id = world.add_ended_batch(5)
    service(world)

    done = shell.call("results", batch_id)

    assert sorted(done.out.splitlines(keepends=True)) == sorted(world.result_lines(batch_id))


@pytest.mark.parametrize(
    ("kind", "count"), [("succeeded", 34), ("errored", 4), ("canceled", 2), ("expired", 0)]
)
def test_results_of_one_type(shell: Shell, world: World, kind: str, count: int) -> None:
    done = shell.call("results", world.batch_ids[1], "--type", kind)

    assert (done.code, len(done.objects)) == (0, count)
    assert set(done.out.splitlines(keepends=True)) <= set(world.result_lines(world.batch_ids[1]))


def test_texts_of_results_are_the_answers_only(shell: Shell, world: World) -> None:
    done = shell.call("results", world.batch_ids[1], "--text")

    assert (done.code, done.said) == (0, "")
    assert b"custom_id" not in done.out
    assert done.out.count("数据处理".encode()) > 0
    assert shell.call("results", world.batch_ids[1], "--text", "--type", "succeeded").code == 0


def test_cancel_asks_the_service(shell: Shell, world: World) -> None:
    running = world.batch_ids[0]

    done = shell.call("cancel", running, "--yes")
    again = shell.call("cancel", running, "--yes", "--json")

    assert (done.code, done.lines) == (0, [f"{running}\tcanceling"])
    assert again.objects[0]["id"] == running
    assert again.objects[0]["processing_status"] == "canceling"


def test_cancel_names_those_that_cannot_be_cancelled(shell: Shell, world: World) -> None:
    running, ended = world.batch_ids[:2]

    done = shell.call("cancel", running, ended, "msgbatch_unknown", "--yes")

    assert done.lines[0] == f"{running}\tcanceling"
    assert "msgbatch_unknown" in done.said
    assert done.code in (3, 5)


def test_delete_wants_a_verified_copy(shell: Shell, world: World) -> None:
    first, second = world.batch_ids[1:3]
    shell.call("download", first)

    done = shell.call("delete", first, second, "--yes")

    assert done.lines == [f"{first}\tdeleted"]
    assert done.code == 2
    assert done.said.count("\n") == 1
    assert f"{second}: {shell.results} holds no verified copy of its results" in done.said
    assert first not in world.batch_ids
    assert second in world.batch_ids


def test_delete_without_a_copy_when_told_so(shell: Shell, world: World) -> None:
    first, second = world.batch_ids[1:3]

    done = shell.call("delete", first, second, "--unverified", "--yes", "--json")

    assert (done.code, done.said) == (0, "")
    assert done.objects == [
        {"id": name, "type": "message_batch_deleted"} for name in (first, second)
    ]


@pytest.mark.usefixtures("world")
def test_models_are_listed(shell: Shell) -> None:
    table = shell.call("models").table
    done = shell.call("models", "--json")

    page = msgspec.json.decode(fetch("models?limit=1000"), type=dict[str, msgspec.Raw])
    models = msgspec.json.decode(page["data"], type=list[msgspec.Raw])
    assert done.out == b"".join(bytes(model) + b"\n" for model in models)
    assert table[0] == ["id", "name", "batches", "lifecycle", "max tokens"]
    assert [row[0] for row in table[1:]] == [entry["id"] for entry in done.objects]


def test_the_demo_submits_watches_downloads_and_verifies(shell: Shell, tmp_path: Path) -> None:
    shell.set("ANTHROPIC_API_KEY", None)
    shell.set("ANTHROPIC_BASE_URL", None)

    done = shell.call("demo", "--headless", "-o", str(tmp_path / "demo"))

    assert done.code == 0
    assert "33 downloaded, 33 verified by hash, 0 failed" in done.lines[0]
    assert "1,000 requests submitted as msgbatch_" in done.said
    assert re.search(r"\nmsgbatch_\w+: ended\n", done.said)
    assert "a simulated service runs at http://127.0.0.1:" in done.said
    assert len(names(tmp_path / "demo")) == 66


def test_a_living_service_has_batches_of_all_kinds(shell: Shell) -> None:
    simulator = start(command("simulate", "--living", "--batches", "20"))
    assert simulator.stdout is not None
    shell.set("ANTHROPIC_BASE_URL", simulator.stdout.readline().decode().strip())
    listing = finish(start(command("list", "--json")))
    simulator.terminate()
    finish(simulator)

    states = {batch["processing_status"] for batch in listing.objects}
    assert len(listing.objects) >= 20
    assert states == {"in_progress", "canceling", "ended"}


def test_a_simulated_service_can_be_used_from_another_process(shell: Shell) -> None:
    simulator = start(command("simulate", "--batches", "6", "--seed", "3"))
    assert simulator.stdout is not None
    base_url = simulator.stdout.readline().decode().strip()
    shell.set("ANTHROPIC_BASE_URL", base_url)
    listing = finish(
        start([str(PROGRAM.with_name("python")), "-m", "trio_batches", "list", "--json"])
    )
    simulator.terminate()
    stopped = finish(simulator)

    assert len(listing.objects) == 6
    assert stopped.code == 7
    assert f"export ANTHROPIC_BASE_URL={base_url}" in stopped.said
    assert stopped.said.endswith("the simulator has stopped\n")


def test_a_scenario_that_is_none_is_refused(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text('{"latenzy": 1}')

    done = shell.call("simulate", "--scenario", str(path))

    assert done.code == 2
    assert done.said.count("\n") == 1
    assert "latenzy" in done.said


def test_a_port_that_is_taken_is_said(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = shell.call("simulate", "--port", str(port))

    assert done.code == 2
    assert done.said.count("\n") == 1
    assert f"port {port}" in done.said
    assert "--port" in done.said


def test_the_version_is_printed(shell: Shell) -> None:
    assert shell.call("--version").lines == [f"trio-batches, version {VERSION}"]
    as_module = finish(start([str(PROGRAM.with_name("python")), "-m", "trio_batches", "--version"]))
    assert as_module.lines == [f"trio-batches, version {VERSION}"]


def test_help_names_every_command_and_the_exit_codes(shell: Shell) -> None:
    text = "\n".join(shell.call("-h").lines)

    for name in (
        "list",
        "show",
        "results",
        "download",
        "cancel",
        "delete",
        "models",
        "simulate",
        "demo",
    ):
        assert f"\n  {name} " in text
    assert "12 still in progress" in text


def test_the_key_is_no_option(shell: Shell) -> None:
    assert shell.call("list", "--api-key", "x").code == 2
