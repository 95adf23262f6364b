"""The indices themselves, by SALib, with intervals and with what luck alone could give.

Intervals of Morris's and the tornado's means are Student's; those of Sobol's and PAWN's indices come from resampling
whole blocks with keyed draws, so the same runs always give the same interval.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.errors import InputError
from sim.experiments import Axis, Space
from sim.experiments.sequences import STEP
from sim.rng import Draws
from sim.sensitivity_analysis.designs import Design, ends_of
from sim.sensitivity_analysis.noise import NOTHING, jackknife, t_of, verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["morris", "pawn", "sobol", "sobol_pairs", "tornado"]

Floats = NDArray[np.float64]

_RESAMPLES = 400
_SLICES = (4, 5, 8, 10)
"""Numbers of slices of a range for PAWN; SALib's own arithmetic loses the last one of 6 and of 9."""
_IN_A_SLICE = 15
"""Points that a slice should hold at least."""


def salib() -> Any:
    """Return SALib's package of analyses.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import SALib.analyze.morris
        import SALib.analyze.pawn
        import SALib.analyze.sobol
    except ImportError:
        raise InputError("sensitivity needs SALib: pip install -e '.[sensitivity]'") from None
    return SALib.analyze


def _problem(size: int) -> dict[str, Any]:
    return {"num_vars": size, "names": [str(each) for each in range(size)], "bounds": [[0, 1]] * size}


def _frame(space: Space, columns: dict[str, Any]) -> pd.DataFrame:
    """Return a table of one row an axis, the one that matters most first."""
    import pandas as pd

    front = {"parameter": space.paths, "label": [axis.label or axis.path for axis in space],
             "range": [axis.in_words() for axis in space]}  # fmt: skip
    table = pd.DataFrame({**front, **columns})
    table["verdict"] = [verdict(*row) for row in zip(table["index"], table["lower"], table["noise"], strict=True)]
    return table.sort_values("index", ascending=False, kind="stable").reset_index(drop=True)


# --- Morris -----------------------------------------------------------------------------------------


def elementary_effects(outcomes: Floats, design: Design) -> Floats:
    """Return the elementary effects, shape (trajectories, axes, ...), per whole range or per change of an option.

    Parameters
    ----------
    outcomes
        Shape (points, ...).
    """
    size = design.points.shape[1]
    by_block = outcomes.reshape(design.samples, size + 1, *outcomes.shape[1:])
    levels = design.levels.reshape(design.samples, size + 1, size)
    moved = np.diff(levels, axis=1)  # trajectory, step, axis: only one axis is moved in a step
    change = np.diff(by_block, axis=1)
    return np.asarray(np.einsum("tsa,ts...->ta...", np.sign(moved), change) / STEP)


def morris(effects: Floats, design: Design, space: Space) -> pd.DataFrame:
    """Return Morris's measures: mean absolute elementary effect (``index``), mean, and spread.

    A number's effect is that of its whole range, a choice's that of another option. What luck could give is what the
    mean absolute effect would be if all that the seeds disagree about were luck and nothing else were there.
    """
    size, seeds = len(space), effects.shape[1]
    found = salib().morris.analyze(
        {**_problem(size), "groups": None}, design.levels, effects.mean(axis=1), num_levels=4, num_resamples=2, seed=1
    )
    scale = np.array([STEP if axis.is_choice else 1.0 for axis in space])
    each = elementary_effects(effects, design) * scale[None, :, None]
    bounds = [stats.t_interval(np.abs(each[:, place].mean(axis=1))) for place in range(size)]
    spread = each.var(axis=2, ddof=1).mean(axis=0) if seeds > 1 else np.full(size, math.nan)
    noise = t_of(design.samples * (seeds - 1)) * np.sqrt(spread / seeds)
    return _frame(space, {
        "index": np.asarray(found["mu_star"], np.float64) * scale,
        "lower": [max(interval.lower, 0.0) for interval in bounds],
        "upper": [interval.upper for interval in bounds],
        "noise": noise,
        "mean": np.asarray(found["mu"], np.float64) * scale,
        "spread": np.asarray(found["sigma"], np.float64) * scale,
    })  # fmt: skip


# --- Sobol -------------------------------------------------------------------------------------------


def _resampled(blocks: int, resamples: int = _RESAMPLES) -> NDArray[np.int64]:
    """Return numbers of blocks drawn with replacement, shape (blocks, resamples)."""
    luck = Draws(1964).stream("sensitivity: resampling").uniform(np.arange(blocks * resamples, dtype=np.uint64))
    return (luck * blocks).astype(np.int64).reshape(blocks, resamples)


def _bounds(index: Callable[[Any], Floats], blocks: int) -> tuple[float, float, float]:
    """Return an index with the ends of its 95% interval, by resampling blocks."""
    at = float(index(slice(None)))
    spread = np.asarray(index(_resampled(blocks)))
    low, high = np.quantile(spread, [0.025, 0.975])
    return at, float(low), float(high)


class _Blocks:
    """Outcomes of Saltelli's scheme, centred and scaled as SALib does."""

    def __init__(self, outcomes: Floats, size: int) -> None:
        spread = float(outcomes.std())
        scaled = (outcomes - outcomes.mean()) / (spread if spread > 0 else 1.0)
        whole = scaled.reshape(-1, 2 * size + 2)
        self.one, self.other = whole[:, 0], whole[:, -1]
        self.one_with, self.other_with = whole[:, 1 : size + 1], whole[:, size + 1 : -1]

    def first(self, axis: int, rows: Any = slice(None)) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # outcomes that are all alike have indices of 0
            return np.asarray(salib().sobol.first_order(self.one[rows], self.one_with[:, axis][rows], self.other[rows]))

    def total(self, axis: int, rows: Any = slice(None)) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(salib().sobol.total_order(self.one[rows], self.one_with[:, axis][rows], self.other[rows]))

    def second(self, axis: int, other: int, rows: Any = slice(None)) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(salib().sobol.second_order(
                self.one[rows], self.one_with[:, axis][rows], self.one_with[:, other][rows],
                self.other_with[:, axis][rows], self.other[rows],
            ))  # fmt: skip


