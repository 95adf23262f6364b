"""Who is eligible, and whom the programme itself chooses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community import centrality
from sim.community.columns import Column
from sim.community.community import Community
from sim.errors import InputError, did_you_mean, listing
from sim.interventions.spec import NETWORK_RULES, Choose, Condition
from sim.rng import Stream

__all__ = ["FIXED_RULES", "choose", "eligible", "meets"]

Who = NDArray[np.bool_]
Order = NDArray[np.int64]
Floats = NDArray[np.float64]

_ORDER, _FRIEND, _MOVE, _PATH = range(4)
"""What draws are for: a resident's place in an order, which friend she names, when she moves in the search for network
communities; from the last number on, those of a shortest path."""

FIXED_RULES = ("everyone", "nobody", "random", "nomination", *NETWORK_RULES)
"""Ways to choose that are not the name of a column."""


def eligible(who: tuple[Condition, ...], community: Community) -> Who:
    """Return who meets every condition now, shape (residents,)."""
    result = np.ones(len(community), np.bool_)
    for condition in who:
        result &= meets(condition, community.columns[condition.column])
    return result


def meets(condition: Condition, column: Column) -> Who:
    """Return who meets one condition; a missing value never does."""
    _check_fit(condition, column)
    values = column.observed
    if column.is_category:
        wanted = np.zeros(len(column.categories) + 1, np.bool_)  # the last for those without a value
        wanted[[_code(name, column) for name in condition.is_in or ()]] = True
        return np.asarray(wanted[values])
    result = np.asarray(~np.isnan(values.astype(np.float64)))
    if condition.is_in is not None:
        result &= np.isin(values, np.array(condition.is_in, values.dtype))
    if condition.above is not None:
        result &= values > condition.above
    if condition.below is not None:
        result &= values < condition.below
    if condition.at_least is not None:
        result &= values >= condition.at_least
    if condition.at_most is not None:
        result &= values <= condition.at_most
    return result


def _check_fit(condition: Condition, column: Column) -> None:
    """Refuse a condition that does not suit what the column holds: NumPy would read the text "no" as true."""
    name, wanted = column.name, condition.is_in
    limits = (condition.above, condition.below, condition.at_least, condition.at_most)
    named_only = wanted is not None and all(limit is None for limit in limits)
    if column.is_category:
        if not named_only:
            raise InputError(f"'{name}' has named values: give one or a list of {listing(column.categories)}")
    elif column.is_flag:
        if not named_only or not all(isinstance(item, (bool, np.bool_)) for item in wanted or ()):
            raise InputError(f"'{name}' is yes or no: give true or false")
    elif any(isinstance(item, (str, bool)) for item in wanted or ()):
        raise InputError(f"'{name}' is a number: give limits, e.g. {{above: 0.5}}, or a list of numbers")


def _code(name: object, column: Column) -> int:
    if str(name) not in column.categories:
        raise InputError(
            f"'{name}' is not a value of '{column.name}'{did_you_mean(name, column.categories) or ';'} "
            f"values: {listing(column.categories)}"
        )
    return column.categories.index(str(name))


def choose(rule: Choose, candidates: Who, community: Community, stream: Stream) -> Who:
    """Return whom the programme invites among the candidates.

    Ties in a ranking are broken by luck, which belongs to the resident and is the same in every scenario.

    Parameters
    ----------
    rule
        How to choose and how many.
    candidates
        Who is eligible, shape (residents,).
    community
        As it stands in the week of choosing.
    stream
        Draws of this intervention's choice.

    """
    chosen = np.zeros(len(community), np.bool_)
    if rule.by == "nobody":
        return chosen
    if rule.ids:
        return candidates & _named(rule.ids, community)
    if rule.by == "everyone" and rule.number is None and rule.share is None:
        return candidates.copy()
    luck = stream.uniform(community.identity, _ORDER)
    if rule.by == "nomination":
        order = _nominees(rule, candidates, community, luck, stream.uniform(community.identity, _FRIEND))
    else:
        order = _ranked(rule, candidates, community, luck, stream)
    if rule.per is not None:
        order = _spread_out(rule, order, community, stream)
    chosen[order[: _number(rule, int(candidates.sum()))]] = True
    return chosen


def _number(rule: Choose, candidates: int) -> int:
    if rule.number is not None:
        return min(rule.number, candidates)
    if rule.share is not None:
        return int(np.floor(rule.share * candidates + 0.5))
    return candidates


def _ranked(rule: Choose, candidates: Who, community: Community, luck: Floats, stream: Stream) -> Order:
    """Return the candidates, those to be chosen first in front."""
    members = np.flatnonzero(candidates)
    if rule.by in ("everyone", "random"):
        return members[np.argsort(luck[members], kind="stable")]
    values = _standing(rule, community, stream) if rule.by in NETWORK_RULES else _numeric(rule.by, community)
    by_value = -values[members] if rule.order == "highest" else values[members]
    known = ~np.isnan(by_value)
    members, by_value = members[known], by_value[known]
    return members[np.lexsort((luck[members], by_value))]


def _standing(rule: Choose, community: Community, stream: Stream) -> Floats:
    """Return a network measure of every resident, over the kinds of tie that count."""
    links = centrality.links_of(community.ties, rule.kinds)
    if rule.by == "degree":
        return links.degree.astype(np.float64)
    if rule.by == "betweenness":
        return centrality.betweenness(links, stream, _PATH)
    if rule.by == "eigenvector":
        return centrality.eigenvector(links)
    sides = _parts(rule.group, rule, community, stream)
    return centrality.crossing(links, sides).astype(np.float64)


def _parts(name: str | None, rule: Choose, community: Community, stream: Stream) -> Order:
    """Return the number of each resident's network community, or of her value in a column; -1 for none."""
    if name is None:
        links = centrality.links_of(community.ties, rule.kinds)
        return centrality.communities(links, stream.uniform(community.identity, _MOVE))
    column = community.columns[name]
    if not (column.is_category or column.is_flag):
        raise InputError(f"'{name}' is a number; a column with named values, or yes or no, is wanted")
    return community.group_codes(name)[1]


