"""The answer in plain English, made from the numbers and from nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import Facts, records
from sim.compare.pairs import at_the_end, primary_runs
from sim.compare.ranking import is_tie
from sim.compare.verdicts import verdict_of, why_too_close
from sim.compare.wording import (
    amount,
    between,
    currency_of,
    group_phrase,
    joined,
    money,
    number,
    of_it_unpaid,
    one_person,
    pairs_better,
    people,
    title_of,
    unpaid,
)
from sim.measures import COMPARED, ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IN_PEOPLE", "answer", "best_group", "effect_words", "headline_rows", "in_people", "ranked"]

IN_PEOPLE = {"loneliness": "often_lonely"}
"""Measures on a scale, and the share of residents that says the same in people."""

_MOST = 4
"""Scenarios of one verdict that a sentence names; it says how many more there are."""

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

    The first says which scenario did most for the primary measure, in people where they can be counted, in how many
    paired runs, and with which it is tied, or that it is ahead of the next; and which does more in people, where that
    is another. The second says what became of the others: which helped or did harm, which are too close to call. The
    third says for whom the best one does most, at what cost, and whether anybody ends worse off. With too few runs it
    says so and nothing else.
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
        _second(by_verdict, comparison, facts),
        _third(by_verdict, comparison, facts, currency_of(manifest)),
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


# --- the first sentence: what did most ---------------------------------------------------------------------------


def _first(
    by_verdict: Mapping[str, Sequence[Row]], comparison: pd.DataFrame, effects: pd.DataFrame, facts: Facts
) -> str:
    measure = COMPARED[facts.outcome]
    label = f"“{measure.label}”" if measure.is_share else measure.label
    helped = by_verdict.get("better", ())
    if not helped:
        moved = [*by_verdict.get("higher", ()), *by_verdict.get("lower", ())]
        if moved:
            parts = [f"{title_of(facts.titles, str(row['scenario']))}, {amount(row)} ({between(row)})" for row in moved]
            return f"{joined(parts)} (measure: {label}, after {facts.weeks} weeks)."
        return (
            f"Nothing that was compared could be shown to be better for {label} after {facts.weeks} weeks than "
            "leaving things as they are."
        )
    best = helped[0]
    lead = "did most for" if len(facts.compared) > 1 else "was better for"
    tied = _tied_with(str(best["scenario"]), effects, facts)
    tie = f", but is tied with {_shortened([title_of(facts.titles, name) for name in tied])}" if tied else ""
    text = (
        f"{title_of(facts.titles, str(best['scenario']))} {lead} {label}{tie}: after {facts.weeks} weeks "
        f"{effect_words(best, comparison)} than if things stay as they are, and it came out better in "
        f"{pairs_better(best)} paired runs"
    )
    more = _ahead_in_people(helped, comparison, effects, facts)
    if len(helped) < 2 or tied:
        return f"{text}{more}."
    return f"{text}; it is also ahead of {title_of(facts.titles, str(helped[1]['scenario']))}{more}."


def _ahead_in_people(helped: Sequence[Row], comparison: pd.DataFrame, effects: pd.DataFrame, facts: Facts) -> str:
    """Return which scenario is beyond doubt ahead of the best one in people, where that is another; empty if none is.

    Scenarios stand in the order of the primary measure, but are told as people where it is a scale: the two may differ.
    """
    share, best = IN_PEOPLE.get(facts.outcome), str(helped[0]["scenario"])
    if share is None:
        return ""
    counted = [in_people(row, comparison) for row in helped]
    rows = ranked([row for row in counted if row is not None], COMPARED[share].better)
    if len(rows) < 2 or (first := str(rows[0]["scenario"])) == best:
        return ""
    table = at_the_end(effects, share)[[best, first]].dropna()
    community = table.index.get_level_values("community").tolist()
    if is_tie(table[first].to_numpy() - table[best].to_numpy(), community, COMPARED[share].is_total):
        return ""
    title, label = title_of(facts.titles, first), COMPARED[share].label
    return f"; counted in people who are {label}, though, {title} did more ({people(rows[0])})"


def _tied_with(best: str, effects: pd.DataFrame, facts: Facts) -> list[str]:
    """Return the scenarios, the baseline aside, from which the best one cannot be told apart: see :func:`ranking`."""
    table = primary_runs(effects, facts)
    table = table[[name for name in facts.compared if name in table]].dropna()
    community = table.index.get_level_values("community").tolist()
    is_total, own = COMPARED[facts.outcome].is_total, table[best].to_numpy()
    return [
        str(name) for name in table if name != best and is_tie(own - table[name].to_numpy(), community, is_total)
    ]  # fmt: skip


def effect_words(row: Row, comparison: pd.DataFrame) -> str:
    """Return an effect as a clause that ``than`` can follow: in people where they can be counted.

    For a measure on a scale that has a share of residents saying the same, and where that share moves the same way
    beyond doubt: ``about 12 fewer residents in 1,000 are often lonely``. Otherwise ``it is 0.012 lower (0.008 to 0.017
    lower, on a scale from 0 to 1)``.
    """
    counted = in_people(row, comparison)
    if counted is None:
        unit = ", on a scale from 0 to 1" if COMPARED[str(row["measure"])].unit == "0-1" else ""
        return f"it is {amount(row)} ({between(row)}{unit})"
    share = COMPARED[str(counted["measure"])]
    verb = "has" if share.label.startswith("no ") else "is"
    plural = {"has": "have", "is": "are"}[verb]
    words = people(counted)
    one = words.startswith(("about 1 ", "fewer than one"))
    return f"{words} {verb if one else plural} {share.label}"


def in_people(row: Row, comparison: pd.DataFrame) -> Row | None:
    """Return the row that counts residents: the row itself, or that of the share which says the same; None if none."""
    name = str(row["measure"])
    if COMPARED[name].is_share:
        return row
    found = records(
        comparison[
            (comparison["measure"] == IN_PEOPLE.get(name, ""))
            & (comparison["scenario"] == row["scenario"])
            & (comparison["group"] == row["group"])
            & (comparison["when"] == row["when"])
        ]
    )
    if not found:
        return None
    own, share = verdict_of(row, COMPARED[name].better), verdict_of(found[0], COMPARED[IN_PEOPLE[name]].better)
    return found[0] if own == share and share in ("better", "worse", "too few runs") else None


# --- the second: what became of the others --------------------------------------------------------------------------


def _second(by_verdict: Mapping[str, Sequence[Row]], comparison: pd.DataFrame, facts: Facts) -> str:
    parts = []
    others, worse = by_verdict.get("better", ())[1:], list(reversed(by_verdict.get("worse", ())))
    if others:
        parts.append(f"{_changes(others, comparison, facts)} helped too")
    if worse:
        parts.append(f"{_changes(worse, comparison, facts)} made it worse")
    close = by_verdict.get("too close to call", ())
    if close:
        listed = [
            f"{title_of(facts.titles, str(row['scenario']))} ({why_too_close(row) or f'better in {pairs_better(row)}'})"
            for row in close
        ]
        parts.append(f"too close to call: {_shortened(listed)}")
    for word in ("practically nothing", "no difference"):
        for row in by_verdict.get(word, ()):
            parts.append(f"{title_of(facts.titles, str(row['scenario']))}: {_after_all(word, row, comparison, facts)}")
    undefined = by_verdict.get("not defined", ())
    if undefined:
        listed = [title_of(facts.titles, str(row["scenario"])) for row in undefined]
        parts.append(f"{_shortened(listed)}: the measure is not defined")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _changes(rows: Sequence[Row], comparison: pd.DataFrame, facts: Facts) -> str:
    """Return scenarios with their effects: in people where they can be counted."""
    parts = []
    for row in rows:
        counted = in_people(row, comparison)
        words = amount(row) if counted is None else people(counted)
        parts.append(f"{title_of(facts.titles, str(row['scenario']))} ({words}, better in {pairs_better(row)})")
    return _shortened(parts)


def _shortened(parts: Sequence[str]) -> str:
    """Return ``a, b, c, d and 3 more``."""
    if len(parts) <= _MOST + 1:
        return joined(parts)
    return joined([*parts[:_MOST], f"{len(parts) - _MOST} more"])


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


# --- the third: for whom, at what cost, or what it would take -------------------------------------------------------


def best_group(comparison: pd.DataFrame, scenario: str, facts: Facts) -> dict[str, Any] | None:
    """Return the row of the group of residents for whom a scenario does most for the primary measure; None if none.

    Only groups count on which the effect is beyond doubt, and more than that on everybody.
    """
    rows = comparison[
        (comparison["measure"] == facts.outcome)
        & (comparison["scenario"] == scenario)
        & (comparison["when"] == "horizon")
        & ~comparison["group"].astype(str).isin(list(ESTIMANDS))
    ]
    better = facts.direction(facts.outcome)
    first = [row for row in ranked(records(rows), better) if verdict_of(row, better) == "better"]
    return dict(first[0]) if first and first[0]["group"] != "all" else None


def _third(by_verdict: Mapping[str, Sequence[Row]], comparison: pd.DataFrame, facts: Facts, coin: str) -> str:
    helped = by_verdict.get("better", ())
    if not helped:
        close = by_verdict.get("too close to call", ())
        needed = [float(row["seeds_needed"]) for row in close]
        if not close or not all(math.isfinite(value) and value <= 10_000 for value in needed):
            return ""
        return f"About {number(max(needed))} runs of each would settle which way it goes, at this spread."
    best = helped[0]
    parts = []
    group = best_group(comparison, str(best["scenario"]), facts)
    name = title_of(facts.titles, str(best["scenario"]))
    if group is not None:
        parts.append(f"{name} does most for {group_phrase(str(group['group']))} ({_short(group, comparison)})")
    parts.append(_cost(best, comparison, coin, f"{name} costs" if not parts else "costs"))
    return f"{' and '.join(part for part in parts if part)}." if any(parts) else ""


def _short(row: Row, comparison: pd.DataFrame) -> str:
    counted = in_people(row, comparison)
    return amount(row) if counted is None else people(counted)


def _cost(best: Row, comparison: pd.DataFrame, coin: str, lead: str) -> str:
    """Return what the best scenario costs more than the baseline, and for each person where people are counted."""
    cost = float(best["cost"])
    if math.isnan(cost) or cost <= 0.0:
        return ""
    counted = in_people(best, comparison)
    each = math.nan if counted is None else float(counted["cost_per_unit"])
    per_person = "" if counted is None or math.isnan(each) else f", {money(each, coin)} {one_person(counted)}"
    unpaid_part = of_it_unpaid(unpaid(records(comparison)).get(str(best["scenario"]), 0.0), coin)
    told = f"{money(cost, coin)} ({unpaid_part})" if unpaid_part else money(cost, coin)
    return f"{lead} {told} more than leaving things as they are{per_person}"
