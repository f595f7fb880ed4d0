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
    JobTimeout,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResultsNotReady,
    RuntimeApiError,
    ServerError,
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
    "JobTimeout",
    "LegacyRuntime",
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "ResultsNotReady",
    "RetryPolicy",
    "RuntimeApiError",
    "ServerError",
]
