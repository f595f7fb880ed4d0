import json
import os
import sys
from pathlib import Path

import httpx
import jsonschema_rs
import pytest

import dryshot
from benchmarks.inprocess import JOB
from benchmarks.peers import INSTALL, SERVED, Unavailable
from benchmarks.peers.__main__ import main
from benchmarks.peers.environments import ENVIRONMENTS, Environment
from benchmarks.peers.exchange import ROUTES, Exchange
from benchmarks.peers.inprocess import PEERS, Peer, compared
from benchmarks.peers.processes import LOOPBACK, finish, first_answer, free_port, running
from benchmarks.peers.served import Ask, answer, dynamo, ready, started
from benchmarks.peers.stubbed import openapi_core_checked, respx_routes
from benchmarks.peers.stubs import mappings, standalone

DOCUMENT = Path(dryshot.__file__).parent / "specs" / "platform-runtime.json"
SERVER = (
    "import http.server as h; h.HTTPServer((%r, %d), h.SimpleHTTPRequestHandler).serve_forever()"
)
FORKS = "import os, signal\nif os.fork(): signal.pause()\n%s"


def holding(name: str) -> dict[str, object]:
    schema = {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}
    return {"content": {"application/json": {"schema": schema}}}


SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "small", "version": "1"},
    "servers": [{"url": "https://quantum.cloud.ibm.com/api/v1"}],
    "paths": {
        "/jobs": {
            "post": {
                "requestBody": {"required": True, **holding("program_id")},
                "responses": {"200": {"description": "made", **holding("id")}},
            }
        }
    },
}
"""A document with what is asked in these tests."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where peers are in this test: nothing is there yet."""
    monkeypatch.setenv("DRYSHOT_PEERS", str(tmp_path / "peers"))
    return tmp_path / "peers"


def made(place: Path, environment: Environment, **changed: str) -> None:
    """Pretend that an environment was made, as far as its stamp tells."""
    folder = place / environment.name
    folder.mkdir(parents=True)
    (folder / "dryshot-peer.json").write_text(json.dumps({**environment.pins, **changed}))


def exchange(status: int = 200, body: object = None) -> Exchange:
    headers = {"authorization": "Bearer token", "service-crn": "crn:v1:a:b:c:d:e:f::"}
    url = "https://quantum.cloud.ibm.com/api/v1/jobs"
    text = '{"id": "d9k2m4t0c7vs73f1q8ag", "backend": "ibm_fez"}'
    return Exchange("POST job", "POST", url, headers, body, status, "application/json", text)


@pytest.mark.parametrize("name", SERVED)
def test_a_server_that_is_not_installed_tells_how_to_get_it(name: str, place: Path) -> None:
    assert not place.exists()
    with pytest.raises(Unavailable, match=f"{name} is not installed: {INSTALL}"):
        SERVED[name](DOCUMENT).__enter__()


def test_other_versions_than_the_pinned_ones_are_told(place: Path) -> None:
    moto = ENVIRONMENTS["moto"]
    made(place, moto)
    assert not moto.missing()
    prism = ENVIRONMENTS["prism"]
    made(place, prism, **{"@stoplight/prism-cli": "5.0.0"})
    assert prism.missing() == f"prism has other versions: {INSTALL}"


def test_an_environment_made_by_half_is_none(place: Path) -> None:
    moto = ENVIRONMENTS["moto"]
    moto.folder.mkdir(parents=True)
    (place / "moto" / "dryshot-peer.json").touch()
    with pytest.raises(Unavailable, match="moto is not installed"):
        moto.demand()


def test_versions_are_told_by_the_packages_themselves(place: Path) -> None:
    python, node = ENVIRONMENTS["moto"], ENVIRONMENTS["prism"]
    assert python.version("moto[server]") == node.version("@stoplight/prism-cli") == ""
    told = place / "moto" / "lib" / "python3.11" / "site-packages" / "moto-5.2.4.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: moto\nVersion: 5.2.4\n")
    assert python.version("moto[server]") == "5.2.4"
    package = node.module("@stoplight/prism-cli", "package.json")
    package.parent.mkdir(parents=True)
    package.write_text('{"version": "5.15.0"}')
    assert node.version("@stoplight/prism-cli") == "5.15.0"


def test_a_folder_of_somebody_else_stays(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made(place, ENVIRONMENTS["moto"])
    own = place / "prism" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine")
    assert main(["install", "prism"]) == 1
    assert main(["remove"]) == 1
    assert "was not made here, and stays" in capfd.readouterr().err
    assert [path for path in place.rglob("*") if path.is_file()] == [own]


def test_removing_everything_leaves_no_folder(place: Path) -> None:
    made(place, ENVIRONMENTS["moto"])
    assert main(["remove"]) == 0
    assert not place.exists()


def test_the_list_tells_what_is_wanted_found_and_missing(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "localqpu"]) == 0
    told = capfd.readouterr().out
    assert str(place) in told
    assert "localqpu               wanted 0.3.0    found -" in told
    assert INSTALL in told
    assert "moto" not in told


def test_an_unknown_peer_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["install", "prisma"])
    assert "there is no peer 'prisma', only inprocess" in capfd.readouterr().err


def test_a_process_goes_with_all_that_it_started() -> None:
    port = free_port()
    with running([sys.executable, "-c", FORKS % (SERVER % (LOOPBACK, port))]) as (process, written):
        first_answer(process, written, port, 60)  # by the child: its parent only waits
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://{LOOPBACK}:{port}")


