"""From an egocentric survey to a community: sample, structure, people in their places, columns, matches, notes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.egocentric.matches import matches_of
from sim.community.egocentric.mixing import Mixed, labels_of, place
from sim.community.egocentric.notes import notes_of
from sim.community.egocentric.reading import EgoData, read_egos
from sim.community.egocentric.sample import Sample, draw_sample, weighted_mean
from sim.community.egocentric.structure import Structure, make_structure
from sim.community.survey.build import answers_of, check_groups
from sim.community.survey.choice import columns_of, flags_with_gaps
from sim.community.survey.outcomes import Drawing
from sim.community.survey.spec import SURVEY_KINDS
from sim.community.survey.tables import Faults
from sim.community.survey.ties import DECIMALS, Tied
from sim.community.survey.two_mode import places_of
from sim.community.ties import Ties
from sim.rng import Draws

__all__ = ["build"]

Floats = NDArray[np.float64]


def build(settings: Any, seed: int) -> Community:
    """Return the community of one seed; see :class:`sim.community.egocentric.source.EgocentricSource`."""
    faults = Faults()
    reader = settings.reader(faults)
    data = read_egos(settings, reader)
    if data is None:
        faults.stop()
        raise AssertionError("that nothing could be read is a fault")
    draws = Draws(seed)
    sample = draw_sample(data, settings.residents, draws, settings.resample)
    identity = np.arange(settings.residents, dtype=np.uint64)
    answers = answers_of(settings, data.table, data.rows[sample.ego], faults)
    drawing = Drawing(draws, identity)
    no_answers = {name for name in (settings.id, settings.weight, settings.named) if name}
    columns, left_out = columns_of(settings, answers, drawing, no_answers)
    check_groups(settings, columns, faults)
    faults.stop()
    density = weighted_mean(data.density, sample.weight) if not np.isnan(data.density).all() else None
    labels = labels_of(data, sample)
    structure = make_structure(sample.wanted, labels, density, draws)
    mixed = place(data, sample, structure, labels, draws)
    tied = _tied(data, sample, structure, mixed, draws)
    places = places_of(settings, reader, (), columns, tied, drawing)
    faults.stop()
    facts = {**data.facts, **tied.facts, "unmatched": structure.unmatched, "missing": dict(answers.missing)}
    facts |= {"imputed": dict(answers.imputed), "synthesised": list(drawing.synthesised)}
    gaps = [name for name in flags_with_gaps(answers, columns) if name not in answers.imputed]
    community = Community(
        ids=np.arange(settings.residents, dtype=np.int64), columns=columns, ties=places.ties, places=places.places,
        groups=settings.groups,
        title=settings.title or f"{settings.residents:,} residents grown from a survey of {len(data.rows):,} people",
        notes=notes_of(settings, data, facts, left_out, gaps, drawing.notes),
        private=not settings.made_up, seed=seed, facts=facts,
    )  # fmt: skip
    community.matches = matches_of(data, sample, structure, mixed)
    return community


def _tied(data: EgoData, sample: Sample, structure: Structure, mixed: Mixed, draws: Draws) -> Tied:
    """Return the ties between residents, with kinds and strengths by relation."""
    size = len(sample.ego)
    rows = np.repeat(np.arange(size), np.diff(structure.first))
    once = rows < structure.neighbour
    one, other = mixed.who[rows[once]], mixed.who[structure.neighbour[once]]
    one, other = np.minimum(one, other), np.maximum(one, other)
    relation = structure.relation[once].astype(np.int64)
    strength = _strengths(data, sample, one, other, relation, draws)
    kinds = np.array([SURVEY_KINDS.index(item.kind) for _, item in data.relations] or [2], np.int64)
    there = strength > 0
    one, other = one[there], other[there]
    ties = Ties.from_pairs(size, one, other, strength[there], kinds[relation[there]], kinds=SURVEY_KINDS)
    facts = {"ties": ties.count, "isolates": int((ties.length == 0).sum())}
    return Tied(ties, facts, None, one, other)


def _strengths(
    data: EgoData, sample: Sample, one: NDArray[np.int64], other: NDArray[np.int64], relation: NDArray[np.int64],
    draws: Draws,
) -> Floats:  # fmt: skip
    """Return the strength of each tie: its relation's weight times a strength drawn from those in the sample."""
    weights = np.array([item.weight for _, item in data.relations] or [0.5])
    luck = draws.stream("egocentric: strength").pair_uniform(one.astype(np.uint64), other.astype(np.uint64))
    strength = np.ones(len(one))
    for code in np.unique(relation):
        of_relation = np.flatnonzero(sample.relation == code)
        weight = sample.weight[data.ego[of_relation]]
        if weight.sum() <= 0:
            continue
        order = np.argsort(data.strength[of_relation], kind="stable")
        edges = np.cumsum(weight[order]) / weight.sum()
        here = relation == code
        at = np.minimum(np.searchsorted(np.round(edges, 9), luck[here], side="right"), len(order) - 1)
        strength[here] = data.strength[of_relation][order][at]
    return np.asarray(np.round(strength * weights[relation], DECIMALS))
