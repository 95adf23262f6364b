"""What an effect is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.community.participation import Participation
from sim.rules import Floats, Proposal, Week

__all__ = ["Effect", "Events", "lottery"]

Who = NDArray[np.bool_]


@dataclass
class Events:
    """What happened in one intervention this week, as masks over residents."""

    intervention: str
    number: int
    """Position of the intervention in its scenario, by name."""
    participation: Participation
    joined: Who
    """Began to take part this week."""
    attended: Who
    """Took part this week (those who joined included, those who left not)."""
    completed: Who
    """Completed this week."""
    left: Who
    """Completed or dropped out this week."""
    opens: bool
    """Whether this is the programme's first week."""
    ends: bool
    """Whether the programme has just ended."""


@runtime_checkable
class Effect(Protocol):
    """A frozen dataclass; written in scenario files as a mapping with its kind as the only key."""

    kind_of_effect: ClassVar[str]

    def begin(self, week: Week, label: str) -> Any:
        """Return the state that the effect keeps in one run, made when the run begins.

        ``label`` tells the effect from others, for its draws.
        """

    def apply(self, events: Events, week: Week, state: Any) -> Proposal:
        """Return what the effect would change this week; it may update its own state."""

    def active_shift(self, state: Any) -> Mapping[str, Floats]:
        """Return by how much it shifts the resting point of outcomes now."""


def lottery(one: NDArray[np.int32], other: NDArray[np.int32], share: float, week: Week, rule: str) -> Proposal:
    """End each of some ties with a chance of ``share``; a tie's luck is its own, the same in every scenario."""
    identity = week.community.identity
    luck = week.draws.stream(rule).pair_uniform(identity[one], identity[other])
    lost = luck < share
    return Proposal(ended_ties=[(one[lost], other[lost])])
