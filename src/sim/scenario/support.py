"""What a study's numbers rest on: evidence entries, their grades, the works they cite, and what has no source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim import evidence
from sim.community.survey.outcomes import DRAWN_FROM
from sim.community.survey.spec import scale_of
from sim.evidence.library import GRADES
from sim.scenario.explain import flat, lacks_source
from sim.scenario.plan import Plan

__all__ = ["by_grade", "evidence_names", "support_of_plan"]

_ALWAYS = ("ties.", "measures.")
"""How names of entries begin that every run reads, whatever a scenario says."""


def evidence_names(scenarios: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of all evidence that some scenarios rest on, in alphabetical order.

    Parameters
    ----------
    scenarios
        For each its ``resolved`` data and ``origins``, as a manifest holds them.
    """
    known = evidence.entries()
    names: set[str] = set()
    prefixes = set(_ALWAYS)
    for stored in scenarios:
        names |= {str(item["evidence"]) for item in (stored.get("origins") or {}).values() if item.get("evidence")}
        for source, fields in ((stored.get("resolved") or {}).get("community") or {}).items():
            settings = fields if isinstance(fields, Mapping) else {}
            prefixes.add(f"{settings.get('profile') or source}.")
            if source != "synthesise":
                prefixes.add("survey.")
                drawn = [names for column, names in DRAWN_FROM.items() if settings.get(column) is None]
                names.update(*drawn)
                names |= {scale_of(name) for name in _scales_in(settings)}
    names |= {name for name in known if name.startswith(tuple(prefixes))}
    return sorted(name for name in names if name in known)


def _scales_in(settings: Any) -> Iterable[str]:
    """Yield the names of published scales that the settings of a survey name."""
    if not isinstance(settings, Mapping):
        return
    for key, item in settings.items():
        if key == "scale" and isinstance(item, str):
            yield item
        elif key == "scales" and isinstance(item, Mapping):
            yield from map(str, item.values())
        else:
            yield from _scales_in(item)


def by_grade(names: Iterable[str]) -> dict[str, int]:
    """Return how many of some entries have which grade, from the strongest design to none."""
    supports = [evidence.entry(name).support for name in names]
    return {grade: supports.count(grade) for grade in GRADES if grade in supports}


def support_of_plan(plan: Plan) -> dict[str, Any]:
    """Return what the numbers of a study rest on, for its manifest.

    Returns
    -------
    support
        ``numbers``: names of the evidence entries; ``by_grade``: how many of them have which grade;
        ``works``: the texts of the works that they cite, by key; ``set_without_source``: paths of estimated values
        that a file or the command line sets without naming what supports them.
    """
    from dataclasses import asdict

    stored = [
        {"resolved": scenario.resolved, "origins": {path: asdict(origin) for path, origin in scenario.origins.items()}}
        for scenario in plan.scenarios.values()
    ]
    names = evidence_names(stored)
    keys = sorted({key for name in names for key in evidence.entry(name).sources})
    return {
        "numbers": names,
        "by_grade": by_grade(names),
        "works": {key: evidence.source(key).text for key in keys},
        "set_without_source": sorted(
            {
                path
                for scenario in plan.scenarios.values()
                for path, value in flat(scenario.resolved).items()
                if path in scenario.origins and lacks_source(path, value, scenario.origins[path])
            }
        ),
    }
