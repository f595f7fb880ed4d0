"""Where instances are found and described: Global Search, Global Catalog, Resource Controller."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from dryshot.contract import Call, Contract, Operation
from dryshot.dialects.dialect import Dialect, Reply
from dryshot.dialects.platform.caller import bearer
from dryshot.dialects.platform.errors import refusal
from dryshot.errors import DryshotError, Invalid, NotFound
from dryshot.http import Headers, Request
from dryshot.world import Account, World
from dryshot.world.ids import stream
from dryshot.world.platform import PLANS, ServiceInstance

__all__ = ["CatalogDialect", "ResourcesDialect", "SearchDialect"]

_LONG = 10
_RESOURCE_ID = "b6049020-80f4-11eb-a0f7-e35ec9b4054f"
"""Global Catalog's id of the service, the same for everyone."""


class _CloudDialect(Dialect):
    """What the three have in common: a bearer token, and errors with a trace."""

    document: str

    def __init__(self, world: World) -> None:
        super().__init__(Contract.load(self.document), world)
        self._traces = stream(world.seed, self.document, "traces")

    def authenticate(self, request: Request) -> Account:
        """The account of the bearer token."""
        return bearer(self.world, request)

    def headers(self) -> Headers:
        """Nothing beyond what the body needs."""
        return {}

    def refuse(self, error: DryshotError, _operation: Operation | None) -> Reply:
        """The ``errors`` envelope."""
        status, body = refusal(error, f"{self._traces.getrandbits(128):032x}")
        for item in body["errors"]:
            item["code"] = str(item["code"])
            del item["solution"]
        return status, {**body, "status_code": status}


class SearchDialect(_CloudDialect):
    """Handlers of ``api.global-search-tagging.cloud.ibm.com``."""

    document = "platform-search"

    def search_resources(self, call: Call, account: Account) -> Reply:
        """The account's instances, in the order in which they were declared."""
        limit = call.query.get("limit", 100)
        cursor = call.body.get("search_cursor") or "0"
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < _LONG):
            raise Invalid("search_cursor", f"{cursor!r} is not a cursor of this list")
        start = int(cursor)
        instances = self.world.platform.instances(account)
        page: dict[str, Any] = {
            "items": [_item(instance) for instance in instances[start : start + limit]],
            "limit": limit,
        }
        if start + limit < len(instances):
            page["search_cursor"] = str(start + limit)
        return 200, page


class CatalogDialect(_CloudDialect):
    """Handlers of ``globalcatalog.cloud.ibm.com``."""

    document = "platform-catalog"

    def get_catalog_entry(self, call: Call, _caller: Account) -> Reply:
        """A plan: its name, and how it is paid."""
        wanted = next(iter(call.path.values()))
        for plan in PLANS.values():
            if plan.catalog_id == wanted:
                name = plan.name.replace("-", " ").title().replace(" ", "-")
                return 200, {
                    "id": plan.catalog_id,
                    "kind": "plan",
                    "name": plan.name,
                    "overview_ui": {"en": {"display_name": name}},
                    "metadata": {"pricing": {"type": plan.pricing}},
                }
        raise NotFound("plan", wanted)


class ResourcesDialect(_CloudDialect):
    """Handlers of ``resource-controller.cloud.ibm.com``."""

    document = "platform-resources"

    def list_resource_instances(self, call: Call, account: Account) -> Reply:
        """The account's instances, or those of one name."""
        name = call.query.get("name")
        found = [
            _resource(instance)
            for instance in self.world.platform.instances(account)
            if name in (None, instance.name)
        ]
        return 200, {"rows_count": len(found), "next_url": None, "resources": found}

    def get_resource_instance(self, call: Call, account: Account) -> Reply:
        """One instance."""
        return 200, _resource(self._instance(call, account))

    def update_resource_instance(self, call: Call, account: Account) -> Reply:
        """Set what an instance may use; a limit of null is the plan's own."""
        instance = self._instance(call, account)
        parameters = call.body["parameters"]
        if "backends" in parameters:
            names = [name for name in parameters["backends"] if name != "ANY"]
            self.world.platform.assign_backends(instance, names)
        if "instance_limit_seconds" in parameters:
            limit = _whole(parameters["instance_limit_seconds"])
            self.world.platform.configure_instance(instance, limit)
        if "usage_allocation_seconds" in parameters:
            instance.usage_allocation_seconds = _whole(parameters["usage_allocation_seconds"])
        instance.name = call.body.get("name", instance.name)
        return 200, _resource(instance)

    def _instance(self, call: Call, account: Account) -> ServiceInstance:
        wanted = unquote(next(iter(call.path.values())))
        for instance in self.world.platform.instances(account):
            if wanted in (instance.crn, instance.crn.split(":")[7]):
                return instance
        raise NotFound("instance", wanted)


def _whole(seconds: str | float | None) -> int | None:
    """Seconds, which may come as text."""
    if isinstance(seconds, str) and len(seconds) >= _LONG:
        raise Invalid("parameters", f"{len(seconds)} digits are too many for seconds")
    return None if seconds is None else int(seconds)


def _extensions(instance: ServiceInstance) -> dict[str, Any]:
    limits = {
        "instance_limit_seconds": instance.usage_limit_seconds,
        "usage_allocation_seconds": instance.usage_allocation_seconds,
    }
    return {name: str(value) for name, value in limits.items() if value is not None} | {
        "backends": list(instance.backends) or ["ANY"]
    }


def _item(instance: ServiceInstance) -> dict[str, Any]:
    return {
        "crn": instance.crn,
        "name": instance.name,
        "service_plan_unique_id": instance.plan.catalog_id,
        "tags": list(instance.tags),
        "doc": {"extensions": _extensions(instance)},
    }


def _resource(instance: ServiceInstance) -> dict[str, Any]:
    return {
        "id": instance.crn,
        "crn": instance.crn,
        "guid": instance.crn.split(":")[7],
        "name": instance.name,
        "region_id": instance.region,
        "resource_id": _RESOURCE_ID,
        "resource_plan_id": instance.plan.catalog_id,
        "state": "active",
        "extensions": _extensions(instance),
    }
