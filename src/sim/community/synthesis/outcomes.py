"""Stigma, self-stigma and loneliness at the start.

What is clustered between close ties, or differs by age, gender and lived experience, is put in here
("imposed") and not found by the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.community.synthesis.keyed import Floats, Ints, normal_scores, quantile, rank_within, scaled
from sim.community.synthesis.network import KINDS, Network
from sim.community.synthesis.people import People
from sim.community.synthesis.profile import AGE_BANDS, Profile
from sim.rng import Draws

__all__ = ["OFTEN", "Outcomes", "close_ties", "clustered", "make_outcomes", "tie_correlation"]

OFTEN = 7.0 / 12.0
"""Loneliness above which a resident counts as lonely often or always: between UCLA-3 scores 6 and 7."""

_CLOSE = KINDS.index("friend")
"""Kinds up to this one are close ties."""

_MOST_PULL = 3.0
"""Greatest weight of the neighbours' values; more makes little difference."""


@dataclass
class Outcomes:
    """Latent values, shape (residents,) each."""

    stigma: Floats
    self_stigma: Floats
    loneliness: Floats


def make_outcomes(draws: Draws, people: People, network: Network, profile: Profile) -> Outcomes:
    """Make the latent values of all outcomes, rounded to 6 decimals."""
    return Outcomes(
        np.round(_stigma(draws, people, network, profile), 6),
        np.round(_self_stigma(draws, people, profile), 6),
        np.round(_loneliness(draws, people, network, profile), 6),
    )


def close_ties(network: Network) -> tuple[Ints, Ints, Floats]:
    """Return household, family and friend ties: both ends, and strength."""
    close = network.kind <= _CLOSE
    return network.one[close], network.other[close], network.strength[close]


def tie_correlation(values: Floats, one: Ints, other: Ints) -> float:
    """Return the correlation of a value between the ends of ties, each taken both ways; 0 without ties."""
    if not len(one):
        return 0.0
    left, right = np.concatenate([values[one], values[other]]), np.concatenate([values[other], values[one]])
    centre = left.mean()
    spread = float(((left - centre) ** 2).mean())
    return float(((left - centre) * (right - centre)).mean()) / spread if spread > 0 else 0.0


