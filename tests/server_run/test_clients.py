"""Programs that do not know of dryshot, in several languages, as real processes."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
from pathlib import Path

import pytest

from dryshot import Mock
from dryshot.http import Request

from .surroundings import ROOT, dryshot_run, run_here

RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
URL = f"{RUNTIME}/programs"

NOTEBOOK = '''
import requests

AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
QASM = """
OPENQASM 3;
include "stdgates.inc";
qreg q[1];
creg c[1];
x q[0];
c[0] = measure q[0];
"""

def show(answer):
    print(answer.status_code, answer.headers.get("content-type"), answer.text)
    return answer

show(requests.get(f"{RUNTIME}/programs"))
login = show(requests.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "my-api-token"}))
headers = {"x-access-token": login.json()["id"]}
show(requests.get(f"{RUNTIME}/backends", headers=headers))
job = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    "hub": "ibm-q-internal",
    "group": "dev-sys-software",
    "project": "internal-test",
    "params": {"circuits": [QASM]},
}
created = show(requests.post(f"{RUNTIME}/jobs", headers=headers, json=job)).json()
url = f"{RUNTIME}/jobs/{created['id']}"
assert show(requests.get(url, headers=headers)).json()["state"]["status"] == "Running"
show(requests.get(f"{url}/results", headers=headers))
assert show(requests.get(url, headers=headers)).json()["state"]["status"] == "Completed"
show(requests.post(f"{AUTH}/users/logout", headers=headers))
show(requests.post(f"{RUNTIME}/jobs", headers=headers, json=job))
'''


def tool(name: str) -> str:
    """A program of this machine; the test is skipped where there is none."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"there is no {name} here")
    return path


def programs() -> str:
    request = Request("GET", "runtime-us-east.quantum-computing.ibm.com", "/programs")
    return Mock(engine="stub")(request).body.decode()


def test_the_notebooks_calls_give_what_they_give_in_process_byte_for_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "notebook.py"
    script.write_text(NOTEBOOK)
    with Mock().activate():
        runpy.run_path(str(script), run_name="__main__")
    expected = capsys.readouterr().out
    assert "cjvks5fp8blo0kgog530" in expected

    done = dryshot_run("--", sys.executable, str(script))
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    assert "create_job        1 2xx, 1 4xx" in done.stderr
    assert "my-api-token" not in done.stderr


PYTHON = {
    "requests": f"import requests; print(requests.get({URL!r}).text, end='')",
    "httpx": f"import httpx; print(httpx.get({URL!r}).text, end='')",
    "async httpx": (
        "import asyncio, httpx\n"
        "async def main():\n"
        "    async with httpx.AsyncClient() as client:\n"
        f"        print((await client.get({URL!r})).text, end='')\n"
        "asyncio.run(main())"
    ),
    "urllib": (
        f"import urllib.request as u, sys; sys.stdout.write(u.urlopen({URL!r}).read().decode())"
    ),
    "urllib3": (
        "import os, urllib3; "
        f"print(urllib3.ProxyManager(os.environ['HTTPS_PROXY']).request('GET', {URL!r})"
        ".data.decode(), end='')"
    ),
}


@pytest.mark.parametrize("library", PYTHON)
def test_python_libraries_reach_the_mock(library: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_here(capfd, sys.executable, "-c", PYTHON[library])
    assert (code, out) == (0, programs()), err


def test_curl_reaches_the_mock(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_here(capfd, tool("curl"), "-sS", URL)
    assert (code, out) == (0, programs()), err


NODE = {
    "fetch": f"fetch({URL!r}).then((a) => a.text()).then((t) => process.stdout.write(t))",
    "https": (f'require("node:https").get({URL!r}, (answer) => answer.pipe(process.stdout))'),
    "an agent of its own": (
        'const https = require("node:https");'
        f"https.get({URL!r}, {{agent: new https.Agent({{keepAlive: true}})}},"
        " (answer) => answer.pipe(process.stdout).once('unpipe', () => process.exit()))"
    ),
    "a worker": (
        'const { Worker } = require("node:worker_threads");'
        f"new Worker(`fetch({URL!r}).then((a) => a.text())"
        ".then((t) => process.stdout.write(t))`, { eval: true })"
    ),
}


@pytest.mark.parametrize("way", NODE)
def test_node_reaches_the_mock(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_here(capfd, tool("node"), "-e", NODE[way])
    assert (code, out) == (0, programs()), err


REFUSED_NODE = {
    "fetch": 'fetch("https://example.com").catch((e) => console.log(e.cause.message))',
    "https": (
        'require("node:https").get("https://example.com")'
        '.on("error", (e) => console.log(e.message))'
    ),
    "http": (
        'require("node:http").get("http://example.com:443")'
        '.on("error", (e) => console.log(e.message))'
    ),
}


@pytest.mark.parametrize("way", REFUSED_NODE)
def test_node_is_refused_other_hosts_and_told_why(
    way: str, capfd: pytest.CaptureFixture[str]
) -> None:
    _, out, err = run_here(capfd, tool("node"), "-e", REFUSED_NODE[way])
    assert "403 dryshot run refused example.com" in out, err
    assert "  example.com  1 time" in err


def test_node_still_reaches_servers_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    script = (
        'require("node:http").createServer((q, a) => a.end("mine")).listen(0, "127.0.0.1",'
        "async function () { const url = `http://localhost:${this.address().port}`;"
        "const one = await (await fetch(url.replace('localhost', '127.0.0.1'))).text();"
        'require("node:http").get(url.replace("localhost", "127.0.0.1"), (a) => a.on("data", (d) =>'
        "{ console.log(one, d.toString()); process.exit(); })) })"
    )
    _, out, err = run_here(capfd, tool("node"), "-e", script)
    assert out == "mine mine\n", err


@pytest.mark.parametrize("command", [("sh", "examples/curl.sh"), ("node", "examples/fetch.mjs")])
def test_the_examples_in_other_languages_read_their_results(
    command: tuple[str, str],
) -> None:
    tool("curl")
    done = dryshot_run("--engine", "stub", "--", tool(command[0]), command[1])
    assert done.returncode == 0, done.stderr
    job, status, results = done.stdout.split("\n", 2)
    assert (len(job), status) == (20, "Running")
    assert sum(json.loads(results)["quasi_dists"][0].values()) == pytest.approx(1)


def test_the_official_sdk_runs_unmodified() -> None:
    pytest.importorskip("qiskit_ibm_runtime")
    done = dryshot_run("--", sys.executable, str(ROOT / "examples" / "official_sdk.py"))
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.endswith(" DONE")
    assert second in {"1000 shots, 00 most often", "1000 shots, 11 most often"}
    assert "create_job                 1 2xx" in done.stderr
    assert "refused" not in done.stderr
    assert "my-api-key" not in done.stderr


KERNEL = """
import nbformat, nbclient
cell = nbformat.v4.new_code_cell("import requests; print(requests.get({url!r}).text, end='')")
notebook = nbformat.v4.new_notebook(cells=[cell])
nbclient.NotebookClient(notebook, kernel_name="python3").execute()
print(notebook.cells[0].outputs[0].text, end="")
"""


@pytest.mark.heavy
def test_a_jupyter_kernel_reaches_the_mock(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    code, out, err = run_here(capfd, sys.executable, "-c", KERNEL.format(url=URL))
    assert (code, out) == (0, programs()), err
