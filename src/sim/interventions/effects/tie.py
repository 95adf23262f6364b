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
from sim.evidence import field_from
from sim.interventions.effects.base import Events
from sim.rules import Floats, NewTies, Proposal, Week

__all__ = ["Tie", "TieState"]

Numbers = NDArray[np.int32]
Pairs = list[tuple[int, int]]


@dataclass
class TieState:
    """What one tie effect keeps in one run."""

    first: Floats
    """Where in the order each resident's search begins, 0..1."""
    ranked: NDArray[np.int64]
    """Residents in the order of their luck, fixed for the run."""
    rank: NDArray[np.int64]
    """Place of each resident in that order."""
    pairs: Pairs = field(default_factory=list)
    """Participants whom it has brought together with somebody, while they take part, and their partners."""
    found: Pairs = field(default_factory=list)
    """Pairs of this week."""
    parted: Pairs = field(default_factory=list)
    """Pairs whose participant left this week."""


@dataclass(frozen=True)
class Tie:
    """Make ties for participants when they join."""

    kind_of_effect: ClassVar[str] = "tie"

    partner: Literal["volunteer", "participants", "across_group"] = field(
        default="participants", metadata={"key": "with"}
    )
    """With whom: a volunteer (another resident who does not take part and serves one person at a time, in this or any
    other programme), fellow participants (of her own group, where participants come in groups), or residents on the
    other side of the line that ``group`` draws."""
    kind: str = "made"
    """Name of the kind of tie, e.g. ``befriender``: any name, also a new one."""
    strength: float = field_from("tie.strength")
    """Strength of the tie, above 0 and at most 1."""
    number: int = field_from("tie.number")
    """Ties made for each participant, 1 or more."""
    ends: Literal["with_programme", "never"] = "with_programme"
    """Whether the tie ends when the participant leaves, or stays."""
    supports: Literal["both", "one"] = "both"
    """Whom the tie supports: both sides, or the participant only."""
    group: str = "lived_experience"
    """For ``across_group``: a yes-or-no column."""

    def __post_init__(self) -> None:
        wrong = []
        if not 0 < self.strength <= 1:
            wrong.append(f"strength must be above 0 and at most 1, found {self.strength:g}")
        if self.number < 1:
            wrong.append(f"number must be at least 1, found {self.number}")
        if wrong:
            raise ValueError("\n".join(wrong))

    def begin(self, week: Week, label: str) -> TieState:
        """Start without any ties made; check that there is a line to cross."""
        if self.partner == "across_group" and not week.community.columns[self.group].is_flag:
            raise InputError(f"'{self.group}' is not a yes-or-no column: 'across_group' needs one for 'group'")
        stream, who = week.draws.stream(f"{label}: partners"), week.community.identity
        ranked = np.argsort(stream.uniform(who, 1), kind="stable")
        rank = np.empty_like(ranked)
        rank[ranked] = np.arange(len(ranked))
        return TieState(first=stream.uniform(who, 0), ranked=ranked, rank=rank)

    @property
    def calls_on_volunteers(self) -> bool:
        """Whether residents serve others through it."""
        return self.partner == "volunteer"

    def match(self, events: Events, week: Week, state: TieState) -> None:
        """Part those who left from their partners, and find partners for those who joined.

        A volunteer serves while her participant takes part, also where the tie lasts longer.
        """
        state.parted = [pair for pair in state.pairs if events.left[pair[0]]]
        kept = [pair for pair in state.pairs if not events.left[pair[0]]]
        if self.calls_on_volunteers:
            np.subtract.at(events.participation.serving, _numbers(state.parted, 1), 1)
        joined = np.flatnonzero(events.joined).astype(np.int32)
        state.found = self._find(joined, events, week, state) if len(joined) else []
        state.pairs = kept + state.found
        events.participation.matched |= {(min(pair), max(pair)) for pair in state.found}
        if self.calls_on_volunteers:
            np.add.at(events.participation.serving, _numbers(state.found, 1), 1)
            events.participation.volunteer[_numbers(state.found, 1)] = True

    def apply(self, events: Events, week: Week, state: TieState) -> Proposal:
        """End the ties of those who left, and make ties for those who joined."""
        proposal = Proposal()
        if self.ends == "with_programme" and state.parted:
            ours = [pair for pair in state.parted if self._made(week.community.ties, *pair, events.number)]
            proposal.ended_ties.append((_numbers(ours, 0), _numbers(ours, 1)))
        if state.found:
            proposal.new_ties.append(
                NewTies(
                    one=_numbers(state.found, 0),
                    other=_numbers(state.found, 1),
                    strength=np.full(len(state.found), self.strength),
                    kind=self.kind,
                    maker=events.number,
                    supports_other=self.supports == "both",
                )
            )
            events.participation.given_tie[_numbers(state.found, 1)] = True
        return proposal

    def _find(self, joined: Numbers, events: Events, week: Week, state: TieState) -> Pairs:
        """Find partners for those who joined, in the order of their luck, each from where her luck points.

        The search goes through the pool in an order that is fixed for the run, so a scenario with more places
        gives the same partners to those who would have joined anyway wherever they are still free. Whom a programme
        has brought her together with this week already, she does not meet again.
        """
        community = week.community
        sides = self._sides(joined, events, community)
        pools = {side: self._pool(side, events, community, state) for side in set(sides.tolist())}
        side_of = dict(zip(joined.tolist(), sides.tolist(), strict=True))
        together = _together(community)
        taken: set[int] = set()
        found: Pairs = []
        for participant in joined[np.argsort(state.rank[joined])].tolist():
            pool = pools[side_of[participant]]
            met = {participant, *community.ties.neighbours(participant).tolist(), *together.get(participant, ())}
            begin = int(state.first[participant] * len(pool))
            wanted = self.number
            for step in range(len(pool)):
                candidate = int(pool[(begin + step) % len(pool)])
                if candidate in met or (self.calls_on_volunteers and candidate in taken):
                    continue
                found.append((participant, candidate))
                together.setdefault(candidate, set()).add(participant)
                met.add(candidate)
                taken.add(candidate)
                wanted -= 1
                if not wanted:
                    break
        return found

    def _sides(self, joined: Numbers, events: Events, community: Community) -> NDArray[np.int64]:
        """Return a number for each newcomer: those of one number look for partners in the same pool."""
        if self.partner == "across_group":
            return community.flag(self.group)[joined].astype(np.int64)
        if self.partner == "participants":
            return events.participation.group[joined].astype(np.int64)
        return np.zeros(len(joined), np.int64)

    def _pool(self, side: int, events: Events, community: Community, state: TieState) -> Numbers:
        """Return possible partners in the order of their luck: where there are groups, those of her own."""
        state_of = events.participation
        if self.partner == "participants":
            possible = events.taking_part & (state_of.group == side)
        elif self.partner == "across_group":
            possible = community.flag(self.group) ^ bool(side)
        else:
            possible = ~(state_of.offered | state_of.ever() | (state_of.waiting_since != NEVER))
            for other in community.participation.values():
                possible &= other.serving == 0
        return np.asarray(state.ranked[possible[state.ranked]], np.int32)

    def _made(self, ties: Ties, one: int, other: int, maker: int) -> bool:
        """Say whether a tie is this programme's: some rule may have tied the same two in the same week."""
        row = ties.neighbours(one)
        at = int(np.searchsorted(row, other))
        entry = ties.start[one] + at
        there = at < len(row) and row[at] == other
        return bool(there and ties.maker[entry] == maker and ties.kinds[ties.kind[entry]] == self.kind)

    def active_shift(self, state: TieState) -> Mapping[str, Floats]:
        """Return nothing: ties work through support, influence and contact."""
        return {}


def _numbers(pairs: Pairs, side: int) -> Numbers:
    return np.array([pair[side] for pair in pairs], np.int32)


def _together(community: Community) -> dict[int, set[int]]:
    """Return with whom each resident has been brought together by some programme this week."""
    found: dict[int, set[int]] = {}
    for state in community.participation.values():
        for one, other in state.matched:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found
