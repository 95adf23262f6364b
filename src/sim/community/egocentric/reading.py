"""The files of an egocentric survey as arrays: who was asked, whom they named, how dense it is around them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.community import canonical_order
from sim.community.survey.columns import kind_of, natural_order
from sim.community.survey.reading import Reader
from sim.community.survey.spec import Relation
from sim.community.survey.tables import Faults, Table
from sim.community.survey.ties import read_roster, relations_of, strengths
from sim.errors import did_you_mean, listing

__all__ = ["EgoData", "Trait", "read_egos"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trait:
    """A column by which ties are mixed."""

    name: str
    categories: tuple[str, ...]
    egos: Ints
    """Code of each ego, -1 where it is not known, shape (egos,)."""
    alters: Ints
    """Code of each alter, -1 where it is not known, shape (alters,)."""


@dataclass(frozen=True)
class EgoData:
    """An egocentric survey; egos in canonical order, alters by ego and then by number."""

    table: Table
    """The egos' file."""
    rows: Ints
    """Row of the file for each ego."""
    weight: Floats
    """Survey weight of each ego, shape (egos,)."""
    described: Ints
    """How many alters each ego described."""
    named: Ints
    """How many each ego named: at least those described."""
    density: Floats
    """Share of the pairs of each ego's alters that are tied, NaN below two alters."""
    relations: tuple[tuple[str, Relation], ...]
    """Relations by name, in alphabetical order."""
    ego: Ints
    """Ego of each alter, shape (alters,)."""
    relation: Ints
    """Position in ``relations``, -1 where it is not known, shape (alters,)."""
    strength: Floats
    """Strength of each alter's tie, 0..1, to multiply the relation's weight by, shape (alters,)."""
    traits: tuple[Trait, ...]
    facts: dict[str, Any]


def read_egos(settings: Any, reader: Reader) -> EgoData | None:
    """Return an egocentric survey as arrays; None where its files cannot be read. Faults go to the reader."""
    faults = reader.faults
    egos = reader.table(settings.egos, "egos")
    alters = reader.table(settings.alters, "alters")
    pairs = None if settings.alter_ties is None else reader.table(settings.alter_ties, "alter_ties")
    roster = read_roster(egos, settings.id, faults) if egos is not None else []
    if egos is None or alters is None or not roster or (pairs is None and settings.alter_ties is not None):
        return None
    if not all([alters.need(name, key, faults) for name, key in _needed(settings)]):  # noqa: C419 (say all)
        return None
    ids = np.array(roster, dtype=object)
    ids = ids[canonical_order(ids)]
    number = {str(person): i for i, person in enumerate(ids)}
    row: dict[str, int] = {}
    for at, person in enumerate(egos.columns[settings.id]):
        row.setdefault(person, at)
    rows = np.array([row[person] for person in ids], np.int64)
    ego, order = _alters(settings, alters, number, faults)
    known = np.array(ego, np.int64)[order]
    described = np.bincount(known, minlength=len(ids))
    relations = relations_of(alters, settings.kind, settings.relations, faults)
    names = sorted(relations)
    cells = [alters.columns[settings.kind][i] if settings.kind else "" for i in order]
    shares, without = strengths(alters, settings.strength, faults)
    density, tied = _densities(settings, alters, order, known, pairs, number, faults)
    facts = {
        "egos_read": len(egos), "alters_read": len(alters), "alter_ties_read": 0 if pairs is None else len(pairs),
        "alter_ties_used": tied, "alters_without_relation": sum(1 for cell in cells if settings.kind and not cell),
        "alters_without_strength": without,
    }  # fmt: skip
    return EgoData(
        table=egos, rows=rows, weight=_weights(settings, egos, rows, faults), described=described,
        named=_named(settings, egos, rows, described, faults), density=density,
        relations=tuple((name, relations[name]) for name in names), ego=known,
        relation=np.array([names.index(cell) if cell in relations else -1 for cell in cells], np.int64),
        strength=np.array(shares, np.float64)[order], traits=_traits(settings, egos, alters, rows, order, faults),
        facts=facts,
    )  # fmt: skip


