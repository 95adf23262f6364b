"""The numbers of a report as rows of text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim import stats
from sim.compare import IN_PEOPLE, headline_rows, records, target_results
from sim.compare.verdicts import verdict_of
from sim.compare.wording import amount, between, money, number, pairs_better, plain
from sim.measures import COMPARED, ESTIMANDS
from sim.plots import group_words
from sim.report.reading import Material

__all__ = ["REACH", "Cell", "Line", "cell_of", "group_lines", "main_lines", "other_lines", "rows_of", "target_lines"]

REACH = ("aware", "reached", "taking_part", "waiting", "completed", "dropped_out")
"""Measures of who was reached: levels, not effects."""

_NOT_OUTCOMES = (*REACH, "cost", "residents")


@dataclass(frozen=True)
class Cell:
    """An effect in a table."""

    text: str
    detail: str = ""
    """The interval in words."""
    verdict: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table."""

    head: str
    cells: list[Cell]
    scenario: str = ""


def cell_of(row: Mapping[str, Any] | None, material: Material) -> Cell:
    """Return a row of a comparison as a cell: effect, interval, verdict."""
    if row is None:
        return Cell("–")
    verdict = verdict_of(row, material.facts.direction(str(row["measure"])))
    if verdict == "not defined":
        return Cell("–", verdict=verdict)
    if verdict in ("no difference", "practically nothing"):
        return Cell("", "", verdict)
    if COMPARED[str(row["measure"])].unit == COMPARED["cost"].unit:
        return Cell(f"{money(float(row['effect']), currency(material.manifest))} more")
    return Cell(amount(row), between(row), verdict)


def rows_of(material: Material, **wanted: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the rows at the horizon by scenario, measure and group."""
    table = material.comparison
    chosen = table[table["when"] == "horizon"]
    for column, value in wanted.items():
        chosen = chosen[chosen[column] == value]
    return {(row["scenario"], row["measure"], row["group"]): row for row in records(chosen)}


def currency(manifest: Mapping[str, Any]) -> str:
    """Return the currency of the interventions' costs; the measure's unit where none is said."""
    for stored in manifest["scenarios"].values():
        for item in (stored.get("resolved") or {}).get("interventions") or ():
            found = (item.get("cost") or {}).get("currency")
            if found:
                return str(found)
    return COMPARED["cost"].unit


def price_years(manifest: Mapping[str, Any]) -> list[int]:
    """Return the years of the prices that costs are in."""
    years = {
        int(item["cost"]["year"])
        for stored in manifest["scenarios"].values()
        for item in (stored.get("resolved") or {}).get("interventions") or ()
        if (item.get("cost") or {}).get("year")
    }
    return sorted(years)


def people_measure(material: Material) -> str:
    """Return the share that says in people what the primary measure says on a scale; empty if there is none."""
    measure = IN_PEOPLE.get(material.facts.outcome, "")
    return measure if measure in set(material.comparison["measure"]) else ""


def main_lines(material: Material) -> list[dict[str, Any]]:
    """Return the side-by-side table: one line a scenario, the baseline first."""
    facts, people = material.facts, people_measure(material)
    rows = headline_rows(material.comparison, facts)
    by_people = rows_of(material, measure=people, group="all") if people else {}
    averages = _averages(material)
    coin = currency(material.manifest)
    lines = []
    if rows:
        level = stats.mean([float(row["baseline"]) for row in rows])
        lines.append(
            {"title": facts.titles[facts.baseline], "is_baseline": True, "level": _level(level, facts.outcome)}
        )
    for row in rows:
        name = str(row["scenario"])
        in_people = by_people.get((name, people, "all"))
        lines.append(
            {
                "title": facts.titles[name],
                "is_baseline": False,
                "level": _level(float(row["value"]), facts.outcome),
                "cell": cell_of(row, material),
                "average": cell_of(averages.get(name), material),
                "people": cell_of(in_people, material) if people else None,
                "pairs": pairs_better(row),
                "cost": _cost(float(row["cost"]), coin),
                "cost_per_unit": _cost_per_person(in_people or row, coin),
            }
        )
    return lines


def _averages(material: Material) -> dict[str, dict[str, Any]]:
    table = material.comparison
    chosen = table[
        (table["when"] == "average") & (table["group"] == "all") & (table["measure"] == material.facts.outcome)
    ]
    return {str(row["scenario"]): row for row in records(chosen)}


def _level(value: float, measure: str) -> str:
    if COMPARED[measure].is_share:
        return f"{number(1000.0 * value)} in 1,000"
    return plain(value)


def _cost(value: float, coin: str) -> str:
    if math.isnan(value):
        return "–"
    return "nothing" if value == 0.0 else money(value, coin)


def _cost_per_person(row: Mapping[str, Any], coin: str) -> str:
    """Return the cost for each person helped; empty for measures on a scale, and where nobody surely was."""
    measure, value = COMPARED[str(row["measure"])], float(row["cost_per_unit"])
    if not measure.is_share or math.isnan(value):
        return ""
    fewer = "fewer" if float(row["effect"]) < 0.0 else "more"
    return f"{money(value, coin)} for each person {fewer} {measure.label}"


def other_lines(material: Material, *, details: bool = False) -> list[Line]:
    """Return the other outcomes, or finer views of them: one line a measure, one cell a scenario.

    Finer views in which no scenario makes any difference are left out.
    """
    facts = material.facts
    rows = rows_of(material, group="all")
    present = {measure for _, measure, _ in rows}
    found = [
        Line(measure, [cell_of(rows.get((name, measure, "all")), material) for name in facts.compared])
        for measure in facts.ordered_measures()
        if measure in present
        and measure not in _NOT_OUTCOMES
        and measure != facts.outcome
        and COMPARED[measure].is_detail == details
    ]
    moved = {measure for (_, measure, _), row in rows.items() if row["lower"] != 0.0 or row["upper"] != 0.0}
    return [line for line in found if line.head in moved or not details]


def group_lines(material: Material) -> list[Line]:
    """Return the effect on the primary measure by group: one line a group, one cell a scenario."""
    facts = material.facts
    rows = rows_of(material, measure=facts.outcome)
    groups = [group for group in dict.fromkeys(group for _, _, group in rows) if group not in ESTIMANDS]
    if len(groups) < 2:
        return []
    return [
        Line(
            group_words(group),
            [cell_of(rows.get((name, facts.outcome, group)), material) for name in facts.compared],
        )
        for group in groups
    ]


def target_lines(material: Material) -> list[dict[str, str]]:
    """Return every target with what came out."""
    lines = []
    for result in target_results(material.series, material.manifest):
        lines.append(
            {
                "title": material.facts.titles[result.scenario],
                "target": f"{COMPARED[result.measure].label} {result.side} {plain(result.bound)} in week {result.week}",
                "value": plain(result.interval.estimate),
                "range": f"{plain(result.interval.lower)} to {plain(result.interval.upper)}",
                "verdict": result.verdict,
            }
        )
    return lines
