"""The plans of the platform: what each allows, and how it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["PLANS", "REGIONS", "Plan", "Pricing", "Region"]

Pricing = Literal["free", "trial", "paygo", "paid", "subscription"]
"""How a plan is paid; clients know no other words."""

Region = Literal["us-east", "eu-de"]

REGIONS: tuple[Region, ...] = ("us-east", "eu-de")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What instances of a plan may do.

    ``catalog_id`` is an invented uuid. Times are seconds: ``usage_limit_seconds`` of device time in
    28 days (None is no limit), ``max_cost`` for one job, ``session_max_ttl`` for one session.
    """

    name: str
    catalog_id: str
    pricing: Pricing
    usage_limit_seconds: int | None = None
    max_cost: int = 10800
    session_max_ttl: int = 28800
    dedicated_sessions: bool = True
    mocks: bool = False
    calibrations: bool = True
    regions: tuple[Region, ...] = REGIONS


PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan(
            name="open",
            catalog_id="0d5f7a3e-91c4-4f6b-8a27-5be1c06d9f10",
            pricing="free",
            usage_limit_seconds=600,
            max_cost=600,
            session_max_ttl=600,
            dedicated_sessions=False,
            calibrations=False,
            regions=("us-east",),
        ),
        Plan(
            name="pay-as-you-go",
            catalog_id="3b8e2c61-47da-4e09-b5f3-8c7a1d2e6f21",
            pricing="paygo",
        ),
        Plan(
            name="flex",
            catalog_id="6fa19d84-0e5b-43c7-9d1a-2f4b7c8e3a32",
            pricing="subscription",
            mocks=True,
        ),
        Plan(
            name="premium",
            catalog_id="9c42e7b5-d36f-4a18-86e0-71d5f9a4b043",
            pricing="subscription",
            mocks=True,
        ),
    )
}
"""Every plan, by its name."""
