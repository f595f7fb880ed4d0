"""The served fixture as a user has it: files are written, pytest is run, outcomes are counted."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
GUIDE = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "serve.md").read_text(), re.DOTALL)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody is there


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(code)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
    return pytester.runpytest_subprocess(*plugins, *options, timeout=60)


FOUR_TESTS = """
    import httpx, pytest

    KEYS, URLS = set(), set()

    @pytest.mark.parametrize("n", range(4))
    def test_it(dryshot_server, n):
        mock, url, key = dryshot_server.mock, dryshot_server.url, dryshot_server.api_key
        assert not mock.journal and not mock.world.jobs
        assert key not in KEYS
        assert URLS <= {url}
        KEYS.add(key)
        URLS.add(url)
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": key}
        answer = httpx.post(f"{url}/identity/token", data=form, trust_env=False)
        assert answer.status_code == 200
        assert [one.operation for one in mock.journal] == ["create_token"]
        assert key not in repr(dryshot_server)
"""


def test_tests_share_a_server_and_never_meet(pytester: pytest.Pytester) -> None:
    run(pytester, FOUR_TESTS).assert_outcomes(passed=4)


@pytest.mark.heavy
def test_every_worker_has_a_server_of_its_own(pytester: pytest.Pytester) -> None:
    run(pytester, FOUR_TESTS, "-p", "xdist.plugin", "-n", "2").assert_outcomes(passed=4)


@pytest.mark.heavy
def test_by_the_virtual_clock_a_test_gets_the_same_results_again(pytester: pytest.Pytester) -> None:
    code = """
        import pathlib, dryshot_client, httpx, pytest

        @pytest.fixture(scope="session")
        def dryshot_server_options():
            return {"clock": "virtual"}

        QASM = 'OPENQASM 3; include "stdgates.inc"; bit[1] c; sx $0; c[0] = measure $0;'

        def test_it(dryshot_server):
            with dryshot_client.Runtime(
                api_key=dryshot_server.api_key,
                instance=dryshot_server.instance,
                url=dryshot_server.url,
                transport=httpx.HTTPTransport(),
            ) as runtime:
                (pub,) = runtime.sampler("ibm_fez", QASM, shots=100_000).result()
            with pathlib.Path("counts").open("a") as file:
                print(sorted(pub.counts().items()), file=file)
    """
    for _ in range(2):
        run(pytester, code).assert_outcomes(passed=1)
    first, second = (pytester.path / "counts").read_text().splitlines()
    assert first == second


@pytest.mark.heavy
def test_another_process_is_led_there_by_variables(pytester: pytest.Pytester) -> None:
    code = """
        import os, pathlib, subprocess, sys

        QASM = 'OPENQASM 3; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'

        def test_it(dryshot_server):
            pathlib.Path("x.qasm").write_text(QASM)
            command = [sys.executable, "-m", "dryshot_client", "submit", "x.qasm",
                       "--backend", "ibm_fez", "--shots", "100"]
            environ = {**os.environ, **dryshot_server.environ}
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=50)
            assert done.returncode == 0, done.stderr
            (created,) = dryshot_server.mock.journal.of("create_job")
            assert created.response.status == 200
    """
    run(pytester, code).assert_outcomes(passed=1)


def test_a_script_with_requests_needs_the_url_only(pytester: pytest.Pytester) -> None:
    code = """
        import os, subprocess, sys

        SCRIPT = '''
        import os, requests
        url, key = os.environ["DRYSHOT_URL"], os.environ["QISKIT_IBM_TOKEN"]
        login = requests.post(f"{url}/api/users/loginWithToken", json={"apiToken": key})
        headers = {"x-access-token": login.json()["id"]}
        print(len(requests.get(f"{url}/backends", headers=headers).json()["devices"]))
        '''

        def test_it(dryshot_server):
            dryshot_server.mock.faults.fail(500, operation="login_with_token")
            environ = {**os.environ, **dryshot_server.environ}
            command = [sys.executable, "-c", SCRIPT.replace("\\n        ", "\\n")]
            first = subprocess.run(command, env=environ, capture_output=True, text=True)
            assert first.returncode == 1
            again = subprocess.run(command, env=environ, capture_output=True, text=True)
            assert int(again.stdout) > 20, again.stderr
            assert [one.response.status for one in dryshot_server.mock.journal] == [500, 200, 200]
    """
    run(pytester, code).assert_outcomes(passed=1)


SDK = """
    from qiskit import QuantumCircuit, transpile
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.executor_sampler import Sampler

    def flip(service):
        backend = service.backend("ibm_fez")
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.measure_all()
        job = Sampler(mode=backend).run([transpile(circuit, backend)], shots=100)
        assert job.result()[0].data.meas.get_counts()["1"] > 50

    def test_variables_are_enough(dryshot_server, monkeypatch):
        for name, value in dryshot_server.environ.items():
            monkeypatch.setenv(name, value)
        flip(QiskitRuntimeService())
        assert dryshot_server.mock.journal.of("create_job")

    def test_a_resolver_in_the_program_does_as_well(dryshot_server, monkeypatch):
        url = dryshot_server.url
        for name in ("IAM_URL", "GLOBAL_SEARCH_URL", "GLOBAL_CATALOG_URL", "NO_PROXY"):
            monkeypatch.setenv(name, dryshot_server.environ[name])
        flip(QiskitRuntimeService(
            channel="ibm_quantum_platform", token=dryshot_server.api_key,
            instance=dryshot_server.instance, url=url,
            url_resolver=lambda *_: f"{url}/api/v1",
        ))
        assert dryshot_server.mock.journal.of("create_job")
