"""From an experiment's runs to indices, what is luck in them, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, RunError
from sim.experiments import Space
from sim.experiments.playing import GAIN
from sim.sensitivity_analysis import indices
from sim.sensitivity_analysis.designs import Design
from sim.sensitivity_analysis.noise import Luck, luck_of
from sim.sensitivity_analysis.wording import sentences

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Analysis", "analyse"]


@dataclass(frozen=True)
class Analysis:
    """What the answer hangs on."""

    method: str
    indices: pd.DataFrame
    """One row a parameter, the one that matters most first: ``parameter``, ``label``, ``range``, ``index``, ``lower``,
    ``upper`` (95% interval), ``noise`` (what luck alone could give), ``verdict``, and what else the method has."""
    pairs: pd.DataFrame | None
    """For Sobol: second-order indices of pairs."""
    luck: Luck
    mean: float
    """Mean outcome over all points."""
    least: float
    """Least outcome of a point."""
    greatest: float
    usual: float
    """For a tornado: the outcome where everything has its usual value; NaN otherwise."""
    samples: int
    """Blocks that the indices rest on."""
    points: int
    left_out: int = 0
    """Blocks that were left out because a point in them failed."""
    too_great: int = 0
    """Points at which the loop gain is above what a scenario may have: they count, and are marked in the table."""
    errors: tuple[str, ...] = ()
    """What went wrong, each once."""
    sentences: tuple[str, ...] = field(default=())
    """The answer in plain words."""


def analyse(
    runs: pd.DataFrame, outcome: str, design: Design, space: Space, *, what: str = "", unit: str = ""
) -> Analysis:
    """Return the indices of an outcome.

    Parameters
    ----------
    runs
        As :func:`sim.experiments.run_experiment` gives them.
    outcome
        Name of the outcome's column.
    design, space
        What was played.
    what
        What the outcome is, for sentences, e.g. ``the effect of befriending on loneliness``.
    unit
        Its unit.

    Raises
    ------
    InputError
        If there is no such outcome.
    RunError
        If too many points failed.
    """
    if outcome not in runs and (runs["error"] != "").all():
        raise RunError(f"every point failed, e.g.: {runs['error'].iloc[0]}")
    if outcome not in runs:
        raise InputError(f"'{outcome}' is not an outcome here")
    effects = _by_point(runs, outcome, len(design.points))
    kept, design = _without_failures(effects, design, runs)
    left_out = (len(effects) - len(kept)) // (len(design.points) // design.samples)
    table = getattr(indices, design.method)(kept, design, space)
    pairs = indices.sobol_pairs(kept, design, space) if design.method == "sobol" else None
    means = kept.mean(axis=1)
    gains = runs.groupby("point")[GAIN].max() if GAIN in runs else None
    found = Analysis(
        method=design.method, indices=table, pairs=pairs, luck=luck_of(kept), mean=float(means.mean()),
        least=float(means.min()), greatest=float(means.max()),
        usual=float(means[0]) if design.method == "tornado" else float("nan"),
        samples=design.samples, points=len(kept), left_out=left_out,
        too_great=0 if gains is None else int((gains > _greatest_gain()).sum()),
        errors=tuple(dict.fromkeys(str(text) for text in runs["error"] if text)),
    )  # fmt: skip
    said = sentences(found, what or outcome, unit)
    return Analysis(**{**found.__dict__, "sentences": tuple(said)})


def _greatest_gain() -> float:
    from sim.model.gain import GREATEST_GAIN

    return GREATEST_GAIN


def _by_point(runs: pd.DataFrame, outcome: str, points: int) -> NDArray[np.float64]:
    """Return the outcome as an array of points and seeds."""
    seeds = int(runs["seed"].max())
    found = np.full((points, seeds), np.nan)
    found[runs["point"].to_numpy(), runs["seed"].to_numpy() - 1] = runs[outcome].to_numpy(np.float64)
    return found


def _without_failures(
    effects: NDArray[np.float64], design: Design, runs: pd.DataFrame
) -> tuple[NDArray[np.float64], Design]:
    """Leave out blocks in which a point failed or has no outcome."""
    whole = (~np.isnan(effects).any(axis=1)).reshape(design.samples, -1).all(axis=1)
    if whole.all():
        return effects, design
    said = next((str(text) for text in runs["error"] if text), "the outcome is not defined there")
    if whole.sum() < 2:
        raise RunError(f"too many points failed for an answer, e.g.: {said}")
    rows = np.repeat(whole, design.block)
    return effects[rows], Design(design.method, int(whole.sum()), design.points[rows], design.levels[rows])
