"""The fault sweep as a user asks for it: pytest is run; its words, files, exit code are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.sweep.programs import careful, careless

HEAD = """
import asyncio, threading, time, httpx, pytest
from dryshot import Mock
from dryshot.world import Outcome
from dryshot.world.runner import Pace

QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
PARAMS = {"pubs": [[QASM, None, 20]], "version": 2}
IAM = "https://iam.cloud.ibm.com/identity/token"
BODY = '{"results": [{"data": {"c": {"samples": ["0x1"], "num_bits": 1}}, "metadata": {}}], '
BODY += '"metadata": {"version": 2}}'

def one(task):
    return Outcome(failed=False, body=BODY, quantum_seconds=2.0)

def log_in(mock, tries=1):
    with httpx.Client(transport=mock.transport()) as http:
        for attempt in range(tries):
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key-1234567"}
            answer = http.post(IAM, data=form)
            if answer.status_code == 200:
                return answer.json()["access_token"]
    raise SystemError(f"no token: {answer.status_code} for key-1234567")
"""

PROGRAMS = """
import careful, careless

@pytest.mark.dryshot(engine=one, pace=Pace(1, 4))
@pytest.mark.fault_sweep(allowed=(careful.JobEnded, careful.SubmissionFailed))
def test_careful(dryshot):
    with httpx.Client(transport=dryshot.transport()) as http:
        assert careful.Program(http, "key-one-123456").run(QASM) == 1