def sobol(effects: Floats, design: Design, space: Space) -> pd.DataFrame:
    """Return Sobol's indices: total (``index``) and first order, with intervals."""
    size, seeds = len(space), effects.shape[1]
    blocks = _Blocks(effects.mean(axis=1), size)
    total = [_bounds(partial(blocks.total, axis), design.samples) for axis in range(size)]
    first = [_bounds(partial(blocks.first, axis), design.samples) for axis in range(size)]
    first_noise = jackknife(effects, lambda y: np.array([_Blocks(y, size).first(axis) for axis in range(size)]))
    noise = _noise_of_total(effects.reshape(design.samples, 2 * size + 2, seeds), size)
    return _frame(space, {
        "index": [each[0] for each in total], "lower": [each[1] for each in total],
        "upper": [each[2] for each in total], "noise": noise,
        "first": [each[0] for each in first], "first_lower": [each[1] for each in first],
        "first_upper": [each[2] for each in first], "first_noise": first_noise,
    })  # fmt: skip


def _noise_of_total(blocks: Floats, size: int) -> Floats:
    """Return the total index that each axis could have by the seeds' luck alone.

    The index is the mean squared change over twice the variance; luck in the change adds its variance to the square.
    """
    samples, _, seeds = blocks.shape
    if seeds < 2:
        return np.full(size, math.nan)
    means = blocks.mean(axis=2)
    variance = float(np.concatenate([means[:, 0], means[:, -1]]).var())
    if variance <= 0:
        return np.zeros(size)
    change = blocks[:, 1 : size + 1] - blocks[:, :1]
    luck = change.var(axis=2, ddof=1).mean(axis=0) / seeds
    return np.asarray(luck / (2 * variance) * t_of(samples * (seeds - 1)) ** 2)


def sobol_pairs(effects: Floats, design: Design, space: Space) -> pd.DataFrame:
    """Return the second-order indices of all pairs of axes, the strongest first."""
    import pandas as pd

    size = len(space)
    blocks = _Blocks(effects.mean(axis=1), size)
    pairs = [(one, other) for one in range(size) for other in range(one + 1, size)]
    found = [_bounds(partial(blocks.second, *pair), design.samples) for pair in pairs]
    noise = jackknife(effects, lambda y: np.array([_Blocks(y, size).second(*pair) for pair in pairs]))
    table = pd.DataFrame({
        "parameter": [space[one].path for one, _ in pairs], "with": [space[other].path for _, other in pairs],
        "index": [each[0] for each in found], "lower": [each[1] for each in found],
        "upper": [each[2] for each in found], "noise": noise,
    })  # fmt: skip
    table["verdict"] = [
        NOTHING if low <= 0 <= high else verdict(at, low, luck)
        for (at, low, high), luck in zip(found, table["noise"], strict=True)
    ]
    return table.sort_values("index", ascending=False, kind="stable").reset_index(drop=True)


# --- PAWN ----------------------------------------------------------------------------------------------


