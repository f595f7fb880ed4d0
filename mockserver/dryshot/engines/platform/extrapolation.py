"""Extrapolation to zero noise: the fits of one term's values at several noise factors."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Fit", "extrapolate", "first_success"]

SMALLEST = 1e-9
BOUND = 1.5
"""A term beyond this at zero noise was not extrapolated, it was blown up."""
MAX_STD = 0.5
EVALUATIONS = 400


@dataclass(frozen=True, slots=True)
class Fit:
    """An extrapolator's values, and their deviations, at zero noise first and then at its points.

    ``good`` says whether it found a curve that can be believed.
    """

    name: str
    values: NDArray[np.float64]
    stds: NDArray[np.float64]
    good: bool


def first_success(fits: list[Fit]) -> Fit:
    """The first fit that can be believed, or else the last one that was tried."""
    return next((fit for fit in fits if fit.good), fits[-1])


def extrapolate(
    name: str,
    factors: NDArray[np.float64],
    values: NDArray[np.float64],
    stds: NDArray[np.float64],
    points: NDArray[np.float64],
) -> Fit:
    """Fit ``values`` at the noise ``factors`` and read the curve at 0 and at ``points``."""
    import numpy as np

    where = np.concatenate([[0.0], points])
    sigma = np.maximum(stds, SMALLEST)
    if name == "fallback":
        least = int(np.argmin(factors))
        return Fit(name, np.full(len(where), values[least]), np.full(len(where), stds[least]), True)
    if name in {"exponential", "double_exponential"}:
        found = _exponential(name, factors, values, sigma)
    else:
        degree = 1 if name == "linear" else int(name.rsplit("_", 1)[1])
        found = _polynomial(degree, factors, values, sigma)
    if found is None:
        missing = np.full(len(where), np.nan)
        return Fit(name, missing, missing, False)
    curve, parameters, covariance = found
    at, slopes = curve(where, parameters)
    variance = np.einsum("pi,ij,pj->p", slopes, covariance, slopes)
    spread = np.sqrt(np.maximum(variance, 0.0))
    good = bool(np.isfinite(at[0]) and abs(at[0]) <= BOUND and spread[0] <= MAX_STD)
    return Fit(name, at, spread, good)


def _polynomial(degree: int, factors: Any, values: Any, sigma: Any) -> Any:
    """The weighted least squares solution as curve, parameters, covariance; ``None`` if none is."""
    import numpy as np

    def curve(where: Any, parameters: Any) -> tuple[Any, Any]:
        powers = np.vander(where, degree + 1, increasing=True)
        return powers @ parameters, powers

    try:
        with np.errstate(over="ignore"):  # of factors beyond all reason
            design = np.vander(factors, degree + 1, increasing=True) / sigma[:, None]
        inverse = np.linalg.pinv(design)
    except np.linalg.LinAlgError:
        return None
    return curve, inverse @ (values / sigma), inverse @ inverse.T


def _exponential(name: str, factors: Any, values: Any, sigma: Any) -> Any:
    """One or two exponentials that do not grow with noise; ``None`` if none fits."""
    import numpy as np

    count = 2 if name == "double_exponential" else 1

    def curve(where: Any, parameters: Any) -> tuple[Any, Any]:
        heights, rates = parameters[:count], parameters[count:]
        decays = np.exp(-np.outer(where, rates))
        slopes = np.hstack([decays, -where[:, None] * heights * decays])
        return decays @ heights, slopes

    height = float(values[np.argmin(factors)])
    rate = _rate(factors, values)
    start = np.concatenate([np.full(count, height / count), rate * np.arange(1, count + 1)])
    bounds = (np.repeat([-np.inf, 0.0], count), np.repeat([np.inf, np.inf], count))
    try:
        solved = import_module("scipy.optimize").least_squares(
            lambda parameters: (curve(factors, parameters)[0] - values) / sigma,
            start,
            jac=lambda parameters: curve(factors, parameters)[1] / sigma[:, None],
            bounds=bounds,
            x_scale="jac",
            max_nfev=EVALUATIONS,
        )
    except (ValueError, np.linalg.LinAlgError):
        return None
    if not solved.success:
        return None
    inverse = np.linalg.pinv(solved.jac)
    return curve, solved.x, inverse @ inverse.T


def _rate(factors: Any, values: Any) -> float:
    """A first guess at how fast ``values`` decay."""
    import numpy as np

    low, high = int(np.argmin(factors)), int(np.argmax(factors))
    if factors[low] == factors[high] or values[low] * values[high] <= 0:
        return 0.1
    slope = np.log(values[low] / values[high]) / (factors[high] - factors[low])
    return float(max(slope, SMALLEST))
