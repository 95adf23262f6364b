"""What a grown community should have, by the survey, beside what it has."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Match
from sim.community.egocentric.mixing import Mixed
from sim.community.egocentric.reading import EgoData
from sim.community.egocentric.sample import Sample, weighted_mean, weighted_standard_error
from sim.community.egocentric.structure import Structure

__all__ = ["matches_of"]

Floats = NDArray[np.float64]

MOST_CLASSES = 5
"""Numbers of ties up to this one are compared singly, more of them together."""

_SHARE = 0.02
"""Greatest difference of a share that still counts as met."""
_MEAN = 0.02
"""Greatest relative difference of a mean number of ties that still counts as met."""


def matches_of(data: EgoData, sample: Sample, structure: Structure, mixed: Mixed) -> list[Match]:
    """Return every target with what was achieved.

    Targets are those of the community's own sample (its bootstrap), which is what it grows to; the survey's own value
    and its standard error stand in the source. In small communities one resident more or less counts as met.
    """
    size = len(sample.ego)
    rows = np.repeat(np.arange(size), np.diff(structure.first))
    degree = np.diff(structure.first)
    named = data.named.astype(np.float64)
    found = [_mean("ties per resident", named, degree.astype(np.float64), data, sample)]
    found += _by_relation(data, sample, structure, rows)
    for number in range(MOST_CLASSES + 1):
        last = number == MOST_CLASSES
        words = _of_ties(number, last)
        has = named >= number if last else named == number
        now = degree >= number if last else degree == number
        found.append(_share(words, has.astype(np.float64), float(now.mean()), data, sample))
    if not np.isnan(data.density).all():
        found.append(_share("pairs of a resident's ties that are tied", data.density, structure.density, data, sample))
    for name, wanted in mixed.wanted.items():
        found += _mixing(name, wanted, mixed.achieved[name], data, sample)
    return found


def _of_ties(number: int, last: bool) -> str:
    if not number:
        return "residents without ties"
    return f"residents with {number}{' and more' if last else ''} {'tie' if number == 1 else 'ties'}"


def _survey(values: Floats, data: EgoData) -> str:
    mean = weighted_mean(values, data.weight)
    return f"{data.table.file.name}: {mean:.3f}, standard error {weighted_standard_error(values, data.weight):.3f}"


def _rounding(values: Floats, sample: Sample) -> float:
    """Return by how much a mean over residents may differ because egos are copied a whole number of times.

    Each ego's copies are off by a number between -1 and 1 with a variance of at most 1/6; three standard errors.
    """
    there = ~np.isnan(values) & (sample.weight > 0)
    copied = min(int(there.sum()), len(sample.ego))
    spread = float(values[there].std()) if there.any() else 0.0
    return 3.0 * spread * math.sqrt(copied / 6.0) / len(sample.ego) + 1.0 / len(sample.ego)


def _mean(words: str, values: Floats, achieved: Floats, data: EgoData, sample: Sample) -> Match:
    wanted = weighted_mean(values, sample.weight)
    tolerance = _MEAN * max(wanted, 0.1) + _rounding(values, sample)
    return Match(words, wanted, float(achieved.mean()), tolerance, _survey(values, data))


def _share(words: str, values: Floats, achieved: float, data: EgoData, sample: Sample) -> Match:
    wanted = weighted_mean(values, sample.weight)
    return Match(words, wanted, achieved, _SHARE + _rounding(values, sample), _survey(values, data))


def _by_relation(data: EgoData, sample: Sample, structure: Structure, rows: NDArray[np.int64]) -> list[Match]:
    if len(data.relations) < 2:
        return []
    found = []
    factor = data.named / np.maximum(data.described, 1)
    for code, (name, _) in enumerate(data.relations):
        count = np.bincount(data.ego[sample.relation == code], minlength=len(data.rows)) * factor
        achieved = np.bincount(rows[structure.relation == code], minlength=len(sample.ego)).astype(np.float64)
        match = _mean(f"ties per resident: {name}", count, achieved, data, sample)
        found.append(match)
    return found


def _mixing(name: str, wanted: Floats, achieved: Floats, data: EgoData, sample: Sample) -> list[Match]:
    """Return the share of ties within a category, and by how much the cells of the table differ in all."""
    trait = next(item for item in data.traits if item.name == name)
    mine, theirs = trait.egos[data.ego], trait.alters
    same = np.where((mine >= 0) & (theirs >= 0), (mine == theirs).astype(np.float64), math.nan)
    mean, error = _ratio(same, data)
    label = name.replace("_", " ")
    slack = 0.5 / math.sqrt(max(1.0, float(sample.wanted.sum()) / 2))  # what chance alone does to a share of ties
    source = f"alters of the survey: {mean:.3f}, standard error {error:.3f}"
    apart = float(np.abs(wanted - achieved).sum() / 2)
    return [
        Match(f"ties within {label}", float(np.trace(wanted)), float(np.trace(achieved)), _SHARE + slack, source),
        Match(
            f"ties between other {label} than wanted", 0.0, apart, 2 * _SHARE + slack, "the survey's table of mixing"
        ),
    ]


def _ratio(values: Floats, data: EgoData) -> tuple[float, float]:
    """Return the weighted share over alters and its standard error, egos being what was drawn."""
    there = ~np.isnan(values)
    weight = data.weight[data.ego]
    top = np.bincount(data.ego[there], weights=(weight * values)[there], minlength=len(data.rows))
    bottom = np.bincount(data.ego[there], weights=weight[there], minlength=len(data.rows))
    if bottom.sum() <= 0:
        return 0.0, 0.0
    ratio = float(top.sum() / bottom.sum())
    size = len(data.rows)
    spread = ((top - ratio * bottom) ** 2).sum() * size / max(1, size - 1)
    return ratio, float(np.sqrt(spread) / bottom.sum())
