"""What we look at: measures of a community, for everybody and for groups.

Each measure gives every resident a value and a weight; the measure of a group is the weighted mean over its
residents. A resident with weight 0 is not concerned (self-stigma of people without lived experience).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.community.community import Community
from sim.community.participation import Status
from sim.community.ties import CORE_KINDS
from sim.rules import Floats, Sum

__all__ = ["MEASURES", "READS", "Look", "Measure", "often_lonely_cut", "values_of"]

STRENGTH = Sum("strength")
STRENGTH_TO_LIVED_EXPERIENCE = Sum("strength", "lived_experience")
OPEN_TIES = Sum("strength", "open_lived_experience")
SUPPORT = Sum("support")
INFLUENTIAL = Sum("count", "influence")

READS = (STRENGTH, STRENGTH_TO_LIVED_EXPERIENCE, OPEN_TIES, SUPPORT, INFLUENTIAL)
"""Sums over ties that measures ask for."""

_POINTS = 6.0
"""UCLA-3 runs from 3 to 9; loneliness 0..1 is (score - 3) / 6."""

_SCORE_OF_SIX = 2.5 / _POINTS
"""Loneliness from which a score rounds to 6: scores are spread within half a point to either side."""


@dataclass
class Look:
    """A community at the end of a week, as measures see it."""

    community: Community
    sums: Mapping[Sum, Floats]
    often_lonely_cut: float
    """Loneliness above which somebody counts as often lonely: see :func:`often_lonely_cut`."""
    _degrees: dict[int, NDArray[np.int32]] = field(default_factory=dict)

    def degree(self, *kinds: str) -> Floats:
        """Return the number of ties of each resident, of some kinds or (none named) of all."""
        ties = self.community.ties
        if ties.version not in self._degrees:
            self._degrees.clear()
            self._degrees[ties.version] = ties.degrees()
        degrees = self._degrees[ties.version]
        wanted = [ties.kinds.index(kind) for kind in kinds if kind in ties.kinds] if kinds else slice(None)
        return np.asarray(degrees[:, wanted].sum(axis=1), np.float64)


Valued = tuple[Floats, Floats | None]
"""Values and weights, shape (residents,) each; None for weight 1 everywhere."""


@dataclass(frozen=True)
class Measure:
    """One measure."""

    name: str
    label: str
    """For readers, in lower case."""
    description: str
    """What exactly is measured, in one sentence."""
    better: Literal["lower", "higher", ""]
    """Which way is good; empty where neither is."""
    of: Callable[[Look], Valued]
    unit: str = ""
    is_share: bool = False
    """Whether it is a share of residents, and can be read as people per 1,000."""
    is_total: bool = False
    """Whether it is summed, not averaged; for the whole community only unless ``by_group``."""
    by_group: bool = True
    """Whether it is taken for groups too."""
    structural: bool = False
    """Whether it changes only when a tie is made or ended, and need not be taken again in other weeks."""
    personal: bool = False
    """Whether an effect on a single resident has a meaning (for ripple by distance)."""


def _observed(name: str) -> Callable[[Look], Valued]:
    return lambda look: (np.asarray(look.community.observed(name), np.float64), None)


def _self_stigma(look: Look) -> Valued:
    concerned = look.community.flag("lived_experience").astype(np.float64)
    return np.asarray(look.community.observed("self_stigma"), np.float64) * concerned, concerned


def soft_share(loneliness: Floats, cut: float) -> Floats:
    """Return each resident's chance of counting as often lonely: a cut softened by half a UCLA-3 point."""
    from scipy.special import ndtr

    softness = evidence.value("measures.often_lonely_softness") / _POINTS
    return np.asarray(ndtr((loneliness - cut) / softness))


def often_lonely_cut(loneliness: Floats) -> float:
    """Return the cut at which the population's share of often lonely people counts as such, at week 0.

    The share (7% in England) is in the evidence as ``england.lonely_often``.
    """
    share = evidence.value("england.lonely_often")
    low, high = -1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(soft_share(loneliness, middle).mean()) > share else (low, middle)
    return (low + high) / 2


def _often_lonely(look: Look) -> Valued:
    return soft_share(np.asarray(look.community.observed("loneliness")), look.often_lonely_cut), None


def _ucla_lonely(look: Look) -> Valued:
    return (np.asarray(look.community.observed("loneliness")) >= _SCORE_OF_SIX).astype(np.float64), None


def _contact(look: Look) -> Valued:
    return 1.0 - np.exp(-look.sums[OPEN_TIES]), None


def _bridging(look: Look) -> Valued:
    total = look.sums[STRENGTH]
    to_lived = look.sums[STRENGTH_TO_LIVED_EXPERIENCE]
    crossing = np.where(look.community.flag("lived_experience"), total - to_lived, to_lived)
    return crossing, total


