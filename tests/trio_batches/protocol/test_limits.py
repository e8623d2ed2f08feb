import json

from hypothesis import given
from hypothesis import strategies as st

from trio_batches.protocol.limits import (
    DEFAULT_PAGE,
    MAX_BODY_BYTES,
    MAX_PAGE,
    MAX_REQUESTS,
    MIN_PAGE,
    POLL_INTERVAL,
    PROCESSING_WINDOW,
    RESULTS_KEPT,
    body_bytes,
    fits,
)
from trio_batches.types import BatchRequest, encode


@given(st.lists(st.builds(BatchRequest, st.text(), st.dictionaries(st.text(), st.text()))))
def test_the_size_of_a_body_is_that_of_its_json(requests: list[BatchRequest]) -> None:
    sizes = [len(encode(request)) for request in requests]

    assert body_bytes(len(sizes), sum(sizes)) == len(encode({"requests": requests}))


@given(
    request_count=st.integers(1, 2 * MAX_REQUESTS), request_bytes=st.integers(2, 2 * MAX_BODY_BYTES)
)
def test_what_fits_still_fits_with_less(request_count: int, request_bytes: int) -> None:
    assert fits(request_count - 1, request_bytes) >= fits(request_count, request_bytes)
    assert fits(request_count, request_bytes - 1) >= fits(request_count, request_bytes)


def test_a_batch_takes_what_the_limits_say_and_no_more() -> None:
    envelope = len(json.dumps({"requests": []}, separators=(",", ":")))

    assert fits(MAX_REQUESTS, 1)
    assert not fits(MAX_REQUESTS + 1, 1)
    assert fits(1, MAX_BODY_BYTES - envelope)
    assert not fits(1, MAX_BODY_BYTES - envelope + 1)
    assert not fits(2, MAX_BODY_BYTES - envelope)


def test_the_figures_agree_with_each_other() -> None:
    assert MIN_PAGE <= DEFAULT_PAGE <= MAX_PAGE
    assert POLL_INTERVAL < PROCESSING_WINDOW < RESULTS_KEPT
