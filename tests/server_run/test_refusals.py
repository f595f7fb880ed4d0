"""Nothing reaches the network, and who is refused is told."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys

import pytest

from dryshot.cli import main

from .surroundings import HOST, PATIENCE, ROOT, enclosed, run_here, say

CURL = shutil.which("curl")
needs_curl = pytest.mark.skipif(CURL is None, reason="there is no curl here")


@needs_curl
def test_another_host_is_refused_and_the_exit_code_is_curls(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code, _, err = run_here(capfd, "curl", "-sSv", "https://example.com/x?token=secret")
    assert code == 56
    assert "403 dryshot run refused example.com" in err
    summary = err[err.index("dryshot: 0 calls") :]
    assert "  example.com  1 time" in summary
    assert "--allow-host" in summary
    assert "secret" not in summary


@needs_curl
@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://example.com/", "example.com:80"),
        ("http://user:secret@example.com/", "example.com:80"),
        ("http://quantum.cloud.ibm.com/api/v1/versions", "quantum.cloud.ibm.com:80"),
        ("ftp://example.com/file", "example.com:21"),
    ],
)
def test_what_is_not_https_is_refused(
    url: str, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    _, out, err = run_here(capfd, "curl", "-sS", url)
    assert f"refused {name}" in out
    assert f"  {name}  1 time" in err
    assert "secret" not in out + err


def test_python_says_why_it_was_refused(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import requests; requests.get('https://example.com')"
    code, _, err = run_here(capfd, sys.executable, "-c", script)
    assert code == 1
    assert "Tunnel connection failed: 403 dryshot run refused example.com" in err


AUDITED = """
import json, sys
seen = []
def hook(event, arguments):
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        if arguments[0] != "127.0.0.1":
            seen.append([event, str(arguments[0])])
    elif event == "socket.connect":
        seen.append([event, str(arguments[1][0])])
sys.addaudithook(hook)
from dryshot.cli import main
main(["run", "--quiet", "--engine", "stub", "--allow-host", "localhost", "--", *sys.argv[1:]])
print(json.dumps(seen))
"""


def audited(*command: str) -> list[list[str]]:
    """What dryshot itself looked up and connected to."""
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    seen: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return seen


@needs_curl
def test_a_refused_host_is_not_even_looked_up() -> None:
    refused = ("https://example.com", "http://example.com", "https://accounts.cloud.ibm.com")
    assert audited("curl", "-s", *refused) == []


@needs_curl
def test_a_mocked_host_is_loopback_and_only_an_allowed_one_is_looked_up() -> None:
    mocked = "https://quantum.cloud.ibm.com/api/v1/versions"
    assert audited("curl", "-s", "-o", "/dev/null", mocked) == [["socket.connect", "127.0.0.1"]]
    allowed = audited("curl", "-s", "--noproxy", "none", "https://localhost:1/")
    assert ["socket.getaddrinfo", "localhost"] in allowed


def test_an_allowed_host_is_let_through_byte_for_byte() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as outside,
        enclosed(allow_hosts={"LocalHost."}) as it,
    ):
        port = outside.getsockname()[1]
        with socket.create_connection(("127.0.0.1", it.port), timeout=PATIENCE) as client:
            client.sendall(b"CONNECT localhost:%d HTTP/1.1\r\n\r\nearly" % port)
            inner, _ = outside.accept()
            with inner:
                assert inner.recv(5, socket.MSG_WAITALL) == b"early"
                assert client.recv(39, socket.MSG_WAITALL).startswith(b"HTTP/1.1 200 ")
                inner.sendall(bytes(range(256)))
                assert client.recv(256, socket.MSG_WAITALL) == bytes(range(256))
        assert not it.refused


@pytest.mark.parametrize("name", ["IBM.com", "quantum.cloud.ibm.com", "x.ibm.com.", HOST])
def test_a_mocked_host_or_one_of_ibms_is_never_let_through(name: str) -> None:
    with enclosed(allow_hosts={name}) as it:
        answer = say(it.port, b"CONNECT %s:8443 HTTP/1.1\r\n\r\n" % name.encode())
        assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("name", ["quantum.cloud.ibm.com", "IBM.COM.", "https://example.com", ""])
def test_allowing_such_a_host_or_no_host_is_wrong_usage(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["run", "--allow-host", name, "--", "true"])
    assert exit_.value.code == 2
    assert "--allow-host" in capsys.readouterr().err
