"""The options of the V2 primitives with what the service fills in, read without any library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.platform.sections import Section

__all__ = ["Options", "Pec", "Twirling", "Zne", "read_options"]

TOP_LEVEL = 2
PAULI_SHOTS = 64
RANDOMIZATIONS = 32
MAX_OVERHEAD = 100.0
NOISE_FACTORS = (1.0, 3.0, 5.0)
EXTRAPOLATORS = ["exponential", "linear"]
AMPLIFIERS = ("gate_folding", "gate_folding_front", "gate_folding_back", "pea")
STRATEGIES = ("active", "active-circuit", "active-accum", "all")
NEEDED = {
    "linear": 2,
    "exponential": 2,
    "double_exponential": 4,
    "fallback": 2,
    **{f"polynomial_degree_{degree}": degree + 1 for degree in range(1, 8)},
}
"""How many noise factors each extrapolator fits to."""


@dataclass(frozen=True, slots=True)
class Twirling:
    """Numbers that are ``None`` are left to the service."""

    enable_gates: bool
    enable_measure: bool
    num_randomizations: int | None
    shots_per_randomization: int | None
    strategy: str

    @property
    def enabled(self) -> bool:
        """Whether anything is twirled."""
        return self.enable_gates or self.enable_measure

    @property
    def product(self) -> int | None:
        """The shots that both numbers come to, if both are set."""
        if self.num_randomizations is None or self.shots_per_randomization is None:
            return None
        return self.num_randomizations * self.shots_per_randomization

    def split(self, shots: int, *, pec: bool = False) -> tuple[int, int]:
        """How many randomizations of how many shots each make ``shots`` or just above."""
        number, each = self.num_randomizations, self.shots_per_randomization
        if each is None and number is None:
            each = PAULI_SHOTS if pec else max(PAULI_SHOTS, -(-shots // RANDOMIZATIONS))
        if each is None:
            each = -(-shots // (number or 1))
        return number or -(-shots // each), each

    def metadata(self) -> dict[str, Any]:
        """As a result reports it."""
        return {
            "enable_gates": self.enable_gates,
            "enable_measure": self.enable_measure,
            "num_randomizations": self.num_randomizations or "auto",
            "shots_per_randomization": self.shots_per_randomization or "auto",
            "interleave_randomizations": True,
            "strategy": self.strategy,
        }


@dataclass(frozen=True, slots=True)
class Zne:
    """Zero-noise extrapolation; ``points`` are the noise factors at which fits are reported."""

    amplifier: str
    noise_factors: tuple[float, ...]
    extrapolators: tuple[str, ...]
    points: tuple[float, ...]

    def metadata(self) -> dict[str, Any]:
        """As a result reports it."""
        return {
            "noise_factors": list(self.noise_factors),
            "extrapolator": list(self.extrapolators),
            "extrapolated_noise_factors": list(self.points),
        }


@dataclass(frozen=True, slots=True)
class Pec:
    """Probabilistic error cancellation; a ``noise_gain`` of ``None`` is left to the service."""

    max_overhead: float
    noise_gain: float | None


@dataclass(frozen=True, slots=True)
class Decoupling:
    """Dynamical decoupling."""

    enable: bool
    sequence_type: str
    extra_slack_distribution: str
    scheduling_method: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a sampler or an estimator is told; ``seed`` is ``None`` unless the user gave one."""

    shots: int | None
    precision: float | None
    decoupling: Decoupling
    twirling: Twirling
    measure_mitigation: bool
    zne: Zne | None
    pec: Pec | None
    meas_type: str
    seed: int | None
    noise_model: Any

    def metadata(self) -> dict[str, Any]:
        """The top-level metadata of an estimator's result."""
        resilience: dict[str, Any] = {
            "measure_mitigation": self.measure_mitigation,
            "zne_mitigation": self.zne is not None,
            "pec_mitigation": self.pec is not None,
        }
        if self.zne is not None:
            resilience["zne"] = self.zne.metadata()
        return {
            "dynamical_decoupling": asdict(self.decoupling),
            "twirling": self.twirling.metadata(),
            "resilience": resilience,
            "version": 2,
        }


