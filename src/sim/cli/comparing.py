"""The tables of ``sim compare`` on a screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.cli.costing import print_budget, print_costs
from sim.cli.results import (
    Asked,
    label_of,
    measures_of,
    print_comparison,
    print_remarks,
    table_of,
    target_lines,
    title_of,
)
from sim.cli.screens import say, table

if TYPE_CHECKING:
    from sim.study import Results

__all__ = ["print_all"]


def print_all(opened: Sequence[Results], asked: Asked) -> None:
    """Print what is asked for of each folder, and how folders differ."""
    for number, results in enumerate(opened):
        if number:
            say()
        if len(opened) > 1:
            say(f"{results.path}: {results.facts.title}")
        _print(results, asked)
        if results.suppressed.in_short():
            say(results.suppressed.in_short())
    if len(opened) > 1 and asked.show == "effects" and asked.budget is None and asked.by is None:
        for other in opened[1:]:
            _print_between(opened[0], other, asked)


def _print(results: Results, asked: Asked) -> None:
    if asked.budget is not None:
        print_budget(results, asked)
    elif asked.show != "effects":
        _SHOWN[asked.show](results, asked)
    elif asked.when == "weeks":
        _print_weeks(results, asked)
    else:
        measures = measures_of(results, asked)
        for name in measures:
            print_comparison(results, name, asked)
        if len(measures) > 1 or measures[0] != results.facts.outcome or asked.by is not None:
            say(_EXPLORATORY)
        if measures[0] == results.facts.outcome and asked.by is None and asked.against is None:
            print_remarks(results)
        if len(measures) == 1 and asked.by is None and asked.against is None:
            _print_parts(results, measures[0])
            _print_ranking(results, asked)
        _print_split(results)


_EXPLORATORY = (
    "Exploratory: only the primary measure, for everybody at the horizon, was chosen beforehand; of many comparisons "
    "one in twenty is clear of zero by chance alone."
)


def _print_split(results: Results) -> None:
    from sim.compare import variance_sentence

    text = variance_sentence(results.comparison(), results.manifest)
    if text:
        say(text)


def _print_weeks(results: Results, asked: Asked) -> None:
    """Print effects in every week in which groups are measured, so that a screen holds them."""
    from sim.compare import records
    from sim.compare.wording import amount, between, pairs_better
    from sim.measures import QUARTER

    found = table_of(results, asked)
    last = results.facts.weeks
    for (measure, group), held in found.groupby(["measure", "group"], sort=False):
        of_group = "" if group == "all" else f", {group}"
        say(f"{label_of(str(measure))}{of_group}, every {QUARTER}th week (all weeks: --format csv)")
        chosen = held[(held["week"] % QUARTER == 0) | (held["week"] == last)]
        rows = [
            [title_of(results, row["scenario"]), str(row["week"]), amount(row), between(row), pairs_better(row)]
            for row in records(chosen)
        ]
        table(["scenario", "week", "effect", "95% interval in this week", "pairs better"], rows)


def _print_parts(results: Results, measure: str) -> None:
    """Print effects on residents by their part in the interventions, where an effect on a resident has a meaning."""
    from sim.compare import effects_by_part
    from sim.compare.wording import amount, between, number
    from sim.measures import ESTIMANDS

    found = effects_by_part(results.comparison(measure), results.effects, measure)
    if not found:
        return
    say()
    say(f"{label_of(measure)}, on whom")
    rows = [
        [title_of(results, scenario), ESTIMANDS[part], number(float(row["residents"])), amount(row), between(row)]
        for (scenario, part), row in found.items()
    ]
    table(["scenario", "effect on", "residents", "effect", "95% interval"], rows)


def _print_ranking(results: Results, asked: Asked) -> None:
    from sim.compare import NO_CHANCES, records
    from sim.compare.wording import amount, chance_words

    measure = asked.measure or results.facts.outcome
    if results.facts.direction(measure) not in ("lower", "higher"):
        return
    found = results.ranking(measure, asked.when or "horizon")
    say()
    say(f"{label_of(measure)}: order, and how sure it is")
    rows = []
    for row in records(found):
        place = "–" if row["verdict"] == "too few runs" else f"{row['place']}{'=' if row['tied'] else ''}"
        spoken = amount({**row, "measure": measure})
        too_few = row["verdict"] == "too few runs"
        chances = ["–" if too_few else chance_words(row[name]) for name in ("chance_best", "chance_best_two")]
        rows.append([
            title_of(results, row["scenario"]), place, spoken, *chances, _tied(results, row, measure),
        ])  # fmt: skip
    table(["scenario", "place", "effect", "chance of being best", "among the best two", "tied with"], rows)
    if found["chance_best"].isna().any() and not (found["verdict"] == "too few runs").any():
        say(NO_CHANCES)


def _tied(results: Results, row: Any, measure: str) -> str:
    if row["verdict"] == "too few runs":
        return "too few communities to say" if measure == "worse_off" else "too few runs to say"
    return ", ".join(title_of(results, name) for name in str(row["tied_with"]).split(", ") if name)


def _print_gaps(results: Results, asked: Asked) -> None:
    from sim.compare import records
    from sim.compare.wording import amount, between, number

    found = table_of(results, asked)
    say(f"{label_of(asked.measure or results.facts.outcome)}: how far the worst-off group of each column is behind")
    rows = []
    for row in records(found[found["when"] == "horizon"]):
        told = {**row, "effect": row["change"]}
        rows.append([
            title_of(results, row["scenario"]), str(row["column"]).replace("_", " "), str(row["worst_off"]),
            str(row["reference"]), number(row["baseline_gap"], 3), amount(told), between(told), row["verdict"],
        ])  # fmt: skip
    headings = ["scenario", "column", "worst off", "behind", "gap without", "change", "95% interval", "verdict"]
    table(headings, rows)
    say(_EXPLORATORY)


def _print_who(results: Results, asked: Asked) -> None:
    from sim.compare import how_counted, records
    from sim.compare.wording import amount, between, number

    found = table_of(results, asked)
    say(f"{label_of(asked.measure or results.facts.outcome)}: who gains, who loses")
    rows = [
        [
            title_of(results, row["scenario"]), _who(str(row["column"]), str(row["group"])),
            number(row["residents"]), amount(row), between(row), row["gains"], number(row["worse_off"], 1),
        ]
        for row in records(found)
    ]  # fmt: skip
    table(["scenario", "who", "residents", "effect", "95% interval", "gains or loses", "worse off"], rows)
    how = how_counted(results.effects)
    if how and found["worse_off"].notna().any():
        say(f"Worse off: residents who end more than 0.05 worse, {how}.")
    say(_EXPLORATORY)


def _who(column: str, group: str) -> str:
    """Return residents in plain words: ``those who took part``, ``age band: 65-74``, ``everybody``."""
    from sim.compare.wording import group_words
    from sim.measures import ESTIMANDS

    return ESTIMANDS.get(group) or group_words(group if column == "everybody" else f"{column}={group}")


def _print_estimands(results: Results, asked: Asked) -> None:
    from sim.compare import records
    from sim.compare.wording import amount, between, number
    from sim.measures import ESTIMANDS

    found = table_of(results, asked)
    say(f"{label_of(asked.measure or results.facts.outcome)} after {results.facts.weeks} weeks, on whom")
    rows = []
    for row in records(found):
        if row["estimand"] == "total":
            spoken, interval = _summed(row)
        else:
            spoken, interval = amount(row), between(row)
        share = "–" if math.isnan(row["share_of_total"]) else f"{number(100 * row['share_of_total'], 1)}%"
        rows.append([
            title_of(results, row["scenario"]), _ON_WHOM.get(row["estimand"]) or ESTIMANDS[row["estimand"]],
            number(row["residents"]), spoken, interval, share,
        ])  # fmt: skip
    table(["scenario", "effect on", "residents", "effect", "95% interval", "share of the sum"], rows)
    say("Those offered a place and those who took part overlap. Effects are means over residents, but for the sum.")


_ON_WHOM = {"overall": "everybody", "total": "everybody, summed"}
"""Words of the rows that are about everybody; those of parts are in :data:`sim.measures.ESTIMANDS`."""


def _summed(row: Any) -> tuple[str, str]:
    """Return a sum over residents and its interval in words, to a digit that the interval allows."""
    from sim.compare.wording import decimals_known, number

    low, high = float(row["lower"]), float(row["upper"])
    decimals = min(2, decimals_known((high - low) / 2.0))

    def told(value: float) -> str:
        text = number(abs(value), decimals)
        is_zero = not any(digit in "123456789" for digit in text)
        return "no difference" if is_zero else f"{text} {'lower' if value < 0 else 'higher'}"

    if not math.isfinite(high - low):
        return told(row["effect"]), "not known from one run"
    if low == high:
        return told(row["effect"]), "the same in every run"
    if low < 0.0 < high:
        return told(row["effect"]), f"between {told(low)} and {told(high)}"
    near, far = sorted((low, high), key=abs)
    return told(row["effect"]), f"{number(abs(near), decimals)} to {told(far)}"


def _print_ties(results: Results, asked: Asked) -> None:
    from sim.compare import records
    from sim.compare.wording import share_words

    found = table_of(results, asked)
    rows = []
    for row in records(found):
        cells = [title_of(results, row["scenario"])]
        for name, low, high in (
            ("uptake_through_ties", "uptake_lower", "uptake_upper"),
            *((name, f"{name}_lower", f"{name}_upper") for name in ("effect_on_others", "effect_through_ties")),
        ):
            cells.append("–" if math.isnan(row[name]) else share_words(row, name, low, high))
        rows.append([*cells, row["why"]])
    say(f"What came through ties: {label_of(asked.measure or results.facts.outcome).lower()}")
    table(["scenario", "uptake through ties", "effect on others", "effect through ties", "note"], rows)
    say("Uptake through ties: of those who took part, the share who had first heard of it from somebody they know.")
    say("Effect on others: the share of the whole effect that is on residents who were neither offered a place nor")
    say("took part nor helped; effect through ties: that, and what those gained who came through somebody they know.")


def _print_distance(results: Results, asked: Asked) -> None:
    from sim.compare import DISTANCES, records
    from sim.compare.wording import amount, between, number

    found = table_of(results, asked)
    order = {name: place for place, name in enumerate(results.facts.scenarios)}
    rows = [
        [
            title_of(results, row["scenario"]), DISTANCES[row["distance"]], number(row["residents"]), amount(row),
            between(row),
        ]
        for row in sorted(records(found), key=lambda row: order[row["scenario"]])
    ]  # fmt: skip
    say(f"{label_of(asked.measure or results.facts.outcome)} by distance from the nearest participant")
    table(["scenario", "distance", "residents", "effect", "95% interval"], rows)
    if results.suppressed_distances.ripple_sentence():
        say(results.suppressed_distances.ripple_sentence())


def _print_targets(results: Results, asked: Asked) -> None:
    for line in target_lines(results) or ["no scenario sets a target"]:
        say(line)


def _print_between(one: Results, other: Results, asked: Asked) -> None:
    """Print how the scenarios of two folders differ, and whether their runs are pairs."""
    from sim.compare import records
    from sim.compare.wording import amount, between

    only = [asked.against] if asked.against else []
    for measure in measures_of(one, asked):
        found = one.between(other, measure, only)
        found = found[found["when"] == ("average" if asked.when == "average" else "horizon")]
        say()
        say(f"{label_of(measure)}: {one.path} compared with {other.path}")
        if found.empty:
            say("nothing to compare")
            continue
        reason = found["why_not_paired"].iloc[0]
        say(f"not paired, since {reason}: the intervals are wider" if reason else "paired: same communities and luck")
        rows = []
        for row in records(found):
            told = {**row, "effect": row["difference"]}
            rows.append([
                title_of(one, row["scenario"]), title_of(other, row["other_scenario"]), amount(told), between(told),
                f"{row['seeds']}" if row["paired"] else f"{row['seeds']} and {row['other_seeds']}", row["verdict"],
            ])  # fmt: skip
        table([str(one.path), f"against {other.path}", "difference", "95% interval", "runs", "verdict"], rows)


_SHOWN = {
    "ranking": _print_ranking, "gaps": _print_gaps, "who": _print_who, "costs": print_costs,
    "parts": _print_estimands, "ties": _print_ties, "distance": _print_distance, "targets": _print_targets,
}  # fmt: skip
