from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
import trio.testing

from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario, Simulator, World

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor

BATCHES = "/v1/messages/batches"
CREATE = {
    "requests": [
        {
            "custom_id": "a",
            "params": {
                "model": "claude-opus-5",
                "max_tokens": 1,
                "messages": [{"role": "user", "content": "Hi"}],
            },
        }
    ]
}


def faulty(*faults: Fault, seed: int = 1) -> World:
    return World(seed=seed, scenario=Scenario(faults=faults, result_order="submitted"))


async def test_a_fault_answers_in_place_of_the_service(visitor: Visitor) -> None:
    answer = Answer(status=529, message="Overloaded", headers={"retry-after": "3"})
    world = faulty(Fault(operation="list", answer=answer))
    first, second = [await visitor.get(world, BATCHES) for _ in range(2)]
    assert first.status == 529
    assert first.json["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    assert first.headers["retry-after"] == "3"
    assert second.status == 200
    assert [record.fault is not None for record in world.requests] == [True, False]


@pytest.mark.parametrize(
    ("status", "error_type"),
    [(500, "api_error"), (503, "api_error"), (418, "invalid_request_error"), (599, "api_error")],
)
async def test_an_error_type_follows_from_the_status(
    visitor: Visitor, status: int, error_type: str
) -> None:
    world = faulty(Fault(answer=Answer(status=status)))
    answer = await visitor.get(world, BATCHES)
    assert (answer.status, answer.json["error"]["type"]) == (status, error_type)


async def test_an_answer_can_be_anything(visitor: Visitor) -> None:
    world = faulty(
        Fault(answer=Answer(status=413, body="<html>too large</html>")),
        Fault(answer=Answer(status=503, error_type="api_error", error_code="cmek_key_unreachable")),
    )
    html = await visitor.get(world, BATCHES)
    coded = await visitor.get(world, BATCHES)
    assert (html.headers["content-type"], html.body) == ("text/html", b"<html>too large</html>")
    assert coded.json["error"]["details"] == {"error_code": "cmek_key_unreachable"}


async def test_faults_choose_their_requests(visitor: Visitor) -> None:
    world = faulty(
        Fault(operation="list", nth=2, every=3, times=2, answer=Answer(status=500)),
        Fault(method="DELETE", times=None, answer=Answer(status=501)),
        Fault(path="/v1/mod*", answer=Answer(status=502)),
    )
    lists = [(await visitor.get(world, BATCHES)).status for _ in range(10)]
    deletes = [(await visitor.ask(world, "DELETE", f"{BATCHES}/x")).status for _ in range(3)]
    models = [(await visitor.get(world, "/v1/models")).status for _ in range(2)]
    assert lists == [200, 500, 200, 200, 500, 200, 200, 200, 200, 200]
    assert deletes == [501, 501, 501]
    assert models == [502, 200]


async def test_chance_is_the_same_for_the_same_seed(visitor: Visitor) -> None:
    async def statuses(seed: int) -> list[int]:
        fault = Fault(times=None, probability=0.5, answer=Answer(status=500))
        world = faulty(fault, seed=seed)
        return [(await visitor.get(world, BATCHES)).status for _ in range(40)]

    first = await statuses(1)
    assert first == await statuses(1) != await statuses(2)
    assert set(first) == {200, 500}


async def test_a_create_can_be_accepted_and_answered_with_an_error(visitor: Visitor) -> None:
    world = faulty(Fault(operation="create", act=True, answer=Answer(status=500)))
    assert (await visitor.create(world, CREATE)).status == 500
    assert len(world) == 1


async def test_a_reply_can_be_dropped_after_the_create(visitor: Visitor) -> None:
    world = faulty(Fault(operation="create", drop_reply=True))
    answer = await visitor.create(world, CREATE)
    assert (answer.status, answer.whole) == (0, False)
    assert len(world) == 1
    assert world.requests[0].status is None


async def test_a_delay_passes_before_the_answer(visitor: Visitor) -> None:
    world = World(scenario=Scenario(latency=0.5, faults=(Fault(delay=2.5),)))
    start = trio.current_time()
    await visitor.get(world, BATCHES)
    assert trio.current_time() - start == 3
    await visitor.get(world, BATCHES)
    assert trio.current_time() - start == 3.5


async def test_a_fault_redirects(visitor: Visitor) -> None:
    world = faulty(Fault(redirect="http://evil.test/"))
    answer = await visitor.get(world, BATCHES)
    assert (answer.status, answer.headers["location"]) == (307, "http://evil.test/")


async def test_a_fault_names_a_foreign_results_url(visitor: Visitor) -> None:
    world = faulty(Fault(operation="retrieve", results_url="http://evil.test/{id}"))
    batch_id = world.add_ended_batch(1)
    batch = (await visitor.get(world, f"{BATCHES}/{batch_id}")).json
    assert batch["results_url"] == f"http://evil.test/{batch_id}"


async def cut_results(
    visitor: Visitor, cut: Cut, result_bytes: int = 1500
) -> tuple[bytes, bytes, bool]:
    """Return what a cut has let through, the whole thing, and whether it looked whole."""
    world = faulty(Fault(operation="results", cut=cut))
    batch_id = world.add_ended_batch(300, result_bytes=result_bytes)
    answer = await visitor.results(world, batch_id)
    whole = b"".join(world.result_lines(batch_id))
    assert world.requests[0].sent_bytes == len(answer.body)
    assert world.requests[0].finished == answer.whole
    return answer.body, whole, answer.whole


@pytest.mark.parametrize("at", [0, 1, 1000, 200_000, 400_000])
async def test_a_body_is_cut_at_a_byte(visitor: Visitor, at: int) -> None:
    body, whole, looks_whole = await cut_results(visitor, Cut(place="byte", at=at))
    assert body == whole[:at]
    assert not looks_whole


@pytest.mark.parametrize("at", [0, 1, 150, 299, 300])
@pytest.mark.parametrize("result_bytes", [1000, 100_000])
async def test_a_body_is_cut_behind_a_line(visitor: Visitor, at: int, result_bytes: int) -> None:
    cut = Cut(place="line", at=at, how="rst")
    body, whole, looks_whole = await cut_results(visitor, cut, result_bytes=result_bytes)
    assert body == b"".join(whole.splitlines(keepends=True)[:at])
    assert not looks_whole


@pytest.mark.parametrize("at", [0, 1, 150, 299])
@pytest.mark.parametrize("result_bytes", [1000, 280_000])
async def test_a_body_is_cut_inside_a_line(visitor: Visitor, at: int, result_bytes: int) -> None:
    cut = Cut(place="inside_line", at=at)
    body, whole, looks_whole = await cut_results(visitor, cut, result_bytes=result_bytes)
    lines = whole.splitlines(keepends=True)
    start = sum(map(len, lines[:at]))
    assert whole.startswith(body)
    assert start < len(body) < start + len(lines[at]) - 1
    assert not looks_whole


async def test_a_body_can_end_clean_and_early(visitor: Visitor) -> None:
    body, whole, looks_whole = await cut_results(visitor, Cut(place="line", at=7, how="clean"))
    assert body == b"".join(whole.splitlines(keepends=True)[:7])
    assert looks_whole


async def test_only_the_last_chunk_can_be_missing(visitor: Visitor) -> None:
    body, whole, looks_whole = await cut_results(visitor, Cut(place="end"))
    assert body == whole
    assert not looks_whole


async def test_a_cut_behind_the_end_changes_nothing_but_the_end(visitor: Visitor) -> None:
    body, whole, looks_whole = await cut_results(visitor, Cut(place="line", at=10**6))
    assert body == whole
    assert not looks_whole


async def test_a_stall_ends_after_its_seconds(visitor: Visitor) -> None:
    start = trio.current_time()
    cut = Cut(place="line", at=3, how="stall", seconds=100)
    body, whole, looks_whole = await cut_results(visitor, cut)
    assert trio.current_time() - start == 100
    assert body == whole
    assert looks_whole


@pytest.mark.parametrize("place", ["byte", "head"])
async def test_a_stall_for_ever_ends_when_the_client_leaves(visitor: Visitor, place: str) -> None:
    cut = msgspec.convert({"place": place, "at": 10, "how": "stall"}, Cut)
    world = faulty(Fault(cut=cut))
    batch_id = world.add_ended_batch(10)
    with trio.move_on_after(1000) as scope:
        await visitor.results(world, batch_id)
    assert scope.cancelled_caught
    assert not world.requests[0].finished


async def test_a_client_can_leave_during_a_stall() -> None:
    world = faulty(Fault(cut=Cut(at=10, how="stall")))
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Simulator(world).handle, theirs)
        await ours.send_all(b"GET /v1/models HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\n\r\n")
        await trio.sleep(1000)
        await ours.send_all(b"anyone there?")
        await trio.sleep(1000)
        await ours.aclose()
    assert not world.requests[0].finished