def read_options(params: Mapping[str, Any], *, estimator: bool) -> Options:
    """The options in ``params``, filled in for the resilience level."""
    root = Section(params.get("options"), "options")
    level = Section(params, "params").count("resilience_level", low=0) if estimator else 0
    level = 1 if level is None else level
    if level > TOP_LEVEL:
        raise ProgramError(f"resilience_level is {level}; it is 0, 1 or 2", reason=Reason.INVALID)
    resilience = root.section("resilience")
    zne_wanted = resilience.raw("zne_mitigation")
    pec = _pec(resilience) if resilience.flag("pec_mitigation", default=False) else None
    if pec is not None and zne_wanted is True:
        raise ProgramError(
            "pec_mitigation and zne_mitigation cannot both be enabled", reason=Reason.INCOMPATIBLE
        )
    extrapolated = resilience.flag("zne_mitigation", default=level == TOP_LEVEL and pec is None)
    zne = _zne(resilience.section("zne")) if extrapolated else None
    learned = pec is not None or (zne is not None and zne.amplifier == "pea")
    twirling = _twirling(root.section("twirling"), level, learned=learned)
    simulator = root.section("simulator")
    seed = simulator.count("seed_simulator", low=-(2**63))
    return Options(
        shots=root.count("default_shots", low=0) or None,
        precision=root.number("default_precision"),
        decoupling=_decoupling(root.section("dynamical_decoupling")),
        twirling=twirling,
        measure_mitigation=resilience.flag("measure_mitigation", default=level > 0),
        zne=zne,
        pec=pec,
        meas_type=_meas_type(root, twirling),
        seed=root.count("seed_estimator", low=0) if seed is None else seed,
        noise_model=simulator.raw("noise_model"),
    )


def _meas_type(root: Section, twirling: Twirling) -> str:
    kinds = ("classified", "kerneled", "avg_kerneled")
    kind = root.section("execution").choice("meas_type", kinds, "classified")
    if kind != "classified" and twirling.enable_measure:
        raise ProgramError(
            f"measurement twirling needs classified results, not {kind}",
            reason=Reason.INCOMPATIBLE,
        )
    return kind


def _twirling(section: Section, level: int, *, learned: bool) -> Twirling:
    return Twirling(
        enable_gates=section.flag("enable_gates", default=level == TOP_LEVEL) or learned,
        enable_measure=section.flag("enable_measure", default=level > 0),
        num_randomizations=section.count("num_randomizations"),
        shots_per_randomization=section.count("shots_per_randomization"),
        strategy=section.choice("strategy", STRATEGIES, "active-accum"),
    )


def _decoupling(section: Section) -> Decoupling:
    return Decoupling(
        enable=section.flag("enable", default=False),
        sequence_type=section.choice("sequence_type", ("XX", "XpXm", "XY4"), "XX"),
        extra_slack_distribution=section.choice(
            "extra_slack_distribution", ("middle", "edges"), "middle"
        ),
        scheduling_method=section.choice("scheduling_method", ("alap", "asap"), "alap"),
    )


def _pec(resilience: Section) -> Pec:
    section = resilience.section("pec")
    bound = section.number("max_overhead")
    given = "max_overhead" in (resilience.raw("pec") or {})
    unbound = float("inf") if given else MAX_OVERHEAD
    return Pec(unbound if bound is None else bound, section.number("noise_gain"))


def _zne(section: Section) -> Zne:
    factors = section.numbers("noise_factors", above=1) or NOISE_FACTORS
    wanted = section.raw("extrapolator", EXTRAPOLATORS)
    names = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    unknown = [name for name in names if not isinstance(name, str) or name not in NEEDED]
    if unknown or not names:
        raise ProgramError(
            f"options.resilience.zne.extrapolator is {wanted!r}", reason=Reason.INCOMPATIBLE
        )
    for name in names:
        if len(factors) < NEEDED[name]:
            raise ProgramError(
                f"{name} needs {NEEDED[name]} noise factors; there are {len(factors)}",
                reason=Reason.INCOMPATIBLE,
            )
    points = section.numbers("extrapolated_noise_factors", above=0)
    return Zne(
        amplifier=section.choice("amplifier", AMPLIFIERS, "gate_folding"),
        noise_factors=factors,
        extrapolators=names,
        points=(0.0, *factors) if points is None else points,
    )
