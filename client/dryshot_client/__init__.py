"""A thin, typed client for the IBM Quantum REST API, blocking and asynchronous."""

from __future__ import annotations

from dryshot_client.errors import (
    AuthenticationError,
    Conflict,
    ConnectionFailed,
    DryshotClientError,
    InvalidRequest,
    JobCancelled,
    JobError,
    JobFailed,
    JobRanTooLong,
    JobTimeout,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResultsGone,
    ResultsNotReady,
    RuntimeApiError,
    ServerError,
    SessionClosed,
    UnexpectedAnswer,
    UsageLimitReached,
)
from dryshot_client.legacy import AsyncLegacyRuntime, LegacyRuntime
from dryshot_client.retries import RetryPolicy

__all__ = [
    "AsyncLegacyRuntime",
    "AuthenticationError",
    "Conflict",
    "ConnectionFailed",
    "DryshotClientError",
    "InvalidRequest",
    "JobCancelled",
    "JobError",
    "JobFailed",
    "JobRanTooLong",
    "JobTimeout",
    "LegacyRuntime",
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "ResultsGone",
    "ResultsNotReady",
    "RetryPolicy",
    "RuntimeApiError",
    "ServerError",
    "SessionClosed",
    "UnexpectedAnswer",
    "UsageLimitReached",
]
