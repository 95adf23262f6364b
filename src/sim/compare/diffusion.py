"""How fast uptake spreads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["time_to_share"]


def time_to_share(
    series: pd.DataFrame, share: float, measure: str = "reached", *, of_the_final: bool = False
) -> pd.DataFrame:
    """Return the first week in which a measure of the whole community reaches a share, for each run.

    Parameters
    ----------
    series
        Rows of ``series.parquet``; the measure should be one that is taken in every week.
    share
        Above 0 and at most 1: of residents or, with ``of_the_final``, of what the run ends with.
    measure
        A measure that only grows: ``reached`` or ``aware``.
    of_the_final
        Whether the share is one of the value in the last week.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, community, seed, week; NaN where it was never reached, and where the run ends with nothing.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, found {share}")
    rows = series[(series["measure"] == measure) & (series["group"] == "all")]
    rows = rows.astype({"scenario": str}).sort_values("week", kind="stable")
    found = []
    for (scenario, community, seed), run in rows.groupby(["scenario", "community", "seed"], sort=False):
        values, weeks = run["value"].to_numpy(), run["week"].to_numpy()
        wanted = share * values[-1] if of_the_final else share
        there = values >= wanted
        week = float(weeks[there.argmax()]) if wanted > 0 and there.any() else np.nan
        found.append((scenario, community, seed, week))
    import pandas as pd

    return pd.DataFrame(found, columns=["scenario", "community", "seed", "week"])
