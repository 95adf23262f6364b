"""A stored run played again, for what the tables do not hold: who is tied to whom, and who changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.community.community import Community
    from sim.report.reading import Material
    from sim.scenario import Plan

__all__ = ["MOST_RESIDENTS", "Played", "played_again"]

MOST_RESIDENTS = 5_000
"""Residents beyond which a report draws no network: single ones could hardly be seen, and it would take long."""

_SAME = 1e-9
"""Difference to the stored effect up to which a run counts as the same."""


@dataclass(frozen=True)
class Played:
    """One run of the baseline and of one scenario, seen in each resident."""

    scenario: str
    outcome: str
    """The column that is looked at."""
    start: Community
    """Before anything happened."""
    before: NDArray[np.float64]
    """The outcome at the start, shape (residents,)."""
    change: NDArray[np.float64]
    """By how much it ends higher than in the baseline, shape (residents,)."""
    took_part: NDArray[np.bool_]
    """Who takes or took part in an intervention of the scenario, shape (residents,)."""
    made: NDArray[np.int64]
    """Ties at the end that were not there in the baseline, shape (ties, 2): numbers of residents."""


def played_again(material: Material, scenario: str, outcome: str) -> Played | None:
    """Play the first stored run again; nothing where it cannot be, or where it does not give what is stored.

    Never for a surveyed community: people can be recognised by whom they know.
    """
    manifest, facts = material.manifest, material.facts
    residents = int(material.about.get("residents") or 0)
    if facts.private or not 0 < residents <= MOST_RESIDENTS or not _is_of_this_engine(manifest):
        return None
    rows = material.effects
    rows = rows[(rows["scenario"] == scenario) & (rows["measure"] == outcome) & (rows["group"] == "all")
                & (rows["when"] == "horizon")].sort_values(["seed", "community"])  # fmt: skip
    if rows.empty:
        return None
    community, seed, effect = (rows[name].iloc[0] for name in ("community", "seed", "effect"))
    try:
        plan = _rebuilt(manifest, (facts.baseline, scenario))
    except (InputError, OSError, KeyError):
        return None
    found = _play(plan, (facts.baseline, scenario), int(community), int(seed), facts.weeks, outcome)
    return found if abs(float(found.change.mean()) - float(effect)) < _SAME else None


def _is_of_this_engine(manifest: Mapping[str, Any]) -> bool:
    """Whether the results were computed by this very program, so that a run played again is the same."""
    from sim.store.fingerprint import engine_sources

    engine = ((manifest.get("fingerprint") or {}).get("parts") or {}).get("engine") or {}
    return bool(engine.get("sources")) and engine["sources"] == engine_sources()


def _rebuilt(manifest: Mapping[str, Any], names: tuple[str, ...]) -> Plan:
    """Return scenarios from their resolved data: a resolved scenario is a scenario file, too."""
    from sim.scenario import load_plan

    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            resolved = _given(manifest["scenarios"][name]["resolved"])
            (Path(folder) / f"{name}.yaml").write_text(json.dumps(resolved), encoding="utf-8")
        return load_plan(folder)


def _given(value: Any) -> Any:
    """Return data without what was left open: a file leaves it out."""
    if isinstance(value, Mapping):
        return {key: _given(held) for key, held in value.items() if held is not None}
    return [_given(held) for held in value] if isinstance(value, list) else value


def _play(plan: Plan, names: tuple[str, str], community: int, seed: int, weeks: int, outcome: str) -> Played:
    from sim.model.engine import Simulation

    start = plan.scenarios[names[0]].build_community(community)
    before = start.columns[outcome].observed.copy()
    ends = []
    for name in names:
        held = start.copy()
        simulation = Simulation(held, plan.scenarios[name].mechanisms, plan.scenarios[name].interventions, seed)
        for _ in range(weeks):
            simulation.step()
        ends.append(held)
    baseline, scenario = ends
    took_part = np.zeros(len(start), bool)
    for state in scenario.participation.values():
        took_part |= state.joined <= weeks
    pairs = [{(int(one), int(other)) for one, other in zip(held["one"], held["other"], strict=True)}
             for held in (baseline.ties.pairs(), scenario.ties.pairs())]  # fmt: skip
    made = np.array(sorted(pairs[1] - pairs[0]), np.int64).reshape(-1, 2)
    change = scenario.columns[outcome].observed - baseline.columns[outcome].observed
    return Played(names[1], outcome, start, before, change, took_part, made)
