"""One unit of work: one community and one seed, every scenario played on a copy with the same luck."""

from __future__ import annotations

import traceback
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import tables
from sim.community.at_start import groups_of
from sim.community.community import Community
from sim.model.engine import Simulation
from sim.run.programmes import Programmes
from sim.run.recording import Record, Recorder

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Plan, Scenario

__all__ = ["UnitTables", "play_unit"]


@dataclass
class UnitTables:
    """What one unit gives, in the schema of ``docs/architecture.md``."""

    series: pd.DataFrame
    effects: pd.DataFrame
    ripple: pd.DataFrame
    contributions: pd.DataFrame
    failures: list[dict[str, Any]]
    """One mapping for each scenario that failed: community, seed, scenario, error."""
    about: dict[str, Any]
    """What is known of the community, for reports."""
    own: pd.DataFrame | None = None
    """Residents' own effects, where the community is played with other seeds too: see :mod:`sim.tables.worse_off`."""


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
    plan = plan.drawn(seed)
    horizon = plan.weeks if weeks is None else weeks
    baseline = plan.scenarios[plan.baseline]
    start = baseline.build_community(community)
    order = tuple(plan.scenarios)
    records: dict[str, Record] = {}
    failures: list[dict[str, Any]] = []
    for name in sorted(order, key=lambda name: name == plan.baseline):  # the baseline last: see _play
        kept = {record.first_week for record in records.values()} if name == plan.baseline else set()
        try:
            records[name] = _play(plan, plan.scenarios[name], start.copy(), seed, horizon, kept)
        except Exception as error:
            text = "".join(traceback.format_exception_only(error)).strip()
            failures.append({"community": community, "seed": seed, "scenario": name, "error": text})
    records = {name: records[name] for name in order if name in records}
    failures.sort(key=lambda failure: order.index(failure["scenario"]))
    where = (community, seed)
    pairs = (
        [(record, records[plan.baseline]) for name, record in records.items() if name != plan.baseline]
        if plan.baseline in records
        else []
    )
    shared = plan.shares_residents
    return UnitTables(
        series=tables.series(records.values(), order, where),
        effects=tables.effects(pairs, order, where, groups_of(start), plan.outcome, alone=not shared),
        ripple=tables.ripple(pairs, order, where),
        contributions=tables.contributions(records.values(), order, where),
        failures=failures,
        about={**_about(start), "programmes": {name: item.programmes for name, item in records.items()}},
        own=tables.own_effects(pairs, order, plan.outcome) if shared else None,
    )


def _play(
    plan: Plan, scenario: Scenario, community: Community, seed: int, horizon: int, kept: Collection[int]
) -> Record:
    """Play one scenario and record it; ``kept`` are weeks at the start of which ties are kept.

    Distances from participants are taken over the baseline's ties when the first of them joined. With turnover those
    change week by week, so the baseline is played when it is known which weeks are asked for.
    """
    simulation = Simulation(community, scenario.mechanisms, scenario.interventions, seed)
    programmes = Programmes(community, scenario.interventions)
    recorder = Recorder(simulation, horizon, weekly=(plan.outcome,), asked=_weeks_of_targets(plan))
    ties_at = {}
    for week in range(horizon + 1):
        if week in kept:
            ties_at[week] = community.ties.copy()
        if week:
            programmes.look(week)
            simulation.step()
        recorder.take(week)
    record = recorder.record(scenario.name, ties_at)
    record.programmes = programmes.counts()
    return record


def _weeks_of_targets(plan: Plan) -> set[int]:
    """Return the weeks that a target of some scenario looks at: all scenarios are measured in the same weeks."""
    return {target.at for scenario in plan.scenarios.values() for target in scenario.targets if target.at is not None}


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
        "groups": list(groups_of(community)),
        "places": [place.name for place in community.places.items],
        "ties": {
            kind: int(count) // 2
            for kind, count in zip(community.ties.kinds, community.ties.degrees().sum(axis=0), strict=True)
        },
    }  # fmt: skip
