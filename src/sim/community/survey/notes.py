"""What a reader must know about a survey that was taken over: counts and rules, never answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.community.survey.tables import Table

if TYPE_CHECKING:
    from sim.community.survey.source import SurveySource

__all__ = ["notes_of"]

_LEFT_OUT = {
    "nominations_empty": "that named nobody",
    "nominations_of_oneself": "of oneself",
    "nominations_repeated": "repeated",
    "nominations_unused": "of strength zero",
}


def notes_of(
    survey: SurveySource, table: Table, facts: Mapping[str, Any], left_out: Sequence[str],
    gaps: Sequence[str], drawn: Sequence[str],
) -> list[str]:  # fmt: skip
    """Return the notes of a community from a survey, in plain words.

    Parameters
    ----------
    survey
        What the scenario says.
    table
        The people file.
    facts
        Counts by name.
    left_out
        Columns that look like names or free text.
    gaps
        Flags in which a missing answer was read as no.
    drawn
        Notes on what was drawn.

    """
    notes = [f"{facts['people_read']:,} people read from {survey.people.name}."]
    if table.decimal_comma:
        mark = "semicolons" if table.separator == ";" else "tabs"
        notes.append(f"{survey.people.name} is separated by {mark}; numbers with a decimal comma were understood.")
    notes += [_nominations(survey, facts), _pairs(survey, facts)]
    notes += _off_roster(survey, facts)
    missing = facts["missing"]
    if missing:
        counts = ", ".join(f"{name} {count:,}" for name, count in sorted(missing.items()))
        notes.append(f"No answer: {counts}. Numbers and categories stay missing.")
    if gaps:
        notes.append(
            f"In the yes-or-no columns {', '.join(sorted(gaps))} a missing answer is read as no; "
            "`types: category` keeps it apart."
        )
    if left_out:
        names = ", ".join(left_out)
        notes.append(f"Columns not taken over, since they look like names, free text or identifiers: {names}.")
    return [*notes, *drawn]


def _nominations(survey: SurveySource, facts: Mapping[str, Any]) -> str:
    reasons = [f"{facts[key]:,} {words}" for key, words in _LEFT_OUT.items() if facts.get(key)]
    read, used = facts["nominations_read"], facts["nominations_used"]
    text = f"{read:,} nominations read from {survey.ties.name}, {used:,} used"
    text += f"; left out: {', '.join(reasons)}." if reasons else "."
    if facts.get("nominations_without_strength"):
        text += f" {facts['nominations_without_strength']:,} without a strength took the mean of the others."
    return text


def _pairs(survey: SurveySource, facts: Mapping[str, Any]) -> str:
    both, one = facts["pairs_mutual"], facts["pairs_one_sided"]
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


def _off_roster(survey: SurveySource, facts: Mapping[str, Any]) -> list[str]:
    count, names = facts["nominations_off_roster"], facts["names_off_roster"]
    if not count:
        return []
    text = f"{count:,} nominations hold a name that is not in {survey.people.name} ({names:,} different names): "
    return [
        text
        + {
            "drop": "left out.",
            "count": "left out, and counted for each resident in named_off_roster.",
            "keep": "kept as residents of whom nothing is known but who named them (outsider).",
        }[survey.off_roster]
    ]
