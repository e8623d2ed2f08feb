from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.protocol.retry import (
    RetryPolicy,
    backoff,
    retry_after,
    retry_delay,
    should_retry,
    slows_everyone,
)

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)

seconds = st.floats(0, 1e6)
policies = st.builds(RetryPolicy, initial_delay=seconds, max_delay=seconds, max_retry_after=seconds)
retries = st.integers(0, 10_000)
jitters = st.floats(0, 1, exclude_max=True)


@given(policies, retries, jitters)
def test_a_backoff_is_bounded(policy: RetryPolicy, made: int, jitter: float) -> None:
    assert 0 <= backoff(policy, made, jitter) <= policy.max_delay


@given(policies, retries)
def test_a_backoff_without_jitter_never_shrinks(policy: RetryPolicy, made: int) -> None:
    assert backoff(policy, made, 0) <= backoff(policy, made + 1, 0)


@given(policies, retries, jitters)
def test_jitter_takes_a_quarter_off_at_most(policy: RetryPolicy, made: int, jitter: float) -> None:
    full = backoff(policy, made, 0)
    assert 0.75 * full <= backoff(policy, made, jitter) <= full


@given(policies, retries, st.floats(0, 1e9), jitters)
def test_what_the_server_asks_is_a_floor_up_to_the_cap(
    policy: RetryPolicy, made: int, asked: float, jitter: float
) -> None:
    delay = retry_delay(policy, made, asked, jitter)
    assert delay >= min(asked, policy.max_retry_after)
    assert delay <= max(policy.max_delay, policy.max_retry_after)


@given(policies, retries, jitters)
def test_without_a_word_of_the_server_the_delay_is_the_backoff(
    policy: RetryPolicy, made: int, jitter: float
) -> None:
    assert retry_delay(policy, made, None, jitter) == backoff(policy, made, jitter)


def test_the_default_delays_double_from_half_a_second_to_eight() -> None:
    delays = [backoff(RetryPolicy(), made, 0) for made in range(6)]
    assert delays == [0.5, 1, 2, 4, 8, 8]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 529, 599])
def test_these_statuses_are_worth_another_attempt(status: int) -> None:
    assert should_retry(status, {})
    assert not should_retry(status, {"x-should-retry": "false"})


@pytest.mark.parametrize("status", [300, 304, 400, 401, 402, 403, 404, 412, 413, 422, 431, 499])
def test_these_statuses_are_not(status: int) -> None:
    assert not should_retry(status, {})
    assert not should_retry(status, {"x-should-retry": "perhaps"})
    assert should_retry(status, {"x-should-retry": "true"})


@given(st.integers(100, 999), st.dictionaries(st.text(), st.text()))
def test_the_decision_needs_no_sound_headers(status: int, headers: dict[str, str]) -> None:
    assert should_retry(status, headers) in (True, False)


def test_only_some_statuses_slow_the_whole_client() -> None:
    assert [s for s in range(100, 600) if slows_everyone(s)] == [429, 503, 529]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "10"}, 10),
        ({"retry-after": "0"}, 0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "10"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "10"}, 10),
        ({"retry-after-ms": "-1", "retry-after": "10"}, 10),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT"}, 90),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 -0000"}, None),
        ({"retry-after": "Sat, 99 Nov 2026 12:01:30 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 99999999999999999999 12:01:30 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 +99999999999999999999"}, None),
    ],
)
def test_a_header_is_read_as(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(headers, NOW) == expected


@given(st.integers(0, 10**7))
def test_a_date_is_as_many_seconds_away_as_it_says(distance: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=distance), usegmt=True)
    assert retry_after({"retry-after": date}, NOW) == distance


@given(st.text() | st.from_regex(r"[A-Za-z]{3}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ [-+A-Z]\w*"))
def test_nonsense_is_never_an_error_and_never_negative(value: str) -> None:
    for name in ("retry-after", "retry-after-ms"):
        found = retry_after({name: value}, NOW)
        assert found is None or 0 <= found < float("inf")
