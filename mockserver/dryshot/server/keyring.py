"""API keys as the worlds see them: digests, and the accounts that they open."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dryshot.server.records import OtherState
from dryshot.world import Account

__all__ = ["Accounts", "Keyring", "describe", "name_of"]

Accounts = tuple[Account, ...]
"""The accounts of one world; their API tokens are digests of their keys."""


class Keyring:
    """Which accounts are in the world of a key.

    ``auto`` gives every key an account of its own; ``declared`` ones have those they were given,
    and share a world if they share an account id. A digest cannot be made without ``salt``, and no
    key can be had from it.
    """

    def __init__(self, salt: bytes, declared: Iterable[Account], *, auto: bool) -> None:
        self._salt = salt
        self._auto = auto
        self._declared: dict[str, Accounts] = {}
        groups: dict[str, list[Account]] = {}
        for account in declared:
            hidden = replace(account, api_token=self.digest(account.api_token))
            groups.setdefault(account.account_id, []).append(hidden)
        for group in groups.values():
            self._declared |= {account.api_token: tuple(group) for account in group}

    def digest(self, key: str) -> str:
        """What stands for a key: 128 hexadecimal digits."""
        return hmac.digest(self._salt, key.encode(errors="surrogatepass"), "sha512").hex()

    def accounts(self, key: str) -> Accounts | None:
        """Who is in the world of a key; None if it opens none. Ids are those of the key itself."""
        digest = self.digest(key)
        declared = self._declared.get(digest)
        if declared is None and self._auto:
            return (replace(Account(key, any_instance=True), api_token=digest),)
        return declared

    def declared(self, accounts: Accounts) -> bool:
        """Whether they were declared."""
        return accounts[0].api_token in self._declared

    def recall(self, described: list[dict[str, Any]], *, declared: bool) -> Accounts:
        """The accounts that were described; ``OtherState`` if they are no longer declared so."""
        if not declared:
            return tuple(Account(**one, any_instance=True) for one in described)
        accounts = self._declared.get(described[0]["api_token"], ())
        if [describe(account) for account in accounts] != described:
            raise OtherState("accounts of the state file are not declared, or otherwise, now")
        return accounts


def describe(account: Account) -> Mapping[str, str]:
    """What is kept of an account; the rest is the default, or declared."""
    return {
        "api_token": account.api_token,
        "id": account.id,
        "account_id": account.account_id,
        "user_id": account.user_id,
    }


def name_of(api_token: str) -> str:
    """The name of the world whose first account has this API token, the digest of a key."""
    return f"t-{hashlib.blake2b(api_token.encode(), digest_size=5).hexdigest()}"
