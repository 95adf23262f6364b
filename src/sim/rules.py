"""What a rule is: it reads the week as it stood at its start, and proposes changes.

Shared by :mod:`sim.mechanisms` and :mod:`sim.interventions`, which never import each other, and by
:mod:`sim.model`, which applies what they propose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.rng import Stream

__all__ = ["Floats", "Mechanism", "NewTies", "Proposal", "Sum", "Week", "Weight"]

Floats = NDArray[np.float64]
Weight = Literal["strength", "influence", "support", "count", "confidence"]


@dataclass(frozen=True)
class Sum:
    """A weighted sum over each resident's ties, taken in the week's one pass.

    ``strength``: sum of w_ij x_j. ``influence``: of k_ij x_j, k = strength x weight of the kind.
    ``support``: of how much the tie is lived, x the kind's weight, where the tie supports the resident.
    ``count``: of x_j. ``confidence``: of k_ij (x_j - x_i) over neighbours within ``bound``; with the column
    ``one``, of k_ij over the same neighbours.
    """

    weight: Weight
    column: str = "one"
    """A column of the community, one that a mechanism derives, or ``one``: 1 for everybody."""
    bound: float = float("inf")
    """Only for ``confidence``: greatest difference of attitude that still counts."""


@dataclass
class NewTies:
    """Ties to be made at the end of the week."""

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    strength: Floats
    kind: str
    maker: int
    supports_one: bool = True
    supports_other: bool = True
    place: int = -1


@dataclass
class Proposal:
    """What one rule would change this week."""

    moves: dict[str, Floats] = field(default_factory=dict)
    """Change of each outcome's latent value, shape (residents,)."""
    hears: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    """Who hears of which intervention, and how: values of ``participation.Source``, shape (residents,)."""
    new_ties: list[NewTies] = field(default_factory=list)
    ended_ties: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = field(default_factory=list)


@dataclass
class Week:
    """The week as it stood at its start. Rules must not write into it."""

    number: int
    """1 for the first week that is played."""
    community: Community
    sums: Mapping[Sum, Floats]
    """This week's weighted sums over ties, shape (residents,) each."""
    at_rest: Mapping[Sum, Floats]
    """The same sums at week 0."""
    draws: Any
    """:class:`sim.rng.Draws` of the run."""
    parameters: Mapping[str, Any]
    """The run's mechanisms by name, for rules that share a parameter."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    """What each mechanism's ``begin`` returned, by its name."""
    active_shifts: Mapping[str, Floats] = field(default_factory=dict)
    """What interventions shift each outcome's resting point by now, shape (residents,)."""

    def stream(self, rule: str) -> Stream:
        """Return the draws of a rule in this week."""
        stream: Stream = self.draws.stream(rule, self.number)
        return stream

    def shift_of(self, outcome: str) -> Floats | float:
        """Return by how much interventions shift an outcome's resting point now."""
        return self.active_shifts.get(outcome, 0.0)


@runtime_checkable
class Mechanism(Protocol):
    """A frozen dataclass of parameters with these methods."""

    name: ClassVar[str]

    def reads(self, community: Community) -> Sequence[Sum]:
        """Return the sums over ties that it asks for."""

    def begin(self, week: Week) -> Any:
        """Return what it keeps for the whole run, from the state at week 0."""

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return columns that the pass over the ties needs, computed from the state as it stands."""

    def propose(self, week: Week) -> Proposal:
        """Return what it would change."""
