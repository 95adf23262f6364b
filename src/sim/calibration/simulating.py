"""Playing one parameter set and reading off what was observed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.errors import SimError
from sim.measures import MEASURES
from sim.model.engine import Simulation
from sim.scenario.assigning import assigned

if TYPE_CHECKING:
    from sim.calibration.targets import Observation
    from sim.scenario import Scenario

__all__ = ["Job", "Simulator", "play", "play_all"]

Floats = NDArray[np.float64]
Job = tuple[tuple[float, ...], int]
"""Values of the parameters, and the seed of the run."""

_KEPT = 64
"""Communities that a process keeps."""

_communities: OrderedDict[tuple[str, int], Community] = OrderedDict()


@dataclass(frozen=True)
class Simulator:
    """From a parameter set and a seed to the figures that were observed."""

    scenario: Scenario
    paths: tuple[str, ...]
    targets: tuple[Observation, ...]

    def __call__(self, values: Sequence[float], seed: int) -> Floats:
        """Return one figure for each target; NaN where the set is not allowed, or the figure is not defined.

        Parameters
        ----------
        values
            One for each path.
        seed
            Of the run's luck; it chooses the community too.
        """
        try:
            scenario = assigned(self.scenario, dict(zip(self.paths, values, strict=True)))
            community = _community(scenario, scenario.community_of(seed)).copy()
            simulation = Simulation(community, scenario.mechanisms, scenario.interventions, seed)
        except (ValueError, SimError):
            return np.full(len(self.targets), np.nan)
        return self._look(simulation)

    def _look(self, simulation: Simulation) -> Floats:
        wanted: dict[int, set[tuple[str, str]]] = {}
        for target in self.targets:
            for week in (target.week, target.since):
                if week is not None:
                    wanted.setdefault(week, set()).add((target.measure, target.group))
        masks: dict[str, Floats | None] = {}
        found: dict[tuple[int, str, str], float] = {}
        for week in range(max(wanted) + 1):
            if week:
                simulation.step()
            for measure, group in sorted(wanted.get(week, ())):
                if group not in masks:
                    masks[group] = _mask(simulation.community, group)
                found[week, measure, group] = _measured(simulation, measure, masks[group])
        return np.array([_figure(target, found) for target in self.targets])


def _figure(target: Observation, found: dict[tuple[int, str, str], float]) -> float:
    value = found[target.week, target.measure, target.group]
    return value if target.since is None else value - found[target.since, target.measure, target.group]


def _mask(community: Community, group: str) -> Floats | None:
    """Return 1 for the members of a group, 0 for others; ``None`` for everybody."""
    if group == "all":
        return None
    column, _, name = group.partition("=")
    names, codes = community.group_codes(column)
    return np.asarray(codes == names.index(name), np.float64)


def _measured(simulation: Simulation, name: str, mask: Floats | None) -> float:
    measure = MEASURES[name]
    values, weights = measure.of(simulation.look)
    if mask is not None:
        weights = mask if weights is None else weights * mask
        values = values * mask
    total = compiled.total(values)
    if measure.is_total:
        return float(total)
    weight = float(len(values)) if weights is None else compiled.total(weights)
    return float(total / weight) if weight > 0 else float("nan")


def _community(scenario: Scenario, number: int) -> Community:
    """Return a community, kept so that the next parameter set need not make it again."""
    files = [(str(file), file.stat().st_mtime_ns) for file in scenario.data_files()]
    key = (f"{scenario.source!r} {files}", number)
    if key not in _communities:
        _communities[key] = scenario.build_community(number)
        while len(_communities) > _KEPT:
            _communities.popitem(last=False)
    _communities.move_to_end(key)
    return _communities[key]


def play(simulator: Simulator, jobs: Sequence[Job]) -> list[list[float]]:
    """Play jobs one after the other."""
    return [simulator(values, seed).tolist() for values, seed in jobs]


def play_all(simulator: Simulator, jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, list[float]]]:
    """Yield the number of each job and its figures, as they end; the figures do not depend on the number of workers."""
    if workers <= 1 or len(jobs) < 2:
        for number, (values, seed) in enumerate(jobs):
            yield number, simulator(values, seed).tolist()
        return
    from joblib import Parallel, delayed

    size = max(1, min(16, -(-len(jobs) // (2 * workers))))
    chunks = [range(start, min(start + size, len(jobs))) for start in range(0, len(jobs), size)]
    run = Parallel(n_jobs=workers, return_as="generator")
    results = run(delayed(play)(simulator, [jobs[number] for number in chunk]) for chunk in chunks)
    for chunk, found in zip(chunks, results, strict=True):
        yield from zip(chunk, found, strict=True)
