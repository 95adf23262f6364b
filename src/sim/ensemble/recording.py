"""What is recorded of a study before, while and after its units are played: the manifest."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.showing import least_shown
from sim.scenario.support import support_of_plan
from sim.store import Fingerprint, StoredUnit, Unit, library_versions

if TYPE_CHECKING:
    from sim.scenario import Plan

__all__ = ["fingerprint_of", "manifest_of", "now", "with_units"]

_LIBRARIES = ("numpy", "scipy", "numba", "pandas", "pyarrow", "mesa", "networkx", "networkit")


def now() -> str:
    """Return the time, in UTC, in the form of ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprint_of(plan: Plan) -> Fingerprint:
    """Return what the numbers of a study follow from.

    Data files go by their names relative to the scenario files, so the folder can be moved.
    """
    data: dict[str, Path] = {}
    for scenario in plan.scenarios.values():
        for file in scenario.data_files():
            data[_name(file, scenario.file)] = file
    resolved = {name: scenario.resolved for name, scenario in plan.scenarios.items()}
    own = {name: digest for scenario in plan.scenarios.values()
           for name, digest in getattr(scenario, "extensions", {}).items()}  # fmt: skip
    return Fingerprint.of(resolved, plan.baseline, data, own)


def _name(file: Path, beside: str) -> str:
    try:
        return Path(os.path.relpath(file, Path(beside).parent)).as_posix()
    except ValueError:  # on another drive
        return file.name


def manifest_of(plan: Plan, fingerprint: Fingerprint) -> dict[str, Any]:
    """Return what a manifest says of a study and of what computes it; units and times come later."""
    return {
        "name": plan.name,
        "title": plan.title,
        "question": plan.question,
        "outcome": plan.outcome,
        "better": plan.better,
        "baseline": plan.baseline,
        "weeks": plan.weeks,
        "seeds": plan.seeds,
        "communities": plan.communities,
        "scenarios": {
            name: {
                "title": scenario.title,
                "file": scenario.file,
                "resolved": scenario.resolved,
                "origins": {path: asdict(origin) for path, origin in scenario.origins.items()},
                "notes": list(getattr(scenario, "notes", ())),
                "loop_gain": getattr(scenario, "loop_gain", None),
            }
            for name, scenario in plan.scenarios.items()
        },
        "evidence": support_of_plan(plan),
        "fingerprint": {"digest": fingerprint.digest, "parts": fingerprint.parts},
        "data": fingerprint.parts["data"],
        "versions": {"python": platform.python_version(), **library_versions("sim", *_LIBRARIES)},
    }


def with_units(
    manifest: Mapping[str, Any],
    planned: Sequence[Unit],
    stored: Mapping[Unit, StoredUnit],
    failed: Iterable[Unit] = (),
) -> dict[str, Any]:
    """Return a manifest with the state of its units and what is known of the community of the lowest one."""
    abouts = [file.about for _, file in sorted(stored.items()) if file.about]
    found = _programmes(about.get("programmes") or {} for about in abouts)
    private = any(about.get("private") for about in abouts)
    least = least_shown(manifest["scenarios"])
    failed = {*failed, *(unit for unit, file in stored.items() if file.failures)}

    def names(units: Iterable[Unit]) -> list[str]:
        return [Path(unit.filename).stem for unit in units]

    return {
        **manifest,
        "seeds": len({unit.seed for unit in planned}),
        "units": {
            "done": names(unit for unit in planned if unit in stored and unit not in failed),
            "failed": names(unit for unit in planned if unit in failed),
            "pending": names(unit for unit in planned if unit not in stored and unit not in failed),
        },
        "about": {key: value for key, value in abouts[0].items() if key != "programmes"} if abouts else {},
        "programmes": _without_few(found, least) if private else found,
        "private": private,
    }


def _without_few(found: Mapping[str, Mapping[str, Mapping[str, Any]]], least: int) -> dict[str, Any]:
    """Return counts with None in place of those of few surveyed people.

    Those who came had been invited or not, so the invited among them are left out, too, where the others are few.
    """

    def few(number: float) -> bool:
        return 0.0 < number < least

    def shown(counts: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: None if key != "runs" and few(value) else value for key, value in counts.items()}
        if few(counts.get("joined", 0.0) - counts.get("by_invitation", 0.0)):
            kept["by_invitation"] = None
        return kept

    return {scenario: {name: shown(counts) for name, counts in items.items()} for scenario, items in found.items()}


def _programmes(found: Iterable[Mapping[str, Mapping[str, Mapping[str, int]]]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return how many each intervention of each scenario found eligible, invited and so on: means over its runs."""
    sums: dict[str, dict[str, dict[str, Any]]] = {}
    for unit in found:
        for scenario, items in unit.items():
            for name, counts in items.items():
                held = sums.setdefault(scenario, {}).setdefault(name, {"runs": 0})
                held["runs"] += 1
                for key, count in counts.items():
                    held[key] = held.get(key, 0) + count
    return {
        scenario: {
            name: {key: value if key == "runs" else value / held["runs"] for key, value in held.items()}
            for name, held in items.items()
        }
        for scenario, items in sums.items()
    }
