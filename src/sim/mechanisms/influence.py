"""Peer influence: how attitudes pass between people who are tied to each other. Four theories, one of them at a time.

What a survey finds is taken to be a state of rest, so by default each is written in displacements from it: nobody moves
until somebody is moved. In each of them what a programme or new contact does to a resident settles at the speed of
``anchoring``, and what of it lasts wears off by ``recovery``; they differ in what becomes of what others passed on.

``friedkin_johnsen``
    The mean difference to one's peers pulls, one's own view pulls back (Friedkin & Johnsen 1990, *Social influence
    and opinions*, Journal of Mathematical Sociology).
``degroot``
    Changes spread by averaging, and nothing pulls back what was taken over (DeGroot 1974, *Reaching a consensus*,
    Journal of the American Statistical Association).
``bounded_confidence``
    As ``degroot``, but only those are listened to whose attitude is near enough one's own (Hegselmann & Krause 2002,
    Journal of Artificial Societies and Social Simulation 5(3); Deffuant et al. 2000).
``none``
    Attitudes do not pass on.

Under ``friedkin_johnsen`` a new tie passes on differences that were there before. Without a pull back
only changes since week 0 are passed on: differences that have always been there would otherwise go on and on moving
everybody whose ties change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim import compiled, evidence
from sim.community.community import Community
from sim.evidence import field_from
from sim.rng import Stream
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["Influence"]

_ALL = Sum("influence")
_GREATEST_THETA = 0.95
_BOUND = "influence.confidence_bound"
_TAKEN_OVER = "stigma_taken_over"


@dataclass(frozen=True)
class Influence:
    """Parameters of peer influence on stigma, and of how lasting changes of attitude wear off."""

    name: ClassVar[str] = "influence"

    theory: Literal["friedkin_johnsen", "degroot", "bounded_confidence", "none"] = "friedkin_johnsen"
    """``friedkin_johnsen``: peers pull and one's own view pulls back; ``degroot``: what was taken over from others
    stays; ``bounded_confidence``: the same, from those within the bound only; ``none``: attitudes do not pass on."""
    anchoring: float = field_from("influence.anchoring")
    """Share of the distance to one's own view that is made up in a week, 0..1; without a pull back, the speed at which
    what a programme or contact did to oneself settles."""
    susceptibility: float = field_from("influence.susceptibility")
    """Mean share of the distance to one's peers that is made up in a week, 0..1; no meaning with ``theory: none``."""
    theta_sd: float = field_from("influence.theta_sd")
    """Standard deviation over residents of Theta = susceptibility / (susceptibility + anchoring)."""
    recovery: float = field_from("influence.recovery")
    """Share of a lasting change of attitude that wears off in a week, 0..1."""
    confidence_bound: float | None = dataclasses.field(default=None, metadata={"evidence": _BOUND})
    """Greatest difference of attitude across which people influence each other, 0..1; 1 = no bound. If absent, as
    the theory has it."""
    noise: float = field_from("influence.noise")
    """Standard deviation of a random change each week."""
    reference: Literal["rest", "none"] = "rest"
    """``rest``: only displacements from week 0 move anybody; ``none``: the theory as its authors wrote it, with the
    attitude at week 0 as what ``friedkin_johnsen`` pulls back to."""
    normalise: Literal["neighbours", "confidants"] | None = None
    """Average over all neighbours, or (Hegselmann & Krause) over those within the bound and oneself. If absent,
    ``confidants`` for ``bounded_confidence`` and ``neighbours`` for the others."""

    def __post_init__(self) -> None:
        is_bounded = self.theory == "bounded_confidence"
        if self.confidence_bound is None:
            object.__setattr__(self, "confidence_bound", evidence.value(_BOUND).get(self.theory, 1.0))
        if self.normalise is None:
            object.__setattr__(self, "normalise", "confidants" if is_bounded else "neighbours")
        if min(self.anchoring, self.susceptibility, self.theta_sd, self.recovery, self.noise) < 0:
            raise ValueError("anchoring, susceptibility, theta_sd, recovery and noise must not be negative")
        if not 0 <= self._bound_given <= 1:
            raise ValueError("confidence_bound must lie in 0..1")
        if is_bounded and self._bound_given >= 1:
            raise ValueError(
                "confidence_bound must be below 1 with theory bounded_confidence, which is about the bound"
            )
        if self.anchoring + self.susceptibility > 1:
            raise ValueError("anchoring + susceptibility must not exceed 1, or attitudes would overshoot")

    @property
    def _bound_given(self) -> float:
        return 1.0 if self.confidence_bound is None else self.confidence_bound

    @property
    def _pulls_back(self) -> bool:
        return self.theory == "friedkin_johnsen"

    @property
    def _pull(self) -> Sum:
        levels = self._pulls_back or self.reference == "none"
        return Sum("confidence", "stigma" if levels else "stigma_change", self._bound)

    @property
    def _confidants(self) -> Sum:
        return Sum("confidence", "one", self._bound)

    @property
    def _bound(self) -> float:
        return float("inf") if self._bound_given >= 1 else self._bound_given

    @property
    def keeps(self) -> Mapping[str, str]:
        """What it keeps for each resident beside the attitude: without a pull back, what she took over."""
        return {} if self._pulls_back or self.theory == "none" else {_TAKEN_OVER: "attitude taken over from others"}

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the pull of neighbours within the bound, and for the weights to divide it by."""
        return () if self.theory == "none" else (self._pull, self._confidants, _ALL)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return, where only changes are passed on, the change of everybody's attitude since week 0."""
        if self.theory == "none" or self._pull.column == "stigma":
            return {}
        return {"stigma_change": community.columns.outcome("stigma").displacement()}

    def begin(self, week: Week) -> Mapping[str, Floats]:
        """Return each resident's susceptibility, and the mean pull of her peers that moves nobody."""
        if self.theory == "none":
            return {}
        pull = self.mean_pull(week.sums)
        rest = pull if self.reference == "rest" and self._pulls_back else np.zeros(len(pull))
        return {"susceptibility": self.susceptibilities(week, pull), "pull": rest}

    def mean_pull(self, sums: Mapping[Sum, Floats]) -> Floats:
        """Return the mean difference to one's peers in what is passed on; 0 for residents without ties."""
        weight, own = self._weight(sums)
        out = np.empty(len(weight))
        compiled.mean_around(sums[self._pull], weight + own, out)
        return out

    def susceptibilities(self, week: Week, pull: Floats) -> Floats:
        """Return each resident's weekly susceptibility.

        Theta is Beta-distributed over residents with the mean that follows from the parameters. Where a view of one's
        own pulls back it is capped so that this view, (s - Theta x peers) / (1 - Theta), lies in 0..1; and so that
        nobody overshoots.
        """
        residents = len(week.community)
        if self.anchoring == 0 or self.susceptibility == 0:
            return np.full(residents, self.susceptibility)
        mean = self.susceptibility / (self.susceptibility + self.anchoring)
        theta = np.full(residents, mean)
        if self.theta_sd > 0:
            variance = min(self.theta_sd**2, 0.9 * mean * (1 - mean))
            size = mean * (1 - mean) / variance - 1
            key = week.draws.stream("influence: theta").key
            theta = _beta(key, mean * size, (1 - mean) * size, week.community.identity.tobytes())
        if self.reference == "rest" and self._pulls_back:
            own = week.community.observed("stigma")
            peers = own + pull
            below = np.divide(own, peers, out=np.ones(residents), where=(own < peers) & (peers > 0))
            above = np.divide(1 - own, 1 - peers, out=np.ones(residents), where=(own > peers) & (peers < 1))
            theta = np.minimum(theta, np.minimum(below, above))
        theta = np.minimum(theta, min(_GREATEST_THETA, 1 - self.anchoring))
        return np.asarray(self.anchoring * theta / (1 - theta))

    def propose(self, week: Week) -> Proposal:
        """Move attitudes towards peers and back towards one's own view; let lasting changes wear off."""
        columns = week.community.columns
        moved, anchor = columns.outcome("stigma").moved, columns.outcome("stigma_anchor").moved
        moves = {"stigma_anchor": -self.recovery * anchor}
        if self.theory == "none":
            moves["stigma"] = self.anchoring * (anchor - moved)
        elif self._pulls_back:
            moves["stigma"] = self._from_peers(week) + self.anchoring * (anchor - moved)
        else:
            moves[_TAKEN_OVER] = self._from_peers(week)
            own = moved - columns.outcome(_TAKEN_OVER).moved
            moves["stigma"] = moves[_TAKEN_OVER] + self.anchoring * (anchor - own)
        if self.noise > 0:
            moves["stigma"] = moves["stigma"] + self.noise * week.stream("influence: noise").normal(
                week.community.identity
            )
        return Proposal(moves=moves)

    def _from_peers(self, week: Week) -> Floats:
        """Return by how much peers move each resident this week."""
        own, out = week.constants[self.name], np.empty(len(week.community))
        compiled.pull_attitudes(
            week.sums[self._pull], *self._weight(week.sums), own["pull"], own["susceptibility"], out
        )
        return out

    def _weight(self, sums: Mapping[Sum, Floats]) -> tuple[Floats, float]:
        """Return what a pull is divided by: weights of ties, and the weight of one's own view."""
        return (sums[self._confidants], 1.0) if self.normalise == "confidants" else (sums[_ALL], 0.0)


@lru_cache(maxsize=2)
def _beta(key: int, one: float, other: float, identity: bytes) -> Floats:
    """Return a Beta-distributed draw for each identity, to 6 decimals; all scenarios of one seed ask for the same."""
    from scipy.special import betaincinv

    luck = Stream(key).uniform(np.frombuffer(identity, np.uint64))
    drawn: Floats = np.round(betaincinv(one, other, luck), 6)
    drawn.flags.writeable = False
    return drawn
