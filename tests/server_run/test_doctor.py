"""``dryshot doctor``: what it finds, and that it keeps secrets."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest

from dryshot.cli import main
from dryshot.server.diagnosis import Finding, diagnose


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def found(home: Path, port: int, **environ: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnose(environ, home, port=port)}


def test_a_plain_environment_is_fine(tmp_path: Path, free_port: int) -> None:
    findings = diagnose({}, tmp_path, port=free_port)
    assert [finding for finding in findings if finding.verdict == "bad"] == []
    names = {finding.name: finding.value for finding in findings}
    assert sys.executable in names["python"]
    assert names["mock"] == "answers 200"
    assert names["pytest plugin"] == "found by pytest"
    assert {"sim", "requests", "server", "sdk", "httpx", "uvicorn"} <= names.keys()


def test_a_port_in_use_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert found(tmp_path, port)[str(port)].verdict == "bad"


def test_proxies_are_told_without_their_secrets(tmp_path: Path, free_port: int) -> None:
    proxy = "http://user:secret@proxy.example:3128/secret"
    findings = found(
        tmp_path, free_port, HTTPS_PROXY=proxy, http_proxy="proxy.example:1", ALL_PROXY="http://[x"
    )
    assert findings["HTTPS_PROXY"].value.startswith("http://proxy.example:3128;")
    assert findings["http_proxy"].value.startswith("proxy.example:1;")
    assert findings["ALL_PROXY"].value.startswith("set, but no URL;")
    assert "secret" not in repr(findings)


def test_a_certificate_file_that_is_not_there_will_not_work(tmp_path: Path, free_port: int) -> None:
    missing = str(tmp_path / "none.pem")
    findings = found(tmp_path, free_port, SSL_CERT_FILE=missing, PIP_CERT=str(Path(__file__)))
    assert findings["SSL_CERT_FILE"].verdict == "bad"
    assert findings["PIP_CERT"].verdict == "ok"


def test_what_leads_to_the_real_service_is_told_without_tokens(
    tmp_path: Path, free_port: int
) -> None:
    folder = tmp_path / ".qiskit"
    folder.mkdir()
    accounts = {
        "default": {"channel": "ibm_quantum_platform", "token": "secret-1", "url": "secret-2"},
        "old": {"channel": "ibm_cloud", "token": "secret-3"},
    }
    (folder / "qiskit-ibm.json").write_text(json.dumps(accounts))
    findings = found(
        tmp_path,
        free_port,
        QISKIT_IBM_TOKEN="secret-4",
        QISKIT_IBM_CHANNEL="ibm_cloud",
        IAM_URL="https://u:secret-5@iam.example/secret",
    )
    saved = findings["saved accounts"]
    assert saved.value == "2 in ~/.qiskit, channels: ibm_cloud, ibm_quantum_platform"
    assert findings["QISKIT_IBM_TOKEN"].value == "set"
    assert findings["QISKIT_IBM_CHANNEL"].value == "ibm_cloud"
    assert findings["IAM_URL"].value == "https://iam.example"
    assert "secret" not in repr(findings)


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"a": 1}'])
def test_saved_accounts_that_cannot_be_read_are_no_failure(
    text: str, tmp_path: Path, free_port: int
) -> None:
    (tmp_path / ".qiskit").mkdir()
    (tmp_path / ".qiskit" / "qiskit-ibm.json").write_text(text)
    assert found(tmp_path, free_port)["saved accounts"].value == "a file that cannot be read"


def test_the_exit_code_says_whether_all_works(
    free_port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["doctor", "--port", str(free_port)]) == 0
    text = capsys.readouterr().out
    assert text.endswith("All of this works.\n")
    subjects = [line for line in text.splitlines() if line[:2] not in {"  ", "i ", "! "}]
    assert len(subjects) == len(set(subjects)) > 4

    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    assert main(["doctor", "--port", str(free_port), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    bad = [finding for finding in report["findings"] if finding["verdict"] == "bad"]
    assert [finding["name"] for finding in bad] == ["SSL_CERT_FILE"]


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none_is_wrong_usage(port: str) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--port", port])
