"""What the classic resources have in common."""

from __future__ import annotations

from dryshot_client.calls import D, Resource
from dryshot_client.legacy.api import LegacyApi

__all__ = ["LegacyResource"]


class LegacyResource(Resource[D]):
    """Some of the operations of the classic APIs."""

    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api
