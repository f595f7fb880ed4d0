"""Today's IBM Quantum Compute REST API, and the IBM Cloud services that its clients call first."""

from __future__ import annotations

from dryshot.dialects.platform.catalog import CatalogDialect, ResourcesDialect, SearchDialect
from dryshot.dialects.platform.iam import IamDialect
from dryshot.dialects.platform.runtime import RuntimeDialect

__all__ = [
    "CatalogDialect",
    "IamDialect",
    "ResourcesDialect",
    "RuntimeDialect",
    "SearchDialect",
]
