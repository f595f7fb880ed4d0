"""What was found: verdicts by operation and check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dryshot.errors import DryshotError

__all__ = ["CHECKS", "Broken", "Finding", "Findings"]

CHECKS: Mapping[str, str] = {
    "answers": "a right request is answered with success",
    "document": "every answer is one that the OpenAPI document allows",
    "credentials": "401 without credentials, and with wrong ones",
    "unknown": "404 for what does not exist",
    "required": "what lacks something required is refused",
    "types": "values of a wrong type or out of their limits are refused",
    "fields": "fields that the document does not have are refused",
    "paging": "impossible pages and limits are refused, or answered as declared",
    "behaviour": "what was done shows: states, results, lists, tags, sessions",
    "machine": "the same in any order, as hypothesis thinks of it",
}
"""Every check, and what it holds a service to."""


_LONGEST = 240
"""Characters of a reason that are kept."""


class Broken(DryshotError):
    """A service did what it must not; ``operation`` is the key of the one that showed it."""

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(f"{operation}: {reason}")
        self.operation = operation
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    operation: str
    check: str
    reason: str


class Findings:
    """Verdicts: whether each check of each operation held, and why not.

    A check holds if it passed at least once and never failed. Of the reasons the first few of each
    are kept; ``secrets`` are not shown in them.
    """

    def __init__(self, secrets: tuple[str, ...] = (), *, most: int = 4) -> None:
        self._held: dict[tuple[str, str], bool] = {}
        self._reasons: dict[tuple[str, str], list[str]] = {}
        self._secrets = [secret for secret in secrets if secret]
        self._most = most

    def __iter__(self) -> Iterator[Finding]:
        for (operation, check), reasons in self._reasons.items():
            for reason in reasons:
                yield Finding(operation, check, reason)

    def hide(self, secret: str) -> None:
        """Show this in no reason."""
        if secret:
            self._secrets.append(secret)

    def passed(self, operation: str, check: str) -> None:
        """It held."""
        self._held.setdefault((operation, check), True)

    def failed(self, operation: str, check: str, reason: str) -> None:
        """It did not hold."""
        self._held[operation, check] = False
        for secret in self._secrets:
            reason = reason.replace(secret, "***")
        reason = " ".join(reason.split())
        if len(reason) > _LONGEST:
            reason = f"{reason[:_LONGEST]}..."
        kept = self._reasons.setdefault((operation, check), [])
        if reason not in kept and len(kept) < self._most:
            kept.append(reason)

    def judge(self, operation: str, check: str, *, held: bool, reason: str) -> None:
        """One or the other."""
        if held:
            self.passed(operation, check)
        else:
            self.failed(operation, check, reason)

    def verdict(self, operation: str, check: str) -> bool | None:
        """Whether it held; None if it was not checked."""
        return self._held.get((operation, check))

    @property
    def counts(self) -> tuple[int, int]:
        """How many verdicts are good, and how many there are."""
        return sum(self._held.values()), len(self._held)