@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_a_head_can_be_cut(visitor: Visitor, how: str) -> None:
    cut = msgspec.convert({"place": "head", "at": 20, "how": how}, Cut)
    answer = await visitor.get(faulty(Fault(cut=cut)), BATCHES)
    assert (answer.status, answer.whole) == (0, False)


@pytest.mark.parametrize("how", ["fin", "clean"])
async def test_json_can_be_cut_too(visitor: Visitor, how: str) -> None:
    cut = msgspec.convert({"at": 10, "how": how}, Cut)
    answer = await visitor.get(faulty(Fault(cut=cut)), BATCHES)
    assert (answer.status, answer.whole, len(answer.body)) == (200, False, 10)


async def edited(visitor: Visitor, *edits: Edit) -> tuple[list[bytes], list[bytes]]:
    world = faulty(Fault(operation="results", edits=edits))
    batch_id = world.add_ended_batch(1000)
    answer = await visitor.results(world, batch_id)
    assert answer.whole
    return answer.body.split(b"\n"), [line[:-1] for line in world.result_lines(batch_id)] + [b""]


async def test_lines_can_be_duplicated_and_dropped(visitor: Visitor) -> None:
    sent, real = await edited(visitor, Edit(line=1, what="duplicate"), Edit(line=500, what="drop"))
    assert sent == [real[0], *real[:499], *real[500:]]


