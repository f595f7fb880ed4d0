"""What a mock's journal shows of leaks and of double submissions."""

from __future__ import annotations

from dryshot.journal import Journal
from dryshot.sentinels.credentials import Leak, Leaked, find_leaks
from dryshot.sentinels.submissions import (
    Duplicate,
    NotSubmitted,
    Submitted,
    SubmittedTwice,
    find_duplicates,
    find_submissions,
)
from dryshot.world import World

__all__ = ["Sentinels"]


class Sentinels:
    """They look at a journal when they are asked, and cost nothing before.

    ``since`` is the number of the last exchange that is not looked at; what the journal has
    forgotten nobody sees.
    """

    def __init__(self, journal: Journal, world: World) -> None:
        self._journal = journal
        self._world = world
        self._declared: set[str] = set()

    def __repr__(self) -> str:
        return f"<Sentinels of {self._journal!r}>"

    def declare(self, *keys: str) -> None:
        """Look for these API keys too; those of accounts, and those that log in, are known."""
        self._declared.update(keys)

    def leaks(self, since: int = 0) -> list[Leak]:
        """Credentials that were sent where they do not belong."""
        with self._world.clock.lock:
            keys = self._declared | {account.api_token for account in self._world.accounts}
        return find_leaks(self._journal.since(since), keys)

    def check(self, since: int = 0) -> None:
        """``Leaked`` if there is a leak."""
        leaks = self.leaks(since)
        if leaks:
            raise Leaked(leaks)

    def submissions(self, since: int = 0) -> list[Submitted]:
        """The jobs that were accepted."""
        with self._world.clock.lock:
            jobs = dict(self._world.jobs)
        return list(find_submissions(self._journal.since(since), jobs))

    def duplicates(self, since: int = 0) -> list[Duplicate]:
        """The same work submitted more than once, whatever the reason."""
        return find_duplicates(self.submissions(since))

    def assert_submitted_once(self, since: int = 0) -> None:
        """``SubmittedTwice`` if some work was submitted more than once, ``NotSubmitted`` if none.

        Work is the same if the account, the instance, the program, the device, its inputs and
        options, the session and the tags are.
        """
        submissions = self.submissions(since)
        if not submissions:
            raise NotSubmitted("no job was submitted")
        duplicates = find_duplicates(submissions)
        if duplicates:
            raise SubmittedTwice(duplicates)
