"""Who may do what: accounts, their instances, and the access tokens that logging in gives."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dryshot.clock import Clock
from dryshot.errors import LoginFailed, NotAuthenticated
from dryshot.world.devices import DEFAULT_INSTANCES
from dryshot.world.ids import stream

__all__ = ["AccessToken", "Account", "Accounts"]

ACCESS_TOKEN_LIFETIME = timedelta(days=14)
_API_TOKEN_DIGITS = 128
_TOKEN_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the services.

    ``instances`` maps each ``hub/group/project`` to the names of its backends. ``any_instance``
    lets the account name any other instance, which then has every backend of the world.
    ``id`` is 24 hexadecimal digits; made from the API token if it is not given.
    """

    api_token: str = field(repr=False)
    instances: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULT_INSTANCES)
    any_instance: bool = False
    id: str = ""

    def __post_init__(self) -> None:
        if not self.api_token:
            raise ValueError("an account's api_token is empty")
        for instance in self.instances:
            if instance.count("/") != 2 or not all(instance.split("/")):  # noqa: PLR2004 - h/g/p
                raise ValueError(f"instance {instance!r} is not of the form hub/group/project")
        if not self.id:
            made = f"{stream(0, 'account', self.api_token).getrandbits(96):024x}"
            object.__setattr__(self, "id", made)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a login gives: good for its account from ``created`` until ``expires``."""

    value: str = field(repr=False)
    account: Account
    created: datetime
    expires: datetime

    @property
    def ttl(self) -> int:
        """The whole lifetime in seconds."""
        return int((self.expires - self.created).total_seconds())


class Accounts:
    """Every account of a world, and every access token that lives.

    Without declared accounts, any API token that is not empty opens one of its own; with them,
    only theirs log in. Several tokens of one account may live at once.
    """

    def __init__(self, clock: Clock, seed: int, declared: Iterable[Account] = ()) -> None:
        self._clock = clock
        self._random = stream(seed, "access tokens")
        self._by_api_token = {account.api_token: account for account in declared}
        self._tokens: dict[str, AccessToken] = {}
        self.open = not self._by_api_token

    def __len__(self) -> int:
        return len(self._by_api_token)

    def log_in(self, api_token: str) -> AccessToken:
        """A new access token for the account of ``api_token``; ``LoginFailed`` if it has none."""
        account = self._account_of(api_token)
        if account is None:
            raise LoginFailed("Login failed.")
        value = "".join(self._random.choices(_TOKEN_ALPHABET, k=64))
        now = self._clock.now()
        token = AccessToken(value, account, now, now + ACCESS_TOKEN_LIFETIME)
        self._tokens[value] = token
        return token

    def authenticate(self, access_token: str) -> Account:
        """The account of a living access token; ``NotAuthenticated`` if it is none."""
        token = self._tokens.get(access_token)
        if token is None:
            raise NotAuthenticated("Invalid credentials.")
        if self._clock.now() >= token.expires:
            del self._tokens[access_token]
            raise NotAuthenticated("Invalid credentials.")
        return token.account

    def authenticate_any(self, credential: str) -> Account:
        """As :meth:`authenticate`, but an API token will do as well.

        Where any API token opens an account, one that never logged in must at least look like
        one (128 hexadecimal digits): else every mistyped access token would be let in.
        """
        known = self._by_api_token.get(credential)
        if known is not None:
            return known
        if len(credential) == _API_TOKEN_DIGITS and set(credential) <= set(string.hexdigits):
            account = self._account_of(credential)
            if account is not None:
                return account
        return self.authenticate(credential)

    def revoke(self, access_token: str) -> None:
        """End a living access token at once; ``NotAuthenticated`` if it is none."""
        self.authenticate(access_token)
        del self._tokens[access_token]

    def _account_of(self, api_token: str) -> Account | None:
        account = self._by_api_token.get(api_token)
        if account is None and self.open and api_token.strip():
            account = Account(api_token, any_instance=True)
            self._by_api_token[api_token] = account
        return account
