"""The sample that one community grows from: respondents drawn anew, residents allotted to them by weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.community.egocentric.reading import EgoData
from sim.rng import Draws

__all__ = ["Sample", "draw_sample", "weighted_mean", "weighted_standard_error"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Who the residents are copies of, and what each ego counts for."""

    weight: Floats
    """Weight of each ego in this community's bootstrap: survey weight times how often it was drawn, shape (egos,)."""
    ego: Ints
    """Ego of each resident, ascending, shape (residents,)."""
    relation: Ints
    """Relation of each alter, drawn where the survey does not say it, shape (alters,)."""
    wanted: Ints
    """Ties of each relation that each resident is to have, shape (residents, relations)."""


def draw_sample(data: EgoData, residents: int, draws: Draws, resample: bool) -> Sample:
    """Draw egos with replacement, allot residents to them by weight, and their ties with them."""
    egos = len(data.rows)
    number = np.arange(egos, dtype=np.uint64)
    times = np.ones(egos)
    if resample:
        picked = (draws.stream("egocentric: bootstrap").uniform(number) * egos).astype(np.int64)
        times = np.bincount(picked, minlength=egos).astype(np.float64)
        if not (times * data.weight).any():
            times = np.ones(egos)  # a bootstrap of egos without weight says nothing
    weight = data.weight * times
    start = float(draws.stream("egocentric: residents").uniform(np.zeros(1, np.uint64))[0])
    edges = np.floor(np.round(np.cumsum(weight) / weight.sum() * residents, 6) + start).astype(np.int64)
    copies = np.diff(np.concatenate([[0], edges]))
    copies[-1] += residents - int(copies.sum())
    if copies[-1] < 0:  # rounding at the very end
        copies[np.flatnonzero(copies > 0)[-1]] -= 1
        copies[-1] = 0
    ego = np.repeat(np.arange(egos), copies)
    relation = _relations(data, draws)
    return Sample(weight, ego, relation, _wanted(data, ego, relation, draws))


def _relations(data: EgoData, draws: Draws) -> Ints:
    """Return each alter's relation; where it is not known, that of another alter drawn by lot."""
    relation = data.relation.copy()
    gaps, known = np.flatnonzero(relation < 0), np.flatnonzero(relation >= 0)
    if len(gaps) and len(known):
        luck = draws.stream("egocentric: relation not known").uniform(gaps.astype(np.uint64))
        relation[gaps] = relation[known[(luck * len(known)).astype(np.int64)]]
    return np.maximum(relation, 0)


def _wanted(data: EgoData, ego: Ints, relation: Ints, draws: Draws) -> Ints:
    """Return each resident's ties by relation; those named but not described are like some that were described."""
    relations = max(1, len(data.relations))
    of_ego = np.zeros((len(data.rows), relations), np.int64)
    np.add.at(of_ego, (data.ego, relation), 1)
    wanted = of_ego[ego]
    more = (data.named - data.described)[ego]
    if not more.any():
        return wanted
    in_all = np.bincount(relation, minlength=relations).astype(np.float64)
    shares = np.where(of_ego.sum(axis=1, keepdims=True) > 0, of_ego, in_all if in_all.any() else 1.0)
    edges = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    who = np.repeat(np.arange(len(ego)), more)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(more) - more, more)
    stream = draws.stream("egocentric: named, not described")
    luck = stream.pair_uniform(who.astype(np.uint64), nth.astype(np.uint64) | np.uint64(1 << 62))
    drawn = (np.round(luck, 9)[:, None] >= edges[ego[who]]).sum(axis=1)
    np.add.at(wanted, (who, np.minimum(drawn, relations - 1)), 1)
    return wanted


def weighted_mean(values: Floats, weight: Floats) -> float:
    """Return a weighted mean over the values that there are, 0 where there is none."""
    there = ~np.isnan(values) & (weight > 0)
    return float((values[there] * weight[there]).sum() / weight[there].sum()) if there.any() else 0.0


def weighted_standard_error(values: Floats, weight: Floats) -> float:
    """Return the standard error of a weighted mean, by linearisation (egos as drawn with replacement)."""
    there = ~np.isnan(values) & (weight > 0)
    if there.sum() < 2:
        return 0.0
    w, x = weight[there], values[there]
    mean, size = (w * x).sum() / w.sum(), len(x)
    return float(np.sqrt(size / (size - 1) * ((w * (x - mean)) ** 2).sum()) / w.sum())
