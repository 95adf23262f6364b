"""Tables and values in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.evidence import Entry

__all__ = ["in_words", "one_line", "range_of", "support_of", "table", "value_of"]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table, or a sentence that there is nothing."""
    if not rows:
        return "None."
    lines = [_row(headings), _row(["---"] * len(headings)), *(_row([one_line(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def one_line(text: str) -> str:
    """Return a text as it can stand in a cell."""
    return " ".join(str(text).split()).replace("|", "\\|")


def in_words(value: Any) -> str:
    """Return a value for readers."""
    if value is None or value in ((), {}, []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(in_words(item) for item in value)
    return str(value)


def value_of(entry: Entry) -> str:
    """Return an entry's value with its unit."""
    return f"{in_words(entry.value)} {entry.unit if entry.unit != 'calendar year' else ''}".strip()


def range_of(entry: Entry) -> str:
    """Return the plausible range, or nothing where there is none."""
    if entry.low is None or entry.high is None or entry.low == entry.high:
        return ""
    return f"{entry.low:g} to {entry.high:g}"


def support_of(entry: Entry) -> str:
    """Return grade and keys of the works, and that a figure was not verified."""
    if not entry.sources:
        return entry.support
    seen = "in view of " if entry.is_assumption else ""
    verified = "" if entry.verified or entry.is_assumption else ", not verified"
    return f"{entry.support}, {seen}{', '.join(f'`{key}`' for key in entry.sources)}{verified}"
