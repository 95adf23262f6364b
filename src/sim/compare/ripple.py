"""How far effects travel: by distance from those who took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim import stats
from sim.compare.pairs import codes_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DISTANCES", "ripple_summary"]

DISTANCES = {
    "participant": "took part",
    "volunteer": "volunteers",
    "partner": "given a tie by it",
    "1": "one tie away",
    "2": "two ties away",
    "3": "three ties away",
    "more": "further away",
    "unreached": "not connected",
}
"""Classes of distance over close ties (household, family, friends), in order, and their words."""


def ripple_summary(ripple: pd.DataFrame) -> pd.DataFrame:
    """Return the mean effect over runs with its 95% interval, by scenario, measure and distance.

    Parameters
    ----------
    ripple
        Rows of ``ripple.parquet``.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, measure, distance, residents (mean over the runs in which the class occurs),
        effect, lower, upper, standard_error, seeds (those runs); distances in the order of :data:`DISTANCES`.
    """
    import pandas as pd

    orders = {
        name: list(dict.fromkeys(ripple[name].astype(str))) if name != "distance" else list(DISTANCES)
        for name in ("scenario", "measure", "distance")
    }
    orders["distance"] += [name for name in dict.fromkeys(ripple["distance"].astype(str)) if name not in DISTANCES]
    table = pd.DataFrame(
        {name: codes_of(ripple[name], order) for name, order in orders.items()}
        | {name: ripple[name].to_numpy() for name in ("community", "seed", "residents", "effect")}
    ).dropna(subset=["effect"])  # fmt: skip
    keys = ["distance", "scenario", "measure"]
    table = table.sort_values([*keys, "community", "seed"])
    rows, group = np.unique(table[keys].to_numpy(), axis=0, return_inverse=True)
    grouped = stats.Grouped(group.ravel(), table["community"].to_numpy())
    found = grouped.intervals(table["effect"].to_numpy(np.float64))
    texts = {
        name: np.array(orders[name], dtype=object)[rows[:, place]] if len(rows) else []
        for place, name in enumerate(keys)
    }
    return pd.DataFrame({
        **{name: texts[name] for name in ("scenario", "measure", "distance")},
        "residents": grouped.mean(table["residents"].to_numpy(np.float64)), "effect": found.estimate,
        "lower": found.lower, "upper": found.upper, "standard_error": found.standard_error, "seeds": grouped.count,
    })  # fmt: skip
