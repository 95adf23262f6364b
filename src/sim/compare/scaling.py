"""Scenarios made larger or smaller, to be played for real at the same budget."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.compare.facts import records

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Limit", "most", "settings_at_budget"]

SCALED = (("choose", "number"), ("choose", "share"), ("runs", "places"), ("runs", "workers"))
"""What says how many an intervention is for."""


_BY_PEOPLE = ("per_participant", "per_participant_week", "per_attendance", "per_volunteer_week", "per_volunteer_hour")
"""Costs that hang on how many come."""

_MOSTLY = 0.8
"""Share of participants who came by invitation from which on the number invited decides how many come."""


_EVERYBODY = "everybody who is eligible is invited then"


_UNKNOWN_ROOM = "how many more could be {how} is not known, so no more are assumed (play it with a larger number)"

_FEW = "so few take part that how many is not shown"

_COUNTED = ("joined", "eligible", "invited", "waiting")


@dataclass(frozen=True)
class Limit:
    """How many times as large a scenario can become."""

    factor: float = math.inf
    """Infinite where it is not known; 0 where nothing in the scenario says how many it is for."""
    why: str = ""
    loose: str = ""
    """Why what it costs may not follow what can be set; empty where it does."""


def most(manifest: Mapping[str, Any], scenario: str) -> Limit:
    """Return how many times as large a scenario can become before everybody who is eligible is in it.

    It is the least over those of its interventions whose cost hangs on how many come. How many were eligible, were
    invited, came and waited in vain is read from the manifest (``programmes``: means over the runs).
    """
    stored = (manifest["scenarios"].get(scenario) or {}).get("resolved") or {}
    counted = (manifest.get("programmes") or {}).get(scenario) or {}
    items = [item for item in stored.get("interventions") or () if _hangs_on_people(item)]
    private = bool(manifest.get("private") or (manifest.get("about") or {}).get("private"))
    limits = [_limit(item, counted.get(str(item["name"])) or {}, private) for item in items]
    if not limits:
        return Limit()
    least = min(limits, key=lambda limit: limit.factor)
    return Limit(least.factor, least.why, next((limit.loose for limit in limits if limit.loose), ""))


def _hangs_on_people(item: Mapping[str, Any]) -> bool:
    cost = item.get("cost")
    return cost is None or any(cost.get(name) for name in _BY_PEOPLE)


def _limit(item: Mapping[str, Any], counts: Mapping[str, float | None], private: bool) -> Limit:
    """Return how many times as large one intervention can become; how many people that are is not said of a survey."""
    choose, runs = item.get("choose") or {}, item.get("runs") or {}
    chosen = choose.get("number") is not None or choose.get("share") is not None
    places = runs.get("places") is not None or runs.get("workers") is not None
    if not chosen and not places:
        return Limit(0.0, "nothing in its file says how many it is for")
    if private and "joined" in counts and counts["joined"] is None:
        return Limit(0.0, _FEW)
    joined, able, invited, waiting = (float(counts.get(key) or 0.0) for key in _COUNTED)
    if not joined:
        share = float(choose.get("share") or 0.0)
        return Limit(1.0 / share, _EVERYBODY) if share else Limit()
    loose = ""
    if not places:
        loose = _loose(counts["by_invitation"], joined)
    if chosen and invited and not _all_eligible_can_be_invited(choose):
        return Limit(1.0, _UNKNOWN_ROOM.format(how=_way(choose)), loose)
    if chosen and invited:
        room = min(able / invited, max(1.0, able / joined))
        why = _EVERYBODY if private else f"all {able:,.0f} who are eligible are invited then"
        return Limit(max(room, 1.0), why, loose)
    return Limit((joined + waiting) / joined, "everybody who wants a place has one then", loose)


def _loose(by_invitation: float | None, joined: float) -> str:
    if by_invitation is None:
        return "how many come who were not invited is not shown, and the cost need not follow"
    return "many come who were not invited, so the cost need not follow" if by_invitation < _MOSTLY * joined else ""


def _all_eligible_can_be_invited(choose: Mapping[str, Any]) -> bool:
    """Return whether a rule can come to everybody who is eligible: by nomination or so many a group it cannot."""
    return choose.get("by") != "nomination" and choose.get("per") is None


def _way(choose: Mapping[str, Any]) -> str:
    return "nominated" if choose.get("by") == "nomination" else "chosen with so many of each group"


def settings_at_budget(table: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return for each scenario the ``--set`` values that make it as large as a budget allows.

    The numbers of people who are chosen, of places and of workers are multiplied by the factor of
    :func:`sim.compare.at_budget` and rounded; a share of residents stays at most 1. Where fewer were eligible than
    were asked for, the number that was invited counts.

    Parameters
    ----------
    table
        What :func:`sim.compare.at_budget` gives.
    manifest
        Content of ``manifest.json``.

    Returns
    -------
    dict
        Scenario -> settings such as ``interventions.befriending.runs.places=120``; empty where nothing in the scenario
        says how many it is for. Scenarios that cannot be scaled are left out.
    """
    found = {}
    for row in records(table):
        if math.isnan(float(row["factor"])):
            continue
        resolved = manifest["scenarios"][row["scenario"]].get("resolved") or {}
        counted = (manifest.get("programmes") or {}).get(row["scenario"]) or {}
        found[str(row["scenario"])] = [
            setting
            for item in resolved.get("interventions") or ()
            for setting in _settings(item, float(row["factor"]), counted.get(str(item["name"])) or {})
        ]
    return found


def _settings(item: Mapping[str, Any], factor: float, counts: Mapping[str, float | None]) -> Iterator[str]:
    for part, key in SCALED:
        value = (item.get(part) or {}).get(key)
        if value is None:
            continue
        if key == "share":
            scaled: float = min(1.0, round(float(value) * factor, 6))
        else:
            if key == "number" and factor < 1.0:  # else there are no more, and in some runs more than on average
                value = min(float(value), counts.get("invited") or math.inf)
            least = int((item.get("runs") or {}).get("group_size") or 1) if key == "places" else 1
            scaled = max(least, round(value * factor))
        yield f"interventions.{item['name']}.{part}.{key}={scaled:g}"
