"""The programs of the classic service: its own four, and what its users uploaded."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from dryshot.clock import Clock
from dryshot.errors import Conflict, NotFound, PermissionDenied
from dryshot.world.accounts import Account
from dryshot.world.programs import PROGRAMS, Program

__all__ = ["NewProgram", "Programs"]

_ALPHABET = string.ascii_letters + string.digits
_ID_TAIL = 10
_NAME_TAKEN = 409


@dataclass(frozen=True, slots=True)
class NewProgram:
    """What an uploader says; ``data`` is the source in base64, ``cost`` is in seconds."""

    name: str
    data: str = field(repr=False)
    cost: int = 600
    description: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    public: bool = False


class Programs(Mapping[str, Program]):
    """Every program by its id, in the order of their making.

    Where uploads are not ``allowed`` nobody may change anything, as after November 2023.
    """

    def __init__(self, clock: Clock, random: Random, *, allowed: bool) -> None:
        self._clock = clock
        self._random = random
        self._allowed = allowed
        self._all = dict(PROGRAMS)

    def __getitem__(self, program_id: str) -> Program:
        return self._all[program_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def visible(self, account: Account | None) -> list[Program]:
        """The public ones, and the account's own."""
        return [program for program in self._all.values() if _may_see(program, account)]

    def find(self, account: Account | None, program_id: str) -> Program:
        """One that the account may see; ``NotFound`` if there is none of that id."""
        program = self._all.get(program_id)
        if program is None or not _may_see(program, account):
            raise NotFound("program", program_id)
        return program

    def upload(self, account: Account, new: NewProgram) -> Program:
        """Keep a new program; ``Conflict`` if the account has one of that name."""
        self._check_allowed()
        if any(one.owner == account.id and one.name == new.name for one in self._all.values()):
            raise Conflict(f"there is a program {new.name!r} already", code=_NAME_TAKEN)
        now = self._clock.now()
        tail = "".join(self._random.choices(_ALPHABET, k=_ID_TAIL))
        program = Program(
            id=f"{_slug(new.name)}-{tail}",
            name=new.name,
            description=new.description,
            cost=new.cost,
            created=now,
            updated=now,
            parameters=new.spec.get("parameters", {}),
            return_values=new.spec.get("return_values", {}),
            interim_results=new.spec.get("interim_results", {}),
            backend_requirements=new.spec.get("backend_requirements", {}),
            tags=new.tags,
            owner=account.id,
            public=new.public,
            data=new.data,
        )
        self._all[program.id] = program
        return program

    def change(self, account: Account, program_id: str, **fields: Any) -> Program:
        """Give one's own program other fields; ``spec`` is one, its parts are replaced by name."""
        program = self._own(account, program_id)
        fields |= fields.pop("spec", {})
        changed = replace(program, updated=self._clock.now(), **fields)
        self._all[program_id] = changed
        return changed

    def delete(self, account: Account, program_id: str) -> None:
        """Remove one's own program; the jobs of it stay."""
        self._own(account, program_id)
        del self._all[program_id]

    def _own(self, account: Account, program_id: str) -> Program:
        self._check_allowed()
        program = self.find(account, program_id)
        if program.owner != account.id:
            raise PermissionDenied(f"program {program_id!r} is not this account's", solution=_OWN)
        return program

    def _check_allowed(self) -> None:
        if not self._allowed:
            raise PermissionDenied("Custom programs are no longer supported", solution=_FOUR)


_OWN = "Upload a program of your own."
_FOUR = "Use the programs of GET /programs."


def _may_see(program: Program, account: Account | None) -> bool:
    return program.public or (account is not None and program.owner == account.id)


def _slug(name: str) -> str:
    """What of a name can stand in a path."""
    kept = "".join(one if one.isascii() and one.isalnum() else "-" for one in name.lower())
    return kept.strip("-") or "program"
