"""What came through ties between residents: of the uptake, and of the effect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import stats
from sim.compare import only_shown, records, residents_of, through_ties
from sim.compare.wording import share_words
from sim.report.reading import Material
from sim.report.tables import Cell

__all__ = ["tie_lines", "tie_rows", "tie_sentences"]

_WIDEST = 1.0
"""A share whose interval is as wide as all that a share can be says nothing."""

_SHARES = (
    ("uptake_through_ties", "uptake_lower", "uptake_upper"),
    ("effect_on_others", "effect_on_others_lower", "effect_on_others_upper"),
    ("effect_through_ties", "effect_through_ties_lower", "effect_through_ties_upper"),
)


def tie_rows(material: Material) -> dict[str, dict[str, Any]]:
    """Return what came through ties in each scenario; nothing of surveyed people where they are few."""
    facts = material.facts
    effects = only_shown(material.effects, material.comparison) if facts.private else material.effects
    everybody = residents_of(material.series).get("all", math.nan)
    if effects.empty:
        return {}
    least = float(facts.least) if facts.private else 0.0
    return {
        str(row["scenario"]): row
        for row in records(through_ties(effects, material.series, everybody, material.manifest, least=least))
    }


def tie_lines(rows: Mapping[str, Mapping[str, Any]], material: Material) -> list[tuple[str, list[Cell]]]:
    """Return one line a scenario: three shares with their intervals, or why there are none; empty if all lack them."""
    if not any(_known(row, names) for row in rows.values() for names in _SHARES):
        return []
    found = []
    for name, row in rows.items():
        cells = [_cell(row, names) for names in _SHARES]
        if row["why"]:
            first = next((place for place, cell in enumerate(cells) if cell.text == "–"), len(cells) - 1)
            cells[first] = Cell(cells[first].text, str(row["why"]))
        found.append((material.facts.titles[name], cells))
    return found


def tie_sentences(row: Mapping[str, Any] | None) -> list[str]:
    """Return what came through ties in a scenario, for its page; nothing where it would say nothing."""
    if row is None or math.isnan(float(row["seeds"])) or stats.too_few(int(row["seeds"])):
        return []
    told = []
    uptake, others, through = _SHARES
    if _says_something(row, uptake):
        told.append(
            f"Of those who took part {share_words(row, *uptake)} had first heard of it from somebody they know."
        )
    if _says_something(row, others):
        more = ""
        if _says_something(row, through) and row[through[0]] != row[others[0]]:
            more = f"; with what participants gained who came through ties, {share_words(row, *through)}"
        told.append(
            f"Of the whole effect {share_words(row, *others)} is on residents who were neither offered a place nor "
            f"took part nor helped{more}."
        )
    return told


def _known(row: Mapping[str, Any], names: tuple[str, str, str]) -> bool:
    return not math.isnan(float(row[names[0]]))


def _says_something(row: Mapping[str, Any], names: tuple[str, str, str]) -> bool:
    return _known(row, names) and float(row[names[2]]) - float(row[names[1]]) < _WIDEST


def _cell(row: Mapping[str, Any], names: tuple[str, str, str]) -> Cell:
    if not _known(row, names):
        return Cell("–")
    share, _, interval = share_words(row, *names).partition(" (")
    return Cell(share, interval.rstrip(")"))
