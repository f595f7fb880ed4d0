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
        ├── Conflict           the thing's state does not allow it
        └── Invalid            carries ``field``, and a ``code`` if it has one of its own
"""

from __future__ import annotations

from http import HTTPStatus

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
    "Refusal",
    "RefusedHost",
    "ServiceFailure",
    "SpecDrift",
    "Unrecorded",
]


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
    """The account is known, and may not do this."""


class NotFound(Refusal):
    """There is no such thing, or it belongs to someone else."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name!r} not found")
        self.kind = kind
        self.name = name


class ServiceFailure(Refusal):
    """The service is too busy or broken; ``retry_after`` is in seconds, if it says so."""

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status
        self.retry_after = retry_after


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
