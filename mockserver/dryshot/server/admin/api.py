"""The admin API: a handler for each operation of its document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from itertools import islice
from typing import Any

from dryshot.contract import Call, Contract, InvalidRequest, MethodNotAllowed, NoSuchPath, Problem
from dryshot.http import Request, Response
from dryshot.journal import Entry
from dryshot.server.admin.answers import Download, download, failure, respond
from dryshot.server.admin.coverage import show_coverage
from dryshot.server.admin.feed import Tenants
from dryshot.server.admin.specs import names
from dryshot.server.admin.steering import Missing, Steering
from dryshot.server.admin.views import (
    Explainer,
    all_sessions,
    show_clock,
    show_entry,
    show_instances,
    show_job,
    show_session,
    summary,
)
from dryshot.server.records import BadState, OtherState, StateError

__all__ = ["Api"]

Handler = Callable[[Call], Any]


class Api(Steering):
    """Answers requests whose paths are below ``/_dryshot/api``; they have been admitted before."""

    def __init__(self, tenants: Tenants) -> None:
        text = (resources.files(__package__) / "openapi.json").read_text(encoding="utf-8")
        self.contract = Contract.from_document(json.loads(text), "admin")
        self._tenants = tenants
        self._handlers: Mapping[str, Handler] = {
            name: getattr(self, name) for name in self.contract.operations
        }

    def __call__(self, request: Request) -> Response:
        """Answer one request; ``path`` is relative to ``/_dryshot/api``."""
        operation = None
        try:
            match = self.contract.match(request.method, request.path)
            operation = match.operation
            call = self.contract.read_request(match, request)
            answer = self._handlers[operation.id](call)
            response = answer if isinstance(answer, Response) else respond(200, answer)
        except NoSuchPath as error:
            response = failure(404, "not_found", f"There is nothing at {error.path}.")
        except MethodNotAllowed as error:
            allow = ", ".join(error.allowed)
            message = f"{error.method} is not possible here; {allow} would be."
            response = failure(405, "method_not_allowed", message, allow=allow)
        except InvalidRequest as error:
            response = failure(400, "invalid_request", str(error), error.problems)
        except Missing as error:
            response = failure(404, "not_found", str(error))
        except BadState as error:
            problem = Problem("body", error.field, "state", str(error))
            response = failure(400, "invalid_request", str(error), (problem,))
        except OtherState as error:
            response = failure(409, "conflict", str(error))
        except StateError as error:
            response = failure(500, "not_kept", str(error))
        if isinstance(response, Download):  # its form is that of smaller ones, which are checked
            return response
        if operation is None:
            self.contract.check_refusal(response)
        else:
            self.contract.check_response(operation, response)
        return response

    def get_health(self, _call: Call) -> Any:
        """Whether the server is there."""
        count = len(self._tenants.names())
        return {"status": "ok", "version": version("dryshot"), "tenants": count}

    def list_tenants(self, _call: Call) -> Any:
        """The names of all tenants."""
        return {"tenants": self._tenants.names()}

    def reset(self, call: Call) -> Any:
        """One tenant, or all, as they were at first."""
        name = (call.body or {}).get("tenant")
        before = self._tenants.names()
        if name is not None and name not in before:
            raise Missing(f"There is no tenant {name!r}.")
        self._tenants.reset(name)
        return {"reset": before if name is None else [name]}

    def export_state(self, _call: Call) -> Response:
        """All that is kept."""
        return download("dryshot-state.json", self._tenants.export_state)

    def import_state(self, call: Call) -> Any:
        """Other worlds in the place of all."""
        count = self._tenants.import_state(call.body)
        return {"tenants": self._tenants.names(), "records": count}

    def get_coverage(self, call: Call) -> Any:
        """What of the documents one tenant, or all, exercised."""
        name = call.query.get("tenant")
        chosen = self._tenants.names() if name is None else [name]
        return show_coverage(self._named(one).mock for one in chosen)

    def get_clock(self, call: Call) -> Any:
        """Where the clock stands."""
        return show_clock(self._tenant(call).mock.clock)

    def freeze_clock(self, call: Call) -> Any:
        """Let requests no longer move it."""
        self._tenant(call).mock.clock.freeze()
        return self.get_clock(call)

    def unfreeze_clock(self, call: Call) -> Any:
        """Let requests move it again."""
        self._tenant(call).mock.clock.unfreeze()
        return self.get_clock(call)

    def advance_clock(self, call: Call) -> Any:
        """Move it by seconds."""
        return self._move(call, "seconds", self._tenant(call).mock.clock.advance)

    def advance_clock_to(self, call: Call) -> Any:
        """Move it to an instant."""
        return self._move(call, "instant", self._tenant(call).mock.clock.advance_to)

    def query_journal(self, call: Call) -> Any:
        """What was asked and answered."""
        tenant, asked = self._tenant(call), call.query
        journal = tenant.mock.journal
        kept = journal.since(asked["since"])
        found = (entry for entry in kept if _fits(entry, asked))
        if asked["newest"]:
            entries = list(found)[-asked["limit"] :]
        else:
            entries = list(islice(found, asked["limit"]))
        hidden = tenant.secrets
        oldest = journal.since(limit=1)
        return {
            "last": journal.last,
            "first": oldest[0].sequence if oldest else 0,
            "exchanges": [
                show_entry(hidden, self._explainer, entry)
                if asked["bodies"]
                else summary(hidden, entry)
                for entry in entries
            ],
        }

    def get_exchange(self, call: Call) -> Any:
        """One exchange."""
        tenant, sequence = self._tenant(call), call.path["sequence"]
        found = tenant.mock.journal.since(sequence - 1, limit=1)
        if not found or found[0].sequence != sequence:
            raise Missing(f"The journal has no exchange {sequence}, or no longer.")
        return show_entry(tenant.secrets, self._explainer, found[0])

    def list_jobs(self, call: Call) -> Any:
        """The newest jobs."""
        tenant = self._tenant(call)
        with tenant.mock.clock.lock:
            hidden = tenant.secrets
            jobs = tenant.mock.world.jobs
            newest = islice(reversed(jobs), call.query["limit"])
            return {"total": len(jobs), "jobs": [show_job(hidden, jobs[one]) for one in newest]}

    def list_sessions(self, call: Call) -> Any:
        """The newest sessions."""
        mock = self._tenant(call).mock
        with mock.clock.lock:
            newest = islice(reversed(all_sessions(mock)), call.query["limit"])
            return {"sessions": [show_session(one, mock.clock.now()) for one in newest]}

    def list_instances(self, call: Call) -> Any:
        """The platform's instances."""
        tenant = self._tenant(call)
        with tenant.mock.clock.lock:
            hidden = tenant.secrets
            return {"instances": show_instances(hidden, tenant.mock)}

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(tuple(names()))

    def _move(self, call: Call, field: str, move: Callable[[Any], None]) -> Any:
        try:
            move(call.body[field])
        except (ValueError, OverflowError) as error:
            raise InvalidRequest((Problem("body", field, "clock", f"{field}: {error}."),)) from None
        return self.get_clock(call)


def _fits(entry: Entry, asked: Mapping[str, Any]) -> bool:
    exchange = entry.exchange
    status = asked.get("status")
    operation = asked.get("operation")
    return (operation is None or operation == exchange.operation) and (
        status is None or f"{exchange.response.status}".startswith(status.rstrip("x"))
    )
