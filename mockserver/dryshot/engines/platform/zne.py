"""Zero-noise extrapolation of observables, term by term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dryshot.engines.observables import Terms, support
from dryshot.engines.platform.extrapolation import Fit, extrapolate, first_success
from dryshot.engines.platform.options import Zne
from dryshot.engines.platform.terms import Basis, as_array, moments

__all__ = ["ZeroNoise", "zero_noise"]


@dataclass(frozen=True, slots=True)
class ZeroNoise:
    """The data fields of a pub, and the extrapolators chosen: nested lists of the pub's shape."""

    fields: dict[str, Any]
    extrapolators: Any


def zero_noise(
    zne: Zne,
    shape: tuple[int, ...],
    which: Sequence[int],
    terms: Sequence[Terms],
    bases: Sequence[Sequence[Sequence[Basis]]],
    signals: dict[str, float],
) -> ZeroNoise:
    """Extrapolate; ``bases`` holds, for each noise factor and set of values, what was measured."""
    import numpy as np

    fits: dict[tuple[int, str], list[Fit]] = {}
    values, raw = [], []
    for binding, item in zip(which, terms, strict=True):
        measured = [own[binding] for own in bases]
        for label in item:
            if support(label) and (binding, label) not in fits:
                fits[binding, label] = _fits(zne, label, measured, signals)
        chosen = {label: first_success(fits[binding, label]) for label in item if support(label)}
        values.append((item, chosen, [fits[binding, label] for label in chosen]))
        raw.append([moments(item, own, signals) for own in measured])
    flat = [part for parts in raw for part in parts]
    wide = (*shape, len(zne.noise_factors))
    grid = (*shape, len(zne.extrapolators), len(zne.points))
    best = np.array([_combined(item, list(chosen.values()), 0) for item, chosen, _ in values])
    tried = np.array(
        [
            [
                [
                    _combined(item, [own[rank] for own in every], place + 1)
                    for place in range(len(zne.points))
                ]
                for rank in range(len(zne.extrapolators))
            ]
            for item, _, every in values
        ]
    )
    names = np.array([_name(chosen) for _, chosen, _ in values], dtype=object).reshape(shape)
    fields = {
        "evs": best[:, 0].reshape(shape),
        "stds": best[:, 1].reshape(shape),
        "evs_noise_factors": as_array(flat, "value", wide),
        "stds_noise_factors": as_array(flat, "spread", wide),
        "ensemble_stds_noise_factors": as_array(flat, "ensemble", wide),
        "evs_extrapolated": tried[..., 0].reshape(grid),
        "stds_extrapolated": tried[..., 1].reshape(grid),
    }
    return ZeroNoise(fields, names.tolist())


def _fits(
    zne: Zne, label: str, measured: Sequence[Sequence[Basis]], signals: dict[str, float]
) -> list[Fit]:
    import numpy as np

    found = [moments({label: 1.0}, own, signals) for own in measured]
    factors = np.array(zne.noise_factors)
    own = np.array([item.value for item in found])
    errors = np.array([item.ensemble for item in found])
    points = np.array(zne.points)
    return [extrapolate(name, factors, own, errors, points) for name in zne.extrapolators]


def _combined(terms: Terms, fits: Sequence[Fit], place: int) -> tuple[float, float]:
    """The value and deviation of an observable from its terms' fits, in the order of terms."""
    weights = [weight for label, weight in terms.items() if support(label)]
    value = sum(weight for label, weight in terms.items() if not support(label))
    variance = 0.0
    for weight, fit in zip(weights, fits, strict=True):
        value += weight * float(fit.values[place])
        variance += (weight * float(fit.stds[place])) ** 2
    return value, variance**0.5


def _name(chosen: dict[str, Fit]) -> str:
    """The one extrapolator of all terms; "multiple" if they differ."""
    names = {fit.name for fit in chosen.values()}
    if not names:
        return "fallback"
    return names.pop() if len(names) == 1 else "multiple"
