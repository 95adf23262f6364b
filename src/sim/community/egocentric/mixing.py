"""Which resident stands at which position: ties join people alike as often as in the survey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.egocentric.reading import EgoData, Trait
from sim.community.egocentric.sample import Sample
from sim.community.egocentric.structure import Labels, Structure
from sim.rng import Draws

__all__ = ["Mixed", "fitted", "labels_of", "place"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 120
"""Rounds over all positions in which people may be exchanged; a limit of the program."""

_HEAT = 2.0
"""Misfit that is easily accepted at first, see :func:`sim.compiled.growing.place_people`; of the program."""

_ENOUGH = 0.005
"""Share of ties that may join other values of a trait than wanted; of the program, well below what is reported."""

_MOST_LABELS = 60
"""Pairs of values of two traits up to which both keep half-ties apart from the start; a limit of the program."""

_RESIDENTS_PER_LABEL = 50
"""Residents, on average, with the same label, below which one trait is label enough: people are exchanged within
labels, and there must be some to choose from. A limit of the program."""

_SMALL = 5000
"""Residents below which worse places are accepted at first; larger communities find good ones without."""

_FITTINGS = 200
"""Rounds of fitting a table to its margins; a limit of the program."""

_LEAST = 1e-3
"""Share of ties by chance mixed into a table, so that what a sample happens not to hold is rare and not impossible."""


@dataclass
class Mixed:
    """Residents at their positions, and how far ties join the traits that they should."""

    who: Ints
    """Resident at each position."""
    wanted: dict[str, Floats]
    """Ties (shares) by the two residents' codes of each trait, over all relations; symmetric."""
    achieved: dict[str, Floats]


def fitted(table: Floats, margin: Floats) -> Floats:
    """Return a symmetric table of shares with the odds ratios of ``table`` (made symmetric) and given margins.

    Parameters
    ----------
    table
        Ties from egos of one code to alters of another, shape (codes, codes).
    margin
        Share of half-ties whose owner has each code, shape (codes,); sums to 1.

    """
    by_chance = np.outer(margin, margin)
    both = (table + table.T) / 2
    shares = both / both.sum() if both.sum() > 0 else by_chance
    found = (1 - _LEAST) * shares + _LEAST * by_chance
    for _ in range(_FITTINGS):
        rows = found.sum(axis=1)
        factor = np.sqrt(np.where(rows > 0, margin / np.where(rows > 0, rows, 1.0), 0.0))
        found = found * np.outer(factor, factor)
    return np.asarray(found / max(float(found.sum()), 1e-300))


