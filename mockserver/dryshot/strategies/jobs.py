"""Bodies of jobs and sessions to submit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from hypothesis import strategies as st

from dryshot.strategies.circuits import circuits as make_circuits
from dryshot.strategies.exchanges import body_schema, find_operation, values_of

__all__ = ["jobs", "sessions"]

Body = dict[str, Any]
Bodies = st.SearchStrategy[Body]
Texts = st.SearchStrategy[str]

_BACKENDS = {"platform": "ibm_fez", "classic": "ibmq_qasm_simulator"}
_DOCUMENTS = {"platform": "platform-runtime", "classic": "legacy-runtime"}
_DETAILS = ("tags", "log_level")
"""What a job may have besides, and what changes neither its result nor who may see it."""
_SHOTS = st.integers(1, 1000)
_REGISTER = re.compile(r"^qubit\[([0-9]+)\]", re.MULTILINE)
_PHYSICAL = re.compile(r"\$([0-9]+)")


def jobs(
    dialect: Literal["platform", "classic"] = "platform",
    program: str = "sampler",
    *,
    backend: str | None = None,
    circuits: Texts | None = None,
    session_id: str | None = None,
) -> Bodies:
    """Bodies for ``create_job``.

    Jobs of the programs that take OpenQASM can be run by the mock: ``sampler``, ``estimator`` and
    ``noise-learner`` of the platform, ``sampler``, ``estimator``, ``circuit-runner`` and
    ``qasm3-runner`` of the classic API. Those of ``executor`` and ``calibrate`` have a right form,
    and no more.

    ``circuits`` gives the circuits in the place of dryshot's own, which fit ``backend`` if that is
    one of the mock's devices; for another one say ``circuits``. For estimators and learners they
    must be without measurements. ``ValueError`` for another dialect or program.
    """
    if dialect not in _BACKENDS:
        raise ValueError(f"dialect {dialect!r} is neither platform nor classic")
    backend = backend or _BACKENDS[dialect]
    contract, operation = find_operation(f"{_DOCUMENTS[dialect]}.create_job")
    schema, _, _ = body_schema(contract, operation)
    values = values_of(contract.name)
    fixed: Body = {"program_id": program, "backend": backend}
    if session_id is not None:
        fixed["session_id"] = session_id
    makers = _MAKERS[dialect]
    if program in makers:
        measured = program not in ("estimator", "noise-learner")
        physical = dialect == "platform"
        own = _own_circuits(circuits, backend, measured=measured, physical=physical)
        params = makers[program](own)
    elif program in ("executor", "calibrate") and dialect == "platform":
        if program == "calibrate":  # it runs in a session only
            fixed.setdefault("session_id", "3f8a1c62-9b47-4d05-8e1f-6a2b7c9d0e41")
        node = {"allOf": [schema, {"properties": {"program_id": {"const": program}}}]}
        node["allOf"].append({"required": ["params"]})
        params = values.of(node).map(lambda body: body["params"])
    else:
        raise ValueError(f"the {dialect} API has no program {program!r} to submit here")
    properties = values.resolve(schema["$ref"])["properties"]
    details = {name: values.of(properties[name]) for name in _DETAILS}
    return st.fixed_dictionaries(
        {**{name: st.just(value) for name, value in fixed.items()}, "params": params},
        optional=details,
    )


def sessions(
    backend: str = "ibm_fez", *, mode: Literal["batch", "dedicated"] | None = None
) -> Bodies:
    """Bodies for the platform's ``create_session``."""
    contract, operation = find_operation("platform-runtime.create_session")
    schema, _, _ = body_schema(contract, operation)
    values = values_of(contract.name)
    properties = values.resolve(schema["$ref"])["properties"]
    modes = properties["mode"]["enum"]
    if mode is not None and mode not in modes:
        raise ValueError(f"mode {mode!r} is none of {', '.join(modes)}")
    return st.fixed_dictionaries(
        {"mode": st.just(mode) if mode else st.sampled_from(modes), "backend": st.just(backend)},
        optional={"max_ttl": st.integers(60, 28_800)},
    )


def _own_circuits(given: Texts | None, backend: str, *, measured: bool, physical: bool) -> Texts:
    if given is not None:
        return given
    if physical:
        return make_circuits(backend=backend, measured=measured)
    return make_circuits(measured=measured)


def _samplers(texts: Texts) -> Bodies:
    shots = st.none() | _SHOTS
    pubs = st.one_of(texts.map(lambda text: [text]), st.tuples(texts, st.none(), shots).map(list))
    return st.fixed_dictionaries(
        {"pubs": st.lists(pubs, min_size=1, max_size=2), "version": st.just(2)},
        optional={"options": st.fixed_dictionaries({}, optional={"default_shots": _SHOTS})},
    )


def _estimators(texts: Texts) -> Bodies:
    pubs = texts.flatmap(
        lambda text: st.tuples(st.just(text), _observables(_width(text))).map(list)
    )
    return st.fixed_dictionaries(
        {"pubs": st.lists(pubs, min_size=1, max_size=2), "version": st.just(2)},
        optional={"resilience_level": st.just(0)},
    )


def _learners(texts: Texts) -> Bodies:
    return st.fixed_dictionaries(
        {"circuits": st.lists(texts, min_size=1, max_size=2), "version": st.just(2)}
    )


def _classic_samplers(texts: Texts) -> Bodies:
    return st.fixed_dictionaries(
        {"circuits": st.lists(texts, min_size=1, max_size=2)}, optional={"run_options": _options()}
    )


def _classic_estimators(texts: Texts) -> Bodies:
    pairs = texts.flatmap(lambda text: st.tuples(st.just(text), _paulis(_width(text))))

    def body(made: Sequence[tuple[str, str]]) -> Body:
        return {"circuits": [one for one, _ in made], "observables": [two for _, two in made]}

    return st.lists(pairs, min_size=1, max_size=2).map(body)


def _runners(texts: Texts) -> Bodies:
    return st.fixed_dictionaries(
        {"circuits": st.lists(texts, min_size=1, max_size=2)}, optional={"shots": _SHOTS}
    )


def _options() -> Bodies:
    return st.fixed_dictionaries({}, optional={"shots": _SHOTS})


_MAKERS: Mapping[str, Mapping[str, Callable[[Texts], Bodies]]] = {
    "platform": {
        "sampler": _samplers,
        "estimator": _estimators,
        "noise-learner": _learners,
    },
    "classic": {
        "sampler": _classic_samplers,
        "estimator": _classic_estimators,
        "circuit-runner": _runners,
        "qasm3-runner": _runners,
    },
}


def _width(text: str) -> int:
    """How many qubits a circuit of ours has: those it declares, or up to the highest it names."""
    declared = _REGISTER.search(text)
    return int(declared[1]) if declared else 1 + max(map(int, _PHYSICAL.findall(text)), default=0)


def _paulis(width: int) -> Texts:
    return st.text("IXYZ", min_size=width, max_size=width)


def _observables(width: int) -> st.SearchStrategy[Any]:
    weights = st.sampled_from((1.0, 0.5, -1.0, -0.5, 2.0))
    return st.one_of(
        _paulis(width), st.dictionaries(_paulis(width), weights, min_size=1, max_size=2)
    )
