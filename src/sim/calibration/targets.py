"""What was observed: a table of measures, or the dates at which residents of a survey took something up."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, cause, did_you_mean, listing
from sim.measures import MEASURES
from sim.scenario.nodes import shown

if TYPE_CHECKING:
    from sim.community.community import Community
    from sim.scenario import Scenario

__all__ = ["Observation", "adoption_targets", "check_targets", "read_targets"]

_NEEDED = ("measure", "week", "value", "standard_error")
_ALLOWED = (*_NEEDED, "group", "since")


@dataclass(frozen=True)
class Observation:
    """One observed figure."""

    measure: str
    """Name of a measure."""
    week: int
    """Week of the scenario, 0 to its last, at whose end it was observed."""
    value: float
    standard_error: float
    """By how much the observation may be off, above 0. The luck of a run is not part of it: that is played."""
    group: str = "all"
    """``all``, or like ``age_band=65-74``."""
    since: int | None = None
    """Where given, ``value`` is the change since the end of that week."""
    line: int = 0
    """Line of the file that it stands in."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        group = "" if self.group == "all" else f" of {self.group}"
        when = f"week {self.week}" if self.since is None else f"weeks {self.since} to {self.week}"
        return f"{self.measure}{group}, {when}"

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        keys = ("measure", "group", "since", "week", "value", "standard_error")
        return {key: getattr(self, key) for key in keys}


def read_targets(path: str | Path) -> list[Observation]:
    """Read a table of targets: a CSV file with columns measure, group, week, value, standard_error and maybe since.

    Raises
    ------
    InputError
        With everything that is wrong in it.
    """
    file = Path(path)
    name = shown(file)
    rows = _rows(file, name)
    problems: list[Problem] = []
    found = []
    for line, row in rows:
        try:
            found.append(_observation(row, line))
        except ValueError as error:
            problems.append(Problem(name, line, message=str(error)))
    if problems:
        raise InputError(problems)
    if not found:
        raise InputError(Problem(name, message="holds no targets"))
    return found


def _rows(file: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = [str(column) for column in reader.fieldnames or ()]
            rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(Problem(name, message=f"cannot be read as a table: {cause(error)}")) from None
    missing = [column for column in _NEEDED if column not in columns]
    unknown = [column for column in columns if column not in _ALLOWED]
    problems = []
    if missing:
        text = f"column '{missing[0]}' is missing; columns: {listing(_NEEDED)}, and if need be group and since"
        problems.append(Problem(name, 1, message=text))
    if unknown:
        hint = did_you_mean(unknown[0], _ALLOWED) or f"; columns: {listing(_ALLOWED)}"
        problems.append(Problem(name, 1, message=f"'{unknown[0]}' is not a column of targets{hint}"))
    if problems:
        raise InputError(problems)
    return rows


def _observation(row: Mapping[str, Any], line: int) -> Observation:
    def number(key: str) -> float:
        try:
            value = float(row[key])
        except (TypeError, ValueError):
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"{key} must be a number, found '{row[key]}'")
        return value

    def week(key: str) -> int:
        value = number(key)
        if value < 0 or value != int(value):
            raise ValueError(f"{key} must be a whole number from 0, found '{row[key]}'")
        return int(value)

    since = week("since") if row.get("since") else None
    error = number("standard_error")
    if error <= 0:
        raise ValueError(f"standard_error must be above 0, found '{row['standard_error']}'")
    found = Observation(str(row["measure"]).strip(), week("week"), number("value"), error,
                        (row.get("group") or "all").strip(), since, line)  # fmt: skip
    if since is not None and since >= found.week:
        raise ValueError(f"since must lie before week {found.week}, found {since}")
    if found.measure not in MEASURES:
        hint = did_you_mean(found.measure, list(MEASURES)) or f"; measures: {listing(MEASURES, 40)}"
        raise ValueError(f"'{found.measure}' is not a measure{hint}")
    return found


def check_targets(targets: Sequence[Observation], scenario: Scenario, community: Community, file: str = "") -> None:
    """Check that a scenario lasts long enough for the targets, and that its community has their groups.

    Raises
    ------
    InputError
        With everything that does not fit.
    """
    problems = []
    for target in targets:
        message = ""
        if target.week > scenario.weeks:
            message = f"week {target.week} is after the scenario's last, {scenario.weeks}"
        elif target.group != "all":
            message = _wrong_group(target, community)
        if message:
            problems.append(Problem(file, target.line, message=message))
    if not targets:
        problems.append(Problem(file, message="there are no targets"))
    if problems:
        raise InputError(problems)


def _wrong_group(target: Observation, community: Community) -> str:
    column, equals, name = target.group.partition("=")
    columns = [key for key, held in community.columns.items() if held.is_category or held.is_flag]
    if not equals or column not in columns:
        hint = did_you_mean(column, columns) or f"; columns: {listing(columns)}"
        return f"group must be 'all' or like age_band=65-74, found '{target.group}'{hint}"
    names, _ = community.group_codes(column)
    if name not in names:
        return f"'{name}' is not among the values of '{column}': {listing(names)}"
    return "" if MEASURES[target.measure].by_group else f"'{target.measure}' is measured for everybody only"


def adoption_targets(
    people: str | Path, column: str, *, first: float | None = None, last: float | None = None, weeks_a_period: int = 52
) -> list[Observation]:
    """Return targets from the dates at which residents of a survey took something up.

    For each period (a year, a month ...) the share of all residents who took it up in it, as the change of the measure
    ``reached``. Shares of different periods are nearly independent, which cumulated shares are not. The standard error
    is that of a share, ``sqrt(p (1 - p) / n)`` with ``p = (count + 1) / (n + 2)`` so that it is never 0.

    Parameters
    ----------
    people
        A table with one line for each resident.
    column
        Its column of dates, whole numbers such as years; empty for those who never did.
    first, last
        First and last period; the least and the greatest date where absent. Who took it up before counts in the first
        (nobody can have when the scenario begins), who did later has not yet.
    weeks_a_period
        How many weeks of the scenario one period lasts.

    Raises
    ------
    InputError
        If there is no such column, or its values are no whole numbers.
    """
    file, name = Path(people), shown(people)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = [str(item) for item in reader.fieldnames or ()]
            rows = [(reader.line_num, (row.get(column) or "").strip()) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(Problem(name, message=f"cannot be read as a table: {cause(error)}")) from None
    if column not in columns:
        hint = did_you_mean(column, columns) or f"; columns: {listing(columns)}"
        raise InputError(Problem(name, 1, message=f"there is no column '{column}'{hint}"))
    dates = [_date(cell, column, name, line) for line, cell in rows]
    known = [date for date in dates if date is not None]
    if not known:
        raise InputError(Problem(name, message=f"column '{column}' holds no dates"))
    start = int(min(known) if first is None else first)
    end = int(max(known) if last is None else last)
    if end < start:
        raise InputError(f"the last period, {end}, lies before the first, {start}")
    total, targets = len(dates), []
    for number in range(end - start + 1):
        period = start + number
        count = sum(date <= period if number == 0 else date == period for date in known)
        share = (count + 1) / (total + 2)
        targets.append(Observation(
            "reached", (number + 1) * weeks_a_period, count / total, math.sqrt(share * (1 - share) / total),
            since=number * weeks_a_period,
        ))  # fmt: skip
    return targets


def _date(cell: str, column: str, name: str, line: int) -> int | None:
    if not cell or cell.lower() in ("na", "nan"):
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not number.is_integer():
        text = f"column '{column}' must hold whole numbers such as years, or nothing; found '{cell}'"
        raise InputError(Problem(name, line, message=text))
    return int(number)
