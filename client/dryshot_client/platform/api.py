"""The platform's manners: a bearer token, an instance, and a version of the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import httpx

from dryshot_client.api import Api, Ask
from dryshot_client.checks import check_text, check_url
from dryshot_client.credentials import Secret
from dryshot_client.flows import Flow, alone
from dryshot_client.models import Misfit, read_list, read_object, read_text
from dryshot_client.paging import Page
from dryshot_client.platform.crn import Crn, is_crn
from dryshot_client.platform.hosts import Hosts, find_hosts
from dryshot_client.platform.iam import IamAuth
from dryshot_client.platform.models import FoundInstance
from dryshot_client.platform.operations import PLATFORM_OPERATIONS
from dryshot_client.retries import RetryPolicy

__all__ = ["LATEST_VERSION", "OLDEST_VERSION", "PlatformApi"]

LATEST_VERSION = "2026-04-15"
OLDEST_VERSION = "2025-01-01"
"""Before it, devices were listed by their names only."""

_FIELDS = ["crn", "service_plan_unique_id", "name", "tags"]
_MOST_FOUND = 100
_HOME = "us-east"
"""The region to ask before the instance's is known."""


class PlatformApi(Api):
    """The Compute API, for one instance.

    ``instance`` is a CRN, or the name of one of the account's instances, or ``None``, which means
    the only one that the account has; the last two are looked up at the first call that needs it.
    ``runtime_url`` is there for hosts that do not follow from ``url`` and the region.
    """

    def __init__(
        self,
        build: Callable[..., httpx.Request],
        *,
        auth: IamAuth,
        instance: str | None,
        url: str,
        runtime_url: str | None,
        api_version: str,
        environ: Mapping[str, str],
        retries: RetryPolicy,
        monotonic: Callable[[], float],
    ) -> None:
        super().__init__(
            build, operations=PLATFORM_OPERATIONS, retries=retries, monotonic=monotonic
        )
        self.auth = auth
        self.instance = None if instance is None else check_text("instance", instance)
        self.api_version = _check_version(api_version)
        self._url = url
        self._runtime_url = None if runtime_url is None else check_url("runtime_url", runtime_url)
        self._environ = environ
        self._crn = Crn.parse(instance) if instance is not None and is_crn(instance) else None
        self._hosts = self._find_hosts(_HOME if self._crn is None else self._crn.region)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The API key, and the access token at hand."""
        return self.auth.secrets

    def base(self, service: str) -> str:
        """The base URL of ``runtime`` or ``search``."""
        if service == "search":
            return self._hosts.search
        return self._runtime_url or self._hosts.runtime

    def find_crn(self) -> Flow[Crn]:
        """The instance's CRN; the account's instances are asked for the first time, if need be."""
        if self._crn is None:
            yield from alone(self._look_up())
        assert self._crn is not None  # noqa: S101 - looking it up found it, or raised
        return self._crn

    def call(self, ask: Ask) -> Flow[httpx.Response]:
        """Call, with token and instance where they are needed; the answer is a success."""
        auth = None if ask.operation.public else self.auth
        if ask.operation.service == "runtime" and auth is not None:
            crn = yield from self.find_crn()
            own = {"service-crn": str(crn), "ibm-api-version": self.api_version}
            ask = replace(ask, headers={**own, **ask.headers})
        response, again = yield from self.exchange(ask, auth=auth)
        return self.succeed(ask, response, again=again)

    def ask_page(self, ask: Ask, key: str, read: Callable[[object, str], Any]) -> Flow[Page]:
        """Like :meth:`ask`, for a list of models under ``key``, and the ``count`` beside it."""

        def read_page(body: object) -> Page:
            page = read_object(body)
            count = page.get("count")
            items = read_list(read, page.get(key), key)
            return Page(items, count if isinstance(count, int | float) else None)

        return self.ask(ask, read_page)

    def find_instances(self) -> Flow[list[FoundInstance]]:
        """The account's instances, as IBM Cloud's search finds them, over all its pages."""
        found: list[FoundInstance] = []
        body: dict[str, Any] = {"query": "service_name:quantum-computing", "fields": _FIELDS}
        passed: set[str] = set()
        while True:
            ask = self.prepare("search_resources", query={"limit": _MOST_FOUND}, body=body)
            items, cursor = yield from self.ask(ask, _read_found)
            found += items
            # A service that hands out the same cursor again would be walked along for ever.
            if not cursor or not items or cursor in passed:
                return found
            passed.add(cursor)
            body["search_cursor"] = cursor

    def _look_up(self) -> Flow[None]:
        if self._crn is not None:  # somebody else was first
            return
        found = yield from self.find_instances()
        fitting = {item.crn for item in found if self.instance in {None, item.name}}
        names = ", ".join(sorted({repr(item.name) for item in found})) or "none"
        if not fitting:
            what = "is not given" if self.instance is None else f"{self.instance!r} is not known"
            raise ValueError(f"instance {what}, and the account has {names}")
        if len(fitting) > 1:
            what = "is not given" if self.instance is None else f"{self.instance!r} is ambiguous"
            raise ValueError(f"instance {what}, and the account has several: {names}; give a CRN")
        crn = Crn.parse(fitting.pop())
        # The hosts first: another thread that sees the CRN asks them without a lock.
        self._hosts = self._find_hosts(crn.region)
        self._crn = crn

    def _find_hosts(self, region: str) -> Hosts:
        return find_hosts(self._url, region, environ=self._environ)


def _read_found(body: object) -> tuple[list[FoundInstance], str | None]:
    page = read_object(body)
    cursor = page.get("search_cursor")
    items = read_list(_read_instance, page.get("items"), "items")
    return items, None if cursor is None else read_text(cursor, "search_cursor")


def _read_instance(body: object, where: str) -> FoundInstance:
    found = FoundInstance.read(body, where)
    try:
        Crn.parse(found.crn)
    except ValueError as error:
        wrong = str(error)
    else:
        return found
    raise Misfit(f"{where}: {wrong}")


def _check_version(version: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", check_text("api_version", version)):
        raise ValueError(f"api_version {version!r} is not of the form YYYY-MM-DD")
    try:
        date.fromisoformat(version)
    except ValueError:
        raise ValueError(f"api_version {version!r} is not a day") from None
    if version < OLDEST_VERSION:
        raise ValueError(f"api_version {version} is too old; {OLDEST_VERSION} is the oldest known")
    return version
