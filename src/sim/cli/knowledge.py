"""``sim catalogue`` and ``sim evidence``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.cli.screens import say, table
from sim.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from sim.evidence import Entry

__all__ = ["catalogue", "evidence"]


def catalogue(name: str | None) -> None:
    """Print the list of interventions, or one with its numbers and sources."""
    from sim import catalogue as book

    if name is not None:
        say(book.describe(name))
        return
    found = [book.load(each) for each in book.names()]
    table(["name", "title", "what it is"], [[each.name, each.title, each.summary] for each in found])


def evidence(name: str | None) -> None:
    """Print the list of numbers, one of them in full, or those whose names begin as told."""
    from sim.evidence import entries

    found = entries()
    if name in found:
        _print_entry(found[name])
        return
    chosen = [each for key, each in found.items() if name is None or key.startswith(name)]
    if not chosen:
        raise InputError(f"there is no evidence entry '{name}'{did_you_mean(name, list(found))}")
    rows = [
        [each.name, _value(each.value), each.unit, _range(each), "assumption" if each.is_assumption else each.grade]
        for each in chosen
    ]
    table(["name", "value", "unit", "range", "grade"], rows)


def _print_entry(entry: Entry) -> None:
    from sim.evidence import source

    parts = {
        "what": entry.label,
        "value": f"{_value(entry.value)} {entry.unit}".strip(),
        "range": _range(entry),
        "grade": "assumption" if entry.is_assumption else entry.grade,
        "population": entry.population,
        "note": entry.note,
    }
    say(entry.name)
    for key, text in parts.items():
        if text:
            say(f"  {key}: {' '.join(str(text).split())}")
    for key in entry.sources:
        work = source(key)
        unverified = "" if entry.verified else " (not verified)"
        say(f"  source: {work.text}{f', doi:{work.doi}' if work.doi else ''}{unverified}")


def _value(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _range(entry: Entry) -> str:
    if entry.low is None or entry.high is None:
        return ""
    return f"{entry.low:g} to {entry.high:g}"
