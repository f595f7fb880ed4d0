"""The whole examination of a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dryshot.conformance.caller import Caller
from dryshot.conformance.checks import check_operations, check_scenarios
from dryshot.conformance.dialects import DIALECTS, CouldNotRun, Dialect
from dryshot.conformance.findings import Broken, Findings
from dryshot.conformance.machine import RuntimeStateMachine
from dryshot.conformance.places import is_ibm, places
from dryshot.conformance.wire import OutOfTime, Unanswered, Wire

__all__ = ["examine"]

_SUBMISSION_LIMIT = 12.5
"""Seconds between submissions to IBM's service, which takes five in a minute."""


def examine(
    url: str,
    api_key: str,
    *,
    instance: str | None = None,
    dialects: Sequence[str] = ("platform", "classic"),
    examples: int = 5,
    seed: int = 0,
    patience: float = 60.0,
    connect: Callable[[], Wire] = Wire,
) -> Findings:
    """What a service at ``url`` does rightly and wrongly; ``CouldNotRun`` if nothing can be said.

    Jobs are small, and removed again; at IBM's hosts they are spaced out, and what would change an
    account's settings is left out. ``examples`` are the state machine's, 0 for none; equal seeds
    ask the same. ``patience`` is how long a job may take, in seconds. ``ValueError`` if ``url`` is
    not one.
    """
    findings = Findings((api_key,))
    where = places(url)
    spacing = _SUBMISSION_LIMIT if is_ibm(url) else 0.0
    refused: list[CouldNotRun] = []
    for name in dialects:
        api = DIALECTS[name]
        try:
            with connect() as wire:
                caller = Caller(wire, where, findings, spacing=spacing)
                facts = api.log_in(caller, api_key, instance)
                check_operations(
                    caller, api, facts, api_key, patience=patience, cautious=is_ibm(url)
                )
                facts = api.log_in(caller, api_key, instance)  # one of the operations logs out
                check_scenarios(caller, api, facts, patience=patience)
            if examples:
                members = {
                    "url": url,
                    "api_key": api_key,
                    "instance": instance,
                    "dialect": name,
                    "patience": patience,
                    "spacing": spacing,
                    "strict": False,  # what documents forbid is found already
                    "connect": staticmethod(connect),
                }
                machine = type("Machine", (RuntimeStateMachine,), members)
                _run(machine, api, findings, examples, seed)
        except CouldNotRun as error:
            refused.append(error)
            findings.failed(api.token_call(api_key).key, "answers", str(error))
        except OutOfTime as error:
            findings.failed(api.key("submit"), "answers", f"not finished: {error}")
    if len(refused) == len(dialects):
        raise refused[0]
    return findings


def _run(
    machine: type[RuntimeStateMachine], api: Dialect, findings: Findings, examples: int, seed: int
) -> None:
    """Run the machine once; what it finds is shown by the operation that shows it."""
    from hypothesis import HealthCheck, Phase, Verbosity, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    effort = settings(
        max_examples=examples,
        stateful_step_count=15,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(seeded(seed)(machine), settings=effort)
    except Broken as error:
        findings.failed(error.operation, "machine", error.reason)
    except (Unanswered, CouldNotRun) as error:
        findings.failed(api.key("submit"), "machine", str(error))
    else:
        for key in api.operations.values():
            findings.passed(key, "machine")
