"""What goes wrong is one line on stderr that says what, where and what to do, and an exit code."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import KEY, NOBODY, command, finish, serve, start
from tests.trio_batches.jobs.places import names
from tests.trio_batches.jobs.submissions import lines, requests
from trio_batches.simulator import Answer, Edit, Fault, Scenario, World

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tests.trio_batches.cli.shell import Done, Shell

    Serve = Callable[[World], str]


def assert_one_line(done: Done, code: int, *words: str) -> None:
    assert done.code == code, done.said
    assert done.said.count("\n") == 1, done.said
    for word in words:
        assert word in done.said


class Patient:
    """Commands that try for a while before they give up: they run beside the other tests."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        short = Fault(operation="results", times=None, edits=(Edit(line=9, what="drop"),))
        world = World(scenario=Scenario(faults=(short,), result_order="stable"))
        self.batch_id = world.add_ended_batch(20)
        self.home = folder
        self._stack = stack
        base_url = stack.enter_context(serve(world))
        self._environment = {"ANTHROPIC_API_KEY": KEY, "TRIO_BATCHES_HOME": str(folder)}
        self.download = self._start("download", self.batch_id, base_url=base_url)
        self.results = self._start("results", self.batch_id, base_url=base_url)
        self.list = self._start("list", base_url=NOBODY)

    def _start(self, *arguments: str, base_url: str) -> subprocess.Popen[bytes]:
        environment = {**self._environment, "ANTHROPIC_BASE_URL": base_url}
        process = self._stack.enter_context(start(command(*arguments), environment))
        self._stack.callback(process.kill)  # where the test that waits for it runs elsewhere
        return process


@pytest.fixture(scope="module", autouse=True)
def patient(tmp_path_factory: pytest.TempPathFactory) -> Generator[Patient]:
    with ExitStack() as stack:
        yield Patient(tmp_path_factory.mktemp("home"), stack)


def world_with(*edits: Edit) -> World:
    fault = Fault(operation="results", times=None, edits=edits)
    world = World(seed=5, scenario=Scenario(faults=(fault,)))
    world.add_ended_batch(3000, errored=30, result_bytes=400)
    return world


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", "msgbatch_1"), ("results", "msgbatch_1"), ("download", "msgbatch_1")],
)
def test_no_key_names_the_variables(shell: Shell, arguments: tuple[str, ...]) -> None:
    shell.set("ANTHROPIC_API_KEY", None)

    done = (shell.run if arguments == ("list",) else shell.call)(*arguments)

    assert_one_line(done, 4, "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    assert done.out == b""


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("results", "{id}"), ("download", "{id}"), ("download", "{id}", "msgbatch_2")],
)
def test_a_wrong_key_is_said_once(shell: Shell, service: Serve, arguments: tuple[str, ...]) -> None:
    world = World(api_key=f"not-{KEY}")
    batch_id = world.add_ended_batch(10)
    service(world)

    run = shell.run if len(arguments) == 3 else shell.call
    done = run(*(argument.format(id=batch_id) for argument in arguments))

    assert_one_line(done, 4, "401", "authentication_error", "check ANTHROPIC_API_KEY")
    assert done.out == b""


@pytest.mark.parametrize("name", ["show", "results", "download", "cancel", "delete"])
def test_an_unknown_id_is_not_found(shell: Shell, service: Serve, name: str) -> None:
    service(World())

    options = ["--yes"] if name in ("cancel", "delete") else []
    done = (shell.run if name == "download" else shell.call)(name, "msgbatch_unknown", *options)

    assert_one_line(done, 3, "msgbatch_unknown", "404", "trio-batches list")
    assert done.out == b""


@pytest.mark.parametrize("name", ["show", "results", "download"])
def test_an_id_that_cannot_be_one_is_refused(shell: Shell, service: Serve, name: str) -> None:
    world = World()
    service(world)

    assert_one_line(shell.call(name, "../x"), 2, "../x", "nothing was sent")
    assert world.requests == []


