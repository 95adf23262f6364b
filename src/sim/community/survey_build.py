"""Putting a survey's people, ties and answers together to a community."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community.columns import OUTCOMES, Column, Columns
from sim.community.community import Community, canonical_order
from sim.community.places import Place, Places
from sim.community.survey_columns import Answers, attribute, combined, flag_values, kind_of
from sim.community.survey_notes import notes_of
from sim.community.survey_outcomes import Drawing, flag, outcome
from sim.community.survey_spec import Relation, Score
from sim.community.survey_tables import Faults, Table, read_table
from sim.community.survey_ties import Nominations, Tied, join, read_nominations, read_roster, split_off_roster
from sim.community.ties import Ties
from sim.errors import did_you_mean, listing
from sim.rng import Draws

if TYPE_CHECKING:
    from sim.community.survey import SurveySource

__all__ = ["FLAGS", "build"]

FLAGS = ("lived_experience", "disclosed", "influence")
"""Flags that the model reads, in the order in which they are made."""

RESERVED = (*OUTCOMES, *FLAGS, "outsider", "named_off_roster")
"""Names of columns that the import itself makes."""


@dataclass(frozen=True)
class People:
    """Who there is."""

    ids: tuple[str, ...]
    """In canonical order."""
    rows: NDArray[np.int64]
    """Row of the people file for each, -1 for outsiders."""
    table: Table


def build(survey: SurveySource, seed: int) -> Community:
    """Return the community of one seed; see :class:`sim.community.survey.SurveySource`."""
    faults = Faults()
    table = read_table(survey.people, faults, _texts(survey.missing))
    named = read_table(survey.ties, faults, _texts(survey.missing))
    roster = read_roster(table, survey.id, faults) if table else []
    nominations, facts = _nominations(survey, named, faults)
    people = _people(survey, table, roster, nominations) if table else None
    if people is None:
        faults.stop()
        raise AssertionError("a file that cannot be read is a fault")
    answers = Answers(people.table, people.rows, faults, survey.types, {key: _texts(order) for key, order in survey.orders.items()})
    drawing = Drawing(Draws(seed), rng.identities(people.ids))
    columns, left_out = _columns(survey, answers, drawing)
    tied = _tied(survey, people, roster, nominations, columns, facts, faults)
    places = _places(survey, columns, tied.ties, faults)
    _check_groups(survey, columns, faults)
    faults.stop()
    facts = {"people_read": len(people.table), **facts, **tied.facts, "missing": dict(answers.missing)}
    facts["synthesised"] = list(drawing.synthesised)
    return Community(
        ids=_community_ids(people.ids), columns=columns, ties=tied.ties, places=places, groups=survey.groups,
        title=survey.title or f"A survey of {len(people.table)} people ({survey.people.name})",
        notes=notes_of(survey, people.table, facts, left_out, _flags_with_gaps(answers, columns), drawing.notes),
        private=True, seed=seed, facts=facts,
    )  # fmt: skip


def _texts(items: Sequence[object]) -> list[str]:
    return [str(item) for item in items]


def _nominations(survey: SurveySource, table: Table | None, faults: Faults) -> tuple[Nominations, dict[str, Any]]:
    if table is None:
        return Nominations([], [], np.empty(0, np.int64), np.empty(0), ()), {}
    relations = cast("Mapping[str, Relation] | None", survey.relations)
    strength = cast("Score | None", survey.strength)
    columns = (survey.source, survey.target, survey.kind)
    nominations, facts = read_nominations(table, columns, relations, strength, faults)
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


def _columns(survey: SurveySource, answers: Answers, drawing: Drawing) -> tuple[Columns, list[str]]:
    """Return all columns, and the names of those of the survey that look like names or free text."""
    columns, left_out = Columns(), []
    for name, kind in _wanted(survey, answers).items():
        if kind == "text":
            left_out.append(name)
        elif kind != "empty":
            column = attribute(answers, name, kind)
            if column is not None:
                columns.put(column)
    for name, combine in sorted(survey.combine.items()):
        made = combined(answers, name, combine)
        if name in columns or name in RESERVED:
            answers.faults.add(f"there is already a column '{name}'", path=f"combine.{name}")
        elif made is not None:
            columns.put(made)
    if survey.off_roster == "keep":
        source = f"{survey.ties.name}: named, but not in {survey.people.name}"
        columns.put(Column("outsider", answers.rows < 0, source=source))
    _model_columns(survey, answers, drawing, columns)
    return columns, left_out


def _wanted(survey: SurveySource, answers: Answers) -> dict[str, str]:
    """Return the columns of the survey to take over and what each is; note those that cannot be."""
    table, faults = answers.table, answers.faults
    named = {name: f"{key}.{name}" for key in ("types", "orders") for name in getattr(survey, key)}
    named |= {column: f"places.{place}" for place, column in survey.places.items()}
    named |= dict.fromkeys((name for name in survey.groups if name not in RESERVED), "groups")
    named |= dict.fromkeys(survey.columns or (), "columns")
    used = {survey.id} | {score.column for score in _scores(survey).values() if score}
    used |= {column for column in _flag_columns(survey, table).values() if column}
    chosen = [name for name in table.columns if name not in used and name not in RESERVED]
    if survey.columns is not None:
        chosen = [name for name in table.columns if name in named and name not in RESERVED]
    else:
        chosen += [name for name in named if name in used and name in table.columns and name not in RESERVED]
    wanted = {}
    for name, key in named.items():
        if name not in survey.combine and table.need(name, key, faults) and kind_of(table, name) == "text":
            if name not in survey.types and name not in survey.orders:
                faults.add(
                    f"column '{name}' (named by `{key}`) looks like names, free text or identifiers, which are never "
                    f"taken over; if it holds categories, say `types: {{{name}: category}}`",
                    table.file,
                )  # fmt: skip
    for name in chosen:
        guess = kind_of(table, name)
        is_group = guess == "number" and (name in survey.groups or name in survey.orders)
        wanted[name] = survey.types.get(name, "category" if is_group or name in survey.orders else guess)
    return wanted


def _scores(survey: SurveySource) -> dict[str, Score | None]:
    return {name: cast("Score | None", getattr(survey, name)) for name in OUTCOMES}


def _flag_columns(survey: SurveySource, table: Table) -> dict[str, str | None]:
    """Return the survey's column for each flag of the model: the one named, or the one of the same name."""
    found: dict[str, str | None] = {}
    for name in FLAGS:
        same = name in table.columns and (survey.columns is None or name in survey.columns)
        found[name] = getattr(survey, name) or (name if same else None)
    return found