def _standard(values: Floats) -> Floats:
    """Return values with mean 0 and standard deviation 1 (all 0 where they do not differ)."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


def _clustered(own: Floats, network: Network, wanted: float) -> Floats:
    one, other, _ = close_ties(network)
    return clustered(own, one, other, wanted)


def clustered(own: Floats, one: Ints, other: Ints, wanted: float) -> Floats:
    """Return ``own + pull x mean of own over ties``, the pull chosen so that the ends of ties correlate as wanted.

    The correlation is a ratio of two quadratics in the pull, so the pull is the root of a third.
    """
    if not len(one):
        return own
    size = len(own)
    count = np.bincount(one, minlength=size) + np.bincount(other, minlength=size)
    near = np.bincount(one, own[other], size) + np.bincount(other, own[one], size)
    near = near / np.maximum(count, 1)
    e, g = own - np.average(own, weights=count), near - np.average(near, weights=count)
    a = _quadratic(e[one], g[one], e[other], g[other])
    b = _quadratic(e, g, e, g, count / 2.0)
    c0, c1, c2 = (together - wanted * apart for together, apart in zip(a, b, strict=True))
    roots = np.roots(np.round([c2, c1, c0], 6))
    usable = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    pull = 0.0 if c0 >= 0 else min([*usable, _MOST_PULL])
    return np.asarray(own + round(pull, 6) * near)


def _quadratic(e: Floats, g: Floats, f: Floats, h: Floats, weight: Floats | float = 1.0) -> tuple[float, float, float]:
    """Return the coefficients in x of the sum of weight (e + x g)(f + x h)."""
    return (
        float((weight * e * f).sum()),
        float((weight * (e * h + g * f)).sum()),
        float((weight * g * h).sum()),
    )


def _stigma(draws: Draws, people: People, network: Network, profile: Profile) -> Floats:
    own = np.round(draws.stream("synthesise: stigma").normal(people.identity), 6)
    personal = _standard(_clustered(own, network, profile.number("stigma_clustering")))
    sd = profile.number("stigma_sd")
    gender = profile.table("stigma_by_gender")
    group = profile.by_age("stigma_by_age")[people.band] + np.where(people.woman, gender["woman"], gender["man"])
    group = group - group.mean()
    personal_sd = np.sqrt(max(0.0, sd**2 - float(group.var())))
    return np.asarray(profile.number("stigma_mean") + sd * _standard(group + personal_sd * personal))


def _self_stigma(draws: Draws, people: People, profile: Profile) -> Floats:
    """Return self-stigma: the wanted share of those with lived experience is above 0.5; 0 for others."""
    latent = np.zeros(len(people))
    concerned = np.flatnonzero(people.lived_experience)
    if len(concerned):
        luck = draws.stream("synthesise: self-stigma").uniform(people.identity)[concerned]
        rank = rank_within(luck, np.zeros(len(concerned), np.int64))
        high = np.clip(np.array([1.0 - profile.number("self_stigma_high")]), 0.001, 0.999)
        latent[concerned] = 0.5 + profile.number("self_stigma_sd") * (quantile(rank) - quantile(high)[0])
    return latent


def _loneliness(draws: Draws, people: People, network: Network, profile: Profile) -> Floats:
    """Rank residents by a score that holds what is imposed, and give ranks the distribution of UCLA-3."""
    own = np.round(draws.stream("synthesise: loneliness").normal(people.identity), 6)
    score = _standard(_clustered(own, network, profile.number("loneliness_clustering")))
    one, other, strength = close_ties(network)
    close = np.bincount(one, strength, len(people)) + np.bincount(other, strength, len(people))
    few = profile.number("loneliness_of_few_ties")
    score = np.sqrt(1.0 - few**2) * score - few * _standard(np.round(np.log1p(close), 6))
    weights = np.bincount(people.band, minlength=len(AGE_BANDS)).astype(np.float64)
    often = profile.number("lonely_often")
    rates = np.clip(scaled(profile.by_age("lonely_often_by_age"), weights, often), 0.001, 0.999)
    age_shift = quantile(rates)[people.band]
    score = score + _shift_of_lived_experience(score + age_shift, people, profile) * people.lived_experience
    by_age = normal_scores(np.round(score, 6), people.band)
    rank = rank_within(np.round(by_age + age_shift, 6), np.zeros(len(people), np.int64))
    return np.asarray(np.interp(rank, *_ucla(profile)))


def _shift_of_lived_experience(score: Floats, people: People, profile: Profile) -> float:
    """Return by how much lived experience raises the score, so that the share lonely often comes out.

    What age and fewer friends do already is taken off.
    """
    share = float(people.lived_experience.mean())
    often, among = profile.number("lonely_often"), profile.number("lonely_often_lived_experience")
    if share in (0.0, 1.0):
        return 0.0
    others = (often - share * among) / (1.0 - share)
    shift = quantile(np.clip(np.array([among, others]), 0.001, 0.999))
    concerned = people.lived_experience
    return float(shift[0] - shift[1] - round(score[concerned].mean() - score[~concerned].mean(), 6))


def _ucla(profile: Profile) -> tuple[Floats, Floats]:
    """Return cumulative shares and latent values: UCLA-3 scores spread evenly within their bins.

    Score s covers ((s - 3) - 1/2) / 6 to ((s - 3) + 1/2) / 6, so the lowest bin reaches below 0; the
    highest ends at 1. Scores of 7 and more hold those who are lonely often or always; of the lowest scores, those who
    are never lonely lie below 0.
    """
    scores = profile.list("lonely_scores")
    often, never = profile.number("lonely_often"), profile.number("lonely_never")
    low, high = scores[:4], scores[4:]
    low = low / low.sum() if low.sum() > 0 else np.full(4, 0.25)
    high = high / high.sum() if high.sum() > 0 else np.full(3, 1.0 / 3.0)
    upto = np.concatenate([[0.0], np.cumsum(low) * (1.0 - often), 1.0 - often + np.cumsum(high) * often])
    edges = np.minimum((np.arange(8) - 0.5) / 6.0, 1.0)
    below_first = upto[1:4]
    # who is never lonely fills the part of the lowest bin below 0, even where the bin must be widened for it
    upto[1:4] = np.maximum(below_first, never + (1.0 - often - never) * np.array([0.02, 0.04, 0.06]))
    return np.insert(upto, 1, never), np.insert(edges, 1, 0.0)
