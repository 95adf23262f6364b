"""Make a tie for those who join: with a volunteer, a fellow participant, or somebody across a group line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.participation import NEVER
from sim.community.ties import Ties
from sim.errors import InputError
from sim.interventions.effects.base import Events
from sim.rules import Floats, NewTies, Proposal, Week

__all__ = ["Tie", "TieState"]

Numbers = NDArray[np.int32]


@dataclass
class TieState:
    """What one tie effect keeps in one run."""

    first: Floats
    """Where in the order each resident's search begins, 0..1."""
    ranked: NDArray[np.int64]
    """Residents in the order of their luck, fixed for the run."""
    rank: NDArray[np.int64]
    """Place of each resident in that order."""
    one: list[int] = field(default_factory=list)
    """Participants of the ties that it made and that last."""
    other: list[int] = field(default_factory=list)
    """Their partners."""


@dataclass(frozen=True)
class Tie:
    """Make ties for participants when they join."""

    kind_of_effect: ClassVar[str] = "tie"

    partner: Literal["volunteer", "participants", "across_group"] = field(
        default="participants", metadata={"key": "with"}
    )
    """With whom: a volunteer (another resident who does not take part and befriends one person at a time), fellow
    participants, or residents on the other side of the line that ``group`` draws."""
    kind: str = "made"
    """Name of the kind of tie, e.g. ``befriender``."""
    strength: float = 0.3
    """Strength of the tie, above 0 and at most 1."""
    number: int = 1
    """Ties made for each participant, 1 or more."""
    ends: Literal["with_programme", "never"] = "with_programme"
    """Whether the tie ends when the participant leaves, or stays."""
    supports: Literal["both", "one"] = "both"
    """Whom the tie supports: both sides, or the participant only."""
    group: str = "lived_experience"
    """For ``across_group``: a yes-or-no column."""

    def __post_init__(self) -> None:
        if not 0 < self.strength <= 1:
            raise ValueError(f"strength must be above 0 and at most 1, found {self.strength}")
        if self.number < 1:
            raise ValueError(f"number must be at least 1, found {self.number}")

    def begin(self, week: Week, label: str) -> TieState:
        """Start without any ties made; check that there is a line to cross."""
        if self.partner == "across_group" and not week.community.columns[self.group].is_flag:
            raise InputError(f"'{self.group}' is not a yes-or-no column: 'across_group' needs one for 'group'")
        stream, who = week.draws.stream(f"{label}: partners"), week.community.identity
        ranked = np.argsort(stream.uniform(who, 1), kind="stable")
        rank = np.empty_like(ranked)
        rank[ranked] = np.arange(len(ranked))
        return TieState(first=stream.uniform(who, 0), ranked=ranked, rank=rank)

    def apply(self, events: Events, week: Week, state: TieState) -> Proposal:
        """End the ties of those who left, and make ties for those who joined."""
        proposal = Proposal()
        if self.ends == "with_programme" and events.left.any():
            ended = [k for k, participant in enumerate(state.one) if events.left[participant]]
            ours = [k for k in ended if self._made(week.community.ties, state.one[k], state.other[k], events.number)]
            proposal.ended_ties.append((_take(state.one, ours), _take(state.other, ours)))
            gone = set(ended)
            state.one = [item for k, item in enumerate(state.one) if k not in gone]
            state.other = [item for k, item in enumerate(state.other) if k not in gone]
        joined = np.flatnonzero(events.joined).astype(np.int32)
        if len(joined):
            one, other = self._match(joined, events, week, state)
            proposal.new_ties.append(
                NewTies(
                    one=np.array(one, np.int32),
                    other=np.array(other, np.int32),
                    strength=np.full(len(one), self.strength),
                    kind=self.kind,
                    maker=events.number,
                    supports_other=self.supports == "both",
                )
            )
            events.participation.given_tie[other] = True
            if self.partner == "volunteer":
                events.participation.volunteer[other] = True
        return proposal

    def _match(self, joined: Numbers, events: Events, week: Week, state: TieState) -> tuple[list[int], list[int]]:
        """Find partners for those who joined, in the order of their luck, each from where her luck points.

        The search goes through the pool in an order that is fixed for the run, so a scenario with more places
        gives the same partners to those who would have joined anyway wherever they are still free.
        """
        community = week.community
        pools = self._pools(events, community, state)
        queue = joined[np.argsort(state.rank[joined])]
        taken: set[int] = set()
        one: list[int] = []
        other: list[int] = []
        for participant in queue.tolist():
            pool = pools[bool(community.flag(self.group)[participant]) if self.partner == "across_group" else False]
            met = set(community.ties.neighbours(participant).tolist()) | {participant}
            met |= {b for a, b in zip(one, other, strict=True) if a == participant}
            met |= {a for a, b in zip(one, other, strict=True) if b == participant}
            begin = int(state.first[participant] * len(pool))
            found = 0
            for step in range(len(pool)):
                candidate = int(pool[(begin + step) % len(pool)])
                if candidate in met or (self.partner == "volunteer" and candidate in taken):
                    continue
                one.append(participant)
                other.append(candidate)
                met.add(candidate)
                taken.add(candidate)
                found += 1
                if found == self.number:
                    break
        state.one += one
        state.other += other
        return one, other

    def _pools(self, events: Events, community: Community, state: TieState) -> Mapping[bool, Numbers]:
        """Return possible partners in the order of their luck, by the participant's own side of the line."""
        state_of = events.participation
        if self.partner == "participants":
            possible = {False: state_of.taking_part()}
        elif self.partner == "across_group":
            side = community.flag(self.group)
            possible = {False: side, True: ~side}
        else:
            free = ~(state_of.offered | state_of.ever() | (state_of.waiting_since != NEVER))
            free[state.other] = False
            possible = {False: free}
        return {side_of: state.ranked[mask[state.ranked]].astype(np.int32) for side_of, mask in possible.items()}

    def _made(self, ties: Ties, one: int, other: int, maker: int) -> bool:
        """Say whether a tie is this programme's: another one may have tied the same two in the same week."""
        row = ties.neighbours(one)
        at = int(np.searchsorted(row, other))
        entry = ties.start[one] + at
        there = at < len(row) and row[at] == other
        return bool(there and ties.maker[entry] == maker and ties.kinds[ties.kind[entry]] == self.kind)

    def active_shift(self, state: TieState) -> Mapping[str, Floats]:
        """Return nothing: ties work through support, influence and contact."""
        return {}


def _take(items: list[int], places: list[int]) -> Numbers:
    return np.array([items[k] for k in places], np.int32)
