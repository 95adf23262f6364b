"""The week: rules propose, this module applies.

A core small enough to read in one sitting. It knows no Mesa and no files; :class:`sim.model.CommunityModel`
wraps it for Mesa's users, :mod:`sim.run` plays it directly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.columns import OUTCOMES, Outcome
from sim.community.community import Community
from sim.errors import InputError
from sim.interventions.programme import Programme
from sim.interventions.spec import Intervention
from sim.measures import READS, Look, often_lonely_cut
from sim.model.sums import Sums
from sim.rng import Draws
from sim.rules import Floats, Mechanism, Proposal, Relaxation, Sum, Week

__all__ = ["Simulation"]


class Simulation:
    """One run: a community, rules, and luck.

    Parameters
    ----------
    community
        Is changed as weeks are played: hand over a copy.
    mechanisms
        What happens, in any order.
    interventions
        What is done, in any order; names must differ.
    seed
        Seed of the run's luck.

    Raises
    ------
    InputError
        If the community lacks an outcome, or an intervention does not fit the community.

    """

    def __init__(
        self,
        community: Community,
        mechanisms: Iterable[Mechanism],
        interventions: Iterable[Intervention] = (),
        seed: int = 1,
    ) -> None:
        self.community = community
        self.mechanisms = tuple(sorted(mechanisms, key=lambda mechanism: mechanism.name))
        self.seed = seed
        self.draws = Draws(seed)
        self.week = 0
        self.contributions: dict[tuple[str, str], float] = {}
        """Mean change of each outcome since week 0 by rule or part of one: (outcome, rule) -> mean over residents."""
        ordered = sorted(interventions, key=lambda intervention: intervention.name)
        self.programmes = tuple(Programme(item, number) for number, item in enumerate(ordered))
        _require_outcomes(community)
        for mechanism in self.mechanisms:
            for name, label in getattr(mechanism, "keeps", {}).items():
                _keep(community, name, label)
        for programme in self.programmes:
            programme.enter(community)
        asked = set(READS).union(*(rule.reads(community) for rule in self._rules))
        self._pass = Sums(asked, community)
        self.sums: Mapping[Sum, Floats] = self._pass.named
        """Weighted sums over ties, of the state as it stands, shape (residents,) each."""
        self.refresh()
        self.at_rest: Mapping[Sum, Floats] = {item: values.copy() for item, values in self.sums.items()}
        self._parameters = {mechanism.name: mechanism for mechanism in self.mechanisms}
        start = self._week_view()
        self._constants = {mechanism.name: mechanism.begin(start) for mechanism in self.mechanisms}
        for programme in self.programmes:
            programme.begin(start)
        self.often_lonely_cut = often_lonely_cut(community.columns.outcome("loneliness").at_rest)
        self.look = Look(community, self.sums, self.often_lonely_cut)
        """What measures read."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy: the sums are views of one array again, which copying makes arrays of their own."""
        self.__dict__.update(state)
        self._pass.renew()

    @property
    def _rules(self) -> tuple[Mechanism | Programme, ...]:
        return (*self.mechanisms, *self.programmes)

    def step(self) -> None:
        """Play one week."""
        self.week += 1
        week = self._week_view()
        proposals = self._proposals(week)
        self._apply_moves(proposals)
        self._apply_flags(proposals)
        self._apply_places(proposals)
        self._apply_ties(proposals)
        self.refresh(anew=False)

    def sum_up(self) -> None:
        """Take all sums over ties once more, of the state as it was last looked at: what benchmarks measure."""
        self._pass.sum_up(self.community)

    def refresh(self, *, anew: bool = True) -> None:
        """Derive columns and take all sums over ties, from the state as it stands.

        To be called after columns or ties have been changed from outside. Without ``anew``, columns that only rules
        change are not read again.
        """
        community = self.community
        community.shifts = self._active_shifts()
        derived: dict[str, NDArray[Any]] = {}
        for rule in self._rules:
            derived.update(rule.derive(community))
        self.derived: Mapping[str, NDArray[Any]] = derived
        self._pass.take(community, derived, self._values, anew=anew)

    def _values(self, name: str) -> NDArray[Any] | float:
        if name == "one":
            return 1.0
        if name in self.derived:
            return self.derived[name]
        if name in self.community.columns:
            return self.community.observed(name)
        return 0.0  # a flag that this community does not have: nobody

    def _active_shifts(self) -> dict[str, Floats]:
        """Return what effects shift now, added up in the order of the interventions' names."""
        shifts: dict[str, Floats] = {}
        for programme in self.programmes if self.week else ():
            for effect in programme.active_shifts():
                for name, values in effect.items():
                    shifts[name] = shifts[name] + values if name in shifts else values
        return shifts

    def _week_view(self) -> Week:
        return Week(
            number=self.week, community=self.community, sums=self.sums,
            at_rest=self.at_rest if self.week else self.sums, draws=self.draws,
            parameters=self._parameters, constants=self._constants if self.week else {},
            active_shifts=self.community.shifts, lived=self._pass.lived, least_lived=self._pass.least,
        )  # fmt: skip

    def _proposals(self, week: Week) -> list[tuple[str, Proposal]]:
        """Return what every rule proposes, in alphabetical order of the rules' names."""
        for programme in self.programmes:
            programme.announce(week)
        found = [(mechanism.name, mechanism.propose(week)) for mechanism in self.mechanisms]
        heard: dict[str, NDArray[np.int8]] = {}
        heard_from: dict[str, NDArray[np.int32]] = {}
        for _, proposal in found:
            heard.update(proposal.hears)
            heard_from.update(proposal.heard_from)
        for programme in self.programmes:
            name = f"intervention: {programme.name}"
            told = (heard.get(programme.name), heard_from.get(programme.name))
            found += [(name, proposal) for proposal in programme.play(week, *told)]
        return sorted(found, key=lambda item: item[0])

    def _apply_moves(self, proposals: Sequence[tuple[str, Proposal]]) -> None:
        """Add what is proposed, clip what is observed, and note who moved what."""
        totals: dict[str, Floats] = {}
        for rule, proposal in proposals:
            for outcome, move in proposal.moves.items():
                totals[outcome] = totals[outcome] + move if outcome in totals else move
                self._note(outcome, rule, move, proposal.towards.get(outcome))
        for outcome, move in totals.items():
            column = self.community.columns.outcome(outcome)
            clipped = column.move(move)
            if outcome in OUTCOMES:
                self._add(outcome, "bounds", clipped / len(move))

    def _note(self, outcome: str, rule: str, move: Floats, towards: Relaxation | None = None) -> None:
        """Add up what a rule has moved; what it moved towards a resting point, by the parts of that point.

        A part alone would have moved the mean by so much: the equation is linear in them. What is left, such as the
        return of what another rule has moved, stands under the rule's own name.
        """
        if outcome not in OUTCOMES:
            return
        mean, held = compiled.total(move) / len(move), self.contributions
        for name, part in towards.parts.items() if towards else ():
            key = (outcome, f"{rule}: {name}")
            aim = part if isinstance(part, float) else compiled.total(part) / len(part)
            step = towards.rate * (aim - held.get(key, 0.0)) if towards else 0.0
            held[key] = held.get(key, 0.0) + step
            mean -= step
        self._add(outcome, rule, mean)

    def _add(self, outcome: str, rule: str, mean: float) -> None:
        held = self.contributions
        held[outcome, rule] = held.get((outcome, rule), 0.0) + mean

    def _apply_flags(self, proposals: Sequence[tuple[str, Proposal]]) -> None:
        """Set what becomes true; nothing becomes false again."""
        for _, proposal in proposals:
            for name, who in proposal.flags.items():
                column = self.community.columns[name]
                column.values = column.values | who

    def _apply_places(self, proposals: Sequence[tuple[str, Proposal]]) -> None:
        """Open and close places, and change who belongs to them."""
        for _, proposal in proposals:
            for change in proposal.places:
                place = self.community.places.items[change.place]
                place.open = place.open if change.open is None else change.open
                if change.leaves is not None:
                    place.members = place.members & ~change.leaves
                if change.joins is not None:
                    place.members = place.members | change.joins

    def _apply_ties(self, proposals: Sequence[tuple[str, Proposal]]) -> None:
        """Change strengths, end ties, then make ties, in the order of the rules' names."""
        ties = self.community.ties
        for _, proposal in proposals:
            if proposal.follows:
                compiled.follow(proposal.follows, self._pass.lived, ties.reference, ties.strength)
        for _, proposal in proposals:
            for one, other in proposal.ended_ties:
                ties.part(one, other, self.week)
        for _, proposal in proposals:
            for new in proposal.new_ties:
                ties.add(
                    new.one, new.other, new.strength, new.kind, supports_one=new.supports_one,
                    supports_other=new.supports_other, place=new.place, maker=new.maker,
                )  # fmt: skip


def _require_outcomes(community: Community) -> None:
    missing = [name for name in OUTCOMES if name not in community.columns]
    if missing:
        raise InputError(f"the community has no column {' and no column '.join(missing)}")
    _keep(community, "stigma_anchor", "lasting change of attitude")


def _keep(community: Community, name: str, label: str) -> None:
    """Give the community a displacement that rules move and that is not observed."""
    if name not in community.columns:
        kept = Outcome(
            name, np.zeros(len(community)), label=label, bounds=(-np.inf, np.inf), source="kept by the model"
        )
        community.columns.put(kept)
