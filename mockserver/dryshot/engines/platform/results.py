"""Results of V2 primitives in both forms: plain JSON, and Qiskit's types in IBM's encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dryshot.engines.encoding import encode
from dryshot.engines.platform.timing import Period

__all__ = [
    "BIT_ARRAY",
    "Bits",
    "PubData",
    "Span",
    "Written",
    "circuit_metadata",
    "plain_span",
    "render",
]

BIT_ARRAY = "<class 'qiskit.primitives.containers.bit_array.BitArray'>"


@dataclass(frozen=True, slots=True)
class Bits:
    """A register's outcomes: bytes, big end first, of shape ``(..., shots, bytes)``."""

    table: Any
    num_bits: int


@dataclass(frozen=True, slots=True)
class Written:
    """A field that is in both forms already; ``kind`` is the name of its type."""

    typed: Any
    plain: Any
    kind: str


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a pub's data was taken when; ``randomizations`` is 0 unless it was twirled.

    ``each`` is the shots of one randomization.
    """

    pub: int
    period: Period
    shape: tuple[int, ...]
    shots: int
    randomizations: int = 0
    each: int = 0


@dataclass(frozen=True, slots=True)
class PubData:
    """What one pub gave: fields by name, each :class:`Bits`, :class:`Written` or a numpy array."""

    shape: tuple[int, ...]
    fields: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)


def circuit_metadata(circuit: Any) -> dict[str, Any]:
    """What the user noted on ``circuit``, as far as JSON can say it."""
    simple = str | int | float | bool | None
    return {
        str(key): value
        for key, value in (circuit.metadata or {}).items()
        if isinstance(value, simple)
    }


def render(
    pubs: Sequence[PubData],
    metadata: Mapping[str, Any],
    *,
    typed: bool,
    kind: str,
    spans: Sequence[Span] | None = None,
) -> Any:
    """The whole result; ``kind`` is the type name of a pub's result."""
    whole = dict(metadata)
    if spans is not None:
        made = [_typed_span(span) if typed else plain_span(span) for span in spans]
        listed = _type("ExecutionSpans", {"spans": made}) if typed else made
        whole = {"execution": {"execution_spans": listed}, **whole}
    if not typed:
        results = [
            {
                "data": {name: _plain(value) for name, value in pub.fields.items()},
                "metadata": dict(pub.metadata),
            }
            for pub in pubs
        ]
        return {"results": results, "metadata": whole}
    results = [
        _type(kind, {"data": _data_bin(pub), "metadata": encode(dict(pub.metadata))})
        for pub in pubs
    ]
    return _type("PrimitiveResult", {"pub_results": results, "metadata": encode(whole)})


def _type(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def _data_bin(pub: PubData) -> dict[str, Any]:
    content = {
        "field_names": list(pub.fields),
        "field_types": [_kind(value) for value in pub.fields.values()],
        "shape": list(pub.shape),
        "fields": {name: _encoded(value) for name, value in pub.fields.items()},
    }
    return _type("DataBin", content)


def _kind(value: Any) -> str:
    if isinstance(value, Written):
        return value.kind
    return BIT_ARRAY if isinstance(value, Bits) else "numpy.ndarray"


def _encoded(value: Any) -> Any:
    if isinstance(value, Written):
        return value.typed
    if isinstance(value, Bits):
        content = {"array": encode(value.table), "num_bits": value.num_bits}
        return _type("BitArray", content)
    return encode(value)


def _plain(value: Any) -> Any:
    """Nested lists: of hexadecimal words for bits, of pairs for complex numbers."""
    if isinstance(value, Written):
        return value.plain
    import numpy as np

    if isinstance(value, Bits):
        return {"samples": _words(value.table), "num_bits": value.num_bits}
    if np.iscomplexobj(value):
        value = np.stack([value.real, value.imag], axis=-1)
    return value.tolist()


def _words(table: Any) -> Any:
    if table.ndim == 1:
        return hex(int.from_bytes(table.tobytes(), "big"))
    return [_words(part) for part in table]


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _typed_span(span: Span) -> dict[str, Any]:
    start, stop = (_type("datetime", moment.isoformat()) for moment in span.period)
    size = _size(span.shape)
    if not span.randomizations:
        kind = "DoubleSliceSpan"
        content: list[Any] = [[*span.shape, span.shots], 0, size, 0, span.shots]
    else:
        kind = "TwirledSliceSpanV2"
        shape = [span.randomizations, *span.shape, span.each]
        size *= span.randomizations
        content = [shape, True, 0, size, 0, span.each, span.shots]
    slices = {str(span.pub): content}
    return _type(kind, {"start": start, "stop": stop, "data_slices": slices})


def plain_span(span: Span) -> list[Any]:
    """A span as plain JSON: start, stop, and what of which pub."""
    start, stop = ({"date": moment.replace(tzinfo=None).isoformat()} for moment in span.period)
    size = _size(span.shape)
    if not span.randomizations:
        content: list[Any] = [[*span.shape, span.shots], [0, size], [0, span.shots]]
    else:
        shape = [span.randomizations, *span.shape, span.each]
        whole = [0, size * span.randomizations]
        content = [shape, True, whole, [0, span.each], span.shots]
    return [start, stop, {str(span.pub): content}]