def labels_of(data: EgoData, sample: Sample) -> Labels:
    """Return as labels the two traits by which ties are most alike (beyond chance), and how ties should join them.

    Residents of whom one is not known have a label of their own and are tied by chance.
    """
    relations = max(1, len(data.relations))
    ranked = sorted(((_beyond_chance(data, sample, trait), trait.name, trait) for trait in data.traits), reverse=True)
    chosen = [trait for beyond, _, trait in ranked if beyond > 0][:2]
    if not chosen:
        return Labels(np.zeros(len(sample.ego), np.int64), (np.ones((1, 1)),) * relations)
    trait = chosen[0]
    labels = len(trait.categories) * len(chosen[-1].categories)
    if len(chosen) > 1 and labels <= min(_MOST_LABELS, len(sample.ego) // _RESIDENTS_PER_LABEL):
        trait = _together(trait, chosen[1])
    label = trait.egos[sample.ego]
    made = []
    for relation in range(relations):
        table = _wanted(data, sample, relation, trait)
        ends = sample.wanted[:, relation]
        unknown = float(ends[label < 0].sum() / max(1, ends.sum()))
        margin = np.append(table.sum(axis=1) * (1 - unknown), unknown)
        whole = np.outer(margin, margin)
        whole[:-1, :-1] = table * (1 - unknown) ** 2
        made.append(whole)
    return Labels(np.where(label < 0, len(trait.categories), label), tuple(made))


def _beyond_chance(data: EgoData, sample: Sample, trait: Trait) -> float:
    """Return how much more often than by chance ties join the same value of a trait; 1 for always."""
    same, chance, every = 0.0, 0.0, 1e-9
    for relation, weight in enumerate(sample.wanted.sum(axis=0).tolist()):
        table = _wanted(data, sample, relation, trait)
        same += weight * float(np.trace(table))
        chance += weight * float((table.sum(axis=1) ** 2).sum())
        every += weight
    return (same - chance) / max(every - chance, 1e-9)


def _together(one: Trait, other: Trait) -> Trait:
    """Return a trait whose values are the pairs of two traits' values."""

    def both(a: Ints, b: Ints) -> Ints:
        return np.where((a < 0) | (b < 0), -1, a * len(other.categories) + b)

    categories = tuple(f"{a}, {b}" for a in one.categories for b in other.categories)
    name = f"{one.name} and {other.name}"
    return Trait(name, categories, both(one.egos, other.egos), both(one.alters, other.alters))


def place(data: EgoData, sample: Sample, structure: Structure, labels: Labels, draws: Draws) -> Mixed:
    """Exchange residents between positions with the same numbers of ties until ties are mixed as in the survey."""
    size = len(sample.ego)
    who = np.arange(size)
    traits = data.traits
    if not traits or not len(structure.neighbour):
        return Mixed(who, {}, {})
    codes = np.array([trait.egos[sample.ego] for trait in traits], np.int16)
    sizes = np.array([len(trait.categories) for trait in traits], np.int64)
    relations = max(1, len(data.relations))
    block = np.concatenate([[0], np.cumsum(sizes**2)])
    offset = block[:-1][None, :] + np.arange(relations)[:, None] * block[-1]
    count = _counts(structure, who, codes, sizes, offset, relations * int(block[-1]))
    wanted = np.zeros(len(count))
    for relation in range(relations):
        for m, trait in enumerate(traits):
            cells = slice(int(offset[relation, m]), int(offset[relation, m] + sizes[m] ** 2))
            table = _wanted(data, sample, relation, trait)
            wanted[cells] = (count[cells].sum() * _upper(table)).ravel()
    members, class_of, class_first = _classes(structure, labels, relations)
    compiled.place_people(
        np.uint64(draws.stream("egocentric: places of people").key), structure.first, structure.neighbour,
        structure.relation, who, members, class_of, class_first, codes, sizes, offset, count, wanted,
        1.0 / np.maximum(wanted, 1.0), _HEAT if size < _SMALL else 0.0, _ENOUGH, _ROUNDS,
    )  # fmt: skip
    return Mixed(who, _by_trait(wanted, traits, sizes, offset), _by_trait(count, traits, sizes, offset))


def _wanted(data: EgoData, sample: Sample, relation: int, trait: Trait) -> Floats:
    """Return shares of ties of a relation by both residents' codes, as in the sample, with the residents' margins."""
    size = len(trait.categories)
    factor = data.named / np.maximum(data.described, 1)
    weight = (sample.weight * factor)[data.ego]
    mine, theirs = trait.egos[data.ego], trait.alters
    known = (mine >= 0) & (theirs >= 0) & (sample.relation == relation)
    table = np.bincount(mine[known] * size + theirs[known], weights=weight[known], minlength=size * size)
    own = trait.egos[sample.ego]
    there = own >= 0
    ends = np.bincount(own[there], weights=sample.wanted[there, relation], minlength=size).astype(np.float64)
    margin = ends / ends.sum() if ends.sum() > 0 else np.full(size, 1.0 / size)
    return fitted(table.reshape(size, size).astype(np.float64), margin)


def _upper(table: Floats) -> Floats:
    """Return a symmetric table with both halves added up above the diagonal."""
    return np.asarray(np.triu(table + np.tril(table, -1).T))


def _counts(structure: Structure, who: Ints, codes: NDArray[np.int16], sizes: Ints, offset: Ints, cells: int) -> Floats:
    """Return ties by relation and both residents' codes, the smaller first."""
    rows = np.repeat(np.arange(len(structure.first) - 1), np.diff(structure.first))
    once = rows < structure.neighbour
    one, other = who[rows[once]], who[structure.neighbour[once]]
    relation = structure.relation[once]
    count = np.zeros(cells)
    for m in range(len(sizes)):
        a, b = codes[m, one].astype(np.int64), codes[m, other].astype(np.int64)
        known = (a >= 0) & (b >= 0)
        cell = offset[relation, m] + np.minimum(a, b) * sizes[m] + np.maximum(a, b)
        count += np.bincount(cell[known], minlength=cells)
    return count


def _classes(structure: Structure, labels: Labels, relations: int) -> tuple[Ints, Ints, Ints]:
    """Return positions by class (same label, same numbers of ties), each one's class, and where classes begin."""
    size = len(structure.first) - 1
    rows = np.repeat(np.arange(size), np.diff(structure.first))
    degree = np.bincount(rows * relations + structure.relation, minlength=size * relations).reshape(size, relations)
    _, class_of = np.unique(np.column_stack([degree, labels.of]), axis=0, return_inverse=True)
    class_of = class_of.ravel().astype(np.int64)
    members = np.argsort(class_of, kind="stable").astype(np.int64)
    return members, class_of, np.concatenate([[0], np.cumsum(np.bincount(class_of))]).astype(np.int64)


def _by_trait(values: Floats, traits: tuple[Trait, ...], sizes: Ints, offset: Ints) -> dict[str, Floats]:
    """Return symmetric tables of shares by trait, over all relations."""
    found = {}
    for m, trait in enumerate(traits):
        size = int(sizes[m])
        parts = [values[start : start + size * size].reshape(size, size) for start in offset[:, m]]
        table = np.sum(parts, axis=0)
        table = (table + table.T) / 2
        found[trait.name] = table / max(float(table.sum()), 1e-300)
    return found
