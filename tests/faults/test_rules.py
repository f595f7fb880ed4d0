"""Which calls a fault strikes, and what of it can be written down."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dryshot.faults import EFFECTS, BadFault, Fault, Faults, Strike
from dryshot.http import Request

DOCUMENT = "platform-runtime"


def post(body: object = None, path: str = "/api/v1/jobs", **headers: str) -> Request:
    data = b"" if body is None else json.dumps(body).encode()
    return Request("POST", "quantum.cloud.ibm.com", path, headers=headers, body=data)


def ask(faults: Faults, request: Request | None = None, operation: str = "create_job") -> bool:
    return faults.strike(request or post(), DOCUMENT, operation, 0.0) is not None


def tagged(request: Request) -> bool:
    return b"tags" in request.body


def reads(request: Request) -> bool:
    return request.method == "GET"


def shown(value: object) -> str:
    """The same in every process, which the address of a function is not."""
    return re.sub(r" at 0x\w+", "", str(value))


@pytest.mark.parametrize(
    ("where", "struck"),
    [
        ({}, True),
        ({"operation": "create_job"}, True),
        ({"operation": "platform-runtime.create_job"}, True),
        ({"operation": "legacy-runtime.create_job"}, False),
        ({"operation": "list_jobs"}, False),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/api/v?/jobs"}, True),
        ({"path": "/api/*"}, True),
        ({"path": "/jobs"}, False),
        ({"headers": {"Service-CRN": "crn:*:premium"}}, True),
        ({"headers": {"service-crn": "crn:*:open"}}, False),
        ({"headers": {"authorization": "*"}}, False),
        ({"body": '"sampler"'}, True),
        ({"body": '"estimator"'}, False),
        ({"body": {"/program_id": "sampler", "/tags/1": "b/c"}}, True),
        ({"body": {"/program_id": "sampler", "/tags/2": "b/c"}}, False),
        ({"body": {"/x~1y": {"~": 1}}}, True),
        ({"body": {"/nothing": None}}, False),
        ({"body": tagged}, True),
        ({"body": reads}, False),
        ({"operation": "create_job", "method": "POST", "path": "*/sessions"}, False),
    ],
    ids=shown,
)
def test_a_fault_strikes_the_calls_that_all_its_matchers_match(where: Any, struck: bool) -> None:  # noqa: FBT001 - a column
    faults = Faults()
    fault = faults.drop(**where)
    body = {"program_id": "sampler", "tags": ["a", "b/c"], "x/y": {"~": 1}}
    assert ask(faults, post(body, **{"service-crn": "crn:v1:premium"})) is struck
    assert (fault.hits, len(faults)) == ((1, 0) if struck else (0, 1))


def test_a_body_that_is_no_json_has_no_places() -> None:
    faults = Faults()
    faults.drop(body={"/a": 1})
    assert not ask(faults, Request("POST", "h", "/", body=b"{"))


def test_the_nth_matching_calls_are_counted_among_those_that_match() -> None:
    faults = Faults()
    faults.drop(operation="create_job", nth=(2, 4))
    calls = ["create_job", "list_jobs", "create_job", "create_job", "create_job", "create_job"]
    assert [ask(faults, operation=one) for one in calls] == [False, False, True, False, True, False]
    assert len(faults) == 0


def test_chance_is_the_same_for_the_same_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults()
        faults.reset(probability=0.3, seed=seed, times=None)
        return [ask(faults) for _ in range(400)]

    assert run(1) == run(1) != run(2)
    assert 80 < sum(run(1)) < 160


def test_delays_add_up_with_what_else_strikes_and_are_drawn_from_their_seed() -> None:
    def run(seed: int) -> list[float]:
        faults = Faults()
        faults.delay(1.0, times=None)
        faults.delay(uniform=(2.0, 3.0), seed=seed, times=None)
        faults.delay(lognormal=(5.0, 0.5), seed=seed, times=None)
        faults.fail(500)
        strikes = [faults.strike(post(), DOCUMENT, "create_job", 0.0) for _ in range(200)]
        found: list[Strike] = [one for one in strikes if one is not None]
        assert [one.name for one in found[:2]] == [
            "delay + delay + delay + fail 500",
            "delay + delay + delay",
        ]
        return [one.delay for one in found]

    delays = run(3)
    assert delays == run(3) != run(4)
    assert all(one > 3.0 for one in delays)
    assert 8.0 < sorted(delays)[100] < 9.0  # 1, about 2.5, and a median of 5


def test_of_those_that_match_the_first_strikes_and_the_next_waits() -> None:
    faults = Faults()
    first, second = faults.fail(500), faults.drop(times=2)
    assert [one.name for one in faults] == ["fail 500", "drop"]
    assert [ask(faults) for _ in range(4)] == [True, True, True, False]
    assert (first.hits, second.hits, second.left) == (1, 2, 0)


def test_a_fault_ends_with_its_context_or_when_it_is_removed() -> None:
    faults = Faults()
    with faults.timeout(times=None) as fault:
        assert ask(faults)
    assert not ask(faults)
    assert fault.hits == 1
    faults.refuse(times=None).remove()
    assert list(faults) == []


WRITTEN: list[dict[str, Any]] = [
    {"kind": "fail", "status": 429, "retry_after": 30, "enforced": True, "times": None},
    {"kind": "fail", "status": 503, "when": "after", "operation": "create_job"},
    {"kind": "page", "status": 403, "html": "<p>no</p>", "path": "*/jobs", "method": "POST"},
    {"kind": "timeout", "phase": "connect", "seconds": 5.0, "nth": [2, 3]},
    {"kind": "refuse", "headers": {"service-crn": "crn:*"}},
    {"kind": "reset", "probability": 0.25, "seed": 7, "times": None},
    {"kind": "drop", "body": {"/program_id": "sampler"}},
    {"kind": "lose_response", "how": "timeout", "body": "sampler"},
    {"kind": "truncate", "share": 0.1},
    {"kind": "garble"},
    {"kind": "mistype", "content_type": "text/csv"},
    {"kind": "slow", "seconds": 3.0, "pieces": 4},
    {"kind": "duplicate", "given": "first"},
    {"kind": "delay", "seconds": 1.5, "times": 3},
    {"kind": "delay", "uniform": [0.1, 0.2]},
    {"kind": "delay", "lognormal": [0.1, 0.2]},
]


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_a_fault_is_written_as_it_is_read(written: dict[str, Any]) -> None:
    read = json.loads(json.dumps(written))
    assert Fault.from_json(read).to_json() == read
    assert json.loads(json.dumps(Fault.from_json(read).to_json())) == read


def test_every_kind_can_be_written_and_set_by_a_method() -> None:
    assert {one["kind"] for one in WRITTEN} == set(EFFECTS)
    assert all(callable(getattr(Faults, kind)) for kind in EFFECTS)


def test_how_far_a_fault_has_come_is_written_too() -> None:
    def calls(faults: Faults, count: int) -> list[bool]:
        return [ask(faults) for _ in range(count)]

    whole, half, rest = Faults(), Faults(), Faults()
    for faults in (whole, half):
        faults.reset(probability=0.5, seed=3, times=9)
        faults.drop(nth=(4, 7, 12))
    expected = calls(whole, 30)
    first = calls(half, 11)
    rest.restore(json.loads(json.dumps(half.to_json())))
    assert first + calls(rest, 19) == expected
    assert 3 < sum(expected) < 13


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "kind"),
        ({"kind": "flood"}, "kind"),
        ({"kind": "fail"}, "status"),
        ({"kind": "fail", "status": 200}, "status"),
        ({"kind": "fail", "status": True}, "status"),
        ({"kind": "fail", "status": 429, "retry_after": -1}, "retry_after"),
        ({"kind": "fail", "status": 429, "enforced": True}, "enforced"),
        ({"kind": "fail", "status": 429, "phase": "read"}, "phase"),
        ({"kind": "drop", "when": "later"}, "when"),
        ({"kind": "truncate", "when": "before"}, "when"),
        ({"kind": "timeout", "phase": "connect", "when": "after"}, "when"),
        ({"kind": "timeout", "phase": "write"}, "phase"),
        ({"kind": "slow", "seconds": 1, "pieces": 1}, "pieces"),
        ({"kind": "slow", "seconds": float("nan")}, "seconds"),
        ({"kind": "delay"}, "seconds"),
        ({"kind": "delay", "seconds": 1, "uniform": [1, 2]}, "seconds"),
        ({"kind": "delay", "uniform": [2, 1]}, "uniform"),
        ({"kind": "delay", "uniform": 2}, "uniform"),
        ({"kind": "delay", "lognormal": [0, 1]}, "lognormal"),
        ({"kind": "drop", "times": 0}, "times"),
        ({"kind": "drop", "nth": 0}, "nth"),
        ({"kind": "drop", "probability": 1.5}, "probability"),
        ({"kind": "drop", "seed": "x"}, "seed"),
        ({"kind": "drop", "operation": ""}, "operation"),
        ({"kind": "drop", "headers": {"a": 1}}, "headers.a"),
        ({"kind": "drop", "headers": "a"}, "headers"),
        ({"kind": "drop", "body": {"a": 1}}, "body"),
        ({"kind": "drop", "body": 1}, "body"),
        ({"kind": "drop", "state": {"hits": -1}}, "state.hits"),
        ({"kind": "drop", "state": {"gone": 1}}, "state.gone"),
        ({"kind": "drop", "state": 1}, "state"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(given: Any, field: str) -> None:
    faults = Faults()
    with pytest.raises(BadFault) as refused:
        faults.add(given)
    assert refused.value.field == field
    assert str(refused.value).startswith(field)
    assert len(faults) == 0


def test_a_matcher_that_does_not_exist_is_refused() -> None:
    where: Any = {"verb": "GET"}
    with pytest.raises(BadFault, match=r"^verb is not known; there are operation, path, method"):
        Faults().drop(**where)


def test_a_function_cannot_be_written() -> None:
    faults = Faults()
    faults.drop(body=lambda _: True)
    with pytest.raises(BadFault, match=r"^body is a function"):
        faults.to_json()
    faults.clear()
    faults.kept = True
    with pytest.raises(BadFault, match=r"^body is a function"):
        faults.drop(body=lambda _: True)
    assert len(faults) == 0
