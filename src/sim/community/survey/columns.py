"""From the answers of a survey to columns: categories, numbers and flags; never names or free text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Column
from sim.community.survey.spec import Combine, scale_of
from sim.community.survey.tables import Faults, Table
from sim.errors import listing
from sim.evidence import entry, value

__all__ = ["Answers", "attribute", "check_scale", "combined", "flag_values", "kind_of", "natural_order", "rescaled"]

YES = frozenset({"1", "1.0", "yes", "y", "true", "t"})
NO = frozenset({"0", "0.0", "no", "n", "false", "f"})
"""What counts as yes and no in a flag, in small letters."""

MANY_CATEGORIES = 1000
"""More categories than this fit no table; a limit of the program, not of the model."""

_LEADING_ZERO = re.compile(r"[+-]?0\d+")
_WHOLE = re.compile(r"(\d+)\.0+")
_IDENTIFIER_DIGITS = 7


@dataclass
class Answers:
    """The people file, seen by residents in canonical order."""

    table: Table
    rows: NDArray[np.int64]
    """Row of the table for each resident, -1 for those who were not asked, shape (residents,)."""
    faults: Faults
    types: Mapping[str, str] = field(default_factory=dict)
    """``category``, ``number`` or ``flag`` by column, where the scenario says it."""
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Categories in their order, where the scenario says it."""
    missing: dict[str, int] = field(default_factory=dict)
    """Filled here: number of residents who were asked and gave no answer, by column."""
    imputed: dict[str, int] = field(default_factory=dict)
    """Filled by :mod:`sim.community.survey.imputing`: for how many an answer was filled in, by column."""

    def cells(self, name: str) -> list[str]:
        """Return the text of each resident's answer, empty where there is none."""
        column = self.table.columns[name]
        return [column[row] if row >= 0 else "" for row in self.rows]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return each resident's answer as a number, NaN where there is none."""
        column = np.array([*self.table.numbers(name, self.faults), math.nan])
        return column[self.rows]

    def source(self, name: str) -> str:
        """Return where a column comes from, in words."""
        return f"{self.table.file.name}, column '{name}'"

    def count_missing(self, name: str) -> int:
        """Count, and remember, who was asked and gave no answer."""
        column = self.table.columns[name]
        count = sum(1 for row in self.rows if row >= 0 and not column[row])
        if count:
            self.missing[name] = count
        return count


def kind_of(table: Table, name: str) -> str:
    """Return what a column looks like: ``category``, ``number``, ``flag``, ``text`` or ``empty``.

    ``text`` stands for names, free text and identifiers: many different texts, or few people per text, or
    whole numbers of seven digits and more that are all different.
    """
    cells = [cell for cell in table.columns[name] if cell]
    if not cells:
        return "empty"
    different = set(cells)
    if {cell.lower() for cell in different} <= YES | NO:
        return "flag"
    if table.is_numeric(name) and not any(_LEADING_ZERO.fullmatch(cell) for cell in different):
        long = all(cell.isdigit() and len(cell) >= _IDENTIFIER_DIGITS for cell in different)
        return "text" if long and len(different) == len(cells) > 1 else "number"
    few = len(different) <= value("survey.most_categories")
    return "category" if few and _shared(len(different), len(cells)) else "text"


def _shared(different: int, answers: int) -> bool:
    """Say whether values are shared by people often enough not to be names."""
    return bool(different * value("survey.people_per_category") <= answers)


def attribute(answers: Answers, name: str, kind: str) -> Column | None:
    """Return a column of the survey as a column of the community, or None with the fault noted."""
    answers.count_missing(name)
    if kind == "number":
        return Column(name, answers.numbers(name), source=answers.source(name))
    if kind == "flag":
        return Column(name, flag_values(answers, name) == 1, source=answers.source(name))
    return _category(answers, name)


