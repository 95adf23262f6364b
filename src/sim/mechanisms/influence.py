"""Peer influence: attitudes move with those of the people one is tied to, held back by an anchor.

Friedkin & Johnsen (1990, *Social influence and opinions*, Journal of Mathematical Sociology) with an optional
bound of confidence (Hegselmann & Krause 2002, Journal of Artificial Societies and Social Simulation 5(3)).
What a survey finds is taken to be a state of rest, so by default the equation is written in displacements from
it: nobody moves until somebody is moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.evidence import field_from
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["Influence"]

_ALL = Sum("influence")
_GREATEST_THETA = 0.95


@dataclass(frozen=True)
class Influence:
    """Parameters of peer influence on stigma, and of how lasting changes of attitude wear off."""

    name: ClassVar[str] = "influence"

    anchoring: float = field_from("influence.anchoring")
    """Share of the distance to one's own view that is made up in a week, 0..1."""
    susceptibility: float = field_from("influence.susceptibility")
    """Mean share of the distance to one's peers that is made up in a week, 0..1."""
    theta_sd: float = field_from("influence.theta_sd")
    """Standard deviation over residents of Theta = susceptibility / (susceptibility + anchoring)."""
    recovery: float = field_from("influence.recovery")
    """Share of a lasting change of attitude that wears off in a week, 0..1."""
    confidence_bound: float = field_from("influence.confidence_bound")
    """Greatest difference of attitude across which people influence each other, 0..1; 1 = no bound."""
    noise: float = field_from("influence.noise")
    """Standard deviation of a random change each week."""
    reference: Literal["rest", "none"] = "rest"
    """``rest``: only displacements from week 0 move anybody; ``none``: plain Friedkin-Johnsen or DeGroot, the anchor
    is the attitude at week 0."""
    normalise: Literal["neighbours", "confidants"] = "neighbours"
    """Average over all neighbours, or (Hegselmann & Krause) over those within the bound and oneself."""

    def __post_init__(self) -> None:
        if min(self.anchoring, self.susceptibility, self.theta_sd, self.recovery, self.noise) < 0:
            raise ValueError("anchoring, susceptibility, theta_sd, recovery and noise must not be negative")
        if not 0 <= self.confidence_bound <= 1:
            raise ValueError("confidence_bound must lie in 0..1")
        if self.anchoring + self.susceptibility > 1:
            raise ValueError("anchoring + susceptibility must not exceed 1, or attitudes would overshoot")

    @property
    def _pull(self) -> Sum:
        return Sum("confidence", "stigma", self._bound)

    @property
    def _confidants(self) -> Sum:
        return Sum("confidence", "one", self._bound)

    @property
    def _bound(self) -> float:
        return float("inf") if self.confidence_bound >= 1 else self.confidence_bound

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the pull of neighbours within the bound, and for the weights to divide it by."""
        return (self._pull, self._confidants, _ALL)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Derive nothing."""
        return {}

    def begin(self, week: Week) -> Mapping[str, Floats]:
        """Return each resident's susceptibility, and the mean pull of her peers at week 0."""
        pull = self.mean_pull(week.sums)
        return {"susceptibility": self.susceptibilities(week, pull), "pull": pull}

    def mean_pull(self, sums: Mapping[Sum, Floats]) -> Floats:
        """Return the mean difference of attitude to one's peers; 0 for residents without ties."""
        weight = sums[self._confidants] + 1.0 if self.normalise == "confidants" else sums[_ALL]
        return np.divide(sums[self._pull], weight, out=np.zeros_like(weight), where=weight > 0)

    def susceptibilities(self, week: Week, pull: Floats) -> Floats:
        """Return each resident's weekly susceptibility.

        Theta is Beta-distributed over residents with the mean that follows from the parameters, and capped so
        that the view which a resident is anchored to, (s - Theta x peers) / (1 - Theta), lies in 0..1.
        """
        residents = len(week.community)
        if self.anchoring == 0 or self.susceptibility == 0:
            return np.full(residents, self.susceptibility)
        mean = self.susceptibility / (self.susceptibility + self.anchoring)
        theta = np.full(residents, mean)
        if self.theta_sd > 0:
            from scipy.special import betaincinv

            variance = min(self.theta_sd**2, 0.9 * mean * (1 - mean))
            size = mean * (1 - mean) / variance - 1
            luck = week.draws.stream("influence: theta").uniform(week.community.identity)
            theta = np.round(betaincinv(mean * size, (1 - mean) * size, luck), 6)
        if self.reference == "rest":
            own = week.community.observed("stigma")
            peers = own + pull
            below = np.divide(own, peers, out=np.ones(residents), where=(own < peers) & (peers > 0))
            above = np.divide(1 - own, 1 - peers, out=np.ones(residents), where=(own > peers) & (peers < 1))
            theta = np.minimum(theta, np.minimum(below, above))
        theta = np.minimum(theta, _GREATEST_THETA)
        return np.asarray(self.anchoring * theta / (1 - theta))

    def propose(self, week: Week) -> Proposal:
        """Move attitudes towards peers and back towards their anchors; let lasting changes wear off."""
        own = week.constants[self.name]
        stigma = week.community.columns.outcome("stigma")
        anchor = week.community.columns.outcome("stigma_anchor")
        pull = self.mean_pull(week.sums)
        if self.reference == "rest":
            pull = pull - own["pull"]
        move = own["susceptibility"] * pull + self.anchoring * (anchor.moved - stigma.moved)
        if self.noise > 0:
            move = move + self.noise * week.stream("influence: noise").normal(week.community.identity)
        return Proposal(moves={"stigma": move, "stigma_anchor": -self.recovery * anchor.moved})
