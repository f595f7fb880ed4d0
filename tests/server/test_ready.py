from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.server.wire import ANYWHERE, PATIENCE, Wire

PROGRAM = """
import argparse, sys
from dryshot.commands import serve
parser = argparse.ArgumentParser()
serve.declare(parser)
sys.exit(serve.run(parser.parse_args()))
"""
GRANT = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey"}


def start(*options: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=pass_fds,
    )


@contextmanager
def command(*options: str, pass_fds: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    with start("--engine", "stub", *options, pass_fds=pass_fds) as process:
        try:
            yield process
        finally:
            process.kill()


def ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("dryshot is ready at http://127.0.0.1:"), line + error(process.stderr)
    return line.split()[-1]


def error(stream: IO[str] | None) -> str:
    assert stream
    return stream.read()


def token(url: str, key: str) -> httpx.Response:
    return httpx.post(f"{url}/identity/token", data={**GRANT, "apikey": key})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_ends_when_told(number: int) -> None:
    with command("--port", "0") as process:
        url = ready(process)
        assert token(url, "a-key").status_code == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "", "")


def test_it_writes_its_url_to_the_descriptor_that_it_is_given() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        try:
            process = start(
                "--engine", "stub", "--port", "0", "--ready-fd", str(writing), pass_fds=(writing,)
            )
        finally:
            os.close(writing)
        with process:
            try:
                assert told.read() == ready(process) + "\n"
            finally:
                process.kill()


def test_a_second_signal_ends_it_at_once() -> None:
    with command("--port", "0") as process:
        url = ready(process)
        with Wire(url) as wire:
            body = b"Content-Length: 9\r\n\r\nhalf"
            wire.send(
                b"POST /identity/token HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n" + body
            )
            wire.until(b"100 Continue")  # an answer is under way, and will be for a minute
            process.send_signal(signal.SIGTERM)
            for _ in range(100_000):  # until it listens no more: the second is a second one
                try:
                    Wire(url).socket.close()
                except OSError:
                    break
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 128 + signal.SIGINT


def test_each_key_has_a_world_of_its_own_by_the_present_time() -> None:
    with command("--port", "0") as process:
        url = ready(process)
        first, second = (token(url, key).json() for key in ("one", "two"))
        assert first["access_token"] != second["access_token"]
        assert abs(first["expiration"] - 3600 - httpx_date(url)) < 60


def httpx_date(url: str) -> float:
    """The server's own time, from its Date header."""
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(httpx.get(url).headers["date"]).timestamp()


def test_declared_accounts_are_the_only_ones_unless_others_are_let_in(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("accounts: [{api_key: declared-key-of-some-length}]")
    options = "--port", "0", "--world", str(world)
    for more, status in (((), False), (("--auto-accounts",), True)):
        with command(*options, *more) as process:
            url = ready(process)
            assert token(url, "declared-key-of-some-length").status_code == 200
            assert (token(url, "another-key").status_code == 200) is status


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with command("--port", "0") as process:
        port = ready(process).rpartition(":")[2]
        with command("--port", port) as second:
            out, err = second.communicate(timeout=PATIENCE)
            assert (second.returncode, out) == (1, "")
            assert (
                err == f"dryshot serve: cannot serve at 127.0.0.1:{port}: Address already in use\n"
            )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", ANYWHERE], "--allow-remote"),
        (["--world", "nowhere.yaml"], "nowhere.yaml"),
        (["--port", "65536"], "not a port"),
        (["--workers", "-1"], "0 or more"),
        (["--queue-seconds", "-1"], "0 or more"),
        (["--backend", ":5"], "NAME:QUBITS"),
    ],
)
def test_what_cannot_be_served_is_told_without_a_traceback(options: list[str], said: str) -> None:
    with command("--port", "0", *options) as process:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in {1, 2}
        assert (out, said in err, "Traceback" in err) == ("", True, False), err


def test_remote_access_is_said_plainly() -> None:
    with command("--port", "0", "--host", ANYWHERE, "--allow-remote") as process:
        ready(process)
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE)
        assert "may use and change every world" in err
