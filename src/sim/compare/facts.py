"""What a comparison must know of a study, read from the manifest of its result folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.measures import COMPARED, Described
from sim.scenario.showing import FEWEST_SHOWN, USUAL_LEAST, least_shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST_SHOWN", "USUAL_LEAST", "Facts", "records"]


@dataclass(frozen=True)
class Facts:
    """The parts of a manifest that numbers are read with."""

    baseline: str
    """Name of the scenario that the others are compared with."""
    scenarios: tuple[str, ...]
    """All scenarios in the study's order, the baseline first."""
    titles: Mapping[str, str]
    """Title of each scenario; its name where it has none."""
    title: str
    question: str
    outcome: str
    """Primary measure: what the answer and the ranking are about."""
    better: str
    """``lower`` or ``higher``: which way the primary measure should go; empty where nothing is said."""
    weeks: int
    """Horizon of the runs."""
    private: bool = False
    """Whether the community comes from a survey of persons."""
    least: int = 10
    """Groups below so many residents are not shown where it does (``suppress_below`` of the scenarios)."""

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Facts:
        """Return the facts of a manifest; a manifest without them is a problem of the folder."""
        try:
            scenarios = manifest["scenarios"]
            names = tuple(scenarios)
            baseline = str(manifest["baseline"])
            outcome = str(manifest["outcome"])
            weeks = int(manifest["weeks"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise InputError(Problem("manifest.json", message=f"is not a study's manifest ({wrong!r})")) from wrong
        if outcome not in COMPARED or baseline not in names:
            missing = f"measure '{outcome}'" if outcome not in COMPARED else f"scenario '{baseline}'"
            raise InputError(Problem("manifest.json", message=f"names a {missing} that is not known"))
        return cls(
            baseline=baseline,
            scenarios=(baseline, *(name for name in names if name != baseline)),
            titles={name: str(scenarios[name].get("title") or name) for name in names},
            title=str(manifest.get("title") or manifest.get("study") or "Study"),
            question=str(manifest.get("question") or ""),
            outcome=outcome,
            better=str(manifest.get("better") or ""),
            weeks=weeks,
            least=least_shown(scenarios),
            private=bool(manifest.get("private") or (manifest.get("about") or {}).get("private")),
        )

    @property
    def compared(self) -> tuple[str, ...]:
        """The scenarios without the baseline."""
        return tuple(name for name in self.scenarios if name != self.baseline)

    def measure(self, name: str) -> Described:
        """Return a measure of the registry."""
        return COMPARED[name]

    def direction(self, measure: str) -> str:
        """Return ``lower``, ``higher`` or an empty string: which way is better, as this study sees it."""
        if measure == self.outcome and self.better:
            return self.better
        return COMPARED[measure].better if measure in COMPARED else ""

    def ordered_measures(self) -> tuple[str, ...]:
        """Return all measures: the primary one first, the others in the registry's order."""
        return (self.outcome, *(name for name in COMPARED if name != self.outcome))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
