"""How the scenarios stand to each other: chances of being best, gaps between groups, and the same budget for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare import NO_CHANCES, at_budget, gaps, headline_rows, only_shown, ranked, records
from sim.compare.wording import amount, between, chance_words, currency_of, group_phrase, joined, money, number
from sim.report.tables import Cell

if TYPE_CHECKING:
    from sim.report.reading import Material

__all__ = ["budget_table", "chances", "gap_lines", "rank_sentence"]

_FAR = "far from what was played"
_STOPS = "growth stops there: "


def _ranked(material: Material) -> list[dict[str, Any]]:
    """Return the ranking; nothing where neither direction is better or there are too few runs."""
    rows = material.ranked
    return [] if not rows or stats.too_few(int(rows[0]["seeds"])) else rows


def chances(material: Material) -> dict[str, list[str]]:
    """Return, for each scenario, its chance of being best and whom it is tied with."""
    titles = material.facts.titles
    found = {}
    for row in _ranked(material):
        chance = float(row["chance_best"])
        lines = [] if math.isnan(chance) else [f"chance of being best: {chance_words(chance)}"]
        tied = [titles.get(name, name) for name in str(row["tied_with"]).split(", ") if name]
        if tied:
            lines.append(f"tied with {joined([f'“{title}”' for title in tied])}")
        found[str(row["scenario"])] = lines
    return found


def rank_sentence(material: Material) -> str:
    """Return what the chances are, and what they are not."""
    rows = _ranked(material)
    if not rows:
        return ""
    if math.isnan(float(rows[0]["chance_best"])):
        return NO_CHANCES
    return (
        "The chance of being best is that of the true mean effect in this model, as the paired runs tell of it; doing "
        "nothing is a candidate, too. What the model leaves out is not in it."
    )


def gap_lines(material: Material) -> list[tuple[str, list[Cell]]]:
    """Return the change of the gap between the worst-off group of each column and everybody: one row a column."""
    facts = material.facts
    shown = material.effects
    if facts.private:
        seen = set(material.comparison["group"][material.comparison["measure"] == facts.outcome])
        shown = shown[shown["group"].astype(str).isin(seen)]
    if shown.empty or facts.direction(facts.outcome) not in ("lower", "higher"):
        return []
    table = gaps(shown, material.manifest)
    table = table[(table["reference"] == "everybody") & (table["when"] == "horizon")]
    rows: dict[str, dict[str, Cell]] = {}
    for row in records(table):
        group = f"{row['column']}={row['worst_off']}"
        held = {"measure": facts.outcome, "effect": row["change"], "lower": row["lower"], "upper": row["upper"]}
        cell = Cell(amount(held), between(held), str(row["verdict"]))
        rows.setdefault(group, {})[str(row["scenario"])] = cell
    return [
        (group_phrase(group), [cells.get(name, Cell("–")) for name in facts.compared]) for group, cells in rows.items()
    ]


def budget_table(material: Material) -> tuple[str, list[tuple[str, list[Cell]]]]:
    """Return the budget at which scenarios are compared, and one row each; nothing where fewer than two cost anything.

    The budget is what the scenario costs that did most and costs something.
    """
    facts = material.facts
    rows = ranked(headline_rows(material.comparison, facts), facts.direction(facts.outcome))
    costly = [row for row in rows if float(row["cost"]) > 0.0]
    if len(costly) < 2 or stats.too_few(min(int(row["seeds"]) for row in rows)):
        return "", []
    budget = float(costly[0]["cost"])
    effects = only_shown(material.effects, material.comparison) if facts.private else material.effects
    scaled = at_budget(effects, material.manifest, budget)
    found = []
    for row in records(scaled):
        if math.isnan(float(row["effect"])):
            found.append((facts.titles[row["scenario"]], [Cell("–"), Cell("–", str(row["note"]))]))
            continue
        held: Mapping[str, Any] = {"measure": facts.outcome, **row}
        size = f"{number(float(row['factor']), 2)} times as large"
        note = "far from what was played: play it at that size" if _FAR in str(row["note"]) else ""
        if float(row["cost_then"]) < 0.999 * budget:
            stops = str(row["note"]).partition(_STOPS)[2].partition(";")[0]
            costs = money(float(row["cost_then"]), currency_of(material.manifest))
            note = "; ".join(part for part in (f"costs {costs}, not more: {stops}", note) if part)
        found.append((facts.titles[row["scenario"]], [Cell(size, note), Cell(amount(held), between(held))]))
    return money(budget, currency_of(material.manifest)), found
