"""Who the caller is, how the service is, and which instances there are."""

from __future__ import annotations

from dryshot_client.calls import D, call
from dryshot_client.flows import Flow
from dryshot_client.legacy.account_shapes import (
    Health,
    Hub,
    Instance,
    Instances,
    Usage,
    User,
    Validity,
)
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource

__all__ = ["Account", "InstanceList"]

# Within the classes below, ``list`` may be their method.
_Hubs = list[Hub]
_Instances = list[Instance]


class Account(LegacyResource[D]):
    """The caller, and the services as the caller finds them."""

    @call
    def user(self) -> Flow[User]:
        """Who is asking, and where the services are."""
        return self._api.ask(self._api.prepare("get_user"), read_as(User))

    @call
    def runtime_user(self) -> Flow[User]:
        """The same, asked of the runtime's host."""
        return self._api.ask(self._api.prepare("get_runtime_user"), read_as(User))

    @call
    def validate(self) -> Flow[bool]:
        """Whether the runtime takes the access token; ``AuthenticationError`` is its other no."""
        answer = yield from self._api.ask(self._api.prepare("validate_token"), read_as(Validity))
        return answer["valid"]

    @call
    def revoke(self) -> Flow[None]:
        """Revoke the access token at the runtime; the next call logs in again."""
        return self._api.do(self._api.prepare("revoke_token"))

    @call
    def version(self) -> Flow[dict[str, str]]:
        """The versions of the service's parts, "api-auth" among them. No token is needed."""
        return self._api.ask(self._api.prepare("get_version"), read_as(dict[str, str]))

    @call
    def health(self) -> Flow[Health]:
        """Whether the runtime is up. No token is needed."""
        return self._api.ask(self._api.prepare("get_health"), read_as(Health))


class InstanceList(LegacyResource[D]):
    """The account's instances: hubs with their groups and projects."""

    @call
    def list(self) -> Flow[_Instances]:
        """Their names, "hub/group/project", and plans."""
        found = yield from self._api.ask(self._api.prepare("list_instances"), read_as(Instances))
        return found["instances"]

    @call
    def hubs(self) -> Flow[_Hubs]:
        """The same as a tree: hubs with their groups, projects and devices."""
        return self._api.ask(self._api.prepare("list_hubs"), read_as(_Hubs))

    @call
    def usage(self) -> Flow[Usage]:
        """What was used of each in this month, and how much may be."""
        return self._api.ask(self._api.prepare("get_own_usage"), read_as(Usage))
