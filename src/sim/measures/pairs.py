"""Measures that exist only between two runs: of a resident under a scenario and of the same one under the baseline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.measures.base import Described
from sim.rules import Floats

__all__ = ["ESTIMANDS", "PAIRS", "PERSONAL_SCALES", "is_worse_off", "outcome_of_worse_off"]

ESTIMANDS = {
    "offered": "those offered a place",
    "participants": "those who took part",
    "volunteers": "those who helped to deliver it",
    "spillover": "everybody else",
}
"""Groups of residents by their part in a scenario's interventions, and their words. The same residents are read in
both runs of a pair, so a difference is an effect on them (Hudgens & Halloran 2008): ``offered`` is the effect of
intention to treat on those whom a programme chose, ``participants`` the total effect on those who took part,
``spillover`` the indirect effect on those who were neither offered anything nor delivered it nor took part. The effect
on everybody, group ``all``, is the overall one, on which scenarios are compared."""

PERSONAL_SCALES = ("loneliness", "stigma", "self_stigma")
"""Outcomes of a resident on a scale from 0, good, to 1."""

PAIRS = (
    Described(
        "worse_off",
        "worse off",
        "Number of residents whose primary outcome (loneliness, where that is no scale from 0 to 1) ends more than "
        "0.05 worse than that of the same resident under the baseline, on average over the runs of one community. The "
        "more runs a community has, the more luck averages out; where each run has a community of its own, luck alone "
        "makes some worse off and others better off.",
        "lower",
        "residents",
        is_total=True,
    ),
)
"""Measures that compare two runs, resident by resident, in the order in which tables show them."""


def outcome_of_worse_off(outcome: str) -> str:
    """Return the outcome by which residents count as worse off in a study about ``outcome``."""
    return outcome if outcome in PERSONAL_SCALES else "loneliness"


def is_worse_off(effect: Floats) -> NDArray[np.bool_]:
    """Say who is worse off by more than counts, on a scale where lower is better; nobody where not concerned (NaN)."""
    return np.asarray(effect > float(evidence.value("measures.worse_off")))
