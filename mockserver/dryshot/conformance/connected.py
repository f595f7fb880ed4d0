"""What the state machine is set up with: a service, its time, and somebody who has logged in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant

from dryshot.conformance.caller import Caller
from dryshot.conformance.dialects import DIALECTS
from dryshot.conformance.findings import Broken, Findings
from dryshot.conformance.model import Model
from dryshot.conformance.places import places
from dryshot.conformance.sessions import Sessions
from dryshot.conformance.wire import Wire

if TYPE_CHECKING:
    from dryshot.mock import Mock

__all__ = ["Connected"]


class Connected(RuleBasedStateMachine):
    """A machine without rules; each example has a connection and a model of its own."""

    dialect: ClassVar[Literal["platform", "classic"]] = "platform"
    patience: ClassVar[float] = 60.0
    poll: ClassVar[float] = 0.25
    connect: ClassVar[Callable[[], Wire]]
    url: ClassVar[str]
    api_key: ClassVar[str]
    instance: ClassVar[str | None] = None
    spacing: ClassVar[float] = 0.0
    strict: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        wire = self._closing.enter_context(type(self).connect())
        findings = Findings((self.api_key,))
        caller = Caller(wire, places(self.url), findings, spacing=self.spacing)
        api = DIALECTS[self.dialect]
        facts = api.log_in(caller, self.api_key, self.instance)
        self._findings = findings
        self.model = Model(caller, api, facts, self.patience, self.poll)
        self.sessions = Sessions(self.model)

    @classmethod
    def for_url(
        cls,
        url: str,
        *,
        api_key: str,
        instance: str | None = None,
        dialect: Literal["platform", "classic"] = "platform",
        patience: float = 60.0,
    ) -> type[Self]:
        """A machine for the service at ``url``."""
        return cls._made(
            url=url,
            api_key=api_key,
            instance=instance,
            dialect=dialect,
            patience=patience,
            connect=Wire,
        )

    @classmethod
    def for_mock(
        cls,
        make: Callable[[], Mock],
        *,
        api_key: str = "any text opens an account",
        instance: str | None = None,
        dialect: Literal["platform", "classic"] = "platform",
    ) -> type[Self]:
        """A machine for a mock in this process; ``make`` gives a new one for each example."""

        def connect() -> Wire:
            mock = make()
            clock = mock.clock
            transport = mock.transport()
            return Wire(transport=transport, sleep=clock.advance, monotonic=clock.time)

        return cls._made(
            url="http://mock.invalid",
            api_key=api_key,
            instance=instance,
            dialect=dialect,
            connect=connect,
        )

    @classmethod
    def _made(cls, *, connect: Callable[[], Wire], **members: Any) -> type[Self]:
        members["connect"] = staticmethod(connect)
        made: type[Self] = type(cls.__name__, (cls,), members)
        made.TestCase.settings = settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        return made

    @invariant()
    def documents_are_kept(self) -> None:
        """Every answer so far was one that the OpenAPI document allows."""
        for finding in self._findings if self.strict else ():
            raise Broken(finding.operation, finding.reason)

    def teardown(self) -> None:
        """Remove what was made, and close the connections."""
        with self._closing:
            self.sessions.clean()
            self.model.clean()