def _needed(settings: Any) -> list[tuple[str, str]]:
    named = [(settings.ego, "ego"), (settings.kind, "kind")]
    if settings.alter_ties is not None:
        named.append((settings.alter, "alter"))
    if settings.strength is not None:
        named.append((settings.strength.column, "strength"))
    return [(name, key) for name, key in named if name is not None]


def _alters(settings: Any, table: Table, number: dict[str, int], faults: Faults) -> tuple[list[int], Ints]:
    """Return the ego of each row (-1 where it is wrong), and the good rows by ego and then by number of the alter."""
    marks = table.columns.get(settings.alter, [""] * len(table))
    ego, seen = [], set()
    for line, person, mark in zip(table.lines, table.columns[settings.ego], marks, strict=True):
        ego.append(number.get(person, -1))
        if not person:
            faults.row(table.file, line, f"column '{settings.ego}': the ego is missing", "alters without an ego")
        elif person not in number:
            message = f"column '{settings.ego}': names an ego that is not in {settings.egos.name}"
            faults.row(table.file, line, message, "alters of unknown egos")
        elif settings.alter in table.columns and not mark and settings.alter_ties is not None:
            faults.row(table.file, line, f"column '{settings.alter}': the alter is missing", "alters without a number")
        elif mark and (person, mark) in seen:
            faults.row(table.file, line, "the same alter of the same ego stands twice", "repeated alters")
        seen.add((person, mark))
    good = [i for i, owner in enumerate(ego) if owner >= 0]
    rank = {mark: position for position, mark in enumerate(natural_order(set(marks)))}
    cells = ["\0".join(values) for values in zip(*table.columns.values(), strict=True)]
    return ego, np.array(sorted(good, key=lambda i: (ego[i], rank[marks[i]], cells[i])), np.int64)


def _weights(settings: Any, table: Table, rows: Ints, faults: Faults) -> Floats:
    if settings.weight is None or not table.need(settings.weight, "weight", faults):
        return np.ones(len(rows))
    values = table.numbers(settings.weight, faults)
    for line, weight in zip(table.lines, values, strict=True):
        if math.isnan(weight) or weight < 0:
            message = f"column '{settings.weight}': a weight must be a number of at least 0"
            faults.row(table.file, line, message, f"column '{settings.weight}'")
    weights = np.maximum(np.nan_to_num(np.array(values, np.float64)), 0.0)[rows]
    if not (weights > 0).any():
        faults.add(f"column '{settings.weight}' holds no weight above 0", table.file, "weight")
        return np.ones(len(rows))
    return weights


def _named(settings: Any, table: Table, rows: Ints, described: Ints, faults: Faults) -> Ints:
    """Return how many each ego named; where that is not known, how many were described."""
    if settings.named is None or not table.need(settings.named, "named", faults):
        return described
    values = np.array(table.numbers(settings.named, faults), np.float64)[rows]
    for ego, value in enumerate(values.tolist()):
        line = table.lines[int(rows[ego])]
        if not math.isnan(value) and (value < 0 or not value.is_integer()):
            message = f"column '{settings.named}' must be a whole number of at least 0"
            faults.row(table.file, line, message, f"column '{settings.named}'")
        elif value < described[ego]:
            message = f"column '{settings.named}' says fewer than the {described[ego]} that are described"
            faults.row(table.file, line, message, f"column '{settings.named}' against {settings.alters.name}")
    return np.maximum(np.nan_to_num(values), described).astype(np.int64)


