"""Which columns of a survey become columns of the community, and what the model needs besides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import cast

import numpy as np

from sim.community.columns import OUTCOMES, Columns
from sim.community.survey.columns import Answers, attribute, combined, flag_values, kind_of, rescaled
from sim.community.survey.imputing import Imputing
from sim.community.survey.outcomes import Drawing, flag, outcome
from sim.community.survey.settings import AnswerSettings
from sim.community.survey.spec import Score
from sim.community.survey.tables import Table

__all__ = ["FLAGS", "RESERVED", "columns_of", "flags_with_gaps"]

FLAGS = ("lived_experience", "disclosed", "influence")
"""Flags that the model reads, in the order in which they are made."""

RESERVED = (*OUTCOMES, *FLAGS, "outsider", "named_off_roster")
"""Names of columns that the import itself makes."""


def columns_of(
    settings: AnswerSettings, answers: Answers, drawing: Drawing, used: Collection[str]
) -> tuple[Columns, list[str]]:
    """Return all columns, and the names of those of the survey that look like names or free text.

    Parameters
    ----------
    settings
        What the scenario says about the columns.
    answers
        The people file.
    drawing
        The community's luck, and where to note what was drawn.
    used
        Columns, or patterns of columns, that are no answers: ids, names of others, weights.

    """
    columns, left_out = Columns(), []
    for name, kind in _wanted(settings, answers, used).items():
        if kind == "text":
            left_out.append(name)
        elif kind != "empty":
            column = attribute(answers, name, kind)
            if column is not None:
                columns.put(column)
    Imputing(settings, answers, drawing).fill(columns)
    for name, scale in sorted(settings.scales.items()):
        if name in columns:
            columns.put(rescaled(answers, columns[name], scale))
    for name, combine in sorted(settings.combine.items()):
        made = combined(answers, name, combine)
        if name in columns or name in RESERVED:
            answers.faults.add(f"there is already a column '{name}'", path=f"combine.{name}")
        elif made is not None:
            columns.put(made)
    _model_columns(settings, answers, drawing, columns)
    return columns, left_out


def _wanted(settings: AnswerSettings, answers: Answers, no_answers: Collection[str]) -> dict[str, str]:
    """Return the columns of the survey to take over and what each is; note those that cannot be."""
    table = answers.table
    named = _named(settings)
    _check_named(settings, named, answers)
    used = {score.column for score in _scores(settings).values() if score}
    used |= {column for column in _flag_columns(settings, table).values() if column}
    wanted = {}
    for name in table.columns:
        unasked = settings.columns is None and name not in used
        no_answer = any(fnmatchcase(name, pattern) for pattern in no_answers)
        if name in RESERVED or (no_answer and name not in named) or not (name in named or unasked):
            continue
        guess = kind_of(table, name)
        is_category = name in settings.orders or (name in {*settings.groups, *settings.alike} and guess == "number")
        usual = "number" if name in settings.scales else "category" if is_category else guess
        wanted[name] = settings.types.get(name, usual)
    return wanted


def _named(settings: AnswerSettings) -> dict[str, str]:
    """Return the columns of the people file that the scenario names as such, and where it names them."""
    keys = ("types", "orders", "impute", "scales")
    named = {name: f"{key}.{name}" for key in keys for name in getattr(settings, key)}
    named |= {column: f"places.{place}" for place, column in settings.places.items()}
    named |= dict.fromkeys(settings.alike, "alike") | dict.fromkeys(settings.groups, "groups")
    named |= dict.fromkeys(settings.columns or (), "columns")
    made = {*RESERVED, *settings.combine}
    return {name: key for name, key in named.items() if name not in made}


def _check_named(settings: AnswerSettings, named: Mapping[str, str], answers: Answers) -> None:
    for name, key in named.items():
        if not answers.table.need(name, key, answers.faults):
            continue
        said = name in settings.types or name in settings.orders
        if not said and kind_of(answers.table, name) == "text":
            answers.faults.add(
                f"column '{name}' (named by `{key}`) looks like names, free text or identifiers, which are "
                f"never taken over; if it holds categories, say `types: {{{name}: category}}`",
                answers.table.file,
                key,
            )


def _scores(settings: AnswerSettings) -> dict[str, Score | None]:
    return {name: cast("Score | None", getattr(settings, name)) for name in OUTCOMES}


def _flag_columns(settings: AnswerSettings, table: Table) -> dict[str, str | None]:
    """Return the survey's column for each flag of the model: the one named, or the one of the same name."""
    found: dict[str, str | None] = {}
    for name in FLAGS:
        same = name in table.columns and (settings.columns is None or name in settings.columns)
        found[name] = getattr(settings, name) or (name if same else None)
    return found


def _model_columns(settings: AnswerSettings, answers: Answers, drawing: Drawing, columns: Columns) -> None:
    """Add the columns that the model reads, from the survey or drawn."""
    table, faults = answers.table, answers.faults
    everybody = np.ones(len(answers.rows), np.bool_)
    lived = everybody
    for name, column in _flag_columns(settings, table).items():
        if column is not None and not table.need(column, name, faults):
            continue
        made = flag(answers, drawing, name, column, lived if name == "disclosed" else everybody)
        columns.put(made)
        lived = made.values if name == "lived_experience" else lived
    for name, score in _scores(settings).items():
        if score is None and name in table.columns and (settings.columns is None or name in settings.columns):
            faults.add(
                f"there is a column '{name}', but the scenario does not say how it is coded: write "
                f"`{name}: {{column: {name}, scale: [lowest, highest]}}`, or list `columns:` without it",
                table.file,
                name,
            )
        elif score is None or table.need(score.column, name, faults):
            columns.put(outcome(answers, drawing, name, score, lived if name == "self_stigma" else everybody))


def flags_with_gaps(answers: Answers, columns: Columns) -> list[str]:
    """Return the flags of the survey in which somebody gave no answer (read as no)."""
    gaps = [name for name in columns if columns[name].is_flag and name in answers.missing]
    return [name for name in gaps if (flag_values(answers, name) < 0).any()]
