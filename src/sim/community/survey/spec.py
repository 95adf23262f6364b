"""What a scenario says about a survey: relations, scores, combined columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

from sim.errors import did_you_mean, listing
from sim.evidence import field_from

__all__ = ["SURVEY_KINDS", "Combine", "Relation", "Score", "as_part", "one_of"]

SURVEY_KINDS = ("household", "family", "friend", "neighbour", "group")
"""Kinds of tie that a relation can stand for, closest first: that decides between equally strong ones."""

Kind = Literal["household", "family", "friend", "neighbour", "group"]
Part = TypeVar("Part", "Relation", "Score", "Combine")


@dataclass(frozen=True)
class Relation:
    """What one relation of the survey (one name generator) stands for."""

    kind: Kind = "friend"
    """Kind of tie: ``household``, ``family``, ``friend``, ``neighbour`` or ``group``."""
    weight: float = field_from("survey.relation_weight")
    """Strength that being named gives to the tie, 0..1; with 0 the relation is left out."""

    def __post_init__(self) -> None:
        one_of("kind", self.kind, SURVEY_KINDS)
        _number_between("weight", self.weight, 0.0, 1.0)


@dataclass(frozen=True)
class Score:
    """A column that holds a score, and what its ends mean."""

    column: str
    """Name of the column in the file."""
    scale: tuple[float, float] = (0.0, 1.0)
    """The score that becomes 0 and the score that becomes 1, e.g. ``[3, 9]`` for UCLA-3; the larger one first
    for a scale on which high is good, e.g. ``[100, 0]``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", _scale(self.scale))


@dataclass(frozen=True)
class Combine:
    """A new column: the mean of several, rescaled to 0..1 (over the answers that there are)."""

    columns: tuple[str, ...]
    """Names of numeric columns."""
    scale: tuple[float, float] = (0.0, 1.0)
    """The value that becomes 0 and the value that becomes 1."""

    def __post_init__(self) -> None:
        given: object = self.columns  # files and notebooks may hold anything
        if isinstance(given, str) or not given:
            raise ValueError("columns: must be a list of at least one column")
        object.__setattr__(self, "columns", tuple(str(name) for name in self.columns))
        object.__setattr__(self, "scale", _scale(self.scale))


def as_part(part: type[Part], given: Any, key: str) -> Part:
    """Return a part of the description, from itself, from a mapping, or (for a score) from a column's name.

    Raises
    ------
    ValueError
        If it cannot be made, with ``key`` in the message.

    """
    if isinstance(given, part):
        return given
    if isinstance(given, str) and part is Score:
        given = {"column": given}
    names = [item.name for item in fields(part)]
    if not isinstance(given, Mapping):
        raise ValueError(f"{key}: must be a mapping with {listing(names)}")
    for name in given:
        if name not in names:
            near = did_you_mean(name, names) or ";"
            raise ValueError(f"{key}: unknown key '{name}'{near} allowed: {listing(names)}")
    try:
        return part(**given)
    except TypeError:
        raise ValueError(f"{key}: needs {names[0]}") from None
    except ValueError as error:
        raise ValueError(f"{key}.{error}") from None


def one_of(key: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Raise ``ValueError`` unless a value is one of those allowed."""
    if value not in allowed:
        raise ValueError(f"{key}: '{value}' is none of {listing(allowed)}{did_you_mean(value, allowed)}")


def _number_between(key: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{key}: must be a number from {low:g} to {high:g}, not {value!r}")


def _scale(given: Any) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        raise ValueError(f"scale: must be two numbers, not {given!r}") from None
    if not (low < high or high < low) or abs(high - low) == float("inf"):
        raise ValueError(f"scale: must be two different numbers, not {given!r}")
    return low, high
