"""Jobs as the service's own pages saw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack, get_args

from dryshot_client.calls import D, call, paged
from dryshot_client.checks import (
    Instant,
    check_choice,
    check_count,
    check_flag,
    check_text,
    check_texts,
    write_instant,
)
from dryshot_client.flows import Flow, Stream
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.session_shapes import FacadeJob, JobKind
from dryshot_client.legacy.shapes import CreatedJob, Sort
from dryshot_client.legacy.submission import NewJob, write_job
from dryshot_client.paging import Page, read_pages

__all__ = ["Facade"]

LARGEST_PAGE = 200

# Within the class below, ``list`` is its method.
_Texts = list[str]


class _Kind(TypedDict):
    type: JobKind


class _Tags(TypedDict):
    tags: _Texts


class _Jobs(TypedDict):
    items: list[FacadeJob]
    count: int


class Facade(LegacyResource[D]):
    """The facade, which shows the jobs of the older API as well."""

    @call
    def create(self, **new: Unpack[NewJob]) -> Flow[CreatedJob]:
        """Submit a job as ``jobs.create`` does; never sent twice."""
        body = write_job(self._api, **new)
        return self._api.ask(self._api.prepare("create_facade_job", body=body), read_as(CreatedJob))

    @paged
    def list(
        self,
        *,
        limit: int | None = None,
        pending: bool | None = None,
        program: str | None = None,
        backend: Sequence[str] | None = None,
        instance: str | None = None,
        created_after: Instant | None = None,
        created_before: Instant | None = None,
        sort: Sort | None = None,
        tags: Sequence[str] | None = None,
        session_id: str | None = None,
        search: str | None = None,
        composer_only: bool | None = None,
        composer_file: str | None = None,
        page_size: int | None = None,
    ) -> Stream[FacadeJob]:
        """Jobs that match, newest first unless sorted otherwise; all of them, or ``limit``.

        ``backend`` means any of these, ``search`` an id or a tag in part; the composer's jobs are
        those of the circuit composer on the service's pages. All else is as in ``jobs.list``.
        """
        check_count("limit", limit, least=0)
        check_count("page_size", page_size, least=1, most=LARGEST_PAGE)
        words = {
            "program": program,
            "sessionId": session_id,
            "search": search,
            "composerFile": composer_file,
        }
        names = check_texts("backend", backend)
        query = {
            **{
                name: None if word is None else check_text(name, word)
                for name, word in words.items()
            },
            "pending": check_flag("pending", pending),
            "backend": ",".join(names) if names else None,
            "provider": self._api.choose_instance(instance),
            "createdAfter": write_instant("created_after", created_after),
            "createdBefore": write_instant("created_before", created_before),
            "sort": check_choice("sort", sort, get_args(Sort)),
            "tags": check_texts("tags", tags),
            "composerOnly": check_flag("composer_only", composer_only),
        }

        def fetch(size: int | None, offset: int | None) -> Flow[Page]:
            size = None if size is None else min(size, LARGEST_PAGE)
            page = {**query, "limit": size, "offset": offset}
            ask = self._api.prepare("list_facade_jobs", query=page)
            found = yield from self._api.ask(ask, read_as(_Jobs))
            return Page(found["items"], found["count"])

        return read_pages(fetch, limit=limit, page_size=page_size)

    @call
    def job_type(self, job_id: str) -> Flow[JobKind]:
        """Through which API the job came."""
        ask = self._api.prepare("get_job_type", {"id": job_id})
        return (yield from self._api.ask(ask, read_as(_Kind)))["type"]

    @call
    def tags(self) -> Flow[_Texts]:
        """Every tag of every job."""
        return (yield from self._api.ask(self._api.prepare("list_job_tags"), read_as(_Tags)))[
            "tags"
        ]
