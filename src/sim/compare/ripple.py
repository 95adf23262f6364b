"""How far effects travel: by distance from those who took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import stats

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
        effect, lower, upper, seeds (those runs); distances in the order of :data:`DISTANCES`.
    """
    import pandas as pd

    texts = {name: ripple[name].astype(str) for name in ("scenario", "measure", "distance")}
    table = ripple.assign(**texts).dropna(subset=["effect"])
    rank = {name: place for place, name in enumerate(DISTANCES)}
    rows = []
    for (scenario, measure, distance), held in table.groupby(["scenario", "measure", "distance"], sort=False):
        interval = stats.cluster_interval(held["effect"].to_numpy(), held["community"].tolist())
        rows.append(
            {
                "scenario": scenario,
                "measure": measure,
                "distance": distance,
                "residents": stats.mean(held["residents"].to_numpy()),
                "effect": interval.estimate,
                "lower": interval.lower,
                "upper": interval.upper,
                "seeds": interval.count,
            }
        )
    columns = ["scenario", "measure", "distance", "residents", "effect", "lower", "upper", "seeds"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(
        "distance", key=lambda names: names.map(rank).fillna(len(rank)), kind="stable", ignore_index=True
    )
