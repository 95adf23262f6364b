"""Targets of made communities beside what was achieved, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.community.community import Match

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ORIGIN_OF_TOLERANCES", "match_table"]

ORIGIN_OF_TOLERANCES = (
    "Tolerances are our judgement of how far off a figure may be and still serve, not a statistical test "
    "(docs/synthesis.md lists them); what small numbers of residents can do is added. A table of your own can set them."
)
"""Where the tolerances of targets come from, for readers."""


def match_table(matches: Sequence[Sequence[Match]]) -> pd.DataFrame:
    """Return how well targets are met, over one or several communities with the same targets.

    Returns
    -------
    pandas.DataFrame
        One row a target: ``target`` (in words), ``wanted`` and ``achieved`` (means over the communities),
        ``difference`` (achieved minus wanted), ``tolerance``, ``met_in`` (number of communities in which the
        difference is within the tolerance), ``verdict`` (``met`` if in all of them, else ``missed``) and ``source``.
    """
    import pandas as pd

    rows = []
    for same in zip(*matches, strict=True):
        wanted = sum(match.wanted for match in same) / len(same)
        achieved = sum(match.achieved for match in same) / len(same)
        met = sum(match.met for match in same)
        verdict = "met" if met == len(same) else "missed"
        tolerance = max(match.tolerance for match in same)
        rows.append((same[0].target, wanted, achieved, achieved - wanted, tolerance, met, verdict, same[0].source))
    columns = ["target", "wanted", "achieved", "difference", "tolerance", "met_in", "verdict", "source"]
    return pd.DataFrame(rows, columns=columns)
