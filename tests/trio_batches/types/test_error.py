import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.types import ErrorBody, ErrorDetail, ErrorDetails, decode_error


def test_an_error_decodes_with_its_stable_key() -> None:
    body = (
        b'{"type":"error","error":{"type":"rate_limit_error","message":"Spend limit.",'
        b'"details":{"error_code":"enforced_spend_limit_reached","limit":3}},'
        b'"request_id":"req_011"}'
    )

    decoded = decode_error(body)

    assert decoded == ErrorBody(
        ErrorDetail(
            "rate_limit_error", "Spend limit.", ErrorDetails("enforced_spend_limit_reached")
        ),
        "req_011",
    )
    assert decoded is not None
    assert decoded.error.error_code == "enforced_spend_limit_reached"


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"error","error":{"type":"api_error","message":"m","details":"none"}}',
        b'{"type":"fault","error":{"type":"api_error","message":"m"}}',
        b'{"error":{"type":"api_error","message":"m"},"request_id":3}',
    ],
)
def test_an_envelope_of_another_shape_still_tells_its_type_and_message(body: bytes) -> None:
    assert decode_error(body) == ErrorBody(ErrorDetail("api_error", "m"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><title>413 Request Entity Too Large</title></html>",
        b"null",
        b'"error"',
        b'{"error":"no"}',
        b'{"error":{"message":"m"}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_other_bodies_are_no_error_envelope(body: bytes) -> None:
    assert decode_error(body) is None


@given(st.binary())
def test_no_body_raises(body: bytes) -> None:
    assert decode_error(body) is None
