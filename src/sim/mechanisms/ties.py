"""Ties: strength follows what is lived, ties end, and people who have fewer than usual look for others.

Everybody has as many slots for ties of each kind as she began with, so that nobody's number of friends drifts: new
ties fill slots that have become free. (Made at a constant rate instead, they would turn everybody's number of friends
into a matter of chance, and the share without any would double in seven years.) Ties that interventions make fill none.
Of core ties 48% are kept over seven years (Mollenhorst 2009).

Whether somebody searches is her own luck, whether a tie ends and whether it is accepted is that of the two, so a tie
that an intervention does not concern has the same fate in every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.community.meeting import Meeting, chance_of_free_slot
from sim.evidence import field_from
from sim.rules import Floats, NewTies, Proposal, Sum, Week

__all__ = ["ChangingTies", "TieState"]


@dataclass
class TieState:
    """What is kept for the whole run."""

    slots: NDArray[np.int32]
    """How many ties of each kind a resident looks for, shape (residents, kinds)."""
    strengths: Floats
    """Strengths of all ties at week 0 by kind, within it in ascending order: what new ones are drawn from."""
    first: NDArray[np.int64]
    """Where the strengths of each kind begin in ``strengths``, shape (kinds + 1,)."""
    meeting: Meeting
    """Who can meet whom."""
    count: NDArray[np.int32]
    """How many ties of each kind a resident has that no intervention made, as of the last week that was played."""
    one: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    """Where ties that end are written each week."""
    other: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))


@dataclass(frozen=True)
class ChangingTies:
    """Parameters of how ties change."""

    name: ClassVar[str] = "ties"

    turnover: bool = True
    """Whether ties end by themselves and others are made; their strength follows what is lived in any case."""
    rate: float = field_from("ties.rate", at_least=0, at_most=1)
    """Share of the distance to the strength as lived that is made up in a week, 0..1."""
    too_weak: float = field_from("ties.too_weak", at_least=0, at_most=1)
    """Share of its strength at rest below which a tie ends, 0..1."""
    ending_household: float = field_from("ties.ending_core", at_least=0, at_most=1)
    """Chance a week that a tie in the household ends, 0..1."""
    ending_family: float = field_from("ties.ending_core", at_least=0, at_most=1)
    """Chance a week that a tie in the family ends, 0..1."""
    ending_friend: float = field_from("ties.ending_core", at_least=0, at_most=1)
    """Chance a week that a tie between friends ends, 0..1."""
    ending_neighbour: float = field_from("ties.ending_neighbour", at_least=0, at_most=1)
    """Chance a week that a tie between neighbours ends, 0..1."""
    ending_group: float = field_from("ties.ending_group", at_least=0, at_most=1)
    """Chance a week that a tie between members of a place ends, 0..1."""
    ending_other: float = field_from("ties.ending_other", at_least=0, at_most=1)
    """Chance a week that any other tie ends, 0..1; one that an intervention made does not while it goes on for one of
    the two."""
    search: float = field_from("ties.search", at_least=0, at_most=1)
    """Chance a week of looking for somebody with one slot free, 0..1; with v free, 1 - (1 - search)^v."""
    refusal: float = field_from("ties.refusal", at_least=0, at_most=1)
    """Chance of turning down somebody who has disclosed, for each unit of one's own stigma, 0..1."""
    friend_of_friend: float = field_from("ties.friend_of_friend", at_least=0.01)
    """How many times as likely a friend of a friend is chosen, above 0."""
    fellow_member: float = field_from("ties.fellow_member", at_least=0.01)
    """How many times as likely a member of the same open place is chosen as a friend, above 0."""
    alike: float = field_from("ties.alike", at_least=0.01)
    """How many times as likely somebody of the same age band is chosen, above 0."""
    near: float = field_from("ties.near", at_least=0.01)
    """How many times as likely somebody of the same area is chosen, above 0."""
    apart: int = field_from("ties.apart", at_least=0)
    """Weeks in which two who have parted do not find together again, 0 or more."""
    circle: int = field_from("ties.circle", at_least=1)
    """Residents of the community, or of a larger area or place, among whom people can meet in one week, 1 or more."""

    def __post_init__(self) -> None:
        for item in fields(self):
            low, high = item.metadata.get("at_least"), item.metadata.get("at_most")
            value = getattr(self, item.name)
            if low is not None and not low <= value <= (float("inf") if high is None else high):
                raise ValueError(f"{item.name} must be at least {low}{'' if high is None else f' and at most {high}'}")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for nothing: ties are read one by one."""
        return ()

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Derive nothing."""
        return {}

    def begin(self, week: Week) -> TieState:
        """Keep everybody's number of ties of each kind, with what is free at week 0, and the strengths of each kind."""
        ties, identity = week.community.ties, week.community.identity
        ties.begin_anew()
        pairs, slots = ties.pairs(), ties.degrees()
        usual, kind = pairs["reference"], pairs["kind"]
        for code, ending in enumerate(self.endings(ties.kinds)):
            luck = week.draws.stream(f"ties: free slots {ties.kinds[code]}").uniform(identity)
            free = ending / (ending + 2.0 * self.search) if self.search > 0 else 0.0
            slots[:, code] += luck < chance_of_free_slot(slots[:, code], free)
        return TieState(
            slots=slots,
            count=np.zeros_like(slots),
            strengths=np.concatenate([np.empty(0), *(np.sort(usual[kind == code]) for code in range(len(ties.kinds)))]),
            first=np.append(0, np.cumsum(np.bincount(kind, minlength=len(ties.kinds)))),
            meeting=Meeting.of(week.community, self.circle),
        )

    def endings(self, kinds: Sequence[str]) -> Floats:
        """Return the weekly chance of ending of each kind of tie."""
        named = {
            "household": self.ending_household, "family": self.ending_family, "friend": self.ending_friend,
            "neighbour": self.ending_neighbour, "group": self.ending_group,
        }  # fmt: skip
        return np.array([named.get(kind, self.ending_other) * self.turnover for kind in kinds], np.float64)

    def propose(self, week: Week) -> Proposal:
        """Let strengths follow what is lived, end ties, and let people with free slots find each other."""
        community, ties, state = week.community, week.community.ties, week.constants[self.name]
        programmes = community.participation.values()
        held = np.array([item.taking_part() for item in programmes], np.bool_).reshape(len(programmes), len(community))
        if len(state.one) < len(ties.strength):
            state.one, state.other = np.empty(len(ties.strength), np.int32), np.empty(len(ties.strength), np.int32)
        ended = compiled.live_ties(
            np.uint64(week.stream("ties: ending").key), week.number, community.identity, ties.start, ties.length,
            ties.due, ties.neighbour, ties.strength, ties.reference, ties.kind, ties.maker, ties.ending, week.lived,
            week.least_lived, held, self.endings(ties.kinds), self.rate, self.too_weak, state.count, state.one,
            state.other,
        )  # fmt: skip
        proposal = Proposal(follows=self.rate, ended_ties=[(state.one[:ended], state.other[:ended])])
        if self.turnover:
            proposal.new_ties.append(self._new(week, state))
        return proposal

    def _new(self, week: Week, state: TieState) -> NewTies:
        """Return the ties of those who find each other and accept; the luckier pairs first where slots are few."""
        weights = np.array([self.alike, self.near, self.fellow_member, self.friend_of_friend])
        luck, since = (week.draws, week.number), week.number - self.apart
        found = state.meeting.find(week.community, luck, state.slots, state.count, self.search, weights, since)
        keys = np.array([week.stream(f"ties: {name}").key for name in ("acceptance", "strength")], np.uint64)
        accepted, one, other, kind, place, strength = compiled.accept_pairs(
            keys, week.community.identity, *found, state.slots, state.count, week.community.flag("disclosed"),
            week.community.observed("stigma"), self.refusal, state.strengths, state.first,
        )  # fmt: skip
        new = slice(accepted)
        return NewTies(one[new], other[new], strength[new], kind[new], place=place[new])
