"""``sim compare`` and ``sim report``, and the table that ends ``sim run``."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.screens import is_narrow, note, say, table

if TYPE_CHECKING:
    import pandas as pd

    from sim.study import Results

__all__ = ["compare", "print_answer", "report"]


def report(folder: Path) -> None:
    """Write the report of a folder again."""
    from sim.study import Results

    say(str(Results.open(folder).write_report()))


def compare(folders: Sequence[Path], measure: str | None, by: str | None, form: str) -> None:
    """Print the comparison of one or several folders."""
    from sim.study import Results

    opened = [Results.open(folder) for folder in folders]
    if form == "table":
        for number, results in enumerate(opened):
            if number:
                say()
            if len(opened) > 1:
                say(f"{results.path}: {results.facts.title}")
            _say_state(results)
            for name in _measures(results, measure):
                _print_comparison(results, name, by)
                if by is None:
                    _print_parts(results, name)
        return
    whole = _together(opened, measure, by)
    if form == "csv":
        whole.to_csv(sys.stdout, index=False, lineterminator="\n")
    else:
        records = [
            {key: None if _is_undefined(value) else value for key, value in row.items()}
            for row in whole.to_dict("records")
        ]
        say(json.dumps(records, indent=1, ensure_ascii=False))


def _is_undefined(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _together(opened: Sequence[Results], measure: str | None, by: str | None) -> pd.DataFrame:
    """Return the rows that are asked for, with the folder in front where there are several."""
    import pandas as pd

    parts = []
    for results in opened:
        for name in _measures(results, measure):
            part = results.comparison(name, by)
            if by is None:
                part = part[part["group"].astype(str) == "all"]
            if len(opened) > 1:
                part = part.assign(folder=str(results.path))[["folder", *part.columns]]
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _measures(results: Results, measure: str | None) -> list[str]:
    if measure == "all":
        return list(dict.fromkeys(results.comparison()["measure"].astype(str)))
    return [measure or str(results.facts.outcome)]


def print_answer(results: Results) -> None:
    """Print the table of the primary measure, the answer in words and what became of the targets."""
    _print_comparison(results, str(results.facts.outcome), None)
    say()
    for sentence in results.answer():
        say(sentence)
    for line in _targets(results):
        say(line)
    say("This explores and compares what a model says would plausibly happen; it does not predict.")


def _targets(results: Results) -> list[str]:
    """Return one line a target: for which scenarios it is met, missed, or too close to call."""
    from sim.compare import target_results
    from sim.compare.wording import plain
    from sim.measures import COMPARED

    found: dict[str, dict[str, list[str]]] = {}
    for result in target_results(results.series, results.manifest):
        label = COMPARED[result.measure].label
        target = f"Target: {label} {result.side} {plain(result.bound)} in week {result.week}"
        found.setdefault(target, {}).setdefault(result.verdict, []).append(_title(results, result.scenario))
    return [
        f"{target}: " + "; ".join(f"{verdict}: {', '.join(titles)}" for verdict, titles in outcomes.items())
        for target, outcomes in found.items()
    ]


def _print_comparison(results: Results, measure: str, by: str | None) -> None:
    """Print effects at the horizon: of everybody with the best scenario first, or of the groups of a column."""
    from sim.compare import IN_PEOPLE, ranked
    from sim.compare.wording import plain
    from sim.measures import COMPARED

    facts = results.facts
    rows = _at_the_end(results, measure, by)
    label = COMPARED[measure].label
    if not rows:
        say(f"{label}: nothing to compare")
        return
    people = "" if by or is_narrow() else IN_PEOPLE.get(measure, "")
    in_people = {row["scenario"]: row for row in _at_the_end(results, people, None)} if people else {}
    level = "" if by else f" ({plain(float(rows[0]['baseline']))})"
    against = f"compared with {_title(results, facts.baseline)}{level}"
    say(f"{label[:1].upper()}{label[1:]} after {facts.weeks} weeks, {against}")
    headings = ["scenario", *(["group"] if by else []), "effect", "95% interval"]
    headings += [f"{COMPARED[people].label}, of 1,000"] if people else []
    headings += ["pairs better", "extra cost", "verdict"]
    if not by:
        rows = ranked(rows, facts.direction(measure))
    table(headings, [_cells(results, row, by, in_people.get(row["scenario"])) for row in rows])


def _print_parts(results: Results, measure: str) -> None:
    """Print effects on residents by their part in the interventions, where an effect on a resident has a meaning."""
    from sim.compare import effects_by_part
    from sim.compare.wording import amount, between, number
    from sim.measures import COMPARED, ESTIMANDS

    found = effects_by_part(results.comparison(measure), results.effects, measure)
    if not found:
        return
    say()
    label = COMPARED[measure].label
    say(f"{label[:1].upper()}{label[1:]}, on whom")
    rows = [
        [_title(results, scenario), ESTIMANDS[part], number(float(row["residents"])), amount(row), between(row)]
        for (scenario, part), row in found.items()
    ]
    table(["scenario", "effect on", "residents", "effect", "95% interval"], rows)


def _at_the_end(results: Results, measure: str, by: str | None) -> list[Any]:
    """Return the rows of a measure at the horizon."""
    rows = results.comparison(measure, by)
    rows = rows[rows["when"].astype(str) == "horizon"]
    return (rows if by else rows[rows["group"].astype(str) == "all"]).to_dict("records")


def _cells(results: Results, row: Any, by: str | None, in_people: Any | None) -> list[str]:
    from sim.compare import verdict_of
    from sim.compare.wording import amount, between, currency_of, money, pairs_better

    cost = float(row["cost"])
    return [
        _title(results, str(row["scenario"])),
        *([_group(str(row["group"]))] if by else []),
        amount(row),
        between(row),
        *([amount(in_people, unit=False)] if in_people is not None else []),
        pairs_better(row),
        "none" if cost == 0.0 else money(cost, currency_of(results.manifest)),
        verdict_of(row, results.facts.direction(str(row["measure"]))),
    ]


def _group(group: str) -> str:
    """Return the name of a group within its column, or the words of a part in the interventions."""
    from sim.measures import ESTIMANDS

    return ESTIMANDS.get(group) or group.partition("=")[2]


def _title(results: Results, scenario: str) -> str:
    return str(results.facts.titles.get(scenario, scenario))


def _say_state(results: Results) -> None:
    units = results.manifest["units"]
    if units["failed"]:
        note(f"{results.path}: {len(units['failed'])} runs failed, see failures.csv")
    stored = {path.stem for path in results.path.glob("units/*.parquet")}  # a killed run leaves more than it noted
    pending = [unit for unit in units["pending"] if unit not in stored]
    if pending:
        note(f"{results.path}: not complete, {len(pending)} runs are pending; 'sim run' goes on")
