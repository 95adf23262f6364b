"""``sim catalogue`` and ``sim evidence``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.cli.screens import note, reading_width, say, table
from sim.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from sim.evidence import Entry

__all__ = ["catalogue", "evidence"]


def catalogue(name: str | None) -> None:
    """Print the list of interventions, or one with its numbers and sources."""
    from sim import catalogue as book

    if name is not None:
        say(book.describe(name, reading_width()))
        return
    found = [book.load(each) for each in book.names()]
    table(["name", "title", "what it is"], [[each.name, each.title, each.summary] for each in found])


def evidence(name: str | None, grade: str | None, cite: bool, as_bibtex: bool) -> None:
    """Print the list of numbers, one of them in full, or those whose names begin as told and that have a grade.

    Parameters
    ----------
    name
        Name of an entry, or how names begin; None for all.
    grade
        Only entries of this grade; None for all.
    cite, as_bibtex
        Print the works that these entries cite instead: as text, with what each is used for, or as BibTeX.
    """
    from sim.evidence import entries
    from sim.evidence.library import GRADES

    if grade is not None and grade not in GRADES:
        hint = did_you_mean(grade, GRADES) or ";"
        raise InputError(f"--grade: there is no grade '{grade}'{hint} grades: {', '.join(GRADES)}")
    found = entries()
    chosen = [found[name]] if name in found else [
        each for key, each in found.items() if name is None or key.startswith(name)
    ]  # fmt: skip
    if not chosen:
        raise InputError(f"there is no evidence entry '{name}'{did_you_mean(name, list(found))}")
    if grade is not None:
        begins = f" whose name begins with '{name}'" if name else ""
        chosen = [each for each in chosen if each.support == grade]
        if not chosen:
            raise InputError(f"there is no evidence entry of grade '{grade}'{begins}")
    if as_bibtex or cite:
        _print_works(chosen, as_bibtex)
        return
    if name in found:
        _print_entry(found[name])
        return
    rows = [[each.name, _value(each.value), each.unit, _range(each), each.support] for each in chosen]
    table(["name", "value", "unit", "range", "grade"], rows)


def _print_works(chosen: list[Entry], as_bibtex: bool) -> None:
    """Print every work that some entries cite, by its text."""
    from sim.evidence import source
    from sim.evidence.bibtex import bibtex

    used: dict[str, list[str]] = {}
    for entry in chosen:
        for key in entry.sources:
            used.setdefault(key, []).append(entry.name)
    works = sorted((source(key) for key in used), key=lambda work: work.text)
    if not works:
        note("these numbers cite no work")
    elif as_bibtex:
        say(bibtex(works))
    else:
        for work in works:
            say(f"{work.text}{f', doi:{work.doi}' if work.doi else ''}")
            say(f"    {work.key}, for {', '.join(used[work.key])}")


def _print_entry(entry: Entry) -> None:
    from sim.evidence import source
    from sim.evidence.library import NOT_VERIFIED, with_unit

    parts = {
        "what": entry.label,
        "value": with_unit(_value(entry.value), entry.unit),
        "range": _range(entry),
        "grade": entry.support,
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
    if entry.sources and not entry.verified:
        say(f"  {NOT_VERIFIED}")


def _value(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _range(entry: Entry) -> str:
    if entry.low is None or entry.high is None:
        return ""
    return f"{entry.low:g} to {entry.high:g}"
