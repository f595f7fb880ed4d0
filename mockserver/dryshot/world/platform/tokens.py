"""Bearer tokens: what IAM gives for an API key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dryshot.clock import Clock
from dryshot.errors import LoginFailed, NotAuthenticated
from dryshot.world.accounts import Account, Accounts
from dryshot.world.ids import stream

__all__ = ["SCOPE", "BearerToken", "Tokens"]

LIFETIME = timedelta(seconds=3600)
SCOPE = "ibm openid"
_GRANT = "urn:ibm:params:oauth:grant-type:apikey"


@dataclass(frozen=True, slots=True)
class BearerToken:
    """``value`` is a JWT, good for its account from ``issued`` until ``expires``."""

    value: str = field(repr=False)
    account: Account
    issued: datetime
    expires: datetime


class Tokens:
    """Every bearer token of a world that may still live.

    A token is known by its text, so one with another signature or another payload is not known.
    """

    def __init__(self, clock: Clock, seed: int, accounts: Accounts) -> None:
        self._clock = clock
        self._accounts = accounts
        self._random = stream(seed, "bearer tokens")
        self._key = self._random.randbytes(32)
        self._living: dict[str, BearerToken] = {}

    def issue(self, api_key: str) -> BearerToken:
        """A new token for the account of ``api_key``; ``LoginFailed`` if it has none."""
        account = self._accounts.open_with(api_key)
        issued = self._clock.now().replace(microsecond=0)
        token = BearerToken(self._jwt(account, issued), account, issued, issued + LIFETIME)
        self._forget_expired()
        self._living[token.value] = token
        return token

    def authenticate(self, value: str) -> Account:
        """The account of a living token; ``NotAuthenticated`` if it is none."""
        token = self._living.get(value)
        if token is None or self._clock.now() >= token.expires:
            raise NotAuthenticated("the bearer token is unknown, expired or revoked")
        return token.account

    def authenticate_key(self, api_key: str) -> Account:
        """The account of an API key that is sent as it is; ``NotAuthenticated`` if it has none."""
        try:
            return self._accounts.open_with(api_key)
        except LoginFailed as error:
            raise NotAuthenticated("the API key is unknown") from error

    def revoke(self, value: str) -> None:
        """End a living token at once; ``NotAuthenticated`` if it is none."""
        self.authenticate(value)
        del self._living[value]

    def revoke_of(self, concerns: Callable[[Account], bool]) -> None:
        """End the tokens of these accounts at once."""
        for value, token in list(self._living.items()):
            if concerns(token.account):
                del self._living[value]

    def _forget_expired(self) -> None:
        now = self._clock.now()
        for value, token in list(self._living.items()):
            if token.expires > now:
                break
            del self._living[value]

    def _jwt(self, account: Account, issued: datetime) -> str:
        now = int(issued.timestamp())
        subject = account.user_id.removeprefix("IBMid-")
        header = {"kid": issued.strftime("%Y%m%d%H%M"), "alg": "HS256", "typ": "JWT"}
        payload = {
            "iam_id": account.user_id,
            "id": account.user_id,
            "realmid": "IBMid",
            "jti": str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            "identifier": subject,
            "sub": subject,
            "sub_type": "user",
            "account": {"valid": True, "bss": account.account_id},
            "iat": now,
            "exp": now + int(LIFETIME.total_seconds()),
            "iss": "https://iam.cloud.ibm.com/identity",
            "grant_type": _GRANT,
            "scope": SCOPE,
            "client_id": "default",
        }
        signed = f"{_encode_json(header)}.{_encode_json(payload)}"
        signature = hmac.digest(self._key, signed.encode(), hashlib.sha256)
        return f"{signed}.{_encode(signature)}"


def _encode_json(value: Mapping[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
