"""``sim compare`` and ``sim report``, and the table that ends ``sim run``."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.screens import is_narrow, note, say, table
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.study import Results

__all__ = ["Asked", "compare", "print_answer", "print_remarks", "report"]


@dataclass(frozen=True)
class Asked:
    """What ``sim compare`` is to show."""

    measure: str | None = None
    """One measure, or ``all``; the primary one where absent."""
    by: str | None = None
    when: str | None = None
    """``horizon``, ``average`` or ``weeks``."""
    against: str | None = None
    show: str = "effects"
    budget: float | None = None
    precision: float | None = None
    form: str = "table"

    def check(self) -> None:
        """Refuse what does not go together, so that nothing that is given is ignored."""
        special = [
            name
            for name, given in (("--budget", self.budget is not None), (f"--show {self.show}", self.show != "effects"))
            if given
        ]
        if len(special) > 1:
            raise InputError(f"give either {' or '.join(special)}, not both")
        if not special:
            return
        for name, given in (("--by", self.by), ("--against", self.against), ("--precision", self.precision)):
            if given is not None:
                raise InputError(f"{name} is for the table of effects; it cannot be used with {special[0]}")
        if self.measure == "all":
            raise InputError(f"--measure all is for the table of effects; name one measure with {special[0]}")
        if self.when is not None and self.show != "ranking":
            raise InputError(f"--when cannot be used with {special[0]}")
        if self.when == "weeks":
            raise InputError("a ranking is at the horizon or on average, not week by week")


def report(folder: Path, network: str | None = None) -> None:
    """Write the report of a folder again, the network drawn under the scenario that is asked for."""
    from sim.study import Results

    say(str(Results.open(folder).write_report(network or "")))
    if network:
        from sim.report import why_no_network

        missing = why_no_network(folder)
        if missing:
            note(f"--network: nothing is drawn. {missing}")


def compare(folders: Sequence[Path], asked: Asked) -> None:
    """Print the comparison of one or several folders."""
    from sim.study import Results

    asked.check()
    opened = [Results.open(folder) for folder in folders]
    for results in opened:
        _say_state(results)
    if asked.form == "table":
        from sim.cli import comparing

        comparing.print_all(opened, asked)
        return
    whole = _together(opened, asked)
    for results in opened:
        _note_suppressed(results)
    if asked.form == "csv":
        whole.to_csv(sys.stdout, index=False, lineterminator="\n")
    else:
        records = [
            {key: None if _is_undefined(value) else value for key, value in row.items()}
            for row in whole.astype(object).to_dict("records")
        ]
        say(json.dumps(records, indent=1, ensure_ascii=False))


def _is_undefined(value: Any) -> bool:
    import pandas as pd

    return value is pd.NA or (isinstance(value, float) and not math.isfinite(value))


def table_of(results: Results, asked: Asked) -> pd.DataFrame:
    """Return the table that is asked for of one folder."""
    import pandas as pd

    if asked.budget is not None:
        return results.at_budget(asked.budget, asked.measure)
    if asked.show == "ranking":
        return results.ranking(asked.measure, asked.when or "horizon")
    if asked.show == "targets":
        found = results.targets()
        return found if asked.measure is None else found[found["measure"] == asked.measure]
    if asked.show != "effects":
        tables = {
            "gaps": results.gaps, "who": results.who_gains, "costs": results.costs, "parts": results.estimands,
            "ties": results.through_ties, "distance": results.by_distance,
        }  # fmt: skip
        return tables[asked.show](asked.measure)
    parts = [_effects_of(results, name, asked) for name in measures_of(results, asked)]
    return pd.concat(parts, ignore_index=True)


def _effects_of(results: Results, measure: str, asked: Asked) -> pd.DataFrame:
    import pandas as pd

    found = results.comparison(measure, asked.by, asked.against)
    if asked.by is None:
        found = found[found["group"].astype(str) == "all"]
    if asked.when == "weeks":
        groups = list(dict.fromkeys(found["group"].astype(str)))
        curves = [results.curve(measure, group, asked.against) for group in groups]
        return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()
    if asked.when is not None:
        found = found[found["when"].astype(str) == asked.when]
    if asked.precision is not None:
        from sim import stats

        spread = found["standard_error"].to_numpy() * found["seeds"].to_numpy() ** 0.5
        wanted = spread * 0.0 + asked.precision
        found = found.assign(seeds_for_precision=stats.seeds_for_half_widths(spread, wanted))
    return found


def _together(opened: Sequence[Results], asked: Asked) -> pd.DataFrame:
    """Return the rows that are asked for, with the folder in front where there are several."""
    import pandas as pd

    parts = []
    for results in opened:
        part = table_of(results, asked)
        if len(opened) > 1:
            part = part.assign(folder=str(results.path))[["folder", *part.columns]]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def measures_of(results: Results, asked: Asked) -> list[str]:
    """Return the measures that are asked for."""
    if asked.measure == "all":
        return list(dict.fromkeys(results.comparison()["measure"].astype(str)))
    return [asked.measure or str(results.facts.outcome)]


def print_answer(results: Results) -> None:
    """Print the table of the primary measure, the answer in words and what became of the targets."""
    print_comparison(results, str(results.facts.outcome), Asked())
    print_remarks(results)
    say()
    for sentence in results.answer():
        say(sentence)
    for line in target_lines(results):
        say(line)
    _note_suppressed(results)
    say("This explores and compares what a model says would plausibly happen; it does not predict.")


def print_remarks(results: Results) -> None:
    """Print of which scenarios fewer could be invited than asked for, and which ended long before the runs do."""
    from sim.compare.wording import amount, between

    over = results.ended()
    if over:
        say()
        weeks = f"week {results.facts.weeks}"
        say(f"Ended well before {weeks}, so that little may be left by then: the effect on average over all weeks")
        rows = [
            [title_of(results, name), str(row["last_week"]), amount(row), between(row), str(row["verdict"])]
            for name, row in over.items()
        ]
        table(["scenario", "last taken part in, week", "effect on average", "95% interval", "verdict"], rows)
    short = results.shortages()
    if short:
        say()
    for name, texts in short.items():
        for text in texts:
            say(f"{title_of(results, name)}: {text}.")


def _note_suppressed(results: Results) -> None:
    if results.suppressed.in_short():
        note(results.suppressed.in_short())


def target_lines(results: Results) -> list[str]:
    """Return one line a target: for which scenarios it is met, missed, or too close to call."""
    from sim.compare.wording import plain
    from sim.measures import COMPARED

    found: dict[str, dict[str, list[str]]] = {}
    for row in results.targets().to_dict("records"):
        label = COMPARED[row["measure"]].label
        target = f"Target: {label} {row['side']} {plain(row['bound'])} in week {row['week']}"
        found.setdefault(target, {}).setdefault(row["verdict"], []).append(title_of(results, row["scenario"]))
    return [
        f"{target}: " + "; ".join(f"{verdict}: {', '.join(titles)}" for verdict, titles in outcomes.items())
        for target, outcomes in found.items()
    ]


def print_comparison(results: Results, measure: str, asked: Asked) -> None:
    """Print effects: of everybody with the best scenario first, or of the groups of a column."""
    from sim.compare import IN_PEOPLE, ranked
    from sim.compare.verdicts import why_too_close
    from sim.compare.wording import number, plain
    from sim.measures import COMPARED

    facts, by = results.facts, asked.by
    rows = _rows(results, measure, asked)
    label = COMPARED[measure].label
    if not rows:
        say(f"{label}: nothing to compare")
        return
    people = "" if by or is_narrow() else IN_PEOPLE.get(measure, "")
    people = people if people in set(results.comparison()["measure"]) else ""
    in_people = {row["scenario"]: row for row in _rows(results, people, asked)} if people else {}
    level = "" if by else f" ({plain(float(rows[0]['baseline']))})"
    against = f"compared with {title_of(results, asked.against or facts.baseline)}{level}"
    weeks = f"on average over {facts.weeks} weeks" if asked.when == "average" else f"after {facts.weeks} weeks"
    say(f"{label[:1].upper()}{label[1:]} {weeks}, {against}")
    headings = ["scenario", *(["group"] if by else []), "effect", "95% interval"]
    headings += [f"{COMPARED[people].label}, of 1,000"] if people else []
    headings += ["pairs better", *([] if by else ["extra cost"]), "verdict"]
    wanted = asked.precision
    headings += [f"seeds for ±{plain(wanted)}"] if wanted is not None else []
    if not by:
        rows = ranked(rows, facts.direction(measure))
    cells = [_cells(results, row, by, in_people.get(row["scenario"])) for row in rows]
    if wanted is not None:
        cells = [[*line, number(float(row["seeds_for_precision"]))] for line, row in zip(cells, rows, strict=True)]
    table(headings, cells)
    for row in rows:
        why = why_too_close(row)
        if why:
            group = f", {_group(str(row['group']))}" if by else ""
            say(f"{title_of(results, str(row['scenario']))}{group}: {why}.")
    if by:
        say(_cost_sentence(results, rows))
    elif told := _unpaid_sentence(results, asked):
        say(told)


def _rows(results: Results, measure: str, asked: Asked) -> list[Any]:
    """Return the rows of a measure, at the horizon unless the average is asked for."""
    found = _effects_of(results, measure, asked)
    return found[found["when"].astype(str) == (asked.when or "horizon")].to_dict("records")


def _cells(results: Results, row: Any, by: str | None, in_people: Any | None) -> list[str]:
    from sim.compare.wording import amount, between, cost_words, currency_of, pairs_better

    cost = cost_words(float(row["cost"]), currency_of(results.manifest), private=results.facts.private)
    return [
        title_of(results, str(row["scenario"])),
        *([_group(str(row["group"]))] if by else []),
        amount(row),
        between(row),
        *([amount(in_people, unit=False)] if in_people is not None else []),
        pairs_better(row),
        *([] if by else [cost]),
        str(row["verdict"]),
    ]


def _unpaid_sentence(results: Results, asked: Asked) -> str:
    """Return how much of the extra costs is volunteers' time; empty where there is none."""
    from sim.compare.wording import currency_of, money, of_it_unpaid

    if "cost_volunteer_time" not in set(results.comparison()["measure"].astype(str)):  # not there, or not shown
        return ""
    unit = currency_of(results.manifest)
    found = [
        f"{title_of(results, str(row['scenario']))} {money(float(row['cost']), unit)}, {part}"
        for row in _rows(results, "cost_volunteer_time", asked)
        if (part := of_it_unpaid(float(row["effect"]), unit)) and not math.isnan(float(row["cost"]))
    ]
    return f"Extra cost: {'; '.join(found)}." if found else ""


