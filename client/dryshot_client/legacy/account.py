"""Who the caller is, and what is theirs: instances, usage, workloads, figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot_client.calls import D, Resource, call
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi
from dryshot_client.replies import read_json

__all__ = ["Account"]

_Object = dict[str, Any]


class Account(Resource[D]):
    """The caller's account. ``query`` has parameters as the service names them."""

    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api

    @call
    def user(self) -> Flow[_Object]:
        """Who is asking, and where the services are."""
        return self._ask("get_user")

    @call
    def runtime_user(self) -> Flow[_Object]:
        """The same, of the runtime's host."""
        return self._ask("get_runtime_user")

    @call
    def hubs(self) -> Flow[list[_Object]]:
        """Hubs with their groups, projects and devices."""
        ask = self._api.prepare("list_hubs")
        response = yield from self._api.call(ask)
        is_json, body = read_json(response)
        if is_json and isinstance(body, list):
            return body
        raise self._api.unexpected(response, ask, "the answer is no list of hubs")

    @call
    def version(self) -> Flow[_Object]:
        """The versions of the service's parts."""
        return self._ask("get_version")

    @call
    def health(self) -> Flow[_Object]:
        """Whether the runtime is up."""
        return self._ask("get_health")

    @call
    def validate(self) -> Flow[_Object]:
        """Whether the runtime takes the token."""
        return self._ask("validate_token")

    @call
    def revoke(self) -> Flow[None]:
        """Revoke the access token at the runtime; the next call logs in again."""
        yield from self._api.call(self._api.prepare("revoke_token"))

    @call
    def instances(self) -> Flow[_Object]:
        """The account's instances and their plans."""
        return self._ask("list_instances")

    @call
    def usage(self) -> Flow[_Object]:
        """What was used of each instance in this month, in seconds."""
        return self._ask("get_own_usage")

    @call
    def workloads(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """A page of one's own workloads."""
        return self._ask("list_own_workloads", query)

    @call
    def all_workloads(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """A page of everybody's; for administrators."""
        return self._ask("list_all_workloads", query)

    @call
    def metrics_of(self, job_id: str) -> Flow[_Object]:
        """The metrics of anybody's job; for administrators."""
        ask = self._api.prepare("get_job_metrics_as_admin", {"id": job_id})
        return self._api.call_object(ask)

    @call
    def figures(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """Figures of usage, all in one."""
        return self._ask("get_analytics_usage", query)

    @call
    def figures_by(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """The same by one property."""
        return self._ask("get_usage_grouped", query)

    @call
    def figures_by_date(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """The same by one property and day."""
        return self._ask("get_usage_grouped_by_date", query)

    @call
    def filters(self) -> Flow[_Object]:
        """What figures can be told apart by."""
        return self._ask("get_analytics_filters")

    def _ask(self, operation: str, query: Mapping[str, Any] | None = None) -> Flow[Any]:
        return self._api.call_object(self._api.prepare(operation, query=query))
