"""What a reader must know about a survey that was taken over: counts and rules, never answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.community.survey.tables import Table

__all__ = ["MADE_UP", "notes_of", "notes_on_answers"]

MADE_UP = "The scenario says that these people are made up (`made_up`), so nothing is left out to protect them."
"""Note of a community whose people are not real."""

_LEFT_OUT = {
    "nominations_empty": "that named nobody",
    "nominations_of_oneself": "of oneself",
    "nominations_repeated": "repeated",
    "nominations_unused": "of strength zero",
}


def notes_of(
    survey: Any, table: Table, ties: str, facts: Mapping[str, Any], left_out: Sequence[str],
    gaps: Sequence[str], drawn: Sequence[str],
) -> list[str]:  # fmt: skip
    """Return the notes of a community from a survey, in plain words.

    Parameters
    ----------
    survey
        What the scenario says.
    table
        The people file.
    ties
        Name of the file that holds the nominations.
    facts
        Counts by name.
    left_out
        Columns that look like names or free text.
    gaps
        Flags in which a missing answer was read as no.
    drawn
        Notes on what was drawn.

    """
    notes = [f"{facts['people_read']:,} people read from {table.file.name}."]
    notes += [MADE_UP] if survey.made_up else []
    if table.decimal_comma:
        mark = "semicolons" if table.separator == ";" else "tabs"
        notes.append(f"{table.file.name} is separated by {mark}; numbers with a decimal comma were understood.")
    notes += [_nominations(survey, ties, facts), _pairs(survey, facts)]
    notes += [*_off_roster(survey, table, facts), *_not_given(survey, facts), *_memberships(facts)]
    apart = "; `types: category` keeps it apart"
    return [*notes, *notes_on_answers("No answer", facts, left_out, gaps, apart), *drawn]


def notes_on_answers(
    who: str, facts: Mapping[str, Any], left_out: Sequence[str], gaps: Sequence[str], apart: str = ""
) -> list[str]:
    """Return the notes on answers that are missing and on columns that are not taken over.

    Parameters
    ----------
    who
        How the note on missing answers begins.
    facts
        Counts by name.
    left_out
        Columns that look like names or free text.
    gaps
        Flags in which a missing answer was read as no.
    apart
        What can be done about that.

    """
    notes = []
    if facts["missing"]:
        counts = ", ".join(f"{name} {count:,}" for name, count in sorted(facts["missing"].items()))
        said = " unless they are said to be filled in" if facts.get("imputed") else ""
        notes.append(f"{who}: {counts}. Numbers and categories stay missing{said}.")
    if gaps:
        notes.append(f"In the yes-or-no columns {', '.join(sorted(gaps))} a missing answer is read as no{apart}.")
    if left_out:
        names = ", ".join(left_out)
        notes.append(f"Columns not taken over, since they look like names, free text or identifiers: {names}.")
    return notes


def _nominations(survey: Any, ties: str, facts: Mapping[str, Any]) -> str:
    reasons = [f"{facts[key]:,} {words}" for key, words in _LEFT_OUT.items() if facts.get(key)]
    read, used = facts["nominations_read"], facts["nominations_used"]
    what = "ties" if survey.undirected else "nominations"
    text = f"{read:,} {what} read from {ties}, {used:,} used"
    text += f"; left out: {', '.join(reasons)}." if reasons else "."
    if facts.get("nominations_without_strength"):
        text += f" {facts['nominations_without_strength']:,} without a strength took the mean of the others."
    return text


def _pairs(survey: Any, facts: Mapping[str, Any]) -> str:
    both, one = facts["pairs_mutual"], facts["pairs_one_sided"]
    if survey.undirected:
        return f"{facts['ties']:,} ties; {facts['isolates']:,} residents have none."
    rules = {
        "union": "a tie each",
        "mutual": "only those whom both sides named are ties",
        "directed_weight": f"those that one side named keep {survey.one_sided:g} of their strength",
    }
    return (
        f"{both + one:,} pairs, {both:,} named by both sides and {one:,} by one: "
        f"{rules[survey.nominations]}. "
        f"{facts['ties']:,} ties; {facts['isolates']:,} residents have none."
    )


def _off_roster(survey: Any, table: Table, facts: Mapping[str, Any]) -> list[str]:
    count, names = facts["nominations_off_roster"], facts["names_off_roster"]
    if not count:
        return []
    text = f"{count:,} nominations hold a name that is not in {table.file.name} ({names:,} different names): "
    return [
        text
        + {
            "drop": "left out.",
            "count": "left out, and counted for each resident in named_off_roster.",
            "keep": "kept as residents of whom nothing is known but who named them (outsider).",
        }[survey.off_roster]
    ]


def _not_given(survey: Any, facts: Mapping[str, Any]) -> list[str]:
    """Say who did not answer or was cut off, and what was done about it."""
    notes = []
    if survey.responded is not None:
        treated = {
            "leave": "their ties are those that others named",
            "impute": f"imputed: {facts.get('imputed_besides', 0):,} names of people like those whom people like them "
            "name, and names of some who named them",
        }[survey.non_respondents]
        notes.append(f"{facts.get('non_respondents', 0):,} did not answer the questions about others; {treated}.")
    limits = {survey.limit, *(item.limit for item in (survey.relations or {}).values())} - {None}
    if limits:
        allowed = " or ".join(str(limit) for limit in sorted(limits))
        treated = {
            "leave": "left as they are, so numbers of ties are least numbers",
            "impute": "they also name some of those who named them",
        }[survey.beyond_limit]
        notes.append(
            f"Each question took at most {allowed} names; {facts.get('cut_off', 0):,} people gave as many: {treated}."
        )
    if facts.get("imputed_back"):
        text = (
            f"{facts['imputed_back']:,} nominations are imputed returns of nominations, as often as others return them"
        )
        if survey.nominations == "union":
            text += " (with nominations: union they add no tie)"
        notes.append(f"{text}.")
    return notes


def _memberships(facts: Mapping[str, Any]) -> list[str]:
    if "memberships_read" not in facts:
        return []
    text = f"{facts['memberships_read']:,} memberships of {facts['places_read']:,} places read"
    if facts["memberships_off_roster"]:
        text += f", {facts['memberships_off_roster']:,} of them of people who are not in the survey (left out)"
    if facts.get("ties_of_members"):
        text += f"; {facts['ties_of_members']:,} ties between fellow members were drawn, not observed"
    return [f"{text}."]
