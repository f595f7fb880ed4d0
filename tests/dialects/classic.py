"""What tests of the classic dialect say over and over."""

from __future__ import annotations

from typing import Any

import httpx

AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
QASM = 'OPENQASM 3;\ninclude "stdgates.inc";\nqubit q;\nbit c;\nx q;\nc = measure q;\n'
HGP = {"hub": "ibm-q-internal", "group": "dev-sys-software", "project": "internal-test"}
JOB = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": [QASM]}}


def log_in(http: httpx.Client, api_token: str = "token") -> Any:
    answer = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": api_token})
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(answer: httpx.Response) -> tuple[int, int | str, str]:
    """Status, code and message of the first error."""
    first = answer.json()["errors"][0]
    return answer.status_code, first["code"], first["message"]


def submit(http: httpx.Client, **fields: Any) -> str:
    answer = http.post("/jobs", json=JOB | fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])
