"""Every operation of the Compute API, asked for by a client: well, and of what it cannot have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.platform import BROKEN, CALLS, OPERATIONS, Connect, ask, run, submit
from dryshot.mock import Mock
from dryshot.world.runner import Pace
from dryshot_client import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    Runtime,
    RuntimeApiError,
)

GUARDED = sorted(CALLS.keys() - {"get_versions"})
DROPPED = ("get_job_interim_results", "get_job_transpiled_circuits")
BEFORE_IT_WAS_DROPPED = "2025-05-01"


def of(what: str) -> list[str]:
    """The operations whose paths lead to one of these things."""
    return sorted(name for name in CALLS if OPERATIONS[name].path.startswith(f"/{what}/{{id}}"))


def test_every_operation_of_the_document_is_called() -> None:
    assert CALLS.keys() == OPERATIONS.keys()


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", sorted(CALLS.keys() - DROPPED - {"cancel_job_jid"}))
def test_every_operation_succeeds(runtime: Runtime, crn: str, operation: str) -> None:
    ids: dict[str, Callable[[], str]] = {
        "jobs": lambda: run(runtime).id,
        "sessions": lambda: runtime.sessions.create(backend="ibm_torino").id,
        "backends": lambda: "ibm_fez",
        "accounts": lambda: crn.split(":")[6].removeprefix("a/"),
    }
    room, _, rest = OPERATIONS[operation].path.removeprefix("/").partition("/")
    CALLS[operation](runtime, ids[room]() if rest.startswith("{id}") else "")


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_what_waits_is_cancelled(runtime: Runtime, mock: Mock) -> None:
    CALLS["cancel_job_jid"](runtime, submit(runtime))
    (exchange,) = mock.journal.of("cancel_job_jid")
    assert (exchange.response.status, exchange.response.body) == (204, b"")


@pytest.mark.costs(2)
def test_what_is_done_is_answered_with_nothing(runtime: Runtime, platform: httpx.Client) -> None:
    done = {
        "replace_job_tags": run(runtime).id,
        "delete_job": run(runtime).id,
        "update_session": runtime.sessions.create(backend="ibm_torino").id,
        "delete_session_close": runtime.sessions.create(backend="ibm_torino").id,
        "replace_instance_configuration": "",
    }
    for operation, id_ in done.items():
        answer = ask(platform, operation, id_)
        assert (answer.status_code, answer.content) == (204, b"")


def test_clients_with_one_auth_share_its_token(connect: Connect, mock: Mock) -> None:
    for instance in ("premium-instance", "open-instance"):
        assert connect(instance=instance).instances.get().backends
    assert len(mock.journal.of("create_token")) == 1


def test_an_hour_later_a_client_has_a_new_token(runtime: Runtime, mock: Mock) -> None:
    before = runtime.instances.get()
    mock.clock.advance(3601)
    assert runtime.instances.get() == before


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_an_instance_of_another_account_is_forbidden(
    connect: Connect, crn: str, operation: str
) -> None:
    parts = crn.split(":")
    foreign = ":".join([*parts[:6], "a/" + "f" * 32, *parts[7:]])
    with pytest.raises(PermissionDenied) as refused:
        CALLS[operation](connect(instance=foreign), "unknown")
    assert (refused.value.status, refused.value.code) == (403, 1200)


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_an_instance_of_another_region_is_not_found(
    connect: Connect, crn: str, operation: str
) -> None:
    foreign = crn.replace(":us-east:", ":eu-de:")
    with pytest.raises(NotFound) as refused:
        CALLS[operation](connect(instance=foreign), "unknown")
    assert refused.value.code == 1279
    assert foreign in refused.value.message


@pytest.mark.parametrize("operation", of("jobs"))
def test_an_unknown_job_is_named(connect: Connect, operation: str) -> None:
    runtime = connect(api_version=BEFORE_IT_WAS_DROPPED) if operation in DROPPED else connect()
    with pytest.raises(NotFound) as refused:
        CALLS[operation](runtime, "no-such-job")
    assert refused.value.code == 1291
    assert refused.value.message == "Job not found. Job ID: no-such-job"
    assert refused.value.solution
    assert refused.value.trace


@pytest.mark.parametrize("operation", of("backends"))
def test_an_unknown_device_is_not_found(runtime: Runtime, operation: str) -> None:
    with pytest.raises(NotFound) as refused:
        CALLS[operation](runtime, "ibm_nowhere")
    assert (refused.value.code, refused.value.message) == ("not_found", "device not found")


@pytest.mark.parametrize("operation", of("sessions"))
def test_an_unknown_session_is_not_found(runtime: Runtime, operation: str) -> None:
    with pytest.raises(NotFound) as refused:
        CALLS[operation](runtime, "00000000-0000-4000-8000-000000000000")
    assert refused.value.code == "not_found"


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", DROPPED)
def test_what_was_dropped_is_gone(runtime: Runtime, operation: str) -> None:
    with pytest.raises(NotFound) as refused:
        CALLS[operation](runtime, run(runtime).id)
    assert refused.value.code == 404


@pytest.mark.costs(2)
def test_what_was_dropped_is_there_in_the_versions_before(connect: Connect) -> None:
    runtime = connect(api_version=BEFORE_IT_WAS_DROPPED)
    job_id = run(runtime).id
    assert runtime.jobs.interim_results(job_id) == ""
    with pytest.raises(NotFound) as refused:
        runtime.jobs.transpiled_circuits(job_id)
    assert (refused.value.code, refused.value.message) == (1291, "Transpiled circuits not found")


@pytest.mark.costs(2)
@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"params": {"pubs": [], "surprise": 1}}, InvalidRequest, 1208),
        ({"program": "circuit-runner", "params": {}}, InvalidRequest, 1212),
        ({"program": "qasm3-runner", "params": {}}, InvalidRequest, 1213),
        ({"program": "no-such-program", "params": {}}, NotFound, 1300),
        ({"backend": "ibm_nowhere"}, NotFound, 1216),
        ({"session_id": "no-such-session"}, NotFound, "not_found"),
    ],
)
def test_a_job_that_cannot_run_is_refused(
    runtime: Runtime, change: dict[str, Any], kind: type[RuntimeApiError], code: int | str
) -> None:
    with pytest.raises(kind) as refused:
        submit(runtime, **change)
    assert refused.value.code == code


@pytest.mark.costs(2)
@pytest.mark.parametrize("backend", ["ibm_torino", "mock_torino"])
def test_a_broken_job_is_charged_next_to_nothing(runtime: Runtime, backend: str) -> None:
    usage = run(runtime, params=BROKEN, backend=backend).usage
    assert usage is not None
    assert usage.qpu_charge_time_seconds is not None
    assert 0 <= usage.qpu_charge_time_seconds <= 2
