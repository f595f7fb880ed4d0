"""A thin, typed client for the IBM Quantum REST API, blocking and asynchronous.

:class:`Runtime` is for today's platform, :class:`LegacyRuntime` for the classic API of 2021 to
2024. What is public is imported when it is first asked for, so that nobody pays for both.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from dryshot_client.platform import AsyncRuntime, Runtime
    from dryshot_client.platform.iam import IamAuth
    from dryshot_client.platform.results import (
        EstimatorResult,
        SamplerResult,
        read_estimator_result,
        read_sampler_result,
    )
    from dryshot_client.platform.waiting import Progress
    from dryshot_client.retries import RetryPolicy

__all__ = [
    "AsyncLegacyRuntime",
    "AsyncRuntime",
    "AuthenticationError",
    "Conflict",
    "ConnectionFailed",
    "DryshotClientError",
    "EstimatorResult",
    "IamAuth",
    "InvalidRequest",
    "JobCancelled",
    "JobError",
    "JobFailed",
    "JobRanTooLong",
    "JobTimeout",
    "LegacyRuntime",
    "NotFound",
    "PermissionDenied",
    "Progress",
    "RateLimited",
    "ResultsGone",
    "ResultsNotReady",
    "RetryPolicy",
    "Runtime",
    "RuntimeApiError",
    "SamplerResult",
    "ServerError",
    "SessionClosed",
    "UnexpectedAnswer",
    "UsageLimitReached",
    "read_estimator_result",
    "read_sampler_result",
]

_HOMES = {
    "dryshot_client.legacy": ("AsyncLegacyRuntime", "LegacyRuntime"),
    "dryshot_client.platform": ("AsyncRuntime", "Runtime"),
    "dryshot_client.platform.iam": ("IamAuth",),
    "dryshot_client.platform.results": (
        "EstimatorResult",
        "SamplerResult",
        "read_estimator_result",
        "read_sampler_result",
    ),
    "dryshot_client.platform.waiting": ("Progress",),
    "dryshot_client.retries": ("RetryPolicy",),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dryshot_client' has no attribute {name!r}")
    homes = (home for home, names in _HOMES.items() if name in names)
    return getattr(importlib.import_module(next(homes, "dryshot_client.errors")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
