"""A world lives through its records again, and must say what it said then."""

from __future__ import annotations

import json
from collections.abc import Iterable

from dryshot.http import Request
from dryshot.server.clocks import Setting
from dryshot.server.credentials import token_of
from dryshot.server.records import Record, StateError, answer, decode_end, decode_request
from dryshot.server.tenant import Tenant

__all__ = ["Replay"]


class Replay:
    """Brings one tenant to where its records end; first every outcome is to be known."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._tokens: list[str] = []

    def learn(self, records: Iterable[Record]) -> None:
        """Know how jobs ended before they begin."""
        for record in records:
            self._tenant.outcomes.know(*decode_end(record.data))

    def live(self, seq: int, record: Record) -> None:
        """Let happen what happened; ``StateError`` if it now happens otherwise."""
        clock = self._tenant.clock
        if record.kind == "request":
            with clock.at(record.at):
                self._ask(seq, record.data)
        elif record.kind == "end":
            with clock.at(record.at):
                self._tenant.outcomes.conclude(decode_end(record.data)[0])
        elif record.kind == "clock":
            clock.restore(Setting(**json.loads(record.data)))
        elif record.kind == "faults":
            self._tenant.restore_faults(json.loads(record.data))
        elif record.kind == "condition":
            with clock.at(record.at):
                self._tenant.mock.world.platform.set_condition(**json.loads(record.data))
        elif record.kind == "trouble":
            with clock.at(record.at):
                self._tenant.mock.world.trouble.repeat(json.loads(record.data))

    def _ask(self, seq: int, data: bytes) -> None:
        tenant = self._tenant
        request, then = decode_request(data, self._tokens.__getitem__)
        try:
            response = tenant.mock(request)
        except Exception as error:  # noqa: BLE001 - it may have failed then as well
            self._compare(seq, request, then, type(error).__name__)
            return
        token = token_of(request, response)
        self._compare(seq, request, then, answer(response, secret=token is not None))
        if token is not None:
            self._tokens.append(token)
        tenant.note(request, response, keep=False)

    def _compare(self, seq: int, request: Request, then: str, now: str) -> None:
        if then != now:
            raise StateError(
                f"record {seq} of {self._tenant.name} ({request.method} {request.path}) "
                f"was answered with {then}, and is now with {now}"
            )
