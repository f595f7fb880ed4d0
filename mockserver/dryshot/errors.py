"""What can go wrong, as a tree.

::

    DryshotError
    ├── ContractError      an OpenAPI document cannot be used: a schema that does not compile, ...
    ├── SpecDrift          the mock was about to answer what its own OpenAPI document forbids
    ├── RefusedHost        a request to a host that is not mocked; nothing was sent
    ├── Unrecorded         a strict replay was asked for what was never recorded
    ├── MissingExtra       something needs an optional dependency: names the extra to install
    └── Refusal            the world says no; a dialect turns it into the API's own error body
        ├── LoginFailed        unknown or malformed API token
        ├── NotAuthenticated   no, unknown, expired or revoked credential
        ├── PermissionDenied   the account may not do this
        ├── NotFound           carries ``kind`` and ``name``
        ├── ServiceFailure     the service fails by itself; carries ``status``
        │   └── RateExceeded       too many submissions within a minute
        ├── Conflict           the thing's state does not allow it
        └── Invalid            carries ``field``, and a ``code`` if it has one of its own
"""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

__all__ = [
    "Conflict",
    "ContractError",
    "DryshotError",
    "Invalid",
    "LoginFailed",
    "MissingExtra",
    "NotAuthenticated",
    "NotFound",
    "PermissionDenied",
    "Problem",
    "RateExceeded",
    "Refusal",
    "RefusedHost",
    "ServiceFailure",
    "SpecDrift",
    "Unrecorded",
]


class Problem(NamedTuple):
    """One thing that is wrong with a request or an answer, in words for its author.

    ``location`` is ``body``, ``query``, ``path``, ``header`` or ``content-type``; of a response
    also ``status``. ``field`` is a dotted path, such as ``params.circuits`` or ``tags[2]``, and
    empty for the whole. ``rule`` is the JSON Schema keyword that was broken, or ``json``,
    ``media-type``, ``required``, ``type``, ``refused``. ``message`` is a sentence that names the
    field.
    """

    location: str
    field: str
    rule: str
    message: str


class DryshotError(Exception):
    """The root of everything dryshot raises by itself."""


class ContractError(DryshotError):
    """An OpenAPI document that cannot be used as a contract."""


class SpecDrift(DryshotError):
    """The mock's own answer is not what its OpenAPI document allows: a fault of dryshot."""


class RefusedHost(DryshotError):
    """A request to a host that the active mock does not stand in for."""


class Unrecorded(DryshotError):
    """A call that no recording has; the message names the nearest one and the difference."""


class MissingExtra(DryshotError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs an extra: pip install "dryshot[{extra}]"')
        self.extra = extra


class Refusal(DryshotError):
    """The world refuses; nothing was changed."""


class LoginFailed(Refusal):
    """The API token opens no account."""


class NotAuthenticated(Refusal):
    """The credential is absent, unknown, expired or revoked."""


class PermissionDenied(Refusal):
    """The account is known, and may not do this.

    ``code`` is the service's, if of its own; ``solution`` says what to do, if that is special.
    """

    def __init__(self, message: str, code: int | None = None, solution: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.solution = solution


class NotFound(Refusal):
    """There is no such thing, or it belongs to someone else."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name!r} not found")
        self.kind = kind
        self.name = name


class ServiceFailure(Refusal):
    """The service is too busy or broken; ``retry_after`` is in seconds, if it says so."""

    solution = "Try again later."

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        known = status in HTTPStatus.__members__.values()  # the edge has some of its own
        super().__init__(HTTPStatus(status).phrase if known else f"Unknown error {status}")
        self.status = status
        self.retry_after = retry_after


class RateExceeded(ServiceFailure):
    """A user submitted as many jobs as are taken within a minute; the message is the service's."""

    solution = "Lower the request rate and try again."

    def __init__(self, limit: int, retry_after: float) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, retry_after)
        self.args = (f"Too many job create requests received: the limit is {limit} per minute",)


class Conflict(Refusal):
    """The present state of the thing does not allow the request; ``code`` is the service's."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Invalid(Refusal):
    """A value is of the right type but cannot be accepted; ``field`` is its dotted path."""

    def __init__(self, field: str, message: str, code: int | None = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.code = code
