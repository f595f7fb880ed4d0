"""``dryshot conformance`` in the shell: served mocks, nothing at all, and hosts of IBM's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dryshot.cli import main
from dryshot.conformance import RuntimeStateMachine
from dryshot.http import Request, Response
from dryshot.server.serving import serve
from tests.conformance_kit.rooms import KEY, changed, is_job, new_mock


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_KEY", KEY)


@pytest.fixture
def url() -> Iterator[str]:
    """A mock at a port."""
    with serve(new_mock()) as server:
        yield server.url


def test_a_served_mock_is_perfect(
    url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--api-key-env", "A_KEY", "--examples", "0", "--format", "json"]
    code = main(["conformance", url, *arguments])
    output = capsys.readouterr()
    board = json.loads(output.out)
    wrong = [found["reasons"] for found in board["operations"].values() if found["reasons"]]
    assert (code, wrong, board["percent"]) == (0, [], 100.0)
    assert board["good"] == board["checked"] > 250
    assert KEY not in output.out + output.err
    assert not list(tmp_path.iterdir())


def test_a_server_that_breaks_a_rule_is_told_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    mock = new_mock()

    def endpoint(request: Request) -> Response:
        response = mock(request)
        if is_job(request) and response.status == 200:
            return changed(response, lambda job: job.pop("created"))
        return response

    with serve(endpoint) as server:
        code = main(["conformance", server.url, "--dialect", "classic", "--examples", "0"])
    text = capsys.readouterr().out
    assert code == 2
    assert "    document: legacy-runtime: get_job must not answer 200" in text
    assert "created is required" in text
    assert "platform-" not in text


def test_the_machine_runs_on_a_served_mock(url: str) -> None:
    machine = RuntimeStateMachine.for_url(url, api_key=KEY)
    effort = settings(machine.TestCase.settings, max_examples=2)
    run_state_machine_as_test(machine, settings=effort)


def test_nothing_at_a_url_cannot_be_examined(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["conformance", f"http://127.0.0.1:{port}", "--api-key-env", "A_KEY"]) == 1
    output = capsys.readouterr()
    assert output.err.startswith("dryshot conformance: ConnectError")
    assert KEY not in output.out + output.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["https://quantum.cloud.ibm.com"], "is IBM's own: say --live"),
        (["http://127.0.0.1:9", "--api-key-env", "NO_SUCH"], "NO_SUCH holds no API key"),
        (["127.0.0.1:9"], "is not a URL such as"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_when_the_time_is_over_the_board_says_so(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", url, "--dialect", "classic", "--budget", "0.000001"]) == 2
    assert "not finished" in capsys.readouterr().out
