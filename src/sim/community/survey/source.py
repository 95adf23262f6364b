"""Communities from whole-network surveys: one file of people, one of who named whom.

The people and their ties are those of the survey, the same for every seed. What the survey does not say (a
score's place within its bin, columns that were not asked) is drawn with the community's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sim.community.community import Community
from sim.community.survey.build import build
from sim.community.survey.spec import Combine, Relation, Score, as_part, one_of
from sim.evidence import value

__all__ = ["SurveySource"]

_NOMINATIONS = ("union", "mutual", "directed_weight")
_OFF_ROSTER = ("count", "keep", "drop")
_TYPES = ("category", "number", "flag")


@dataclass(frozen=True)
class SurveySource:
    """A community read from ``people.csv`` and ``ties.csv``: whole-network surveys and name generators."""

    people: Path = field(metadata={"path": True})
    """File with one row a person: separated by commas, semicolons or tabs, UTF-8, with a header."""
    ties: Path = field(metadata={"path": True})
    """File with one row a nomination: who named whom and, in a further column, under which relation."""
    title: str = ""
    """What the community is, in words."""
    id: str = "id"
    """Column of the people file with each person's id; ids are texts, so 007 and 7 are two people."""
    source: str = "source"
    """Column of the ties file with the id of who names."""
    target: str = "target"
    """Column of the ties file with the id of who is named; an empty cell names nobody."""
    kind: str | None = None
    """Column of the ties file with the relation under which somebody is named; absent: one relation."""
    relations: Mapping[str, Relation] | None = None
    """What each relation stands for, e.g. ``{friend: {kind: friend, weight: 0.6}}``; all must be named.
    Absent: all are of kind ``friend`` and count equally."""
    strength: str | Score | None = None
    """Numeric column of the ties file with the strength of each nomination (0..1, or with a ``scale``), by
    which the relation's weight is multiplied."""
    nominations: Literal["union", "mutual", "directed_weight"] = "union"
    """How nominations make ties: ``union`` (one side is enough), ``mutual`` (both must name each other) or
    ``directed_weight`` (a tie that one side named keeps the share ``one_sided`` of its strength)."""
    one_sided: float = field(
        default=value("survey.one_sided"),
        metadata={"evidence": "survey.one_sided", "at_least": 0.0, "at_most": 1.0},
    )
    """For ``directed_weight``: share of its strength that a one-sided tie keeps, 0..1."""
    off_roster: Literal["count", "keep", "drop"] = "count"
    """Names in the ties file that are not in the people file: ``drop`` leaves them out, ``count`` as well but
    adds a column ``named_off_roster`` with how many each resident named, ``keep`` makes them residents with
    nothing known but who named them, marked in a column ``outsider``."""
    columns: tuple[str, ...] | None = None
    """Columns of the people file to take over; absent: all that hold numbers, flags or few different texts.
    Names, free text and identifiers are never taken over."""
    types: Mapping[str, Literal["category", "number", "flag"]] = field(default_factory=dict)
    """What a column is, where it should not be guessed, e.g. ``{village: category}``."""
    orders: Mapping[str, tuple[str | int | float, ...]] = field(default_factory=dict)
    """The order in which tables show a column's categories, e.g. ``{education: [none, primary,
    secondary]}``."""
    groups: tuple[str, ...] = ()
    """Columns by which results are broken down: categories or flags."""
    missing: tuple[str | int | float, ...] = ()
    """Codes that mean "no answer" beside empty cells, NA and NaN, e.g. ``[-99]``."""
    combine: Mapping[str, Combine] = field(default_factory=dict)
    """New columns 0..1, each the mean of several, e.g. ``{exposure: {columns: [radio, posters], scale: [0,
    4]}}``."""
    lived_experience: str | None = None
    """Column (flag) with who has lived experience of a mental-health problem; absent: drawn from
    statistics."""
    disclosed: str | None = None
    """Column (flag) with who is open about it; absent: drawn from statistics."""
    influence: str | None = None
    """Column (flag) with who has power, jobs, money or a public voice; absent: drawn from statistics."""
    stigma: str | Score | None = None
    """Score of attitude towards people with lived experience, 0 = accepting; absent: drawn from
    statistics."""
    self_stigma: str | Score | None = None
    """Score of self-stigma (read for people with lived experience only); absent: drawn from statistics."""
    loneliness: str | Score | None = None
    """Score of loneliness, e.g. ``{column: ucla3, scale: [3, 9]}``; absent: drawn from statistics."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Places and the columns that say who belongs to them, e.g. ``{mothers_club: club_member}``; a column of
    categories makes one place of each. Ties of kind ``group`` between members live through the place."""

    def __post_init__(self) -> None:
        self._set("people", Path(self.people))
        self._set("ties", Path(self.ties))
        one_of("nominations", self.nominations, _NOMINATIONS)
        one_of("off_roster", self.off_roster, _OFF_ROSTER)
        if not 0.0 <= self.one_sided <= 1.0:
            raise ValueError(f"one_sided: must be a number from 0 to 1, not {self.one_sided!r}")
        if self.nominations == "mutual" and self.off_roster == "keep":
            raise ValueError(
                "off_roster: 'keep' does not go with nominations: mutual, since people who were not asked "
                "cannot confirm anything; use count or drop"
            )
        if self.relations is not None and self.kind is None:
            raise ValueError("relations: needs `kind`, the column of the ties file that holds them")
        for name in ("strength", "stigma", "self_stigma", "loneliness"):
            given = getattr(self, name)
            self._set(name, None if given is None else as_part(Score, given, name))
        self._set_parts("relations", Relation)
        self._set_parts("combine", Combine)
        self._set_lists()

    def _set(self, name: str, given: Any) -> None:
        object.__setattr__(self, name, given)

    def _set_parts(self, name: str, part: type[Any]) -> None:
        given = getattr(self, name)
        if given is not None:
            self._set(name, {str(key): as_part(part, item, f"{name}.{key}") for key, item in given.items()})

    def _set_lists(self) -> None:
        for name in ("columns", "groups", "missing"):
            given = getattr(self, name)
            self._set(name, None if given is None else _texts(given, name))
        for name, kind in self.types.items():
            one_of(f"types.{name}", kind, _TYPES)
            if name in self.orders and kind != "category":
                raise ValueError(f"orders.{name}: only a category has an order, and `types` says {kind}")
        self._set("types", dict(self.types))
        self._set("orders", {str(name): _texts(order, f"orders.{name}") for name, order in self.orders.items()})
        self._set("places", {str(name): str(column) for name, column in self.places.items()})

    def files(self) -> tuple[Path, ...]:
        """Return the data files that are read, for hashing."""
        return self.people, self.ties

    def build(self, seed: int) -> Community:
        """Return the community of one seed.

        Raises
        ------
        InputError
            With everything that is wrong with the two files, each with its row.

        """
        return build(self, seed)


def _texts(given: Any, key: str) -> tuple[str, ...]:
    """Return a list's items as they stand in a file: whole numbers without a decimal point."""
    if isinstance(given, str):
        raise ValueError(f"{key}: must be a list, not one text")
    whole = [int(item) if isinstance(item, float) and item.is_integer() else item for item in given]
    return tuple(str(item) for item in whole)
