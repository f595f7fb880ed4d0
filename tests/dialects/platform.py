"""What tests of the platform's dialect say over and over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from contract_tests.platform import GRANT, IAM, PARAMS, SEARCH
from dryshot.world import Outcome, Task

__all__ = ["LATEST", "log_in", "one", "sampler"]

LATEST = "2026-04-15"


def one(_task: Task) -> Outcome:
    """An engine whose every job measures a single one, in two seconds of a device."""
    result = {"data": {"c": {"samples": ["0x1"], "num_bits": 1}}, "metadata": {}}
    body = {"results": [result], "metadata": {"version": 2}}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


def log_in(http: httpx.Client, api_key: str = "key") -> Mapping[str, str]:
    """The headers that name a caller, and the instance of the premium plan."""
    form = {"grant_type": GRANT, "apikey": api_key}
    token = http.post(f"{IAM}/identity/token", data=form).json()["access_token"]
    headers = {"authorization": f"Bearer {token}", "ibm-api-version": LATEST}
    body = {"query": "service_name:quantum-computing"}
    found = http.post(f"{SEARCH}/v3/resources/search", json=body, headers=headers).json()
    crns = {item["name"]: item["crn"] for item in found["items"]}
    return headers | {"service-crn": crns["premium-instance"]}


def sampler(**fields: Any) -> dict[str, Any]:
    """The body of a small job."""
    return {"program_id": "sampler", "backend": "ibm_torino", "params": PARAMS} | fields
