"""Whether the settings by which word of a programme spreads, and by which volunteers serve it, fit together."""

from __future__ import annotations

from sim.interventions.spec import Intervention
from sim.scenario import registries
from sim.scenario.named import given
from sim.scenario.nodes import Location
from sim.scenario.resolving import Draft

__all__ = ["check_spread", "check_volunteers"]

_OF_RULES = {"contacts": "threshold", "share": "threshold", "base_chance": "reinforced", "contact_odds": "reinforced"}
"""Settings that only one rule of uptake reads."""


def check_spread(draft: Draft, item: Intervention, location: Location) -> None:
    """Check that the rule of uptake has what it needs, and nothing stands there that it does not read."""
    spread, at = item.spread, (*location, "spread")
    if draft.checked.lacks(draft.tree.at(location)) or id(draft.tree.at(at)) in draft.checked.holes:
        return
    limits = [key for key in ("contacts", "share") if getattr(spread, key) is not None]
    if spread.rule == "threshold" and len(limits) != 1:
        text = f"rule: threshold needs either 'contacts' or 'share', found {' and '.join(limits) or 'neither'}"
        draft.checked.refuse(at, text)
    for key, rule in _OF_RULES.items():
        if rule != spread.rule and given(draft, (*at, key)):
            draft.checked.refuse((*at, key), f"is only for rule: {rule}")
    if spread.broadcast_by is not None and spread.broadcast == 0:
        draft.checked.refuse((*at, "broadcast_by"), "has no meaning without 'broadcast' above 0")


def check_volunteers(draft: Draft, item: Intervention, location: Location) -> None:
    """Check that prices of volunteers and effects on them stand only where an effect calls on volunteers."""
    if draft.checked.lacks(draft.tree.at(location)):
        return
    if any(getattr(effect, "calls_on_volunteers", False) for effect in item.effects):
        return
    text = "has no meaning without volunteers: no effect is a tie with: volunteer"
    for key in ("per_volunteer_week", "volunteer_hours", "per_volunteer_hour"):
        if given(draft, (*location, "cost", key)):
            draft.checked.refuse((*location, "cost", key), text)
    for number, effect in enumerate(item.effects):
        if getattr(effect, "of", "") == "volunteers":
            draft.checked.refuse((*location, "effects", number, registries.kind_of(effect), "of"), text)
