"""The auth API: an API token is exchanged for an access token, which can be revoked."""

from __future__ import annotations

from dryshot.clock import isoformat
from dryshot.contract import (
    Call,
    Contract,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchPath,
    Operation,
)
from dryshot.dialects.dialect import Dialect, Reply
from dryshot.dialects.legacy.users import hubs_of, user
from dryshot.errors import DryshotError, LoginFailed, NotAuthenticated, ServiceFailure
from dryshot.http import Headers, Request
from dryshot.world import Account, World
from dryshot.world.ids import stream

__all__ = ["AuthDialect"]

_VERSION = "0.174.0"
_NO_STORE = "no-store, no-cache, must-revalidate, proxy-revalidate"


class AuthDialect(Dialect):
    """Handlers and manners of ``auth.quantum-computing.ibm.com/api``."""

    def __init__(self, world: World) -> None:
        super().__init__(Contract.load("legacy-auth"), world)
        self._traces = stream(world.seed, "auth traces")

    def authenticate(self, request: Request) -> Account:
        """The owner of the access token in ``x-access-token``."""
        return self.world.accounts.authenticate(request.headers.get("x-access-token", ""))

    def headers(self) -> Headers:
        """A trace id, which the clients of 2023 look for, and what forbids caching."""
        trace = f"{self._traces.getrandbits(64):016x}"
        return {
            "uber-trace-id": f"{trace}:{trace}:0:1",
            "cache-control": _NO_STORE,
            "pragma": "no-cache",
            "expires": "0",
        }

    def refuse(self, error: DryshotError, _operation: Operation | None) -> Reply:
        """The ``error`` object with ``statusCode``, ``name``, ``message`` and ``code``."""
        match error:
            case LoginFailed():
                return _error(401, "LOGIN_FAILED", str(error), 3446)
            case NotAuthenticated():
                return _error(401, "AUTHENTICATION_REQUIRED", "Authentication required.", 3440)
            case InvalidRequest():
                return _error(400, "BAD_REQUEST", str(error), 400)
            case NoSuchPath():
                return _error(404, "NOT_FOUND", str(error), 404)
            case MethodNotAllowed():
                return _error(405, "METHOD_NOT_ALLOWED", str(error), 405)
            case ServiceFailure():
                name = str(error).upper().replace(" ", "_")
                return _error(error.status, name, str(error), error.status)
        raise error

    def login_with_token(self, call: Call, _account: None) -> Reply:
        """A new access token for an API token."""
        token = self.world.accounts.log_in(call.body["apiToken"])
        return 200, {
            "id": token.value,
            "ttl": token.ttl,
            "created": isoformat(token.created, "milliseconds"),
            "userId": token.account.id,
        }

    def logout(self, call: Call, _account: Account) -> Reply:
        """The end of the access token that came with the request."""
        self.world.accounts.revoke(call.request.headers["x-access-token"])
        return 204, None

    def get_user(self, call: Call, account: Account) -> Reply:
        """Who is asking, and where the services are."""
        return 200, user(account, call.request)

    def list_hubs(self, _call: Call, account: Account) -> Reply:
        """The account's hubs, groups and projects."""
        return 200, hubs_of(account)

    def get_version(self, _call: Call, _account: None) -> Reply:
        """The word by which clients know this API."""
        return 200, {"api-auth": _VERSION}


def _error(status: int, name: str, message: str, code: int) -> Reply:
    error = {"statusCode": status, "name": name, "message": message, "code": code}
    return status, {"error": error}
