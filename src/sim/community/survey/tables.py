"""The tables of a survey: text first, converted with care, every fault with its file and row.

Nothing that a person answered is ever printed: messages name the file, the row and the column.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import InputError, Problem, did_you_mean, listing

__all__ = ["MISSING", "DataProblem", "Faults", "Table", "number"]

MISSING = frozenset({"", ".", "na", "n/a", "nan", "null"})
"""Cells, in small letters, that mean "no answer" in every column."""

SHOWN = 8
"""How many faults of one sort are listed one by one; the rest are counted."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, order=True)
class DataProblem(Problem):
    """Something wrong with a data file, seen with what a scenario says about it."""

    key: str = ""
    """The scenario's setting that it concerns, below the community's source, e.g. ``groups``."""


@dataclass
class Faults:
    """Collects what is wrong, so that a user sees all of it at once."""

    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[str, str], dict[int, None]] = field(default_factory=dict)
    """Lines by file and sort of fault."""

    def add(self, message: str, file: Path | str = "", path: str = "", line: int = 0) -> None:
        """Note a fault of the scenario, at one of its keys, or of a file (at a line if there is one) it concerns."""
        told = Problem("", 0, path, message) if file == "" else DataProblem(_shown(file), line, "", message, path)
        self.problems.append(told)

    def row(self, file: Path | str, line: int, message: str, sort: str) -> None:
        """Note a fault of one row; faults of one ``sort`` are listed up to :data:`SHOWN` times."""
        problem = Problem(_shown(file), line, "", message)
        rows = self._seen.setdefault((problem.file, sort), {})
        if line in rows:
            return  # a column that is used twice is complained about once
        rows[line] = None
        if len(rows) <= SHOWN:
            self.problems.append(problem)

    def stop(self) -> None:
        """Raise all faults found so far as one :class:`InputError`, if there are any."""
        if not self.problems:
            return
        more = [
            Problem(file, list(lines)[SHOWN], "", f"{sort}: {len(lines) - SHOWN} more rows like this from here on")
            for (file, sort), lines in self._seen.items()
            if len(lines) > SHOWN
        ]
        raise InputError([*self.problems, *more])


def _shown(file: Path | str) -> str:
    """Return a path as users see it: relative to the current folder if inside it."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(file)


@dataclass(frozen=True)
class Table:
    """Rows of text under named columns, from a file of separated values, a sheet or a graph."""

    file: Path
    """A sheet of a workbook stands behind a ``#``: ``survey.xlsx#Names``."""
    separator: str
    """``,``, ``;``, a tab or a space; with the others than ``,`` numbers may have a decimal comma. Empty for sheets and
    graphs, whose numbers have a decimal point."""
    columns: dict[str, list[str]]
    """Cells by column, without the space around them; what means "no answer" is empty."""
    lines: list[int]
    """Line of the file on which each row starts (the header is line 1)."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def decimal_comma(self) -> bool:
        """Whether ``3,5`` is a number in this file."""
        return self.separator in (";", "\t")

    def need(self, name: str, key: str, faults: Faults) -> bool:
        """Say whether there is such a column; note a fault under the scenario's ``key`` if not."""
        if name in self.columns:
            return True
        near = did_you_mean(name, list(self.columns)) or ";"
        columns = listing(self.columns)
        faults.add(f"no column '{name}' (named by `{key}`){near} columns: {columns}", self.file, key)
        return False

    def numbers(self, name: str, faults: Faults) -> list[float]:
        """Return a column as numbers, NaN where there is no answer; note rows that hold anything else."""
        out = []
        for line, cell in zip(self.lines, self.columns[name], strict=True):
            value = number(cell, self.decimal_comma)
            if value is None:
                hint = (
                    " (a decimal comma? write 3.5, or separate the columns by semicolons)"
                    if _DECIMAL_COMMA.fullmatch(cell)
                    else ""
                )
                faults.row(self.file, line, f"column '{name}' is not a number here{hint}", f"column '{name}'")
                value = math.nan
            out.append(value)
        return out

    def is_numeric(self, name: str) -> bool:
        """Say whether every answer of a column is a number (and there is an answer)."""
        cells = [cell for cell in self.columns[name] if cell]
        return bool(cells) and all(number(cell, self.decimal_comma) is not None for cell in cells)


def number(cell: str, decimal_comma: bool = False) -> float | None:
    """Return the finite number that a cell holds, NaN for an empty one, None for anything else."""
    if not cell:
        return math.nan
    if decimal_comma and _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    if not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if math.isfinite(value) else None
