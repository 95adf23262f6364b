"""Reading the files of a survey: text first, converted with care, every fault with its file and row.

Nothing that a person answered is ever printed: messages name the file, the row and the column.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, did_you_mean, listing

__all__ = ["MISSING", "Faults", "Table", "number", "read_table"]

MISSING = frozenset({"", ".", "na", "n/a", "nan", "null"})
"""Cells, in small letters, that mean "no answer" in every column."""

SHOWN = 8
"""How many faults of one sort are listed one by one; the rest are counted."""

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass
class Faults:
    """Collects what is wrong, so that a user sees all of it at once."""

    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[str, str], dict[int, None]] = field(default_factory=dict)
    """Lines by file and sort of fault."""

    def add(self, message: str, file: Path | str = "", path: str = "") -> None:
        """Note a fault of the scenario or of a file as a whole."""
        self.problems.append(Problem(_shown(file), 0, path, message))

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
    """A file of comma-separated values as text."""

    file: Path
    separator: str
    """``,``, ``;`` or a tab; with the others than ``,`` numbers may have a decimal comma."""
    columns: dict[str, list[str]]
    """Cells by column, without the space around them; what means "no answer" is empty."""
    lines: list[int]
    """Line of the file on which each row starts (the header is line 1)."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def decimal_comma(self) -> bool:
        """Whether ``3,5`` is a number in this file."""
        return self.separator != ","

    def need(self, name: str, key: str, faults: Faults) -> bool:
        """Say whether there is such a column; note a fault under the scenario's ``key`` if not."""
        if name in self.columns:
            return True
        near = did_you_mean(name, list(self.columns)) or ";"
        columns = listing(self.columns)
        faults.add(f"no column '{name}' (named by `{key}`){near} columns: {columns}", self.file)
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


def read_table(file: Path, faults: Faults, missing: Iterable[str] = ()) -> Table | None:
    """Read a file of comma-, semicolon- or tab-separated values with a header; None if that is impossible.

    Parameters
    ----------
    file
        UTF-8, with or without a byte order mark.
    faults
        Where to note what is wrong.
    missing
        Cells that mean "no answer" beside :data:`MISSING`, e.g. ``-99``.

    """
    text = _text(file, faults)
    if text is None:
        return None
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not _header_is_good(file, header, faults):
            return None
        rows, lines = _rows(file, reader, len(header), faults)
    except csv.Error as error:
        faults.row(file, reader.line_num, f"cannot be read as separated values: {error}", "quotes")
        return None
    none = MISSING | {item.strip().lower() for item in missing}
    columns = {
        name: ["" if row[i].lower() in none else row[i] for row in rows] for i, name in enumerate(header) if name
    }
    return Table(file, separator, columns, lines)


def _text(file: Path, faults: Faults) -> str | None:
    try:
        raw = file.read_bytes()
    except OSError as error:
        names = sorted(item.name for item in file.parent.glob("*.[ct]sv")) if file.parent.is_dir() else []
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else "the file cannot be read"
        faults.add(f"{reason}{did_you_mean(file.name, names)}", file)
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.row(file, line, "is not UTF-8: save it again as 'CSV UTF-8'", "encoding")
        return None
    if "\0" in text:
        faults.add("is not a text file: save it as 'CSV UTF-8'", file)
        return None
    return text


def _separator(text: str) -> str:
    """Return what separates the columns of the header (a comma where nothing does)."""
    header = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(_SEPARATORS, key=lambda mark: (header.count(mark), mark == ","))


def _header_is_good(file: Path, header: Sequence[str], faults: Faults) -> bool:
    if not any(header):
        faults.add("is empty: the first row must name the columns", file)
        return False
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        faults.add(f"two columns have the same name: {listing(twice)}", file)
    return not twice


def _rows(file: Path, reader: Any, width: int, faults: Faults) -> tuple[list[list[str]], list[int]]:
    rows, lines, line = [], [], reader.line_num
    for cells in reader:
        start, line = line + 1, reader.line_num
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if len(cells) != width:
            message = f"has {len(cells)} cells where the header has {width}"
            faults.row(file, start, message, "number of cells in a row")
            cells = (cells + [""] * width)[:width]
        rows.append(cells)
        lines.append(start)
    return rows, lines
