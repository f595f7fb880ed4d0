from __future__ import annotations

import json
import pickle
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot import Mock
from dryshot.contract import Contract
from dryshot.coverage import Coverage, Follower, Reads, Report, Universe, UnreadableCoverage
from dryshot.coverage.files import Threshold
from dryshot.coverage.page import page
from dryshot.coverage.shapes import Node, Seen, grow, walk
from dryshot.coverage.text import lines
from dryshot.http import Request, Response
from dryshot.journal import Exchange, Journal
from dryshot_client import LegacyRuntime, Runtime

RUNTIME = "runtime-us-east.quantum-computing.ibm.com"
JSON = {"content-type": "application/json"}
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
KEYS = sorted(Universe.load().keys)

counts = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 9), max_size=8)
coverages = st.builds(Coverage, counts)


@settings(deadline=None)
@given(coverages, coverages, coverages)
def test_merging_does_not_depend_on_the_order(a: Coverage, b: Coverage, c: Coverage) -> None:
    def merged(*parts: Coverage) -> Coverage:
        total = Coverage()
        for part in parts:
            total.merge(part)
        return total

    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    assert merged(a, Coverage()) == a


@settings(deadline=None)
@given(coverages)
def test_json_tells_all(coverage: Coverage) -> None:
    text = json.dumps(Report(coverage).to_json())
    assert Coverage.from_text(text) == coverage


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "dryshot_coverage"),
        ('{"dryshot_coverage": 2, "counts": []}', "dryshot_coverage: this must be 1"),
        ('{"dryshot_coverage": 1}', "counts: this must be a list"),
        ('{"dryshot_coverage": 1, "counts": [["lost", 1], ["status", "x", 1]]}', "counts[1]"),
        ('{"dryshot_coverage": 1, "counts": [["lost", true]]}', "counts[0]"),
        ('{"dryshot_coverage": 1, "counts": [["lost", -1]]}', "counts[0]"),
    ],
)
def test_what_is_no_coverage_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(UnreadableCoverage) as caught:
        Coverage.from_text(text)
    assert words in str(caught.value)


def operation(report: Report, key: str) -> Any:
    return next(one for one in report.operations if one.key == key)


def test_a_field_that_was_never_answered_is_missing_and_one_that_was_is_not() -> None:
    mock = Mock(engine="stub")
    with LegacyRuntime(api_token="a token", transport=mock.transport()) as runtime:
        runtime.programs.list()
    one = operation(Report(mock.coverage), "legacy-runtime.list_programs")
    assert one.statuses["200"] == 1
    assert one.statuses["500"] == 0
    assert "200 programs[].id" not in one.missing["fields"]
    assert any(text.startswith("200 ") for text in one.missing["fields"])
    assert {"query.limit", "query.offset"} & set(one.missing["inputs"])


def test_error_codes_and_the_values_of_enumerations_are_counted() -> None:
    mock = Mock(engine="stub")
    with Runtime(
        api_key="a key", instance="premium-instance", transport=mock.transport()
    ) as runtime:
        job = runtime.jobs.create(
            program="sampler", backend="ibm_fez", params={"pubs": [[QASM]], "version": 2}
        )
        with pytest.raises(Exception, match="1291"):
            runtime.jobs.get("d0000000000000000000")
        runtime.jobs.get(job.id)
    report = Report(mock.coverage)
    counts = mock.coverage.counts
    assert counts["code", "platform-runtime.get_job", "1291"] == 1
    statuses = {key[4] for key in counts if key[0] == "value" and key[3] == "status"}
    assert statuses <= {'"Completed"', '"Failed"', '"Queued"', '"Running"'}
    assert len(statuses) == 1
    assert any(
        "status = " in text
        for text in operation(report, "platform-runtime.get_job").missing["values"]
    )


