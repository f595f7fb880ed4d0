"""Instances, the account they belong to, and the versions of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any, Literal

from dryshot_client.models import Model, named

__all__ = [
    "Account",
    "AccountPlan",
    "FoundInstance",
    "Instance",
    "InstanceConfiguration",
    "InstanceUsage",
    "UsagePeriod",
    "Version",
]


class FoundInstance(Model):
    """An instance as IBM Cloud's search knows it."""

    crn: str
    name: str | None = None
    plan_id: str | None = field(default=None, metadata=named("service_plan_unique_id"))
    tags: list[str] = field(default_factory=list)


class Instance(Model):
    """An instance. The service sends the two last limits, which are in seconds, as texts.

    ``backends`` are names, or "ANY".
    """

    plan_id: str
    backends: list[str]
    instance_limit: float | None = None
    instance_limit_seconds: str | None = None
    usage_allocation_seconds: str | None = None


class InstanceConfiguration(Model):
    """The limit set for an instance, in seconds; ``None`` if there is none."""

    instance_limit: float | None = None


class UsagePeriod(Model):
    """The time that usage is counted in."""

    start_time: datetime | None = None
    end_time: datetime | None = None


class InstanceUsage(Model):
    """What an instance has used, and may use, in seconds; ``None`` where there is no limit."""

    instance_id: str
    plan_id: str
    usage_consumed_seconds: float
    usage_limit_seconds: float | None = None
    usage_allocation_seconds: float | None = None
    usage_limit_reached: bool | None = None
    usage_period: UsagePeriod | None = None

    @property
    def usage_remaining_seconds(self) -> float | None:
        """What is left, never below 0; ``None`` where there is no limit."""
        if self.usage_limit_seconds is None:
            return None
        return max(0, self.usage_limit_seconds - self.usage_consumed_seconds)


class AccountPlan(Model):
    """What one plan gives the account. Times are in seconds."""

    plan_id: str
    subscription_id: str | None = None
    subscription_name: str | None = None
    backends: list[str] = field(default_factory=list)
    usage_allocation_seconds: float | None = None
    usage_limit_seconds: float | None = None
    unallocated_usage_seconds: float | None = None
    max_ttl: int | None = None
    active_ttl: int | None = None
    interactive_ttl: int | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    functions: list[Mapping[str, Any]] = field(default_factory=list)


class Account(Model):
    """The account's configuration."""

    plans: list[AccountPlan]


class Version(Model):
    """A version of the API, and the day it goes out of service, if that is known."""

    version: str
    status: Literal["live", "deprecated"]
    sunset_date: date | None = None
