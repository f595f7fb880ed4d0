"""Who may use what: tokens, instances, and the devices that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.commons import Commons
from dryshot.world.instances import ServiceInstance
from dryshot.world.platform.instances import Instances
from dryshot.world.platform.machines import Condition, Machines
from dryshot.world.platform.tokens import BearerToken, Tokens

__all__ = ["Access"]


class Access:
    """What there is before the first job."""

    def __init__(self, commons: Commons, offered: Iterable[str] = ()) -> None:
        self._commons = commons
        self._tokens = Tokens(commons.clock, commons.seed, commons.accounts)
        self._instances = Instances(commons.backends, commons.accounts, offered)
        self._machines = Machines(commons.backends, commons.runner, commons.limits, commons.removed)

    def issue_token(self, api_key: str) -> BearerToken:
        """A bearer token for an hour; ``LoginFailed`` if the key has no account."""
        return self._tokens.issue(api_key)

    def authenticate(self, bearer: str) -> Account:
        """The account of a living bearer token; ``NotAuthenticated`` if it is none."""
        return self._tokens.authenticate(bearer)

    def authenticate_key(self, api_key: str) -> Account:
        """The account of a bare API key; ``NotAuthenticated`` if it has none."""
        return self._tokens.authenticate_key(api_key)

    def revoke(self, bearer: str) -> None:
        """End a bearer token at once; ``NotAuthenticated`` if it does not live."""
        self._tokens.revoke(bearer)

    def revoke_of(self, concerns: Callable[[Account], bool]) -> None:
        """End the bearer tokens of these accounts at once."""
        self._tokens.revoke_of(concerns)

    @property
    def all_instances(self) -> Instances:
        """Every instance that has come into being, whoever's it is."""
        return self._instances

    @property
    def machines(self) -> Machines:
        """The devices, and what is the matter with them."""
        return self._machines

    def instances(self, account: Account) -> list[ServiceInstance]:
        """The account's instances, as they now are."""
        return list(self._instances.of(account))

    def instance(
        self, account: Account, crn: str, region_of_host: str | None = None
    ) -> ServiceInstance:
        """The account's instance of this CRN, in the host's region if that is known.

        ``Invalid`` (1241), ``NotFound`` or ``PermissionDenied`` if there is none.
        """
        return self._instances.get(account, crn, region_of_host)

    def backends(self, instance: ServiceInstance, *, mocks: bool) -> list[Backend]:
        """The instance's devices, and then its mock devices if wanted and in its plan."""
        return self._machines.of(instance, mocks=mocks)

    def backend(self, instance: ServiceInstance, name: str) -> Backend:
        """One device or mock device of the instance; ``NotFound`` if it has none such."""
        return self._machines.get(instance, name)

    def check_calibration(self, instance: ServiceInstance, calibration_id: str | None) -> None:
        """``PermissionDenied`` if the plan allows no calibration but the usual one."""
        self._machines.check_calibration(instance, calibration_id)

    def condition(self, name: str) -> Condition:
        """How a device is doing."""
        return self._machines.condition(name)

    def set_condition(
        self,
        name: str,
        status: str = "online",
        *,
        reason: str | None = None,
        message: str | None = None,
        others: int = 0,
    ) -> None:
        """Say how a device is doing: online, paused or offline; only online ones start jobs.

        ``others`` jobs of other people wait for it.
        """
        self._machines.set_condition(name, status, reason, message, others)

    def queue_length(self, name: str) -> int:
        """How many jobs wait for a device, those of others included."""
        return self._machines.queue_length(name)
