"""Measures of the network: ties by kind, bridging, access, and its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.community.ties import CORE_KINDS
from sim.measures.base import QUARTER, YEAR, Look, Measure, Valued
from sim.measures.outcomes import OPEN_TIES, SUPPORT
from sim.rules import Floats, Sum

__all__ = ["INFLUENTIAL", "NETWORK", "STRENGTH", "STRENGTH_TO_LIVED_EXPERIENCE"]

STRENGTH = Sum("strength")
STRENGTH_TO_LIVED_EXPERIENCE = Sum("strength", "lived_experience")
INFLUENTIAL = Sum("count", "influence")

ORDINARY_KINDS = (*CORE_KINDS, "neighbour", "group")
"""Kinds of tie that communities have by themselves; those that a survey names otherwise count as other."""


def _crossing_strength(look: Look, side: NDArray[np.bool_], to_side: Floats) -> Floats:
    """Return how much tie strength of each resident leads across a line.

    Parameters
    ----------
    side
        Who stands on one side of the line.
    to_side
        Strength of each resident's ties to that side.
    """
    return np.where(side, look.sums[STRENGTH] - to_side, to_side)


def _bridging(look: Look) -> Valued:
    lived = look.community.flag("lived_experience")
    return _crossing_strength(look, lived, look.sums[STRENGTH_TO_LIVED_EXPERIENCE]), look.sums[STRENGTH]


def _bridging_relative(look: Look) -> Valued:
    """Weigh by what would cross if ties took no notice of the line: s_i times the other side's share of strength.

    Over everybody that is 2 S_A S_B / (S_A + S_B), so that the measure is ``bridging`` over 2 S_A S_B / (S_A + S_B)^2.
    """
    crossing, strength = _bridging(look)
    assert strength is not None
    lived = look.community.flag("lived_experience")
    whole = compiled.total(strength)
    if whole <= 0:
        return crossing, np.zeros(len(crossing))
    share = compiled.total(np.where(lived, strength, 0.0)) / whole
    return crossing, strength * np.where(lived, 1.0 - share, share)


def _bridging_known(look: Look) -> Valued:
    known = look.community.flag("lived_experience") & look.community.flag("disclosed")
    return _crossing_strength(look, known, look.sums[OPEN_TIES]), look.sums[STRENGTH]


def _of_other_kinds(community: Community, made: bool) -> Floats:
    """Count each resident's ties of kinds that are not ordinary: those that interventions made, or the others."""
    ties = community.ties
    other = np.array([kind not in ORDINARY_KINDS for kind in ties.kinds], np.bool_)
    out = np.zeros(len(community))
    if other.any():
        compiled.count_other(ties.start, ties.length, ties.kind, ties.maker, other, made, out)
    return out


def _kind(kind: str) -> Measure:
    named = {"neighbour": "with neighbours", "group": "through a group or place", "friend": "with friends"}
    where = named.get(kind, f"in the {kind}")
    return _number_of_ties(
        f"ties_{kind}",
        f"ties {where}",
        f"Mean number of ties {where}.",
        "higher",
        lambda look: look.degree(kind) if kind in look.community.ties.kinds else _none(look),
    )


def _number_of_ties(
    name: str, label: str, description: str, better: Literal["higher", ""], of: Callable[[Look], Floats]
) -> Measure:
    return Measure(
        name,
        label,
        description,
        better,
        "ties",
        structural=True,
        every=QUARTER,
        is_detail=True,
        of=lambda look: (of(look), None),
    )


def _none(look: Look) -> Floats:
    return np.zeros(len(look.community))


def _share_without(*kinds: str) -> Callable[[Look], Valued]:
    return lambda look: ((look.degree(*kinds) == 0).astype(np.float64), None)


def _largest_component(look: Look) -> Valued:
    ties = look.community.ties
    label = np.empty(len(look.community), np.int32)
    compiled.components(ties.start, ties.length, ties.neighbour, label)
    if not len(label):
        return np.empty(0), None
    return (label == np.bincount(label).argmax()).astype(np.float64), None


def _closed_pairs(look: Look) -> tuple[Floats, Floats]:
    """Return for each resident how many pairs of her contacts have a tie themselves, and how many pairs there are."""
    degree = look.community.ties.length.astype(np.float64)
    return look.triangles(), degree * (degree - 1.0) / 2.0


def _clustering(look: Look) -> Valued:
    closed, pairs = _closed_pairs(look)
    return closed / np.maximum(pairs, 1.0), (pairs > 0).astype(np.float64)


NETWORK = (
    Measure(
        "no_close_friend",
        "no close friend",
        "Share of residents without a close friend.",
        "lower",
        is_share=True,
        structural=True,
        of=_share_without("friend"),
    ),
    Measure(
        "isolated",
        "isolated",
        "Share of residents without any tie in the household, the family or among friends.",
        "lower",
        is_share=True,
        structural=True,
        of=_share_without(*CORE_KINDS),
    ),
    Measure(
        "ties",
        "ties",
        "Mean number of ties of a resident.",
        "higher",
        "ties",
        structural=True,
        of=lambda look: (look.degree(), None),
    ),
    *(_kind(kind) for kind in ORDINARY_KINDS),
    _number_of_ties(
        "ties_other",
        "other ties",
        "Mean number of ties of other kinds, which a survey has named.",
        "higher",
        lambda look: _of_other_kinds(look.community, made=False),
    ),
    _number_of_ties(
        "ties_made",
        "ties that interventions made",
        "Mean number of ties of kinds that only interventions make.",
        "",
        lambda look: _of_other_kinds(look.community, made=True),
    ),
    Measure(
        "support",
        "support",
        "Mean support: ties as they are lived, weighted by kind.",
        "higher",
        "full ties",
        personal=True,
        of=lambda look: (look.sums[SUPPORT], None),
    ),
    Measure(
        "bridging",
        "bridging",
        "Share of tie strength between people with and without lived experience.",
        "higher",
        "0-1",
        of=_bridging,
    ),
    Measure(
        "bridging_relative",
        "bridging, relative to chance",
        "Bridging over what it would be if ties took no notice of lived experience: 1 = as by chance.",
        "higher",
        "times chance",
        every=QUARTER,
        is_detail=True,
        of=_bridging_relative,
    ),
    Measure(
        "bridging_known",
        "bridging that is known",
        "Share of tie strength between people who are open about lived experience and all others.",
        "higher",
        "0-1",
        every=QUARTER,
        is_detail=True,
        of=_bridging_known,
    ),
    Measure(
        "access",
        "access to influence",
        "Share of residents with a tie to somebody with influence.",
        "higher",
        is_share=True,
        structural=True,
        of=lambda look: ((look.sums[INFLUENTIAL] > 0).astype(np.float64), None),
    ),
    Measure(
        "largest_component",
        "in the largest connected part",
        "Share of residents in the largest part of the network in which ties lead from everyone to everyone.",
        "higher",
        is_share=True,
        structural=True,
        every=YEAR,
        is_detail=True,
        of=_largest_component,
    ),
    Measure(
        "clustering",
        "clustering",
        "Mean over residents of the share of pairs of their contacts who have a tie themselves.",
        "",
        "0-1",
        structural=True,
        every=YEAR,
        is_detail=True,
        of=_clustering,
    ),
    Measure(
        "transitivity",
        "transitivity",
        "Share of all pairs of contacts of the same resident who have a tie themselves.",
        "",
        "0-1",
        structural=True,
        every=YEAR,
        is_detail=True,
        of=_closed_pairs,
    ),
)
"""Measures of the network, in the order in which tables show them."""
