"""Whether the settings by which a programme chooses fit together, and what they name exists."""

from __future__ import annotations

import numpy as np

from sim import rng
from sim.community.community import Community
from sim.errors import did_you_mean, listing
from sim.interventions.spec import NETWORK_RULES, Choose, Intervention
from sim.interventions.targeting import FIXED_RULES
from sim.scenario import registries
from sim.scenario.building import UNRANKED
from sim.scenario.named import SHOWN, given, no_column, unknown
from sim.scenario.nodes import Location
from sim.scenario.resolving import Draft

__all__ = ["check_choose", "check_choose_names"]


def check_choose(draft: Draft, item: Intervention, location: Location) -> None:
    """Check settings that exclude each other, as far as only a file can have them."""
    choose, at = item.choose, (*location, "choose")
    if draft.checked.lacks(draft.tree.at(location)) or id(draft.tree.at(at)) in draft.checked.holes:
        return
    if choose.number is not None and choose.share is not None:
        draft.checked.refuse(at, "give either 'number' or 'share', not both")
    if choose.by in ("everyone", "nobody"):
        for key in ("number", "share"):
            if given(draft, (*at, key)):
                text = f"has no meaning when {choose.by} is chosen; add by: random, nomination, degree or a column"
                draft.checked.refuse((*at, key), text)
    if choose.by in UNRANKED and given(draft, (*at, "order")):
        said = "ids" if choose.ids else f"by: {choose.by}"
        text = f"has no meaning with {said}; it is for {', '.join(NETWORK_RULES)} and columns"
        draft.checked.refuse((*at, "order"), text)


def check_choose_names(draft: Draft, item: Intervention, location: Location, community: Community) -> None:
    """Check the column, kinds of tie and ids by which residents are chosen."""
    choose, at = item.choose, (*location, "choose")
    if choose.by not in FIXED_RULES and (text := _unranked(choose, community)):
        draft.checked.refuse((*at, "by"), text)
    for key, name in (("within", None if choose.within_network else choose.within), ("group", choose.group)):
        if name is None:
            continue
        if name not in community.columns:
            draft.checked.refuse((*at, key), no_column(name, community.columns))
        elif not (community.columns[name].is_category or community.columns[name].is_flag):
            text = f"'{name}' is a number; a column with named values, or yes or no, is wanted"
            draft.checked.refuse((*at, key), text)
    made = {
        getattr(effect, "kind", "")
        for other in draft.interventions.values()
        for effect in other.effects
        if registries.kind_of(effect) == "tie"
    }
    kinds = [*community.ties.kinds, *sorted(made - set(community.ties.kinds))]
    for kind in choose.kinds:
        if kind not in kinds:
            draft.checked.refuse((*at, "kinds"), unknown("a kind of tie here", kind, kinds, "kinds"))
    there = np.isin(rng.identities(choose.ids), community.identity)
    missing = [str(name) for name, found in zip(choose.ids, there, strict=True) if not found]
    if missing:
        draft.checked.refuse((*at, "ids"), f"no resident has the id {listing(missing)}")


def _unranked(choose: Choose, community: Community) -> str:
    """Return why residents cannot be ranked by a name, or nothing."""
    by, columns = choose.by, community.columns
    if by == "community" and by not in columns:
        return "'community' is not a rule: to choose so many of each network community, add per: 1 to another rule"
    if by not in columns:
        hint = did_you_mean(by, [*FIXED_RULES, *sorted(columns)]) or ";"
        text = f"'{by}' is neither a rule nor a column{hint} rules: {listing(FIXED_RULES)}; "
        return text + f"columns: {listing(sorted(columns), SHOWN)}"
    if columns[by].is_category:
        return f"'{by}' has named values and cannot be ranked; use 'who' to filter by it"
    return ""
