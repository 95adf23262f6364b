"""The numbers behind the charts, for the script of the page: what else can be chosen than what stands on paper."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.compare import DISTANCES, records, ripple_summary
from sim.measures import COMPARED, ESTIMANDS
from sim.plots import group_words
from sim.plots.style import measure_axis, scale_of, styles

if TYPE_CHECKING:
    from sim.report.charts.curve_numbers import Curves
    from sim.report.reading import Material

__all__ = ["as_script", "of_measure", "payload", "sides", "unit_of"]

_DIGITS = 6
"""Of numbers in pictures: more than any text shows, so that no bound is rounded twice and told otherwise elsewhere."""


def sides(better: str) -> tuple[str, str]:
    """Return what left and right of zero mean."""
    if better == "lower":
        return "better", "worse"
    return ("worse", "better") if better == "higher" else ("lower", "higher")


def unit_of(measure: str) -> str:
    """Return the words of the axis of a difference."""
    return measure_axis(measure, "difference in")


def payload(material: Material, curves: Curves, measures: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """Return everything that the charts can show, ready for JSON, with four digits; null for what is not known.

    Scenarios are numbered as in ``Facts.compared``; each list over scenarios is in that order.
    """
    facts = material.facts
    looks = styles(facts.scenarios)
    return {
        "weeks": facts.weeks,
        "base": facts.titles[facts.baseline],
        "scenarios": [
            {"title": facts.titles[name], "colour": looks[name].colour, "dashes": looks[name].dashes,
             "marker": looks[name].marker}
            for name in facts.scenarios
        ],
        "measures": {name: of_measure(name, facts.direction(name)) for name in measures},
        "groups": {name: ESTIMANDS.get(name) or group_words(name) for name in groups},
        "distances": list(DISTANCES.items()),  # a script would sort names that are numbers
        "parts": list(ESTIMANDS),
        "curves": _curves(curves, measures, groups),
        "effects": _effects(material, measures),
        "ripple": _ripple(material, measures),
    }  # fmt: skip


def as_script(content: Mapping[str, Any]) -> str:
    """Return JSON that can stand in a page whatever texts it holds: nothing in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def of_measure(name: str, better: str) -> dict[str, Any]:
    """Return what the script must know of a measure."""
    factor, _ = scale_of(name)
    words = ("fewer", "more") if COMPARED[name].is_share else ("lower", "higher")
    return {
        "label": COMPARED[name].label, "factor": factor, "unit": unit_of(name), "level": measure_axis(name),
        "sides": sides(better), "words": words, "tail": " in 1,000" if COMPARED[name].is_share else "",
    }  # fmt: skip


def _short(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _list(values: Any) -> list[float | None]:
    return [_short(float(value)) for value in values]


def _curves(curves: Curves, measures: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for measure in measures:
        for group in groups:
            curve = curves.of(measure, group)
            if curve is None:
                continue
            held: dict[str, Any] = {
                "weeks": curve.weeks.tolist(),
                "difference": [[_list(part) for part in scenario] for scenario in curve.difference],
            }
            if group == "all":
                held["level"] = [_list(scenario) for scenario in curve.level]
                held["spread"] = [_list(bound) for bound in curve.spread]
            found.setdefault(measure, {})[group] = held
    return found


def _effects(material: Material, measures: Sequence[str]) -> dict[str, Any]:
    """Return effect and bounds at the horizon by measure, group and scenario."""
    table = material.comparison
    rows = table[(table["when"] == "horizon") & table["measure"].isin(list(measures))]
    number = {name: place for place, name in enumerate(material.facts.compared)}
    found: dict[str, Any] = {}
    for row in records(rows):
        if math.isnan(float(row["effect"])):
            continue
        held = found.setdefault(row["measure"], {}).setdefault(row["group"], [None] * len(number))
        held[number[row["scenario"]]] = _list((row["effect"], row["lower"], row["upper"]))
    return found


def _ripple(material: Material, measures: Sequence[str]) -> dict[str, Any]:
    """Return effect, bounds and residents by measure, distance and scenario; rare classes left out."""
    summary = ripple_summary(material.ripple)
    number = {name: place for place, name in enumerate(material.facts.compared)}
    found: dict[str, Any] = {}
    for row in records(summary[summary["measure"].isin(list(measures))]):
        if row["scenario"] not in number or row["seeds"] < 0.5 * summary["seeds"].max():
            continue
        held = found.setdefault(row["measure"], {}).setdefault(row["distance"], [None] * len(number))
        held[number[row["scenario"]]] = _list((row["effect"], row["lower"], row["upper"], row["residents"]))
    return found
