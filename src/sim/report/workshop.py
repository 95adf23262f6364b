"""A page for the workshop about each scenario: what it is, what is assumed, what came out, for whom, what to ask."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.compare import best_group, effects_by_part, headline_rows, ranked, records, residents_of
from sim.compare.verdicts import verdict_of, why_too_close
from sim.compare.wording import (
    amount,
    between,
    currency_of,
    group_phrase,
    money,
    number,
    of_it_unpaid,
    pairs_better,
    unpaid,
)
from sim.measures import COMPARED, ESTIMANDS
from sim.report.plan_words import plan_sentences
from sim.report.questions import questions, would_change
from sim.report.settings import OF_THE_MODEL, Described, Setting, described
from sim.report.tables import NOT_OUTCOMES, target_lines, worse_off_words
from sim.report.ties import tie_sentences

if TYPE_CHECKING:
    from sim.report.reading import Material

__all__ = ["Page", "workshop_pages"]

_MOST_ROWS = 8
_UNSAID = ("no difference", "practically nothing", "not defined")


@dataclass(frozen=True)
class Page:
    """What the page of one scenario says."""

    number: int
    """Its place among the scenarios that are compared, from 1."""
    about: Described
    plans: list[tuple[str, str, list[str]]]
    """For each intervention: title, what it is in a sentence or two, and how it is set up here."""
    known: list[str]
    assumed: list[str]
    """Assumptions beside the numbers."""
    numbers: list[Setting]
    """Numbers that say how the world works, with what supports them."""
    outcomes: list[dict[str, str]]
    unchanged: list[str]
    """Outcomes that are too close to call, and those in which nothing changes, named."""
    reach: str
    for_whom: list[str]
    changes: list[str]
    not_varied: str
    """That its numbers were not varied, and how to; empty where the runs draw them from a file."""
    questions: list[str]
    targets: list[dict[str, str]]


def workshop_pages(material: Material, through: Mapping[str, Mapping[str, Any]] | None = None) -> list[Page]:
    """Return the pages of all scenarios beside the baseline, in the study's order.

    ``through`` says what came through ties, by scenario: see :func:`sim.report.ties.tie_rows`.
    """
    facts = material.facts
    about = {item.name: item for item in described(material.manifest, facts.scenarios, facts.baseline)}
    headlines = {str(row["scenario"]): row for row in headline_rows(material.comparison, facts)}
    parts = effects_by_part(material.comparison, material.effects, facts.outcome)
    targets = target_lines(material)
    return [
        _page(place, name, about[name], headlines.get(name), parts, targets, material, (through or {}).get(name))
        for place, name in enumerate(facts.compared, 1)
    ]


def _page(
    place: int,
    name: str,
    about: Described,
    row: Mapping[str, Any] | None,
    parts: Mapping[tuple[str, str], Mapping[str, Any]],
    targets: Sequence[dict[str, str]],
    material: Material,
    through: Mapping[str, Any] | None,
) -> Page:
    facts, stored = material.facts, material.manifest["scenarios"][name]
    items = list((stored.get("resolved") or {}).get("interventions") or ())
    verdict = "" if row is None else verdict_of(row, facts.direction(facts.outcome))
    least, coin = _least_served(name, material), currency_of(material.manifest)
    least_group = "" if least is None else str(least["group"])
    counts = (material.manifest.get("programmes") or {}).get(name) or {}
    fewest = facts.least if facts.private else 0
    free = unpaid(material.rows_of_scenario.get(name, ())).get(name, 0.0)
    rows, unchanged = _outcomes(name, material)
    names = [
        str(origin["evidence"])
        for path, origin in (stored.get("origins") or {}).items()
        if origin.get("evidence") and path.startswith("interventions.") and origin.get("kind") != "default"
    ]
    return Page(
        number=place,
        about=about,
        plans=[
            (told.title, told.summary, plan_sentences(item, counts.get(str(item.get("name"))), fewest))
            for told, item in zip(about.interventions, items, strict=True)
        ],
        known=[told.known for told in about.interventions if told.known],
        assumed=[text for told in about.interventions for text in told.assumed],
        numbers=[
            value
            for told in about.interventions
            for value in told.settings
            if (value.grade or value.is_assumption) and value.came_from != OF_THE_MODEL
        ],
        outcomes=rows,
        unchanged=unchanged,
        reach=_reach(name, row, of_it_unpaid(free, coin), material),
        for_whom=[*_for_whom(name, parts, material), *tie_sentences(through)],
        changes=would_change(list(dict.fromkeys(names)), row, verdict, _faded(name, verdict, material)),
        not_varied=_not_varied(about, bool((stored.get("resolved") or {}).get("draws"))),
        questions=questions(items, row, least_group, worse_off_words(name, material), coin, free, counts, fewest),
        targets=[line for line in targets if line["title"] == about.title],
    )


def _rows(name: str, material: Material, when: str = "horizon") -> list[dict[str, Any]]:
    if when == "horizon":
        return material.rows_of_scenario.get(name, [])
    table = material.comparison
    return records(table[(table["scenario"] == name) & (table["when"] == when)])


def _outcomes(name: str, material: Material) -> tuple[list[dict[str, str]], list[str]]:
    """Return the outcomes that changed, the primary one first, and the names of those that did not."""
    facts = material.facts
    changed, same, close = [], [], []
    for row in _rows(name, material):
        measure = str(row["measure"])
        if row["group"] != "all" or measure in NOT_OUTCOMES or COMPARED[measure].is_detail:
            continue
        verdict = verdict_of(row, facts.direction(measure))
        if verdict in _UNSAID and measure != facts.outcome:
            same += [COMPARED[measure].label] if verdict != "not defined" else []
            continue
        if verdict == "too close to call" and measure != facts.outcome:
            close.append(COMPARED[measure].label)
            continue
        changed.append(
            {"label": COMPARED[measure].label, "amount": amount(row), "between": between(row), "verdict": verdict,
             "pairs": pairs_better(row), "why": why_too_close(row)}
        )  # fmt: skip
    told = [f"Too close to call: {', '.join(close)}."] if close else []
    told += [f"No, or practically no, difference: {', '.join(same)}."] if same else []
    return changed[:_MOST_ROWS], told


def _reach(name: str, row: Mapping[str, Any] | None, unpaid_part: str, material: Material) -> str:
    """Return how many took part and what it cost, in a sentence."""
    everybody = residents_of(material.series).get("all", 0.0)
    found = [held for held in _rows(name, material) if held["measure"] == "reached" and held["group"] == "all"]
    people = float(found[0]["value"]) * everybody if found else 0.0
    if material.facts.private and (not found or 0.0 < people < material.suppressed.least):
        reach = f"Fewer than {material.suppressed.least} residents took part, so how many is not shown"
    elif people < 0.5:
        reach = "Nobody takes part in it"
    else:
        reach = f"About {number(people)} residents took part ({number(100 * people / everybody, 1)}%)"
    cost = 0.0 if row is None else float(row["cost"])
    if material.facts.private and math.isnan(cost):
        return f"{reach}; what it cost is not shown, as few could be counted from it."
    if cost > 0.0:
        told = money(cost, currency_of(material.manifest)) + (f" ({unpaid_part})" if unpaid_part else "")
        return f"{reach}; it cost {told} more than leaving things as they are."
    return f"{reach}; it cost nothing more than leaving things as they are."


def _groups(name: str, material: Material) -> list[Mapping[str, Any]]:
    """Return the rows of the primary measure by group of residents, the most favourable first."""
    facts = material.facts
    rows = [
        row
        for row in _rows(name, material)
        if row["measure"] == facts.outcome and row["group"] != "all" and row["group"] not in ESTIMANDS
    ]
    return ranked([row for row in rows if row["effect"] == row["effect"]], facts.direction(facts.outcome))


def _least_served(name: str, material: Material) -> Mapping[str, Any] | None:
    """Return the row of the group for whom it does least, of those on which the effect is told apart from none.

    None where that is also the group for whom it does most.
    """
    facts = material.facts
    sure = [
        row for row in _groups(name, material) if verdict_of(row, facts.direction(facts.outcome)) in ("better", "worse")
    ]
    best = best_group(material.comparison, name, facts)
    return sure[-1] if sure and (best is None or sure[-1]["group"] != best["group"]) else None


def _for_whom(name: str, parts: Mapping[tuple[str, str], Mapping[str, Any]], material: Material) -> list[str]:
    facts = material.facts
    label = COMPARED[facts.outcome].label
    told = []
    rows = _groups(name, material)
    best = best_group(material.comparison, name, facts)
    if best is not None:
        told.append(
            f"{label[:1].upper()}{label[1:]} changes most favourably for {group_phrase(str(best['group']))}: "
            f"{amount(best)} ({between(best)})."
        )
    least = _least_served(name, material)
    if least is not None:
        told.append(f"Least favourably for {group_phrase(str(least['group']))}: {amount(least)} ({between(least)}).")
    if rows and not told:
        told.append("For no group of residents can the effect be told apart from none.")
    for part, words in ESTIMANDS.items():
        row = parts.get((name, part))
        if row is not None and row["effect"] == row["effect"]:
            size = f"about {number(float(row['residents']))} residents"
            told.append(f"{words[:1].upper()}{words[1:]} ({size}): {amount(row)} ({between(row)}).")
    worse = worse_off_words(name, material)
    return [*told, f"{worse[:1].upper()}{worse[1:]}."] if worse else told


def _not_varied(about: Described, drawn: bool) -> str:
    """Return that these runs vary no number of a scenario, and which command does."""
    if drawn:
        return ""
    own = [
        item
        for told in about.interventions
        for item in told.settings
        if item.is_assumption and not item.label and item.came_from != OF_THE_MODEL
    ]
    way = f": “sim sensitivity {about.file}” finds out on which of them the effect hangs" if about.file else ""
    if own:
        way += f"; a number without a source needs a range, e.g. “--parameter {own[0].full}=low..high”" if way else ""
    return f"The numbers of this scenario were not varied in these runs{way}."


def _faded(name: str, verdict: str, material: Material) -> str:
    """Return that an effect was there on average and is not at the end; empty otherwise."""
    facts = material.facts
    if verdict not in ("practically nothing", "no difference", "too close to call"):
        return ""
    rows = [
        row for row in _rows(name, material, "average") if row["measure"] == facts.outcome and row["group"] == "all"
    ]
    if not rows or verdict_of(rows[0], facts.direction(facts.outcome)) != "better":
        return ""
    return (
        f"It helped while it ran (on average over the weeks {amount(rows[0])}) and little is left at the end: "
        "a longer programme, or ties that last, would keep more."
    )
