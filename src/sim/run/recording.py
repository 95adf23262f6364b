"""What is kept of a run while it is played: measures, residents' own values, and who moved what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.at_start import groups_of
from sim.community.ties import Ties
from sim.measures import MEASURES, QUARTER, WEEKLY, YEAR, Measure, Weekly
from sim.model.engine import Simulation

__all__ = ["GROUP_EVERY", "Record", "Recorder"]

GROUP_EVERY = QUARTER
"""Groups are measured at week 0, every so many weeks, and at the last week; everybody together in every week. What is
not taken in every week is taken once a year for groups."""

Floats = NDArray[np.float64]


@dataclass
class Record:
    """What one played scenario leaves. Weeks are rows, week 0 the first; NaN where nothing is measured or defined."""

    name: str
    everybody: Floats
    """Shape (weeks + 1, measures)."""
    by_group: dict[str, Floats]
    """Group -> shape (weeks + 1, measures)."""
    taken: NDArray[np.bool_]
    """Which measures were taken in which week, shape (weeks + 1, measures)."""
    taken_by_group: NDArray[np.bool_]
    """The same for groups."""
    personal: dict[str, Floats]
    """Measure -> each resident's value at the end, NaN where not concerned."""
    personal_average: dict[str, Floats]
    """Measure -> each resident's mean over all weeks after week 0."""
    contributions: dict[tuple[str, str], Floats]
    """Outcome and rule -> by how much it has moved the mean of those concerned since week 0, shape (weeks + 1,)."""
    offered: NDArray[np.bool_]
    """Whom a programme chose and invited."""
    took_part: NDArray[np.bool_]
    volunteered: NDArray[np.bool_]
    given_tie: NDArray[np.bool_]
    """Who was brought together with a participant by an intervention."""
    first_week: int
    """Week of the first enrolment, 0 if nobody took part."""
    ties_at: dict[int, Ties] = field(default_factory=dict)
    """For the baseline: ties at the start of the weeks in which the first residents joined in some scenario."""
    programmes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Intervention -> how many were eligible, invited, joined: see :class:`sim.run.programmes.Programmes`."""


class Recorder:
    """Measures one run, week by week.

    Parameters
    ----------
    simulation
        The run, before its first week.
    horizon
        Its last week.
    weekly
        Measures that are taken in every week whatever they say of themselves: what the study is about.
    asked
        Weeks in which every measure is taken for everybody: those that targets look at.
    """

    def __init__(
        self, simulation: Simulation, horizon: int, weekly: Collection[str] = (), asked: Collection[int] = ()
    ) -> None:
        self.simulation, community = simulation, simulation.community
        self.horizon = horizon
        self._asked = {0, horizon, *asked}
        self._every = [1 if name in weekly else measure.every for name, measure in MEASURES.items()]
        shape = (horizon + 1, len(MEASURES))
        self.everybody, self.taken = np.full(shape, np.nan), np.zeros(shape, np.bool_)
        self._names, self._codes = _groups(simulation)
        self._sizes = np.zeros(len(self._names))
        compiled.add_by_groups(np.ones(len(community)), self._codes, self._sizes)
        self.by_group = np.full((len(self._names), *shape), np.nan)
        self.taken_by_group = np.zeros(shape, np.bool_)
        self._held: dict[int, tuple[int, float]] = {}
        """By place, for measures of who is tied to whom: the version of the ties it was taken at, and what it was."""
        self._measures = list(enumerate(MEASURES.values()))
        self._together = Weekly(simulation.look)
        self._places = np.array([list(MEASURES).index(name) for name in WEEKLY])
        """Places of what is taken together in every week."""
        self._singly = [item for item in self._measures if self._every[item[0]] == 1 and item[1].name not in WEEKLY]
        self._sums = {name: np.zeros(len(community)) for name, measure in MEASURES.items() if measure.personal}
        self._sums.update(self._together.kept)
        self._last: dict[str, Floats] = {}
        self._moved: list[dict[tuple[str, str], float]] = []

    def take(self, week: int) -> None:
        """Take the measures that are due in a week."""
        ordinary = week not in self._asked and week % QUARTER != 0
        for position, measure in self._singly if ordinary else self._measures:
            if week in self._asked or week % self._every[position] == 0:
                self._take(week, position, measure)
        if ordinary:
            found = self._together.take()
            self.everybody[week, self._places] = [found[name] for name in WEEKLY]
            self.taken[week, self._places] = True
        self._moved.append(dict(self.simulation.contributions))

    def _take(self, week: int, position: int, measure: Measure) -> None:
        often = GROUP_EVERY if measure.every == 1 else YEAR
        in_groups = week in (0, self.horizon) or week % often == 0
        self.taken[week, position] = True
        version = self.simulation.community.ties.version
        if measure.structural and not in_groups:
            since, held = self._held.get(position, (None, 0.0))
            if since == version:
                self.everybody[week, position] = held
                return
        values, weights = measure.of(self.simulation.look)
        mean = self.everybody[week, position] = _mean(values, weights, measure.is_total)
        if measure.structural:
            self._held[position] = (version, mean)
        if measure.personal:
            self._keep(measure.name, week, values, weights)
        if in_groups:
            self.taken_by_group[week, position] = True
            if measure.by_group:
                self.by_group[:, week, position] = self._of_groups(values, weights, measure.is_total)

    def _of_groups(self, values: Floats, weights: Floats | None, is_total: bool) -> Floats:
        sums, total = np.zeros(len(self._names)), self._sizes
        compiled.add_by_groups(values, self._codes, sums)
        if is_total:
            return sums
        if weights is not None:
            total = np.zeros(len(self._names))
            compiled.add_by_groups(weights, self._codes, total)
        means: Floats = np.divide(sums, total, out=np.full(len(sums), np.nan), where=total > 0)
        return means

    def _keep(self, name: str, week: int, values: Floats, weights: Floats | None) -> None:
        """Add to the residents' own sums, and keep their values at the end."""
        if week:
            self._sums[name] += values
        if week == self.horizon:
            self._last[name] = values.copy() if weights is None else np.where(weights > 0, values, np.nan)

    def record(self, name: str, ties_at: dict[int, Ties]) -> Record:
        """Return what is kept, after the last week."""
        community = self.simulation.community
        states = list(community.participation.values())
        nobody = np.zeros(len(community), np.bool_)
        first = [int(state.joined[state.ever()].min()) for state in states if state.ever().any()]
        weeks = max(self.horizon, 1)
        return Record(
            name=name, everybody=self.everybody,
            by_group={group: self.by_group[index] for index, group in enumerate(self._names)},
            taken=self.taken, taken_by_group=self.taken_by_group, personal=self._last,
            personal_average={
                measure: np.where(np.isnan(last), np.nan, self._sums[measure] / weeks if self.horizon else last)
                for measure, last in self._last.items()
            },
            contributions=self._contributions(),
            offered=np.logical_or.reduce([nobody, *(state.offered for state in states)]),
            took_part=np.logical_or.reduce([nobody, *(state.ever() for state in states)]),
            volunteered=np.logical_or.reduce([nobody, *(state.volunteer for state in states)]),
            given_tie=np.logical_or.reduce([nobody, *(state.given_tie for state in states)]),
            first_week=min(first, default=0), ties_at=ties_at,
        )  # fmt: skip

    def _contributions(self) -> dict[tuple[str, str], Floats]:
        """Return who moved what by when; self-stigma as a mean over people with lived experience, as it is measured."""
        community = self.simulation.community
        concerned = {"self_stigma": int(community.flag("lived_experience").sum())}
        keys = sorted(set().union(*self._moved))
        found = {}
        for outcome, rule in keys:
            count = concerned.get(outcome, len(community))
            if count:
                moved = np.array([moved.get((outcome, rule), 0.0) for moved in self._moved])
                found[outcome, rule] = moved if count == len(community) else moved * (len(community) / count)
        return found


def _groups(simulation: Simulation) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names of all groups, and for each resident her group's number over all columns, column by column."""
    community = simulation.community
    groups = groups_of(community)
    names: list[str] = []
    codes = np.full((len(community), len(groups)), -1, np.int64)
    for place, (column, (here, code)) in enumerate(groups.items()):
        codes[:, place] = np.where(code >= 0, code + len(names), -1)
        names += [f"{column}={name}" for name in here]
    return tuple(names), codes


def _mean(values: Floats, weights: Floats | None, is_total: bool) -> float:
    total = compiled.total(values)
    if is_total:
        return float(total)
    weight = float(len(values)) if weights is None else compiled.total(weights)
    return float(total / weight) if weight > 0 else float("nan")
