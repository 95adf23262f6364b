"""What a report is made from: the tables of one result folder, ready for readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import compare
from sim.compare import Facts, Suppressed
from sim.store import ResultFolder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Material", "read"]


@dataclass(frozen=True)
class Material:
    """Tables of a result folder; for a surveyed community without small groups."""

    folder: Path
    manifest: Mapping[str, Any]
    facts: Facts
    series: pd.DataFrame
    effects: pd.DataFrame
    comparison: pd.DataFrame
    ripple: pd.DataFrame
    contributions: pd.DataFrame
    failures: pd.DataFrame
    suppressed: Suppressed
    """What was left out; empty where the community is not surveyed."""

    @property
    def group_sizes(self) -> dict[str, float]:
        """Fewest residents of each group at week 0 over communities."""
        rows = self.series[(self.series["measure"] == "residents") & (self.series["week"] == 0)]
        return {str(name): float(held.min()) for name, held in rows["value"].groupby(rows["group"].astype(str))}

    @cached_property
    def rows_of_scenario(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of the comparison at the horizon, by scenario."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in compare.records(self.comparison[self.comparison["when"] == "horizon"]):
            found.setdefault(str(row["scenario"]), []).append(row)
        return found

    @cached_property
    def ranked(self) -> list[dict[str, Any]]:
        """The ranking by the primary measure; nothing where neither direction is better or there are no runs."""
        if self.facts.direction(self.facts.outcome) not in ("lower", "higher") or self.effects.empty:
            return []
        return compare.records(compare.ranking(self.effects, self.manifest))

    @property
    def about(self) -> Mapping[str, Any]:
        """What is known of the community."""
        about: Mapping[str, Any] = self.manifest.get("about") or {}
        return about


def read(folder: Path | str) -> Material:
    """Read a result folder and leave out what readers must not see.

    Raises
    ------
    InputError
        When it is not a result folder, or a file in it cannot be read.
    """
    found = ResultFolder.open(folder)
    manifest = found.manifest
    facts = Facts.read(manifest)
    series, effects, ripple, contributions = (
        found.table(name) for name in ("series", "effects", "ripple", "contributions")
    )
    comparison = compare.comparison(series, effects, manifest)
    suppressed = Suppressed()
    if facts.private:
        comparison, suppressed = compare.suppress(comparison, series, effects, facts.least)
        ripple, gone = compare.suppress_ripple(ripple, facts.least)
        suppressed = replace(suppressed, ripple_classes=gone)
    return Material(
        folder=found.path, manifest=manifest, facts=facts, series=series, effects=effects,
        comparison=comparison, ripple=ripple, contributions=contributions, failures=found.failures(),
        suppressed=suppressed,
    )  # fmt: skip
