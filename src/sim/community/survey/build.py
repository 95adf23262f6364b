"""Putting a survey's people, ties and answers together to a community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community.columns import Column, Columns
from sim.community.community import Community, canonical_order
from sim.community.places import Place, Places
from sim.community.survey.choice import RESERVED, columns_of, flags_with_gaps
from sim.community.survey.columns import Answers
from sim.community.survey.notes import notes_of
from sim.community.survey.outcomes import Drawing
from sim.community.survey.spec import Score
from sim.community.survey.tables import Faults, Table, read_table
from sim.community.survey.ties import Nominations, Tied, join, read_nominations, read_roster, split_off_roster
from sim.community.ties import Ties
from sim.errors import did_you_mean, listing
from sim.rng import Draws

if TYPE_CHECKING:
    from sim.community.survey.source import SurveySource

__all__ = ["build"]


@dataclass(frozen=True)
class People:
    """Who there is."""

    ids: tuple[str, ...]
    """In canonical order."""
    rows: NDArray[np.int64]
    """Row of the people file for each, -1 for outsiders."""
    table: Table


def build(survey: SurveySource, seed: int) -> Community:
    """Return the community of one seed; see :class:`sim.community.survey.source.SurveySource`."""
    faults = Faults()
    table = read_table(survey.people, faults, _texts(survey.missing))
    named = read_table(survey.ties, faults, _texts(survey.missing))
    roster = read_roster(table, survey.id, faults) if table is not None else []
    nominations, facts = _nominations(survey, named, faults)
    if table is None or not roster:
        faults.stop()
        raise AssertionError("that there is nobody is a fault")
    people = _people(survey, table, roster, nominations)
    answers = Answers(
        people.table,
        people.rows,
        faults,
        survey.types,
        {key: _texts(order) for key, order in survey.orders.items()},
    )
    drawing = Drawing(Draws(seed), rng.identities(people.ids))
    columns, left_out = columns_of(survey, answers, drawing)
    tied = _tied(survey, people, roster, nominations, columns, facts, faults)
    places = _places(survey, columns, tied.ties, faults)
    _check_groups(survey, columns, faults)
    faults.stop()
    facts = {"people_read": len(people.table), **facts, **tied.facts, "missing": dict(answers.missing)}
    facts["synthesised"] = list(drawing.synthesised)
    gaps = flags_with_gaps(answers, columns)
    return Community(
        ids=_community_ids(people.ids), columns=columns, ties=tied.ties, places=places, groups=survey.groups,
        title=survey.title or f"A survey of {len(people.table)} people ({survey.people.name})",
        notes=notes_of(survey, people.table, facts, left_out, gaps, drawing.notes),
        private=True, seed=seed, facts=facts,
    )  # fmt: skip


def _texts(items: Sequence[object]) -> list[str]:
    return [str(item) for item in items]


def _nominations(survey: SurveySource, table: Table | None, faults: Faults) -> tuple[Nominations, dict[str, Any]]:
    if table is None:
        return Nominations([], [], np.empty(0, np.int64), np.empty(0), ()), {}
    strength = cast("Score | None", survey.strength)
    columns = (survey.source, survey.target, survey.kind)
    nominations, facts = read_nominations(table, columns, survey.relations, strength, faults)
    if not len(table):
        faults.add("has no ties: there is no row below the header", table.file)
    return nominations, dict(facts)


def _people(survey: SurveySource, table: Table, roster: list[str], nominations: Nominations) -> People:
    """Return the residents in canonical order: the roster, and outsiders where they are kept."""
    row: dict[str, int] = {}
    for number, person in enumerate(table.columns.get(survey.id, [])):
        row.setdefault(person, number)
    outsiders = split_off_roster(nominations, roster)[0] if survey.off_roster == "keep" else []
    ids = np.array([*roster, *outsiders], dtype=object)
    ids = ids[canonical_order(ids)]
    return People(tuple(ids), np.array([row.get(person, -1) for person in ids], np.int64), table)


def _community_ids(ids: Sequence[str]) -> NDArray[Any]:
    """Return ids as whole numbers if all of them are, else as texts."""
    identity = rng.identities(ids)
    return identity.astype(np.int64) if (identity < np.uint64(1 << 63)).all() else np.array(ids, dtype=np.str_)


def _tied(
    survey: SurveySource, people: People, roster: list[str], nominations: Nominations, columns: Columns,
    facts: dict[str, Any], faults: Faults,
) -> Tied:  # fmt: skip
    """Return the ties, and count names off the roster."""
    names, outside = split_off_roster(nominations, roster)
    facts |= {"nominations_off_roster": int(outside.sum()), "names_off_roster": len(names)}
    facts["outsiders"] = len(names) if survey.off_roster == "keep" else 0
    if roster and len(nominations) and outside.all():
        faults.add(_strangers(survey, names, roster), survey.ties)
    if survey.off_roster == "count":
        columns.put(_named_off_roster(survey, people, set(roster), nominations))
    use = np.ones_like(outside) if survey.off_roster == "keep" else ~outside
    return join(nominations, people.ids, survey.nominations, survey.one_sided, use)


def _named_off_roster(survey: SurveySource, people: People, roster: set[str], given: Nominations) -> Column:
    """Return how many people each resident named who are not in the survey."""
    off = {pair for pair in zip(given.source, given.target, strict=True) if pair[1] not in roster}
    counts = Counter(source for source, _ in off)
    label = "people named who are not in the survey"
    values = np.array([counts[person] for person in people.ids], np.float64)
    return Column("named_off_roster", values, label, "people", source=survey.ties.name)


def _strangers(survey: SurveySource, names: Sequence[str], roster: Sequence[str]) -> str:
    """Say that the ids of the two files do not meet, and why perhaps."""

    def loose(person: str) -> str:
        return person.removesuffix(".0").lstrip("0").lower()

    near = {loose(person) for person in roster} & {loose(name) for name in names}
    hint = "; they would, without leading zeros, decimals and capitals" if near else ""
    return (
        f"no row joins two people of {survey.people.name}: ids in columns '{survey.source}' and "
        f"'{survey.target}' do not agree with those in '{survey.id}'{hint}"
    )


def _places(survey: SurveySource, columns: Columns, ties: Ties, faults: Faults) -> Places:
    """Return the places, and let group ties between two members live through them."""
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
    entries, rows = ties.entries(), ties.rows()
    group = ties.kind[entries] == ties.kinds.index("group")
    for number in reversed(range(len(places))):
        members = places[number].members
        ties.place[entries[group & members[rows] & members[ties.neighbour[entries]]]] = number
    return Places(places)


def _check_groups(survey: SurveySource, columns: Columns, faults: Faults) -> None:
    for name in survey.groups:
        if name in columns and not (columns[name].is_category or columns[name].is_flag):
            faults.add(f"column '{name}' holds numbers; groups need categories or a flag", path="groups")
        elif name in RESERVED and name not in columns:
            near, there = did_you_mean(name, list(columns)) or ";", listing(columns)
            faults.add(f"there is no column '{name}'{near} columns: {there}", path="groups")
