"""What the results rest on: cited works, and how many of the numbers have which kind of support."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sim import evidence
from sim.evidence import Entry
from sim.evidence.library import MEANINGS

__all__ = ["Work", "by_grade", "in_short", "works"]


@dataclass(frozen=True)
class Work:
    """A work that was used, for readers."""

    text: str
    doi: str
    used_for: tuple[str, ...]
    """Labels of the numbers that come from it."""


def by_grade(names: Iterable[str]) -> list[tuple[str, str, int, int]]:
    """Return grade, its words, how many numbers have it, and how many of those were not verified.

    Grades from the strongest design to none; a number without a source counts as an assumption.
    """
    entries = [evidence.entry(name) for name in names]
    found = []
    for grade, words in MEANINGS.items():
        held = [item for item in entries if item.support == grade]
        if held:
            unverified = 0 if grade == "assumption" else sum(not item.verified for item in held)
            found.append((grade, words, len(held), unverified))
    return found


def works(names: Iterable[str]) -> list[Work]:
    """Return every cited work with the numbers that come from it, by its text."""
    used: dict[str, list[str]] = {}
    for name in names:
        item = evidence.entry(name)
        for key in item.sources:
            used.setdefault(key, []).append(item.label)
    found = [Work(evidence.source(key).text, evidence.source(key).doi, tuple(labels)) for key, labels in used.items()]
    return sorted(found, key=lambda work: work.text)


def in_short(entry: Entry) -> str:
    """Return the works of a number as ``Priebe et al. 2019; Mead 2010``, and whether it was not verified in them."""
    words = []
    for key in entry.sources:
        text = evidence.source(key).text
        found = re.match(r"(?P<first>[^,(]+),.*?\((?P<year>[0-9]{4})[^)]*\)", text)
        if found is None:
            words.append(text)
            continue
        several = "&" in text[: found.end("year")] or " et al" in text[: found.end("year")]
        words.append(f"{found['first'].strip()}{' et al.' if several else ''} {found['year']}")
    return "; ".join(words) + ("" if entry.verified or not words else " (not verified)")
