"""What pytest says of a failing test that used a mock: pytest is run, its words and files read."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

KEY = "a-key-that-nobody-may-see-0001"
TESTS = f"""
import httpx, pytest

KEY = "{KEY}"
AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"

def work(http):
    token = http.post(AUTH + "/users/loginWithToken", json={{"apiToken": KEY}}).json()["id"]
    http.headers["x-access-token"] = token
    http.post("/jobs", json={{"program_id": "sampler", "tags": [KEY]}})
    job = {{"program_id": "sampler", "backend": "ibm_wellington", "params": {{"circuits": [KEY]}}}}
    created = http.post("/jobs", json=job).json()["id"]
    for _ in range(3):
        http.get("/backends?token=" + token)
    return token, created

@pytest.mark.dryshot(engine="stub")
def test_fails(dryshot):
    with httpx.Client(base_url=RUNTIME) as http:
        token, created = work(http)
        dryshot.faults.fail(500, operation="list_jobs")
        http.get("/jobs")
        with open("secrets.txt", "w") as file:
            file.write(token + " " + created)
    pytest.fail("planted")

@pytest.mark.dryshot(engine="stub")
def test_passes(dryshot):
    with httpx.Client(base_url=RUNTIME) as http:
        work(http)

def test_asks_nothing_of_a_mock():
    pytest.fail("planted")

@pytest.fixture
def breaks(dryshot):
    yield
    httpx.get(RUNTIME + "/programs")
    raise RuntimeError("planted")

def test_breaks_when_it_is_over(breaks):
    pass

@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail(dryshot):
    httpx.get(RUNTIME + "/programs")
    pytest.fail("planted")
"""
SECTION = "*dryshot: what was asked*"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(code)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider", "--tb=line")
    # the tests leak what they have: whether that is told is what is tested here
    return pytester.runpytest_subprocess(*plugins, "--dryshot-sentinels=none", *options)


def written(pytester: pytest.Pytester, start: str) -> Path:
    """The one directory of a test whose name starts so."""
    (found,) = (pytester.path / "out").glob(f"*{start}-????????")
    return found


@pytest.mark.parametrize(
    "workers",
    [
        pytest.param([], id="alone"),
        pytest.param(["-p", "xdist", "-n", "2"], id="workers", marks=pytest.mark.heavy),
    ],
)
def test_a_failing_test_says_what_was_asked(pytester: pytest.Pytester, workers: list[str]) -> None:
    result = run(pytester, TESTS, "--dryshot-attach=out", "--tb=short", *workers)
    result.assert_outcomes(failed=2, passed=2, xfailed=1, errors=1)
    token, created = (pytester.path / "secrets.txt").read_text().split()
    text = result.stdout.str()
    assert text.count("dryshot: what was asked") == 2
    result.stdout.fnmatch_lines_random(
        [
            "2023-09-11T17:27:46.000Z 200 POST /api/users/loginWithToken (login_with_token)",
            "2023-09-11T17:27:47.000Z 400 POST /jobs (create_job)",
            "    backend is required",
            "* 200 GET /backends[?]token=redacted00*... (list_backends) x3 until *:51.000Z",
            "* 500 GET /jobs (list_jobs) *fault: fail 500*",
            f"job {created} *: sampler on ibm_wellington, created *",
            "2023-09-11T17:27:46.000Z 200 GET /programs (list_programs)",
        ]
    )
    place = written(pytester, "test_fails")
    files = {path.name: path.read_text() for path in place.iterdir()}
    assert sorted(files) == ["exchanges.har", "requests.sh", "timeline.txt", "world.json"]
    for said in (text, *files.values()):
        assert KEY not in said
        assert token not in said
    har = json.loads(files["exchanges.har"])
    statuses = [one["response"]["status"] for one in har["log"]["entries"]]
    assert statuses == [200, 400, 200, 200, 200, 200, 500]
    assert [job["id"] for job in json.loads(files["world.json"])["jobs"]] == [created]
    assert "(list_jobs)" in files["timeline.txt"]
    checked = subprocess.run(
        ["sh", "-n", place / "requests.sh"],  # noqa: S607 - whichever shell there is
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert checked.returncode == 0
    written(pytester, "test_breaks_when_it_is_over")
    assert len(list((pytester.path / "out").iterdir())) == 2


def test_a_section_is_short_however_much_was_asked(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import httpx

        def test_asks_much(dryshot):
            with httpx.Client(base_url="https://runtime-us-east.quantum-computing.ibm.com") as http:
                for number in range(300):
                    http.get(f"/programs?search={number}" + "&x=" + "y" * 300)
            assert False
        """,
    )
    result.assert_outcomes(failed=1)
    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if "what was asked" in line)
    assert lines[start + 1] == "... 260 earlier requests are not shown"
    shown = [line for line in lines if " GET /programs?search=" in line]
    assert len(shown) == 40
    assert max(map(len, shown)) <= 160


def test_a_served_world_tells_too(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import httpx

        def test_fails(dryshot_server):
            form = {
                "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
                "apikey": dryshot_server.api_key,
            }
            httpx.post(dryshot_server.url + "/identity/token", data=form)
            with open("secrets.txt", "w") as file:
                file.write(dryshot_server.api_key)
            assert False
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([SECTION, "* 200 POST /identity/token (create_token)"])
    assert (pytester.path / "secrets.txt").read_text() not in result.stdout.str()


def test_a_failure_is_not_lost_where_nothing_can_be_written(pytester: pytest.Pytester) -> None:
    pytester.makefile(".txt", out="in the way")
    code = "def test_fails(dryshot):\n    assert 1 == 2"
    result = run(pytester, code, "--dryshot-attach=out.txt")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["nothing was asked", "*could not write * NotADirectoryError*"])