@pytest.mark.parametrize("name", ["results", "download"])
def test_a_batch_that_runs_is_named_with_its_status(
    shell: Shell, service: Serve, name: str
) -> None:
    world = World()
    running, canceling = world.add_in_progress_batch(10), world.add_canceling_batch(10)
    service(world)

    assert_one_line(shell.call(name, running), 12, running, "in_progress")
    assert_one_line(shell.call(name, canceling), 12, canceling, "canceling")


@pytest.mark.parametrize("name", ["results", "download"])
def test_results_that_are_archived_are_gone(shell: Shell, service: Serve, name: str) -> None:
    world = World()
    batch_id = world.add_archived_batch(10)
    service(world)

    assert_one_line(shell.call(name, batch_id), 3, batch_id, "archived at")


WRONG = {
    "doubled": (Edit(line=2900, what="duplicate"), ["arrived twice", "request-"]),
    "retyped": (
        Edit(line=2900, what="retype", result_type="canceled"),
        ["canceled 1 of 0", "do not match the batch's counts"],
    ),
    "undecodable": (Edit(line=2900, what="corrupt"), ["line 2,900"]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_results_get_no_final_name_and_the_part_is_kept(
    shell: Shell, service: Serve, wrong: str
) -> None:
    edit, words = WRONG[wrong]
    world = world_with(edit)
    (batch_id,) = world.batch_ids
    service(world)

    done = shell.run("download", batch_id)

    assert_one_line(done, 6, batch_id, "run it again", *words)
    assert done.out == b""
    (part,) = shell.results.glob("*.part")
    assert names(shell.results) == {part.name}
    assert part.read_bytes().count(b"\n") > 1000


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_results_that_are_streamed_are_said_in_the_end(
    shell: Shell, service: Serve, wrong: str
) -> None:
    edit, words = WRONG[wrong]
    world = world_with(edit)
    service(world)

    done = shell.call("results", world.batch_ids[0])

    assert_one_line(done, 6, *words)
    assert 1000 < len(done.lines) <= 3000


@pytest.mark.parametrize("name", ["results", "download"])
def test_nothing_is_sent_to_a_foreign_results_url(shell: Shell, service: Serve, name: str) -> None:
    elsewhere = World()
    with serve(elsewhere) as foreign:
        lead = Fault(
            operation="retrieve", results_url=f"{foreign}/v1/messages/batches/{{id}}/results"
        )
        world = World(scenario=Scenario(faults=(lead,)))
        batch_id = world.add_ended_batch(10)
        service(world)

        done = (shell.run if name == "download" else shell.call)(name, batch_id)

    assert_one_line(done, 6, foreign, "nothing was sent there", "check ANTHROPIC_BASE_URL")
    assert elsewhere.requests == []


@pytest.mark.parametrize("name", ["results", "download"])
def test_a_spend_limit_ends_the_command_at_once(shell: Shell, service: Serve, name: str) -> None:
    refusal = Answer(status=429, error_code="enforced_spend_limit_reached")
    fault = Fault(operation="results", times=None, answer=refusal)
    world = World(scenario=Scenario(faults=(fault,)))
    batch_id = world.add_ended_batch(10)
    service(world)

    done = shell.call(name, batch_id)

    assert_one_line(done, 11, "enforced_spend_limit_reached", "raise the limit")
    assert len(world.requests) == 2


@pytest.mark.parametrize("name", ["show", "list", "models"])
@pytest.mark.parametrize("body", ["<html>hello</html>", '"a string"', "[]"])
def test_an_answer_that_is_none_is_a_breach_of_the_protocol(
    shell: Shell, service: Serve, name: str, body: str
) -> None:
    fault = Fault(times=None, answer=Answer(status=200, body=body))
    service(World(scenario=Scenario(faults=(fault,))))

    done = shell.call(name, *(["msgbatch_1"] if name == "show" else []))

    assert_one_line(done, 6)
    assert done.out == b""


def test_one_bad_batch_is_a_line_and_does_not_stop_the_others(shell: Shell, service: Serve) -> None:
    world = World()
    good, running = world.add_ended_batch(10), world.add_in_progress_batch(10)
    service(world)

    done = shell.call("download", running, good, "msgbatch_unknown")

    assert done.code == 5
    assert done.lines == [f"{good}\t{shell.results / good}.jsonl"]
    first, second, summary = sorted(done.said.splitlines(), key=lambda line: line[:1] != "m")[:3]
    assert summary == "1 downloaded, 2 failed; results: 10 succeeded"
    assert running in first + second
    assert "msgbatch_unknown" in first + second


@pytest.mark.parametrize(
    "arguments",
    [
        ("download",),
        ("download", "msgbatch_1", "--ended"),
        ("download", "msgbatch_1", "--concurrency", "0"),
        ("list", "--limit", "0"),
        ("list", "--limit", "3", "--all"),
        ("list", "--status", "open"),
        ("results",),
        ("results", "msgbatch_1", "--type", "errored", "--text"),
        ("watch", "msgbatch_1", "--timeout", "nan"),
        ("cancel",),
        ("cancel", "msgbatch_1"),
        ("delete", "msgbatch_1"),
        ("demo",),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_2(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell.call(*arguments)

    assert done.code == 2
    assert done.out == b""
    assert "Error: " in done.said


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("show", "{}"),
        ("download", "{}"),
        ("delete", "{}", "--yes"),
        ("verify",),
        ("submit", "--resume"),
        ("ledger", "rebuild", "--offline"),
        ("config", "--path"),
        ("config",),
    ],
)
def test_a_folder_of_nobody_is_a_line(
    shell: Shell, service: Serve, arguments: tuple[str, ...]
) -> None:
    world = World()
    batch_id = world.add_ended_batch(3)
    service(world)
    shell.set("TRIO_BATCHES_HOME", "~nobody-here/x")
    shell.set("TRIO_BATCHES_CONFIG", "~nobody-here/x")

    done = shell.call(*(argument.format(batch_id) for argument in arguments))

    assert_one_line(done, 2, "is ~nobody-here/x: there is no such user")


@pytest.mark.parametrize("name", ["submit", "resubmit", "list", "download"])
def test_a_label_that_is_no_text_is_refused(shell: Shell, service: Serve, name: str) -> None:
    world = World()
    batch_id = world.add_ended_batch(3)
    service(world)
    source = shell.folder / "in.jsonl"
    source.write_bytes(lines(requests(3)))
    what = {"submit": [str(source)], "resubmit": [batch_id], "list": [], "download": []}

    done = shell.call(name, *what[name], "--label", os.fsdecode(b"a\xff"))

    assert done.code == 2
    assert "labels and notes are text in UTF-8" in done.said
    assert world.requests == []


@pytest.mark.parametrize("name", ["download", "results"])
def test_short_results_are_asked_for_again_and_then_said(patient: Patient, name: str) -> None:
    done = finish(getattr(patient, name))

    *notes, line = done.said.splitlines()
    assert done.code == 6
    assert (
        f"{patient.batch_id}: results do not match the batch's counts: succeeded 19 of 20" in line
    )
    assert "run it again" in line
    assert all("reading on in" in note for note in notes)
    if name == "download":
        (part,) = (patient.home / "results").glob("*.part")
        assert names(part.parent) == {part.name}
        assert part.read_bytes().count(b"\n") == 19
    else:
        assert len(done.lines) == 19


def test_nobody_there_is_said_after_some_attempts(patient: Patient) -> None:
    done = finish(patient.list)

    *notes, line = done.said.splitlines()
    assert done.code == 5
    assert line.startswith("GET /v1/messages/batches: cannot reach http://127.0.0.1:9")
    assert len(notes) == 5
    assert all("trying again in" in note for note in notes)
