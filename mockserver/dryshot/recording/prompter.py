"""The prompter: it knows the recorded answers, and says when one of them is to be given.

The world does everything that is asked, by its own rules, with recorded jobs under their recorded
ids, at their recorded pace, to their recorded ends. Then its answer is compared with the recorded
ones to the same call (operation, path, query, version, instance). The rules, in this order:

- Log-ins, refused credentials, haste (429) and bad hours (5xx) are the mock's own affair: what was
  recorded of them is not given again.
- A submission, or a new session, that equals a recorded one is given that one's answer; one that
  the recording only ever refused is refused with the same words, and the world is not asked. Where
  the world refuses what was once accepted (a session that is closed by now), the world is right,
  and the recorded words for that status are used if there are some.
- A recorded answer is given if it tells the same state as the world's answer does: of a job its
  status and tags, of a list those of all that is in it, of usage the seconds, of a refusal its
  status. So what the recording cannot know (other tags, a job cancelled or deleted) is never
  contradicted.
- Of what has no state (configurations, programs, catalogues) the recorded answer is given whatever
  the world says, a recorded refusal as well: the recording knows better. What was changed by a call
  to the instance's settings has a state from then on, which the recording does not know.
- Of several answers that fit, the one of the clock's present is given: the last that is not later,
  else the first.
- Everything else is the mock's, and is called synthesised.
"""

from __future__ import annotations

from dataclasses import replace

from dryshot.errors import Conflict, NotFound, Unrecorded
from dryshot.http import Request, Response
from dryshot.journal import Origin
from dryshot.recording.calls import CLASSIC_SESSION, CREATIONS, LOG_INS, SUBMISSIONS, Asked, made_of
from dryshot.recording.contents import PASSING, Contents, Creation, Told
from dryshot.recording.nearest import explain
from dryshot.recording.runs import RecordedIds, RecordedRuns
from dryshot.recording.states import UNSTEADY, state_of
from dryshot.world import Job, World
from dryshot.world.classic import makes_later_ids

__all__ = ["RecordedPrompter"]

_SETTINGS_CHANGED = frozenset({"update_resource_instance", "replace_instance_configuration"})
_SETTINGS = frozenset(
    {
        *("search_resources", "list_resource_instances", "get_resource_instance"),
        *("get_account", "list_backends"),
    }
)
_STEADY = _SETTINGS | {
    *("list_programs", "get_program", "get_versions", "get_catalog_entry"),
    *("get_backend_configuration", "get_backend_properties", "get_backend_defaults"),
    *("get_backend_status", "get_stored_circuits"),  # at addresses that only their readers know
}