@pytest.mark.dryshot(engine=one, pace=Pace(1, 4))
@pytest.mark.fault_sweep(allowed=(careless.JobEnded, careless.SubmissionFailed))
def test_careless(dryshot):
    with httpx.Client(transport=dryshot.transport()) as http:
        assert careless.Program(http, "key-one-123456").run(QASM) == 1
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(tests: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(HEAD + tests)
        plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider", "-W", "error")
        report = "--dryshot-sweep-report=json:out/sweep.json"
        return pytester.runpytest_subprocess(*plugins, report, *options)

    return run


def source(program: ModuleType) -> Path:
    assert program.__file__ is not None
    return Path(program.__file__)


def swept(pytester: pytest.Pytester) -> Mapping[str, Any]:
    """What was found, by the test's name."""
    told = json.loads((pytester.path / "out" / "sweep.json").read_text())
    assert told["version"] == 1
    return {one["test"].partition("::")[2]: one for one in told["sweeps"]}


def line_of(program: ModuleType, text: str) -> int:
    lines = source(program).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_just_the_three_mistakes_are_found(pytester: pytest.Pytester, run: Run) -> None:
    for program in (careful, careless):
        (pytester.path / source(program).name).write_text(source(program).read_text())
    result = run(PROGRAMS, "--dryshot-sweep-report=html:out")
    result.assert_outcomes(passed=1, failed=1)
    found = swept(pytester)
    assert found["test_careful"]["findings"] == []
    assert found["test_careful"]["counts"] == {"fine": 82}
    call = f"careless.py:{line_of(careless, 'answer = self.http.request')} in call"
    crash, hang, loss = found["test_careless"]["findings"]
    assert (crash["outcome"], crash["where"]) == ("crashed", call)
    kinds = ["refuse", "drop:before", "drop:after", "timeout:before", "timeout:after", "truncate"]
    calls = ["create_token:1", "search_resources:1", "list_backends:1"]
    calls += ["get_job:1", "get_job:2", "get_job:3", "get_job_results_jid:1"]
    assert crash["points"] == [f"{one}:{kind}" for one in calls for kind in kinds]
    assert (hang["outcome"], hang["points"]) == ("hung", ["create_job:1:job-cancelled"])
    assert loss == {
        "outcome": "lost",
        "where": "a fault in create_job",
        "points": ["create_job:1:error:after"],
    }
    result.stdout.fnmatch_lines(
        [
            "the sweep found 3 things to mend, at 44 of 82 points:",
            "- it crashed with an error that nothing handled at careless.py:* in call (42 points)",
            "*again: mock.faults.refuse(operation='create_token', nth=1)",
            "*or: --dryshot-sweep-only=create_token:1:refuse",
            "- it came to no end *",
            "*in test_careless > run > wait > call",
            "*dryshot fault sweep*",
            "*::test_careful: 8 calls, 82 points in * s: 82 fine",
            "*::test_careless: 8 calls, 82 points in * s: 42 crashed, 1 hung, 1 lost, 38 fine",
            "4. create_job:1 *LOST*HANG",
            "Written: *index.html",
        ]
    )
    html = (pytester.path / "out" / "index.html").read_text()
    assert "--dryshot-sweep-only=create_job:1:job-cancelled" in html
    for text in (html, result.stdout.str(), json.dumps(found)):
        assert "key-one-123456" not in text


def test_each_way_to_go_wrong_is_told_apart_by_workers_too(
    pytester: pytest.Pytester, run: Run
) -> None:
    result = run(
        """
        import dryshot_client
        once = pytest.mark.dryshot(engine=one)
        lost = dict(kinds="drop", operations="create_job")

        @once
        @pytest.mark.fault_sweep(**lost)
        def test_twice(dryshot, runtime):
            job = None
            while job is None:
                try:
                    job = runtime.sampler("ibm_fez", QASM, shots=20)
                except dryshot_client.ConnectionFailed:
                    pass
            runtime.jobs.results(job.id)

        @once
        @pytest.mark.fault_sweep(**lost, allowed=dryshot_client.ConnectionFailed)
        def test_lost(runtime):
            runtime.jobs.wait(runtime.sampler("ibm_fez", QASM, shots=20).id)

        @once
        @pytest.mark.fault_sweep(**lost)
        def test_looked_for(runtime):
            runtime.jobs.wait(runtime.sampler("ibm_fez", QASM, shots=20, resubmit=True).id)

        @pytest.mark.fault_sweep(kinds="error", max_hours=2)
        def test_asleep(dryshot):
            try:
                log_in(dryshot)
            except Exception:
                while True:
                    time.sleep(60)

        @pytest.mark.fault_sweep(kinds="page", max_seconds=1)
        def test_stuck(dryshot):
            try:
                log_in(dryshot)
            except Exception:
                threading.Event().wait()

        @pytest.mark.fault_sweep(kinds="rate-limit", max_calls=5)
        def test_impatient(dryshot):
            asyncio.run(asyncio.to_thread(log_in, dryshot, 10_000))

        @pytest.mark.fault_sweep(kinds="error", allowed=SystemError)
        def test_allowed(dryshot):
            try:
                log_in(dryshot)
            except SystemError as error:
                raise ExceptionGroup("all", [error]) from None

        @pytest.fixture
        def token(dryshot):
            return log_in(dryshot)

        @pytest.mark.fault_sweep(kinds="error")
        def test_before_it_began(token):
            pass
        """.replace("\n        ", "\n"),
        *("-p", "xdist", "-n", "2"),
    )
    result.assert_outcomes(passed=2, failed=6)
    assert "key-1234567" not in result.stdout.str()
    result.stdout.fnmatch_lines(["*::test_lost: 4 calls, 2 points in * s: 1 lost, 1 fine"])
    found = swept(pytester)
    counts = {name: one["counts"] for name, one in found.items()}
    assert counts == {
        "test_twice": {"twice": 1, "fine": 1},
        "test_lost": {"lost": 1, "fine": 1},
        "test_looked_for": {"fine": 2},
        "test_asleep": {"hung": 2},
        "test_stuck": {"hung": 1},
        "test_impatient": {"hung": 1},
        "test_allowed": {"fine": 2},
        "test_before_it_began": {"crashed": 2},
    }
    errors = {name: one["points"][-1]["error"] for name, one in found.items()}
    assert "is the work of job" in errors["test_twice"]
    assert "nobody knows" in errors["test_lost"]
    assert "2 hours of virtual time" in errors["test_asleep"]
    assert "after 5 calls (usually it makes 1)" in errors["test_impatient"]
    assert "seconds of real time" in errors["test_stuck"]
    assert errors["test_before_it_began"].startswith("in setup: SystemError: no token: 500 for ")


def test_every_run_has_fixtures_of_its_own(pytester: pytest.Pytester, run: Run) -> None:
    result = run(
        """
        made = []
        ERRORS = (SystemError, httpx.RemoteProtocolError)

        @pytest.fixture(scope="module")
        def shared():
            made.append("module")
            yield
            print("the module is over after", made.count("function"))

        @pytest.fixture
        def own(shared, dryshot):
            made.append("function")
            yield dryshot
            made.append("over")

        class TestOne:
            @pytest.mark.parametrize("tries", [1, 2])
            @pytest.mark.fault_sweep(kinds=["error", "drop"], allowed=ERRORS)
            def test_it(self, own, tries, tmp_path):
                assert not hasattr(self, "been")
                self.been = True
                assert not list(tmp_path.iterdir())
                (tmp_path / "file").touch()
                log_in(own, tries)

        def test_after(shared):
            assert made == ["module"] + ["function", "over"] * 10
        """.replace("\n        ", "\n"),
        "-s",
    )
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*the module is over after 10*"])
    assert [len(one["points"]) for one in swept(pytester).values()] == [4, 4]


def test_what_cannot_be_swept_is_told(pytester: pytest.Pytester, run: Run) -> None:
    result = run(
        """
        sweep = pytest.mark.fault_sweep(kinds="drop")

        @sweep
        def test_that_fails(dryshot):
            log_in(dryshot)
            assert False, "by itself"

        @sweep
        def test_that_is_skipped(dryshot):
            pytest.skip("not now")

        @sweep
        def test_without_a_mock():
            pass

        @pytest.fixture(scope="module")
        def old():
            return Mock(engine="stub")

        @sweep
        def test_with_an_old_mock(old):
            pass

        @pytest.fixture
        def another():
            return Mock(engine="stub")

        @sweep
        def test_with_two_mocks(dryshot, another):
            pass

        @pytest.mark.fault_sweep(kinds="error")
        def test_with_one_of_its_own(another):
            log_in(another, 3)

        @pytest.mark.fault_sweep(kind="drop")
        def test_wrongly_marked(dryshot):
            pass

        @pytest.mark.xfail(strict=True)
        @sweep
        def test_expected_to_fail(dryshot):
            log_in(dryshot)

        def test_after_all():
            pass
        """.replace("\n        ", "\n"),
    )
    result.assert_outcomes(passed=2, failed=5, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines_random(
        [
            "E *AssertionError: by itself",
            "no fixture of this test gave it a mock of its own*",
            "its mock is of module scope; each run needs a new one",
            "its fixtures give it two mocks*",
            "*::test_wrongly_marked: the marker fault_sweep: there is no argument 'kind'*",
        ]
    )
    assert list(swept(pytester)) == ["test_expected_to_fail", "test_with_one_of_its_own"]


def test_one_point_is_tried_alone_and_shown_in_full(pytester: pytest.Pytester, run: Run) -> None:
    result = run(
        """
        @pytest.fixture(scope="module", autouse=True)
        def around():
            yield
            print("taken down")

        @pytest.mark.fault_sweep
        def test_it(dryshot):
            dryshot.journal.clear()
            log_in(dryshot)

        def test_never_run():
            pass
        """.replace("\n        ", "\n"),
        "-x",
        "-s",
        "--dryshot-sweep-only=create_token:1:garble",
        "--dryshot-sweep-only=get_job:7:drop:after",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*taken down*",
            "the sweep found 1 thing to mend, at 1 of 1 point:",
            "*create_token:1:garble: json.decoder.JSONDecodeError: *",
            "*again: mock.faults.garble(operation='create_token', nth=1)",
            "create_token:1:garble, as Python tells it:",
            "Traceback (most recent call last):",
            "no test has the point get_job:7:drop:after",
        ]
    )
    assert [one["id"] for one in swept(pytester)["test_it"]["points"]] == ["create_token:1:garble"]


def test_a_served_mock_is_swept_as_well_in_any_order(pytester: pytest.Pytester, run: Run) -> None:
    result = run(
        """
        import dryshot_client

        @pytest.mark.dryshot(engine=one)
        @pytest.mark.fault_sweep(
            kinds=("error", "drop", "job-failed"),
            operations="*job*",
            allowed=(dryshot_client.ServerError, dryshot_client.JobFailed),
        )
        def test_it(runtime):
            job = runtime.sampler("ibm_fez", QASM, shots=20, resubmit=True)
            assert runtime.jobs.results(job.id)
        """.replace("\n        ", "\n"),
        "--dryshot-target=served",
        "-p",
        "pytest_randomly",
    )
    result.assert_outcomes(passed=1)
    assert swept(pytester)["test_it"]["counts"] == {"fine": 9}
