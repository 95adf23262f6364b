"""A council's own figures as a table: columns target, group, value, tolerance, source."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, cause, did_you_mean, listing

__all__ = ["COLUMNS", "CouncilTable", "read_council_table"]

COLUMNS = ("target", "group", "value", "tolerance", "source")
"""Columns of the table; ``target`` and ``value`` are needed, the others may be absent or empty."""

_MOST_BYTES = 1_000_000


@dataclass
class CouncilTable:
    """What a table of own figures says, by name of the target."""

    values: dict[str, Any] = field(default_factory=dict)
    """A number, or a mapping from groups to numbers."""
    tolerances: dict[tuple[str, str], float] = field(default_factory=dict)
    """By target and group (empty for none)."""
    sources: dict[str, str] = field(default_factory=dict)
    """Where the figures of a target come from; of several, all of them."""


def read_council_table(file: Path, known: Mapping[str, Any]) -> CouncilTable:
    """Read a table of own figures.

    Parameters
    ----------
    file
        Separated by commas or semicolons (then a comma may be the decimal sign), UTF-8.
    known
        Value of each target that there is: a number, a mapping from groups, or a list (groups are 1, 2, 3, ...).

    Raises
    ------
    InputError
        With everything that is wrong, each with its row.
    """
    rows = _rows(file)
    table = CouncilTable()
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows:
        found = _Row(str(file), line, row, problems)
        key, group = row["target"], row["group"]
        if not found.is_known(key, group, known):
            continue
        if (key, group) in seen:
            found.refuse(f"'{key}' {group} stands already in row {seen[key, group]}")
            continue
        seen[key, group] = line
        value, tolerance = found.number("value", needed=True), found.number("tolerance", needed=False)
        if value is None:
            continue
        held = known[key]
        if isinstance(held, Mapping):
            table.values.setdefault(key, {})[group] = value
        elif isinstance(held, list):
            table.values.setdefault(key, list(held))[int(group) - 1] = value
        else:
            table.values[key] = value
        if tolerance is not None:
            table.tolerances[key, group] = tolerance
        said = table.sources.get(key, "")
        if row["source"] and row["source"] not in said.split("; "):
            table.sources[key] = f"{said}; {row['source']}" if said else row["source"]
    if problems:
        raise InputError(problems)
    return table


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Return line and cells of each row that holds anything."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(Problem(str(file), message=f"is larger than {_MOST_BYTES:,} bytes: is it the right file?"))
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Problem(str(file), message="is not UTF-8; save it as CSV UTF-8")) from None
    except OSError as error:
        raise InputError(Problem(str(file), message=f"cannot be read: {cause(error)}")) from None
    head = text.splitlines()[0] if text.strip() else ""
    separator = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(text.splitlines(), delimiter=separator)
    header = [cell.strip().lower() for cell in next(reader, [])]
    problems = [
        Problem(str(file), 1, message=f"column '{name}' is missing; columns: {listing(COLUMNS)}")
        for name in ("target", "value") if name not in header
    ]  # fmt: skip
    problems += [
        Problem(str(file), 1, message=f"'{name}' is not a column here{did_you_mean(name, COLUMNS) or ';'} "
                f"columns: {listing(COLUMNS)}")
        for name in header if name not in COLUMNS
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    rows = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict.fromkeys(COLUMNS, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
            if separator == ";":
                row |= {name: row[name].replace(",", ".") for name in ("value", "tolerance")}
            rows.append((reader.line_num, row))
    if not rows:
        raise InputError(Problem(str(file), message="holds no figures: there is no row below the header"))
    return rows


@dataclass
class _Row:
    """One row, and where to keep what is wrong with it."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[Problem]

    def refuse(self, message: str) -> None:
        self.problems.append(Problem(self.file, self.line, message=message))

    def is_known(self, key: str, group: str, known: Mapping[str, Any]) -> bool:
        """Say whether there is such a target and group; keep a problem otherwise."""
        if key not in known:
            near = did_you_mean(key, list(known)) or ";"
            self.refuse(f"'{key}' is not a target{near} targets: {listing(known, limit=60)}")
            return False
        held = known[key]
        if isinstance(held, list):
            groups = [str(number + 1) for number in range(len(held))]
        else:
            groups = [str(name) for name in held] if isinstance(held, Mapping) else []
        if groups and group not in groups:
            said = f"'{group}' is no group of" if group else "a group is missing for"
            self.refuse(f"{said} '{key}'{did_you_mean(group, groups) or ';'} groups: {listing(groups)}")
            return False
        if not groups and group:
            self.refuse(f"'{key}' is one number and has no groups; found '{group}'")
            return False
        return True

    def number(self, column: str, *, needed: bool) -> float | None:
        text = self.cells[column]
        if not text and not needed:
            return None
        try:
            value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and value >= 0:
            return value
        self.refuse(f"column '{column}' must be a number of 0 or more (or a share such as 7%); found '{text}'")
        return None
