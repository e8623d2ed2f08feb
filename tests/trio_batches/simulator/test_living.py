from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from trio_batches.protocol.validation import check_request
from trio_batches.simulator import World, live, populate_living
from trio_batches.simulator.hostile_texts import HOSTILE_TEXTS
from trio_batches.simulator.workloads import workloads
from trio_batches.types import BatchRequest, TextBlock, ThinkingBlock, ToolUseBlock, decode_results

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor
    from trio_batches.simulator.batch import SimulatedBatch
    from trio_batches.types import ContentBlock

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def living_world(seed: int = 1) -> World:
    world = World(seed, start=START, frozen=True)
    populate_living(world)
    return world


def ended(world: World) -> list[SimulatedBatch]:
    now = world.clock.now()
    return [each for each in world.shelf if each.has_ended(now) and not each.is_archived(now)]


def test_the_same_seed_gives_the_same_workspace() -> None:
    one, same, other = (living_world(seed) for seed in (1, 1, 2))
    batch_id = ended(one)[0].id

    assert one.batch_ids == same.batch_ids
    assert list(one.result_lines(batch_id)) == list(same.result_lines(batch_id))
    assert one.batch_ids != other.batch_ids


def test_a_workspace_has_batches_in_every_state() -> None:
    world, now = living_world(), START.timestamp()
    outcomes = [batch.outcome for batch in ended(world)]

    assert len(world) == 60
    assert sum(not batch.has_ended(now) for batch in world.shelf) == 10
    assert sum(batch.cancel_initiated_at is not None for batch in world.shelf) >= 2
    assert any(batch.is_archived(now) for batch in world.shelf)
    assert any(outcome.errored for outcome in outcomes)
    assert any(outcome.canceled for outcome in outcomes)
    assert any(outcome.expired for outcome in outcomes)
    assert sum(outcome.succeeded == outcome.total for outcome in outcomes) > 20


def test_within_a_minute_batches_end_expire_and_are_cancelled() -> None:
    world = living_world()
    now = START.timestamp()
    running = [batch for batch in world.shelf if not batch.has_ended(now)]

    world.clock.advance(60)
    done = [batch for batch in running if batch.has_ended(now + 60)]

    assert len(done) == 6
    assert sum(batch.outcome.expired > 0 for batch in done) == 1
    assert sum(batch.outcome.canceled > 0 for batch in done) == 1


def test_a_small_workspace_still_has_what_is_to_be_seen() -> None:
    world = World(1, start=START)

    assert len(populate_living(world, 0)) == 10


async def test_batches_go_on_coming_and_being_cancelled() -> None:
    world = World(3, start=START)
    world.clock.start()
    before = set(world.batch_ids)

    with trio.move_on_after(600):
        await live(world)

    new = [batch for batch in world.shelf if batch.id not in before]
    assert len(new) > 15
    assert any(batch.cancel_initiated_at is not None for batch in new)
    assert any(batch.has_ended(world.clock.now()) for batch in new)
    assert any(not batch.has_ended(world.clock.now()) for batch in new)


async def test_life_goes_on_where_everything_is_deleted() -> None:
    world = World(3, start=START)
    world.clock.start()
    seen = set[str]()

    with trio.move_on_after(600):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live, world)
            while True:
                await trio.sleep(1)
                seen.update(world.batch_ids)
                for batch in list(world.shelf):
                    world.shelf.remove(batch)

    assert len(seen) > 15


async def test_results_are_as_long_and_as_many_as_promised(visitor: Visitor) -> None:
    world = living_world()
    for batch in ended(world)[:12]:
        answer = await visitor.results(world, batch.id)
        records = decode_results(answer.body)

        assert len(records) == batch.size
        assert {record.custom_id for record in records} == {
            batch.script.custom_id(index) for index in range(batch.size) if batch.script
        }


def blocks_of(script_label: str) -> list[ContentBlock]:
    script = next(each for each in workloads() if each.label == script_label)
    lines = [b'{"custom_id":"a' + each.middle + b"1" + each.tail for each in script.templates]
    found: list[ContentBlock] = []
    for record in decode_results(b"".join(lines)):
        found.extend(getattr(record.result, "message").content)  # noqa: B009  # of any kind
    return found


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("support-triage", ToolUseBlock),
        ("math-eval", ThinkingBlock),
        ("product-copy", TextBlock),
        ("contract-facts", TextBlock),
    ],
)
def test_each_kind_of_work_has_answers_of_its_own(label: str, kind: type[object]) -> None:
    assert any(isinstance(block, kind) for block in blocks_of(label))


def test_the_hostile_texts_arrive_as_they_are() -> None:
    texts = [block.text for block in blocks_of("injection-probes") if isinstance(block, TextBlock)]

    assert set(texts) == set(HOSTILE_TEXTS)


def test_every_request_is_one_that_could_have_been_sent() -> None:
    world = living_world()
    for batch in ended(world)[:12]:
        for line in world.request_lines(batch.id):
            assert not check_request(
                msgspec.json.decode(line, type=BatchRequest), anthropic_version="2026-10-21"
            )


def test_answers_fit_their_requests() -> None:
    world = living_world()
    batch = next(each for each in ended(world) if each.script and each.script.prefix == "problem")
    prompts = {
        request["custom_id"]: request["params"]["messages"][0]["content"]
        for request in map(msgspec.json.decode, world.request_lines(batch.id))
    }
    answered = 0
    for record in decode_results(b"".join(world.result_lines(batch.id))):
        message = getattr(record.result, "message", None)
        if message is not None:
            answered += 1
            speed = int(message.text.split("**")[1].removesuffix(" km/h"))
            words = prompts[record.custom_id].split()
            assert speed * int(words[6]) == int(words[3])
    assert answered == batch.outcome.succeeded


def test_only_scripted_batches_tell_what_they_asked() -> None:
    world = living_world()
    plain = world.add_ended_batch(3)

    with pytest.raises(KeyError, match=plain):
        world.request_lines(plain)
    with pytest.raises(KeyError, match="msgbatch_nowhere"):
        world.request_lines("msgbatch_nowhere")
