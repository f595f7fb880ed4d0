"""What the platform's resources have in common."""

from __future__ import annotations

from dryshot_client.calls import D, Resource
from dryshot_client.platform.api import PlatformApi

__all__ = ["PlatformResource"]


class PlatformResource(Resource[D]):
    """Some of the operations of the Compute API."""

    def __init__(self, api: PlatformApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api
