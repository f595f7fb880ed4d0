"""What a request asks for, told from how it is written."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from dryshot.contract.documents import Documents
from dryshot.http import Request, Response

__all__ = [
    "CLASSIC_SESSION",
    "CREATIONS",
    "CURSORS",
    "LOG_INS",
    "SUBMISSIONS",
    "Asked",
    "made_of",
    "read_call",
    "read_json",
]

LOG_INS = frozenset({"legacy-auth.login_with_token", "platform-iam.create_token"})
SUBMISSIONS = frozenset(
    {
        *("legacy-runtime.create_job", "legacy-runtime.create_facade_job"),
        "platform-runtime.create_job",
    }
)
CLASSIC_SESSION = "legacy-runtime.create_session"
CREATIONS = SUBMISSIONS | {CLASSIC_SESSION, "platform-runtime.create_session"}
CURSORS = frozenset({"next", "previous", "search_cursor"})
"""What names the page of a list in the service's own words, in a query or a body."""

_SEARCHES = frozenset({"platform-search.search_resources"})
"""What reads, and says in a body of what."""
_OF_THE_HOUR = CURSORS | {
    *("created_after", "created_before", "updated_before", "interval_start", "interval_end")
}
"""Parameters whose values are another run's: instants, and cursors that may be made of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``key`` is the operation's, None if no document knows it; ``query`` is sorted.

    ``version`` and ``instance`` are the platform's headers, ``body`` is decoded JSON or None.
    """

    key: str | None
    method: str
    path: str
    path_params: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    version: str = ""
    instance: str = ""
    body: Any = field(default=None, hash=False, repr=False)

    @property
    def operation(self) -> str:
        """The operationId; empty if there is none."""
        return (self.key or "").rpartition(".")[2]

    @property
    def target(self) -> str | None:
        """What the path names: an id or a name; None if it names nothing."""
        return self.path_params[0][1] if self.path_params else None

    @property
    def subject(self) -> tuple[object, ...]:
        """Operation, instance and resource, or what a list is of: the same for every poll."""
        if self.key is None:
            return self.method, self.path
        whose = (self.key, self.version, self.instance)
        if self.path_params:
            return *whose, self.path_params
        kept = tuple(item for item in self.query if item[0] not in _OF_THE_HOUR)
        return *whose, kept, self._sought(CURSORS)

    @property
    def exact(self) -> tuple[object, ...]:
        """All that decides an answer, but for the state of things."""
        return (*self.subject, self.query, self.version, self.instance, self._sought())

    @property
    def has_cursor(self) -> bool:
        """Whether it asks for a page that an answer led to."""
        sent = self.body if self.key in _SEARCHES and isinstance(self.body, dict) else {}
        return not CURSORS.isdisjoint({*dict(self.query), *sent})

    def _sought(self, left_out: Collection[str] = ()) -> str:
        """What the body of a search asks for; empty if this is none."""
        if self.key not in _SEARCHES:
            return ""
        body = self.body
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in left_out}
        return json.dumps(body, sort_keys=True)

    def __str__(self) -> str:
        """Method and path; what the query says of instants is left out."""
        kept = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}" + (f"?{kept}" if kept else "")


def read_call(documents: Documents, request: Request) -> Asked:
    """What a request asks for; the host, as every header but two, does not matter."""
    found = documents.find(request)
    path_params = tuple(found.path_params.items()) if found else ()
    return Asked(
        found.key if found else None,
        request.method,
        found.path if found else request.path,
        path_params,
        tuple(sorted(parse_qsl(request.query, keep_blank_values=True))),
        request.headers.get("ibm-api-version", ""),
        request.headers.get("service-crn", ""),
        read_json(request.body),
    )


def read_json(body: bytes) -> Any:
    """The value of a body, None if it is not JSON."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def made_of(response: Response) -> str | None:
    """The id of what an answer is about; None if it says none."""
    body = read_json(response.body)
    made = body.get("id") if isinstance(body, dict) else None
    return made if isinstance(made, str) else None
