"""Every job of a world: by its id, and for each owner in the order of their making."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType

from dryshot.world.drawers import Drawer
from dryshot.world.jobs import Job, JobQuery, Owner

__all__ = ["Jobs"]


class Jobs:
    """Jobs of both services. Lists of them cost about the same, however many jobs there are.

    What a list can be asked for by is changed here and in :meth:`Job.happen` only.
    """

    def __init__(self) -> None:
        self._all: dict[str, Job] = {}
        self._shelves: dict[Owner, list[Drawer]] = {}

    @property
    def all(self) -> MappingProxyType[str, Job]:
        """Every job by its id, whoever's it is, in the order of their making."""
        return MappingProxyType(self._all)

    def get(self, job_id: str) -> Job | None:
        """The job of that id, if there is one."""
        return self._all.get(job_id)

    def keep(self, job: Job) -> None:
        """Take in a job; one with its id gives way."""
        if job.id in self._all:
            self.remove(self._all[job.id])
        self._all[job.id] = job
        shelf = self._shelves.setdefault(job.owner, [])
        if not shelf or shelf[-1].full:
            shelf.append(Drawer())
        shelf[-1].add(job)

    def remove(self, job: Job) -> None:
        """Forget a job that is here."""
        del self._all[job.id]
        shelf, drawer = self._shelves[job.owner], job.drawer
        for index, one in enumerate(shelf):
            if one is drawer:
                one.remove(job)
                if not one.present:
                    del shelf[index]
                break

    def retag(self, job: Job, tags: Iterable[str]) -> None:
        """Give a job these tags instead of those it had."""
        before = job.tag_labels()
        job.tags = tuple(tags)
        if job.drawer is not None:
            job.drawer.relabel(job.position, before, job.tag_labels())

    def of(self, owner: Owner) -> list[Job]:
        """All jobs of an owner, oldest first."""
        return [
            job
            for drawer in self._shelves.get(owner, ())
            for job in drawer.take(drawer.present, ascending=True)
        ]

    def tags(self, owner: Owner, search: str = "") -> list[str]:
        """The tags of an owner's jobs that contain a text, each once, sorted."""
        shelf = self._shelves.get(owner, ())
        labels = {label for drawer in shelf for label in drawer.labels}
        return sorted(str(tag) for kind, tag in labels if kind == "tag" and search in str(tag))

    def find(self, owner: Owner, query: JobQuery) -> tuple[list[Job], int]:
        """A page of an owner's jobs, and how many there are on all pages."""
        page: list[Job] = []
        count = 0
        for drawer, bits in self._select(owner, query):
            here = bits.bit_count()
            skip, room = query.offset - count, query.limit - len(page)
            count += here
            if room > 0 and skip < here:
                found = drawer.take(bits, ascending=query.ascending, skip=max(skip, 0))
                page += [job for job, _ in zip(found, range(room), strict=False)]
        return page, count

    def _select(self, owner: Owner, query: JobQuery) -> Iterator[tuple[Drawer, int]]:
        """Each drawer with jobs that are asked for, and their bits, in the order asked for."""
        labels = query.labels()
        backends = [("backend", name) for name in query.backends]
        after, before = query.created_after, query.created_before
        shelf = self._shelves.get(owner, [])
        for drawer in shelf if query.ascending else reversed(shelf):
            bits = drawer.select(labels, after, before)
            if bits and backends:
                bits &= drawer.with_any(backends)
            if bits and query.search:
                bits = sum(
                    1 << job.position
                    for job in drawer.take(bits, ascending=True)
                    if any(query.search in text for text in (job.id, *job.tags))
                )
            if bits:
                yield drawer, bits
