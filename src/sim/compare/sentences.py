"""The answer in plain English, made from the numbers and from nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.comparison import versus
from sim.compare.facts import Facts, records
from sim.compare.verdicts import verdict_of
from sim.compare.wording import amount, between, joined, number, pairs_better, title_of
from sim.measures import COMPARED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IN_PEOPLE", "answer", "headline_rows", "ranked"]

IN_PEOPLE = {"loneliness": "often_lonely"}
"""Measures on a scale, and the share of residents that says the same in people."""

Row = Mapping[str, Any]


def headline_rows(comparison: pd.DataFrame, facts: Facts) -> list[dict[str, Any]]:
    """Return the rows of the primary measure for the whole community at the horizon, in the study's order."""
    chosen = comparison[
        (comparison["measure"] == facts.outcome) & (comparison["group"] == "all") & (comparison["when"] == "horizon")
    ]
    return records(chosen)


def ranked(rows: Sequence[Row], better: str) -> list[Row]:
    """Return rows from the most favourable effect to the least; undefined ones last, ties as given."""

    def favour(row: Row) -> float:
        effect = float(row["effect"])
        if math.isnan(effect):
            return math.inf
        return -effect if better == "higher" else effect

    return sorted(rows, key=favour)


def answer(comparison: pd.DataFrame, effects: pd.DataFrame, manifest: Mapping[str, Any]) -> list[str]:
    """Return the answer to the study's question in one to three sentences.

    Says which scenario did most for the primary measure and whether it is ahead of the next, which others
    helped or did harm, and which are too close to call. With too few runs it says so and nothing else.
    """
    facts = Facts.read(manifest)
    rows = ranked(headline_rows(comparison, facts), facts.direction(facts.outcome))
    if not rows:
        return ["There is nothing to compare yet: no scenario has been played beside the baseline."]
    fewest = min(int(row["seeds"]) for row in rows)
    if stats.too_few(fewest):
        return _too_few(rows, fewest)
    better = facts.direction(facts.outcome)
    by_verdict: dict[str, list[Row]] = {}
    for row in rows:
        by_verdict.setdefault(verdict_of(row, better), []).append(row)
    sentences = [
        _first(by_verdict, comparison, effects, facts),
        _second(by_verdict, facts),
        _third(by_verdict, comparison, facts),
    ]
    return [sentence for sentence in sentences if sentence]


def _too_few(rows: Sequence[Row], fewest: int) -> list[str]:
    runs = "run was" if fewest == 1 else "runs were"
    first = (
        f"Too few runs to say: only {fewest} paired {runs} made, and no verdict is given below {stats.FEWEST_SEEDS}."
    )
    needed = [float(row["seeds_needed"]) for row in rows]
    reachable = [value for value in needed if math.isfinite(value)]
    if not reachable:
        return [first]
    most = max(stats.FEWEST_SEEDS, round(max(reachable)))
    if most > 1000 or len(reachable) < len(needed):
        return [first]
    return [first, f"Judged by these few, about {most} runs would show for each scenario which way it goes."]


def _first(
    by_verdict: Mapping[str, Sequence[Row]], comparison: pd.DataFrame, effects: pd.DataFrame, facts: Facts
) -> str:
    measure = COMPARED[facts.outcome]
    label = f"“{measure.label}”" if measure.is_share else measure.label
    helped = by_verdict.get("better", ())
    if not helped:
        moved = [*by_verdict.get("higher", ()), *by_verdict.get("lower", ())]
        if moved:
            return f"{_changes(moved, facts)} (measure: {label}, after {facts.weeks} weeks)."
        return (
            f"Nothing that was compared could be shown to be better for {label} after {facts.weeks} weeks than "
            "leaving things as they are."
        )
    best = helped[0]
    subject = title_of(facts.titles, str(best["scenario"]))
    lead = "did most for" if len(facts.compared) > 1 else "was better for"
    text = (
        f"{subject} {lead} {label}: after {facts.weeks} weeks {'there were' if measure.is_share else 'it was'} "
        f"{amount(best)} ({between(best)}{_scale(best)}) than with things as they are, "
        f"and better in {pairs_better(best)} paired runs{_in_people(best, comparison)}"
    )
    if len(helped) < 2:
        return f"{text}."
    second = str(helped[1]["scenario"])
    gap = versus(effects, str(best["scenario"]), second, facts.outcome)
    ahead = "it is also ahead of" if gap.clear_of_zero else "but it is too close to call between it and"
    return f"{text}; {ahead} {title_of(facts.titles, second)}."


