"""Shift an outcome of those who take part.

Attitudes are moved at once, and a share of the shift (``persistence``) becomes lasting: it moves the view to which a
resident is anchored, from which it wears off slowly. Loneliness and self-stigma are moved through their resting
point: the full shift holds while somebody takes part; afterwards the part that does not last halves every
``half_life`` weeks.

Sizes in ``sd`` are in standard deviations over the community at week 0 (over people with lived experience for
self-stigma), so that effects from trials can be entered as they are published. People respond differently: a
shift is multiplied by a lognormal draw of mean 1, the same for a resident and intervention in every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.columns import OUTCOMES
from sim.community.community import Community
from sim.evidence import field_from
from sim.interventions.effects.base import Events
from sim.rules import Floats, Proposal, Week

__all__ = ["Shift", "ShiftState"]


def parse_amount(amount: float | str) -> tuple[float, bool]:
    """Return an amount and whether it is in standard deviations, from ``-0.2`` or ``"-0.2 sd"``."""
    words = amount.split() if isinstance(amount, str) else [amount]
    refused = ValueError(f"an amount is a number or like '-0.2 sd', found {amount!r}")
    if isinstance(amount, bool) or len(words) not in (1, 2) or (len(words) == 2 and str(words[1]).lower() != "sd"):
        raise refused
    try:
        number = float(words[0])
    except (TypeError, ValueError):
        raise refused from None
    if not np.isfinite(number):
        raise refused
    return number, len(words) == 2


def mean_and_sd(community: Community, outcome: str) -> tuple[float, float]:
    """Return mean and standard deviation of an outcome at week 0, over those whom it concerns."""
    values = community.columns.outcome(outcome).at_rest
    if outcome == "self_stigma":
        values = values[community.flag("lived_experience")]
    if not len(values):
        return 0.0, 0.0
    mean = compiled.total(values) / len(values)
    return mean, float(np.sqrt(compiled.total((values - mean) ** 2) / len(values)))


@dataclass
class ShiftState:
    """What one shift keeps in one run."""

    outcome: str
    amount: float
    """Absolute size for a resident of average response."""
    mean: float
    """Mean of the outcome at week 0."""
    response: Floats
    """Factor for each resident."""
    lasting: Floats
    """Lasting part of the shift of the resting point, for each resident."""
    passing: Floats
    """Passing part."""
    began: bool = False
    """Whether anybody has been moved yet."""


@dataclass(frozen=True)
class Shift:
    """Shift one outcome of participants. Give exactly one of the outcomes."""

    kind_of_effect: ClassVar[str] = "shift"

    stigma: float | str | None = None
    """By how much stigma moves: a number on the scale 0..1, or like ``-0.38 sd``."""
    self_stigma: float | str | None = None
    """By how much self-stigma moves, of participants with lived experience."""
    loneliness: float | str | None = None
    """By how much loneliness moves."""
    when: Literal["joined", "each_week", "completed"] = "joined"
    """Once on joining, for every week attended, or once on completion."""
    of: Literal["participants", "volunteers"] = "participants"
    """Whom it moves: participants, or the volunteers who serve them; these when they first serve, or in every week in
    which they serve somebody."""
    persistence: float = field_from("shift.persistence")
    """Share of the shift that lasts, 0..1."""
    half_life: float = field_from("shift.half_life")
    """Weeks in which the passing part halves, for loneliness and self-stigma; attitudes return at the speed of
    anchoring instead."""
    room_cap: float = field_from("shift.room_cap")
    """Greatest factor by which a shift of stigma grows with the room there is for it, 1 or more."""
    response_cv: float = field_from("shift.response_cv")
    """Coefficient of variation of the response between residents, 0 or more."""

    def __post_init__(self) -> None:
        given = [name for name in OUTCOMES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a shift names exactly one of {', '.join(OUTCOMES)}, found {', '.join(given) or 'none'}")
        parse_amount(getattr(self, given[0]))
        if self.of == "volunteers" and self.when == "completed":
            raise ValueError("when must be joined or each_week for volunteers: they complete nothing")
        if not 0 <= self.persistence <= 1:
            raise ValueError(f"persistence must lie in 0..1, found {self.persistence}")
        if self.half_life <= 0 or self.room_cap < 1 or self.response_cv < 0:
            raise ValueError("half_life must be above 0, room_cap at least 1, response_cv not negative")

    @property
    def outcome(self) -> str:
        """The outcome that is shifted."""
        return next(name for name in OUTCOMES if getattr(self, name) is not None)

    def begin(self, week: Week, label: str) -> ShiftState:
        """Fix the absolute size and each resident's response."""
        amount, in_sd = parse_amount(getattr(self, self.outcome))
        mean, sd = mean_and_sd(week.community, self.outcome)
        spread = np.sqrt(np.log1p(self.response_cv**2))
        luck = week.draws.stream(f"{label}: response").normal(week.community.identity)
        size = len(week.community)
        return ShiftState(
            outcome=self.outcome, amount=amount * sd if in_sd else amount, mean=mean,
            response=np.exp(spread * luck - spread**2 / 2), lasting=np.zeros(size), passing=np.zeros(size),
        )  # fmt: skip

    def apply(self, events: Events, week: Week, state: ShiftState) -> Proposal:
        """Move those concerned, and let earlier passing parts fade."""
        happened, held = self._who(events)
        if not state.began and not happened.any():
            return Proposal()
        state.began = True
        size = np.where(happened, state.amount * state.response, 0.0)
        if state.outcome == "stigma":
            size *= self._room(week.community, state)
            return Proposal(moves={"stigma": size, "stigma_anchor": self.persistence * size})
        if state.outcome == "self_stigma":
            size[~week.community.flag("lived_experience")] = 0.0
        state.passing *= np.where(held, 1.0, 0.5 ** (1.0 / self.half_life))
        state.lasting *= 1.0 - week.parameters[state.outcome].recovery
        state.passing += (1.0 - self.persistence) * size
        state.lasting += self.persistence * size
        return Proposal()

    def _who(self, events: Events) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who is moved this week, and of whom a passing part is held while they take part or serve."""
        if self.of == "volunteers":
            return (events.began if self.when == "joined" else events.serving), events.serving
        happened = {"joined": events.joined, "each_week": events.attended, "completed": events.completed}[self.when]
        return happened, events.taking_part & (self.when != "completed")

    def _room(self, community: Community, state: ShiftState) -> NDArray[np.float64]:
        """Return the factor by which a shift of stigma grows with the room there is for it."""
        now = community.observed("stigma")
        room, usual = (now, state.mean) if state.amount < 0 else (1 - now, 1 - state.mean)
        return np.asarray(np.minimum(room / usual, self.room_cap) if usual > 0 else np.ones_like(now))

    def active_shift(self, state: ShiftState) -> Mapping[str, Floats]:
        """Return the shift of the resting point now, for loneliness and self-stigma."""
        if state.outcome == "stigma":
            return {}
        return {state.outcome: state.lasting + state.passing}
