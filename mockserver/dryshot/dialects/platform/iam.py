"""IAM: an API key is exchanged for a bearer token."""

from __future__ import annotations

from typing import Any

from dryshot.contract import (
    Call,
    Contract,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchPath,
    Operation,
)
from dryshot.dialects.dialect import Dialect, Reply
from dryshot.errors import DryshotError, LoginFailed, ServiceFailure
from dryshot.http import Headers, Request
from dryshot.world import World
from dryshot.world.ids import stream

__all__ = ["IamDialect"]


class IamDialect(Dialect):
    """Handlers and manners of ``iam.cloud.ibm.com``."""

    def __init__(self, world: World) -> None:
        super().__init__(Contract.load("platform-iam"), world)
        self._requests = stream(world.seed, "iam requests")

    def authenticate(self, request: Request) -> None:
        """Nobody needs a token to ask for one."""

    def headers(self) -> Headers:
        """Tokens are not to be stored on the way."""
        return {"cache-control": "no-cache, no-store, must-revalidate", "pragma": "no-cache"}

    def refuse(self, error: DryshotError, _operation: Operation | None) -> Reply:
        """IAM's own object, with a code of letters and digits."""
        match error:
            case LoginFailed():
                return 400, self._error("BXNIM0415E", "Provided API key could not be found.")
            case InvalidRequest():
                details = "; ".join(problem.message for problem in error.problems)
                return 400, self._error("BXNIM0109E", "Property missing or empty.", details)
            case NoSuchPath():
                return 404, self._error("BXNIM0404E", str(error))
            case MethodNotAllowed():
                return 405, self._error("BXNIM0405E", str(error))
            case ServiceFailure():
                return error.status, self._error(f"BXNIM0{error.status}E", str(error))
        raise error

    def create_token(self, call: Call, _caller: None) -> Reply:
        """A bearer token for an API key, good for an hour of the world's clock."""
        token = self.world.platform.issue_token(call.body["apikey"])
        return 200, {
            "access_token": token.value,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": int((token.expires - token.issued).total_seconds()),
            "expiration": int(token.expires.timestamp()),
            "scope": "ibm openid",
        }

    def _error(self, code: str, message: str, details: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {"errorCode": code, "errorMessage": message}
        if details is not None:
            body["errorDetails"] = details
        return body | {"context": {"requestId": f"{self._requests.getrandbits(80):020x}"}}
