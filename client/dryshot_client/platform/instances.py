"""The instance, the account, the versions of the API, and the tags of jobs."""

from __future__ import annotations

import re

from dryshot_client.calls import D, call
from dryshot_client.checks import check_count, check_text
from dryshot_client.flows import Flow
from dryshot_client.models import read_text
from dryshot_client.platform.models import (
    Account,
    FoundInstance,
    Instance,
    InstanceConfiguration,
    InstanceUsage,
    Version,
)
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Accounts", "Instances", "Tags", "Versions"]

# Within the classes below, ``list`` is their method.
_Instances = list[FoundInstance]
_Versions = list[Version]
_Texts = list[str]


class Instances(PlatformResource[D]):
    """The instance this client is for, and its siblings."""

    @call
    def list(self) -> Flow[_Instances]:
        """The account's instances, of every plan and region, as IBM Cloud's search finds them."""
        return self._api.find_instances()

    @call
    def get(self) -> Flow[Instance]:
        """Plan, devices and limits."""
        return self._api.ask(self._api.prepare("get_instance"), Instance.read)

    @call
    def usage(self) -> Flow[InstanceUsage]:
        """What was used in the present period, and how much may be."""
        return self._api.ask(self._api.prepare("get_usage"), InstanceUsage.read)

    @call
    def configuration(self) -> Flow[InstanceConfiguration]:
        """The limit set for the instance."""
        ask = self._api.prepare("get_instance_configuration")
        return self._api.ask(ask, InstanceConfiguration.read)

    @call
    def configure(self, *, instance_limit: int | None) -> Flow[None]:
        """Set the limit, in seconds, or remove it with ``None``. IBM has deprecated this."""
        check_count("instance_limit", instance_limit, least=1)
        # Not by ``prepare``: a null that is meant would be left out.
        ask = self._api.prepare("replace_instance_configuration")
        return self._api.do(ask.with_body({"instance_limit": instance_limit}))


class Accounts(PlatformResource[D]):
    """What the account's plans give it."""

    @call
    def get(self, account_id: str | None = None, *, plan_id: str | None = None) -> Flow[Account]:
        """One account's configuration, or that of the instance's account; of one plan, or all."""
        if plan_id is not None:
            check_text("plan_id", plan_id, most=64)
        if account_id is None:
            account_id = (yield from self._api.find_crn()).account
        else:
            _check_account(account_id)
        ids, query = {"account_id": account_id}, {"plan_id": plan_id}
        return (
            yield from self._api.ask(
                self._api.prepare("get_account", ids, query=query), Account.read
            )
        )


class Versions(PlatformResource[D]):
    """The versions of the API. Neither a key nor an instance is needed, and none is sent."""

    @call
    def list(self) -> Flow[_Versions]:
        """All versions that are answered, oldest first, as the service lists them."""
        page = yield from self._api.ask_page(
            self._api.prepare("get_versions"), "versions", Version.read
        )
        return page.items


class Tags(PlatformResource[D]):
    """Tags that the instance's jobs have."""

    @call
    def list(self, search: str) -> Flow[_Texts]:
        """Tags that contain ``search``, which has at least 3 characters."""
        check_text("search", search, least=3, most=100)
        ask = self._api.prepare("list_tags", query={"type": "job", "search": search})
        page = yield from self._api.ask_page(ask, "tags", read_text)
        return page.items


def _check_account(account_id: str) -> None:
    if not re.fullmatch("[A-Za-z0-9_-]+", check_text("account_id", account_id, most=64)):
        raise ValueError(f"account_id {account_id!r} has more to it than letters and digits")
