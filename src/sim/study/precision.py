"""As many seeds as an answer of a wanted precision needs.

Seeds are added until the half width of the 95% interval of the primary measure's effect (everybody, at the horizon) is
at most what is wanted, for every scenario. How many are added follows from the spread so far. The interval is that of
``comparison.csv``; stopping when it is narrow makes it cover slightly less often than 95%, hence never fewer than
``MIN_SEEDS``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble import Outcome
    from sim.study.studies import Study

__all__ = ["MAX_SEEDS", "MIN_SEEDS", "half_widths", "to_precision"]

MIN_SEEDS = 20
"""Fewer are too few to tell the spread, and with it the precision."""

MAX_SEEDS = 1000
"""How many seeds are used at most, unless told otherwise."""

_MARGIN = 1.1
"""How many more than the spread so far asks for, so that one more round is rarely needed."""

Play = Callable[["Study", bool], "Outcome"]


def to_precision(
    study: Study,
    folder: Path,
    wanted: float,
    most: int,
    fresh: bool,
    play: Play,
    tell: Callable[[str], None] | None = None,
) -> Outcome:
    """Play the study with more and more seeds until its answer is precise; return what became of it all.

    Parameters
    ----------
    study
        Its number of seeds is the least; stored runs count.
    folder
        The result folder.
    wanted
        Greatest half width of the 95% interval, in units of the primary measure.
    most
        Greatest number of seeds.
    fresh
        Whether stored results are removed first.
    play
        Plays a study, fresh or not.
    tell
        Called with how far it is.

    Raises
    ------
    InputError
        When the precision is not above 0, or there is nothing to compare.
    """
    _check(study, wanted, most)
    notes: list[str] = []

    def say(text: str) -> None:
        notes.append(text)
        if tell is not None:
            tell(text)

    at_first: Outcome | None = None
    stored = 0 if fresh else len(list((folder / "units").glob("c*-s*.parquet")))
    seeds = max(min(max(study.plan.seeds, MIN_SEEDS), most), stored)
    while True:
        outcome = play(study.changed(seeds=seeds), fresh and at_first is None)
        outcome = _together(at_first, outcome)
        if outcome.interrupted:
            return outcome
        at_first, seeds = outcome, max(seeds, outcome.planned)
        name, width = widest(half_widths(outcome.folder, study.plan))
        known = f"the least certain scenario, {name}, is known to \u00b1{width:.3g}, wanted \u00b1{wanted:.3g}"
        if width <= wanted:
            say(f"precise enough with {seeds} seeds: {known}")
            break
        if seeds >= most:
            say(f"not precise enough with {seeds} seeds, the most allowed: {known}")
            break
        more = _next(seeds, width / wanted, most)
        say(f"{seeds} seeds: {known}; going on to {more} seeds")
        seeds = more
    _forget_people(outcome.folder)
    return replace(outcome, notes=(*outcome.notes, *notes))


def _forget_people(folder: Path) -> None:
    """Remove effects on single people of a survey, which the rounds so far have left for the next one."""
    from sim.store import ResultFolder

    stored = ResultFolder(folder)
    with stored.held():
        stored.remove_own_effects(stored.stored_units(stored.manifest["fingerprint"]["digest"]).values())


def _check(study: Study, wanted: float, most: int) -> None:
    if not (math.isfinite(wanted) and wanted > 0):
        raise InputError(f"precision must be a number above 0, not {wanted}")
    if len(study) < 2:
        raise InputError("precision needs a scenario to compare with the baseline, and this study has none")
    if most < 2:
        raise InputError(f"the most seeds must be 2 or more, not {most}")
    if study.plan.seeds > most:
        raise InputError(f"the study has {study.plan.seeds} seeds already, more than the most allowed ({most})")


def _next(seeds: int, ratio: float, most: int) -> int:
    """Return the next number of seeds: what the spread asks for, a tenth more at least, double at most."""
    needed = math.ceil(seeds * ratio**2 * _MARGIN) if math.isfinite(ratio) else 2 * seeds
    return min(most, max(math.ceil(seeds * 1.1), min(needed, 2 * seeds)))


def _together(earlier: Outcome | None, outcome: Outcome) -> Outcome:
    """Return the outcome of several rounds as of one."""
    if earlier is None:
        return outcome
    return replace(
        outcome, already=earlier.already, played=outcome.done - earlier.already,
        seconds=earlier.seconds + outcome.seconds, changed=earlier.changed or outcome.changed,
        notes=(*earlier.notes, *(note for note in outcome.notes if note not in earlier.notes)),
    )  # fmt: skip


def widest(widths: Mapping[str, float]) -> tuple[str, float]:
    """Return the scenario whose effect is least certain, and its half width; infinite where it is not known."""
    name = max(widths, key=lambda name: math.inf if math.isnan(widths[name]) else widths[name])
    return name, math.inf if math.isnan(widths[name]) else widths[name]


def half_widths(folder: Any, plan: Any) -> dict[str, float]:
    """Return the half width of the 95% interval of each scenario's effect on the primary measure; NaN if unknown."""
    from sim import stats
    from sim.store import ResultFolder

    effects = ResultFolder.open(folder).table("effects")
    about = (effects["measure"] == plan.outcome) & (effects["group"] == "all") & (effects["when"] == "horizon")
    effects = effects[about]
    found = {}
    for name in plan.scenarios:
        if name == plan.baseline:
            continue
        rows = effects[effects["scenario"] == name]
        values = rows["effect"].to_numpy(np.float64)
        if len(values) < 2:
            found[name] = math.nan
            continue
        found[name] = stats.cluster_interval(values, rows["community"].tolist()).half_width
    return found
