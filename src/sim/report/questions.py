"""Questions for the people in the room, and what would change a result: made from a scenario and its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim import evidence
from sim.compare.wording import group_phrase, money, number, of_it_unpaid, plain
from sim.evidence import Entry
from sim.evidence.library import with_unit
from sim.report.plan_words import eligible, people_counted

__all__ = ["questions", "widest_assumptions", "would_change"]

_MOST = 6

_BY_EFFECT = {
    "close": (
        "Where would the people who used it meet instead, and who would lose touch altogether?",
        "What would it take to keep it open, or to keep its groups together?",
    ),
    "open": ("Who would feel welcome there, who would not, and who decides how it is run?",),
    "join": ("What would make somebody who knows nobody there stay after the first visit?",),
    "end_ties": ("Which of these ties matter most to people, and can they be protected?",),
    "disclose": ("How would people stay free to tell or not to tell, and who stands by them afterwards?",),
    "reactivate": ("Which old contacts would people want to take up again, and what has kept them from it?",),
    "engagement": ("What keeps people from seeing those whom they already know?",),
}


def questions(
    interventions: Sequence[Mapping[str, Any]],
    row: Mapping[str, Any] | None,
    least: str,
    worse_off: str,
    coin: str,
    unpaid: float = 0.0,
    counts: Mapping[str, Mapping[str, float | None]] | None = None,
    fewest: int = 0,
) -> list[str]:
    """Return at most six questions for a workshop on one scenario.

    Parameters
    ----------
    interventions
        As the scenario has them, resolved.
    row
        The scenario's row of the primary measure; none where it was not defined.
    least
        Group of residents for whom it does least; empty where that is not known.
    worse_off
        How many residents end worse off, in words; empty where nobody does, or it is not known.
    coin
        Currency of the costs.
    unpaid
        How much of the cost is volunteers' time, which nobody pays.
    counts
        How many each intervention invited and who joined, as the manifest's ``programmes`` holds them.
    fewest
        Counts of people below this are not told; 0 tells all.
    """
    found: list[str] = []
    for item in interventions:
        found += _of_plan(item, (counts or {}).get(str(item.get("name"))), fewest)
    if row is not None and float(row["cost"]) > 0.0 and not math.isnan(float(row["cost"])):
        found.append(_of_cost(float(row["cost"]), unpaid, coin))
    if least:
        found.append(f"It does least for {group_phrase(least)}. What would make it work for them?")
    if worse_off:
        found.append(f"In the model {worse_off}. Who might they be here, and what could be done for them?")
    unique = list(dict.fromkeys(found))
    return [*unique[: _MOST - 1], "What does this leave out that everybody here knows?"]


def _of_cost(cost: float, unpaid: float, coin: str) -> str:
    """Return what is asked about the cost: what is paid and the volunteers' time, which nobody pays, told apart."""
    if not unpaid > 0.0:
        return f"It would cost about {money(cost, coin)}. What would you do without to have it?"
    told = f"It would cost about {money(cost, coin)}, {of_it_unpaid(unpaid, coin)}"
    paid = cost - unpaid
    if paid < 0.005 * cost:
        return f"{told}; nothing has to be paid. What would the volunteers do less of?"
    return f"{told}; {money(paid, coin)} has to be paid. What would you do without to have it?"


def _volunteers(places: int | None, counts: Mapping[str, float | None] | None, fewest: int) -> str:
    """Return how many volunteers are wanted at most: no more than there are places, or people who come."""
    if counts is not None and counts["joined"] is None:
        return f"volunteers for {people_counted(None, fewest)} participants"
    came = None if counts is None else counts["joined"]
    if came is not None and came >= 0.5 and (not places or came < places):
        return f"volunteers for {people_counted(came, fewest)} participant{'' if number(came) == '1' else 's'}"
    if places and (came is None or came >= places):
        return f"{places:,} volunteers"
    return "enough volunteers"


def _of_plan(item: Mapping[str, Any], counts: Mapping[str, float | None] | None, fewest: int) -> Iterator[str]:
    kinds = {kind for effect in item.get("effects") or () for kind in effect}
    for kind, asked in _BY_EFFECT.items():
        if kind in kinds:
            yield from asked
    ties = [effect["tie"] or {} for effect in item.get("effects") or () if "tie" in effect]
    places = (item.get("runs") or {}).get("places")
    if any(tie.get("with") == "volunteer" for tie in ties):
        yield f"Where would {_volunteers(places, counts, fewest)} come from, and what would they need to stay?"
    if any(tie.get("with") == "across_group" for tie in ties):
        yield "What would people do together so that they meet as equals, and who feels safe to come?"
    uptake = (item.get("spread") or {}).get("uptake")
    if isinstance(uptake, int | float) and uptake < 1 and kinds - {"close", "open", "end_ties"}:
        yield f"Would {plain(100 * float(uptake))}% of those who hear of it come? What would stop the others?"
    who = eligible(item.get("who") or {})
    if who:
        yield f"It is meant for {who}. Is that the right group, and how would it feel to be asked?"
    if any(tie.get("ends") == "with_programme" for tie in ties):
        yield "What is left for people when the programme ends, and could some of it last?"


def widest_assumptions(names: Sequence[str], most: int = 3) -> list[Entry]:
    """Return the assumed numbers of which the plausible range is widest beside their value."""
    entries = [evidence.entries()[name] for name in names if name in evidence.entries()]
    wide = [
        (_relative_range(item), item)
        for item in entries
        if item.is_assumption
        and item.low is not None
        and item.high is not None
        and isinstance(item.value, int | float)
        and item.value
    ]
    wide.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [item for _, item in wide[:most]]


def _relative_range(item: Entry) -> float:
    size = max(abs(float(item.value)), 1e-9)
    return (float(item.high or 0.0) - float(item.low or 0.0)) / size


def would_change(names: Sequence[str], row: Mapping[str, Any] | None, verdict: str, faded: str) -> list[str]:
    """Return what would change the result of a scenario: wide assumptions, more runs, a longer programme."""
    found = []
    for item in widest_assumptions(names):
        unit = item.unit if item.unit != "calendar year" else ""
        found.append(
            f"{item.label}: assumed to be {with_unit(plain(float(item.value)), unit)}; anything from "
            f"{plain(float(item.low or 0))} to {plain(float(item.high or 0))} is plausible."
        )
    if row is not None and verdict == "too close to call" and math.isfinite(float(row["seeds_needed"])):
        found.append(f"About {number(float(row['seeds_needed']))} runs would settle which way it goes, at this spread.")
    if faded:
        found.append(faded)
    return found
