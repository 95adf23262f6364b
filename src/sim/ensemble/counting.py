"""Who is worse off, counted over all units of a community when they are there.

A unit of a community that is played with several seeds keeps residents' own effects (:mod:`sim.tables.worse_off`). They
are added up here, community by community, and the counts take their place in the effects of its first unit. Of real
people they are removed when the run has ended; if the study is played with more seeds later, the earlier units of the
same people are played again, so that the count is over all seeds as if they had been played at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.community.at_start import groups_of
from sim.store import OWN, BrokenUnitError, StoredUnit, Unit
from sim.tables import OwnEffects, with_worse_off

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Plan

__all__ = ["NOT_KEPT", "Counted", "count", "to_play_again", "with_shared_residents"]

NOT_KEPT = "and their files do not hold effects on single residents (of surveyed people none are kept once counted)"
"""Why units are played again."""

UNCOUNTED = "who is worse off is not counted everywhere"
"""Remark of tables that lack counts because residents' own effects of some units are not there."""


@dataclass(frozen=True)
class Counted:
    """What goes into the tables besides what stands in units' files."""

    order: tuple[str, ...] = ()
    """Scenarios in the study's order."""
    rows: Mapping[Unit, pd.DataFrame | None] = field(default_factory=dict)
    """Who is worse off, in place of what the files of units say of it; nobody where there is nothing."""
    remark: str = ""
    """What is missing; empty where nothing is."""

    def effects(self, file: StoredUnit) -> pd.DataFrame | None:
        """Return the effects of a unit where they differ from those in its file.

        Raises
        ------
        BrokenUnitError
            When its content does not fit its checksums.
        """
        if file.unit not in self.rows:
            return None
        return with_worse_off(file.table("effects").to_pandas(), self.rows[file.unit], self.order)


def _same_residents(plan: Plan, units: Iterable[Unit]) -> list[list[Unit]]:
    """Return units by their residents, in order."""
    found: dict[str, list[Unit]] = {}
    for unit in sorted(units):
        found.setdefault(plan.residents_of(*unit), []).append(unit)
    return list(found.values())


def with_shared_residents(plan: Plan, planned: Sequence[Unit]) -> Plan:
    """Return a plan whose units keep residents' own effects where stored units, if not its own seeds, call for it."""
    if _have_their_own(planned) or plan.seeds > plan.communities:
        return plan
    return replace(plan, seeds=plan.communities + 1)


def to_play_again(plan: Plan, planned: Iterable[Unit], stored: Mapping[Unit, StoredUnit]) -> list[Unit]:
    """Return stored units without the residents' own effects that the count over all planned units needs."""
    if not any(file.counting in ("alone", "removed") for file in stored.values()):
        return []
    return [
        unit
        for units in _same_residents(plan, planned)
        for unit in units
        if unit in stored
        and (stored[unit].counting == "removed" or (stored[unit].counting == "alone" and len(units) > 1))
    ]


def count(plan: Plan, units: Sequence[StoredUnit]) -> Counted:
    """Count who is worse off in each community that several units were played in.

    Raises
    ------
    BrokenUnitError
        When a unit's file turns out to be damaged; it is removed and has to be played again.
    """
    stored = {file.unit: file for file in units if file.counting}
    if all(file.counting == "alone" for file in stored.values()) and _have_their_own(stored):
        return Counted()
    rows: dict[Unit, pd.DataFrame | None] = {}
    remark = ""
    for together in _same_residents(plan, stored):
        files = [stored[unit] for unit in together]
        if len(files) == 1 and files[0].counting == "alone":
            continue
        rows |= {file.unit: None for file in files if file.counting == "alone"}
        holding = [file for file in files if file.rows.get(OWN)]
        if any(file.counting != "kept" for file in files):
            remark = UNCOUNTED
        elif holding:
            rows[holding[0].unit] = _rows(plan, holding)
    return Counted(tuple(plan.scenarios), rows, remark)


def _have_their_own(units: Iterable[Unit]) -> bool:
    communities = [unit.community for unit in units]
    return len(set(communities)) == len(communities)


def _rows(plan: Plan, files: Sequence[StoredUnit]) -> pd.DataFrame:
    """Return the counts over units with the same residents."""
    added = OwnEffects()
    for file in sorted(files, key=lambda file: file.unit.seed):
        try:
            added.add(file.table(OWN).to_pandas())
        except BrokenUnitError:
            file.path.unlink(missing_ok=True)
            raise
    first = files[0].unit
    scenario: Any = plan.scenarios[plan.baseline].drawn(first.seed)
    return added.rows(groups_of(scenario.build_community(first.community)), *first)
