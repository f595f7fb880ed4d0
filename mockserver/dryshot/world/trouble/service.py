"""Trouble with the service itself: tokens, keys, sessions, usage, plans, versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from dryshot.world.accounts import Account
from dryshot.world.instances import ServiceInstance
from dryshot.world.lifecycle import SessionState
from dryshot.world.plans import PLANS
from dryshot.world.sessions import Session
from dryshot.world.trouble.arguments import BadTrouble
from dryshot.world.trouble.incident import Effect, Incident, When
from dryshot.world.trouble.room import Room, incident, lasting

__all__ = ["ServiceTrouble"]

_LIMIT = 600
"""Seconds that an instance may use while its usage is exhausted, if it has no limit of its own."""

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}|IBMid-[0-9A-Z]+")


class ServiceTrouble(Room):
    """Each concerns accounts or instances; None is all.

    ``account`` is an API key, or an account's ``id``, ``account_id`` or ``user_id``. ``instance``
    is a name or a CRN, or the ``hub/group/project`` of the classic API. ``start`` and ``end`` are
    instants, or seconds from now.
    """

    @incident
    def revoke_tokens(self, account: str | None = None, *, start: When | None = None) -> Incident:
        """Every access token and bearer token given until then is dead; this cannot be undone."""
        concerns, said = self._accounts(account)

        def begin() -> None:
            self.world.accounts.revoke_of(concerns)
            self.world.platform.revoke_of(concerns)

        return self.open(Effect(begin=begin, said=said), start)

    @incident
    def expire_key(
        self, account: str | None = None, *, start: When | None = None, end: When | None = None
    ) -> Incident:
        """The API key is refused, and tokens that were given for it are dead at once.

        When that is over the key is good again; the tokens are not.
        """
        concerns, said = self._accounts(account)
        barred = self.world.accounts.barred

        def begin() -> None:
            self.world.accounts.revoke_of(concerns)
            self.world.platform.revoke_of(concerns)
            barred.append(concerns)

        return self.open(
            Effect(begin=begin, undo=lambda: barred.remove(concerns), said=said), start, end
        )

    @incident
    def close_sessions(self, session: str | None = None, *, start: When | None = None) -> Incident:
        """One session, or every one that is open then, closes as if its owner closed it.

        Its queued jobs fail (1217), its running jobs go on; this cannot be undone.
        """
        if session is not None and start is None and not self._sessions(session):
            raise BadTrouble("close_sessions.session", f"there is no open session {session!r}")

        def begin() -> None:
            for one in self._sessions(session):
                if one.id in self.world.sessions:
                    self.world.close_session(one)
                else:
                    self.world.platform.close_session(one)

        return self.open(Effect(begin=begin), start)

    @incident
    def exhaust_usage(
        self,
        instance: str | None = None,
        over: Literal["queue", "refuse"] = "queue",
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """The usage limit is reached; None is of every instance.

        On the platform jobs wait, or are refused (409, 4317) with ``over`` "refuse"; both are
        documented. What was used leaves the window of 28 days as ever. The classic API refuses
        (403, 4317).
        """
        undos: list[Callable[[], None]] = []
        instances, spent = self.world.platform.all_instances, self.world.spent

        def exhaust(one: ServiceInstance) -> None:
            if instance in {None, one.name, one.crn}:
                undos.append(self._exhaust(one, over))

        def classic(name: str) -> bool:
            return instance in {None, name}

        def begin() -> None:
            for one in instances:
                exhaust(one)
            instances.watchers.append(exhaust)
            spent.append(classic)

        def undo() -> None:
            instances.watchers.remove(exhaust)
            spent.remove(classic)
            for back in reversed(undos):
                back()
            self.world.runner.wake()

        return self.open(Effect(begin=begin, undo=undo), start, end)

    @incident
    def change_plan(
        self,
        instance: str,
        plan: Literal["open", "pay-as-you-go", "flex", "premium"],
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """The instance is of another plan, with that plan's limits; its CRN stays."""
        undos: list[Callable[[], None]] = []
        instances = self.world.platform.all_instances

        def change(one: ServiceInstance) -> None:
            if instance in {one.name, one.crn}:
                undos.append(_change_plan(one, plan))

        def begin() -> None:
            for one in instances:
                change(one)
            instances.watchers.append(change)
            self.world.runner.wake()

        def undo() -> None:
            instances.watchers.remove(change)
            for back in reversed(undos):
                back()
            self.world.runner.wake()

        regions = {one.region for one in instances if instance in {one.name, one.crn}}
        if regions - set(PLANS[plan].regions):
            raise BadTrouble("change_plan.plan", f"the {plan} plan does not exist in {regions}")
        return self.open(Effect(begin=begin, undo=undo), start, end)

    @incident
    def sunset_version(
        self,
        version: str,
        answer: Literal["refuse", "oldest"] = "refuse",
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """A version of the platform's API is no longer served, and no longer listed.

        Requests that name it are refused (400, 1208), or, with ``answer`` "oldest", are answered as
        the service was seen to answer versions that it does not know: as the oldest.
        """
        if not _VERSION.fullmatch(version):
            raise BadTrouble("sunset_version.version", f"{version!r} is not of the form YYYY-MM-DD")
        platform = self.world.platform
        gone = platform.refused_versions if answer == "refuse" else platform.forgotten_versions
        return self.open(lasting(gone, version), start, end)

    def _accounts(self, text: str | None) -> tuple[Callable[[Account], bool], dict[str, str]]:
        """Which accounts are meant, and how they are named without an API key."""
        if text is None:
            return (lambda _account: True), {}
        if not text.strip():
            raise BadTrouble("account", "it is empty")
        known = [account.id for account in self.world.accounts if account.api_token == text]
        # an API key that has not been used yet has the id of the account that it will open
        name = known[0] if known else text if _ID.fullmatch(text) else Account(text).id

        def concerns(account: Account) -> bool:
            return name in {account.id, account.account_id, account.user_id}

        return concerns, {"account": name}

    def _sessions(self, name: str | None) -> list[Session]:
        all_of_them = [*self.world.sessions.values(), *self.world.platform.sessions.values()]
        return [
            session
            for session in all_of_them
            if name in {None, session.id} and session.state is not SessionState.CLOSED
        ]

    def _exhaust(self, one: ServiceInstance, over: str) -> Callable[[], None]:
        """Let one instance have used all it may; what it returns takes that back."""
        platform, when = self.world.platform, self.world.clock.now()
        before, consumed = one.usage_limit_seconds, platform.usage(one).consumed
        limit = max(consumed, _LIMIT) if before is None else before
        one.usage_limit_seconds = limit
        platform.charge(one, max(0, limit - consumed))
        if over == "refuse":
            platform.refusing.append(one.crn)

        def back() -> None:
            _take_back(self.world.platform.refund, one, max(0, limit - consumed), when)
            if one.usage_limit_seconds == limit:
                one.usage_limit_seconds = before
            if over == "refuse":
                platform.refusing.remove(one.crn)

        return back


def _take_back(
    refund: Callable[[ServiceInstance, int, datetime], None],
    one: ServiceInstance,
    seconds: int,
    when: datetime,
) -> None:
    if seconds:
        refund(one, seconds, when)


def _change_plan(one: ServiceInstance, name: str) -> Callable[[], None]:
    before, limit, new = one.plan, one.usage_limit_seconds, PLANS[name]
    one.plan, one.usage_limit_seconds = new, new.usage_limit_seconds

    def back() -> None:
        one.plan = before
        if one.usage_limit_seconds == new.usage_limit_seconds:
            one.usage_limit_seconds = limit

    return back
