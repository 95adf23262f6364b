"""Which scenario is best, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compare.facts import Facts
from sim.compare.pairs import at_the_end
from sim.compare.verdicts import FEW_COMMUNITIES, FEWEST_DIFFERENT, NEGLIGIBLE
from sim.errors import InputError
from sim.measures import COMPARED
from sim.rng import Draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_CHANCES", "is_tie", "ranking"]

NO_CHANCES = (
    f"No chance of being best is given: the runs come from fewer than {FEW_COMMUNITIES} communities, too few to judge "
    "by."
)

DRAWS = 4000
"""Draws of the Bayesian bootstrap: a chance of one half is known to within 1.6 points."""

Floats = NDArray[np.float64]


def ranking(
    effects: pd.DataFrame, manifest: Mapping[str, Any], measure: str | None = None, when: str = "horizon"
) -> pd.DataFrame:
    """Return all scenarios from best to worst, with the chance of each of being best.

    Doing nothing is a candidate too: the baseline, whose effect is zero.

    The chances are those of the true mean effects, as the paired runs tell of them: a Bayesian bootstrap (Rubin 1981)
    weighs the runs anew many times, with the same weights for all scenarios, so what hits all of them alike does not
    blur their order; where several runs share a community, communities are weighed. Each draw's distance from the means
    is stretched as Student's t asks for, so the chances rest on the same uncertainty as the intervals; where fewer than
    ten communities are shared by the runs, none are given (NaN). Scenarios that are equal in every run share a chance
    evenly. The draws are keyed, so the same results give the same chances.

    A scenario shares its place with the best of those that are left where the 95% interval of their paired difference
    includes zero, or lies wholly within 0.0001 of it, or where fewer than six runs differ: that is a tie.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    manifest
        Content of ``manifest.json``.
    measure
        The primary measure where absent.
    when
        ``horizon`` or ``average``.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, effect, lower, upper (of the effect against the baseline), place (1 for the best; ties share
        it; missing with too few runs), tied, tied_with (names, with commas), chance_best and chance_best_two (0..1; NaN
        with too few communities),
        seeds (pairs in which all scenarios were played), verdict (``ahead``, ``tied``, ``behind``, ``too few runs``).

    Raises
    ------
    InputError
        When neither direction of the measure is better.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    direction = facts.direction(measure)
    if direction not in ("lower", "higher"):
        raise InputError(f"of '{measure}' neither direction is better, so nothing can be ranked by it")
    table = at_the_end(effects, measure, when=when)
    names = [name for name in facts.compared if name in table]
    table = table[names].dropna()
    played = np.column_stack([np.zeros(len(table)), table.to_numpy(np.float64)])
    names = [facts.baseline, *names]
    community = table.index.get_level_values("community").to_numpy()
    sign = -1.0 if direction == "lower" else 1.0
    first, second = _chances(sign * played, community)
    means = [stats.mean(column) for column in played.T]
    order = sorted(range(len(names)), key=lambda number: (-sign * means[number], number))
    enough = not stats.too_few(len(table))
    places, ties = _places(played, community, order, COMPARED[measure].is_total)
    rows = []
    for number in order:
        own = stats.cluster_interval(played[:, number], community.tolist())
        tied = ties[number] if enough else []
        first_place = places[number] == 1
        verdict = ("tied" if tied else "ahead") if first_place else "behind"
        rows.append({
            "scenario": names[number], "effect": own.estimate, "lower": own.lower, "upper": own.upper,
            "place": places[number] if enough else pd.NA, "tied": bool(tied),
            "tied_with": ", ".join(names[other] for other in tied), "chance_best": first[number],
            "chance_best_two": second[number], "seeds": len(table), "verdict": verdict if enough else "too few runs",
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"place": "Int64"})


def _chances(favour: Floats, community: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the chance of each column of having the highest mean, and one of the two highest."""
    scenarios = favour.shape[1]
    if not len(favour):
        return np.full(scenarios, np.nan), np.full(scenarios, np.nan)
    held, place = np.unique(community, return_inverse=True)
    if len(held) in (1, len(favour)):
        place = np.arange(len(favour))
    elif len(held) < FEW_COMMUNITIES:
        return np.full(scenarios, np.nan), np.full(scenarios, np.nan)
    size = int(place.max()) + 1
    sums = np.zeros((size, scenarios))
    np.add.at(sums, place, favour)
    counts = np.bincount(place, minlength=size).astype(np.float64)
    # scenarios that are equal in every run must be equal in every draw, to the bit
    different, same = np.unique(sums, axis=1, return_inverse=True)
    copies = np.bincount(same.ravel()).astype(np.float64)
    who = np.arange(DRAWS * size, dtype=np.uint64)
    weights = -np.log1p(-Draws(0).stream("compare.ranking").uniform(who)).reshape(DRAWS, size)
    centre = different.sum(axis=0) / counts.sum()
    means = centre + _stretch(size)[:, None] * ((weights @ different) / (weights @ counts)[:, None] - centre)
    ahead = np.array([(copies * (means > means[:, [one]])).sum(axis=1) for one in range(different.shape[1])])
    chances = [np.clip((top - ahead) / copies[:, None], 0.0, 1.0).mean(axis=1) for top in (1.0, 2.0)]
    return chances[0][same.ravel()], chances[1][same.ravel()]


def _stretch(size: int) -> Floats:
    """Return by how much to stretch each draw, so that a mean of so many independent values spreads as Student's t.

    A mean weighed by the bootstrap has the variance ``sum(d^2) / n / (n + 1)`` (d: distances of n values from their
    mean); that of the squared standard error is ``sum(d^2) / n / (n - 1)``, and t divides by the root of a chi square.
    """
    from scipy.special import chdtri

    if size < 2:
        return np.ones(DRAWS)
    luck = Draws(0).stream("compare.ranking.scale").uniform(np.arange(DRAWS, dtype=np.uint64))
    return np.asarray(np.sqrt((size + 1) / chdtri(size - 1, np.maximum(luck, 1e-12))))


def _places(
    played: Floats, community: NDArray[Any], order: Sequence[int], is_total: bool
) -> tuple[dict[int, int], dict[int, list[int]]]:
    """Return each scenario's place, and with whom it shares it."""
    left, places, ties = list(order), {}, {}
    while left:
        best = left[0]
        together = [
            number for number in left if number == best
            or is_tie(played[:, best] - played[:, number], community.tolist(), is_total)
        ]  # fmt: skip
        for number in together:
            places[number] = len(order) - len(left) + 1
            ties[number] = [other for other in together if other != number]
        left = [number for number in left if number not in together]
    return places, ties


def is_tie(difference: Floats, community: list[Any], is_total: bool) -> bool:
    """Say whether two scenarios cannot be told apart, or not by anything of consequence, shape (runs,)."""
    found = stats.cluster_interval(difference, community)
    negligible = not is_total and max(abs(found.lower), abs(found.upper)) < NEGLIGIBLE
    return negligible or not found.clear_of_zero or int(np.count_nonzero(difference)) < FEWEST_DIFFERENT
