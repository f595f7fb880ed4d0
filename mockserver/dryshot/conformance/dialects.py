"""What the two APIs call the same things, and how one logs in to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dryshot.conformance.caller import Call, Caller
from dryshot.conformance.wire import Answer, Unanswered
from dryshot.errors import DryshotError

__all__ = ["CLASSIC", "DIALECTS", "PLATFORM", "CouldNotRun", "Dialect", "Facts"]

_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
_HARDWARE = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
_ANYWHERE = (
    'OPENQASM 3.0; include "stdgates.inc"; qubit[1] q; bit[1] c; x q[0]; c[0] = measure q[0];'
)


class CouldNotRun(DryshotError):
    """A service cannot be examined: not reached, or its credentials are refused."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to ask for: ``backend`` to submit to, and an instance that has it.

    ``crn`` and ``plan_id`` are of the platform, ``provider`` ("hub/group/project") of the classic
    API; it is empty where none is told.
    """

    backend: str
    crn: str = ""
    plan_id: str = ""
    provider: str = ""

    @property
    def account(self) -> str:
        """The account's id, as the CRN has it."""
        return self._field(6).removeprefix("a/")

    @property
    def instance(self) -> str:
        """The instance's id, as the CRN has it."""
        return self._field(7)

    def _field(self, index: int) -> str:
        parts = self.crn.split(":")
        return parts[index] if len(parts) > index else ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One of the two APIs: its documents, and its operations on jobs and sessions by their deeds.

    ``path`` is the path parameter of a job, ``session_path`` that of a session, ``wrong`` are
    credentials that are none. ``has_usage`` is whether an instance's usage is one number, and tags
    are sought.
    """

    name: str
    documents: tuple[str, ...]
    operations: Mapping[str, str]
    path: str
    session_path: str
    wrong: Mapping[str, str] = field(repr=False)
    has_usage: bool

    def key(self, name: str) -> str:
        """The key of an operation: ``submit``, ``look``, ``results``, ..."""
        return self.operations[name]

    def call(self, name: str, id_: str | None = None, **given: Any) -> Call:
        """An operation on jobs, or on the job of this id."""
        ids = {} if id_ is None else {self.path: id_}
        return Call(self.key(name), ids, **given)

    def job(self, backend: str, **fields: Any) -> dict[str, Any]:
        """The body of a small job, which measures a single 1."""
        if self is PLATFORM:
            params: dict[str, Any] = {"pubs": [[_HARDWARE, None, 16]], "version": 2}
        else:
            params = {"circuits": [_ANYWHERE], "run_options": {"shots": 16}}
        return {"program_id": "sampler", "backend": backend, "params": params, **fields}

    def session(self, facts: Facts, **fields: Any) -> dict[str, Any]:
        """The body that opens a session."""
        place = {"instance": facts.provider} if facts.provider else {}
        return {"mode": "batch", "backend": facts.backend, **place, **fields}

    def log_in(self, caller: Caller, api_key: str, instance: str | None) -> Facts:
        """Get credentials for the caller; ``CouldNotRun`` if there are none to get."""
        try:
            if self is PLATFORM:
                return _log_in(caller, api_key, instance)
            return _log_in_classic(caller, api_key)
        except Unanswered as error:
            raise CouldNotRun(str(error)) from error

    def token_call(self, api_key: str) -> Call:
        """The request that logs in."""
        if self is PLATFORM:
            form = {"grant_type": _GRANT, "apikey": api_key}
            return Call("platform-iam.create_token", body=form)
        return Call("legacy-auth.login_with_token", body={"apiToken": api_key})


def _log_in(caller: Caller, api_key: str, instance: str | None) -> Facts:
    token = _text(caller.send(PLATFORM.token_call(api_key)), "access_token")
    caller.findings.hide(token)
    bearer = {"authorization": f"Bearer {token}"}
    caller.credentials |= dict.fromkeys(PLATFORM.documents, bearer)
    crn, plan_id = instance or "", ""
    fields = ["crn", "service_plan_unique_id", "name", "doc", "tags"]
    body = {"query": "service_name:quantum-computing", "fields": fields}
    found = caller.send(Call("platform-search.search_resources", body=body)).json
    items = found.get("items") if isinstance(found, dict) else None
    known = [item for item in items or () if isinstance(item, dict) and item.get("crn")]
    named = [item for item in known if instance in (item["crn"], item.get("name"))]
    for item in named or ([] if instance else _open_plans_last(caller, known))[:1]:
        crn, plan_id = str(item["crn"]), str(item.get("service_plan_unique_id", ""))
    if not crn.startswith("crn:"):
        raise CouldNotRun(f"there is no instance {instance!r}" if instance else "no instance")
    runtime = {**bearer, "service-crn": crn, "ibm-api-version": "2026-04-15"}
    caller.credentials["platform-runtime"] = runtime
    devices = _list(caller.send(Call("platform-runtime.list_backends")), "devices")
    names = [one["name"] if isinstance(one, dict) else str(one) for one in devices]
    if not names:
        raise CouldNotRun("the service lists no backend")
    return Facts(names[0], crn, plan_id)


def _open_plans_last(caller: Caller, items: list[Any]) -> list[Any]:
    """Instances in the order in which they can do more: the open plan has no dedicated sessions."""

    def is_open(item: Any) -> bool:
        ids = {"plan_id": str(item.get("service_plan_unique_id"))}
        entry = caller.send(Call("platform-catalog.get_catalog_entry", ids)).json
        return isinstance(entry, dict) and entry.get("name") == "open"

    return sorted(items, key=is_open) if len(items) > 1 else items


def _log_in_classic(caller: Caller, api_key: str) -> Facts:
    token = _text(caller.send(CLASSIC.token_call(api_key)), "id")
    caller.findings.hide(token)
    caller.credentials |= {name: {"x-access-token": token} for name in CLASSIC.documents}
    names = _list(caller.send(Call("legacy-runtime.list_backends")), "devices")
    simulators = [name for name in names if "simulator" in str(name)]
    preferred = [name for name in simulators if name == "ibmq_qasm_simulator"]
    for name in (*preferred, *simulators, *names):
        return Facts(str(name), provider=_provider_of(caller, str(name)))
    raise CouldNotRun("the service lists no backend")


def _provider_of(caller: Caller, backend: str) -> str:
    """An instance that has the backend, else any; empty if none is told."""
    found = caller.send(Call("legacy-runtime.list_instances")).json
    instances = found.get("instances") if isinstance(found, dict) else None
    told = [one.get("name") for one in instances or () if isinstance(one, dict)]
    names = [name for name in told if isinstance(name, str)]
    for name in names:
        there = caller.send(Call("legacy-runtime.list_backends", query={"provider": name})).json
        listed = there.get("devices") if isinstance(there, dict) else None
        if backend in (listed or ()):
            return name
    return next(iter(names), "")


def _text(answer: Answer, name: str) -> str:
    found = answer.json
    if not answer.ok or not isinstance(found, dict) or not isinstance(found.get(name), str):
        raise CouldNotRun(f"logging in was answered with {answer.status} and no {name}")
    return str(found[name])


def _list(answer: Answer, name: str) -> list[Any]:
    found = answer.json
    if not isinstance(found, dict) or not isinstance(found.get(name), list):
        raise CouldNotRun(f"backends are not listed: {answer.status}")
    return list(found[name])


PLATFORM = Dialect(
    "platform",
    (
        "platform-runtime",
        "platform-iam",
        "platform-search",
        "platform-catalog",
        "platform-resources",
    ),
    MappingProxyType(
        {
            "submit": "platform-runtime.create_job",
            "list": "platform-runtime.list_jobs",
            "look": "platform-runtime.get_job",
            "results": "platform-runtime.get_job_results_jid",
            "cancel": "platform-runtime.cancel_job_jid",
            "delete": "platform-runtime.delete_job",
            "retag": "platform-runtime.replace_job_tags",
            "backends": "platform-runtime.list_backends",
            "open_session": "platform-runtime.create_session",
            "look_at_session": "platform-runtime.get_session",
            "change_session": "platform-runtime.update_session",
            "close_session": "platform-runtime.delete_session_close",
        }
    ),
    "id",
    "id",
    MappingProxyType({"authorization": "Bearer not-a-token"}),
    has_usage=True,
)
CLASSIC = Dialect(
    "classic",
    ("legacy-auth", "legacy-runtime"),
    MappingProxyType(
        {
            "submit": "legacy-runtime.create_job",
            "list": "legacy-runtime.list_jobs",
            "look": "legacy-runtime.get_job",
            "results": "legacy-runtime.get_job_results",
            "cancel": "legacy-runtime.cancel_job",
            "delete": "legacy-runtime.delete_job",
            "retag": "legacy-runtime.replace_job_tags",
            "backends": "legacy-runtime.list_backends",
            "open_session": "legacy-runtime.create_session",
            "look_at_session": "legacy-runtime.get_session",
            "change_session": "legacy-runtime.update_session",
            "close_session": "legacy-runtime.close_session",
        }
    ),
    "job_id",
    "session_id",
    MappingProxyType({"x-access-token": "not-a-token"}),
    has_usage=False,
)
DIALECTS: Mapping[str, Dialect] = {"platform": PLATFORM, "classic": CLASSIC}
"""By their names."""
