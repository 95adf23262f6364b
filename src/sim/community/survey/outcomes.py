"""What the week moves, and who has lived experience: read from a survey, or drawn from published statistics.

A score with few values says less than its number: a UCLA-3 score of 4 stands for anything from 3.5 to 4.5.
Coarse scores are therefore spread evenly within their bins when the community is made, the lowest bin
reaching below zero and the highest ending at one; otherwise the slightest change would flip everybody who
sits exactly on a cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Column, Outcome
from sim.community.survey.columns import Answers, check_scale, flag_values
from sim.community.survey.spec import Score
from sim.community.survey.tables import Faults
from sim.evidence import value
from sim.rng import Draws

__all__ = ["Drawing", "flag", "outcome", "spread_within_bins"]

Floats = NDArray[np.float64]

DECIMALS = 6
"""Drawn values are rounded, so that the last bits of a library's function do not make another community."""

DRAWN_FROM: dict[str, tuple[str, ...]] = {
    "lived_experience": ("england.lived_experience",),
    "disclosed": ("england.disclosed",),
    "influence": ("england.influential",),
    "stigma": ("england.stigma_mean", "england.stigma_sd"),
    "self_stigma": ("england.self_stigma_high", "england.self_stigma_sd"),
    "loneliness": ("england.lonely_scores",),
}
"""The evidence from which a column is drawn that a survey does not hold."""

UCLA_SCORES = np.arange(7) / 6.0
"""The seven scores of UCLA-3, 3 to 9, as loneliness 0..1."""


@dataclass
class Drawing:
    """What is needed to draw what the survey does not say."""

    draws: Draws
    """The luck of the community."""
    identity: NDArray[np.uint64]
    """Shape (residents,)."""
    notes: list[str] = field(default_factory=list)
    """Filled here: what was drawn, for how many, from what."""
    synthesised: list[str] = field(default_factory=list)
    """Filled here: columns that hold nothing of the survey."""

    def uniform(self, rule: str) -> Floats:
        """Return one draw in [0, 1) for each resident."""
        return self.draws.stream(f"survey: {rule}").uniform(self.identity)

    def normal(self, rule: str) -> Floats:
        """Return one standard normal draw for each resident."""
        return self.draws.stream(f"survey: {rule}").normal(self.identity)

    def say(self, name: str) -> str:
        """Note that a column is drawn from evidence entries; return that as the column's source."""
        self.synthesised.append(name)
        entries = ", ".join(DRAWN_FROM[name])
        label = name.replace("_", " ")
        self.notes.append(
            f"The survey does not hold {label}: drawn from published statistics ({entries}), not observed."
        )
        return f"synthesised from {entries}"


def flag(answers: Answers, drawing: Drawing, name: str, column: str | None, among: NDArray[np.bool_]) -> Column:
    """Return a yes-or-no column of the model, from the survey or drawn.

    Parameters
    ----------
    answers
        The people file.
    drawing
        The community's luck, and where to note what was drawn.
    name
        ``lived_experience``, ``disclosed`` or ``influence``.
    column
        The survey's column, or None.
    among
        Who can have it at all (only people with lived experience can have disclosed), shape (residents,).

    """
    luck = drawing.uniform(name)
    if column is None:
        (entry,) = DRAWN_FROM[name]
        return Column(name, (luck < value(entry)) & among, source=drawing.say(name))
    given = flag_values(answers, column)
    known = (given >= 0) & among
    share = float((given[known] == 1).mean()) if known.any() else 0.0
    if not known.any():
        answers.faults.add(f"column '{column}' holds no answer that could be used for {name}", answers.table.file)
    absent = (given < 0) & among
    if absent.any():
        drawing.notes.append(
            f"{_said(name)} is not known of {int(absent.sum())} residents: drawn with the share among those "
            "who answered."
        )
    return Column(name, np.where(absent, luck < share, given == 1) & among, source=answers.source(column))


def outcome(answers: Answers, drawing: Drawing, name: str, score: Score | None, among: NDArray[np.bool_]) -> Outcome:
    """Return an outcome of the model, from a score of the survey or drawn; 0 for those whom it is not about.

    Parameters
    ----------
    answers
        The people file.
    drawing
        The community's luck, and where to note what was drawn.
    name
        ``stigma``, ``self_stigma`` or ``loneliness``.
    score
        The survey's column and scale, or None.
    among
        Whom it is about (self-stigma: people with lived experience), shape (residents,).

    """
    if score is None:
        latent = _synthesised(drawing, name)
        source = drawing.say(name)
    else:
        latent = _surveyed(answers, drawing, name, score, among)
        source = f"{answers.source(score.column)}, from {score.ends[0]:g}..{score.ends[1]:g} to 0..1"
    return Outcome(name, np.round(np.where(among, latent, 0.0), DECIMALS), bounds=(0.0, 1.0), source=source)


def _said(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _surveyed(answers: Answers, drawing: Drawing, name: str, score: Score, among: NDArray[np.bool_]) -> Floats:
    low, high = score.ends
    if not score.exact:
        check_scale(answers, score.column, score.ends)
    shares = (answers.numbers(score.column) - low) / (high - low)
    known = np.sort(shares[~np.isnan(shares) & among])
    absent = np.isnan(shares) & among
    if not known.size:
        answers.faults.add(f"column '{score.column}' holds no answer that could be used for {name}", answers.table.file)
        return np.zeros(len(shares))
    if absent.any():
        picked = (drawing.uniform(f"{name}, no answer") * known.size).astype(np.int64)
        shares = np.where(absent, known[picked], shares)
        count = int(absent.sum())
        drawing.notes.append(f"{_said(name)} is not known of {count} residents: drawn from others' answers.")
    levels = np.unique(known)
    if score.exact or len(levels) > value("survey.few_values"):
        return np.nan_to_num(shares)
    answered = answers.table.numbers(score.column, Faults())
    whole = all(number.is_integer() for number in answered if not math.isnan(number))
    step = 1.0 / abs(high - low) if whole else _smallest_gap(levels)
    return spread_within_bins(np.nan_to_num(shares), step, drawing.uniform(f"{name}, within the bin"))


def _smallest_gap(levels: Floats) -> float:
    return float(np.diff(levels).min()) if len(levels) > 1 else 0.0


def spread_within_bins(values: Floats, step: float, luck: Floats) -> Floats:
    """Spread values evenly within bins of width ``step`` around them, the highest ending at one.

    Parameters
    ----------
    values
        0..1, shape (residents,).
    step
        Distance of neighbouring values of the scale.
    luck
        Draws in [0, 1), shape (residents,).

    """
    lower = values - step / 2
    upper = np.minimum(values + step / 2, 1.0)
    return lower + (upper - lower) * luck


def _synthesised(drawing: Drawing, name: str) -> Floats:
    """Return latent values from published statistics, independent of ties and of the other columns."""
    if name == "stigma":
        mean, sd = (float(value(entry)) for entry in DRAWN_FROM[name])
        return mean + sd * drawing.normal(name)
    if name == "self_stigma":
        high, sd = (float(value(entry)) for entry in DRAWN_FROM[name])
        from sim import compiled

        above = np.array([1.0 - high])
        compiled.to_normal(above)
        return np.asarray(0.5 - sd * above[0] + sd * drawing.normal(name))
    shares = np.cumsum(value(DRAWN_FROM[name][0]))
    score = np.searchsorted(shares / shares[-1], drawing.uniform(name), side="right")
    luck = drawing.uniform(f"{name}, within the bin")
    return spread_within_bins(UCLA_SCORES[score], 1.0 / 6.0, luck)
