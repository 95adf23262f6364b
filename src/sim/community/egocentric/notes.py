"""What a reader must know about a community that was grown from an egocentric survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.community.egocentric.reading import EgoData
from sim.community.survey.notes import MADE_UP, notes_on_answers
from sim.errors import listing

__all__ = ["notes_of"]


def notes_of(
    settings: Any, data: EgoData, facts: Mapping[str, Any], left_out: Sequence[str], gaps: Sequence[str],
    drawn: Sequence[str],
) -> list[str]:  # fmt: skip
    """Return the notes, in plain words: counts, rules, what was assumed; never an answer.

    Parameters
    ----------
    settings
        What the scenario says.
    data
        The survey.
    facts
        Counts by name.
    left_out
        Columns that look like names or free text.
    gaps
        Flags in which a missing answer was read as no.
    drawn
        Notes on what was drawn.

    """
    notes = [
        f"{facts['egos_read']:,} respondents read from {settings.egos.name}, {facts['alters_read']:,} people described "
        f"by them from {settings.alters.name}; {settings.residents:,} residents are grown from them"
        + (", weighted" if settings.weight else "")
        + ". Residents have a respondent's answers and numbers of ties; who is tied to whom is made.",
        *([MADE_UP] if settings.made_up else []),
    ]
    notes.append(
        "Each community starts from respondents drawn anew with replacement, so that communities differ as another "
        "sample of the same size would."
        if settings.resample
        else "All communities start from the same respondents: the survey's sampling error is left out."
    )
    notes += _ties(settings, data, facts)
    return [*notes, *notes_on_answers("Residents without an answer", facts, left_out, gaps), *drawn]


def _ties(settings: Any, data: EgoData, facts: Mapping[str, Any]) -> list[str]:
    more = int((data.named - data.described).sum())
    notes = []
    if more:
        notes.append(f"{more:,} people were named and not described; they are taken to be like those described.")
    if facts["alters_without_relation"]:
        notes.append(
            f"{facts['alters_without_relation']:,} people described have no relation: drawn from those of others."
        )
    if facts["alters_without_strength"]:
        notes.append(f"{facts['alters_without_strength']:,} ties without a strength took the mean of the others.")
    if settings.alter_ties is None:
        notes.append("Which of the people described know each other was not asked: triangles are left to chance.")
    else:
        notes.append(
            f"{facts['alter_ties_used']:,} of {facts['alter_ties_read']:,} rows of {settings.alter_ties.name} count as "
            "ties between people described; triangles are closed until as many of a resident's ties are tied."
        )
    mixing = listing(trait.name for trait in data.traits) or "nothing"
    notes.append(f"Ties are mixed, by relation, as the survey found for: {mixing}.")
    if facts["unmatched"]:
        notes.append(f"{facts['unmatched']:,} half-ties found nobody and were left out.")
    return notes
