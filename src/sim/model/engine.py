"""The week: rules propose, this module applies.

A core small enough to read in one sitting. It knows no Mesa and no files; :class:`sim.model.CommunityModel`
wraps it for Mesa's users, :mod:`sim.run` plays it directly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled, evidence
from sim.community.columns import OUTCOMES, Outcome
from sim.community.community import Community
from sim.community.ties import MADE_KINDS_WEIGHT
from sim.errors import InputError
from sim.interventions.programme import Programme
from sim.interventions.spec import Intervention
from sim.measures import READS, Look, often_lonely_cut
from sim.rng import Draws
from sim.rules import Floats, Mechanism, Proposal, Relaxation, Sum, Week, Weight

__all__ = ["Simulation"]

_WEIGHTS: tuple[Weight, ...] = ("strength", "influence", "support", "count")
_WIDTHS = (8, 4, 1, 3)
"""How many columns of each weight one pass over the ties takes; where more are asked for, it is made again."""


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
        self._arrange_sums()
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
        assert isinstance(self.sums, dict)
        self.sums.update({item: self._out[index][:, place] for item, (index, place) in self._columns.items()})

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
        self.refresh()

    def refresh(self) -> None:
        """Derive columns and take all sums over ties, from the state as it stands.

        To be called after columns or ties have been changed from outside.
        """
        community, ties = self.community, self.community.ties
        community.shifts = self._active_shifts()
        derived: dict[str, NDArray[Any]] = {}
        for rule in self._rules:
            derived.update(rule.derive(community))
        self.derived: Mapping[str, NDArray[Any]] = derived
        for item, (index, place) in self._columns.items():
            self._gathered[index][:, place] = self._values(item.column)
        residents = len(community)
        full = np.ones(residents)
        weights = [_by_kind(name, ties.kinds) for name in ("ties.influence_weight", "ties.support_weight")]
        for gathered, out in zip(self._gathered, self._out, strict=True):
            compiled.pass_over_ties(
                ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, *weights,
                derived.get("engagement", full), derived.get("welcome", full), community.flag("disclosed"),
                community.observed("stigma"), self._values(self._passed_on), self._bound, gathered, out,
                self._pull, self._confidants,
            )  # fmt: skip

    def _values(self, name: str) -> NDArray[Any] | float:
        if name == "one":
            return 1.0
        if name in self.derived:
            return self.derived[name]
        if name in self.community.columns:
            return self.community.observed(name)
        return 0.0  # a flag that this community does not have: nobody

    def _arrange_sums(self) -> None:
        """Lay out the columns of the week's pass: those of one weight side by side, as the kernel wants them."""
        asked: set[Sum] = set(READS)
        for rule in self._rules:
            asked.update(rule.reads(self.community))
        bounded = {item for item in asked if item.weight == "confidence"}
        bounds = {item.bound for item in bounded}
        passed_on = {item.column for item in bounded} - {"one"}
        if len(bounds) > 1 or len(passed_on) > 1:
            raise ValueError("the pass takes sums within one bound of attitude, of one column")
        self._passed_on = passed_on.pop() if passed_on else "stigma"
        self._bound = bounds.pop() if bounds else float("inf")
        plain = asked - bounded
        self._columns: dict[Sum, tuple[int, int]] = {}
        for weight, width, first in zip(_WEIGHTS, _WIDTHS, np.cumsum((0, *_WIDTHS[:-1])).tolist(), strict=True):
            for number, item in enumerate(sorted((i for i in plain if i.weight == weight), key=lambda i: i.column)):
                self._columns[item] = (number // width, first + number % width)
        passes = 1 + max((index for index, _ in self._columns.values()), default=0)
        residents = len(self.community)
        self._gathered = [np.zeros((residents, compiled.COLUMNS)) for _ in range(passes)]
        self._out = [np.zeros((residents, compiled.COLUMNS)) for _ in range(passes)]
        self._pull, self._confidants = np.zeros(residents), np.zeros(residents)
        sums: dict[Sum, Floats] = {item: self._out[index][:, place] for item, (index, place) in self._columns.items()}
        for item in bounded:
            sums[item] = self._confidants if item.column == "one" else self._pull
        self.sums: Mapping[Sum, Floats] = sums
        """Weighted sums over ties, of the state as it stands, shape (residents,) each."""

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
            active_shifts=self.community.shifts,
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
            before = column.observed.copy()
            column.moved += move
            column.refresh()
            if outcome in OUTCOMES:
                self._note(outcome, "bounds", column.observed - before - move)

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
            if proposal.strengths is not None:
                ties.strength += proposal.strengths
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


def _by_kind(name: str, kinds: Sequence[str]) -> Floats:
    """Return a weight for each kind of tie; kinds that interventions make share one."""
    weights: Mapping[str, float] = evidence.value(name)
    return np.array([weights.get(kind, weights[MADE_KINDS_WEIGHT]) for kind in kinds], np.float64)