def _slices(axis: Axis, points: int) -> int:
    """Return into how many parts an axis is cut: one an option, otherwise as many as the points allow."""
    if axis.levels and axis.levels not in (6, 9) and axis.levels <= max(_SLICES):
        return axis.levels
    return max([each for each in _SLICES if each * _IN_A_SLICE <= points], default=_SLICES[0])


def pawn(effects: Floats, design: Design, space: Space) -> pd.DataFrame:
    """Return PAWN's index: the median distance (Kolmogorov & Smirnov) that fixing an axis makes to the distribution.

    What luck could give is the index that a parameter without any effect has: 95% of those of shuffled outcomes.
    """
    outcomes = effects.mean(axis=1)
    resampled = _resampled(len(outcomes), _RESAMPLES // 2).T
    shuffled = _shuffles(len(outcomes))
    columns: dict[str, list[float]] = {name: [] for name in ("index", "lower", "upper", "noise")}
    for place, axis in enumerate(space):
        where, slices = design.points[:, place], _slices(axis, len(outcomes))
        found = salib().pawn.analyze(_problem(1), where[:, None], outcomes, S=slices)
        at = float(found["median"][0])
        spread = np.array([_median_distance(where[rows], outcomes[rows], slices) for rows in resampled])
        # resampled points repeat, which adds to every distance: the interval is put around the index itself
        low, high = np.quantile(spread, [0.025, 0.975]) - spread.mean() + at
        by_chance = [_median_distance(where, outcomes[order], slices) for order in shuffled]
        columns["index"].append(at)
        columns["lower"].append(max(float(low), 0.0))
        columns["upper"].append(min(float(high), 1.0))
        columns["noise"].append(float(np.quantile(by_chance, 0.95)))
    return _frame(space, dict(columns))


def _shuffles(number: int) -> list[NDArray[np.int64]]:
    """Return orders in which outcomes belong to no point in particular."""
    who, stream = np.arange(number, dtype=np.uint64), Draws(1964).stream("sensitivity: shuffled")
    return [np.argsort(stream.uniform(who, each), kind="stable") for each in range(_RESAMPLES // 2)]


def _median_distance(where: Floats, outcomes: Floats, slices: int) -> float:
    """Return what SALib's PAWN gives as the median, many times faster: it is asked for hundreds of times.

    The slices are those of SALib: between quantiles of the axis, the upper bound not included.
    """
    bounds = np.quantile(where, np.arange(0, 1 + 1 / slices, 1 / slices))
    order = np.argsort(outcomes, kind="stable")
    at = where[order][:, None]
    inside = (at >= bounds[:-1]) & (at < bounds[1:])
    counts = inside.sum(axis=0)
    inside, counts = inside[:, counts > 0], counts[counts > 0]
    everybody = np.arange(1, len(outcomes) + 1) / len(outcomes)
    last_of_equals = np.append(np.diff(outcomes[order]) != 0, True)
    distance = np.abs(np.cumsum(inside, axis=0) / counts - everybody[:, None])[last_of_equals].max(axis=0)
    return float(np.median(distance))


# --- tornado -------------------------------------------------------------------------------------------


def tornado(effects: Floats, design: Design, space: Space) -> pd.DataFrame:
    """Return for each axis the effect at both ends, the others at their usual values, and the swing between them.

    The swing is paired by seed; of a choice it goes from the option with the lowest effect to that with the highest.
    ``index`` is its size; ``noise`` the half of its interval, as wide as luck makes it.
    """
    rows: dict[str, list[Any]] = {name: [] for name in (
        "index", "lower", "upper", "noise", "low", "effect_low", "high", "effect_high")}  # fmt: skip
    at = 1
    for axis, ends in zip(space, ends_of(space), strict=True):
        there = effects[at : at + len(ends)]
        means = there.mean(axis=1)
        one, other = (0, 1) if not axis.is_choice else (int(means.argmin()), int(means.argmax()))
        swing = stats.t_interval(there[other] - there[one])
        sign = -1.0 if swing.estimate < 0 else 1.0
        ends_of_swing = sorted((sign * swing.lower, sign * swing.upper))
        rows["index"].append(abs(swing.estimate))
        rows["lower"].append(ends_of_swing[0])
        rows["upper"].append(ends_of_swing[1])
        rows["noise"].append(swing.half_width if math.isfinite(swing.half_width) else math.nan)
        for name, place in (("low", one), ("high", other)):
            rows[name].append(str(axis.value(ends[place])))
            rows[f"effect_{name}"].append(float(means[place]))
        at += len(ends)
    table = _frame(space, dict(rows))
    clear = table["lower"] > 0
    table["verdict"] = [
        said if math.isnan(noise) or not known else "matters"
        for said, noise, known in zip(table["verdict"], table["noise"], clear, strict=True)
    ]
    return table
