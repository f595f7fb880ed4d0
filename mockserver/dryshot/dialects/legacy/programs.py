"""Programs: those of the service, and what users may upload where that is still allowed."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from typing import Any

from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.legacy import wire
from dryshot.dialects.legacy.credentials import credential_of
from dryshot.dialects.legacy.eras import Era
from dryshot.errors import Invalid, NotAuthenticated
from dryshot.http import Request
from dryshot.world import Account, World
from dryshot.world.classic import NewProgram

__all__ = ["ProgramHandlers"]

_PLAIN = ("name", "description", "cost", "spec")


class ProgramHandlers:
    """One method per operation on programs."""

    world: World
    era: Era

    def list_programs(self, call: Call, _account: None) -> Reply:
        """Every public program, and the caller's own, paged; no credentials needed."""
        limit, offset = call.query["limit"], call.query["offset"]
        name, search = call.query.get("name"), call.query.get("search", "").lower()
        found = [
            program
            for program in self.world.programs.visible(self._guest(call.request))
            if name in (None, program.id, program.name)
            and (search in program.id or search in program.description.lower())
        ]
        order = self.era.programs
        found.sort(key=lambda one: order.index(one.id) if one.id in order else len(order))
        page = [wire.program(program) for program in found[offset : offset + limit]]
        return 200, {"programs": page, "count": len(found), "limit": limit, "offset": offset}

    def get_program(self, call: Call, _account: None) -> Reply:
        """One program; with its source for whoever uploaded it."""
        account = self._guest(call.request)
        program = self.world.programs.find(account, call.path["program_id"])
        body = wire.program(program)
        if account is not None and program.owner == account.id:
            body["data"] = program.data
        return 200, body

    def upload_program(self, call: Call, account: Account) -> Reply:
        """Keep a new program."""
        body = call.body
        new = NewProgram(
            name=body["name"],
            data=_source(body["data"]),
            cost=body.get("cost", 600),
            description=body.get("description", ""),
            spec=body.get("spec", {}),
            tags=tuple(body.get("tags") or ()),
            public=body.get("is_public", False),
        )
        return 201, wire.program(self.world.programs.upload(account, new))

    def update_program(self, call: Call, account: Account) -> Reply:
        """Describe a program otherwise."""
        fields: dict[str, Any] = {name: call.body[name] for name in _PLAIN if name in call.body}
        self.world.programs.change(account, call.path["program_id"], **fields)
        return 204, None

    def replace_program_data(self, call: Call, account: Account) -> Reply:
        """Give a program another source, which is the whole body."""
        source = _source(call.request.body.decode("ascii", "replace"))
        self.world.programs.change(account, call.path["program_id"], data=source)
        return 204, None

    def publish_program(self, call: Call, account: Account) -> Reply:
        """Show a program to everyone."""
        self.world.programs.change(account, call.path["program_id"], public=True)
        return 204, None

    def hide_program(self, call: Call, account: Account) -> Reply:
        """Show a program to nobody but its owner."""
        self.world.programs.change(account, call.path["program_id"], public=False)
        return 204, None

    def delete_program(self, call: Call, account: Account) -> Reply:
        """Remove a program."""
        self.world.programs.delete(account, call.path["program_id"])
        return 204, None

    def _guest(self, request: Request) -> Account | None:
        """Who asks, if that is told; what tells nobody is overlooked."""
        with suppress(NotAuthenticated):
            return self.world.accounts.authenticate_any(credential_of(request))
        return None


def _source(text: str) -> str:
    """A program's source as it was sent; ``Invalid`` if it is not base64 of something."""
    try:
        if base64.b64decode(text, validate=True):
            return text
    except (binascii.Error, ValueError):
        pass
    raise Invalid("data", "the source must be sent in base64, and not be empty")
