"""The gate and the judge come to the same verdict, whatever is sent or answered."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dryshot.contract import Contract, InvalidRequest, Match, Operation
from dryshot.contract.schemas import Schemas
from dryshot.errors import SpecDrift
from dryshot.http import Request, Response
from tests.contract.documents import OPERATIONS, encode, node_of
from tests.contract.strategies import INSTANTS, any_json, changed, interesting, values

SAMPLED = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

NUMBERS = ("", "0", "1", "200", "201", "-1", "1.0", " 7 ", "1_0", "٣")
WORDS = ("x", "true", "NO", "on", "yes", "ASC", "asc", "a/b/c", "a/b", "a/b/c\n", "x" * 25, "a,b")
QUERY_TEXTS = (*NUMBERS, *WORDS, *INSTANTS)
HEADER_TEXTS = (
    "",
    "2026-04-15",
    "x",
    " a ",
    "crn:v1:bluemix:public:quantum-computing:us-east:a/b:c::",
)
CONTENT_TYPES = (
    *(None, None, "application/json", "Application/JSON; charset=utf-8", "application/json;x", ""),
    *("text/plain", "application/x-www-form-urlencoded", "application/jsonp", "*/*"),
)

KNOWN_ASYMMETRIES: dict[str, Callable[[str], bool]] = {
    "Python's $ also matches before a line feed at the end; ECMA's, which the gate has, does not": (
        lambda text: text.endswith("\n")
    ),
    "half a surrogate pair cannot be UTF-8, which the gate needs; the judge takes it": (
        lambda text: re.search("[\ud800-\udfff]", text) is not None
    ),
}
"""Where the gate passes on what the judge accepts. The reverse is never allowed."""


NOTHING: tuple[bytes, list[str]] = b"", []


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in (key, *texts(part))]
    return [text for part in value for text in texts(part)] if isinstance(value, list) else []


def assert_same_verdict(*, sure: bool, problems: tuple[Any, ...], said: list[str]) -> None:
    if sure:
        assert problems == ()
    elif not problems:
        assert any(known(text) for known in KNOWN_ASYMMETRIES.values() for text in said)


@functools.cache
def pool_of(name: str) -> list[Any]:
    """Values at and beyond every limit of a document."""
    return interesting(Contract.load(name).document["components"]["schemas"])


@functools.cache
def bodies(name: str, id_: str, status: str | None, kind: str) -> st.SearchStrategy[Any]:
    """For a request, or the response of a status: examples and generated values, and changed."""
    contract = Contract.load(name)
    operation = contract.operations[id_]
    schemas = Schemas(contract.document)
    node = node_of(contract, operation)
    if status is None:
        node = node["requestBody"]
    else:
        node, _ = schemas.resolve(node["responses"][status], "")
    content = node["content"][kind]
    examples = [example["value"] for example in content["examples"].values()]
    pool = pool_of(name)
    names = sorted({text for example in examples for text in texts(example) if len(text) < 30})
    names += ["pubs", "version", "circuits", "zzz"]
    fresh = st.sampled_from(examples) | values(schemas, content["schema"])
    return fresh.flatmap(lambda value: changed(value, pool, names))


def encoded(
    kind: str, strategy: st.SearchStrategy[Any]
) -> st.SearchStrategy[tuple[bytes, list[str]]]:
    return strategy.map(lambda value: (encode(kind, value), texts(value)))


def queries(operation: Operation) -> st.SearchStrategy[list[tuple[str, str]]]:
    names = [parameter.name for parameter in operation.parameters["query"]] + ["unknown"]
    text = st.sampled_from(QUERY_TEXTS)
    return st.lists(st.tuples(st.sampled_from(names), text | st.text(max_size=4)), max_size=4)


@pytest.mark.parametrize(("name", "id_"), OPERATIONS)
@SAMPLED
@given(data=st.data())
def test_requests_get_the_same_verdict(name: str, id_: str, data: st.DataObject) -> None:
    contract = Contract.load(name)
    operation = contract.operations[id_]
    body, said = NOTHING
    raw = st.binary(max_size=12).map(lambda value: (value, [value.decode(errors="replace")]))
    if operation.body is not None:
        own = operation.body.kind
        sent = encoded(own, bodies(name, id_, None, own))
        body, said = data.draw(sent | sent | sent | encoded(own, any_json) | raw)
    query = data.draw(queries(operation))
    kind = data.draw(st.sampled_from(CONTENT_TYPES))
    headers = {} if kind is None else {"content-type": kind}
    for parameter in operation.parameters["header"]:
        if data.draw(st.booleans()):
            headers[parameter.key] = data.draw(st.sampled_from(HEADER_TEXTS))
    path_params = {
        parameter.name: data.draw(st.text(min_size=1, max_size=6))
        for parameter in operation.parameters["path"]
    }
    request = Request(
        operation.method,
        "host",
        operation.path,
        query=urlencode(query, errors="replace"),
        headers=headers,
        body=body,
    )
    reading = operation.read(path_params, request)
    problems = contract.judge.request_problems(operation, path_params, request)
    said = [*said, *path_params.values(), *(text for _, text in query)]
    assert_same_verdict(sure=reading.sure, problems=problems, said=said)
    match = Match(operation, path_params)
    if not problems:
        assert contract.read_request(match, request).query == reading.query
        return
    with pytest.raises(InvalidRequest) as refusal:
        contract.read_request(match, request)
    assert refusal.value.problems == problems
    assert all(problem.field in problem.message for problem in problems)


@pytest.mark.parametrize(("name", "id_"), OPERATIONS)
@SAMPLED
@given(data=st.data())
def test_responses_get_the_same_verdict(name: str, id_: str, data: st.DataObject) -> None:
    contract = Contract.load(name)
    operation = contract.operations[id_]
    good = [status for status in operation.answers if status < "300"]
    status = data.draw(st.sampled_from([*operation.answers, *good * 6, "200", "204", "418"]))
    declared = operation.answers.get(status)
    contents = list(declared.contents) if declared else []
    kind = data.draw(st.sampled_from([*contents, *contents, *contents, "text/html"]))
    body, said = NOTHING
    if contents:
        kind_of_body = data.draw(st.sampled_from([*contents]))
        made = encoded("application/json", bodies(name, id_, status, kind_of_body))
        body, said = data.draw(made | made | made | st.just((b"", [""])))
        if kind_of_body == "text/plain" and body:
            body = data.draw(st.binary(max_size=5) | st.just(body))
    headers = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "content-type": st.sampled_from([kind, kind, f"{kind}; charset=utf-8", ""]),
                "uber-trace-id": st.sampled_from(["a:b", "", "a\n"]),
                "x-ratelimit-limit": st.sampled_from(["50", "-1", "x", ""]),
            },
        )
        | st.just({"content-type": kind})
    )
    response = Response(int(status), headers, body)
    answer = operation.answer(int(status))
    sure = answer is not None and answer.admits(response)
    problems = contract.judge.response_problems(operation, response)
    assert_same_verdict(sure=sure, problems=problems, said=[*said, *headers.values()])
    if problems:
        with pytest.raises(SpecDrift, match=operation.id):
            contract.check_response(operation, response)
    else:
        contract.check_response(operation, response)


NAMED_BY_HALF_A_PAIR = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    "params": {"circuits": {"\ud800": "OPENQASM 3;"}},
}


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "host", "/jobs", query="provider=a/b/c%0A"),
        Request("POST", "host", "/jobs", body=json.dumps(NAMED_BY_HALF_A_PAIR).encode()),
    ],
    ids=KNOWN_ASYMMETRIES,
)
def test_every_known_asymmetry_is_still_one(request_: Request) -> None:
    contract = Contract.load("legacy-runtime")
    operation, path_params = contract.match(request_.method, request_.path)
    assert not operation.read(path_params, request_).sure
    assert contract.judge.request_problems(operation, path_params, request_) == ()
