"""What there is in a tenant's world, as JSON for the admin API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dryshot.clock import Clock, isoformat
from dryshot.contract import Contract, InvalidRequest
from dryshot.errors import DryshotError
from dryshot.faults import BadFault, Fault
from dryshot.journal import Entry, Exchange
from dryshot.mock import Mock
from dryshot.server.admin.bodies import show_body
from dryshot.server.admin.redaction import LOGINS, Secrets
from dryshot.sites import Sites
from dryshot.world.jobs import Job
from dryshot.world.sessions import Session

__all__ = [
    "Explainer",
    "all_sessions",
    "show_clock",
    "show_entry",
    "show_fault",
    "show_instances",
    "show_job",
    "show_session",
    "summary",
]

_REFUSED = 400


def _instant(at: datetime | None) -> str | None:
    return None if at is None else isoformat(at)


def show_clock(clock: Clock) -> dict[str, Any]:
    """Where a clock stands, and whether requests move it."""
    # the clock has no public word for it
    return {"now": isoformat(clock.now()), "frozen": clock.is_frozen}


def show_job(secrets: Secrets, job: Job) -> dict[str, Any]:
    """A job without what was submitted and what came of it."""
    return {
        "id": job.id,
        "dialect": job.dialect,
        "program": secrets.clean(job.program_id),
        "backend": secrets.clean(job.backend),
        "status": job.status.value,
        "reason": None if job.reason is None else secrets.clean(job.reason),
        "instance": job.instance,
        "session": job.session_id,
        "tags": [secrets.clean(tag) for tag in job.tags],
        "created": isoformat(job.created),
        "started": _instant(job.started),
        "ended": _instant(job.ended),
        "charge_seconds": job.charge,
        "usage_status": job.usage_status,
    }


def all_sessions(mock: Mock) -> list[Session]:
    """The sessions of both dialects, oldest first."""
    both = [*mock.world.sessions.values(), *mock.world.platform.sessions.values()]
    return sorted(both, key=lambda session: session.created)


def show_session(session: Session, now: datetime) -> dict[str, Any]:
    """A session and the states that it was in."""
    return {
        "id": session.id,
        "mode": session.mode,
        "backend": session.backend,
        "instance": session.instance,
        "state": session.state.value,
        "reason": session.state_reason,
        "accepting_jobs": session.accepting_jobs,
        "max_ttl": session.max_ttl,
        "created": isoformat(session.created),
        "closed": _instant(session.closed),
        "usage_seconds": session.usage(now),
        "states": [
            {"state": state.value, "since": isoformat(since)} for state, since in session.timestamps
        ],
    }


def show_instances(secrets: Secrets, mock: Mock) -> list[dict[str, Any]]:
    """The platform's instances of every account, and what they have used of the last 28 days."""
    shown: dict[str, dict[str, Any]] = {}
    platform = mock.world.platform
    for account in mock.world.accounts:
        for instance in platform.instances(account):
            usage = platform.usage(instance)
            shown[instance.crn] = {
                "crn": instance.crn,
                "name": secrets.clean(instance.name),
                "plan": instance.plan.name,
                "region": instance.region,
                "backends": list(instance.backends),
                "used_seconds": usage.consumed,
                "limit_seconds": usage.limit,
                "limit_reached": usage.limit_reached,
                "since": isoformat(usage.start),
            }
    return list(shown.values())


def show_fault(secrets: Secrets, fault: Fault) -> dict[str, Any]:
    """A fault that is yet to strike."""
    try:
        given = fault.to_json()
    except BadFault:  # a test has set it, with a function that chooses calls
        given = {"kind": fault.kind, "body": "a function"}
    given.pop("state", None)
    shown: dict[str, Any] = secrets.clean_value(given)
    return {
        "number": fault.number,
        "name": fault.name,
        "kind": fault.kind,
        "status": fault.status,
        "operation": None if fault.operation is None else secrets.clean(fault.operation),
        "seen": fault.seen,
        "hits": fault.hits,
        "left": fault.left,
        "retry_after": fault.retry_after,
        "fault": shown,
    }


def summary(secrets: Secrets, entry: Entry) -> dict[str, Any]:
    """An exchange in a line, without headers and bodies."""
    sequence, exchange = entry
    request, response = exchange.request, exchange.response
    return {
        "sequence": sequence,
        "at": isoformat(exchange.at),
        "method": secrets.clean(request.method),
        "host": secrets.clean(request.host),
        "target": secrets.clean_target(request),
        "operation": exchange.operation,
        "status": response.status,
        "fault": exchange.fault,
        "request_bytes": exchange.request_size or len(request.body),
        "response_bytes": exchange.response_size or len(response.body),
    }


def show_entry(secrets: Secrets, explainer: Explainer, entry: Entry) -> dict[str, Any]:
    """An exchange with headers, bodies, and what was wrong with the request."""
    exchange = entry.exchange
    request, response = exchange.request, exchange.response
    # a request that reached no operation may have been a log-in that went astray
    login = exchange.operation is None or exchange.operation in LOGINS
    return summary(secrets, entry) | {
        "request": {
            "headers": secrets.clean_headers(request.headers),
            "body": show_body(
                secrets,
                request.body,
                request.headers.get("content-type", ""),
                whole_size=exchange.request_size,
                login=login,
            ),
        },
        "response": {
            "headers": secrets.clean_headers(response.headers),
            "body": show_body(
                secrets,
                response.body,
                response.headers.get("content-type", ""),
                whole_size=exchange.response_size,
                login=exchange.operation in LOGINS,
            ),
        },
        "problems": secrets.clean_value(explainer.problems(exchange)),
    }


class Explainer:
    """Says what is wrong with a request that was refused, in the words of its document."""

    def __init__(self, documents: tuple[str, ...]) -> None:
        contracts = [Contract.load(name) for name in documents]
        self._sites = Sites((server, one) for one in contracts for server in one.servers)

    def problems(self, exchange: Exchange) -> list[dict[str, str]]:
        """What the document has against the request; nothing if it was not refused for its form.

        Nothing, too, if its body was cut.
        """
        request = exchange.request
        if exchange.response.status != _REFUSED or exchange.request_size is not None:
            return []
        for contract, path in self._sites.find(request.host, request.path):
            if exchange.operation not in contract.operations or not contract.knows(path):
                continue
            try:
                contract.read_request(contract.match(request.method, path), request)
            except InvalidRequest as error:
                return [problem._asdict() for problem in error.problems]
            except DryshotError:
                continue
        return []