def _cost_sentence(results: Results, rows: Sequence[Any]) -> str:
    """Return what each scenario costs as a whole, said once where the rows are about groups."""
    from sim.compare.wording import cost_words, currency_of

    unit, private = currency_of(results.manifest), results.facts.private
    costs = {str(row["scenario"]): cost_words(float(row["cost"]), unit, private=private) for row in rows}
    told = "; ".join(f"{title_of(results, name)} {cost}" for name, cost in costs.items())
    return f"Extra cost as a whole, not of one group: {told}."


def _group(group: str) -> str:
    """Return the name of a group within its column, or the words of a part in the interventions."""
    from sim.measures import ESTIMANDS

    return ESTIMANDS.get(group) or group.partition("=")[2]


def title_of(results: Results, scenario: str) -> str:
    """Return the title of a scenario."""
    return str(results.facts.titles.get(scenario, scenario))


def _say_state(results: Results) -> None:
    from sim.compare.wording import counted

    units = results.manifest["units"]
    if units["failed"]:
        note(f"{results.path}: {counted(len(units['failed']), 'run')} failed, see failures.csv")
    stored = {path.stem for path in results.path.glob("units/*.parquet")}  # a killed run leaves more than it noted
    pending = [unit for unit in units["pending"] if unit not in stored]
    if pending:
        verb = "is" if len(pending) == 1 else "are"
        note(f"{results.path}: not complete, {counted(len(pending), 'run')} {verb} pending; 'sim run' goes on")


def label_of(measure: str) -> str:
    """Return the words for a measure, as they begin a line."""
    from sim.measures import COMPARED

    label = COMPARED[measure].label
    return f"{label[:1].upper()}{label[1:]}"
