"""Who has heard of an intervention, who takes part, through whom, and what it costs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim import compiled
from sim.community.participation import Source, Status
from sim.measures.base import QUARTER, Look, Measure, Valued

__all__ = ["COST_KINDS", "UPTAKE"]

COST_KINDS = {
    "fixed": "what is spent once, when it starts",
    "per_week": "what is spent in every week that it runs",
    "per_participant": "what is spent on each participant who joins",
    "per_participant_week": "what is spent on each participant in every week",
    "per_attendance": "what is spent on each participant in every week that she attends",
    "per_volunteer_week": "what is spent on each volunteer in every week in which she serves",
    "volunteer_time": "what the time of volunteers is worth, which nobody pays",
}
"""Kinds of cost that programmes book, and what each is."""


def _status(*wanted: Status) -> Callable[[Look], Valued]:
    counted = np.isin(np.arange(len(Status)), wanted)

    def share(look: Look) -> Valued:
        found = np.zeros(len(look.community))
        for state in look.community.participation.values():
            compiled.mark(state.status, counted, found)
        return found, None

    return share


def _reached(look: Look) -> Valued:
    found = np.zeros(len(look.community), np.bool_)
    for state in look.community.participation.values():
        found |= state.ever()
    return found.astype(np.float64), None


def _through_ties(look: Look) -> Valued:
    """Count uptakes of each resident, over interventions: those that came through ties, and all."""
    size = len(look.community)
    heard_so, all_of_them = np.zeros(size), np.zeros(size)
    for state in look.community.participation.values():
        joined = state.ever()
        all_of_them += joined
        heard_so += joined & (state.source == Source.WORD_OF_MOUTH)
    return heard_so, all_of_them


EARLY = 13
"""Weeks from the first uptake of an intervention on in which those who join count as its first generation."""

FOLLOWED = 52
"""Weeks after joining for which they are followed."""


def _reproduction(look: Look) -> Valued:
    """Count for each early participant who took part because she had told them, within a year of her own joining.

    Who hears by word of mouth hears from one person, drawn in proportion to the hazard over each tie, so on average
    everybody is credited with her share of the hazard. All new participants over all participants would be below 1
    whatever happens.
    """
    size = len(look.community)
    offspring, early_ones = np.zeros(size), np.zeros(size)
    for state in look.community.participation.values():
        joined = state.ever()
        if not joined.any():
            continue
        week = state.joined.astype(np.int64)
        early = joined & (week < week.min() + EARLY)
        early_ones += early
        told = np.flatnonzero(joined & (state.heard_from >= 0))
        teller = state.heard_from[told]
        counted = early[teller] & (week[told] >= week[teller]) & (week[told] <= week[teller] + FOLLOWED)
        offspring += np.bincount(teller[counted], minlength=size)
    return offspring, early_ones


def _spent(look: Look, kind: str | None = None) -> Valued:
    """Write the whole community's spending, of one kind or of all, to its first resident: it is only summed."""
    books = [state.spending for state in look.community.participation.values()]
    values = np.zeros(len(look.community))
    if len(values):
        values[0] = sum(sum(book.values()) if kind is None else book.get(kind, 0.0) for book in books)
    return values, None


def _cost_of(kind: str, what: str) -> Measure:
    return Measure(
        f"cost_{kind}",
        f"cost: {what}",
        f"Money spent since the start, of it {what}.",
        "lower",
        "GBP",
        is_total=True,
        by_group=False,
        every=QUARTER,
        is_detail=True,
        of=lambda look: _spent(look, kind),
    )


def _one(look: Look) -> Valued:
    return np.ones(len(look.community)), None


def _share(name: str, label: str, description: str, *statuses: Status, bad: bool = False) -> Measure:
    return Measure(name, label, description, "lower" if bad else "", is_share=True, of=_status(*statuses))


UPTAKE = (
    _share(
        "aware",
        "aware",
        "Share of residents who have heard of an intervention.",
        *(status for status in Status if status != Status.UNAWARE),
    ),
    _share(
        "taking_part",
        "taking part",
        "Share of residents who take part in an intervention now.",
        Status.TAKING_PART,
    ),
    Measure(
        "reached",
        "reached",
        "Share of residents who take part or took part in an intervention.",
        "",
        is_share=True,
        of=_reached,
    ),
    _share("waiting", "waiting", "Share of residents who wait for a place.", Status.WAITING, bad=True),
    _share("completed", "completed", "Share of residents who completed an intervention.", Status.COMPLETED),
    _share(
        "dropped_out",
        "dropped out",
        "Share of residents who dropped out of an intervention.",
        Status.DROPPED_OUT,
        bad=True,
    ),
    Measure(
        "through_ties",
        "uptake through ties",
        "Share of all who take or took part who had first heard of it from somebody they know.",
        "",
        "0-1",
        every=QUARTER,
        is_detail=True,
        of=_through_ties,
    ),
    Measure(
        "reproduction",
        "reproduction number",
        "New participants whom each of those who joined in the first 13 weeks brought in by talking within a year.",
        "",
        "for each early participant",
        every=QUARTER,
        is_detail=True,
        of=_reproduction,
    ),
    Measure(
        "cost",
        "cost",
        "Money spent since the start, with the worth of volunteers' time where a value of an hour is given.",
        "lower",
        "GBP",
        is_total=True,
        by_group=False,
        of=_spent,
    ),
    *(_cost_of(kind, what) for kind, what in COST_KINDS.items()),
    Measure(
        "residents",
        "residents",
        "Number of residents.",
        "",
        "residents",
        is_total=True,
        structural=True,
        of=_one,
    ),
)
"""Measures of uptake and of what it costs, in the order in which tables show them."""
