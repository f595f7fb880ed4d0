"""Jobs as the service's own pages saw them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot_client.calls import D, Resource, call
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi

__all__ = ["Facade"]

_Object = dict[str, Any]


class Facade(Resource[D]):
    """The facade. Queries and bodies are as the service names them."""

    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api

    @call
    def job_type(self, job_id: str) -> Flow[_Object]:
        """Through which API a job came."""
        return self._api.call_object(self._api.prepare("get_job_type", {"id": job_id}))

    @call
    def jobs(self, query: Mapping[str, Any] | None = None) -> Flow[_Object]:
        """A page of jobs."""
        return self._api.call_object(self._api.prepare("list_facade_jobs", query=query))

    @call
    def create_job(self, body: Mapping[str, Any]) -> Flow[_Object]:
        """Submit a job; never sent twice."""
        return self._api.call_object(self._api.prepare("create_facade_job", body=body))

    @call
    def tags(self) -> Flow[_Object]:
        """Every tag of every job."""
        return self._api.call_object(self._api.prepare("list_job_tags"))