def _spread_out(rule: Choose, order: Order, community: Community, stream: Stream) -> Order:
    """Return the first few of each part of the community: one of each part, the largest first, then a second."""
    part = _parts(None if rule.within_network else rule.within, rule, community, stream)
    size = np.bincount(part[part >= 0], minlength=1)
    order = order[part[order] >= 0]
    by_part = np.argsort(part[order], kind="stable")
    sorted_parts = part[order][by_part]
    turn = np.empty(len(order), np.int64)
    turn[by_part] = np.arange(len(order)) - np.searchsorted(sorted_parts, sorted_parts)
    kept = turn < (rule.per or 0)
    order, turn = order[kept], turn[kept]
    return order[np.lexsort((part[order], -size[part[order]], turn))]


def _named(ids: tuple[str | int, ...], community: Community) -> Who:
    """Return who has one of these ids; the text "17" and the number 17 are the same id."""
    wanted = rng.identities(ids)
    unknown = [str(item) for item, found in zip(ids, np.isin(wanted, community.identity), strict=True) if not found]
    if unknown:
        raise InputError(f"choose.ids: no resident has the id {listing(unknown)}")
    return np.isin(community.identity, wanted)


def _numeric(name: str, community: Community) -> NDArray[np.float64]:
    column = community.columns[name]
    if column.is_category:
        raise InputError(f"choose.by: '{name}' has named values and cannot be ranked; use 'who' to filter by it")
    return np.asarray(column.observed, np.float64)


def _nominees(rule: Choose, candidates: Who, community: Community, luck: Floats, which: Floats) -> Order:
    """Return random friends of random residents, each once, in the order of being named.

    Friends have more friends than their friends do, so nomination reaches well-connected people without a map
    of the network (Kim et al. 2015; Airoldi & Christakis 2024).
    """
    links = centrality.links_of(community.ties, rule.kinds)
    asked = np.argsort(luck, kind="stable")
    asked = asked[links.degree[asked] > 0]
    named = links.neighbour[links.first[asked] + (which[asked] * links.degree[asked]).astype(np.int64)]
    named = named[candidates[named]]
    _, first = np.unique(named, return_index=True)
    return np.asarray(named[np.sort(first)], np.int64)
