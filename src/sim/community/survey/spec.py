"""What a scenario says about a survey: relations, scores, combined columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from sim.errors import InputError, Problem, did_you_mean, listing
from sim.evidence import field_from, value

__all__ = [
    "SCALES",
    "SURVEY_KINDS",
    "Combine",
    "Gathered",
    "Memberships",
    "Relation",
    "Score",
    "SettingsError",
    "as_part",
    "one_of",
    "scale_of",
]

SCALES = (
    "cami_100", "cami_27", "cami_40", "de_jong_gierveld_11", "de_jong_gierveld_6", "ismi_10", "ismi_mean", "ribs",
    "swemwbs", "ucla20", "ucla3",
)  # fmt: skip
"""Published scales that can be named in place of their ends, which stand in the evidence."""

SURVEY_KINDS = ("household", "family", "friend", "neighbour", "group")
"""Kinds of tie that a relation can stand for, closest first: that decides between equally strong ones."""

Kind = Literal["household", "family", "friend", "neighbour", "group"]
Part = TypeVar("Part", "Relation", "Score", "Combine", "Memberships")


@dataclass(frozen=True)
class Relation:
    """What one relation of the survey (one name generator) stands for."""

    kind: Kind = "friend"
    """Kind of tie: ``household``, ``family``, ``friend``, ``neighbour`` or ``group``."""
    weight: float = field_from("survey.relation_weight")
    """Strength that being named gives to the tie, 0..1; with 0 the relation is left out."""
    limit: int | None = field(default=None, metadata={"at_least": 1})
    """Greatest number of names that a person could give under it; absent: the survey's ``limit``, if it has one."""

    def __post_init__(self) -> None:
        one_of("kind", self.kind, SURVEY_KINDS)
        limit: object = self.limit
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ValueError(f"limit: must be a whole number of at least 1, not {limit!r}")
        _number_between("weight", self.weight, 0.0, 1.0)


@dataclass(frozen=True)
class Score:
    """A column that holds a score, and what its ends mean."""

    column: str
    """Name of the column in the file."""
    scale: str | tuple[float, float] = (0.0, 1.0)
    """The score that becomes 0 and the score that becomes 1, e.g. ``[3, 9]``, the larger one first for a scale on which
    high is good, e.g. ``[100, 0]``; or the name of a published scale, e.g. ``ucla3``, ``de_jong_gierveld_6``."""
    exact: bool = False
    """Whether the column holds values as this program has written them: 0..1, or a little beyond where they are latent;
    they are taken as they stand."""

    def __post_init__(self) -> None:
        ends = _scale(self.scale)
        if not isinstance(self.scale, str):
            object.__setattr__(self, "scale", ends)

    @property
    def ends(self) -> tuple[float, float]:
        """The score that becomes 0 and the score that becomes 1."""
        return _scale(self.scale)


@dataclass(frozen=True)
class Combine:
    """A new column: the mean of several, rescaled to 0..1 (over the answers that there are)."""

    columns: tuple[str, ...]
    """Names of numeric columns."""
    scale: str | tuple[float, float] = (0.0, 1.0)
    """The value that becomes 0 and the value that becomes 1, or the name of a published scale."""

    def __post_init__(self) -> None:
        given: object = self.columns  # files and notebooks may hold anything
        if isinstance(given, str) or not given:
            raise ValueError("columns: must be a list of at least one column")
        object.__setattr__(self, "columns", tuple(str(name) for name in self.columns))
        ends = _scale(self.scale)
        if not isinstance(self.scale, str):
            object.__setattr__(self, "scale", ends)

    @property
    def ends(self) -> tuple[float, float]:
        """The value that becomes 0 and the value that becomes 1."""
        return _scale(self.scale)


@dataclass(frozen=True)
class Memberships:
    """A file of people and places (two-mode data): who belongs to what."""

    file: Path = field(metadata={"path": True})
    """One row a membership (with ``place``), or one row a person and one yes-or-no column a place."""
    id: str = "id"
    """Column with each person's id."""
    place: str | None = None
    """Column with the name of a place that the person belongs to; absent: every column but ``id`` is a place."""
    sort: str = "place"
    """What sort of place they are, e.g. ``club``."""
    sort_column: str | None = None
    """Column with what sort of place each is, beside ``place``; absent: all are of the sort ``sort``."""
    ties: float = field(default=0.0, metadata={"at_least": 0.0, "at_most": 50.0})
    """Mean number of fellow members with whom a member has a tie through the place, beside ties that were named; 0:
    only ties that were named."""
    weight: float = field_from("survey.relation_weight", at_least=0.0, at_most=1.0)
    """Strength of the ties that ``ties`` makes, 0..1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", Path(self.file))
        _number_between("ties", self.ties, 0.0, 50.0)
        if self.sort_column is not None and self.place is None:
            raise ValueError("sort_column: needs `place`, the column with the names of places")
        _number_between("weight", self.weight, 0.0, 1.0)
        if self.ties and not self.weight:
            raise ValueError("weight: must be above 0 where `ties` are made")


class SettingsError(InputError, ValueError):
    """Several settings of a survey that make no sense, each with its key in front."""


class Gathered:
    """Runs checks one by one and raises what all of them found, so that a user sees it at once.

    Each check is a ``with`` block of its own: a ``ValueError`` in it is kept, and the next block runs.
    """

    def __init__(self) -> None:
        self._found: list[ValueError] = []

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, ValueError):
            self._found.append(error)
            return True
        return False

    def stop(self) -> None:
        """Raise what was found: the one ``ValueError`` as it is, several as a :class:`SettingsError`."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            texts = [text for error in self._found for text in str(error).splitlines()]
            raise SettingsError(Problem(message=text) for text in texts)


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


def scale_of(name: str) -> str:
    """Return the evidence entry of a published scale."""
    return f"scale.{name}"


def _scale(given: Any) -> tuple[float, float]:
    if isinstance(given, str):
        if given not in SCALES:
            near = did_you_mean(given, SCALES) or ";"
            raise ValueError(f"scale: '{given}' is no scale known here{near} scales: {listing(SCALES, 30)}")
        given = value(scale_of(given))
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        raise ValueError(f"scale: must be two numbers or the name of a scale, not {given!r}") from None
    if not (low < high or high < low) or abs(high - low) == float("inf"):
        raise ValueError(f"scale: must be two different numbers, not {given!r}")
    return low, high