def test_what_the_document_does_not_have_is_outside() -> None:
    coverage = Coverage()
    asked = Request("GET", RUNTIME, "/programs")
    body = {"programs": [], "count": 0, "surprise": 1, "A key of many words": 2}
    coverage.add(asked, Response(200, JSON, json.dumps(body).encode()), check=True)
    coverage.add(asked, Response(418, JSON, b"{}"), check=True)
    coverage.add(asked, Response(200, JSON, b"{"), check=True)
    coverage.add(Request("GET", RUNTIME, "/no/such/thing"), Response(404))
    report = Report(coverage)
    seen = {(status, what) for (_, status, what), _ in report.outside}
    assert {("200", "surprise"), ("200", "{}"), ("418", "(status)")} <= seen
    assert {("200", "(body)"), ("200", "(not JSON)")} <= seen
    assert report.unknown == 1
    shown = "\n".join(lines(report))
    assert "200 surprise" in shown
    assert "many words" not in shown + page(report)


def test_a_number_that_is_none_is_inside_where_the_document_allows_it() -> None:
    coverage = Coverage()
    body = b'{"quasi_dists": [{"0": NaN}], "metadata": []}'
    result = "/jobs/cjvks5fp8blo0kgog530/results"
    coverage.add(Request("GET", RUNTIME, result), Response(200, JSON, body), check=True)
    assert Report(coverage).outside == []
    coverage.add(Request("GET", RUNTIME, "/programs"), Response(200, JSON, b'{"count": NaN}'))
    assert [key for key, _ in Report(coverage).outside] == [
        ("legacy-runtime.list_programs", "200", "(not JSON)")
    ]


SCHEMA = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"enum": ["a", "b", None]},
        "next": {"$ref": "#/self"},
        "names": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "anyOf": [
        {"properties": {"left": {"type": "array", "items": {"type": "object"}}}},
        {"properties": {"right": {"const": 1}}},
    ],
    "additionalProperties": False,
}


def test_a_schema_that_refers_to_itself_ends_and_every_branch_is_in_it() -> None:
    tree = grow({"self": SCHEMA}, {"$ref": "#/self"})
    places: dict[str, tuple[Node, bool]] = {node.path: (node, sure) for node, sure in tree.below()}
    assert set(places) == {"kind", "next", "names", "names.{}", "left", "left[]", "right"}
    assert [path for path, (_, required) in places.items() if required] == ["kind"]
    assert places["kind"][0].choices == {'"a"', '"b"', "null"}
    assert places["kind"][0].nullable
    seen = Seen()
    value = {"kind": None, "names": {"x": 1}, "left": [{"free": 1}], "next": {"kind": "a"}, "no": 1}
    walk(tree, value, seen)
    assert seen.fields == {"kind", "names", "names.{}", "left", "left[]", "next"}
    assert seen.values == {("kind", "null")}
    assert seen.outside == {"no"}


def exchange(journal: Journal) -> None:
    asked, answer = Request("GET", RUNTIME, "/programs"), Response(200, JSON, b'{"count": 1}')
    journal.add(Exchange(asked, answer, "list_programs", Mock().clock.now()))


def test_nothing_is_lost_of_a_journal_that_forgets() -> None:
    journal, coverage = Journal(size=12), Coverage()
    follower = Follower(journal, coverage)
    for _ in range(50):
        exchange(journal)
    follower.close()
    assert coverage.counts["status", "legacy-runtime.list_programs", "200"] == 50
    assert ("lost",) not in coverage.counts
    exchange(journal)
    assert follower.coverage.counts["status", "legacy-runtime.list_programs", "200"] == 50


def test_what_was_forgotten_before_is_said() -> None:
    journal, coverage = Journal(size=12), Coverage()
    for _ in range(50):
        exchange(journal)
    Follower(journal, coverage).close()
    assert coverage.counts[("lost",)] == 38
    assert any("forgot" in note and "38" in note for note in Report(coverage).notes())


def test_a_body_that_was_not_kept_whole_is_not_looked_into() -> None:
    journal, coverage = Journal(max_body_bytes=4), Coverage()
    exchange(journal)
    Follower(journal, coverage).close()
    assert coverage.counts["status", "legacy-runtime.list_programs", "200"] == 1
    assert coverage.counts[("cut",)] == 1
    assert not Report(coverage).outside


def test_a_mock_that_nobody_asks_has_no_listener() -> None:
    mock = Mock()
    mock(Request("GET", RUNTIME, "/programs"))
    assert mock.coverage.counts["status", "legacy-runtime.list_programs", "200"] == 1
    mock(Request("GET", RUNTIME, "/programs"))
    assert mock.coverage.counts["status", "legacy-runtime.list_programs", "200"] == 2


