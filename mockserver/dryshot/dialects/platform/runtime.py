"""The Compute API: every operation, from the rooms beside this one."""

from __future__ import annotations

import uuid
from dataclasses import replace

from dryshot.contract import Call, Contract, Operation
from dryshot.dialects.dialect import Dialect, Reply
from dryshot.dialects.platform.analytics import AnalyticsHandlers
from dryshot.dialects.platform.backends import BackendHandlers
from dryshot.dialects.platform.caller import Caller, authenticate
from dryshot.dialects.platform.errors import refusal
from dryshot.dialects.platform.instances import InstanceHandlers
from dryshot.dialects.platform.jobs import JobHandlers
from dryshot.dialects.platform.sessions import SessionHandlers
from dryshot.dialects.platform.tellings import Tellings
from dryshot.errors import DryshotError, Invalid
from dryshot.http import Headers, Request, Response
from dryshot.world import World
from dryshot.world.ids import stream

__all__ = ["RuntimeDialect"]

_NUMBERED = frozenset(
    {
        "get_usage",
        "find_instance_workloads",
        "analytics_usage",
        "get_usage_analytics_grouped",
        "get_usage_analytics_grouped_by_date",
        "analytics_filters",
    }
)
"""The operations whose errors have numbers for codes, always."""


class RuntimeDialect(
    BackendHandlers, JobHandlers, SessionHandlers, InstanceHandlers, AnalyticsHandlers, Dialect
):
    """Handlers and manners of ``quantum.cloud.ibm.com/api/v1``."""

    def __init__(self, world: World) -> None:
        super().__init__(Contract.load("platform-runtime", world.limits.bounds_of_tags), world)
        self.listings = {}
        self.tellings = Tellings()
        self._traces = stream(world.seed, "platform traces")

    def authenticate(self, request: Request) -> Caller:
        """The account of the bearer token, and its instance of the Service-CRN."""
        caller = authenticate(self.world, request)
        if (refused := self.world.platform.refused_versions) and (
            version := request.headers.get("ibm-api-version")
        ) in refused:
            message = f"version {version} of the API is no longer supported"
            raise Invalid("IBM-API-Version", message)
        return caller

    def handle(self, call: Call, caller: Caller) -> Response:
        """Do what was asked; a version that is not known any more is as if none was named."""
        request, forgotten = call.request, self.world.platform.forgotten_versions
        if forgotten and request.headers.get("ibm-api-version") in forgotten:
            headers = {k: v for k, v in request.headers.items() if k != "ibm-api-version"}
            call = call._replace(request=replace(request, headers=headers))
        return super().handle(call, caller)

    def headers(self) -> Headers:
        """Nothing beyond what the body needs."""
        return {}

    def refuse(self, error: DryshotError, operation: Operation | None) -> Reply:
        """The ``errors`` envelope with a trace."""
        trace = str(uuid.UUID(int=self._traces.getrandbits(128), version=4))
        status, body = refusal(error, trace)
        if operation is not None and operation.id in _NUMBERED:
            for item in body["errors"]:
                if isinstance(item["code"], str):
                    item["code"] = status
        return status, body
