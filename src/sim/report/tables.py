"""The numbers of a report as rows of text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim import stats
from sim.compare import best_group, headline_rows, how_counted, in_people, records, target_results
from sim.compare.verdicts import verdict_of, why_too_close
from sim.compare.wording import (
    amount,
    between,
    cost_words,
    currency_of,
    group_phrase,
    level_words,
    money,
    number,
    of_it_unpaid,
    one_person,
    pairs_better,
    people,
    plain,
    unpaid,
)
from sim.measures import COMPARED, ESTIMANDS
from sim.plots import group_words
from sim.plots.style import styles
from sim.report.charts.drawing import key_mark
from sim.report.reading import Material

__all__ = [
    "NOT_OUTCOMES",
    "REACH",
    "Cell",
    "Line",
    "cell_of",
    "group_lines",
    "main_lines",
    "other_lines",
    "price_years",
    "rows_of",
    "target_lines",
    "worse_off_words",
]

REACH = ("aware", "reached", "taking_part", "waiting", "completed", "dropped_out")
"""Measures of who was reached: levels, not effects."""

NOT_OUTCOMES = (*REACH, "cost", "residents")
"""Measures that are no outcome: levels of uptake, money, sizes."""


@dataclass(frozen=True)
class Cell:
    """An effect in a table."""

    text: str
    detail: str = ""
    """The interval in words."""
    verdict: str = ""
    why: str = ""
    """Why it is too close to call, where the runs would seem to say otherwise."""


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
        return Cell(f"{money(float(row['effect']), currency_of(material.manifest))} more")
    return Cell(amount(row), between(row), verdict, why_too_close(row))


def rows_of(material: Material, **wanted: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the rows at the horizon by scenario, measure and group."""
    table = material.comparison
    chosen = table[table["when"] == "horizon"]
    for column, value in wanted.items():
        chosen = chosen[chosen[column] == value]
    return {(row["scenario"], row["measure"], row["group"]): row for row in records(chosen)}


def price_years(manifest: Mapping[str, Any]) -> list[int]:
    """Return the years of the prices that costs are in."""
    years = {
        int(item["cost"]["year"])
        for stored in manifest["scenarios"].values()
        for item in (stored.get("resolved") or {}).get("interventions") or ()
        if (item.get("cost") or {}).get("year")
    }
    return sorted(years)


def main_lines(
    material: Material, sure: Mapping[str, list[str]], told: Mapping[str, Sequence[str]] | None = None
) -> list[dict[str, Any]]:
    """Return the scenarios side by side: one line a scenario, the baseline first.

    ``sure`` adds to how sure it is; ``told`` is what else must be known of a scenario (:mod:`sim.compare.remarks`).
    """
    facts = material.facts
    rows = headline_rows(material.comparison, facts)
    averages = _averages(material)
    coin = currency_of(material.manifest)
    free = unpaid(records(material.comparison))
    looks = styles(facts.scenarios)
    lines: list[dict[str, Any]] = []
    if rows:
        level = stats.mean([float(row["baseline"]) for row in rows])
        lines.append({"is_baseline": True, "level": _level(level, facts.outcome)})
    for row in rows:
        name = str(row["scenario"])
        counted = in_people(row, material.comparison)
        lines.append(
            {
                "title": facts.titles[name],
                "key": key_mark(looks[name]),
                "is_baseline": False,
                "cell": cell_of(row, material),
                "average": cell_of(averages.get(name), material),
                "people": _people(row, counted, material),
                "pairs": pairs_better(row),
                "sure": sure.get(name, []),
                "told": [_sentence(text) for text in (told or {}).get(name, ())],
                "whom": _whom(name, material),
                "worse_off": worse_off_words(name, material),
                "cost": cost_words(float(row["cost"]), coin, private=facts.private),
                "unpaid": of_it_unpaid(free.get(name, 0.0) if float(row["cost"]) > 0.0 else 0.0, coin),
                "cost_per_unit": _cost_per_person(counted or row, coin),
            }
        )
    return lines


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _people(row: Mapping[str, Any], counted: Mapping[str, Any] | None, material: Material) -> str:
    """Return an effect as people, or that there is none, or that it cannot be told from none."""
    verdict = verdict_of(row, material.facts.direction(str(row["measure"])))
    if verdict in ("no difference", "practically nothing", "too close to call", "not defined"):
        return f"{verdict[:1].upper()}{verdict[1:]}"
    text = amount(row) if counted is None else f"{people(counted)} {COMPARED[str(counted['measure'])].label}"
    return f"{text[:1].upper()}{text[1:]}"


def _whom(name: str, material: Material) -> str:
    """Return for which group of residents a scenario does most."""
    row = best_group(material.comparison, name, material.facts)
    if row is None:
        return "–"
    counted = in_people(row, material.comparison)
    return f"Most: {group_phrase(str(row['group']))} ({amount(row) if counted is None else people(counted)})"


def worse_off_words(name: str, material: Material) -> str:
    """Return how many residents end worse off than without it; empty where nobody does or it is not known."""
    found = [
        row for row in material.rows_of_scenario.get(name, []) if (row["measure"], row["group"]) == ("worse_off", "all")
    ]
    if not found or round(float(found[0]["value"])) < 1:
        return ""
    count = number(float(found[0]["value"]))
    verb, plural = ("ends", "") if count == "1" else ("end", "s")
    return (
        f"about {count} resident{plural} {verb} noticeably worse off than without it ({how_counted(material.effects)})"
    )


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


def _cost_per_person(row: Mapping[str, Any], coin: str) -> str:
    """Return the cost for each person helped; empty for measures on a scale, and where nobody surely was."""
    measure, value = COMPARED[str(row["measure"])], float(row["cost_per_unit"])
    if not measure.is_share or math.isnan(value):
        return ""
    return f"{money(value, coin)} {one_person(row)}"


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
        and measure not in NOT_OUTCOMES
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
        found = result.interval
        value, lower, upper = level_words(found.estimate, found.lower, found.upper)
        lines.append(
            {
                "title": material.facts.titles[result.scenario],
                "target": f"{COMPARED[result.measure].label} {result.side} {plain(result.bound)} in week {result.week}",
                "value": value,
                "range": f"{lower} to {upper}",
                "verdict": result.verdict,
            }
        )
    return lines
