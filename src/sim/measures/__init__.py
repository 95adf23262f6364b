"""What we look at: measures of a community, for everybody and for groups.

Each measure gives every resident a value and a weight; the measure of a group is the weighted mean over its
residents. A resident with weight 0 is not concerned (self-stigma of people without lived experience).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.measures.base import QUARTER, YEAR, Described, Look, Measure, Valued
from sim.measures.network import INFLUENTIAL, NETWORK, STRENGTH, STRENGTH_TO_LIVED_EXPERIENCE
from sim.measures.outcomes import OPEN_TIES, OUTCOMES, SUPPORT, often_lonely_cut, soft_share
from sim.measures.pairs import ESTIMANDS, PAIRS, is_worse_off, outcome_of_worse_off
from sim.measures.uptake import COST_KINDS, UPTAKE
from sim.measures.weekly import WEEKLY, Weekly

__all__ = [
    "COMPARED",
    "COST_KINDS",
    "ESTIMANDS",
    "MEASURES",
    "QUARTER",
    "READS",
    "WEEKLY",
    "YEAR",
    "Described",
    "Look",
    "Measure",
    "Weekly",
    "is_worse_off",
    "often_lonely_cut",
    "outcome_of_worse_off",
    "soft_share",
    "values_of",
]

READS = (STRENGTH, STRENGTH_TO_LIVED_EXPERIENCE, OPEN_TIES, SUPPORT, INFLUENTIAL)
"""Sums over ties that measures ask for."""

MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*OUTCOMES, *NETWORK, *UPTAKE)}
"""All measures of a community by name, in the order in which tables show them."""

COMPARED: Mapping[str, Described] = {**MEASURES, **{measure.name: measure for measure in PAIRS}}
"""All that a comparison can hold: the measures of a community, and those that exist only between two runs."""


def values_of(name: str, look: Look) -> Valued:
    """Return values and weights of one measure."""
    return MEASURES[name].of(look)
