"""The heavy libraries are imported when they are needed, and not before."""

from __future__ import annotations

import subprocess
import sys

SETUP = """
import sys
import dryshot, dryshot.contract
assert "jsonschema_rs" not in sys.modules
from dryshot.contract import Contract, InvalidRequest
from dryshot.http import Request, Response
contract = Contract.load("legacy-runtime")
tags = contract.match("PUT", "/jobs/x/tags")
assert "jsonschema_rs" not in sys.modules
def ask(body):
    return contract.read_request(tags, Request("PUT", "host", "/jobs/x/tags", body=body))
assert ask(b'{"tags": []}').body == {"tags": []}
assert "jsonschema_rs" in sys.modules
contract.check_response(tags.operation, Response(204))
assert "openapi_core" not in sys.modules
"""
REFUSE = """
try:
    ask(b'{"tags": 1}')
except InvalidRequest:
    assert "openapi_core" in sys.modules
    print("refused")
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_judge_is_imported_at_the_first_refusal_only() -> None:
    assert run(SETUP + REFUSE) == "refused\n"
