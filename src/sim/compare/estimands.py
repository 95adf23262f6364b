"""On whom an effect is: on those offered a place, on those who took part, on everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import records
from sim.measures import ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["effects_by_part", "sizes_by_part"]


def sizes_by_part(effects: pd.DataFrame) -> pd.DataFrame:
    """Return how many residents had which part in each scenario: scenario, group, community, seed, residents.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    """
    rows = effects[(effects["measure"] == "residents") & effects["group"].isin(list(ESTIMANDS))]
    found = rows[["scenario", "group", "community", "seed"]].astype({"scenario": str, "group": str})
    return found.assign(residents=rows["value"].astype(float)).reset_index(drop=True)


def effects_by_part(
    comparison: pd.DataFrame, effects: pd.DataFrame, measure: str, when: str = "horizon"
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the rows of a comparison on residents by their part, with the mean number of ``residents``.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it; for a surveyed community after :func:`sim.compare.suppress`.
    effects
        Rows of ``effects.parquet``, for the numbers of residents.
    measure
        A measure of which an effect on a single resident has a meaning; for others there are no rows.
    when
        ``horizon`` or ``average``.

    Returns
    -------
    dict
        (scenario, name in :data:`sim.measures.ESTIMANDS`) -> row.
    """
    sizes = sizes_by_part(effects)
    means = {key: stats.mean(held) for key, held in sizes.groupby(["scenario", "group"])["residents"]}
    rows = comparison[
        (comparison["measure"] == measure)
        & (comparison["when"] == when)
        & comparison["group"].astype(str).isin(list(ESTIMANDS))
    ]
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in records(rows):
        key = (str(row["scenario"]), str(row["group"]))
        found[key] = {**row, "residents": means[key]}
    return found