PARAMS = {"circuits": ["bit c;"], "run_options": {"shots": 7}}


def submit(mock: Mock) -> str:
    with LegacyRuntime(api_token="a token", transport=mock.transport()) as runtime:
        job = runtime.jobs.create(program="sampler", backend="ibm_wellington", params=PARAMS)
        assert runtime.jobs.get(job["id"])["params"] == PARAMS
        return str(job["id"])


def unread(coverage: Coverage) -> set[str]:
    return {place for _, place, _ in Report(coverage).unread}


def test_fields_that_nothing_reads_are_told_and_those_that_something_reads_are_not() -> None:
    mock = Mock(engine="stub")
    mock.track_reads()
    job = submit(mock)
    before = unread(mock.coverage)
    assert {"body.params.run_options", "body.params.circuits"} <= before
    assert not before & {"body.program_id", "body.backend", "body.params"}
    assert mock.world.jobs[job].submission.params["circuits"] == PARAMS["circuits"]
    assert "body.params.circuits" not in unread(mock.coverage)


def test_answers_are_the_same_whether_reads_are_tracked_or_not() -> None:
    plain, tracked = Mock(engine="stub"), Mock(engine="stub")
    tracked.track_reads()
    assert submit(plain) == submit(tracked)
    answers = [[one.response.body for one in mock.journal] for mock in (plain, tracked)]
    assert answers[0] == answers[1]


def follow(reads: Reads) -> Any:
    """The parameters of a job as a handler gets them."""
    contract = Contract.load("legacy-runtime")
    body = {"program_id": "sampler", "backend": "b", "params": PARAMS}
    asked = Request("POST", RUNTIME, "/jobs", headers=JSON, body=json.dumps(body).encode())
    call = contract.read_request(contract.match("POST", "/jobs"), asked)
    return reads.follow(contract.name, call).body["params"]


def test_a_tracked_mapping_is_a_mapping_like_any_other() -> None:
    params = follow(Reads())
    assert type(params) is not dict
    assert params == PARAMS == json.loads(json.dumps(params))
    sent = pickle.loads(pickle.dumps(params))  # noqa: S301 - made here
    for other in (sent, deepcopy(params)):
        assert other == PARAMS
        assert (type(other), type(other["run_options"])) == (dict, dict)
    assert {**params} == dict(params) == params


@pytest.mark.parametrize(
    ("read", "is_read"),
    [
        (json.dumps, False),
        (lambda params: params == {}, False),
        (len, False),
        (lambda params: params["circuits"], False),
        (lambda params: params["run_options"], True),
        (lambda params: params.get("run_options"), True),
        (lambda params: params.pop("run_options"), True),
        (lambda params: "run_options" in params, True),
        (list, True),
        (dict, True),
        (lambda params: {**params}, True),
        (lambda params: list(params.items()), True),
        (lambda params: list(params.values()), True),
        (pickle.dumps, True),
        (deepcopy, True),
    ],
)
def test_what_it_is_to_read(read: Any, is_read: bool) -> None:  # noqa: FBT001 - a table's column
    reads = Reads()
    read(follow(reads))
    assert ("body.params.run_options" not in unread(reads.coverage())) is is_read


def test_thresholds_are_of_statuses_unless_another_kind_is_named() -> None:
    coverage = Coverage({("status", "platform-iam.create_token", "200"): 1})
    report = Report(coverage)
    assert report.documents == ["platform-iam"]
    assert "platform-runtime" in report.untouched
    assert list(Threshold.parse("10").missed(report)) == []
    (text,) = Threshold.parse("90").missed(report)
    assert "statuses" in text
    assert list(Threshold.parse("operations:100").missed(report)) == []
    assert list(Threshold.parse("fields:1").missed(report)) != []
    assert list(Threshold.parse("1").missed(Report(Coverage()))) != []


@pytest.mark.parametrize("text", ["", "x", "nan", "101", "-1", "colours:50", "fields:"])
def test_a_threshold_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PERCENT"):
        Threshold.parse(text)


def test_every_operation_is_declared_once_and_has_something_to_exercise() -> None:
    universe = Universe.load()
    assert len(universe.operations) == 91
    for one in universe.operations.values():
        assert any(key[0] == "status" for key in one.things())