def _model_columns(survey: SurveySource, answers: Answers, drawing: Drawing, columns: Columns) -> None:
    """Add the columns that the model reads, from the survey or drawn."""
    table, faults = answers.table, answers.faults
    everybody = np.ones(len(answers.rows), np.bool_)
    lived = everybody
    for name, column in _flag_columns(survey, table).items():
        if column is not None and not table.need(column, name, faults):
            continue
        made = flag(answers, drawing, name, column, lived if name == "disclosed" else everybody)
        columns.put(made)
        lived = made.values if name == "lived_experience" else lived
    for name, score in _scores(survey).items():
        if score is None and name in table.columns and (survey.columns is None or name in survey.columns):
            faults.add(
                f"there is a column '{name}', but the scenario does not say how it is coded: write `{name}: {{column: "
                f"{name}, scale: [lowest, highest]}}`, or list `columns:` without it",
                table.file,
            )  # fmt: skip
        elif score is None or table.need(score.column, name, faults):
            columns.put(outcome(answers, drawing, name, score, lived if name == "self_stigma" else everybody))


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
        number = {person: i for i, person in enumerate(people.ids)}
        known = set(roster)
        pairs = {
            (source, target)
            for source, target in zip(nominations.source, nominations.target, strict=True)
            if source in number and target not in known
        }
        counts = np.zeros(len(people.ids))
        for source, _ in pairs:
            counts[number[source]] += 1
        label = "people named who are not in the survey"
        columns.put(Column("named_off_roster", counts, label, "people", source=survey.ties.name))
    use = np.ones_like(outside) if survey.off_roster == "keep" else ~outside
    return join(nominations, people.ids, survey.nominations, survey.one_sided, use)


def _strangers(survey: SurveySource, names: Sequence[str], roster: Sequence[str]) -> str:
    """Say that the ids of the two files do not meet, and why perhaps."""

    def loose(person: str) -> str:
        return person.removesuffix(".0").lstrip("0").lower()

    near = {loose(person) for person in roster} & {loose(name) for name in names}
    hint = "; they would, without leading zeros, decimals and capitals" if near else ""
    return (
        f"no row joins two people of {survey.people.name}: ids in columns '{survey.source}' and '{survey.target}' do "
        f"not agree with those in '{survey.id}'{hint}"
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
            faults.add(f"there is no column '{name}'{did_you_mean(name, list(columns))}; columns: {listing(columns)}")


def _flags_with_gaps(answers: Answers, columns: Columns) -> list[str]:
    """Return the flags of the survey in which somebody gave no answer (read as no)."""
    gaps = [name for name in columns if columns[name].is_flag and name in answers.missing]
    return [name for name in gaps if (flag_values(answers, name) < 0).any()]
