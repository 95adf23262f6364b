"""Reading the files of a survey: separated values in any usual encoding, and sheets of workbooks."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.community.survey.tables import MISSING, Faults, Table
from sim.errors import did_you_mean, listing

__all__ = ["ENCODINGS", "Reader", "file_of", "known_encoding"]

ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "mac-roman")
"""Encodings that messages suggest; any other that Python knows is read as well."""

WORKBOOKS = (".xlsx", ".xlsm")
"""Endings of files that hold sheets."""

_SEPARATORS = (",", ";", "\t")
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PADDED = re.compile(r"0+")


def known_encoding(name: str) -> bool:
    """Say whether there is an encoding of this name."""
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def file_of(table_file: Path | str) -> str:
    """Return the file that a table was read from, without the name of a sheet."""
    return str(table_file).split("#", 1)[0]


@dataclass(frozen=True)
class Reader:
    """Reads the files of one survey, by the settings that hold for all of them."""

    faults: Faults
    """Where to note what is wrong."""
    missing: tuple[str, ...] = ()
    """Cells that mean "no answer" beside :data:`sim.community.survey.tables.MISSING`."""
    encoding: str = ""
    """Encoding of text files; absent: UTF-8, or UTF-16 where the file says so itself."""
    sheets: dict[str, str] = field(default_factory=dict)
    """Sheet of a workbook for each file, by the file's key in the scenario."""

    def table(self, file: Path, key: str) -> Table | None:
        """Read a file with a header as a table; None, with the fault noted, if that is impossible.

        Parameters
        ----------
        file
            Separated by commas, semicolons or tabs, or a workbook.
        key
            Under which the scenario names it.

        """
        if file.suffix.lower() in WORKBOOKS:
            found = self._sheet(file, key)
            if found is None:
                return None
            name, cells = found
            return self._table(Path(f"{file}#{name}"), "", cells)
        text = self.text(file)
        if text is None:
            return None
        separator = _separator(text)
        return self._table(file, separator, self._separated(file, text, separator))

    def text(self, file: Path) -> str | None:
        """Return what a text file holds; None, with the fault noted, if it cannot be read."""
        raw = self._bytes(file)
        if raw is None:
            return None
        marked = "utf-16" if raw.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig"
        try:
            text = raw.decode(self.encoding or marked)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            said = self.encoding.upper() or marked.removesuffix("-sig").upper()
            message = (
                f"is not {said}: save it again as 'CSV UTF-8', or say what it is, e.g. `encoding: cp1252` for a file "
                f"from Excel on Windows; encodings: {listing(ENCODINGS)}"
            )
            self.faults.row(file, line, message, "encoding")
            return None
        if "\0" in text:
            self.faults.add("is not a text file: save it as 'CSV UTF-8' (or, from Excel, as .xlsx)", file)
            return None
        return text.removeprefix("\ufeff")

    def _bytes(self, file: Path) -> bytes | None:
        try:
            return file.read_bytes()
        except OSError as error:
            folder = file.parent
            endings = (".csv", ".tsv", ".txt", ".graphml", ".gexf", ".xlsx")
            names = sorted(item.name for item in folder.iterdir() if item.suffix in endings) if folder.is_dir() else []
            missing = isinstance(error, FileNotFoundError)
            reason = "there is no such file" if missing else "the file cannot be read"
            self.faults.add(f"{reason}{did_you_mean(file.name, names)}", file)
            return None

    def _separated(self, file: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the line that it starts on; the fault is noted where rows cannot be read."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        end = 0
        try:
            for cells in reader:
                start, end = end + 1, reader.line_num
                yield start, [cell.strip() for cell in cells]
        except csv.Error as error:
            self.faults.row(file, reader.line_num, f"cannot be read as separated values: {error}", "quotes")
            yield -1, []

    def _sheet(self, file: Path, key: str) -> tuple[str, Iterator[tuple[int, list[str]]]] | None:
        """Return the name and the rows of the sheet that is meant."""
        raw = self._bytes(file)
        if raw is None:
            return None
        from openpyxl import load_workbook

        try:
            book = load_workbook(io.BytesIO(raw), read_only=False, data_only=True)
        except Exception:
            self.faults.add("is not a workbook that can be read: save it again as .xlsx, or as 'CSV UTF-8'", file)
            return None
        names = book.sheetnames
        wanted = self.sheets.get(key)
        if wanted is None:
            same = [name for name in names if name.strip().lower() == key]
            wanted = same[0] if same else names[0] if len(names) == 1 else None
        if wanted is None or wanted not in names:
            near = (
                (did_you_mean(wanted, names) or ";")
                if wanted
                else f"; say which it is: `sheets: {{{key}: {names[0]}}}`;"
            )
            which = f"has no sheet '{wanted}'" if wanted else "has several sheets"
            self.faults.add(f"{which}{near or ';'} sheets: {listing(names)}", file, f"sheets.{key}")
            return None
        return wanted, _rows_of(book[wanted])

    def _table(self, file: Path, separator: str, rows: Iterable[tuple[int, list[str]]]) -> Table | None:
        rows = iter(rows)
        _, header = next(rows, (0, []))
        while not separator and header and not header[-1]:
            header.pop()  # sheets may be wider than what is written in them
        if not self._header_is_good(file, header):
            return None
        kept, lines = [], []
        for line, cells in rows:
            if line < 0:
                return None
            if any(cells):
                kept.append(self._fitted(file, line, cells, len(header), bool(separator)))
                lines.append(line)
        none = MISSING | {item.strip().lower() for item in self.missing}
        columns = {
            name: ["" if row[i].lower() in none else row[i] for row in kept] for i, name in enumerate(header) if name
        }
        return Table(file, separator, columns, lines)

    def _header_is_good(self, file: Path, header: Sequence[str]) -> bool:
        if not any(header):
            self.faults.add("is empty: the first row must name the columns", file)
            return False
        twice = [name for name, count in Counter(header).items() if count > 1 and name]
        if twice:
            self.faults.add(f"two columns have the same name: {listing(twice)}", file)
        return not twice

    def _fitted(self, file: Path, line: int, cells: list[str], width: int, strict: bool) -> list[str]:
        """Return a row as wide as the header; note one that is not (cells beyond those of a sheet may be empty)."""
        if len(cells) != width and (strict or any(cells[width:])):
            message = f"has {len(cells)} cells where the header has {width}"
            self.faults.row(file, line, message, "number of cells in a row")
        return (cells + [""] * width)[:width]


def _separator(text: str) -> str:
    """Return what separates the columns of the header (a comma where nothing does)."""
    header = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(_SEPARATORS, key=lambda mark: (header.count(mark), mark == ","))


def _rows_of(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> str:
    """Return a cell as it would stand in a text file; numbers that a format pads with zeros keep them."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        zeros = str(cell.number_format)
        return f"{value:0{len(zeros)}d}" if _PADDED.fullmatch(zeros) else str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
