"""From nominations to ties: who named whom, under which relation, and what of it joins two residents.

The rules, in one place:

- A repeated nomination (same two people, direction and relation) counts once, with its greatest weight.
- A pair is *mutual* if each of the two named the other, under whichever relation; otherwise *one-sided*.
- The strength of a tie is ``1 - (1 - w1)(1 - w2)...`` over the relations under which either named the
  other; ``w`` is the relation's weight (times the nomination's own strength, if there is a column for it; the
  greater one if both sides gave one).
- ``union`` ties every pair, ``mutual`` the mutual ones; ``directed_weight`` ties every pair and multiplies
  the strength of one-sided ones by ``one_sided``.
- The kind of a tie is that of its strongest relation, the closer kind if two are equally strong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.community.survey.spec import SURVEY_KINDS, Relation, Score
from sim.community.survey.tables import Faults, Table
from sim.community.ties import Ties
from sim.errors import did_you_mean, listing

__all__ = [
    "Nominations",
    "Tied",
    "join",
    "read_nominations",
    "read_roster",
    "relations_of",
    "split_off_roster",
    "strengths",
]

DECIMALS = 6
"""Strengths are rounded, so that the last bits of a product do not make another community."""


@dataclass(frozen=True)
class Nominations:
    """Who named whom, as read; parallel arrays, in the order of the file."""

    source: list[str]
    target: list[str]
    relation: NDArray[np.int64]
    """Position in ``relations``."""
    weight: NDArray[np.float64]
    """0 < weight <= 1."""
    relations: tuple[tuple[str, Relation], ...]
    """Relations by name, in alphabetical order."""
    undirected: bool = False
    """Whether each stands for both directions."""
    place: tuple[str, ...] = ()
    """Names of the places through which ties live, where there is a column for them; empty texts for none."""

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Tied:
    """Nominations joined to ties."""

    ties: Ties
    facts: dict[str, int]
    place: NDArray[np.object_] | None
    """Name of the place through which each tie lives, empty for none; None where the survey does not say."""
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    """The two residents of each tie, shape (ties,)."""


def read_roster(table: Table, id_column: str, faults: Faults) -> list[str]:
    """Return the ids of the people file, in its order; note empty and repeated ones."""
    if not table.need(id_column, "id", faults):
        return []
    first: dict[str, int] = {}
    for line, person in zip(table.lines, table.columns[id_column], strict=True):
        if not person:
            faults.row(table.file, line, f"column '{id_column}': the id is missing", "rows without an id")
        elif person in first:
            message = f"column '{id_column}': the same id stands already in row {first[person]}"
            faults.row(table.file, line, message, "repeated ids")
        else:
            first[person] = line
    if not len(table):
        faults.add("has no people: there is no row below the header", table.file)
    return list(first)


def relations_of(
    table: Table, kind: str | None, given: Mapping[str, Relation] | None, faults: Faults
) -> dict[str, Relation]:
    """Return what each relation of the file stands for; note those that are not named, or not there."""
    if kind is None:
        return {"": (given or {}).get("", Relation())}
    found = sorted(set(table.columns[kind]) - {""})
    if given is None:
        return {name: Relation() for name in found}
    for name in found:
        if name not in given:
            near = did_you_mean(name, list(given)) or ";"
            rows = [line for line, cell in zip(table.lines, table.columns[kind], strict=True) if cell == name]
            more = f" (the first of {len(rows)} rows)" if len(rows) > 1 else ""
            text = f"'{name}' in column '{kind}' is none of the relations given{more}{near} given: {listing(given)}"
            faults.add(text, table.file, "relations", rows[0])
    for name in given:
        if name not in found:
            near = did_you_mean(name, found) or ";"
            faults.add(
                f"'{name}' does not occur in column '{kind}'{near} relations there: {listing(found)}",
                table.file,
                "relations",
            )
    return {name: given.get(name, Relation()) for name in found}


NONE = Nominations([], [], np.empty(0, np.int64), np.empty(0), ())
"""No nominations."""


def read_nominations(
    table: Table, columns: tuple[str, str, str | None], relations: Mapping[str, Relation] | None,
    strength: Score | None, faults: Faults, *, undirected: bool = False, place: str | None = None,
) -> tuple[Nominations, dict[str, int]]:  # fmt: skip
    """Return the nominations that count, and how many do not, by reason.

    Parameters
    ----------
    table
        The file of ties.
    columns
        Columns of who names, who is named and (or None) under which relation.
    relations
        What each relation stands for; None for friends throughout.
    strength
        Column with the strength of each nomination, if there is one.
    faults
        Where to note what is wrong.
    undirected
        Whether each row stands for both directions.
    place
        Column with the place through which a tie lives, if there is one.

    """
    source, target, kind = columns
    named = {
        "source": source,
        "target": target,
        "kind": kind,
        "place": place,
        "strength": strength.column if strength else None,
    }
    there = [table.need(name, key, faults) for key, name in named.items() if name is not None]
    if not all(there):
        return NONE, {}
    meaning = relations_of(table, kind, relations, faults)
    shares, without = strengths(table, strength, faults)
    names, reasons = sorted(meaning), ("nominations_empty", "nominations_of_oneself", "nominations_unused")
    facts = {
        "nominations_read": len(table),
        "nominations_without_strength": without,
        **dict.fromkeys(reasons, 0),
    }
    kept: list[tuple[str, str, int, float, str]] = []
    under = table.columns[kind] if kind else [""] * len(table)
    where = table.columns[place] if place else [""] * len(table)
    cells = zip(table.lines, table.columns[source], table.columns[target], under, shares, where, strict=True)
    for line, one, other, relation, share, at in cells:
        if not one:
            faults.row(table.file, line, f"column '{source}': who names is missing", "rows without a source")
        elif kind and not relation:
            faults.row(table.file, line, f"column '{kind}': the relation is missing", "no relation")
        elif not other:
            facts["nominations_empty"] += 1
        elif one == other:
            facts["nominations_of_oneself"] += 1
        elif meaning[relation].weight * share <= 0:
            facts["nominations_unused"] += 1
        else:
            kept.append((one, other, names.index(relation), meaning[relation].weight * share, at))
    relations_there = tuple((name, meaning[name]) for name in names)
    return _nominations(kept, relations_there, undirected, place is not None), facts


def _nominations(
    kept: Sequence[tuple[str, str, int, float, str]], relations: tuple[tuple[str, Relation], ...],
    undirected: bool, placed: bool,
) -> Nominations:  # fmt: skip
    return Nominations(
        source=[item[0] for item in kept],
        target=[item[1] for item in kept],
        relation=np.array([item[2] for item in kept], np.int64),
        weight=np.array([item[3] for item in kept], np.float64),
        relations=relations,
        undirected=undirected,
        place=tuple(item[4] for item in kept) if placed else (),
    )


def strengths(table: Table, strength: Score | None, faults: Faults) -> tuple[list[float], int]:
    """Return each nomination's own strength, 0..1, and how many gave none (they take the others' mean)."""
    if strength is None:
        return [1.0] * len(table), 0
    low, high = strength.ends
    shares = [(value - low) / (high - low) for value in table.numbers(strength.column, faults)]
    for line, share in zip(table.lines, shares, strict=True):
        if share < 0 or share > 1:
            message = f"column '{strength.column}' is outside its scale, {low:g} to {high:g}"
            faults.row(table.file, line, message, f"column '{strength.column}' outside its scale")
    given = [share for share in shares if not math.isnan(share)]
    mean = math.fsum(given) / len(given) if given else 1.0
    return [mean if math.isnan(share) else share for share in shares], len(shares) - len(given)


def split_off_roster(nominations: Nominations, roster: Sequence[str]) -> tuple[list[str], NDArray[np.bool_]]:
    """Return the names that are not on the roster, in alphabetical order, and which nominations hold one."""
    known = set(roster)
    outside = [
        source not in known or target not in known
        for source, target in zip(nominations.source, nominations.target, strict=True)
    ]
    names = (set(nominations.source) | set(nominations.target)) - known
    return sorted(names), np.array(outside, np.bool_)


def join(nominations: Nominations, ids: Sequence[str], rule: str, one_sided: float, use: NDArray[np.bool_]) -> Tied:
    """Join nominations to ties.

    Parameters
    ----------
    nominations
        As read.
    ids
        Residents in canonical order.
    rule
        ``union``, ``mutual`` or ``directed_weight``.
    one_sided
        For ``directed_weight``: share of the strength that a one-sided tie keeps.
    use
        Which nominations join two of these residents.

    """
    number = {person: i for i, person in enumerate(ids)}
    chosen = np.flatnonzero(use)
    source = np.array([number[nominations.source[i]] for i in chosen], np.int64)
    target = np.array([number[nominations.target[i]] for i in chosen], np.int64)
    relation, weight = nominations.relation[chosen], nominations.weight[chosen]
    relations = max(len(nominations.relations), 1)
    directed = np.unique((source * len(ids) + target) * relations + relation)
    keys = np.minimum(source, target) * len(ids) + np.maximum(source, target)
    pairs, pair = np.unique(keys, return_inverse=True)
    weights = np.zeros((len(pairs), relations))
    np.maximum.at(weights, (pair, relation), weight)
    forward, backward = np.zeros(len(pairs), np.bool_), np.zeros(len(pairs), np.bool_)
    forward[pair[source < target]] = True
    backward[pair[source > target]] = True
    mutual = (forward & backward) | nominations.undirected
    strength, kind = _combine(weights, nominations)
    if rule == "directed_weight":
        strength = np.where(mutual, strength, strength * one_sided)
    strength = np.round(strength, DECIMALS)
    stays = strength > 0
    if rule == "mutual":
        stays &= mutual
    one, other = (pairs // max(len(ids), 1))[stays], (pairs % max(len(ids), 1))[stays]
    places = np.array(nominations.place, dtype=object)[chosen] if nominations.place else None
    ties = Ties.from_pairs(len(ids), one, other, strength[stays], kind[stays], kinds=SURVEY_KINDS)
    facts = {
        "nominations_repeated": len(chosen) - len(directed),
        "nominations_used": len(directed),
        "pairs_mutual": int(mutual.sum()),
        "pairs_one_sided": int((~mutual).sum()),
        "pairs_left_out": int((~stays).sum()),
        "ties": ties.count,
        "isolates": int((ties.length == 0).sum()),
    }
    return Tied(ties, facts, _places_of(pair, places, len(pairs), stays), one, other)


def _places_of(
    pair: NDArray[np.int64], places: NDArray[np.object_] | None, pairs: int, stays: NDArray[np.bool_]
) -> NDArray[np.object_] | None:
    """Return the place of each tie: of several that its nominations name, the first by alphabet."""
    if places is None:
        return None
    found = np.full(pairs, "", dtype=object)
    for number in np.argsort(places.astype(str), kind="stable")[::-1]:
        if places[number]:
            found[pair[number]] = places[number]
    return found[stays]


def _combine(weights: NDArray[np.float64], nominations: Nominations) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the strength and the kind of each pair from its weight under each relation."""
    apart = np.ones(len(weights))
    by_kind = np.zeros((len(weights), len(SURVEY_KINDS)))
    for number, (_, relation) in enumerate(nominations.relations):
        apart = apart * (1.0 - weights[:, number])
        column = SURVEY_KINDS.index(relation.kind)
        by_kind[:, column] = np.maximum(by_kind[:, column], weights[:, number])
    return np.minimum(1.0 - apart, 1.0), by_kind.argmax(axis=1).astype(np.int8)
