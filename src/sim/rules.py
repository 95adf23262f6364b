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

__all__ = ["Floats", "Mechanism", "NewTies", "PlaceChange", "Proposal", "Relaxation", "Sum", "Week", "Weight"]

Floats = NDArray[np.float64]
Weight = Literal["strength", "influence", "support", "count", "confidence"]


@dataclass(frozen=True)
class Sum:
    """A weighted sum over each resident's ties, taken in the week's one pass.

    ``strength``: sum of w_ij x_j. ``influence``: of k_ij x_j, k = strength x weight of the kind.
    ``support``: of how much the tie is lived, x the kind's weight, where the tie supports the resident.
    ``count``: of x_j. ``confidence``: of k_ij (x_j - x_i) over neighbours whose attitude is within ``bound``; with
    the column ``one``, of k_ij over the same neighbours.
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
    kind: str | NDArray[np.int8]
    """Name of the kind of all of them, or the code of each one's kind."""
    maker: int = -1
    """Number of the intervention that makes them; -1 for ties that come by themselves."""
    supports_one: bool = True
    supports_other: bool = True
    place: int | NDArray[np.int16] = -1
    """Number of the place through which they live, -1 for none."""


@dataclass
class PlaceChange:
    """What is to happen to one place at the end of the week."""

    place: int
    """Number of the place."""
    open: bool | None = None
    """Whether it is open from then on; absent: as before."""
    leaves: NDArray[np.bool_] | None = None
    """Who stops being a member, shape (residents,)."""
    joins: NDArray[np.bool_] | None = None
    """Who becomes a member, shape (residents,)."""


@dataclass(frozen=True)
class Relaxation:
    """Why a rule moves an outcome: towards a resting point that is a sum of parts, by a share of the way each week.

    It changes nothing that happens. The model keeps with it how much of what the rule has done is owed to each part.
    """

    rate: float
    """Share of the way that is gone in a week."""
    parts: Mapping[str, Floats | float]
    """What the resting point's distance from week 0 is made of, by name: shape (residents,) each, or one number."""


@dataclass
class Proposal:
    """What one rule would change this week."""

    moves: dict[str, Floats] = field(default_factory=dict)
    """Change of each outcome's latent value, shape (residents,)."""
    towards: dict[str, Relaxation] = field(default_factory=dict)
    """Why, for outcomes that are moved towards a resting point."""
    hears: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    """Who hears of which intervention, and how: values of ``participation.Source``, shape (residents,)."""
    heard_from: dict[str, NDArray[np.int32]] = field(default_factory=dict)
    """From whom, by word of mouth: number of a resident, -1 otherwise, shape (residents,)."""
    new_ties: list[NewTies] = field(default_factory=list)
    ended_ties: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = field(default_factory=list)
    follows: float = 0.0
    """By what share of the way the strength of every tie moves to its strength at rest, as far as it is lived, 0..1."""
    flags: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    """For yes-or-no columns, e.g. ``disclosed``: of whom they become true, shape (residents,)."""
    places: list[PlaceChange] = field(default_factory=list)


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
    """What interventions shift each outcome's resting point by now, shape (residents,); also ``engagement`` and
    ``disclosure``, which are no outcomes."""

    lived: Floats = field(default_factory=lambda: np.empty(0))
    """How much of each tie is lived, 1 = as at week 0, shape of ``Ties.strength``."""
    least_lived: Floats = field(default_factory=lambda: np.empty(0))
    """The least lived of each resident's ties, 1 where none is less, shape (residents,)."""

    held: dict[str, Any] = field(default_factory=dict)
    """What a rule has computed this week and others ask for again, by a name of its own."""

    def stream(self, rule: str) -> Stream:
        """Return the draws of a rule in this week."""
        stream: Stream = self.draws.stream(rule, self.number)
        return stream

    def shift_of(self, outcome: str) -> Floats | float:
        """Return by how much interventions shift an outcome's resting point now."""
        return self.active_shifts.get(outcome, 0.0)


@runtime_checkable
class Mechanism(Protocol):
    """A frozen dataclass of parameters with these methods.

    One that keeps displacements of its own for residents may name them in an attribute ``keeps``: name -> label. The
    model makes a column for each, 0 at week 0, which proposals move like an outcome.
    """

    name: ClassVar[str]

    def reads(self, community: Community) -> Sequence[Sum]:
        """Return the sums over ties that it asks for."""

    def begin(self, week: Week) -> Any:
        """Return what it keeps for the whole run, from the state at week 0."""

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return columns that the pass over the ties needs, computed from the state as it stands."""

    def propose(self, week: Week) -> Proposal:
        """Return what it would change."""