"""


def test_the_official_sdk_runs_a_job_over_a_socket(pytester: pytest.Pytester) -> None:
    # not imported here: pytester would forget it again, and it cannot be imported twice
    if importlib.util.find_spec("qiskit_ibm_runtime") is None:
        pytest.skip("there is no qiskit-ibm-runtime")
    run(pytester, SDK).assert_outcomes(passed=2)


def test_options_are_those_of_the_worlds(pytester: pytest.Pytester) -> None:
    code = """
        import httpx, pytest

        @pytest.fixture(scope="session")
        def dryshot_server_options():
            account = {"api_key": "declared", "instances": [
                {"name": "lab", "plan": "flex", "backends": ["ibm_torino"]}]}
            return {"clock": "virtual", "seed": 3, "world": {"accounts": [account]}}

        def test_it(dryshot_server):
            assert dryshot_server.mock.clock.now().year == 2023
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "declared"}
            url = f"{dryshot_server.url}/identity/token"
            assert httpx.post(url, data=form, trust_env=False).status_code == 200
            assert not dryshot_server.mock.journal
    """
    run(pytester, code).assert_outcomes(passed=1)


@pytest.mark.parametrize("end", ["raise RuntimeError", "raise KeyboardInterrupt"])
def test_the_server_is_gone_however_the_tests_end(pytester: pytest.Pytester, end: str) -> None:
    code = f"""
        import pathlib

        def test_it(dryshot_server):
            pathlib.Path("url").write_text(dryshot_server.url)
            {end}
    """
    conftest = """
        import pathlib, socket, threading

        def pytest_unconfigure():
            port = int(pathlib.Path("url").read_text().rpartition(":")[2])
            with socket.socket() as probe:
                refused = probe.connect_ex(("127.0.0.1", port))
            left = [one.name for one in threading.enumerate() if "dryshot" in one.name]
            print("refused", bool(refused), "left", left)
    """
    pytester.makeconftest(conftest)
    result = run(pytester, code)
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*refused True left []*"])


@pytest.mark.heavy
@pytest.mark.parametrize(("program", "script"), [("sh", "served.sh"), ("node", "served.mjs")])
def test_examples_in_other_languages_run(
    pytester: pytest.Pytester, program: str, script: str
) -> None:
    needed = [program, "curl"] if program == "sh" else [program]
    for name in needed:
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name}")
    code = f"""
        import os, subprocess

        def test_it(dryshot_server):
            command = [{program!r}, {str(EXAMPLES / script)!r}]
            environ = {{**os.environ, **dryshot_server.environ}}
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=50)
            assert done.returncode == 0, done.stderr
            assert done.stdout.splitlines()[1] == "Completed", done.stdout
            assert len(dryshot_server.mock.journal.of("create_job")) == 1
    """
    run(pytester, code).assert_outcomes(passed=1)


@pytest.mark.parametrize("code", [block for block in GUIDE if "def test_" in block])
def test_tests_in_the_guide_pass(pytester: pytest.Pytester, code: str) -> None:
    run(pytester, code).assert_outcomes(passed=1)


@pytest.mark.parametrize("code", [block for block in GUIDE if "def test_" not in block])
def test_programs_in_the_guide_run(
    code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    exec(compile(code, "serve.md", "exec"), {})  # noqa: S102 - it is our own text
    assert capsys.readouterr().out == "qasm3-runner\n1\n"


def test_links_of_the_guide_lead_somewhere() -> None:
    text = (ROOT / "docs" / "serve.md").read_text()
    links = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert links
    assert all((ROOT / "docs" / link).exists() for link in links)
