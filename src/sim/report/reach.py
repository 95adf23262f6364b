"""Who was reached, how uptake spread, and how far effects travel, as rows of text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import stats
from sim.compare import DISTANCES, effects_by_part, records, residents_of, ripple_summary, time_to_share
from sim.compare.wording import amount, between, number
from sim.measures import ESTIMANDS
from sim.report.reading import Material
from sim.report.tables import REACH, Cell, Line, cell_of, rows_of

__all__ = ["part_lines", "reach_lines", "ripple_lines", "spread_lines"]


def reach_lines(material: Material) -> tuple[list[str], list[Line]]:
    """Return who was reached: measures, and one line a scenario with residents and their share."""
    rows = rows_of(material, group="all")
    measures = [measure for measure in REACH if any(key[1] == measure for key in rows)]
    everybody = residents_of(material.series).get("all", math.nan)
    lines = []
    for name in material.facts.compared:
        cells = []
        for measure in measures:
            row = rows.get((name, measure, "all"))
            cells.append(_reached(row, everybody, material))
        lines.append(Line(material.facts.titles[name], cells, name))
    return measures, lines


def _reached(row: Mapping[str, Any] | None, everybody: float, material: Material) -> Cell:
    if row is None:
        return Cell("–")
    residents = float(row["value"]) * everybody
    if _too_few(residents, material):
        return Cell(f"fewer than {material.suppressed.least}")
    return Cell(number(residents), f"{number(100.0 * float(row['value']), 1)}%")


def _too_few(residents: float, material: Material) -> bool:
    return material.facts.private and 0.0 < residents < material.suppressed.least


def spread_lines(material: Material) -> list[Line]:
    """Return how uptake spread: one line a scenario that reached anybody, with how soon, through whom, and how far.

    The cells: the week by which half of those were reached whom a run reaches, the share who had heard of it from
    somebody they know, and the reproduction number; means over the runs in which they are defined.
    """
    facts = material.facts
    everybody = residents_of(material.series).get("all", math.nan)
    times = time_to_share(material.series, 0.5, of_the_final=True).dropna()
    halves = {str(name): stats.mean(weeks) for name, weeks in times.groupby("scenario")["week"]}
    ends = {name: _at_the_end(material, name) for name in ("reached", "through_ties", "reproduction")}
    lines = []
    for name in facts.compared:
        reached = ends["reached"].get(name, 0.0) * everybody
        if name not in halves or _too_few(reached, material):
            continue
        share, offspring = (ends[measure].get(name, math.nan) for measure in ("through_ties", "reproduction"))
        through = Cell("–") if _too_few(share * reached, material) else Cell(f"{number(100.0 * share, 1)}%")
        if math.isnan(share):
            through = Cell("–")
        cells = [Cell(f"week {number(halves[name])}"), through, Cell(number(offspring, 2))]
        lines.append(Line(facts.titles[name], cells, name))
    return lines


def _at_the_end(material: Material, measure: str) -> dict[str, float]:
    """Return the mean of a measure in the last week over the runs in which it is defined, by scenario."""
    table = material.series
    rows = table[(table["measure"] == measure) & (table["group"] == "all") & (table["week"] == material.facts.weeks)]
    return {str(name): stats.mean(held) for name, held in rows.groupby(rows["scenario"].astype(str))["value"]}


def part_lines(material: Material) -> list[Line]:
    """Return the effect on the primary measure by part in the interventions: one line a part, one cell a scenario."""
    facts = material.facts
    found = effects_by_part(material.comparison, material.effects, facts.outcome)
    lines = []
    for group, words in ESTIMANDS.items():
        cells = [_sized(found.get((name, group)), material) for name in facts.compared]
        if any(cell != Cell("–") for cell in cells):
            lines.append(Line(words, cells))
    return lines


def ripple_lines(material: Material) -> list[Line]:
    """Return the effect on the primary measure by distance: one line a class, one cell a scenario."""
    facts = material.facts
    summary = ripple_summary(material.ripple)
    found = {(row["scenario"], row["distance"]): row for row in records(summary[summary["measure"] == facts.outcome])}
    lines = []
    for distance, words in DISTANCES.items():
        cells = [_sized(found.get((name, distance)), material) for name in facts.compared]
        if any(cell != Cell("–") for cell in cells):
            lines.append(Line(words, cells))
    return lines


def _sized(row: Mapping[str, Any] | None, material: Material) -> Cell:
    """Return an effect with the number of residents it is on."""
    if row is None:
        return Cell("–")
    count = number(float(row["residents"]))
    size = f"about {count} resident{'' if count == '1' else 's'}"
    held = cell_of(row, material)
    if held.verdict == "no difference":
        return Cell(amount(row), size)
    text, detail = (held.text, held.detail) if held.text else (amount(row), between(row))
    return Cell(text, f"{detail}; {size}" if detail else size, held.verdict, held.why)
