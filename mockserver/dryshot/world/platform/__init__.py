"""Today's IBM Quantum Compute service: instances and plans, bearer tokens, sessions, usage."""

from __future__ import annotations

from dryshot.world.instances import Crn, ServiceInstance, parse_crn
from dryshot.world.plans import PLANS, Plan
from dryshot.world.platform.analytics import AnalyticsQuery, Figures, Filters, Slice
from dryshot.world.platform.machines import Condition
from dryshot.world.platform.platform import Platform
from dryshot.world.platform.tokens import BearerToken
from dryshot.world.platform.usage import Usage
from dryshot.world.platform.workloads import Workload, WorkloadPage, WorkloadQuery

__all__ = [
    "PLANS",
    "AnalyticsQuery",
    "BearerToken",
    "Condition",
    "Crn",
    "Figures",
    "Filters",
    "Plan",
    "Platform",
    "ServiceInstance",
    "Slice",
    "Usage",
    "Workload",
    "WorkloadPage",
    "WorkloadQuery",
    "parse_crn",
]
