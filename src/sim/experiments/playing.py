"""What is computed at one point: the paired effect of scenarios, or any function of the values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import InputError
from sim.experiments.space import Space

if TYPE_CHECKING:
    from sim.community.community import Community
    from sim.model.engine import Simulation
    from sim.scenario import Plan, Scenario
    from sim.scenario.plan import Loading

__all__ = ["GAIN", "FunctionModel", "Model", "ScenarioModel", "averaged", "column", "scenario_model"]

GAIN = "loop_gain"
"""Name of the column that says to how many times its size a small rise of stigma grows at a point."""

_KEPT = 64
"""Baselines and communities that a process remembers."""

Row = dict[str, float]


def column(scenario: str, measure: str, when: str = "horizon") -> str:
    """Return the name of the column of a scenario's effect on a measure, in the last week or on average."""
    return f"{scenario}: {measure}{', average' if when == 'average' else ''}"


def averaged() -> list[str]:
    """Return the measures of which the average over the weeks is kept, too: those of residents, taken every week."""
    from sim.measures import MEASURES

    return [name for name, measure in MEASURES.items() if measure.personal and measure.every == 1]


class Model(Protocol):
    """What is analysed: picklable, and the same values and seed always give the same outcomes."""

    def play(self, values: Mapping[str, Any], seeds: Sequence[int]) -> list[Row]:
        """Return the outcomes at a point for each seed, by name of their column."""

    def parts(self) -> dict[str, Any]:
        """Return what the outcomes follow from besides values and seeds, as plain data."""


@dataclass(frozen=True)
class FunctionModel:
    """A function of the values and a seed, e.g. one whose indices are known."""

    function: Callable[[Mapping[str, Any], int], float]
    """From values by path, and a seed, to the outcome."""
    outcome: str = "outcome"
    """Name of the outcome."""

    def play(self, values: Mapping[str, Any], seeds: Sequence[int]) -> list[Row]:
        """Return the outcome for each seed."""
        return [{self.outcome: float(self.function(values, seed))} for seed in seeds]

    def parts(self) -> dict[str, Any]:
        """Return the function's name."""
        return {"function": getattr(self.function, "__qualname__", repr(self.function))}


@dataclass
class ScenarioModel:
    """The effects of a study's scenarios, each minus the baseline of the same community and seed."""

    loading: Loading
    """From what the study is loaded again with the values of a point."""
    space: Space
    """What is varied, so that it is known how a value is set."""
    names: tuple[str, ...]
    """Scenarios whose effects are asked for."""
    baseline: str
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    """Parts of the study's fingerprint."""
    _communities: OrderedDict[Any, Community] = field(default_factory=OrderedDict, repr=False)
    _baselines: OrderedDict[Any, Row] = field(default_factory=OrderedDict, repr=False)

    def parts(self) -> dict[str, Any]:
        """Return the study's fingerprint and the scenarios that are played."""
        return {**self.fingerprint, "played": [self.baseline, *self.names]}

    def __getstate__(self) -> dict[str, Any]:
        """Hand over what is needed, not what is remembered."""
        return {**self.__dict__, "_communities": OrderedDict(), "_baselines": OrderedDict()}

    def plan(self, values: Mapping[str, Any]) -> Plan:
        """Return the study with the values of a point."""
        return self.loading.again(self.space.settings(values))

    def play(self, values: Mapping[str, Any], seeds: Sequence[int]) -> list[Row]:
        """Play the scenarios at a point with each of the seeds; the loop gain is kept, however great it is."""
        from sim.run.gains import gain_of

        plan = self.plan(values)
        gain = max(gain_of(plan.scenarios[name]) for name in self.names)
        return [{**self._effects(plan, seed), GAIN: gain} for seed in seeds]

    def _effects(self, plan: Plan, seed: int) -> Row:
        without = plan.scenarios[self.baseline]
        community = self._community(without, without.community_of(seed))
        key = (without.community_of(seed), seed, plan.weeks, repr((without.source, without.mechanisms)),
               repr(without.interventions))  # fmt: skip
        before = _remembered(self._baselines, key, lambda: _measured(without, community, seed, plan.weeks))
        found: Row = {}
        for name in self.names:
            after = _measured(plan.scenarios[name], community, seed, plan.weeks)
            found |= {column(name, measure): after[measure] - before[measure] for measure in after}
        return found

    def _community(self, scenario: Scenario, number: int) -> Community:
        files = tuple((str(file), file.stat().st_mtime_ns) for file in scenario.data_files())
        key = (number, repr(scenario.source), files)
        made: Community = _remembered(self._communities, key, lambda: scenario.build_community(number))
        return made


def _remembered(kept: OrderedDict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    """Return what is kept under a key, made if need be; what was used longest ago goes."""
    if key not in kept:
        kept[key] = make()
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def _measured(scenario: Scenario, community: Community, seed: int, weeks: int) -> Row:
    """Play a scenario on a copy of a community; return every measure of everybody in the last week, and averages.

    The numbers of the last week are those of :func:`sim.run.play_unit` to the bit, without its tables of weeks, groups
    and distances.
    """
    from sim.measures import MEASURES
    from sim.model.engine import Simulation

    simulation = Simulation(community.copy(), scenario.mechanisms, scenario.interventions, seed)
    followed = averaged()
    sums = dict.fromkeys(followed, 0.0)
    for _ in range(weeks):
        simulation.step()
        for name in followed:
            sums[name] += _mean(name, simulation)
    found = {name: _mean(name, simulation) for name in MEASURES}
    return found | {f"{name}, average": total / weeks for name, total in sums.items()}


def _mean(name: str, simulation: Simulation) -> float:
    from sim import compiled
    from sim.measures import MEASURES

    measure = MEASURES[name]
    values, weights = measure.of(simulation.look)
    total = float(compiled.total(values))
    if measure.is_total:
        return total
    weight = float(len(values)) if weights is None else float(compiled.total(weights))
    return total / weight if weight > 0 else float("nan")


def scenario_model(plan: Plan, names: Sequence[str], space: Space, fingerprint: Mapping[str, Any]) -> ScenarioModel:
    """Return the model of some scenarios of a study, loaded from no more of its files than they need.

    Parameters
    ----------
    plan
        The study, with the usual values.
    names
        Scenarios whose effects are asked for, without the baseline.
    space
        What is varied.
    fingerprint
        What the study's results follow from, in parts.

    Raises
    ------
    InputError
        If the study was not loaded from files, or has nothing to compare with its baseline.
    """
    if plan.loading is None:
        raise InputError("this study was not loaded from files, so it cannot be played with other values")
    if not names:
        raise InputError("there is nothing to compare: the study has no scenario besides its baseline")
    files = [plan.scenarios[name].file for name in (plan.baseline, *names) if plan.scenarios[name].file]
    loading = replace(plan.loading, paths=tuple(files))
    return ScenarioModel(loading, space, tuple(names), plan.baseline, fingerprint)
