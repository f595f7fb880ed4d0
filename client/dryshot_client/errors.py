"""What can go wrong, as a tree.

::

    DryshotClientError
    ├── RuntimeApiError        the service answered, and not with success
    │   ├── InvalidRequest         400, 405, 413, 422
    │   ├── AuthenticationError    401, after one new login; and an API key that is refused
    │   ├── PermissionDenied       403
    │   ├── NotFound               404
    │   ├── Conflict               409
    │   │   ├── UsageLimitReached      the instance has used up its time (code 4317)
    │   │   └── SessionClosed          the session takes no more jobs (codes 1217, 4001)
    │   ├── RateLimited            429; see ``retry_after``
    │   ├── ServerError            5xx, after the retries
    │   └── UnexpectedAnswer       a success whose body is not what the API says
    ├── ConnectionFailed       no answer, after the retries; the cause is httpx's own error
    └── JobError               carries ``job_id``
        ├── ResultsNotReady        the job has not ended
        ├── ResultsGone            the job ended well, but has no results (any more)
        ├── JobFailed              the job ended in failure, with its reason and its text
        ├── JobCancelled           the job was cancelled
        │   └── JobRanTooLong          by the service, when its time was up (code 1305)
        └── JobTimeout             waited long enough; carries the job as last seen

A wrong argument is a ``ValueError`` or ``TypeError``, raised before anything is sent. No error
holds a request, a response or a token, and all of them can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
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
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "ResultsGone",
    "ResultsNotReady",
    "RuntimeApiError",
    "ServerError",
    "SessionClosed",
    "UnexpectedAnswer",
    "UsageLimitReached",
]

Code = int | str


class DryshotClientError(Exception):
    """The root of everything this client raises, but for wrong arguments."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls the class with ``args``, which is the message, not the fields.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[DryshotClientError], args: tuple[Any, ...], fields: dict[str, Any]
) -> DryshotClientError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class RuntimeApiError(DryshotClientError):
    """The service answered with something other than success.

    ``errors`` holds every entry of the error body as it was sent; ``code``, ``message``,
    ``solution`` and ``more_info`` are those of the first. A body that is not JSON is the message,
    shortened. ``retry_after`` is in seconds, where the service named a time.
    """

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        *,
        message: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        trace: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        first = errors[0] if errors else {}
        self.method = method
        self.path = path
        self.status = status
        code = first.get("code")
        usable = isinstance(code, int | str) and not isinstance(code, bool)
        self.code: Code | None = code if usable else None
        self.message = str(first.get("message") or message)
        self.solution = _text(first.get("solution"))
        self.more_info = _text(first.get("more_info"))
        self.trace = _text(trace)
        self.errors = list(errors)
        self.retry_after = retry_after
        shown = "" if self.code is None else f" ({self.code})"
        words = " ".join(_sentence(str(text)) for text in (self.message, self.solution) if text)
        super().__init__(f"{method} {path}: {status}{shown} {words}".rstrip())


class InvalidRequest(RuntimeApiError):
    """The service does not accept the request as it is (400, 405, 413, 422)."""


class AuthenticationError(RuntimeApiError):
    """The API token is refused, or the access token is, straight after a login (401)."""


class PermissionDenied(RuntimeApiError):
    """The account may not do this (403)."""


class NotFound(RuntimeApiError):
    """There is no such thing, or not for this account (404)."""


class Conflict(RuntimeApiError):
    """The thing's present state does not allow this (409)."""


class UsageLimitReached(Conflict):
    """The instance has used up its time; the service says so with code 4317, in a 403 or 409."""


class SessionClosed(Conflict):
    """The session takes no more jobs (codes 1217 and 4001, whatever the status)."""


class RateLimited(RuntimeApiError):
    """Too many requests (429)."""


class ServerError(RuntimeApiError):
    """The service, or something before it, failed (5xx)."""


class UnexpectedAnswer(RuntimeApiError):
    """A success whose body is not what the API says: no JSON, or JSON of another shape, or nothing.

    The message quotes how it begins.
    """


class ConnectionFailed(DryshotClientError):
    """No answer came; whether the service did what was asked is not known.

    ``url`` is without its query. ``__cause__`` is httpx's error, freed of headers and of the frames
    that saw them.
    """

    def __init__(self, method: str, url: str, reason: str) -> None:
        super().__init__(f"{method} {url}: {reason}")
        self.method = method
        self.url = url
        self.reason = reason


class JobError(DryshotClientError):
    """Something about one job."""

    def __init__(self, job_id: str, message: str) -> None:
        super().__init__(f"job {job_id} {message}")
        self.job_id = job_id


class ResultsNotReady(JobError):
    """The job has no results yet."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id, "has no results yet")


class ResultsGone(JobError):
    """The job has ended well, and there are no results: those of a private job are read once."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id, "has no results; those of a private job can be read only once")


class _JobEnded(JobError):
    def __init__(
        self, job_id: str, status: str, reason: str | None, reason_code: Code | None, text: str
    ) -> None:
        code = "" if reason_code is None else f" ({reason_code})"
        why = reason or _last_line(text)
        super().__init__(job_id, f"is {status}{code}" + (f": {why}" if why else ""))
        self.status = status
        self.reason = reason
        self.reason_code = reason_code
        self.text = text


class JobFailed(_JobEnded):
    """The job failed. ``text`` is what it left in place of results, such as a traceback."""


class JobCancelled(_JobEnded):
    """The job was cancelled before it had results."""


class JobRanTooLong(JobCancelled):
    """The service cancelled the job because it ran for longer than it may."""


class JobTimeout(JobError):
    """The job had not ended in time. ``job`` is the job as last seen, ``timeout`` in seconds."""

    def __init__(self, job_id: str, timeout: float, job: Any, status: str) -> None:
        super().__init__(job_id, f"is still {status} after {timeout:g} s")
        self.timeout = timeout
        self.job = job


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""
