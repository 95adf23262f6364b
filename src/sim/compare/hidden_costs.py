"""Costs of surveyed communities from which a small number of participants or volunteers could be worked out.

What a participant, a week or an hour of a volunteer costs stands in the scenario, so a sum over few of them tells how
many they are; and so does the total, since the other kinds are known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sim.compare.estimands import sizes_by_part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BY_PARTICIPANTS", "BY_VOLUNTEERS", "TOO_FEW_FOR_COSTS", "hidden_costs", "without_hidden_costs"]

BY_PARTICIPANTS = ("per_participant", "per_participant_week", "per_attendance")
"""Kinds of cost that follow how many take part."""

BY_VOLUNTEERS = ("per_volunteer_week", "volunteer_time")
"""Kinds of cost that follow how many help."""

TOO_FEW_FOR_COSTS = "not shown: so few take part or help that it would tell how many"

_NOBODY = 1e-6


def hidden_costs(
    effects: pd.DataFrame, everybody: float, hidden_parts: Collection[tuple[str, str]], least: int
) -> dict[str, set[str]]:
    """Return, by scenario, the measures of cost that must not be shown; empty where all may be.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``, or those against another scenario: there, too, each side's few must not be told.
    everybody
        Residents of the community.
    hidden_parts
        Scenario and part in the interventions of which the number of residents is not shown.
    least
        Fewest residents whose number is shown.
    """
    rows = effects[(effects["group"] == "all") & (effects["when"] == "horizon")]
    costly = rows[(rows["value"].abs() > 0.0) | (rows["baseline"].abs() > 0.0)]
    costly = costly[costly["measure"].astype(str).str.startswith("cost_")]
    told = {(str(name), part) for name, part in sizes_by_part(effects)[["scenario", "group"]].to_numpy()}
    found: dict[str, set[str]] = {}
    for name, held in costly.groupby(costly["scenario"].astype(str), sort=False):
        scenario, kinds = str(name), {str(kind).removeprefix("cost_") for kind in held["measure"]}
        of_baseline = held[held["baseline"].abs() > 0.0]["measure"].astype(str).str.removeprefix("cost_")
        few = (scenario, "participants") in hidden_parts or _few_reached(rows, scenario, everybody, least)
        # of the scenario compared with the number of volunteers is not stored
        helpers = (scenario, "volunteers") in hidden_parts or (scenario, "volunteers") not in told
        helpers |= bool(of_baseline.isin(BY_VOLUNTEERS).any())
        gone = {*(BY_PARTICIPANTS if few else ()), *(BY_VOLUNTEERS if helpers else ())} & kinds
        if gone:
            found[scenario] = {"cost", *(f"cost_{kind}" for kind in gone)}
    return found


def _few_reached(rows: pd.DataFrame, scenario: str, everybody: float, least: int) -> bool:
    """Return whether in some run few take or took part, or few do not, in the scenario or what it is compared with."""
    reached = rows[(rows["scenario"].astype(str) == scenario) & (rows["measure"] == "reached")]
    if reached.empty:
        return True
    for column in ("value", "baseline"):
        people = reached[column].astype(float).fillna(0.0) * everybody
        some = (people > _NOBODY) & (everybody - people > _NOBODY)
        if (some & ((people < least - _NOBODY) | (everybody - people < least - _NOBODY))).any():
            return True
    return False


def without_hidden_costs(comparison: pd.DataFrame, hidden: Mapping[str, set[str]]) -> pd.DataFrame:
    """Return a comparison without costs that must not be shown: their rows go, and no row says the total."""
    if not hidden:
        return comparison
    scenario, measure = comparison["scenario"].astype(str), comparison["measure"].astype(str)
    gone = [kind in hidden.get(name, ()) for name, kind in zip(scenario, measure, strict=True)]
    columns: dict[str, Any] = {
        name: comparison[name].astype(float).mask(scenario.isin(list(hidden)))
        for name in ("cost", "cost_per_unit", "cost_per_unit_lower", "cost_per_unit_upper")
    }
    return comparison.assign(gone=gone, **columns).query("not gone").drop(columns="gone").reset_index(drop=True)
