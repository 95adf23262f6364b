"""``sim compare`` and ``sim report``, and the table that ends ``sim run``."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.screens import note, say, table

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
    """Print the table of the primary measure and the answer in words."""
    outcome = str(results.facts.outcome)
    _print_comparison(results, outcome, None)
    say()
    for sentence in results.answer():
        say(sentence)
    say("This explores and compares what a model says would plausibly happen; it does not predict.")


def _print_comparison(results: Results, measure: str, by: str | None) -> None:
    from sim.compare.wording import plain
    from sim.measures import MEASURES

    facts = results.facts
    rows = results.comparison(measure, by)
    rows = rows[rows["when"].astype(str) == "horizon"]
    if by is None:
        rows = rows[rows["group"].astype(str) == "all"]
    label = MEASURES[measure].label if measure in MEASURES else measure
    if rows.empty:
        say(f"{label}: nothing to compare")
        return
    level = "" if by else f" ({plain(float(rows['baseline'].iloc[0]))})"
    against = f"compared with {_title(results, facts.baseline)}{level}"
    say(f"{label[:1].upper()}{label[1:]} after {facts.weeks} weeks, {against}")
    group = ["group"] if by else []
    headings = ["scenario", *group, "effect", "95% interval", "better in", "extra cost", "verdict"]
    cells = [_cells(results, row, bool(by)) for row in rows.to_dict("records")]
    table(headings, cells)


def _cells(results: Results, row: Any, with_group: bool) -> list[str]:
    from sim.compare import verdict_of
    from sim.compare.wording import amount, between, money, pairs_better

    better = results.facts.direction(str(row["measure"]))
    group = [str(row["group"]).partition("=")[2]] if with_group else []
    pairs = pairs_better(row)
    return [
        _title(results, str(row["scenario"])),
        *group,
        amount(row),
        between(row),
        pairs if pairs == "–" else f"{pairs} pairs",
        money(float(row["cost"])),
        verdict_of(row, better),
    ]


def _title(results: Results, scenario: str) -> str:
    return str(results.facts.titles.get(scenario, scenario))


def _say_state(results: Results) -> None:
    units = results.manifest["units"]
    if units["failed"]:
        note(f"{results.path}: {len(units['failed'])} runs failed, see failures.csv")
    if units["pending"]:
        note(f"{results.path}: not complete, {len(units['pending'])} runs are pending; 'sim run' goes on")
