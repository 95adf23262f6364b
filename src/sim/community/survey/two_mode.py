"""Places and their members: from columns of the people file, and from files of people and places (two-mode data)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Columns
from sim.community.places import Place, Places
from sim.community.survey.columns import NO, YES, natural_order
from sim.community.survey.outcomes import Drawing
from sim.community.survey.reading import Reader
from sim.community.survey.spec import SURVEY_KINDS, Memberships
from sim.community.survey.tables import Faults, Table
from sim.community.survey.ties import Tied
from sim.community.ties import Ties
from sim.errors import did_you_mean, listing

__all__ = ["Placed", "places_of"]

_GROUP = SURVEY_KINDS.index("group")


@dataclass
class Placed:
    """Places, the ties that live through them, and what was counted."""

    places: Places
    ties: Ties
    facts: dict[str, int] = field(default_factory=dict)


def places_of(
    survey: Any, reader: Reader, ids: Sequence[str], columns: Columns, tied: Tied, drawing: Drawing
) -> Placed:
    """Return the places of a survey, and let ties live through them.

    Parameters
    ----------
    survey
        The scenario's settings: ``places`` and ``memberships``.
    reader
        Reads the file of memberships; faults go to it.
    ids
        Residents in canonical order.
    columns
        The community's columns.
    tied
        The ties that were named.
    drawing
        The community's luck, for ties among members.

    """
    faults = reader.faults
    places = _from_columns(survey, columns, faults)
    facts: dict[str, int] = {}
    ties = tied.ties
    if survey.memberships is not None:
        table = reader.table(survey.memberships.file, "memberships")
        if table is not None:
            made, facts = _from_table(survey.memberships, table, ids, faults)
            twice = {place.name for place in places} & {place.name for place in made}
            if twice:
                faults.add(f"two places are called {listing(sorted(twice))}", table.file, "memberships")
            first = len(places)
            places += made
            if survey.memberships.ties and not faults.problems:
                ties, facts["ties_of_members"] = _with_members_tied(
                    survey.memberships, tied, places, range(first, len(places)), drawing
                )
    _let_live(ties, tied, places, faults)
    return Placed(Places(places), ties, facts)


def _from_columns(survey: Any, columns: Columns, faults: Faults) -> list[Place]:
    places: list[Place] = []
    for name, column in sorted(survey.places.items()):
        held = columns.get(column)
        if held is not None and held.is_flag:
            places.append(Place(name, name, held.values.copy()))
        elif held is not None and held.is_category:
            for code, category in enumerate(held.categories):
                places.append(Place(f"{name} {category}", name, held.values == code))
        elif held is not None:
            faults.add(f"column '{column}' holds numbers; a place needs a flag or categories", path=f"places.{name}")
    return places


def _from_table(
    given: Memberships, table: Table, ids: Sequence[str], faults: Faults
) -> tuple[list[Place], dict[str, int]]:
    """Return the places of a file of memberships, and how many rows hold people who are not residents."""
    named = {"id": given.id, "place": given.place, "sort_column": given.sort_column}
    needed = [(name, f"memberships.{key}") for key, name in named.items() if name]
    there = [table.need(name, key, faults) for name, key in needed]  # all of them, so that all are said
    if not all(there):
        return [], {}
    number = {person: i for i, person in enumerate(ids)}
    members: dict[str, NDArray[np.bool_]] = {}
    outside, read = 0, 0
    for line, person, place in _rows(given, table, faults):
        if not person:
            faults.row(table.file, line, f"column '{given.id}': the id is missing", "rows without an id")
        elif not place:
            faults.row(table.file, line, f"column '{given.place}': the place is missing", "rows without a place")
        else:
            read += 1
            flags = members.setdefault(place, np.zeros(len(ids), np.bool_))
            if person in number:
                flags[number[person]] = True
            else:
                outside += 1
    if read and outside == read:
        faults.add(
            f"no row holds a person of the survey: ids in column '{given.id}' do not agree with the people's",
            table.file, "memberships.id",
        )  # fmt: skip
    names = [name for name in natural_order(set(members)) if members[name].any()]
    facts = {"memberships_read": read, "memberships_off_roster": outside, "places_read": len(names)}
    sorts = _sorts(given, table)
    return [Place(name, sorts.get(name, given.sort), members[name]) for name in names], facts


def _sorts(given: Memberships, table: Table) -> dict[str, str]:
    """Return the sort of each place, where there is a column for it."""
    if given.place is None or given.sort_column is None:
        return {}
    said = zip(table.columns[given.place], table.columns[given.sort_column], strict=True)
    return {place: sort for place, sort in said if sort}


def _rows(given: Memberships, table: Table, faults: Faults) -> list[tuple[int, str, str]]:
    """Return line, person and place of each membership."""
    people = table.columns[given.id]
    if given.place:
        return list(zip(table.lines, people, table.columns[given.place], strict=True))
    rows = []
    for place in table.columns:
        if place == given.id:
            continue
        for line, person, cell in zip(table.lines, people, table.columns[place], strict=True):
            said = cell.lower()
            if said in YES:
                rows.append((line, person, place))
            elif said and said not in NO:
                message = f"column '{place}' is neither yes (1, yes, true) nor no (0, no, false)"
                faults.row(table.file, line, message, f"column '{place}'")
    return rows


def _with_members_tied(
    given: Memberships, tied: Tied, places: Sequence[Place], numbers: range, drawing: Drawing
) -> tuple[Ties, int]:
    """Return the ties with some between fellow members, about ``ties`` a member, and how many were added.

    Each pair of fellow members is tied with the chance that gives a member that many ties in her place.
    """
    size = len(drawing.identity)
    known = set((np.minimum(tied.one, tied.other) * size + np.maximum(tied.one, tied.other)).tolist())
    ones, others = [tied.one], [tied.other]
    for number in numbers:
        members = np.flatnonzero(places[number].members)
        first, second = np.triu_indices(len(members), 1)
        one, other = members[first], members[second]
        stream = drawing.draws.stream(f"survey: members tied in {places[number].name}")
        luck = stream.pair_uniform(drawing.identity[one], drawing.identity[other])
        chosen = luck < given.ties / max(1, len(members) - 1)
        codes = (one * size + other).tolist()
        fresh = np.array([code not in known for code in codes], np.bool_) & chosen
        known.update(np.array(codes, np.int64)[fresh].tolist())
        ones.append(one[fresh])
        others.append(other[fresh])
    named, pairs = tied.ties.count, tied.ties.pairs()
    strength_of = dict(zip((pairs["one"].astype(np.int64) * size + pairs["other"]).tolist(), range(named), strict=True))
    position = [strength_of[code] for code in (np.minimum(*_ends(tied)) * size + np.maximum(*_ends(tied))).tolist()]
    added = sum(len(part) for part in ones[1:])
    strength = np.concatenate([pairs["strength"][position], np.full(added, given.weight)])
    kind = np.concatenate([pairs["kind"][position], np.full(added, _GROUP, np.int8)])
    ties = Ties.from_pairs(size, np.concatenate(ones), np.concatenate(others), strength, kind, kinds=SURVEY_KINDS)
    return ties, added


def _ends(tied: Tied) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return tied.one, tied.other


def _let_live(ties: Ties, tied: Tied, places: Sequence[Place], faults: Faults) -> None:
    """Let group ties live through the first place to which both belong, or each through the place that is named."""
    entries, rows = ties.entries(), ties.rows()
    neighbours = ties.neighbour[entries]
    group = ties.kind[entries] == ties.kinds.index("group")
    for number in reversed(range(len(places))):
        members = places[number].members
        ties.place[entries[group & members[rows] & members[neighbours]]] = number
    if tied.place is None:
        return
    names = [place.name for place in places]
    for name in sorted(set(tied.place.tolist()) - {"", *names}):
        faults.add(f"'{name}' in the column of places is no place here{did_you_mean(name, names) or ';'} "
                   f"places: {listing(names) or 'none'}", path="place")  # fmt: skip
    size = ties.residents
    code_of = dict(zip(
        (np.minimum(tied.one, tied.other) * size + np.maximum(tied.one, tied.other)).tolist(),
        [names.index(name) if name in names else -1 for name in tied.place.tolist()], strict=True,
    ))  # fmt: skip
    codes = np.minimum(rows, neighbours).astype(np.int64) * size + np.maximum(rows, neighbours)
    ties.place[entries] = [
        code_of.get(code, int(ties.place[entry])) for code, entry in zip(codes.tolist(), entries.tolist(), strict=True)
    ]
