"""Where the API key comes from, and what belongs to it: arguments, environment, account file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from dryshot_client.credentials import Secret
from dryshot_client.platform.exchange import check_key
from dryshot_client.platform.hosts import CLOUD_URL

__all__ = ["ACCOUNT_FILE", "NoKey", "Settings", "read_settings"]

ACCOUNT_FILE = "~/.qiskit/qiskit-ibm.json"
"""Where IBM's SDK saves accounts."""

_CHANNELS = ("ibm_quantum_platform", "ibm_cloud")
"""What accounts are for, of which IBM's SDK saves more than the platform's."""
_DEFAULT_NAMES = ("default-ibm-quantum-platform", "default-ibm-cloud")


class NoKey(ValueError):
    """There is no API key in any of its places; ``file`` says what is with the account file."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        """The places, as a program knows them."""
        return (
            "there is no API key: not in the argument api_key, not in the environment variable"
            f" QISKIT_IBM_TOKEN, and not in an account file ({self.file})"
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found. ``instance`` is a CRN or a name; ``source`` says where the key came from."""

    api_key: Secret
    instance: str | None
    url: str
    iam_url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class _Account:
    """An entry of the account file; a setting that is not text, or empty, is ``None``."""

    channel: str | None = None
    token: Secret | None = None
    instance: str | None = None
    url: str | None = None
    default: bool = False


def read_settings(
    *,
    api_key: str | Secret | None,
    instance: str | None,
    url: str | None,
    iam_url: str | None,
    account_file: str | PathLike[str] | None,
    environ: Mapping[str, str],
    account_name: str | None = None,
) -> Settings:
    """Find an API key and what goes with it.

    ``NoKey`` if there is none, another ``ValueError`` if it is not usable.

    Each setting is the argument, or else the variable in ``environ`` (``QISKIT_IBM_TOKEN``,
    ``QISKIT_IBM_INSTANCE``, ``QISKIT_IBM_URL``, ``IAM_URL``), or else, if the key is from there,
    that of the account file, which is read only then. ``account_name`` chooses an account of the
    file by name; it and all it says then come before the environment.
    """
    if account_name is not None and (api_key is not None or account_file is None):
        raise ValueError("account_name is of an account in account_file; api_key is in its place")
    variables = {name: text for name, text in environ.items() if text}
    account = _Account()
    key: str | Secret | None = api_key
    source = "the argument api_key"
    if key is None and account_name is None:
        key, source = variables.get("QISKIT_IBM_TOKEN"), "the environment variable QISKIT_IBM_TOKEN"
    if key is None:
        account, source = _find_account(account_file, account_name)
        key = account.token
    named, other = (_Account(), account) if account_name is None else (account, _Account())
    return Settings(
        check_key(f"the API key from {source}", key),
        _first(instance, named.instance, variables.get("QISKIT_IBM_INSTANCE"), other.instance),
        _first(url, named.url, variables.get("QISKIT_IBM_URL"), other.url) or CLOUD_URL,
        _first(iam_url, variables.get("IAM_URL")),
        source,
    )


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value is not None), None)


def _find_account(file: str | PathLike[str] | None, name: str | None) -> tuple[_Account, str]:
    if file is None:
        raise NoKey("none was to be read")
    path = Path(file).expanduser()
    accounts, wrong = _read_accounts(path)
    if wrong is not None:
        raise ValueError(f"the account file {path} {wrong}")
    if name is None:
        usable = {each: one for each, one in accounts.items() if one.channel in _CHANNELS}
        name = _choose(usable)
        if name is None and usable:
            raise ValueError(
                f"{path} has no default account; account_name chooses one: {[*usable]}"
            )
        if name is None:
            raise NoKey(f"{path} has none of the platform")
    elif name not in accounts:
        raise ValueError(f"there is no account {name!r} in {path}")
    source, account = f"account {name!r} in {path}", accounts[name]
    if account.channel not in _CHANNELS:
        raise ValueError(f"{source} is not of the platform, but of channel {account.channel!r}")
    if account.token is None:
        raise ValueError(f"{source} has no token")
    return account, source


def _choose(accounts: Mapping[str, _Account]) -> str | None:
    marked = [name for name, account in accounts.items() if account.default]
    usual = [name for name in _DEFAULT_NAMES if name in accounts]
    only = [*accounts] if len(accounts) == 1 else []
    return next(iter((*marked, *usual, *only)), None)


def _read_accounts(path: Path) -> tuple[dict[str, _Account], str | None]:
    """What is saved, and what is wrong. Nothing is raised here, where the tokens can be seen."""
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, f"cannot be read: {error.strerror}"
    except (ValueError, RecursionError):
        return {}, "is not JSON"
    if not isinstance(body, dict):
        return {}, "is not a JSON object"
    return {name: _read_account(entry) for name, entry in body.items()}, None


def _read_account(entry: Any) -> _Account:
    if not isinstance(entry, dict):
        return _Account()
    texts = {key: text for key, text in entry.items() if isinstance(text, str) and text}
    return _Account(
        channel=texts.get("channel"),
        token=Secret(texts["token"]) if "token" in texts else None,
        instance=texts.get("instance"),
        url=texts.get("url"),
        default=entry.get("is_default_account") is True,
    )
