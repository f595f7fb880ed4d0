"""Sentinels around tests, as a user runs them."""

from __future__ import annotations

import pytest

KEY = "a-very-secret-api-key-of-somebody"

CLIENT = f"""
    import socket, threading
    import httpx, pytest, requests

    KEY = "{KEY}"
    IAM = "https://iam.cloud.ibm.com/identity/token"
    CLOUD = "https://quantum.cloud.ibm.com/api/v1"
    GRANT = "urn:ibm:params:oauth:grant-type:apikey"

    def log_in():
        answer = httpx.post(IAM, data={{"grant_type": GRANT, "apikey": KEY}})
        return answer.json()["access_token"]
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(CLIENT + code)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*plugins, *options)
    assert KEY not in result.stdout.str().split("short test summary")[-1]
    return result


LEAKS = """
    def test_the_key_in_a_header(dryshot):
        log_in()
        for _ in range(3):
            httpx.get(CLOUD + "/backends", headers={"authorization": f"apikey {KEY}"})

    def test_the_key_in_a_body(dryshot):
        token = log_in()
        headers = {"authorization": f"Bearer {token}"}
        requests.post(CLOUD + "/jobs", json={"api": KEY}, headers=headers)

    def test_the_key_in_a_url(dryshot):
        log_in()
        httpx.get(CLOUD + f"/jobs/{KEY}")

    def test_a_token_in_a_url(dryshot):
        requests.get(CLOUD + "/backends", params={"session": log_in()})

    def test_a_key_that_never_logged_in_in_a_url(dryshot):
        httpx.get(CLOUD + "/versions", params={"apikey": "whatever"})

    def test_a_socket(dryshot):
        with pytest.raises(Exception, match="192.0.2.1"):
            socket.create_connection(("192.0.2.1", 443), timeout=1)

    def test_a_name_looked_up_in_a_thread(dryshot):
        def look():
            try:
                socket.getaddrinfo("elsewhere.example", 443)
            except Exception:
                pass
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
"""


def test_each_leak_fails_its_test_and_says_what_and_where(pytester: pytest.Pytester) -> None:
    result = run(pytester, LEAKS)
    result.assert_outcomes(passed=7, errors=7)
    result.stdout.fnmatch_lines_random(
        [
            "*an API key was sent in the header authorization of GET *.ibm.com/api/v1/backends, *",
            "*, exchange 2 at 2023-09-11T17:27:47Z (and in 2 more)",
            "*an API key was sent in the body of POST quantum.cloud.ibm.com/api/v1/jobs, *",
            "*an API key was sent in the path of GET *.ibm.com/api/v1/jobs/[*][*][*], *",
            "*an access token was sent in the query of GET *.ibm.com/api/v1/backends, *",
            "*a credential called apikey was sent in the query of GET *",
            "*a socket to 192.0.2.1 was opened by test_each_leak*.py:*; nothing was sent",
            "*a socket to elsewhere.example was opened by test_each_leak*.py:*; nothing was sent",
        ]
    )


@pytest.mark.parametrize("target", ["mock", pytest.param("served", marks=pytest.mark.heavy)])
def test_what_is_right_passes(pytester: pytest.Pytester, target: str) -> None:
    code = """
    def test_a_platform(dryshot):
        headers = {"authorization": f"Bearer {log_in()}"}
        assert httpx.get(CLOUD + "/backends", headers=headers).status_code != 200
        server = socket.create_server(("127.0.0.1", 0))
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1])).close()
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.connect(("192.0.2.1", 9))

    def test_classic_takes_the_token_itself(dryshot):
        token = "0123456789abcdef" * 8
        url = "https://auth.quantum-computing.ibm.com/api/users/loginWithToken"
        assert httpx.post(url, json={"apiToken": token}).status_code == 200
        url = "https://runtime-us-east.quantum-computing.ibm.com/backends"
        for headers in ({"x-access-token": token}, {"authorization": f"Bearer {token}"}):
            assert httpx.get(url, headers=headers).status_code == 200

    def test_the_clients(runtime, legacy_runtime):
        assert runtime.backends.list() and legacy_runtime.backends.list()

    def test_without_any_fixture():
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", 1), timeout=0.1)
    """
    result = run(pytester, code, "-W", "ignore::ResourceWarning", f"--dryshot-target={target}")
    result.assert_outcomes(passed=4)


@pytest.mark.heavy
def test_options_and_marks_choose_the_sentinels(pytester: pytest.Pytester) -> None:
    code = """
    def leak():
        httpx.get(CLOUD + "/versions", params={"apikey": "whatever"})

    @pytest.mark.dryshot(sentinels="none", seed=3)
    def test_none(dryshot):
        leak()

    @pytest.mark.dryshot(sentinels=["key", "socket"])
    def test_others(dryshot):
        leak()

    @pytest.mark.dryshot(sentinels="all")
    def test_all(dryshot):
        leak()

    def test_as_the_option_says(dryshot):
        leak()

    @pytest.mark.dryshot(sentinels="keys")
    def test_wrongly(dryshot):
        pass
    """
    result = run(pytester, code)
    result.assert_outcomes(passed=4, errors=3)
    result.stdout.fnmatch_lines_random(
        ["*::test_wrongly: the marker dryshot: sentinels: 'keys' is no sentinel; there are key,*"]
    )
    run(pytester, code, "--dryshot-sentinels=key,socket").assert_outcomes(passed=4, errors=2)
    wrong = run(pytester, code, "--dryshot-sentinels=keys")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(["*--dryshot-sentinels: 'keys' is no sentinel; *"])


def test_hosts_can_be_allowed(pytester: pytest.Pytester) -> None:
    code = """
    def look(host):
        return socket.getaddrinfo(host, 443)  # an address needs nobody to be asked

    @pytest.mark.dryshot(allow_hosts=["192.0.2.1"])
    def test_marked(dryshot):
        assert look("192.0.2.1")

    def test_by_the_option(dryshot):
        assert look("192.0.2.2")

    def test_not_allowed(dryshot):
        with pytest.raises(Exception, match="192.0.2.1; nothing was sent.*allow_hosts"):
            look("192.0.2.1")
    """
    result = run(pytester, code, "--dryshot-allow-host=192.0.2.2")
    result.assert_outcomes(passed=3, errors=1)


DOUBLE = """
    JOB = {
        "program_id": "sampler", "backend": "ibm_torino",
        "params": {"pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0;"]], "version": 2},
    }

    def submit(mock, **more):
        token = mock.world.platform.issue_token(KEY)
        crn = mock.world.platform.instances(token.account)[-1].crn
        headers = {"authorization": f"Bearer {token.value}", "service-crn": crn}
        return httpx.post(CLOUD + "/jobs", json=JOB | more, headers=headers)

    def test_lost(dryshot):
        dryshot.faults.lose_response(operation="create_job")
        with pytest.raises(httpx.HTTPError):
            submit(dryshot)
        assert submit(dryshot).status_code == 200

    def test_wanted_twice(dryshot):
        assert submit(dryshot).json()["id"] != submit(dryshot).json()["id"]
