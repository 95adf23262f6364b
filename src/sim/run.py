"""One unit of work: one community and one seed, every scenario played on a copy with the same luck."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled, tables
from sim.community.community import Community
from sim.community.ties import Ties
from sim.measures import MEASURES, Measure
from sim.model.engine import Simulation

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Plan, Scenario

__all__ = ["GROUP_EVERY", "UnitTables", "play_unit"]

GROUP_EVERY = 13
"""Groups are measured at week 0, every so many weeks, and at the last week; everybody together in every week."""


@dataclass
class UnitTables:
    """What one unit gives, in the schema of ``docs/architecture.md``."""

    series: pd.DataFrame
    effects: pd.DataFrame
    ripple: pd.DataFrame
    failures: list[dict[str, Any]]
    """One mapping for each scenario that failed: community, seed, scenario, error."""
    about: dict[str, Any]
    """What is known of the community, for reports."""


@dataclass
class _Record:
    """What one played scenario leaves."""

    name: str
    weeks: list[int]
    """Weeks in which groups were measured."""
    everybody: NDArray[np.float64]
    """Shape (weeks + 1, measures)."""
    by_group: dict[str, NDArray[np.float64]]
    """Group -> shape (measured weeks, measures); NaN where nobody is concerned."""
    personal: dict[str, NDArray[np.float64]]
    """Measure -> each resident's value at the end, NaN where not concerned."""
    took_part: NDArray[np.bool_]
    volunteered: NDArray[np.bool_]
    given_tie: NDArray[np.bool_]
    """Who was brought together with a participant by an intervention."""
    first_week: int
    """Week of the first enrolment, 0 if nobody took part."""
    ties_at: dict[int, Ties] = field(default_factory=dict)
    """For the baseline: ties at the weeks in which an intervention starts in some scenario."""


def play_unit(plan: Plan, community: int, seed: int, weeks: int | None = None) -> UnitTables:
    """Make the community once, play every scenario on a copy, and compare each with the baseline.

    Parameters
    ----------
    plan
        The scenarios, one of them the baseline.
    community
        Seed of the community.
    seed
        Seed of the run's luck, the same for all scenarios.
    weeks
        Weeks to play; as the plan says where absent.

    """
    horizon = plan.weeks if weeks is None else weeks
    baseline = plan.scenarios[plan.baseline]
    start = baseline.build_community(community)
    starts = sorted({
        item.runs.start for scenario in plan.scenarios.values() for item in scenario.interventions
    })  # fmt: skip
    records: dict[str, _Record] = {}
    failures: list[dict[str, Any]] = []
    for name, scenario in plan.scenarios.items():
        try:
            kept = starts if name == plan.baseline else ()
            records[name] = _play(scenario, start.copy(), seed, horizon, kept)
        except Exception as error:
            text = "".join(traceback.format_exception_only(error)).strip()
            failures.append({"community": community, "seed": seed, "scenario": name, "error": text})
    where = (community, seed)
    pairs = (
        [(record, records[plan.baseline]) for name, record in records.items() if name != plan.baseline]
        if plan.baseline in records
        else []
    )
    order = tuple(plan.scenarios)
    return UnitTables(
        series=tables.series(records.values(), order, where),
        effects=tables.effects(pairs, order, where),
        ripple=tables.ripple(pairs, order, where),
        failures=failures,
        about=_about(start),
    )


def _play(scenario: Scenario, community: Community, seed: int, horizon: int, kept: Iterable[int]) -> _Record:
    """Play one scenario and record it."""
    simulation = Simulation(community, scenario.mechanisms, scenario.interventions, seed)
    measured = sorted({0, horizon, *range(0, horizon + 1, GROUP_EVERY)})
    groups = {name: community.group_codes(name) for name in community.groups}
    everybody = np.empty((horizon + 1, len(MEASURES)))
    by_group: dict[str, list[NDArray[np.float64]]] = {}
    keep, ties_at, version = set(kept), {}, community.ties.version
    for week in range(horizon + 1):
        if week in keep:
            ties_at[week] = community.ties.copy()
        if week:
            simulation.step()
        in_groups = groups if week in measured else {}
        unchanged = bool(week) and not in_groups and community.ties.version == version
        version = community.ties.version
        for position, measure in enumerate(MEASURES.values()):
            if unchanged and measure.structural:
                everybody[week, position] = everybody[week - 1, position]
            else:
                _measure(simulation, measure, position, everybody[week], in_groups, by_group)
    width = len(MEASURES)
    grouped = {name: np.array(values).reshape(-1, width) for name, values in by_group.items()}
    states = community.participation.values()
    nobody = np.zeros(len(community), np.bool_)
    took_part = np.logical_or.reduce([nobody, *(state.ever() for state in states)])
    first = [int(state.joined[state.ever()].min()) for state in states if state.ever().any()]
    return _Record(
        name=scenario.name, weeks=measured, everybody=everybody, by_group=grouped,
        personal={name: _personal(simulation, measure) for name, measure in MEASURES.items() if measure.personal},
        took_part=took_part,
        volunteered=np.logical_or.reduce([nobody, *(state.volunteer for state in states)]),
        given_tie=np.logical_or.reduce([nobody, *(state.given_tie for state in states)]),
        first_week=min(first, default=0), ties_at=ties_at,
    )  # fmt: skip


def _measure(
    simulation: Simulation,
    measure: Measure,
    position: int,
    everybody: NDArray[np.float64],
    groups: Mapping[str, tuple[tuple[str, ...], NDArray[np.int64]]],
    by_group: dict[str, list[NDArray[np.float64]]],
) -> None:
    """Take one measure for everybody, and for groups where it is their week."""
    values, weights = measure.of(simulation.look)
    everybody[position] = _mean(values, weights, measure.is_total)
    for column, (names, codes) in groups.items():
        sums, total = np.zeros(len(names)), np.zeros(len(names))
        count = np.zeros(len(names), np.int64)
        compiled.add_by_group(values, codes, sums, count)
        if weights is None:
            total[:] = count
        else:
            compiled.add_by_group(weights, codes, total, np.zeros(len(names), np.int64))
        for index, name in enumerate(names):
            row = by_group.setdefault(f"{column}={name}", [])
            if position == 0:
                row.append(np.full(len(MEASURES), np.nan))
            if not measure.by_group:
                continue
            if measure.is_total:
                row[-1][position] = sums[index]
            elif total[index] > 0:
                row[-1][position] = sums[index] / total[index]


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64] | None, is_total: bool) -> float:
    total = compiled.total(values)
    if is_total:
        return float(total)
    weight = float(len(values)) if weights is None else compiled.total(weights)
    return float(total / weight) if weight > 0 else float("nan")


def _personal(simulation: Simulation, measure: Measure) -> NDArray[np.float64]:
    values, weights = measure.of(simulation.look)
    return values.copy() if weights is None else np.where(weights > 0, values, np.nan)


def _about(community: Community) -> dict[str, Any]:
    return {
        "title": community.title,
        "residents": len(community),
        "notes": list(community.notes),
        "matches": [
            {
                "target": match.target, "wanted": match.wanted, "achieved": match.achieved,
                "tolerance": match.tolerance, "met": bool(match.met), "source": match.source,
            }
            for match in community.matches
        ],
        "private": community.private,
        "groups": list(community.groups),
        "places": [place.name for place in community.places.items],
        "ties": {
            kind: int(count) // 2
            for kind, count in zip(community.ties.kinds, community.ties.degrees().sum(axis=0), strict=True)
        },
    }  # fmt: skip
