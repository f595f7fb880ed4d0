"""What was asked and answered against our documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dryshot.contract.contract import Match
from dryshot.contract.documents import Documents, Found
from dryshot.contract.problems import InvalidRequest, Problem
from dryshot.contract.wire import JSON, NotDecodable, decode_json, group_query, media_type
from dryshot.drift.answers import Known, Misfit, misfits
from dryshot.drift.findings import Finding, Place, Report, Verdict, fold
from dryshot.drift.operations import Operation
from dryshot.drift.schemas import Schemas
from dryshot.errors import SpecDrift
from dryshot.http import Response
from dryshot.recording.cassette import Interaction

__all__ = ["check_exchanges"]

_BREAKING, _MILD = Verdict.BREAKING, Verdict.NON_BREAKING


def check_exchanges(
    interactions: Iterable[Interaction], *, subject: str, file: str = "", known: Known | None = None
) -> Report:
    """Whatever of these is not as our documents say, or is not in them, though they allow it.

    A request that was refused is not held to them: it may have been meant to be wrong.
    """
    known = known or Known(Documents())
    findings: list[Finding] = []
    operations: set[str] = set()
    total = 0
    for interaction in interactions:
        total += 1
        found = known.documents.find(interaction.request)
        if found is None:
            findings.append(_unknown(interaction))
            continue
        operations.add(found.key)
        schemas, operation = known.operation(found)
        findings += _check_answer(found, schemas, operation, interaction.response)
        if interaction.response.status < 400:  # noqa: PLR2004 - HTTP's own
            findings += _check_request(found, schemas, operation, interaction)
    checked = f"{total} exchanges, {len(operations)} operations"
    return Report(subject, fold(findings), file, checked)


def _unknown(interaction: Interaction) -> Finding:
    request = interaction.request
    place = Place(f"{request.method} {request.host}{_without_ids(request.path)}")
    text = f"no operation knows this call; it was answered {interaction.response.status}"
    return Finding("unknown-operation", _MILD, (place,), text)


def _check_answer(
    found: Found, schemas: Schemas, operation: Operation, response: Response
) -> Iterator[Finding]:
    where = f"response {response.status}"
    status = str(response.status)
    answer = operation.answers.get(status) or operation.answers.get(f"{status[0]}XX")
    answer = answer or operation.answers.get("default")
    if answer is None:
        text = f"{status} is not declared"
        yield _finding("status-undeclared", _BREAKING, found, where, text)
        return
    kind = media_type(response.headers.get("content-type", ""))
    if response.body and kind not in answer.contents:
        allowed = " or ".join(answer.contents) or "no body"
        text = f"is {kind or 'of no media type'}, must be {allowed}"
        yield _finding("response-media-type", _BREAKING, found, where, text)
        return
    wrong: list[Misfit] = []
    if response.body and kind == JSON:
        try:
            wrong = misfits(schemas, answer.contents[kind], decode_json(response.body))
        except NotDecodable as error:
            yield _finding("response-not-json", _BREAKING, found, where, f"the body {error}")
            return
    for one in wrong:
        verdict = _MILD if one.allowed else _BREAKING
        yield _finding(f"response-{one.rule}", verdict, found, where, one.text, one.path)
    if all(one.allowed for one in wrong):
        yield from _ask_the_judge(found, where, response)


def _ask_the_judge(found: Found, where: str, response: Response) -> Iterator[Finding]:
    """What else the document forbids: limits, formats, conditions, headers."""
    try:
        found.contract.check_response(found.operation, response)
    except SpecDrift:
        for problem in found.contract.judge.response_problems(found.operation, response):
            yield _judged("response", found, where, problem, _BREAKING)


def _check_request(
    found: Found, schemas: Schemas, operation: Operation, interaction: Interaction
) -> Iterator[Finding]:
    request = interaction.request
    names = {name for location, name in operation.parameters if location == "query"}
    for name in sorted(group_query(request.query).keys() - names):
        text = f"{name} is not in the document"
        yield _finding("request-unknown-parameter", _MILD, found, f"query {name}", text)
    body = operation.body
    if body and JSON in body.contents and request.body:
        for one in misfits(schemas, body.contents[JSON], _decoded(request.body)):
            if one.rule == "unknown-field":
                yield _finding(
                    f"request-{one.rule}", _MILD, found, "request body", one.text, one.path
                )
    try:
        found.contract.read_request(Match(found.operation, found.path_params), request)
    except InvalidRequest as error:
        for problem in error.problems:
            if problem.rule != "additionalProperties":
                where = "request body" if problem.location == "body" else problem.location
                yield _judged("request", found, where, problem, _MILD)


def _decoded(body: bytes) -> Any:
    try:
        return decode_json(body)
    except NotDecodable:
        return None  # read_request says so too


def _judged(side: str, found: Found, where: str, problem: Problem, verdict: Verdict) -> Finding:
    """A verdict of the judge, whose own words may quote what was sent."""
    field = re.sub(r"\[[0-9]+\]", "[]", problem.field)
    path = f"$.{field}" if field else "$"
    text = f"does not hold to the document's {problem.rule}"
    text += ", and was taken" if side == "request" else ""
    return _finding(f"{side}-{problem.rule.lower()}", verdict, found, where, text, path)


def _finding(
    rule: str, verdict: Verdict, found: Found, where: str, text: str, path: str = ""
) -> Finding:
    return Finding(rule, verdict, (Place(found.key, where, path),), text)


def _without_ids(path: str) -> str:
    """The path with a star for whatever looks like an identifier, so that equal calls are one."""
    parts = (
        ("*" if re.search(r"[0-9%:]", p) and not re.fullmatch(r"v[0-9]+", p) else p)
        for p in path.split("/")
    )
    return "/".join(parts)
