from __future__ import annotations

import sys

import pytest

from tests.server_run.surroundings import run_here

PROGRAM = """
import json, urllib.request, websocket

API = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"

def post(url, value, **headers):
    headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, json.dumps(value).encode(), headers)
    return json.load(urllib.request.urlopen(request))["id"]

token = post(API + "/users/loginWithToken", {"apiToken": "my-api-key"})
job = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": ["x"]}}
own = {"X-Access-Token": token}
url = RUNTIME.replace("https", "wss") + "/stream/jobs/" + post(RUNTIME + "/jobs", job, **own)
application = websocket.WebSocketApp(
    url,
    header=own,
    on_message=lambda _, text: print(text.split(":")[0]),
    on_close=lambda _, code, reason: print(code),
)
application.run_forever(ping_interval=60, ping_timeout=10)
"""


def test_a_program_under_dryshot_run_listens_over_tls(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_here(capfd, sys.executable, "-c", PROGRAM)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0] == "Listening to results for job", err
    assert lines[-1] == "1000", err
    assert "get_job           1 2xx" in err
    assert "my-api-key" not in err