def flag_values(answers: Answers, name: str) -> NDArray[np.int8]:
    """Return 1 for yes, 0 for no and -1 for no answer; note each row that holds anything else."""
    table = answers.table
    column = np.full(len(table) + 1, -1, np.int8)
    for row, (line, cell) in enumerate(zip(table.lines, table.columns[name], strict=True)):
        if cell.lower() in YES:
            column[row] = 1
        elif cell.lower() in NO:
            column[row] = 0
        elif cell:
            message = f"column '{name}' is neither yes (1, yes, true) nor no (0, no, false)"
            answers.faults.row(table.file, line, message, f"column '{name}'")
    return column[answers.rows]


def _category(answers: Answers, name: str) -> Column | None:
    cells = [_WHOLE.sub(r"\1", cell) if _WHOLE.fullmatch(cell) else cell for cell in answers.table.columns[name]]
    given = [cell for cell in cells if cell]
    different = set(given)
    table, faults = answers.table, answers.faults
    if not _shared(len(different), len(given)) or len(different) > MANY_CATEGORIES:
        faults.add(
            f"column '{name}' has {len(different)} different values for {len(given)} people: it looks like "
            "names or free text, which are never taken over",
            table.file,
        )
        return None
    categories = tuple(natural_order(different))
    if name in answers.orders:
        categories = tuple(str(item) for item in answers.orders[name])
        for line, cell in zip(table.lines, cells, strict=True):
            if cell and cell not in categories:
                message = f"column '{name}' holds a value that is not in its order: {listing(categories)}"
                faults.row(table.file, line, message, f"column '{name}'")
    codes = {item: code for code, item in enumerate(categories)}
    column = np.array([*(codes.get(cell, -1) for cell in cells), -1], np.int16)
    return Column(name, column[answers.rows], categories=categories, source=answers.source(name))


def natural_order(texts: set[str]) -> list[str]:
    """Return texts by alphabet, the numbers in them by value: 5-9 before 16-24."""

    def key(text: str) -> tuple[list[tuple[str, float]], str]:
        parts = re.split(r"(\d+(?:\.\d+)?)", text)
        numbers = [float(part) for part in parts[1::2]] + [-1.0]
        return list(zip(parts[0::2], numbers, strict=True)), text

    return sorted(texts, key=key)


def combined(answers: Answers, name: str, combine: Combine) -> Column | None:
    """Return the mean of several columns, rescaled to 0..1, over the answers that there are."""
    there = [answers.table.need(column, f"combine.{name}.columns", answers.faults) for column in combine.columns]
    if not all(there):
        return None
    low, high = combine.ends
    shares = []
    for column in sorted(set(combine.columns)):
        values = answers.numbers(column)
        check_scale(answers, column, combine.ends)
        shares.append((values - low) / (high - low))
    means = np.full(len(answers.rows), math.nan)
    for i, row in enumerate(np.array(shares).T):
        given = [float(share) for share in row if not math.isnan(share)]
        if given:
            means[i] = round(math.fsum(given) / len(given), 6)
    asked = answers.rows >= 0
    if np.isnan(means[asked]).any():
        answers.missing[name] = int(np.isnan(means[asked]).sum())
    return Column(
        name, means, bounds=(0.0, 1.0),
        source=f"{answers.table.file.name}, mean of {listing(combine.columns)}, {low:g}..{high:g} to 0..1",
    )  # fmt: skip


def rescaled(answers: Answers, column: Column, scale: str) -> Column:
    """Return a column of numbers on a published scale as 0..1, 1 meaning most of what the scale measures."""
    low, high = sorted(value(scale_of(scale)))
    check_scale(answers, column.name, (low, high))
    label = entry(scale_of(scale)).label
    return Column(
        column.name, np.round((column.values - low) / (high - low), 6), bounds=(0.0, 1.0),
        source=f"{answers.source(column.name)}, {label}, {low:g}..{high:g} to 0..1",
    )  # fmt: skip


def check_scale(answers: Answers, name: str, scale: tuple[float, float]) -> None:
    """Note each row whose answer is outside a scale."""
    low, high = scale
    table = answers.table
    for line, number in zip(table.lines, table.numbers(name, Faults()), strict=True):
        if not math.isnan(number) and not min(scale) <= number <= max(scale):
            message = f"column '{name}' is outside its scale, {low:g} to {high:g}"
            answers.faults.row(table.file, line, message, f"column '{name}' outside its scale")