async def test_lines_can_be_spoilt(visitor: Visitor) -> None:
    sent, real = await edited(
        visitor,
        Edit(line=2, what="corrupt"),
        Edit(line=4, what="retype"),
        Edit(line=6, what="retype", result_type="newkind"),
        Edit(line=7, what="blank"),
        Edit(line=1000, what="crlf"),
    )
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(sent[1])
    assert msgspec.json.decode(sent[3]) == {
        "custom_id": "request-0000003",
        "result": {"type": "expired"},
    }
    assert msgspec.json.decode(sent[5])["result"]["type"] == "newkind"
    assert sent[6:8] == [b"", real[6]]
    assert sent[-2] == real[999] + b"\r"
    assert (sent[0], sent[2], sent[8]) == (real[0], real[2], real[7])


async def test_every_nth_request_is_told_to_wait(visitor: Visitor) -> None:
    world = World(scenario=Scenario(refuse_every=3, refuse_seconds=4))
    answers = [await visitor.get(world, BATCHES) for _ in range(6)]
    assert [answer.status for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert answers[2].headers["retry-after"] == "4"
    assert answers[2].json["error"]["type"] == "rate_limit_error"


async def test_a_bucket_of_tokens_fills_with_time(visitor: Visitor) -> None:
    world = World(scenario=Scenario(requests_per_minute=30, burst=3))
    statuses = [(await visitor.get(world, BATCHES)).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    await trio.sleep(1)
    assert (await visitor.get(world, BATCHES)).headers["retry-after"] == "1"
    await trio.sleep(1)
    assert (await visitor.get(world, BATCHES)).status == 200
    await trio.sleep(1000)
    statuses = [(await visitor.get(world, BATCHES)).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


async def test_a_minute_of_tokens_is_the_default_burst(visitor: Visitor) -> None:
    world = World(scenario=Scenario(requests_per_minute=2))
    statuses = [(await visitor.get(world, BATCHES)).status for _ in range(3)]
    assert statuses == [200, 200, 429]
