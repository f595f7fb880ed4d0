"""``dryshot record``: programs that do not know of it, against a served mock, into a cassette."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dryshot import Mock
from dryshot.cli import main
from dryshot.recording.files import read_cassette
from tests.serving import served

from .surroundings import PATIENCE, ROOT

KEY = "q7Hk2ZpXw9Lr4TnVb8Yc3Md6Fs1Gj5Ae0Uo7Ix2QaPl9"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
NOTEBOOK = f"""
import requests
login = requests.post(
    "https://auth.quantum-computing.ibm.com/api/users/loginWithToken", json={{"apiToken": "{KEY}"}}
)
headers = {{"x-access-token": login.json()["id"]}}
job = {{"program_id": "sampler", "backend": "ibm_wellington", "params": {{"circuits": ["{KEY}"]}}}}
print(requests.post("{RUNTIME}/jobs", headers=headers, json=job).json()["id"])
raise SystemExit(7)
"""
PLATFORM = """
import os
from dryshot_client import Runtime
with Runtime(api_key=os.environ["QISKIT_IBM_TOKEN"], instance="premium-instance") as runtime:
    print(runtime.backends.status("ibm_fez"))
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(Mock(engine="stub").asgi()) as address:
        yield f"http://{address}"


def record(url: str, out: Path, *program: str, options: tuple[str, ...] = ()) -> int:
    return main(["record", "--url", url, "--out", str(out), *options, "--", *program])


def test_calls_go_on_to_the_service_and_into_a_cassette_without_secrets(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.yaml"
    assert record(url, out, sys.executable, "-c", NOTEBOOK, options=("--era", "2023-11")) == 7
    told = capfd.readouterr()
    made = read_cassette(out)
    assert [one.operation for one in made.interactions] == [
        "legacy-auth.login_with_token",
        "legacy-runtime.create_job",
    ]
    assert [one.request.origin for one in made.interactions] == [
        "https://auth.quantum-computing.ibm.com",
        RUNTIME,
    ]
    assert (made.host, made.era) == (url.removeprefix("http://"), "2023-11")
    assert told.out.strip() in made.interactions[1].response.body.decode()
    assert KEY not in out.read_text() + told.err
    assert f"dryshot record: 2 interactions with {made.host} in {out}" in told.err
    assert "replaced   api key: 1" in told.err


def test_our_client_of_the_platform_is_recorded(
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", KEY)
    out = tmp_path / "it.yaml"
    assert record(url, out, sys.executable, "-c", PLATFORM) == 0, capfd.readouterr().err
    operations = [one.operation for one in read_cassette(out).interactions]
    assert operations[0] == "platform-iam.create_token"
    assert operations[-1] == "platform-runtime.get_backend_status"
    assert KEY not in out.read_text()


def test_curl_is_recorded_and_sees_what_the_service_says(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl here")
    out = tmp_path / "it.yaml"
    assert record(url, out, curl, "-sS", "--compressed", f"{RUNTIME}/programs") == 0
    (one,) = read_cassette(out).interactions
    assert one.response.body.decode() == capfd.readouterr().out


def test_other_hosts_are_refused_and_told(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = (
        "import requests\n"
        f"requests.get('{RUNTIME}/programs')\n"
        "try: requests.get('https://example.com')\n"
        "except requests.ConnectionError as error: print(error)\n"
    )
    assert record(url, tmp_path / "it.yaml", sys.executable, "-c", script) == 0
    told = capfd.readouterr()
    assert "403 dryshot record refused example.com" in told.out
    assert "refused    example.com: 1" in told.err


def test_where_nothing_was_asked_nothing_is_written(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert record(url, tmp_path / "it.yaml", "sh", "-c", "exit 3") == 3
    assert "nothing was asked, and no file written" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_cassette_that_is_there_is_kept_unless_it_may_be_replaced(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.yaml"
    out.write_text("mine")
    ran = tmp_path / "ran"
    assert record(url, out, "touch", str(ran)) == 2
    assert "it is there already; --overwrite replaces it" in capfd.readouterr().err
    assert (out.read_text(), ran.exists()) == ("mine", False)
    script = f"import requests; requests.get('{RUNTIME}/programs')"
    quiet = ("--overwrite", "--quiet")
    assert record(url, out, sys.executable, "-c", script, options=quiet) == 0
    assert len(read_cassette(out).interactions) == 1
    assert capfd.readouterr().err == ""


def test_a_directory_that_is_not_there_is_told_before_anything_runs(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = tmp_path / "ran"
    assert record(url, tmp_path / "none" / "it.yaml", "touch", str(ran)) == 2
    assert "nothing can be written to" in capfd.readouterr().err
    assert not ran.exists()


def test_a_cassette_that_cannot_be_written_in_the_end_makes_a_good_run_a_bad_one(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "there" / "it.yaml"
    out.parent.mkdir()
    script = (
        f"import requests, shutil; requests.get('{RUNTIME}/programs');"
        f"shutil.rmtree({str(out.parent)!r})"
    )
    assert record(url, out, sys.executable, "-c", script) == 1
    assert "it.yaml: cannot be written" in capfd.readouterr().err


def test_a_missing_command_is_127(url: str, tmp_path: Path) -> None:
    assert record(url, tmp_path / "it.yaml", "no-such-command") == 127
    assert main(["record", "--url", url]) == 2


@pytest.mark.parametrize(
    "wrong", ["https://quantum.cloud.ibm.com", "ftp://x", "127.0.0.1:80", "http://a:b@localhost"]
)
def test_a_url_that_is_ibms_or_none_is_wrong_usage(
    wrong: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["record", "--url", wrong, "--", "true"])
    assert "--url" in capfd.readouterr().err


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_command_that_a_signal_ends_leaves_a_whole_cassette(url: str, tmp_path: Path) -> None:
    out = tmp_path / "it.yaml"
    script = f"import os, requests; requests.get('{RUNTIME}/programs'); os.kill(os.getpid(), 9)"
    command = [sys.executable, "-m", "dryshot", "record", "--url", url, "--out", str(out), "--"]
    done = subprocess.run(
        [*command, sys.executable, "-c", script],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 128 + 9, done.stderr
    assert len(read_cassette(out).interactions) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["it.yaml"]
