"""Which columns of a survey become columns of the community, and what the model needs besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import numpy as np

from sim.community.columns import OUTCOMES, Column, Columns
from sim.community.survey.columns import Answers, attribute, combined, flag_values, kind_of
from sim.community.survey.outcomes import Drawing, flag, outcome
from sim.community.survey.spec import Score
from sim.community.survey.tables import Table

if TYPE_CHECKING:
    from sim.community.survey.source import SurveySource

__all__ = ["FLAGS", "RESERVED", "columns_of", "flags_with_gaps"]

FLAGS = ("lived_experience", "disclosed", "influence")
"""Flags that the model reads, in the order in which they are made."""

RESERVED = (*OUTCOMES, *FLAGS, "outsider", "named_off_roster")
"""Names of columns that the import itself makes."""


def columns_of(survey: SurveySource, answers: Answers, drawing: Drawing) -> tuple[Columns, list[str]]:
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
    table = answers.table
    named = _named(survey)
    _check_named(survey, named, answers)
    used = {survey.id} | {score.column for score in _scores(survey).values() if score}
    used |= {column for column in _flag_columns(survey, table).values() if column}
    wanted = {}
    for name in table.columns:
        unasked = survey.columns is None and name not in used
        if name in RESERVED or name == survey.id or not (name in named or unasked):
            continue
        guess = kind_of(table, name)
        is_category = name in survey.orders or (name in survey.groups and guess == "number")
        wanted[name] = survey.types.get(name, "category" if is_category else guess)
    return wanted


def _named(survey: SurveySource) -> dict[str, str]:
    """Return the columns of the people file that the scenario names as such, and where it names them."""
    named = {name: f"{key}.{name}" for key in ("types", "orders") for name in getattr(survey, key)}
    named |= {column: f"places.{place}" for place, column in survey.places.items()}
    named |= dict.fromkeys(survey.groups, "groups")
    named |= dict.fromkeys(survey.columns or (), "columns")
    made = {*RESERVED, *survey.combine}
    return {name: key for name, key in named.items() if name not in made}


def _check_named(survey: SurveySource, named: Mapping[str, str], answers: Answers) -> None:
    for name, key in named.items():
        if not answers.table.need(name, key, answers.faults):
            continue
        said = name in survey.types or name in survey.orders
        if not said and kind_of(answers.table, name) == "text":
            answers.faults.add(
                f"column '{name}' (named by `{key}`) looks like names, free text or identifiers, which are "
                f"never taken over; if it holds categories, say `types: {{{name}: category}}`",
                answers.table.file,
            )


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
                f"there is a column '{name}', but the scenario does not say how it is coded: write "
                f"`{name}: {{column: {name}, scale: [lowest, highest]}}`, or list `columns:` without it",
                table.file,
            )
        elif score is None or table.need(score.column, name, faults):
            columns.put(outcome(answers, drawing, name, score, lived if name == "self_stigma" else everybody))


def flags_with_gaps(answers: Answers, columns: Columns) -> list[str]:
    """Return the flags of the survey in which somebody gave no answer (read as no)."""
    gaps = [name for name in columns if columns[name].is_flag and name in answers.missing]
    return [name for name in gaps if (flag_values(answers, name) < 0).any()]
