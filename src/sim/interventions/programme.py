"""The programme that delivers one intervention: announces it, invites, and calls on those who do the rest.

Who takes it up stands in :mod:`sim.interventions.uptake`, who gets a place, attends and leaves in
:mod:`sim.interventions.enrolment`, what it costs in :mod:`sim.interventions.accounts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.participation import AWARE, NEVER, WAITING, Participation, Source
from sim.interventions.accounts import book
from sim.interventions.effects.base import Events, Matches, Prepares
from sim.interventions.enrolment import attend, discharge, enrol
from sim.interventions.spec import Intervention
from sim.interventions.targeting import choose, eligible
from sim.interventions.uptake import LOOK_AT_CONTACTS, contacts_in, decide, hear
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["Programme"]

Who = NDArray[np.bool_]

_NOBODY = np.zeros(0, np.bool_)
"""Until it is known who serves."""


@dataclass
class Programme:
    """One intervention in one run. It owns its :class:`Participation` and nothing else of the community."""

    intervention: Intervention
    number: int
    """Its position among the scenario's interventions in alphabetical order."""
    states: list[Any] = field(default_factory=list)
    """What its effects keep, in their order."""
    _luck: dict[str, Floats] = field(default_factory=dict)
    _matching: list[tuple[Matches, Any]] = field(default_factory=list)
    """Effects that bring people together, with what they keep."""

    @property
    def name(self) -> str:
        """Name of the intervention; its luck hangs on it."""
        return self.intervention.name

    def enter(self, community: Community) -> None:
        """Add the state of participation before anybody has heard of it, and what effects want to be there."""
        for effect in self.intervention.effects:
            if isinstance(effect, Prepares):
                effect.prepare(community)
        community.participation[self.name] = Participation.none(
            len(community), talk=self.intervention.spread.talk, exclusive=self.intervention.exclusive
        )

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the number of contacts who take or took part, where the uptake rule looks at it."""
        return (contacts_in(self.name),) if self.intervention.spread.rule in LOOK_AT_CONTACTS else ()

    def derive(self, community: Community) -> Mapping[str, Floats]:
        """Say who takes or took part, where the uptake rule looks at it."""
        if self.intervention.spread.rule not in LOOK_AT_CONTACTS:
            return {}
        return {contacts_in(self.name).column: community.participation[self.name].ever().astype(np.float64)}

    def begin(self, week: Week) -> None:
        """Let every effect fix what it keeps for the run."""
        self.states = [
            effect.begin(week, f"{self.name}: {index} {effect.kind_of_effect}")
            for index, effect in enumerate(self.intervention.effects)
        ]
        effects = zip(self.intervention.effects, self.states, strict=True)
        self._matching = [(effect, kept) for effect, kept in effects if isinstance(effect, Matches)]

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

    def announce(self, week: Week) -> None:
        """Put up the posters in the first week, before anybody can hear of it, and take them down at the end."""
        spread, community = self.intervention.spread, week.community
        state = community.participation[self.name]
        state.matched.clear()
        if week.number == self.intervention.runs.start and spread.broadcast > 0:
            state.hazard[:] = np.where(self._candidates(week, state), spread.broadcast, 0.0)
            if spread.broadcast_by is not None:
                factor = np.asarray(community.observed(spread.broadcast_by), np.float64)
                state.hazard *= np.nan_to_num(np.maximum(factor, 0.0))
        elif week.number == self._end:
            state.hazard[:] = 0.0

    def play(
        self, week: Week, heard: NDArray[np.int8] | None, heard_from: NDArray[np.int32] | None = None
    ) -> list[Proposal]:
        """Play one week: who leaves, hears, decides, joins and attends; then every effect.

        Parameters
        ----------
        week
            As it stood at its start.
        heard
            Who hears of it this week and how, from word of mouth; None for nobody. It counts while the programme runs.
        heard_from
            From whom they hear, by word of mouth.

        """
        state = week.community.participation[self.name]
        runs, now = self.intervention.runs, week.number
        if not runs.start <= now <= self._end:
            return self._effects_outside(week, state)
        running = now < self._end
        completed, dropped = discharge(runs, self.name, week, state, running=running)
        joined = np.zeros(len(week.community), np.bool_)
        if running:
            if now == runs.start:
                self._invite(week, state, self._candidates(week, state))
            if heard is not None:
                hear(state, heard, heard_from, now)
            if (state.status == AWARE).any():
                willing = self._luck_of("uptake", week) < self.intervention.spread.uptake
                decide(self.intervention.spread, self.name, week, state, self._candidates(week, state), willing)
            if (state.status == WAITING).any():
                joined = enrol(runs, week, state, ~self._taken_elsewhere(week), self._luck_of("queue", week))
        attended = attend(runs, self.name, week, state)
        events = Events(
            intervention=self.name, number=self.number, participation=state, joined=joined,
            taking_part=state.taking_part(), attended=attended, completed=completed, left=completed | dropped,
            serving=_NOBODY, began=_NOBODY, opens=now == runs.start, ends=now == self._end,
        )  # fmt: skip
        self._match(events, week)
        book(self.intervention.cost, events, running=running)
        return self._apply_effects(events, week)

    def _candidates(self, week: Week, state: Participation) -> Who:
        """Say who may be invited, or ask for a place, this week."""
        return eligible(self.intervention.who, week.community) & ~state.ever() & ~state.volunteer

    def _effects_outside(self, week: Week, state: Participation) -> list[Proposal]:
        """Let effects fade after the programme has ended; nothing happens before it has begun."""
        if week.number < self.intervention.runs.start:
            return []
        nobody = np.zeros(len(week.community), np.bool_)
        events = Events(
            intervention=self.name, number=self.number, participation=state, joined=nobody, taking_part=nobody,
            attended=nobody, completed=nobody, left=nobody, serving=nobody, began=nobody, opens=False, ends=False,
        )  # fmt: skip
        return self._apply_effects(events, week)

    def _match(self, events: Events, week: Week) -> None:
        """Let effects bring people together, so that all of them know who serves this week."""
        for effect, kept in self._matching:
            effect.match(events, week, kept)
        state = events.participation
        events.serving = state.serving > 0
        events.began = events.serving & (state.served == 0)
        state.served[events.serving] += 1

    def _apply_effects(self, events: Events, week: Week) -> list[Proposal]:
        return [
            effect.apply(events, week, state)
            for effect, state in zip(self.intervention.effects, self.states, strict=True)
        ]

    def _invite(self, week: Week, state: Participation, candidates: Who) -> None:
        """Choose and invite."""
        stream = week.draws.stream(f"{self.name}: choice")
        invited = choose(self.intervention.choose, candidates, week.community, stream)
        state.offered |= invited
        hear(state, np.where(invited, np.int8(Source.INVITATION), np.int8(Source.NONE)), None, week.number)

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
