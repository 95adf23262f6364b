"""Everything that the templates of the report read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import compare, stats
from sim.community.matching_table import ORIGIN_OF_TOLERANCES
from sim.compare.verdicts import VERDICTS
from sim.compare.wording import joined, plain
from sim.evidence.library import NOT_VERIFIED
from sim.measures import COMPARED
from sim.plots.moved import MOVED
from sim.plots.style import styles
from sim.report import reach, settings, sources, standing, tables
from sim.report.charts.drawing import key_mark
from sim.report.network import CANNOT_BE_PLAYED, drawn_network, why_not_drawn
from sim.report.tables import Cell
from sim.report.ties import tie_lines, tie_rows
from sim.report.workshop import workshop_pages

if TYPE_CHECKING:
    from sim.report.charts.building import Charts
    from sim.report.reading import Material

__all__ = ["context"]

_MOST_FAILURES = 20

_OF_UPTAKE = ("through_ties", "reproduction")
"""Measures that are shown as they are: where nothing is done there is nothing to compare them with."""

_NOTHING_SAID: dict[str, Any] = dict.fromkeys(("seeds", "started", "ended", "versions", "fingerprint", "data"), "")
"""What a manifest of another version may lack."""


def context(material: Material, charts: Charts) -> dict[str, Any]:
    """Return the names that the templates use, with their values."""
    manifest = material.manifest
    through = tie_rows(material)
    taking_part = material.series[material.series["measure"] == "taking_part"]
    told = compare.remarks(material.comparison, taking_part, manifest)
    briefly = compare.remarks(material.comparison, taking_part, manifest, brief=True)
    return {
        "facts": material.facts,
        "manifest": _NOTHING_SAID | dict(manifest),
        "about": {"title": "", "residents": 0, "notes": [], "matches": [], **material.about},
        "measures": COMPARED,
        "verdicts": VERDICTS,
        "few": stats.FEWEST_SEEDS,
        "least": material.suppressed.least,
        "suppressed": material.suppressed.sentence(),
        "suppressed_ripple": material.suppressed.ripple_sentence(),
        "suppressed_parts": material.suppressed.parts_sentence(),
        **_answer(material),
        **_compared(material, briefly),
        **_pictures(material, charts, through),
        **_scenarios(material, through, told),
        **_community(material),
        **_methods(material),
    }


def _answer(material: Material) -> dict[str, Any]:
    failures = material.failures
    titles = material.facts.titles
    rows = [
        (str(row["seed"]), [str(row["community"]), titles.get(row["scenario"], row["scenario"]) or "all", row["error"]])
        for row in failures.head(_MOST_FAILURES).to_dict("records")
    ]
    return {
        "variance": compare.variance_sentence(material.comparison, material.manifest),
        "answer": compare.answer(material.comparison, material.effects, material.manifest),
        "pairs": int(material.effects[["community", "seed"]].drop_duplicates().shape[0]),
        "communities": material.effects["community"].nunique(),
        "pending": len((material.manifest.get("units") or {}).get("pending") or ()),
        "failures": rows,
        "failure_count": len(failures),
        "failed_runs": len(failures[["community", "seed"]].drop_duplicates()),
    }


def _compared(material: Material, told: Mapping[str, list[str]]) -> dict[str, Any]:
    facts = material.facts
    reach_measures, reached = reach.reach_lines(material)
    main = tables.main_lines(material, standing.chances(material), told)
    budget, at_it = standing.budget_table(material)
    return {
        "main": main,
        "has_unpaid": any(line.get("unpaid") for line in main),
        "rank_sentence": standing.rank_sentence(material),
        "gaps": standing.gap_lines(material),
        "budget": budget,
        "at_budget": at_it,
        "titles": [facts.titles[name] for name in facts.compared],
        "price_years": joined(str(year) for year in tables.price_years(material.manifest)),
        "others": _rows(tables.other_lines(material)),
        "details": _rows(tables.other_lines(material, details=True)),
        "targets": [
            (line["title"], [line["target"], Cell(line["value"], line["range"]), Cell("", "", line["verdict"])])
            for line in tables.target_lines(material)
        ],
        "reach_heads": [_capital(COMPARED[name].label) for name in reach_measures],
        "reach": _rows(reached),
        "spread": _rows(reach.spread_lines(material)),
    }


def _rows(lines: list[tables.Line]) -> list[tuple[str, list[Cell]]]:
    """Return lines as rows of a table; the name of a measure becomes its label."""
    return [(COMPARED[line.head].label if line.head in COMPARED else line.head, line.cells) for line in lines]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pictures(material: Material, charts: Charts, through: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    facts = material.facts
    looks = styles(facts.scenarios)
    return {
        "charts": charts.by_name,
        "chart_measures": charts.measures,
        "chart_groups": [(name, charts.numbers["groups"][name]) for name in charts.groups],
        "legend": [(key_mark(looks[name]), facts.titles[name]) for name in facts.scenarios],
        "all_titles": [facts.titles[name] for name in facts.scenarios],
        "marks": [key_mark(looks[name]) for name in facts.compared],
        "parts": _rows(reach.part_lines(material)),
        "through": tie_lines(through, material),
        "groups": _rows(tables.group_lines(material)),
        "network": drawn_network(material),
        "why_no_network": why_not_drawn(material) or CANNOT_BE_PLAYED,
        "network_outcome": MOVED.get(facts.outcome, facts.outcome),
    }


def _scenarios(
    material: Material, through: Mapping[str, Mapping[str, Any]], told: Mapping[str, list[str]]
) -> dict[str, Any]:
    facts = material.facts
    return {
        "pages": workshop_pages(material, through),
        "told": [told.get(name, []) for name in facts.compared],
        "baseline_about": settings.described(material.manifest, (facts.baseline,), facts.baseline)[0],
    }


def _community(material: Material) -> dict[str, Any]:
    matches = list(material.about.get("matches") or ())
    return {
        "tolerances": ORIGIN_OF_TOLERANCES,
        "met": sum(bool(match["met"]) for match in matches),
        "missed": [str(match["target"]) for match in matches if not match["met"]],
        "matches": [
            (
                str(match["target"]),
                [
                    plain(match["wanted"]), plain(match["achieved"]), f"± {plain(match['tolerance'], 2)}",
                    Cell("", "", "met" if match["met"] else "missed"), str(match["source"]),
                ],
            )
            for match in matches
        ],
    }  # fmt: skip


def _methods(material: Material) -> dict[str, Any]:
    facts, manifest = material.facts, material.manifest
    names = settings.evidence_names(manifest)
    present = {*material.comparison["measure"], *_OF_UPTAKE}
    return {
        "mechanisms": settings.mechanism_settings(manifest, facts.baseline),
        "gains": settings.loop_gains(manifest, facts.baseline),
        "not_verified": NOT_VERIFIED,
        "grades": [
            (_capital(grade), [Cell(str(count), words), str(unverified or "–")])
            for grade, words, count, unverified in sources.by_grade(names)
        ],
        "works": sources.works(names),
        "unsourced": (manifest.get("evidence") or {}).get("set_without_source") or (),
        "shown_measures": [name for name in COMPARED if name in present],
    }
