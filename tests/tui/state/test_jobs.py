from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tui.job_views import ItemView, JobView
from tui.state.jobs import ItemList, JobList, news_of, outcome, running_line

BEGUN = datetime.now(UTC) - timedelta(seconds=90)

RUNNING = JobView(
    id=1,
    kind="download",
    words="Download 12 batches",
    cli="trio-batches download",
    state="running",
    began_at=BEGUN,
    ended_at=None,
    sentence="",
    waiting=8,
    running=1,
    done=3,
    failed=0,
    cancelled=0,
    lines=1200,
    bytes=3_000_000,
    speed=84e6,
    seconds_left=40.0,
)
ENDED = replace(
    RUNNING,
    state="failed",
    ended_at=BEGUN + timedelta(seconds=60),
    waiting=0,
    running=0,
    done=10,
    failed=2,
    speed=70e6,
    seconds_left=None,
)


def item(key: str, **changes: object) -> ItemView:
    plain = ItemView(
        key=key, batch_id=key, state="waiting", sentence="", lines=0, expected=0, bytes=0
    )
    return replace(plain, **changes)


def test_what_runs_is_said_in_a_few_words() -> None:
    assert running_line([]) == ""
    assert running_line([RUNNING]) == "↓ 3 of 12, 84.0 MB/s, 40s left"
    watch = replace(RUNNING, kind="watch", speed=None, seconds_left=None)
    assert running_line([watch, RUNNING]) == "◷ 3 of 12  +1 more"


def test_jobs_are_shown_with_the_newest_first() -> None:
    jobs = JobList()
    jobs.update([ENDED, replace(RUNNING, id=2)])

    assert [jobs.key(row) for row in range(len(jobs))] == [2, 1]
    assert (jobs.row_of(1), jobs.row_of(7), jobs.knows(7)) == (1, None, False)
    texts = [cell.text for cell in jobs.cells(1)]
    assert texts[:4] == ["! failures", "Download 12 batches", "10 of 12", "2"]
    assert texts[-1] == "60s"
    assert [job.id for job in jobs.running] == [2]


def test_items_keep_their_order_and_the_first_failed_one_is_found() -> None:
    items = ItemList()
    items.update([item("b", lines=3, expected=9), item("a", state="failed", sentence="no")])

    assert [items.key(row) for row in range(len(items))] == ["b", "a"]
    assert items.first_failed() == "a"
    assert [cell.text for cell in items.cells(0)][:3] == ["  waiting", "b", "3 of 9"]
    assert items.cells(1)[-1] == ("no", "bad")
    items.update([])
    assert (len(items), items.row_of("a"), items.first_failed()) == (0, None, None)


def test_an_end_is_news_once() -> None:
    (news,) = news_of(RUNNING, ENDED)

    assert news.sentence == "Download 12 batches: 10 done, 2 failed (! shows them)"
    assert news.wrong
    assert news_of(ENDED, ENDED) == []
    assert news_of(RUNNING, RUNNING) == []
    assert len(news_of(None, ENDED)) == 1


def test_a_job_that_could_not_begin_says_why() -> None:
    refused = replace(ENDED, done=0, failed=0, waiting=0, sentence="401: no such key")

    (news,) = news_of(RUNNING, refused)

    assert news.sentence == "Download 12 batches: 401: no such key"


def test_a_watched_batch_that_ends_rings() -> None:
    before = replace(RUNNING, kind="watch", done=0, sentence="")
    after = replace(before, done=1, sentence="msgbatch_1 has ended")

    (news,) = news_of(before, after)

    assert (news.sentence, news.rings) == ("msgbatch_1 has ended", True)
    assert news_of(after, after) == []


def test_outcomes_leave_out_what_there_is_none_of() -> None:
    assert outcome(ENDED) == "10 done, 2 failed"
    assert outcome(replace(ENDED, failed=0, cancelled=1)) == "10 done, 1 stopped"
    assert outcome(replace(ENDED, done=0, failed=0)) == "0 done"