def _densities(
    settings: Any, alters: Table, order: Ints, ego: Ints, pairs: Table | None, number: dict[str, int], faults: Faults
) -> tuple[Floats, int]:
    """Return the share of each ego's pairs of alters that are tied, and how many such pairs there are."""
    described = np.bincount(ego, minlength=len(number))
    possible = described * (described - 1) / 2
    if pairs is None or not _pairs_can_be_read(settings, pairs, faults):
        return np.full(len(number), math.nan), 0
    known = {(int(owner), alters.columns[settings.alter][i]) for owner, i in zip(ego, order, strict=True)}
    tied: set[tuple[int, str, str]] = set()
    columns = [pairs.columns[name] for name in (settings.ego, settings.one, settings.other)]
    counts = [_counts_as_tie(settings, pairs, i) for i in range(len(pairs))]
    for line, person, a, b, is_tie in zip(pairs.lines, *columns, counts, strict=True):
        owner = number.get(person, -1)
        if owner < 0:
            message = f"column '{settings.ego}': names an ego that is not in {settings.egos.name}"
            faults.row(pairs.file, line, message, "ties of unknown egos")
        elif (owner, a) not in known or (owner, b) not in known:
            message = f"joins an alter that is not in {settings.alters.name} for this ego"
            faults.row(pairs.file, line, message, "ties of unknown alters")
        elif a == b:
            faults.row(pairs.file, line, "joins an alter with itself", "ties of alters with themselves")
        elif is_tie:
            tied.add((owner, min(a, b), max(a, b)))
    count = Counter(owner for owner, _, _ in tied)
    found = np.array([count[owner] for owner in range(len(number))], np.float64)
    return np.where(possible > 0, found / np.maximum(possible, 1.0), math.nan), len(tied)


def _pairs_can_be_read(settings: Any, pairs: Table, faults: Faults) -> bool:
    needed = [(settings.ego, "ego"), (settings.one, "one"), (settings.other, "other")]
    needed += [(name, f"close.{name}") for name in settings.close]
    there = [pairs.need(name, key, faults) for name, key in needed]
    if not all(there):
        return False
    for name, values in settings.close.items():
        found = sorted({_plain(cell) for cell in pairs.columns[name]})
        for value in values:
            if value not in found:
                near = did_you_mean(value, found) or ";"
                message = f"'{value}' does not occur in column '{name}'{near} values there: {listing(found)}"
                faults.add(message, pairs.file, f"close.{name}")
    return True


def _plain(cell: str) -> str:
    """Return a whole number without its decimals."""
    return cell[: -len(".0")] if cell.endswith(".0") and cell[: -len(".0")].isdigit() else cell


def _counts_as_tie(settings: Any, pairs: Table, row: int) -> bool:
    return all(_plain(pairs.columns[name][row]) in values for name, values in settings.close.items())


def _traits(settings: Any, egos: Table, alters: Table, rows: Ints, order: Ints, faults: Faults) -> tuple[Trait, ...]:
    used = {settings.id, settings.ego, settings.alter, settings.kind, settings.weight, settings.named}
    if settings.mixing is None:
        both = [name for name in egos.columns if name in alters.columns and name not in used]
        names = [name for name in both if kind_of(egos, name) in ("category", "flag")]
    else:
        names = [name for name in settings.mixing if _is_in_both(name, egos, alters, faults)]
    return tuple(_trait(name, egos, alters, rows, order) for name in names)


def _is_in_both(name: str, egos: Table, alters: Table, faults: Faults) -> bool:
    there = [egos.need(name, "mixing", faults), alters.need(name, "mixing", faults)]
    if not all(there):
        return False
    kind = kind_of(egos, name)
    if kind not in ("category", "flag"):
        what = {"number": "numbers", "text": "names, free text or identifiers"}.get(kind, "nothing")
        faults.add(f"column '{name}' holds {what}; ties are mixed by categories or flags", egos.file, "mixing")
    return kind in ("category", "flag")


def _trait(name: str, egos: Table, alters: Table, rows: Ints, order: Ints) -> Trait:
    own = [_plain(cell) for cell in egos.columns[name]]
    theirs = [_plain(cell) for cell in alters.columns[name]]
    categories = natural_order({*own, *theirs} - {""})
    code = {category: i for i, category in enumerate(categories)}

    def codes(cells: Sequence[str], chosen: Ints) -> Ints:
        return np.array([code.get(cell, -1) for cell in cells], np.int64)[chosen]

    return Trait(name, tuple(categories), codes(own, rows), codes(theirs, order))
