"""What must not happen while a test runs: leaks of credentials, sockets, double submissions."""

from __future__ import annotations

from dryshot.sentinels.credentials import Leak, Leaked
from dryshot.sentinels.sentinels import Sentinels
from dryshot.sentinels.sockets import Contact, watched
from dryshot.sentinels.submissions import (
    Duplicate,
    DuplicateSubmission,
    NotSubmitted,
    Submitted,
    SubmittedTwice,
)

__all__ = [
    "Contact",
    "Duplicate",
    "DuplicateSubmission",
    "Leak",
    "Leaked",
    "NotSubmitted",
    "Sentinels",
    "Submitted",
    "SubmittedTwice",
    "watched",
]
