"""What people feel and think: loneliness, stigma, self-stigma; and the contact and support they have."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np

from sim import compiled, evidence
from sim.measures.base import Look, Measure, Valued
from sim.rules import Floats, Sum

__all__ = [
    "OPEN_TIES", "OUTCOMES", "SCORE_OF_SIX", "SUPPORT", "normal_table", "often_lonely_cut", "soft_share",
    "softness_of_often",
]  # fmt: skip

OPEN_TIES = Sum("strength", "open_lived_experience")
SUPPORT = Sum("support")

_POINTS = 6.0
"""UCLA-3 runs from 3 to 9; loneliness 0..1 is (score - 3) / 6."""

_FARTHEST = 8.5
"""Standard deviations at which the table of the normal distribution ends."""

SCORE_OF_SIX = 2.5 / _POINTS
"""Loneliness from which a score rounds to 6: scores are spread within half a point to either side."""


def _observed(name: str) -> Callable[[Look], Valued]:
    return lambda look: (np.asarray(look.community.observed(name), np.float64), None)


def _self_stigma(look: Look) -> Valued:
    concerned = look.community.flag("lived_experience").astype(np.float64)
    return np.asarray(look.community.observed("self_stigma"), np.float64) * concerned, concerned


def soft_share(loneliness: Floats, cut: float) -> Floats:
    """Return each resident's chance of counting as often lonely: a cut softened by half a UCLA-3 point."""
    out = np.empty(len(loneliness))
    compiled.fill_normal_share(loneliness, cut, softness_of_often(), *normal_table(), out)
    return out


@cache
def softness_of_often() -> float:
    """Return the standard deviation, on the scale of loneliness, by which the cut is softened."""
    return float(evidence.value("measures.often_lonely_softness")) / _POINTS


@cache
def normal_table() -> tuple[Floats, Floats]:
    """Return the normal distribution function and its density at the nodes that the compiled function wants."""
    from scipy.special import ndtr

    nodes = np.arange(-_FARTHEST * compiled.NORMAL_NODES, _FARTHEST * compiled.NORMAL_NODES + 1) / compiled.NORMAL_NODES
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    return np.round(ndtr(nodes), 15), np.round(density, 15)  # the same bits from every library


def often_lonely_cut(loneliness: Floats) -> float:
    """Return the cut at which the population's share of often lonely people counts as such, at week 0.

    The share (7% in England) is in the evidence as ``england.lonely_often``.
    """
    return _cut_of(np.asarray(loneliness, np.float64).tobytes())


@lru_cache(maxsize=2)
def _cut_of(loneliness: bytes) -> float:
    """Find the cut by halving; all scenarios of one community ask for the same."""
    values, share = np.frombuffer(loneliness, np.float64), evidence.value("england.lonely_often")
    low, high = -1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(soft_share(values, middle).mean()) > share else (low, middle)
    return (low + high) / 2


def _often_lonely(look: Look) -> Valued:
    return soft_share(np.asarray(look.community.observed("loneliness")), look.often_lonely_cut), None


def _ucla_lonely(look: Look) -> Valued:
    return (np.asarray(look.community.observed("loneliness")) >= SCORE_OF_SIX).astype(np.float64), None


def _contact(look: Look) -> Valued:
    out = np.empty(len(look.community))
    compiled.fill_exponential(look.sums[OPEN_TIES], -1.0, out)
    return np.subtract(1.0, out, out=out), None


OUTCOMES = (
    Measure(
        "loneliness",
        "loneliness",
        "Mean loneliness from 0, never, to 1, the scale's end (UCLA-3 rescaled).",
        "lower",
        "0-1",
        personal=True,
        of=_observed("loneliness"),
    ),
    Measure(
        "often_lonely",
        "often lonely",
        "Share of residents who feel lonely often or always (cut set at week 0).",
        "lower",
        is_share=True,
        personal=True,
        of=_often_lonely,
    ),
    Measure(
        "ucla_lonely",
        "lonely on the UCLA-3 scale",
        "Share of residents with a UCLA-3 score of 6 or more.",
        "lower",
        is_share=True,
        of=_ucla_lonely,
    ),
    Measure(
        "stigma",
        "stigma",
        "Mean attitude to people with lived experience, 0 = fully accepting.",
        "lower",
        "0-1",
        personal=True,
        of=_observed("stigma"),
    ),
    Measure(
        "self_stigma",
        "self-stigma",
        "Mean self-stigma of people with lived experience.",
        "lower",
        "0-1",
        personal=True,
        of=_self_stigma,
    ),
    Measure(
        "contact",
        "contact",
        "Mean contact with people who are open about lived experience, 0 = none to 1.",
        "higher",
        "0-1",
        of=_contact,
    ),
)
"""Measures of what people feel and think, in the order in which tables show them."""