def _status(*wanted: Status) -> Callable[[Look], Valued]:
    counted = np.isin(np.arange(len(Status)), wanted)

    def share(look: Look) -> Valued:
        found = np.zeros(len(look.community), np.bool_)
        for state in look.community.participation.values():
            found |= counted[state.status]
        return found.astype(np.float64), None

    return share


def _reached(look: Look) -> Valued:
    found = np.zeros(len(look.community), np.bool_)
    for state in look.community.participation.values():
        found |= state.ever()
    return found.astype(np.float64), None


def _cost(look: Look) -> Valued:
    total = sum(sum(state.spending.values()) for state in look.community.participation.values())
    values = np.zeros(len(look.community))
    if len(values):
        values[0] = total
    return values, None


def _one(look: Look) -> Valued:
    return np.ones(len(look.community)), None


_ALL = (
    Measure(
        "loneliness",
        "loneliness",
        "Mean loneliness from 0, never, to 1, the scale's end (UCLA-3 rescaled).",
        "lower",
        _observed("loneliness"),
        "0-1",
        personal=True,
    ),
    Measure(
        "often_lonely",
        "often lonely",
        "Share of residents who count as often lonely; set to England's share at week 0, whatever a survey says.",
        "lower",
        _often_lonely,
        is_share=True,
        personal=True,
    ),
    Measure(
        "ucla_lonely",
        "lonely on the UCLA-3 scale",
        "Share of residents with a UCLA-3 score of 6 or more.",
        "lower",
        _ucla_lonely,
        is_share=True,
    ),
    Measure(
        "stigma",
        "stigma",
        "Mean attitude to people with lived experience, 0 = fully accepting.",
        "lower",
        _observed("stigma"),
        "0-1",
        personal=True,
    ),
    Measure(
        "self_stigma",
        "self-stigma",
        "Mean self-stigma of people with lived experience.",
        "lower",
        _self_stigma,
        "0-1",
        personal=True,
    ),
    Measure(
        "contact",
        "contact",
        "Mean contact with people who are open about lived experience, 0 = none to 1.",
        "higher",
        _contact,
        "0-1",
    ),
    Measure(
        "no_close_friend",
        "no close friend",
        "Share of residents without a close friend.",
        "lower",
        lambda look: ((look.degree("friend") == 0).astype(np.float64), None),
        is_share=True,
        structural=True,
    ),
    Measure(
        "isolated",
        "isolated",
        "Share of residents without any tie in the household, the family or among friends.",
        "lower",
        lambda look: ((look.degree(*CORE_KINDS) == 0).astype(np.float64), None),
        is_share=True,
        structural=True,
    ),
    Measure(
        "ties",
        "ties",
        "Mean number of ties of a resident.",
        "higher",
        lambda look: (look.degree(), None),
        "ties",
        structural=True,
    ),
    Measure(
        "support",
        "support",
        "Mean support: ties as they are lived, weighted by kind.",
        "higher",
        lambda look: (look.sums[SUPPORT], None),
        "full ties",
        personal=True,
    ),
    Measure(
        "bridging",
        "bridging",
        "Share of tie strength between people with and without lived experience.",
        "higher",
        _bridging,
        "0-1",
    ),
    Measure(
        "access",
        "access to influence",
        "Share of residents with a tie to somebody with influence.",
        "higher",
        lambda look: ((look.sums[INFLUENTIAL] > 0).astype(np.float64), None),
        is_share=True,
        structural=True,
    ),
    Measure(
        "aware",
        "aware",
        "Share of residents who have heard of an intervention.",
        "",
        _status(*(status for status in Status if status != Status.UNAWARE)),
        is_share=True,
    ),
    Measure(
        "taking_part",
        "taking part",
        "Share of residents who take part in an intervention now.",
        "",
        _status(Status.TAKING_PART),
        is_share=True,
    ),
    Measure(
        "reached",
        "reached",
        "Share of residents who take part or took part in an intervention.",
        "",
        _reached,
        is_share=True,
    ),
    Measure(
        "waiting",
        "waiting",
        "Share of residents who wait for a place.",
        "lower",
        _status(Status.WAITING),
        is_share=True,
    ),
    Measure(
        "completed",
        "completed",
        "Share of residents who completed an intervention.",
        "",
        _status(Status.COMPLETED),
        is_share=True,
    ),
    Measure(
        "dropped_out",
        "dropped out",
        "Share of residents who dropped out of an intervention.",
        "lower",
        _status(Status.DROPPED_OUT),
        is_share=True,
    ),
    Measure("cost", "cost", "Money spent since the start.", "lower", _cost, "GBP", is_total=True, by_group=False),
    Measure("residents", "residents", "Number of residents.", "", _one, "residents", is_total=True, structural=True),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""All measures by name, in the order in which tables show them."""


def values_of(name: str, look: Look) -> Valued:
    """Return values and weights of one measure."""
    return MEASURES[name].of(look)
