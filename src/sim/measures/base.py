"""What a measure is, and what it sees of a community at the end of a week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from sim import compiled
from sim.community.community import Community
from sim.rules import Floats, Sum

__all__ = ["QUARTER", "YEAR", "Described", "Look", "Measure", "Valued"]

QUARTER = 13
"""Weeks between two takings of measures that change slowly; groups are measured as often."""

YEAR = 52
"""Weeks between two takings of measures of the network's shape."""

Valued = tuple[Floats, Floats | None]
"""Values and weights, shape (residents,) each; None for weight 1 everywhere."""


@dataclass
class Look:
    """A community at the end of a week, as measures see it."""

    community: Community
    sums: Mapping[Sum, Floats]
    often_lonely_cut: float
    """Loneliness above which somebody counts as often lonely: see :func:`sim.measures.often_lonely_cut`."""
    _triangles: dict[int, Floats] = field(default_factory=dict)

    def degree(self, *kinds: str) -> Floats:
        """Return the number of ties of each resident, of some kinds or (none named) of all."""
        ties = self.community.ties
        if not kinds:
            return ties.length.astype(np.float64)
        found = np.zeros(len(self.community))
        for kind in kinds:
            if kind in ties.kinds:
                found += ties.counts[ties.kinds.index(kind)]
        return found

    def triangles(self) -> Floats:
        """Return how many pairs of each resident's contacts have a tie themselves."""
        ties = self.community.ties
        if ties.version not in self._triangles:
            self._triangles.clear()
            closed = np.zeros(len(self.community), np.int64)
            compiled.triangles(ties.start, ties.length, ties.neighbour, closed)
            self._triangles[ties.version] = closed.astype(np.float64)
        return self._triangles[ties.version]


@dataclass(frozen=True)
class Described:
    """What readers are told of a measure."""

    name: str
    label: str
    """For readers, in lower case."""
    description: str
    """What exactly is measured, in one sentence."""
    better: Literal["lower", "higher", ""]
    """Which way is good; empty where neither is."""
    unit: str = ""
    is_share: bool = False
    """Whether it is a share of residents, and can be read as people per 1,000."""
    is_total: bool = False
    """Whether it is summed, not averaged; for the whole community only unless ``by_group``."""
    by_group: bool = True
    """Whether it is taken for groups too."""
    structural: bool = False
    """Whether it changes only when a tie is made or ended, and need not be taken again in other weeks."""
    personal: bool = False
    """Whether an effect on a single resident has a meaning (for ripple by distance, and for estimands)."""
    every: int = 1
    """Weeks between two takings: 1, :data:`QUARTER` or :data:`YEAR`; week 0 and the last week in any case, and every
    week where it is what the study is about."""
    is_detail: bool = False
    """Whether it is a finer view of another measure, which a report shows among the details."""


@dataclass(frozen=True)
class Measure(Described):
    """One measure of a community at the end of a week."""

    of: Callable[[Look], Valued] = field(kw_only=True)
    """From what it sees to each resident's value and weight."""
