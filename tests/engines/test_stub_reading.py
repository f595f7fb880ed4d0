"""What a stub engine has read before is understood the same, whatever became of it."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from dryshot.engines import StubEngine, StubResultWarning

from .platform_jobs import job

BITS = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; c[0] = measure $0;'
THETA = 'OPENQASM 3.0; include "stdgates.inc"; input float theta; rz(theta) $1;'
PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("sampler", {"pubs": [[BITS, None, 20]], "version": 2}),
    ("sampler", {"pubs": [[BITS, None, 21]], "version": 2}),
    ("sampler", {"pubs": [[BITS, None, 20.5]], "version": 2}),
    ("sampler", {"pubs": [["bit c"]], "version": 2}),
    ("sampler", {"pubs": [[BITS, None, 20_000_000]]}),
    ("estimator", {"pubs": [[THETA, "ZZ", {"theta": [0.1, 0.2]}, 0.1]], "version": 2}),
    ("estimator", {"pubs": [[THETA, "ZZ", {"theta": [0.1, 0.3]}, 0.1]], "resilience_level": 2}),
    ("estimator", {"pubs": [[THETA, "ZZ", {"theta": [True, 0.3]}, 0.1]], "resilience_level": 2}),
    ("estimator", {"pubs": [[BITS, "ZZ", {"theta": 1}]], "version": 2}),
]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StubResultWarning)
        yield


def test_an_engine_that_knows_a_program_says_what_a_new_one_says() -> None:
    engine = StubEngine()
    order = [program for program in PROGRAMS for _ in range(4)]
    Random(1).shuffle(order)
    for program, params in order:
        sent = copy.deepcopy(params)
        assert engine(job(program, sent)) == StubEngine()(job(program, params))
        assert sent == params
    assert any(engine(job(*program)).failed for program in PROGRAMS)
    assert not all(engine(job(*program)).failed for program in PROGRAMS)


def test_what_a_job_becomes_later_is_not_what_was_read() -> None:
    engine, (program, params) = StubEngine(), PROGRAMS[0]
    sent = copy.deepcopy(params)
    first = engine(job(program, sent))
    sent["pubs"][0][2] = 3
    assert engine(job(program, sent)) == StubEngine()(job(program, sent)) != first
    assert engine(job(program, params)) == first


def test_a_copy_for_another_process_says_the_same() -> None:
    engine = StubEngine()
    before = engine(job(*PROGRAMS[0]))
    assert pickle.loads(pickle.dumps(engine))(job(*PROGRAMS[0])) == before  # noqa: S301 - our own


def test_more_programs_than_are_kept_are_all_understood() -> None:
    engine = StubEngine()
    for shots in [*range(1, 100), *range(1, 100, 7)]:
        outcome = engine(job("sampler", {"pubs": [[BITS, None, shots]], "version": 2}))
        assert outcome == StubEngine()(
            job("sampler", {"pubs": [[BITS, None, shots]], "version": 2})
        )
