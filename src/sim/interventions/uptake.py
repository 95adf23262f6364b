"""Awareness and uptake: who hears of an intervention, and who of those who know and are willing takes it up.

Knowing of it and taking it up are separate states. Willingness is drawn once for each resident and intervention
(``spread.uptake``). Those whom the programme itself invited need nothing else; for the others one of these rules holds:

``simple``: willing is enough.
``threshold``: enough of her contacts take or took part, by number or by share, looked at again every week (Valente
1996; Centola & Macy 2007).
``reinforced``: a chance a week, logistic in the number n of contacts who take or took part,
odds = base_chance / (1 - base_chance) * contact_odds ** n.

She counts as eligible or not in the week in which she decides; once she has asked for a place she keeps her turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.community.participation import AWARE, DECLINED, UNAWARE, WAITING, Participation, Source
from sim.interventions.spec import Spread
from sim.rules import Floats, Sum, Week

__all__ = ["LOOK_AT_CONTACTS", "UPTAKE_RULES", "chance_of_taking_up", "contacts_in", "decide", "hear"]

Who = NDArray[np.bool_]

_NOT = int(Source.NONE)

_STEEPEST = 700.0
"""Log odds beyond which a chance is 0 or 1 for a computer too."""


def contacts_in(intervention: str) -> Sum:
    """Return the sum that counts each resident's contacts who take or took part."""
    return Sum("count", f"participants: {intervention}")


def _simple(spread: Spread, name: str, week: Week) -> Who:
    """Say yes to everybody."""
    return np.ones(len(week.community), np.bool_)


def _threshold(spread: Spread, name: str, week: Week) -> Who:
    """Say whose contacts take part in sufficient number, or share, or both where both are asked for."""
    contacts = week.sums[contacts_in(name)]
    enough = np.ones(len(contacts), np.bool_)
    if spread.contacts is not None:
        enough &= contacts >= spread.contacts
    if spread.share is not None:
        degree = week.community.ties.length
        enough &= (degree > 0) & (contacts >= spread.share * degree)
    return enough


def _reinforced(spread: Spread, name: str, week: Week) -> Who:
    """Draw, each week anew, with a chance that rises with the number of contacts."""
    luck = week.stream(f"{name}: taking up").uniform(week.community.identity)
    return np.asarray(luck < chance_of_taking_up(spread, week.sums[contacts_in(name)]))


UPTAKE_RULES: Mapping[str, Callable[[Spread, str, Week], Who]] = {
    "simple": _simple,
    "threshold": _threshold,
    "reinforced": _reinforced,
}
"""What ``spread.rule`` can name: from settings, the intervention's name and the week to who takes it up if willing."""

LOOK_AT_CONTACTS = ("threshold", "reinforced")
"""Rules that look at contacts who take or took part."""


def chance_of_taking_up(spread: Spread, contacts: Floats) -> Floats:
    """Return the weekly chance under the rule ``reinforced`` for numbers of contacts who take or took part."""
    if spread.base_chance in (0.0, 1.0):
        return np.full(len(contacts), spread.base_chance)
    log_odds = np.log(spread.base_chance / (1.0 - spread.base_chance)) + contacts * np.log(spread.contact_odds)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -_STEEPEST, _STEEPEST))))


def hear(state: Participation, heard: NDArray[np.int8], heard_from: NDArray[np.int32] | None, now: int) -> None:
    """Record who first hears of it this week, how, and from whom."""
    new = (heard != _NOT) & (state.status == UNAWARE)
    if not new.any():
        return
    state.status[new] = AWARE
    state.source[new] = heard[new]
    state.heard[new] = now
    if heard_from is not None:
        state.heard_from[new] = heard_from[new]


def decide(spread: Spread, name: str, week: Week, state: Participation, candidates: Who, willing: Who) -> None:
    """Let those who know decide: once if they are not willing, else until the rule says yes; they then wait."""
    deciding = candidates & (state.status == AWARE)
    if not deciding.any():
        return
    state.status[deciding & ~willing] = DECLINED
    wants = deciding & willing
    wants &= state.offered | UPTAKE_RULES[spread.rule](spread, name, week)
    state.status[wants] = WAITING
    state.waiting_since[wants] = week.number
