"""Whether an intervention asks for more residents than are eligible, before anything is played."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.interventions.targeting import eligible

if TYPE_CHECKING:
    from sim.community.community import Community
    from sim.interventions.spec import Intervention
    from sim.scenario import Plan

__all__ = ["too_few_eligible"]

_COMMUNITIES = 5
"""Communities that are looked at, at most."""

_LEAST = 10
"""Fewer surveyed people are not counted out."""


def too_few_eligible(plan: Plan) -> list[tuple[str, str]]:
    """Return scenario and words for each intervention that asks for more residents than are eligible at the start.

    Who is eligible when it opens may be others than at the start; how many it found stands in the results. A few of the
    study's communities are made for it, as many as it has where they are fewer.
    """
    asking = {
        name: [item for item in scenario.interventions if _asked(item)] for name, scenario in plan.scenarios.items()
    }
    if not any(asking.values()):
        return []
    first = plan.scenarios[plan.baseline]
    count = 1 if getattr(first.source, "same_residents", False) else min(_COMMUNITIES, plan.communities)
    communities = [first.drawn(number).build_community(number) for number in range(1, count + 1)]
    return [(name, text) for name, items in asking.items() for item in items for text in _shortage(item, communities)]


def _asked(item: Intervention) -> int:
    return len(item.choose.ids) or item.choose.number or 0


def _shortage(item: Intervention, communities: list[Community]) -> Iterator[str]:
    asked = _asked(item)
    if any(condition.column not in community.columns for community in communities for condition in item.who):
        return
    found = [_able(item, community) for community in communities]
    mean = sum(found) / len(found)
    if mean >= asked:
        return
    few = communities[0].private and 0 < mean < _LEAST
    able = f"fewer than {_LEAST}" if few else f"{mean:.0f}"
    span = f", {min(found)} to {max(found)}" if min(found) < max(found) and not few else ""
    where = f" (mean of {len(found)} communities{span})" if len(found) > 1 else ""
    yield f"{item.name}: {asked:,} are asked for, {able} are eligible at the start{where}; no more can be invited"


def _able(item: Intervention, community: Community) -> int:
    able = eligible(item.who, community)
    if item.choose.ids:
        wanted = {str(each) for each in item.choose.ids}
        return sum(1 for each, may in zip(community.ids, able, strict=True) if may and str(each) in wanted)
    return int(able.sum())