class RecordedPrompter:
    """The prompter of one world; ``unused`` is what it was never asked for."""

    def __init__(
        self,
        world: World,
        contents: Contents,
        ids: RecordedIds,
        runs: RecordedRuns,
        *,
        strict: bool,
    ) -> None:
        self._world, self._contents = world, contents
        self._ids, self._runs, self._strict = ids, runs, strict
        self._aliases: dict[str, str] = {}
        self._used: set[tuple[object, ...]] = set()
        self._foreign = self._settings_changed = False
        self._asked: tuple[Request, Asked] | None = None
        self._pending: tuple[Creation, Told | None, str] | None = None
        self._given: Response | None = None

    @property
    def unused(self) -> list[Told]:
        """Of each operation and resource, and of each thing made, what was never asked for."""
        contents = self._contents
        found = [told for subject, told in contents.subjects.items() if subject not in self._used]
        for creation in contents.creations.values():
            found += [told for _, told in creation.made[creation.given :]]
            if not creation.made and not creation.given:
                found += creation.refused[:1]
        return sorted(found, key=lambda told: told.interaction.at)

    def before(self, request: Request) -> Response | None:
        """The refusal of what was only ever refused; ``Unrecorded`` if strict and unknown."""
        asked = self._read(request)
        self._forget()
        if asked.key not in CREATIONS:
            self._check(asked)
            return None
        creation = self._contents.creation(asked, self._aliases)
        if creation is None:
            self._check(asked)
            return None
        if not creation.made:
            creation.given += 1
            self._given = creation.refused[min(creation.given, len(creation.refused)) - 1].answer
            return self._given
        self._expect(creation, asked)
        return None

    def after(self, request: Request, own: Response) -> tuple[Response, Origin]:
        """The recorded answer, if there is one and the world's does not contradict it."""
        asked = self._read(request)
        self._asked = None
        if own is self._given:
            self._forget()
            return own, "recorded"
        if asked.key in LOG_INS or own.status in PASSING:
            self._forget()
            return own, "mock"
        if asked.key in CREATIONS:
            found = self._created(asked, own)
        else:
            self._check(asked)
            found = self._find(asked, own)
        self._forget()
        return (own, "synthesised") if found is None else (found.answer, "recorded")

    def _expect(self, creation: Creation, asked: Asked) -> None:
        """Tell the world the id of what it is about to make; more than recorded has a new one."""
        again = creation.given >= len(creation.made)
        made, told = creation.made[-1] if again else creation.made[creation.given]
        if asked.key == CLASSIC_SESSION:  # its id is made as those of jobs are
            self._ids.next_job = None if again else made
        elif asked.key not in SUBMISSIONS:
            self._ids.next_session = None if again else made
        else:
            id_ = self._new(asked) if again else made
            self._ids.next_job = id_
            self._runs.timelines[id_] = self._contents.timelines[made]
        self._pending = creation, None if again else told, made

    def _new(self, asked: Asked) -> str:
        """The id of a job more than was recorded."""
        if asked.key == "platform-runtime.create_job":
            return self._ids.new(self._world.clock)
        later = makes_later_ids(self._world.era)
        return self._ids.new_classic(self._world.clock, later=later)

    def _created(self, asked: Asked, own: Response) -> Told | None:
        made = made_of(own) if own.status < 400 else None  # noqa: PLR2004 - HTTP's refusals
        if made is None:
            creation = self._contents.creation(asked, self._aliases)
            if creation is None:
                self._check(asked)
                return None
            refused = [told for told in creation.refused if told.answer.status == own.status]
            return refused[0] if refused else None
        if self._pending is None:
            self._foreign = True
            return None
        creation, told, recorded = self._pending
        creation.given += 1
        if told is None:
            self._foreign = True
            self._aliases[made] = recorded
        if asked.key in SUBMISSIONS:
            self._arrange(self._world.jobs[made])
        return told

    def _arrange(self, job: Job) -> None:
        """Let the service cancel a job by itself, when it did."""
        known = self._runs.timelines[job.id]
        if known.cancelled and known.ended is not None:
            self._world.clock.call_later(known.ended, lambda: self._cancel(job))

    def _cancel(self, job: Job) -> None:
        known, world = self._runs.timelines[job.id], self._world
        account = next(one for one in world.accounts if one.id == job.account_id)
        try:
            if job.dialect == "classic":
                world.cancel(account, job.id)
            else:
                instance = world.platform.instance(account, job.instance)
                world.platform.cancel(account, instance, job.id)
        except (Conflict, NotFound):
            return  # it ended otherwise before
        job.reason, job.reason_code = known.reason, known.reason_code

    def _find(self, asked: Asked, own: Response) -> Told | None:
        resolved, contents = self._resolved(asked), self._contents
        self._used.add(resolved.subject)
        operation = asked.operation
        if operation in _SETTINGS_CHANGED and own.status < 400:  # noqa: PLR2004 - as above
            self._settings_changed = True
        same = resolved if "results" in operation else asked  # results do not tell the job's id
        recorded = contents.answers.get(same.exact, [])
        if (operation in UNSTEADY and self._foreign) or not recorded:
            return None
        settled = operation in _STEADY and not (operation in _SETTINGS and self._settings_changed)
        # The recorded page that led here was given, or nobody would know of this one.
        if settled or (asked.has_cursor and own.status == 400):  # noqa: PLR2004 - not the world's
            fitting = recorded
        else:
            job = self._world.jobs.get(asked.target or "")
            state = state_of(asked, own, job.status if job and job.status.final else None)
            fitting = [told for told in recorded if self._state(told) == state]
        now = self._world.clock.now()
        passed = [told for told in fitting if told.interaction.at <= now]
        return passed[-1] if passed else next(iter(fitting), None)

    def _state(self, told: Told) -> object:
        timeline = self._contents.timelines.get(told.asked.target or "")
        ended = None if timeline is None else timeline.ended
        status = None
        if timeline is not None and ended is not None:
            since = (told.interaction.at - timeline.start).total_seconds()
            results = "results" in told.asked.operation and bool(told.interaction.response.body)
            status = timeline.status if since >= ended or results else None
        return state_of(told.asked, told.interaction.response, status)

    def _check(self, asked: Asked) -> None:
        """``Unrecorded`` in a strict replay, for an operation or a resource it does not know."""
        if not self._strict or asked.key in LOG_INS:
            return
        if asked.key in CREATIONS:
            if self._contents.creation(asked, self._aliases) is not None:
                return
        elif self._resolved(asked).subject in self._contents.subjects:
            return
        aliases = self._aliases
        message = explain(
            asked, self._contents.asked, lambda one: self._contents.sent(one, aliases)
        )
        raise Unrecorded(message)

    def _resolved(self, asked: Asked) -> Asked:
        """The same call for the recorded thing, where it is for another like it."""
        if asked.target not in self._aliases:
            return asked
        name, id_ = asked.path_params[0]
        return replace(asked, path_params=((name, self._aliases[id_]), *asked.path_params[1:]))

    def _read(self, request: Request) -> Asked:
        if self._asked is None or self._asked[0] is not request:
            self._asked = request, self._contents.read(request)
        return self._asked[1]

    def _forget(self) -> None:
        self._pending = self._given = None
        self._ids.next_job = self._ids.next_session = None
