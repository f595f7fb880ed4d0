"""Which service instances a world has, and who may use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from dryshot.errors import Invalid, NotFound, PermissionDenied
from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.instances import MODERN_DEVICES, ServiceInstance, parse_crn

__all__ = ["Instances"]

_BAD_CRN = 1241


class Instances:
    """Every instance of a world by its CRN: copies, so that no two worlds share one.

    Accounts without declared instances have usual ones, with the usual devices and ``offered``.
    Each of ``watchers`` is shown what comes into being.
    """

    def __init__(
        self,
        backends: Mapping[str, Backend],
        declared: Iterable[Account],
        offered: Iterable[str] = (),
    ) -> None:
        self._backends = backends
        usual = (name for name in MODERN_DEVICES if name in backends)
        self._usual = tuple(dict.fromkeys((*usual, *offered)))
        self._known: dict[str, ServiceInstance] = {}
        self._of: dict[str, list[ServiceInstance]] = {}
        self.watchers: list[Callable[[ServiceInstance], None]] = []
        for account in declared:
            for instance in self.of(account):
                if unknown := set(instance.backends) - backends.keys():
                    names = ", ".join(sorted(unknown))
                    raise ValueError(f"instance {instance.name}: the world has no backend {names}")

    def of(self, account: Account) -> list[ServiceInstance]:
        """The account's instances in the order of their declaration."""
        own = self._of.get(account.api_token)
        if own is None:
            given = account.service_instances
            given = self._default(account) if given is None else given
            new = [instance for instance in given if instance.crn not in self._known]
            own = [self._known.setdefault(instance.crn, replace(instance)) for instance in given]
            self._of[account.api_token] = own
            for watch in self.watchers:
                for instance in new:
                    watch(self._known[instance.crn])
        return own

    def get(self, account: Account, crn: str, region: str | None) -> ServiceInstance:
        """The account's instance of this CRN, if it is in ``region``; None stands for any.

        ``Invalid`` if ``crn`` is no CRN, ``NotFound`` if there is none or it is in another region,
        ``PermissionDenied`` if it is another account's.
        """
        try:
            parts = parse_crn(crn)
        except ValueError as error:
            raise Invalid("Service-CRN", str(error), code=_BAD_CRN) from error
        if region not in (None, parts.region):
            raise NotFound("instance", crn)
        if parts.account_id != account.account_id:
            raise PermissionDenied(f"the account has no access to {crn}")
        for instance in self.of(account):
            if instance.crn == crn:
                return instance
        if crn in self._known:
            raise PermissionDenied(f"the user has no access to {crn}")
        raise NotFound("instance", crn)

    def __iter__(self) -> Iterator[ServiceInstance]:
        """Those that have come into being: an account's do when it is first asked about."""
        return iter(list(self._known.values()))

    def by_crn(self, crn: str) -> ServiceInstance:
        """An instance that is known to exist."""
        return self._known[crn]

    def _default(self, account: Account) -> list[ServiceInstance]:
        return [
            ServiceInstance.make(
                f"{plan}-instance", account_id=account.account_id, plan=plan, backends=self._usual
            )
            for plan in ("open", "premium")
        ]
