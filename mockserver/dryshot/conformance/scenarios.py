"""What is tried once, in order, so that one fault does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dryshot.conformance.dialects import Dialect
from dryshot.conformance.model import FINAL, Model
from dryshot.conformance.sessions import Sessions

__all__ = ["scenarios"]

_TAG = "dryshot-conformance"

Scenario = Callable[[Model, Sessions], None]


def _life(model: Model, _: Sessions) -> None:
    job = model.submit()
    model.results(job)
    if model.wait(job) != "Completed":
        found = model.send("look", job.id).json
        reason = found.get("state", {}).get("reason") if isinstance(found, dict) else None
        model.broken("look", f"a right job became {job.seen}: {reason or 'no reason is given'}")
    model.results(job)
    model.results(job)
    model.look(job)


def _cancelling(model: Model, _: Sessions) -> None:
    job = model.submit()
    model.cancel(job)
    model.wait(job)
    model.cancel(job)
    model.look(job)


def _deleting(model: Model, _: Sessions) -> None:
    job = model.submit()
    model.delete(job)
    model.check_list()


def _listing(model: Model, _: Sessions) -> None:
    jobs = [model.submit() for _ in range(3)]
    model.check_list()
    first = model.send("list", query={"limit": 1}).json
    if [one.get("id") for one in model.member_of("list", first, "jobs")] != [jobs[-1].id]:
        model.broken("list", "the first page of one is not the newest job")
    second = model.send("list", query={"limit": 1, "offset": 1}).json
    if [one.get("id") for one in model.member_of("list", second, "jobs")] != [jobs[-2].id]:
        model.broken("list", "the second page of one is not the job before")


def _watching_the_list(model: Model, _: Sessions) -> None:
    """Who looks at lists only sees jobs end, too."""
    job, clock = model.submit(), model.caller.wire
    end = clock.monotonic() + model.patience
    while job.seen not in FINAL:
        if clock.monotonic() > end:
            model.broken("list", f"by its lists alone, a job stays {job.seen}")
        model.check_list()
        clock.sleep(model.poll)


def _pending(model: Model, _: Sessions) -> None:
    job = model.submit()
    model.wait(job)
    if any(one.get("id") == job.id for one in model.listed(pending=True)):
        model.broken("list", "a job that has ended is listed as pending")
    if all(one.get("id") != job.id for one in model.listed(pending=False)):
        model.broken("list", "a job that has ended is not listed as such")


def _params(model: Model, _: Sessions) -> None:
    body = model.dialect.job(model.facts.backend)
    job = model.submit(body)
    model.wait(job)
    found = model.send("look", job.id, query={"exclude_params": False}).json
    if model.member_of("look", found, "params") != body["params"]:
        model.broken("look", "a job does not show the params it was given")
    found = model.send("look", job.id, query={"exclude_params": True}).json
    if isinstance(found, dict) and found.get("params"):
        model.broken("look", "a job shows its params though they are excluded")


def _tags(model: Model, sessions: Sessions) -> None:
    body = model.dialect.job(model.facts.backend, tags=[_TAG])
    job = model.submit(body)
    model.submit()
    model.check_tags(_TAG)
    model.retag(job, (f"{_TAG}-2",))
    model.check_tags(_TAG)
    model.check_tags(f"{_TAG}-2")
    if model.dialect.has_usage:
        sessions.tagged(job)
    model.retag(job, ())
    model.check_tags(f"{_TAG}-2")


def _sessions(_: Model, sessions: Sessions) -> None:
    session = sessions.open()
    sessions.submit(session)
    sessions.close(session)
    sessions.submit(session)
    sessions.look(session)


def _stopping(_: Model, sessions: Sessions) -> None:
    session = sessions.open()
    sessions.stop(session)
    sessions.submit(session)


def _keeping(_: Model, sessions: Sessions) -> None:
    session = sessions.open()
    sessions.keep(session)
    sessions.submit(session)


def _beginning(model: Model, sessions: Sessions) -> None:
    """A session ends with the job that it began with, if that is cancelled."""
    session = sessions.begin()
    if session is None or session.root is None:
        return
    model.cancel(session.root)  # at once, or it may have ended
    sessions.look(session)
    sessions.submit(session)


def _usage(model: Model, sessions: Sessions) -> None:
    sessions.usage()
    model.wait(model.submit())
    sessions.usage()


_JOBS: Mapping[Scenario, tuple[str, ...]] = {
    _life: ("submit", "look", "results"),
    _cancelling: ("cancel",),
    _deleting: ("delete",),
    _listing: ("list",),
    _watching_the_list: ("list",),
    _pending: ("list",),
    _params: ("look",),
    _tags: ("retag", "list"),
    _sessions: ("open_session", "close_session"),
    _stopping: ("change_session", "look_at_session"),
    _keeping: ("change_session",),
}
_OF_CLASSIC: Mapping[Scenario, tuple[str, ...]] = {
    _beginning: ("legacy-runtime.create_job", "legacy-runtime.get_session"),
}
_OF_PLATFORM: Mapping[Scenario, tuple[str, ...]] = {
    _usage: ("platform-runtime.get_usage",),
    _tags: ("platform-runtime.list_tags",),
}


def scenarios(dialect: Dialect) -> Mapping[Scenario, tuple[str, ...]]:
    """Every scenario, and the operations whose behaviour is good if it goes well."""
    found = {one: tuple(map(dialect.key, names)) for one, names in _JOBS.items()}
    for one, keys in (_OF_PLATFORM if dialect.has_usage else _OF_CLASSIC).items():
        found[one] = (*found.get(one, ()), *keys)
    return found
