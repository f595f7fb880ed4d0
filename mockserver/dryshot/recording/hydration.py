"""A world as a recording found it: its devices, its instances, and the jobs that were there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dryshot.recording.conditions import play_conditions
from dryshot.recording.contents import Contents, answers_of
from dryshot.recording.timelines import Timeline
from dryshot.world import Account, Backend, BackendData, Job, Submission, World
from dryshot.world.devices import catalogue, device, simulator, snapshots
from dryshot.world.lifecycle import SessionEvent, SessionState
from dryshot.world.sessions import Session

__all__ = ["backends_of", "fill"]

_DOCUMENTS = {
    "get_backend_configuration": "configuration",
    "get_backend_properties": "properties",
    "get_backend_defaults": "defaults",
}


def backends_of(contents: Contents, *, seed: int, calibrated: datetime) -> list[Backend]:
    """The devices that were named in an answer; what nobody asked of them is made up."""
    documents: dict[str, dict[str, Any]] = {}
    for told, body in answers_of(contents):
        kind = _DOCUMENTS.get(told.asked.operation)
        if kind and told.asked.target and body:
            documents.setdefault(told.asked.target, {})[kind] = body
        elif told.asked.operation == "list_backends":
            for item in body.get("devices", ()):
                documents.setdefault(item if isinstance(item, str) else item["name"], {})
        elif isinstance(name := body.get("backend", body.get("backend_name")), str):
            documents.setdefault(name, {})
    for job in contents.timelines.values():
        if isinstance(name := job.body.get("backend"), str):
            documents.setdefault(name, {})
    known = {**catalogue(seed=seed, calibrated=calibrated), **snapshots()}
    made = []
    for name, given in documents.items():
        if name.startswith("mock_") or (name in known and not given):
            continue  # the stand-ins of devices come with these
        base = known.get(name) or _made_up(name, given, seed, calibrated)
        made.append(_documented(base, given))
    return made


def fill(world: World, contents: Contents, accounts: Sequence[Account]) -> None:
    """Let everyone be one of ``accounts``, and put in what was there before the first call."""
    world.accounts.share(*accounts)
    play_conditions(world, contents)
    owners = {one.crn: each for each in accounts for one in world.platform.instances(each)}
    instances = {one.crn: one for each in accounts for one in world.platform.instances(each)}
    used: set[str] = set()
    for told, body in answers_of(contents):
        operation, crn = told.asked.operation, told.asked.instance
        if operation == "get_usage" and crn in instances and crn not in used:
            used.add(crn)
            before = _charged(contents, crn, told.interaction.at)
            total = int(body.get("usage_consumed_seconds") or 0) - before
            world.platform.charge(instances[crn], max(0, total))
        if operation == "get_session" and crn in instances:
            known = body["id"] in world.platform.sessions or body["id"] in contents.made
            if not known:
                world.platform.adopt_session(_session(body, owners[crn], crn))
    for timeline in contents.timelines.values():
        if not timeline.submitted:
            crn = timeline.instance if timeline.instance in instances else next(iter(instances), "")
            _adopt(world, timeline, owners.get(crn, accounts[0]), crn)


def _adopt(world: World, timeline: Timeline, account: Account, crn: str) -> None:
    """Put in a job that was made before, or meanwhile by somebody else: then at its instant."""
    later = (timeline.start - world.clock.now()).total_seconds()
    if later > 0:
        world.clock.call_later(later, lambda: _adopt(world, timeline, account, crn))
        return
    body = timeline.body
    program = body.get("program")
    name = program.get("id") if isinstance(program, Mapping) else program
    classic = timeline.dialect == "classic"
    places = [body.get(part) for part in ("hub", "group", "project")]
    instance = next(iter(account.instances)) if classic else crn
    if classic and all(places):
        instance = "/".join(map(str, places))
    job = Job(
        timeline.id,
        account.id,
        Submission(
            program_id=str(name or "sampler"),
            backend=str(body.get("backend")),
            params=body.get("params") or {},
            instance=instance,
            tags=tuple(body.get("tags") or ()),
            runtime=body.get("runtime"),
            private=bool(body.get("private")),
            dialect=timeline.dialect,
        ),
        instance,
        timeline.start,
        int(body.get("cost") or 10_000),
        tags=tuple(body.get("tags") or ()),
        session_id=body.get("session_id"),
        user_id=str(body.get("user_id") or account.user_id),
        mock=str(body.get("backend")).startswith("mock_"),
    )
    ended = timeline.ended
    if ended is not None and timeline.start + timedelta(seconds=ended) <= world.clock.now():
        ran = timeline.ran
        job.started = None if ran is None else timeline.start + timedelta(seconds=ran)
        job.ended = timeline.start + timedelta(seconds=ended)
        job.status, job.outcome = timeline.status, timeline.outcome
        job.reason, job.reason_code = timeline.reason, timeline.reason_code
        job.charge, job.usage_status = math.ceil(timeline.seconds), "complete"
    world.adopt(job)


def _charged(contents: Contents, crn: str, at: datetime) -> int:
    """What the jobs that were recorded had cost an instance at that instant."""
    return sum(
        math.ceil(job.seconds)
        for job in contents.timelines.values()
        if job.submitted and job.instance == crn and job.ended is not None
        if job.start + timedelta(seconds=job.ended) <= at
    )


def _session(body: Mapping[str, Any], account: Account, crn: str) -> Session:
    stamps = body.get("timestamps") or ()
    first = next((stamp.get("timestamp") for stamp in stamps), body.get("started_at"))
    created = datetime.fromisoformat(first) if first else datetime.fromtimestamp(0).astimezone()
    session = Session(
        str(body["id"]),
        account.id,
        crn,
        str(body.get("backend_name")),
        created,
        max_ttl=int(body.get("max_ttl") or 28800),
        mode="dedicated" if body.get("mode") == "dedicated" else "batch",
        user_id=str(body.get("user_id") or account.user_id),
    )
    events = {
        SessionState.ACTIVE: [SessionEvent.ACTIVATE],
        SessionState.INACTIVE: [SessionEvent.ACTIVATE, SessionEvent.GO_IDLE],
        SessionState.CLOSED: [SessionEvent.CLOSE],
    }
    for event in events.get(body.get("state", ""), ()):
        session.happen(event, created)
    session.accepting_jobs = bool(body.get("accepting_jobs", True))
    return session


def _made_up(name: str, given: Mapping[str, Any], seed: int, calibrated: datetime) -> Backend:
    qubits = int((given.get("configuration") or {}).get("n_qubits", 0))
    if "simulator" in name:
        return simulator(name, qubits or 32)
    return device(name, num_qubits=max(2, qubits or 127), seed=seed, calibrated=calibrated)


def _documented(base: Backend, given: Mapping[str, Any]) -> Backend:
    def load() -> BackendData:
        return BackendData(
            configuration=given.get("configuration") or base.configuration,
            properties=given.get("properties", base.properties),
            defaults=given.get("defaults", base.defaults),
        )

    simulates = (given.get("configuration") or {}).get("simulator", base.simulator)
    return Backend(base.name, simulator=bool(simulates), load=load)