def _scale(row: Row) -> str:
    return " on a scale from 0 to 1" if COMPARED[str(row["measure"])].unit == "0-1" else ""


def _in_people(best: Row, comparison: pd.DataFrame) -> str:
    """Return the effect as residents, where a share says so of the same thing; empty otherwise."""
    share = IN_PEOPLE.get(str(best["measure"]), "")
    found = records(
        comparison[
            (comparison["measure"] == share)
            & (comparison["scenario"] == best["scenario"])
            & (comparison["group"] == "all")
            & (comparison["when"] == best["when"])
        ]
    )
    if not found or verdict_of(found[0], COMPARED[share].better) != "better":
        return ""
    return f", with {amount(found[0])} {COMPARED[share].label}"


def _second(by_verdict: Mapping[str, Sequence[Row]], facts: Facts) -> str:
    parts = []
    others = by_verdict.get("better", ())[1:]
    if others:
        parts.append(f"Also better than leaving things as they are: {_changes(others, facts)}")
    worse = by_verdict.get("worse", ())
    if worse:
        parts.append(f"Worse than leaving things as they are: {_changes(list(reversed(worse)), facts)}")
    return ". ".join(parts) + "." if parts else ""


def _third(by_verdict: Mapping[str, Sequence[Row]], comparison: pd.DataFrame, facts: Facts) -> str:
    parts = []
    close = by_verdict.get("too close to call", ())
    if close:
        needed = [float(row["seeds_needed"]) for row in close]
        hint = ""
        if all(math.isfinite(value) for value in needed) and max(needed) <= 10_000:
            hint = f" (about {number(max(needed))} runs would settle it at this spread)"
        parts.append(f"{_listed(close, facts)}: too close to call{hint}")
    for word in ("practically nothing", "no difference"):
        for row in by_verdict.get(word, ()):
            parts.append(f"{_listed([row], facts)}: {_after_all(word, row, comparison, facts)}")
    undefined = by_verdict.get("not defined", ())
    if undefined:
        parts.append(f"{_listed(undefined, facts)}: the measure is not defined")
    return "; ".join(parts) + "." if parts else ""


def _after_all(word: str, row: Row, comparison: pd.DataFrame, facts: Facts) -> str:
    """Return what is left at the end, and what there was on average over the weeks."""
    nothing = "no difference in any run" if word == "no difference" else "practically nothing is left"
    found = records(
        comparison[
            (comparison["measure"] == row["measure"])
            & (comparison["scenario"] == row["scenario"])
            & (comparison["group"] == "all")
            & (comparison["when"] == "average")
        ]
    )
    if not found or verdict_of(found[0], facts.direction(facts.outcome)) not in ("better", "worse"):
        return nothing if word == "no difference" else "practically no difference"
    return f"{nothing} after {facts.weeks} weeks, but on average over the weeks it was {amount(found[0])}"


def _listed(rows: Sequence[Row], facts: Facts) -> str:
    return joined(title_of(facts.titles, str(row["scenario"])) for row in rows)


def _changes(rows: Sequence[Row], facts: Facts) -> str:
    return joined(f"{title_of(facts.titles, str(row['scenario']))}, {amount(row)} ({between(row)})" for row in rows)
