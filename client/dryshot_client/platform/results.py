"""What the two primitives give, and reading it from a job's results, in either of their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from dryshot_client.platform.arrays import Shape, shape_of
from dryshot_client.platform.pubs import PubBody, is_number, read_bits, read_points, read_pubs
from dryshot_client.platform.registers import Index, Register, join_registers

__all__ = [
    "EstimatorPub",
    "EstimatorResult",
    "PrimitiveResult",
    "Register",
    "SamplerPub",
    "SamplerResult",
    "read_estimator_result",
    "read_sampler_result",
]

P = TypeVar("P")
Nested: TypeAlias = Any
"""A number, or nested lists of numbers: a narrower type would let no type checker index it."""


@dataclass(frozen=True, slots=True)
class SamplerPub:
    """What one circuit gave: in ``data``, a :class:`Register` for each of its registers.

    Where points were asked for instead of bits, ``data`` has nested lists of complex numbers.
    """

    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def registers(self) -> dict[str, Register]:
        """The registers of bits by name."""
        return {name: item for name, item in self.data.items() if isinstance(item, Register)}

    def counts(self, register: str | None = None, index: Index | None = None) -> dict[str, int]:
        """How often each bit string came, bit 0 on the right; see :meth:`Register.counts`.

        Where the circuit has several registers, ``register`` names one, or see :meth:`joined`.
        """
        return self._find(register).counts(index)

    def bitstrings(self, register: str | None = None, index: Index | None = None) -> list[str]:
        """The bit string of each shot; otherwise as :meth:`counts`."""
        return self._find(register).bitstrings(index)

    def joined(self, names: Iterable[str] | None = None) -> Register:
        """One register of the bits of all, or of those named, the first register's rightmost.

        Without ``names``, they are in the order in which the service sent them.
        """
        chosen = list(self.registers if names is None else names)
        if not chosen:
            raise ValueError("names is empty, or there is no register of bits")
        return join_registers([self._find(name) for name in chosen])

    def _find(self, name: str | None) -> Register:
        registers = self.registers
        choices = ", ".join(registers) or "none"
        if name is None:
            if len(registers) != 1:
                raise ValueError(f"register must be named; the registers of bits are: {choices}")
            return next(iter(registers.values()))
        if name not in registers:
            raise ValueError(f"register {name!r} is unknown; the registers of bits are: {choices}")
        return registers[name]


@dataclass(frozen=True, slots=True)
class EstimatorPub:
    """What one circuit gave: in ``data``, everything by name, such as ``evs_noise_factors``."""

    data: Mapping[str, Nested]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def evs(self) -> Nested:
        """Expectation values: a number, or lists nested as observables and parameters were."""
        return self.data["evs"]

    @property
    def stds(self) -> Nested:
        """Their standard errors."""
        return self.data["stds"]

    @property
    def ensemble_standard_error(self) -> Nested | None:
        """Their standard errors, had all shots been alike; ``None`` where it was not told."""
        return self.data.get("ensemble_standard_error")

    @property
    def shape(self) -> Shape:
        """The lengths of the axes of the expectation values."""
        return shape_of(self.evs, is_number, "evs")


@dataclass(frozen=True, slots=True)
class PrimitiveResult(Generic[P]):
    """What a job gave, a sequence of what its circuits gave."""

    pubs: tuple[P, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pubs)

    def __iter__(self) -> Iterator[P]:
        return iter(self.pubs)

    def __getitem__(self, place: int) -> P:
        return self.pubs[place]


@dataclass(frozen=True, slots=True)
class SamplerResult(PrimitiveResult[SamplerPub]):
    """What a sampler's job gave."""


@dataclass(frozen=True, slots=True)
class EstimatorResult(PrimitiveResult[EstimatorPub]):
    """What an estimator's job gave."""


def read_sampler_result(body: Any) -> SamplerResult:
    """A sampler's results, parsed from JSON: plain ones, or those made for Qiskit.

    What is neither is a ``ValueError`` that begins with the JSON path of what is wrong.
    """
    return SamplerResult(*_read(body, {"SamplerPubResult"}, _sampler_pub))


def read_estimator_result(body: Any) -> EstimatorResult:
    """An estimator's results; otherwise as :func:`read_sampler_result`."""
    return EstimatorResult(*_read(body, {"PubResult", "EstimatorPubResult"}, _estimator_pub))


def _read(
    body: Any, kinds: set[str], make: Callable[[PubBody], P]
) -> tuple[tuple[P, ...], dict[str, Any]]:
    try:
        pubs, metadata = read_pubs(body, kinds)
        return tuple(make(pub) for pub in pubs), metadata
    except RecursionError:
        raise ValueError("$ is nested too deeply") from None


def _sampler_pub(pub: PubBody) -> SamplerPub:
    data: dict[str, Any] = {}
    for name, value in pub.data.items():
        path = f"{pub.path}.{name}"
        if isinstance(value, Register):
            data[name] = value
        elif isinstance(value, dict):
            data[name] = read_bits(value, path)
        else:
            data[name] = read_points(value, path, typed=pub.typed)
    return SamplerPub(data, pub.metadata)


def _estimator_pub(pub: PubBody) -> EstimatorPub:
    for name, value in pub.data.items():
        shape_of(value, is_number, f"{pub.path}.{name}")
    for name in ("evs", "stds"):
        if name not in pub.data:
            raise ValueError(f"{pub.path} has no {name}")
    return EstimatorPub(pub.data, pub.metadata)
