"""The programme that delivers one intervention: invites, enrols, delivers, discharges, and keeps the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.participation import NEVER, Participation, Source, Status
from sim.interventions.effects.base import Events
from sim.interventions.spec import Intervention
from sim.interventions.targeting import choose, eligible
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["Programme"]

Who = NDArray[np.bool_]


@dataclass
class Programme:
    """One intervention in one run. It owns its :class:`Participation` and nothing else of the community."""

    intervention: Intervention
    number: int
    """Its position among the scenario's interventions in alphabetical order."""
    states: list[Any] = field(default_factory=list)
    """What its effects keep, in their order."""
    _luck: dict[str, Floats] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the intervention; its luck hangs on it."""
        return self.intervention.name

    @property
    def _contacts(self) -> Sum:
        return Sum("count", f"participants: {self.name}")

    def enter(self, community: Community) -> None:
        """Add the state of participation before anybody has heard of it."""
        community.participation[self.name] = Participation.none(
            len(community), talk=self.intervention.spread.talk, exclusive=self.intervention.exclusive
        )

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the number of contacts who take or took part, where the uptake rule looks at it."""
        return (self._contacts,) if self.intervention.spread.rule == "threshold" else ()

    def derive(self, community: Community) -> Mapping[str, Floats]:
        """Say who takes or took part, where the uptake rule looks at it."""
        if self.intervention.spread.rule != "threshold":
            return {}
        return {self._contacts.column: community.participation[self.name].ever().astype(np.float64)}

    def begin(self, week: Week) -> None:
        """Let every effect fix what it keeps for the run."""
        self.states = [
            effect.begin(week, f"{self.name}: {index} {effect.kind_of_effect}")
            for index, effect in enumerate(self.intervention.effects)
        ]

    def active_shifts(self) -> list[Mapping[str, Floats]]:
        """Return what each effect shifts the resting points of outcomes by now."""
        return [
            effect.active_shift(state) for effect, state in zip(self.intervention.effects, self.states, strict=True)
        ]

    @property
    def _end(self) -> int:
        """The first week in which it no longer runs."""
        runs = self.intervention.runs
        return NEVER if runs.weeks is None else runs.start + runs.weeks

    def play(self, week: Week, heard: NDArray[np.int8] | None) -> list[Proposal]:
        """Play one week: who leaves, hears, decides and joins; then every effect.

        Parameters
        ----------
        week
            As it stood at its start.
        heard
            Who hears of it this week and how, from word of mouth; None for nobody.

        """
        state = week.community.participation[self.name]
        runs, now = self.intervention.runs, week.number
        if now < runs.start or (now > self._end and not state.taking_part().any()):
            return self._effects_after_the_end(week, state)
        running = now < self._end
        opens = now == runs.start
        completed, dropped = self._discharge(week, state, running)
        candidates = (
            eligible(self.intervention.who, week.community) & ~state.ever() & ~state.volunteer if running else None
        )
        if opens:
            assert candidates is not None
            self._open(week, state, candidates)
        if heard is not None:
            self._hear(state, heard, now)
        joined = np.zeros(len(week.community), np.bool_)
        if candidates is not None:
            self._decide(week, state, candidates)
            joined = self._enrol(week, state)
        else:
            state.hazard[:] = 0.0
        self._account(state, opens=opens, running=running, joined=int(joined.sum()))
        events = Events(
            intervention=self.name, number=self.number, participation=state, joined=joined,
            attended=state.taking_part(), completed=completed, left=completed | dropped, opens=opens,
            ends=now == self._end,
        )  # fmt: skip
        return self._apply_effects(events, week)

    def _effects_after_the_end(self, week: Week, state: Participation) -> list[Proposal]:
        """Let effects fade after the programme has ended; nothing happens before it has begun."""
        if week.number < self.intervention.runs.start:
            return []
        nobody = np.zeros(len(week.community), np.bool_)
        events = Events(self.name, self.number, state, nobody, nobody, nobody, nobody, opens=False, ends=False)
        return self._apply_effects(events, week)

    def _apply_effects(self, events: Events, week: Week) -> list[Proposal]:
        return [
            effect.apply(events, week, state)
            for effect, state in zip(self.intervention.effects, self.states, strict=True)
        ]

    def _discharge(self, week: Week, state: Participation, running: bool) -> tuple[Who, Who]:
        """Return who completes and who drops out this week, and record it."""
        runs, now = self.intervention.runs, week.number
        taking_part = state.taking_part()
        completed = taking_part.copy() if not running else np.zeros_like(taking_part)
        if runs.length is not None:
            completed |= taking_part & (now - state.joined >= runs.length)
        dropped = np.zeros_like(taking_part)
        if runs.dropout > 0 and taking_part.any():
            luck = week.stream(f"{self.name}: dropout").uniform(week.community.identity)
            dropped = taking_part & ~completed & (luck < runs.dropout)
        state.status[completed] = Status.COMPLETED
        state.status[dropped] = Status.DROPPED_OUT
        state.left[completed | dropped] = now
        if not running:
            state.status[state.status == Status.WAITING] = Status.AWARE
        return completed, dropped

    def _open(self, week: Week, state: Participation, candidates: Who) -> None:
        """Choose and invite, and start broadcasting."""
        spread, community = self.intervention.spread, week.community
        stream = week.draws.stream(f"{self.name}: choice")
        invited = choose(self.intervention.choose, candidates, community, stream)
        state.offered |= invited
        self._hear(state, np.where(invited, np.int8(Source.INVITATION), np.int8(Source.NONE)), week.number)
        if spread.broadcast > 0:
            state.hazard[:] = np.where(candidates, spread.broadcast, 0.0)
            if spread.broadcast_by is not None:
                factor = np.asarray(community.observed(spread.broadcast_by), np.float64)
                state.hazard *= np.nan_to_num(np.maximum(factor, 0.0))

    @staticmethod
    def _hear(state: Participation, heard: NDArray[np.int8], now: int) -> None:
        new = (heard != Source.NONE) & (state.status == Status.UNAWARE)
        state.status[new] = Status.AWARE
        state.source[new] = heard[new]
        state.heard[new] = now

    def _decide(self, week: Week, state: Participation, candidates: Who) -> None:
        """Let those who know decide: once, or for the threshold rule every week until enough contacts take part."""
        spread = self.intervention.spread
        deciding = candidates & (state.status == Status.AWARE)
        if not deciding.any():
            return
        willing = self._luck_of("uptake", week) < spread.uptake
        state.status[deciding & ~willing] = Status.DECLINED
        wants = deciding & willing
        if spread.rule == "threshold":
            wants &= state.offered | self._enough_contacts(week)
        state.status[wants] = Status.WAITING
        state.waiting_since[wants] = week.number

    def _enough_contacts(self, week: Week) -> Who:
        """Say whose contacts take part in sufficient number, or share, or both where both are asked for."""
        spread = self.intervention.spread
        contacts = week.sums[self._contacts]
        enough = np.ones(len(contacts), np.bool_)
        if spread.contacts is not None:
            enough &= contacts >= spread.contacts
        if spread.share is not None:
            degree = week.community.ties.length
            enough &= (degree > 0) & (contacts >= spread.share * degree)
        return enough

    def _enrol(self, week: Week, state: Participation) -> Who:
        """Give free places to those who wait, in the order of time and then of luck; return who joins.

        Nobody joins who could not stay for the whole length before the programme ends.
        """
        waiting = state.status == Status.WAITING
        joined = np.zeros(len(waiting), np.bool_)
        waiting &= ~self._taken_elsewhere(week)
        too_late = week.number + (self.intervention.runs.length or 0) > self._end
        if too_late or not waiting.any():
            return joined
        places = self.intervention.runs.places
        free = len(waiting) if places is None else places - int(state.taking_part().sum())
        if free <= 0:
            return joined
        queue = np.flatnonzero(waiting)
        if len(queue) > free:
            luck = self._luck_of("queue", week)
            queue = queue[np.lexsort((luck[queue], state.waiting_since[queue]))][:free]
        joined[queue] = True
        state.status[joined] = Status.TAKING_PART
        state.joined[joined] = week.number
        return joined

    def _luck_of(self, decision: str, week: Week) -> Floats:
        """Return each resident's one draw for a decision, the same in every week."""
        if decision not in self._luck:
            stream = week.draws.stream(f"{self.name}: {decision}")
            self._luck[decision] = stream.uniform(week.community.identity)
        return self._luck[decision]

    def _taken_elsewhere(self, week: Week) -> Who:
        """Say who takes part in another intervention that excludes, or is excluded by, this one."""
        taken = np.zeros(len(week.community), np.bool_)
        for name, other in week.community.participation.items():
            if name != self.name and (self.intervention.exclusive or other.exclusive):
                taken |= other.taking_part()
        return taken

    def _account(self, state: Participation, *, opens: bool, running: bool, joined: int) -> None:
        """Add this week's spending by kind."""
        cost, books = self.intervention.cost, state.spending
        items = {
            "fixed": cost.fixed if opens else 0.0,
            "per_week": cost.per_week if running else 0.0,
            "per_participant": cost.per_participant * joined,
            "per_participant_week": cost.per_participant_week * int(state.taking_part().sum()),
        }
        for kind, amount in items.items():
            books[kind] = books.get(kind, 0.0) + amount
