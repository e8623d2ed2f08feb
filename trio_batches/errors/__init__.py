"""Every exception that the library raises on purpose.

They are told apart by who has to act::

    TrioBatchesError
    ├── ConfigurationError            the caller: a setting is missing or wrong
    │   └── CredentialsError          no key, two keys, or one that cannot be sent
    ├── InvalidRequestsError          the caller: requests that must not be sent, all of them named
    │   └── UnjoinableError           failed ones that cannot be sent again
    ├── InvalidIdError                the caller: an id that cannot be part of a path
    ├── TransportError                the network: no answer, or half of one
    ├── APIStatusError                the service said no
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── BillingError              402
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── RequestTimeoutError       408
    │   ├── ConflictError             409
    │   ├── PreconditionFailedError   412
    │   ├── RequestTooLargeError      413
    │   ├── UnprocessableEntityError  422
    │   ├── RequestHeaderFieldsTooLargeError  431
    │   ├── RateLimitError            429
    │   │   └── SpendLimitError       429 that waiting does not cure
    │   ├── ClientClosedRequestError  499
    │   └── ServerError               500 and above
    │       ├── NotImplementedByServiceError  501
    │       ├── ServiceUnavailableError       503
    │       ├── GatewayTimeoutError   504
    │       └── OverloadedError       529
    ├── ProtocolError                 the service sent what it must not send
    │   └── ForeignOriginError        a URL or redirect that leads to another host
    ├── IncompleteResultsError        results that do not match the batch's counts
    ├── BatchNotEndedError            results asked of a batch that still runs
    ├── ResultsGoneError              results that the service no longer keeps
    ├── NotVerifiedError              a delete of results that are nowhere else
    ├── AmbiguousCreateError          a create that may or may not have happened
    ├── AlreadySubmittedError         the same requests, which would be paid for twice
    ├── UnsettledSubmissionError      a lost create that more than one batch may be
    ├── BusyError                     another process is doing the same
    └── StorageError                  the disk: full, read-only, or failing
        └── LedgerVersionError        a ledger that a newer version of the library wrote
"""

from trio_batches.errors.results import (
    BatchNotEndedError,
    IncompleteResultsError,
    NotVerifiedError,
    ResultsGoneError,
)
from trio_batches.errors.root import TrioBatchesError
from trio_batches.errors.settings import ConfigurationError, CredentialsError, InvalidIdError
from trio_batches.errors.status import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    BillingError,
    ClientClosedRequestError,
    ConflictError,
    GatewayTimeoutError,
    NotFoundError,
    NotImplementedByServiceError,
    OverloadedError,
    PermissionDeniedError,
    PreconditionFailedError,
    RateLimitError,
    RequestHeaderFieldsTooLargeError,
    RequestTimeoutError,
    RequestTooLargeError,
    ServerError,
    ServiceUnavailableError,
    SpendLimitError,
    UnprocessableEntityError,
    status_error_class,
)
from trio_batches.errors.storage import BusyError, LedgerVersionError, StorageError
from trio_batches.errors.submission import (
    AlreadySubmittedError,
    AmbiguousCreateError,
    InvalidRequestsError,
    UnjoinableError,
    UnsettledSubmissionError,
)
from trio_batches.errors.wire import ForeignOriginError, Phase, ProtocolError, TransportError

__all__ = (
    "APIStatusError",
    "AlreadySubmittedError",
    "AmbiguousCreateError",
    "AuthenticationError",
    "BadRequestError",
    "BatchNotEndedError",
    "BillingError",
    "BusyError",
    "ClientClosedRequestError",
    "ConfigurationError",
    "ConflictError",
    "CredentialsError",
    "ForeignOriginError",
    "GatewayTimeoutError",
    "IncompleteResultsError",
    "InvalidIdError",
    "InvalidRequestsError",
    "LedgerVersionError",
    "NotFoundError",
    "NotImplementedByServiceError",
    "NotVerifiedError",
    "OverloadedError",
    "PermissionDeniedError",
    "Phase",
    "PreconditionFailedError",
    "ProtocolError",
    "RateLimitError",
    "RequestHeaderFieldsTooLargeError",
    "RequestTimeoutError",
    "RequestTooLargeError",
    "ResultsGoneError",
    "ServerError",
    "ServiceUnavailableError",
    "SpendLimitError",
    "StorageError",
    "TransportError",
    "TrioBatchesError",
    "UnjoinableError",
    "UnprocessableEntityError",
    "UnsettledSubmissionError",
    "status_error_class",
)
