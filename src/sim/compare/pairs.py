"""The paired runs of a study in the order in which a reader meets them, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compare.facts import Facts
from sim.measures import COMPARED, ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WHENS", "PairedRuns", "at_the_end", "codes_of", "paired_runs", "primary_runs"]

WHENS = ("horizon", "average")
"""``horizon``: in the last week; ``average``: over all weeks."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class PairedRuns:
    """Rows of a comparison, and the pairs of runs that each is made from."""

    scenario: NDArray[Any]
    """Of each row, shape (rows,); as are measure, group and when."""
    measure: NDArray[Any]
    group: NDArray[Any]
    when: NDArray[Any]
    filled: Whole
    """Rows of which some pair is defined."""
    grouped: stats.Grouped
    """The pairs, grouped by filled row."""
    community: Whole
    """Of each pair, shape (pairs,); as are seed, baseline, value and effect."""
    seed: Whole
    baseline: Floats
    value: Floats
    effect: Floats

    def __len__(self) -> int:
        return len(self.scenario)

    def spread_out(self, values: NDArray[Any], empty: Any = np.nan) -> NDArray[Any]:
        """Return values of filled rows as values of all rows."""
        found = np.full(len(self), empty, np.asarray(values).dtype if empty is not np.nan else np.float64)
        found[self.filled] = values
        return found


def codes_of(column: pd.Series[Any], order: Sequence[str]) -> Whole:
    """Return the place of each text of a column in an order, -1 for texts that are not in it."""
    import pandas as pd

    place = {name: position for position, name in enumerate(order)}
    if isinstance(column.dtype, pd.CategoricalDtype):
        ranks = np.array([place.get(str(name), -1) for name in column.cat.categories] + [-1], np.int64)
        return np.asarray(ranks[column.cat.codes.to_numpy()])
    codes, names = pd.factorize(column.astype(object))
    ranks = np.array([place.get(str(name), -1) for name in names] + [-1], np.int64)
    return np.asarray(ranks[codes])


def _groups_of(effects: pd.DataFrame) -> list[str]:
    """Return all groups: everybody first, then by part in the interventions, then as they appear."""
    first = ("all", *ESTIMANDS)
    return [*first, *(str(group) for group in effects["group"].unique() if group not in first)]


def paired_runs(effects: pd.DataFrame, facts: Facts) -> PairedRuns:
    """Return the pairs of all rows of a comparison.

    Rows are ordered by scenario (the study's order), measure (the primary one first, then the registry's order),
    group (``all`` first, then by part in the interventions, then as in ``effects``) and when; the pairs of a row by
    community and seed, so the order of ``effects`` changes nothing. Scenarios and measures that the study does not
    know are left out, and the measure ``residents``, which is no outcome.
    """
    measures = [name for name in facts.ordered_measures() if name != "residents" and name in COMPARED]
    orders = {"scenario": list(facts.compared), "measure": measures, "group": _groups_of(effects), "when": list(WHENS)}
    key, known = np.zeros(len(effects), np.int64), np.ones(len(effects), np.bool_)
    for column, order in orders.items():
        codes = codes_of(effects[column], order)
        known &= codes >= 0
        key = key * len(order) + codes
    kinds = {"community": np.int64, "seed": np.int64, "baseline": np.float64, "value": np.float64, "effect": np.float64}
    numbers: dict[str, NDArray[Any]] = {name: effects[name].to_numpy(kind)[known] for name, kind in kinds.items()}
    key = key[known]
    ranked = np.lexsort((numbers["seed"], numbers["community"], key))
    key = key[ranked]
    rows = np.unique(key)
    numbers = {name: held[ranked] for name, held in numbers.items()}
    defined = ~np.isnan(numbers["effect"])
    filled, group = np.unique(np.searchsorted(rows, key[defined]), return_inverse=True)
    numbers = {name: held[defined] for name, held in numbers.items()}
    texts = {}
    left = rows
    for column, order in reversed(orders.items()):
        texts[column] = np.array(order, dtype=object)[left % len(order)]
        left = left // len(order)
    return PairedRuns(
        **texts, filled=filled, grouped=stats.Grouped(group, numbers["community"]),
        **numbers,
    )  # fmt: skip


def at_the_end(
    effects: pd.DataFrame, measure: str, group: str = "all", when: str = "horizon", column: str = "effect"
) -> pd.DataFrame:
    """Return a column of effects as one row a pair (index: community and seed, ascending), one column a scenario."""
    import pandas as pd

    wanted = (("measure", measure), ("group", group), ("when", when))
    chosen = effects[np.logical_and.reduce([codes_of(effects[key], [text]) == 0 for key, text in wanted])]
    names = [str(name) for name in chosen["scenario"].unique()]
    scenario = codes_of(chosen["scenario"], names)
    where = chosen[["community", "seed"]].to_numpy(np.int64)
    pairs, place = np.unique(where, axis=0, return_inverse=True)
    values = np.full((len(pairs), len(names)), np.nan)
    values[place.ravel(), scenario] = chosen[column].to_numpy(np.float64)
    index = pd.MultiIndex.from_arrays([pairs[:, 0], pairs[:, 1]], names=["community", "seed"])
    return pd.DataFrame(values, index, names)


def primary_runs(effects: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the effects on the primary measure of everybody at the horizon, one row a pair, one column a scenario."""
    return at_the_end(effects, facts.outcome)