"""


@pytest.mark.heavy
def test_a_repeated_submission_warns_only_after_a_lost_answer(pytester: pytest.Pytester) -> None:
    result = run(pytester, DOUBLE)
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*DuplicateSubmission: the same work was submitted 2 times:",
            "*job * at 2023-09-11T17:27:46.000Z, exchange 1; its answer did not come *lose*",
            "*job * at 2023-09-11T17:27:47.000Z, exchange 2",
            "*the requests are equal byte for byte",
        ]
    )


@pytest.mark.heavy
def test_that_warning_can_be_made_to_fail(pytester: pytest.Pytester) -> None:
    strict = run(pytester, DOUBLE, "-W", "error::dryshot.sentinels.DuplicateSubmission")
    strict.assert_outcomes(passed=2, errors=1)


@pytest.mark.heavy
def test_they_watch_under_xdist(pytester: pytest.Pytester) -> None:
    result = run(pytester, LEAKS, "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=7, errors=7)


def test_a_served_world_is_watched(pytester: pytest.Pytester) -> None:
    code = """
    def test_leak(dryshot_server):
        form = {"grant_type": GRANT, "apikey": dryshot_server.api_key}
        httpx.post(dryshot_server.url + "/identity/token", data=form)
        headers = {"authorization": f"apikey {dryshot_server.api_key}"}
        httpx.get(dryshot_server.url + "/api/v1/backends", headers=headers)

    def test_none(dryshot_server):
        form = {"grant_type": GRANT, "apikey": dryshot_server.api_key}
        assert httpx.post(dryshot_server.url + "/identity/token", data=form).status_code == 200
    """
    result = run(pytester, code)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*an API key was sent in the header authorization of GET *"])
