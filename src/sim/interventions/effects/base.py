"""What an effect is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.participation import Participation
from sim.community.ties import Ties
from sim.rules import Floats, Proposal, Week

__all__ = ["Effect", "Events", "Matches", "Prepares", "lottery", "made_by", "meet"]

Who = NDArray[np.bool_]
Numbers = NDArray[np.int32]


@dataclass
class Events:
    """What happened in one intervention this week, as masks over residents."""

    intervention: str
    number: int
    """Position of the intervention in its scenario, by name."""
    participation: Participation
    joined: Who
    """Began to take part this week."""
    taking_part: Who
    """Takes part this week (those who joined included, those who left not)."""
    attended: Who
    """Of those who take part, who attended this week."""
    completed: Who
    """Completed this week."""
    left: Who
    """Completed or dropped out this week."""
    serving: Who
    """Serves a participant this week, as a volunteer."""
    began: Who
    """Serves for the first time this week."""
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
        """Return by how much it shifts the resting point of outcomes now, and ``engagement`` or ``disclosure``."""


def lottery(one: NDArray[np.int32], other: NDArray[np.int32], share: float, week: Week, rule: str) -> Proposal:
    """End each of some ties with a chance of ``share``; a tie's luck is its own, the same in every scenario."""
    identity = week.community.identity
    luck = week.draws.stream(rule).pair_uniform(identity[one], identity[other])
    lost = luck < share
    return Proposal(ended_ties=[(one[lost], other[lost])])


@runtime_checkable
class Matches(Protocol):
    """An effect that brings people together: it finds out who meets whom, and who serves, before any effect acts."""

    def match(self, events: Events, week: Week, state: Any) -> None:
        """Match those who joined, and part those who left; what is made or ended of it is proposed by ``apply``."""


@runtime_checkable
class Prepares(Protocol):
    """An effect that adds something to the community before the run begins, so that others can name it."""

    def prepare(self, community: Community) -> None:
        """Add what the effect needs; at rest it must change nothing."""


def made_by(ties: Ties, one: Numbers, other: Numbers, maker: int) -> Who:
    """Say for each pair whether it is tied by an intervention, which may have found another tie there."""
    from sim import compiled

    at = np.empty(len(one), np.int64)
    compiled.find_ties(ties.start, ties.length, ties.neighbour, one, other, at)
    return np.asarray((at >= 0) & (ties.maker[np.maximum(at, 0)] == maker))


def meet(newcomers: Who, members: Who, number: int, week: Week, rule: str) -> tuple[Numbers, Numbers]:
    """Let newcomers get to know some of the members, and return the pairs.

    Everybody has a spot on a ring and each newcomer several points on it, all by luck that is fixed for the run; at
    each point she meets the next member whom she does not know. So the order of people does not matter, and a member
    more or less changes only who would have met just there.

    Parameters
    ----------
    newcomers
        Who looks for company, shape (residents,).
    members
        Whom they can meet, newcomers included, shape (residents,).
    number
        How many each newcomer meets, if there are so many.
    week
        Whose ties say who knows whom.
    rule
        Name of the draws.

    """
    ties, identity, stream = week.community.ties, week.community.identity, week.draws.stream(rule)
    spot = stream.uniform(identity, 0)
    ring = np.flatnonzero(members)
    ring = ring[np.argsort(spot[ring], kind="stable")]
    queue = np.flatnonzero(newcomers)
    queue = queue[np.argsort(spot[queue], kind="stable")]
    known = {who: {who, *ties.neighbours(who).tolist()} for who in queue.tolist()}
    pairs: list[tuple[int, int]] = []
    for turn in range(number):
        points = np.searchsorted(spot[ring], stream.uniform(identity[queue], turn + 1))
        for who, point in zip(queue.tolist(), points.tolist(), strict=True):
            met = _next_unknown(ring, point, known[who])
            if met is not None:
                pairs.append((who, met))
                known[who].add(met)
                known.get(met, set()).add(who)
    one, other = np.array(pairs, np.int32).reshape(-1, 2).T
    return one, other


def _next_unknown(ring: NDArray[np.int64], point: int, known: set[int]) -> int | None:
    """Return the first of a ring, from a point on, who is not known yet."""
    for step in range(len(ring)):
        member = int(ring[(point + step) % len(ring)])
        if member not in known:
            return member
    return None
