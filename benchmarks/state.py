"""What keeping everything costs: ``python -m benchmarks.state [--quick]``.

Acknowledged submissions through httpx in this process, with a state file and without; both take
turns in short blocks. Each is in the file before it is answered, as ``dryshot serve --state`` has
it: it survives the end of the process at any instant. Then how long opening the file takes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.results import Row, show
from benchmarks.side import CALLS, measure
from dryshot.mounts.httpx import Transport
from dryshot.server.state import State
from dryshot.server.worlds import Worlds
from dryshot.world.work import Outcome, Task

IAM = "https://iam.cloud.ibm.com/identity/token"
API = "https://quantum.cloud.ibm.com/api/v1"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
JOB = {"program_id": "sampler", "backend": "ibm_fez", "params": {"pubs": [["OPENQASM 3;"]]}}


def nothing(_task: Task) -> Outcome:
    """An engine whose jobs leave next to nothing."""
    return Outcome(failed=False, body="{}")


@contextmanager
def submitting(worlds: Worlds, state: State | None) -> Iterator[Callable[[], object]]:
    """What submits a job, each time it is called."""
    with httpx.Client(transport=Transport(worlds.tenants(state=state))) as http:
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key"}
        token = http.post(IAM, data=form).json()["access_token"]
        headers = {"authorization": f"Bearer {token}", "ibm-api-version": "2026-04-15"}
        query = {"query": "service_name:quantum-computing"}
        found = http.post(SEARCH, json=query, headers=headers).json()
        headers["service-crn"] = found["items"][1]["crn"]
        yield lambda: http.post(f"{API}/jobs", json=JOB, headers=headers).raise_for_status()


def rows(*, quick: bool) -> Iterator[Row]:
    """Every row, as it is measured."""
    worlds, blocks = Worlds(engine=nothing), 100 if quick else 600
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state")
        with (
            worlds.open_state(path) as state,
            submitting(worlds, None) as memory,
            submitting(worlds, state) as kept,
        ):
            found = measure(memory, kept, blocks)
        jobs = (blocks + 1) * CALLS
        yield Row(
            "submissions a second with --state",
            0.5,
            1 / found.best,
            "x",
            "more",
            "those in memory",
            f"{1 / found.seconds:,.0f} of {found.best / found.seconds:,.0f} a second; "
            f"in the median {1 / found.median:.2f}x",
        )
        yield Row("state file, of a job", None, path.stat().st_size / jobs / 1024, "KiB")
        taken = min(opening(worlds, path) for _ in range(2 if quick else 4))
        note = f"measured with {2 * jobs:,}, computing time"
        yield Row(
            "opening a state file of 10,000 records", None, taken * 5000 / jobs, "s", note=note
        )


def opening(worlds: Worlds, path: Path) -> float:
    """Seconds of computing until its worlds are as they were."""
    start = time.process_time()
    with worlds.open_state(path) as state:
        worlds.tenants(state=state)
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(show(rows(quick="--quick" in sys.argv)))
