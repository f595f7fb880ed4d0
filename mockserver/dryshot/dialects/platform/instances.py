"""The instance itself: its limits, its usage, its account."""

from __future__ import annotations

from typing import Any

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.platform.caller import Caller
from dryshot.errors import Conflict, NotFound
from dryshot.world import World

__all__ = ["InstanceHandlers"]

_OVER_LIMIT = 4317


class InstanceHandlers:
    """One method per operation on instances and accounts."""

    world: World

    def get_instance(self, _call: Call, caller: Caller) -> Reply:
        """What the instance may use."""
        instance = caller.instance
        body: dict[str, Any] = {
            "plan_id": instance.plan.catalog_id,
            "backends": list(instance.backends) or ["ANY"],
        }
        if instance.usage_limit_seconds is not None:
            body["instance_limit"] = instance.usage_limit_seconds
            body["instance_limit_seconds"] = str(instance.usage_limit_seconds)
        if instance.usage_allocation_seconds is not None:
            body["usage_allocation_seconds"] = str(instance.usage_allocation_seconds)
        return 200, body

    def get_instance_configuration(self, _call: Call, caller: Caller) -> Reply:
        """The instance's limit in seconds."""
        limit = caller.instance.usage_limit_seconds
        return 200, {} if limit is None else {"instance_limit": limit}

    def replace_instance_configuration(self, call: Call, caller: Caller) -> Reply:
        """Set the instance's limit, not below its usage; null is the plan's own."""
        limit = call.body["instance_limit"]
        if limit is not None and limit < self.world.platform.usage(caller.instance).consumed:
            raise Conflict("The limit is below what the instance has used", code=_OVER_LIMIT)
        self.world.platform.configure_instance(caller.instance, limit)
        return 204, None

    def get_usage(self, _call: Call, caller: Caller) -> Reply:
        """What was used in the rolling window, and what is left to it."""
        instance, usage = caller.instance, self.world.platform.usage(caller.instance)
        body: dict[str, Any] = {
            "instance_id": instance.crn,
            "plan_id": instance.plan.catalog_id,
            "usage_consumed_seconds": usage.consumed,
            "usage_period": {
                "start_time": isoformat(usage.start, "milliseconds"),
                "end_time": isoformat(usage.end, "milliseconds"),
            },
        }
        if usage.allocation is not None:
            body["usage_allocation_seconds"] = usage.allocation
        if usage.limit is not None:
            body["usage_limit_seconds"] = usage.limit
            body["usage_limit_reached"] = usage.limit_reached
        return 200, body

    def get_account(self, call: Call, caller: Caller) -> Reply:
        """The plans of the account, and what they allow."""
        if call.path["id"] != caller.account.account_id:
            raise NotFound("account", call.path["id"])
        wanted = call.query.get("plan_id")
        plans = [
            {
                "plan_id": instance.plan.catalog_id,
                "subscription_id": instance.crn.split(":")[7],
                "subscription_name": instance.name,
                "backends": [
                    backend.name for backend in self.world.platform.backends(instance, mocks=False)
                ],
                "usage_allocation_seconds": instance.usage_allocation_seconds or 0,
                "usage_limit_seconds": instance.usage_limit_seconds or 0,
                "unallocated_usage_seconds": 0,
                "max_ttl": self.world.limits.plan(instance.plan).session_max_ttl,
                "active_ttl": self.world.limits.plan(instance.plan).session_max_ttl,
                "interactive_ttl": 60,
                "functions": [],
            }
            for instance in self.world.platform.instances(caller.account)
            if wanted in (None, instance.plan.catalog_id)
        ]
        return 200, {"plans": plans}
