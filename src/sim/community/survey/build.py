"""Putting a survey's people, ties and answers together to a community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community.columns import Column, Columns
from sim.community.community import Community, canonical_order
from sim.community.survey.choice import RESERVED, columns_of, flags_with_gaps
from sim.community.survey.columns import Answers
from sim.community.survey.nonresponse import NonResponse, limits_of
from sim.community.survey.notes import notes_of
from sim.community.survey.outcomes import Drawing
from sim.community.survey.spec import Score
from sim.community.survey.tables import Faults, Table
from sim.community.survey.ties import NONE, Nominations, Tied, join, read_nominations, read_roster, split_off_roster
from sim.community.survey.two_mode import places_of
from sim.errors import did_you_mean, listing
from sim.rng import Draws

__all__ = ["answers_of", "build", "check_groups"]


@dataclass(frozen=True)
class People:
    """Who there is."""

    ids: tuple[str, ...]
    """In canonical order."""
    rows: NDArray[np.int64]
    """Row of the people file for each, -1 for outsiders."""
    table: Table


def build(survey: Any, seed: int) -> Community:
    """Return the community of one seed; see :class:`sim.community.survey.source.SurveySource`.

    ``survey`` holds :class:`AnswerSettings`, :class:`NominationSettings` and what its own source adds: ``read`` (both
    tables), ``id``, ``tie_columns``, ``name_columns``, ``undirected`` and ``place``.
    """
    faults = Faults()
    reader = survey.reader(faults)
    table, named = survey.read(reader)
    roster = read_roster(table, survey.id, faults) if table is not None else []
    nominations, facts = _nominations(survey, named, faults)
    if table is None or not roster:
        faults.stop()
        raise AssertionError("that there is nobody is a fault")
    file = table.file if named is None else named.file
    people = _people(survey, table, roster, nominations)
    answers = answers_of(survey, people.table, people.rows, faults)
    drawing = Drawing(Draws(seed), rng.identities(people.ids))
    no_answers = {survey.id, *survey.name_columns, *([survey.responded] if survey.responded else [])}
    columns, left_out = columns_of(survey, answers, drawing, no_answers)
    if survey.off_roster == "keep":
        source = f"{file.name}: named, but not in {table.file.name}"
        columns.put(Column("outsider", answers.rows < 0, source=source))
    tied = _tied(survey, people, roster, nominations, (columns, answers, drawing), facts, file)
    places = places_of(survey, reader, people.ids, columns, tied, drawing)
    check_groups(survey, columns, faults)
    faults.stop()
    facts = {"people_read": len(people.table), **facts, **tied.facts, **places.facts, "missing": dict(answers.missing)}
    facts |= {"imputed": dict(answers.imputed), "synthesised": list(drawing.synthesised)}
    gaps = [name for name in flags_with_gaps(answers, columns) if name not in answers.imputed]
    return Community(
        ids=_community_ids(people.ids), columns=columns, ties=places.ties, places=places.places, groups=survey.groups,
        title=survey.title or f"A survey of {len(people.table)} people ({table.file.name})",
        notes=notes_of(survey, people.table, file.name, facts, left_out, gaps, drawing.notes),
        private=not survey.made_up, seed=seed, facts=facts,
    )  # fmt: skip


def answers_of(survey: Any, table: Table, rows: NDArray[np.int64], faults: Faults) -> Answers:
    """Return the people file as residents see it; ``rows`` holds the row of each resident, -1 for none."""
    orders = {key: [str(item) for item in order] for key, order in survey.orders.items()}
    return Answers(table, rows, faults, survey.types, orders)


def _nominations(survey: Any, table: Table | None, faults: Faults) -> tuple[Nominations, dict[str, Any]]:
    if table is None:
        return NONE, {}
    strength = cast("Score | None", survey.strength)
    nominations, facts = read_nominations(
        table, survey.tie_columns, survey.relations, strength, faults,
        undirected=survey.undirected, place=survey.place,
    )  # fmt: skip
    if not len(table) and table.file != getattr(survey, "people", None):  # else there are only memberships
        faults.add("has no ties: there is no row below the header", table.file)
    return nominations, dict(facts)


def _people(survey: Any, table: Table, roster: list[str], nominations: Nominations) -> People:
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
    survey: Any, people: People, roster: list[str], nominations: Nominations,
    known: tuple[Columns, Answers, Drawing], facts: dict[str, Any], file: Path,
) -> Tied:  # fmt: skip
    """Return the ties, count names off the roster, and impute what was not asked or not answered."""
    columns, answers, drawing = known
    names, outside = split_off_roster(nominations, roster)
    facts |= {"nominations_off_roster": int(outside.sum()), "names_off_roster": len(names)}
    facts["outsiders"] = len(names) if survey.off_roster == "keep" else 0
    if roster and len(nominations) and outside.all():
        answers.faults.add(_strangers(survey, people.table, names, roster), file)
    if survey.off_roster == "count":
        columns.put(_named_off_roster(file, people, set(roster), nominations))
    use = np.ones_like(outside) if survey.off_roster == "keep" else ~outside
    limits = limits_of(survey, nominations)
    if survey.responded is not None or any(limit is not None for limit in limits):
        missing = NonResponse(survey, people.ids, columns, answers, drawing, limits)
        added, more = missing.complete(nominations, use)
        facts |= more
        use = np.concatenate([use, np.ones(len(added) - len(nominations), np.bool_)])
        nominations = added
    return join(nominations, people.ids, survey.nominations, survey.one_sided, use)


def _named_off_roster(file: Path, people: People, roster: set[str], given: Nominations) -> Column:
    """Return how many people each resident named who are not in the survey."""
    off = {pair for pair in zip(given.source, given.target, strict=True) if pair[1] not in roster}
    counts = Counter(source for source, _ in off)
    label = "people named who are not in the survey"
    values = np.array([counts[person] for person in people.ids], np.float64)
    return Column("named_off_roster", values, label, "people", source=file.name)


def _strangers(survey: Any, people: Table, names: Sequence[str], roster: Sequence[str]) -> str:
    """Say that the ids of the two files do not meet, and why perhaps."""

    def loose(person: str) -> str:
        return person.removesuffix(".0").lstrip("0").lower()

    near = {loose(person) for person in roster} & {loose(name) for name in names}
    hint = "; they would, without leading zeros, decimals and capitals" if near else ""
    source, target, _ = survey.tie_columns
    return (
        f"no row joins two people of {people.file.name}: ids in columns '{source}' and "
        f"'{target}' do not agree with those in '{survey.id}'{hint}"
    )


def check_groups(survey: Any, columns: Columns, faults: Faults) -> None:
    """Note groups by which results cannot be broken down."""
    for name in survey.groups:
        if name in columns and not (columns[name].is_category or columns[name].is_flag):
            faults.add(f"column '{name}' holds numbers; groups need categories or a flag", path="groups")
        elif name in RESERVED and name not in columns:
            near, there = did_you_mean(name, list(columns)) or ";", listing(columns)
            faults.add(f"there is no column '{name}'{near} columns: {there}", path="groups")
