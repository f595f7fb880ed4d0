"""What keeping everything costs: ``python benchmarks/state.py [JOBS]``.

Acknowledged submissions a second, through httpx in this process, with and without a state file, and
how long opening the file takes for 10 000 records.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import httpx

from dryshot.mounts.httpx import Transport
from dryshot.server.state import State
from dryshot.server.worlds import Worlds

IAM = "https://iam.cloud.ibm.com/identity/token"
API = "https://quantum.cloud.ibm.com/api/v1"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
JOB = {"program_id": "sampler", "backend": "ibm_fez", "params": {"pubs": [["OPENQASM 3;"]]}}


def submissions(worlds: Worlds, state: State | None, count: int) -> float:
    """How many a second."""
    with httpx.Client(transport=Transport(worlds.tenants(state=state))) as http:
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key"}
        token = http.post(IAM, data=form).json()["access_token"]
        headers = {"authorization": f"Bearer {token}", "ibm-api-version": "2026-04-15"}
        query = {"query": "service_name:quantum-computing"}
        found = http.post(SEARCH, json=query, headers=headers).json()
        headers["service-crn"] = found["items"][1]["crn"]
        start = time.perf_counter()
        for _ in range(count):
            http.post(f"{API}/jobs", json=JOB, headers=headers).raise_for_status()
        return count / (time.perf_counter() - start)


def main(count: int) -> None:
    """Print the figures."""
    worlds = Worlds(engine="stub")
    submissions(worlds, None, 200)  # warms everything up
    without = submissions(worlds, None, count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state")
        with worlds.open_state(path) as state:
            kept = submissions(worlds, state, count)
        size = path.stat().st_size
        start = time.perf_counter()
        with worlds.open_state(path) as state:
            worlds.tenants(state=state)
        taken = time.perf_counter() - start
    print(f"submissions/s without {without:7.0f}, with {kept:7.0f}, ratio {kept / without:.2f}")
    print(f"opening {2 * count} records: {taken:.2f} s, per 10 000: {taken * 5000 / count:.2f} s")
    print(f"{size / count:.0f} bytes a job")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
