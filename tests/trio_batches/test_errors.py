from __future__ import annotations

import copy
import pickle

import pytest

from trio_batches import errors
from trio_batches.errors import (
    AmbiguousCreateError,
    APIStatusError,
    BatchNotEndedError,
    ForeignOriginError,
    IncompleteResultsError,
    InvalidIdError,
    InvalidRequestsError,
    NotVerifiedError,
    ProtocolError,
    RateLimitError,
    ResultsGoneError,
    ServerError,
    SpendLimitError,
    StorageError,
    TransportError,
    TrioBatchesError,
    status_error_class,
)

EXAMPLES: list[tuple[TrioBatchesError, str]] = [
    (errors.ConfigurationError("wrong"), "wrong"),
    (errors.CredentialsError("no key"), "no key"),
    (InvalidRequestsError(["request 0: bad"]), "request 0: bad"),
    (InvalidRequestsError(["first"] * 1001), "first (and 1,000 more)"),
    (InvalidIdError("'' is not an id"), "'' is not an id"),
    (TransportError("cut", phase="waiting"), "cut"),
    (APIStatusError("no", status=418), "418: no"),
    (
        RateLimitError(
            "slowly",
            status=429,
            error_type="rate_limit_error",
            error_code="ramp_limit_exceeded",
            request_id="req_1",
            retry_after=2.5,
        ),
        "429 ramp_limit_exceeded: slowly (request req_1)",
    ),
    (ServerError("oops", status=500, error_type="api_error"), "500 api_error: oops"),
    (ProtocolError("line 3: bad", line=3), "line 3: bad"),
    (ForeignOriginError("elsewhere"), "elsewhere"),
    (
        IncompleteResultsError(
            "msgbatch_1", expected={"succeeded": 2000, "expired": 1}, received={"succeeded": 1999}
        ),
        (
            "msgbatch_1: results do not match the batch's counts: "
            "expired 0 of 1, succeeded 1,999 of 2,000"
        ),
    ),
    (
        BatchNotEndedError("msgbatch_1", "in_progress"),
        "msgbatch_1 is in_progress: its results come when it has ended",
    ),
    (ResultsGoneError("msgbatch_1", "archived"), "msgbatch_1: archived"),
    (
        NotVerifiedError("msgbatch_1", "here"),
        "msgbatch_1: here holds no verified copy of its results: nothing was deleted",
    ),
    (
        AmbiguousCreateError("cut", request_count=1000, sent_at="2026-11-21T00:00:00+00:00"),
        (
            "no clear answer to a create of 1,000 requests sent at 2026-11-21T00:00:00+00:00: cut; "
            "it may exist: list the newest batches and look for one with 1,000 requests before "
            "sending them again"
        ),
    ),
    (
        errors.AlreadySubmittedError(["msgbatch_1", "msgbatch_2"]),
        (
            "the same requests have been submitted already, as msgbatch_1, msgbatch_2: "
            "nothing was sent"
        ),
    ),
    (
        errors.AlreadySubmittedError(["msgbatch_1"], given_up=["2026-11-21T09:00:00+00:00"]),
        (
            "the same requests have been submitted already, as msgbatch_1 and in creates sent at "
            "2026-11-21T09:00:00+00:00 and given up, whose batches may exist: nothing was sent"
        ),
    ),
    (
        errors.UnsettledSubmissionError(1000, ["msgbatch_1", "msgbatch_2"], submission="0123"),
        (
            "the reply to a create of 1,000 requests was lost, and it may have made any of "
            "msgbatch_1, msgbatch_2: resume the submission when these have ended, and their "
            "results tell which; nothing was sent again"
        ),
    ),
    (errors.BusyError("another download runs here"), "another download runs here"),
    (
        errors.LedgerVersionError("/home/ledger.db", found=3, known=2),
        (
            "/home/ledger.db: this ledger has version 3, this trio_batches knows versions up to 2: "
            "use a newer trio_batches, or another home"
        ),
    ),
    (StorageError("/tmp/a", "the disk is full"), "/tmp/a: the disk is full"),  # noqa: S108
]


def every_class() -> list[type[TrioBatchesError]]:
    found: list[type[TrioBatchesError]] = [TrioBatchesError]
    for known in found:
        found += known.__subclasses__()
    return found


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_an_error_reads_as(error: TrioBatchesError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_an_error_survives_pickling_and_copying(error: TrioBatchesError, text: str) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(again) is type(error)
        assert str(again) == text
        assert vars(again) == vars(error)


def test_all_errors_have_one_root_are_public_and_documented() -> None:
    for known in every_class():
        assert known.__doc__
        if known.__module__ != errors.__name__:
            continue  # what a room raises for itself is known outside by its base
        assert known.__name__.endswith("Error")
        assert known.__name__ in errors.__all__
        assert errors.__doc__ is not None
        assert f" {known.__name__} " in errors.__doc__ or f" {known.__name__}\n" in errors.__doc__


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "BillingError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (408, "RequestTimeoutError"),
        (409, "ConflictError"),
        (412, "PreconditionFailedError"),
        (413, "RequestTooLargeError"),
        (418, "APIStatusError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (431, "RequestHeaderFieldsTooLargeError"),
        (499, "ClientClosedRequestError"),
        (500, "ServerError"),
        (501, "NotImplementedByServiceError"),
        (502, "ServerError"),
        (503, "ServiceUnavailableError"),
        (504, "GatewayTimeoutError"),
        (529, "OverloadedError"),
        (599, "ServerError"),
        (304, "APIStatusError"),
    ],
)
def test_a_status_has_its_class(status: int, name: str) -> None:
    assert status_error_class(status).__name__ == name
    assert issubclass(status_error_class(status), APIStatusError)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("enforced_spend_limit_reached", SpendLimitError),
        ("contract_spend_limit_reached", SpendLimitError),
        ("linked_organization_spend_limit_reached", SpendLimitError),
        ("ramp_limit_exceeded", RateLimitError),
        (None, RateLimitError),
    ],
)
def test_a_spend_limit_is_told_from_a_rate_limit_by_its_code(
    code: str | None, expected: type[APIStatusError]
) -> None:
    assert status_error_class(429, code) is expected
    assert status_error_class(402, code) is errors.BillingError


def test_a_message_can_be_written_down_whatever_path_it_names() -> None:
    error = StorageError("res-\udcff", "No such file")

    assert str(error) == "res-\\udcff: No such file"
    assert error.path == "res-\udcff"