def test_what_fails_tells_its_last_words() -> None:
    with pytest.raises(Unavailable, match="ended with 3: nothing works"):
        finish([sys.executable, "-c", "print('nothing works'); raise SystemExit(3)"], 60)
    with pytest.raises(Unavailable, match="no-such-program does not start"):
        finish(["no-such-program"], 60)


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(Unavailable, match="took more than 0 s"):
        finish([sys.executable, "-c", "import signal; signal.pause()"], 0.01)


def test_a_server_that_ends_is_not_waited_for() -> None:
    with (
        running([sys.executable, "-c", "raise SystemExit('port taken')"]) as (process, written),
        pytest.raises(Unavailable, match="the server ended with 1: port taken"),
    ):
        first_answer(process, written, free_port(), 60)


def test_a_server_that_never_answers_is_given_up() -> None:
    with (
        running([sys.executable, "-c", "import signal; signal.pause()"]) as (process, written),
        pytest.raises(Unavailable, match="did not answer in 0 s"),
    ):
        first_answer(process, written, free_port(), 0.02)


def test_a_server_is_ready_when_its_requests_are_answered_well() -> None:
    port = free_port()
    with started("files", [sys.executable, "-c", SERVER % (LOOPBACK, port)], port) as peer:
        assert httpx.get(peer.url).is_success
        assert peer.seconds > 0
        with pytest.raises(Unavailable, match="files, GET /nowhere: 404"):
            ready(peer, {"GET job": Ask("GET", "/nowhere", {}, b"")})
        with pytest.raises(Unavailable, match="files, POST /: 501"):
            answer(peer, dynamo("PutItem"))
    with pytest.raises(Unavailable, match="ConnectionRefused"):
        answer(peer, Ask("GET", "/", {}, b""))


def test_stubs_check_jobs_by_the_schema_of_the_document() -> None:
    create, read = mappings(DOCUMENT)
    (pattern,) = create["request"]["bodyPatterns"]
    check = jsonschema_rs.validator_for(pattern["matchesJsonSchema"])
    assert check.is_valid(JOB)
    assert not check.is_valid({**JOB, "program_id": 7})
    assert not check.is_valid({"program_id": "sampler"})
    assert "#/components" not in json.dumps(pattern)
    assert json.loads(read["response"]["body"])["program"] == {"id": "sampler"}


def test_a_schema_that_refers_to_itself_stands_alone() -> None:
    tree = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    schema = standalone(
        {"components": {"schemas": {"Tree": tree}}}, {"$ref": "#/components/schemas/Tree"}
    )
    check = jsonschema_rs.validator_for(schema)
    assert check.is_valid([[], [[]]])
    assert not check.is_valid([[], 1])


def test_an_exchange_travels_in_a_file(tmp_path: Path) -> None:
    sent = exchange(body=JOB)
    sent.write(tmp_path / "asked.json")
    assert Exchange.read(tmp_path / "asked.json") == sent
    assert len({sent.url, *sent.others}) == ROUTES


def test_a_peer_that_gives_another_answer_is_not_measured() -> None:
    asked = exchange(body=JOB)
    with (
        httpx.Client(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, json={}))
        ) as wrong,
        pytest.raises(ValueError, match="gives another answer"),
    ):
        asked.playing(wrong)


def test_respx_plays_the_exchange() -> None:
    asked = exchange(body=JOB)
    with respx_routes(asked) as call:
        assert call() == json.loads(asked.text)


def test_openapi_core_plays_the_exchange_and_checks_both_halves(tmp_path: Path) -> None:
    from openapi_core.exceptions import OpenAPIError

    document = tmp_path / "document.json"
    document.write_text(json.dumps(SMALL))
    asked = exchange(body=JOB)
    with openapi_core_checked(asked, document) as call:
        assert call() == json.loads(asked.text)
    for wrong in (asked._replace(body={"program_id": 7}), asked._replace(text='{"id": 7}')):
        with pytest.raises(OpenAPIError), openapi_core_checked(wrong, document):
            pass


def test_a_peer_that_is_not_there_is_told_and_not_measured(place: Path) -> None:
    assert not place.exists()
    (peer,) = (one for one in PEERS if one.package == "responses")
    (row,) = compared(peer, "GET job", 3)
    assert row.verdict == "not measured"
    assert INSTALL in row.note


def test_what_a_peer_takes_is_the_target() -> None:
    (peer,) = (one for one in PEERS if one.package == "respx")
    told, held = compared(peer, "GET job", 3)
    assert told.verdict == "told"
    assert held.target == told.measured > 0
    assert held.measured > 0


@pytest.mark.heavy
@pytest.mark.parametrize("name", SERVED)
def test_an_installed_server_answers_both_requests(name: str) -> None:
    if reason := ENVIRONMENTS[name].missing():
        pytest.skip(reason)
    with SERVED[name](DOCUMENT) as peer:
        assert peer.asks.keys() == {"POST job", "GET job"}
        assert peer.name.endswith(next(iter(ENVIRONMENTS[name].pins.values())))
        assert peer.seconds > 0
    with pytest.raises(ProcessLookupError):
        os.killpg(peer.pid, 0)


@pytest.mark.heavy
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.package)
def test_an_installed_peer_is_compared(peer: Peer) -> None:
    if peer.elsewhere and (reason := ENVIRONMENTS["inprocess"].missing()):
        pytest.skip(reason)
    told, held = compared(peer, "POST job", 3)
    assert told.measured > 1
    assert held.target == told.measured
