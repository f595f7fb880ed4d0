"""Who may do what: accounts, their instances, and the access tokens that logging in gives."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dryshot.clock import Clock
from dryshot.errors import LoginFailed, NotAuthenticated
from dryshot.world.devices import DEFAULT_INSTANCES
from dryshot.world.ids import stream
from dryshot.world.instances import (
    ServiceInstance,
    account_id_for,
    check_account_id,
    parse_crn,
    user_id_for,
)

__all__ = ["AccessToken", "Account", "Accounts"]

ACCESS_TOKEN_LIFETIME = timedelta(days=14)
_API_TOKEN_DIGITS = 128
_TOKEN_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the services.

    ``instances`` maps each ``hub/group/project`` of the classic service to the names of its
    backends. ``any_instance`` lets the account name any other instance, which then has every
    backend of the world. ``id`` is 24 hexadecimal digits.

    ``service_instances`` are those of the platform; None stands for one of the open plan and one of
    the premium plan. ``account_id`` is 32 hexadecimal digits, and the one in their CRNs;
    ``user_id`` is such as ``IBMid-550000ABCD``. What is not given is made from the API token.
    """

    api_token: str = field(repr=False)
    instances: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULT_INSTANCES)
    any_instance: bool = False
    id: str = ""
    service_instances: Sequence[ServiceInstance] | None = None
    account_id: str = ""
    user_id: str = ""

    def __post_init__(self) -> None:
        if not self.api_token:
            raise ValueError("an account's api_token is empty")
        for instance in self.instances:
            if instance.count("/") != 2 or not all(instance.split("/")):  # noqa: PLR2004 - h/g/p
                raise ValueError(f"instance {instance!r} is not of the form hub/group/project")
        if not self.id:
            made = f"{stream(0, 'account', self.api_token).getrandbits(96):024x}"
            object.__setattr__(self, "id", made)
        if not self.user_id:
            object.__setattr__(self, "user_id", user_id_for(self.api_token))
        owners = {parse_crn(instance.crn).account_id for instance in self.service_instances or ()}
        if not self.account_id:
            made = min(owners, default="") or account_id_for(self.api_token)
            object.__setattr__(self, "account_id", made)
        check_account_id(self.account_id)
        if owners - {self.account_id}:
            raise ValueError(f"service instances of another account: {', '.join(sorted(owners))}")


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
    only theirs log in. Several tokens of one account may live at once. The API token of an account
    that one of ``barred`` holds for is refused.
    """

    def __init__(self, clock: Clock, seed: int, declared: Iterable[Account] = ()) -> None:
        self._clock = clock
        self._random = stream(seed, "access tokens")
        self._by_api_token = {account.api_token: account for account in declared}
        self._tokens: dict[str, AccessToken] = {}
        self.open = not self._by_api_token
        self._shared: tuple[Account, ...] = ()
        self._sharers: dict[str, Account] = {}
        self.barred: list[Callable[[Account], bool]] = []

    def __len__(self) -> int:
        return len(self._by_api_token)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_api_token.values())

    def share(self, *accounts: Account) -> None:
        """Let the first API token that is not empty open the first of these, and so on.

        Those for which none is left open the first one.
        """
        self._shared = accounts

    def open_with(self, api_token: str) -> Account:
        """The account of an API token, opened now where any may; ``LoginFailed`` if it has none."""
        account = self._by_api_token.get(api_token)
        if account is None and api_token.strip() and self._shared:
            account = self._share(api_token)
        if account is None:
            if not (self.open and api_token.strip()):
                raise LoginFailed("Login failed.")
            account = Account(api_token, any_instance=True)
            self._by_api_token[api_token] = account
        if self.barred and any(bars(account) for bars in self.barred):
            raise LoginFailed("Login failed.")
        return account

    def _share(self, api_token: str) -> Account:
        known = len(self._sharers)
        if api_token not in self._sharers and known < len(self._shared):
            self._sharers[api_token] = self._shared[known]
        return self._sharers.get(api_token, self._shared[0])

    def log_in(self, api_token: str) -> AccessToken:
        """A new access token for the account of ``api_token``; ``LoginFailed`` if it has none."""
        account = self.open_with(api_token)
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
        if known is not None and not any(bars(known) for bars in self.barred):
            return known
        if len(credential) == _API_TOKEN_DIGITS and set(credential) <= set(string.hexdigits):
            try:
                return self.open_with(credential)
            except LoginFailed:
                pass
        return self.authenticate(credential)

    def revoke_of(self, concerns: Callable[[Account], bool]) -> None:
        """End the access tokens of these accounts at once."""
        for value, token in list(self._tokens.items()):
            if concerns(token.account):
                del self._tokens[value]

    def revoke(self, access_token: str) -> None:
        """End a living access token at once; ``NotAuthenticated`` if it is none."""
        self.authenticate(access_token)
        del self._tokens[access_token]
