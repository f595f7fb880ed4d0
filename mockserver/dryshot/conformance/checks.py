"""The checks of every operation, one after the other."""

from __future__ import annotations

from dryshot.conformance.caller import Call, Caller
from dryshot.conformance.dialects import Dialect, Facts
from dryshot.conformance.findings import Broken
from dryshot.conformance.model import Model
from dryshot.conformance.rightly import Right, right_calls
from dryshot.conformance.scenarios import scenarios
from dryshot.conformance.sessions import Sessions
from dryshot.conformance.wire import Unanswered
from dryshot.conformance.wrongly import wrong_calls

__all__ = ["check_operations", "check_scenarios"]

_UNAUTHENTICATED = 401
_ABSENT = (405, 501)
"""Statuses that say that there is no such operation."""


def check_operations(
    caller: Caller,
    dialect: Dialect,
    facts: Facts,
    api_key: str,
    *,
    patience: float,
    cautious: bool,
) -> None:
    """Ask for every operation, rightly and wrongly; what comes of it is in the findings."""
    for make in right_calls(dialect, facts, api_key, cautious=cautious):
        model = Model(caller, dialect, facts, patience)
        sessions = Sessions(model)
        try:
            right = make(model, sessions)
            if not right.last and not _check_right(caller, right):
                continue  # there is no such operation: nothing is right or wrong about it
            if _check_strangers(caller, dialect, right.call) and right.last:
                right = make(model, sessions)  # a stranger was let in, and ended it
            _check_wrong(caller, right)
            if right.last:
                _check_right(caller, right)
        except Broken as error:
            caller.findings.failed(error.operation, "behaviour", error.reason)
        except Unanswered:
            continue  # the caller has made a finding of it
        finally:
            _clean(model, sessions)


def check_scenarios(caller: Caller, dialect: Dialect, facts: Facts, *, patience: float) -> None:
    """Play every scenario."""
    for play, keys in scenarios(dialect).items():
        model = Model(caller, dialect, facts, patience)
        sessions = Sessions(model)
        try:
            play(model, sessions)
            for key in keys:
                caller.findings.passed(key, "behaviour")
        except Broken as error:
            caller.findings.failed(error.operation, "behaviour", error.reason)
        except Unanswered:
            continue
        finally:
            _clean(model, sessions)


def _clean(model: Model, sessions: Sessions) -> None:
    for clean in (sessions.clean, model.clean):
        try:
            clean()
        except Unanswered:
            continue


def _check_right(caller: Caller, right: Right) -> bool:
    """Ask rightly; whether there is such an operation at all."""
    status = caller.send(right.call).status
    wanted = " or ".join(map(str, right.statuses))
    reason = f"a right request was answered with {status} in the place of {wanted}"
    held = status in right.statuses
    caller.findings.judge(right.call.key, "answers", held=held, reason=reason)
    return status not in _ABSENT


def _check_strangers(caller: Caller, dialect: Dialect, call: Call) -> bool:
    """Ask without credentials and with wrong ones; whether that was let through."""
    let_in = False
    if not call.operation.authenticated:
        return let_in
    for wrong, name in (({}, "without credentials"), (dialect.wrong, "with a wrong token")):
        answer = caller.send(call, credentials=wrong)
        let_in = let_in or answer.ok
        reason = f"{name} it was answered with {answer.status} in the place of 401"
        held = answer.status == _UNAUTHENTICATED
        caller.findings.judge(call.key, "credentials", held=held, reason=reason)
    return let_in


def _check_wrong(caller: Caller, right: Right) -> None:
    findings, call = caller.findings, right.call
    for name in call.ids:
        unknown = call.replaced(ids={**call.ids, name: right.unknown})
        status = caller.send(unknown).status
        wanted = " or ".join(map(str, right.unknown_statuses))
        reason = f"an unknown {name} was answered with {status} in the place of {wanted}"
        held = status in right.unknown_statuses
        findings.judge(call.key, "unknown", held=held, reason=reason)
    for check, what, wrong_call in wrong_calls(call):
        _check_refused(caller, wrong_call, check, what)


def _check_refused(caller: Caller, wrong: Call, check: str, what: str) -> None:
    answer = caller.send(wrong)
    held = 400 <= answer.status < 500  # noqa: PLR2004 - what HTTP calls the client's fault
    reason = f"{what}: answered with {answer.status} in the place of a refusal"
    caller.findings.judge(wrong.key, check, held=held, reason=reason)
