"""What a scenario says about the answers of a survey and about nominations; shared by every kind of survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from sim.community.survey.reading import ENCODINGS, Reader, known_encoding
from sim.community.survey.spec import SCALES, Combine, Gathered, Memberships, Relation, Score, as_part, one_of
from sim.community.survey.tables import Faults
from sim.errors import did_you_mean, listing
from sim.evidence import value

__all__ = ["AnswerSettings", "NominationSettings", "set_parts", "texts"]

Part = TypeVar("Part", Relation, Combine)

_NOMINATIONS = ("union", "mutual", "directed_weight")
_OFF_ROSTER = ("count", "keep", "drop")
_TREATMENTS = ("leave", "impute")
_TYPES = ("category", "number", "flag")
_RULES = ("alike", "draw", "common")


@dataclass(frozen=True, kw_only=True)
class NominationSettings:
    """How nominations become ties."""

    same_residents: ClassVar[bool] = True
    """Communities of all seeds have the same people: those whom the survey names."""
    relations: Mapping[str, Relation] | None = None
    """What each relation stands for, e.g. ``{friend: {kind: friend, weight: 0.6}}``; all must be named.
    Absent: all are of kind ``friend`` and count equally."""
    strength: str | Score | None = None
    """Numeric column of the ties with the strength of each nomination (0..1, or with a ``scale``), by
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
    """Names in the ties that are not among the people: ``drop`` leaves them out, ``count`` as well but
    adds a column ``named_off_roster`` with how many each resident named, ``keep`` makes them residents with
    nothing known but who named them, marked in a column ``outsider``."""
    limit: int | None = field(default=None, metadata={"at_least": 1})
    """Greatest number of names that a person could give under each relation ("up to five"); who gave as many is
    counted, and who gave more is refused. A relation may have a ``limit`` of its own."""
    beyond_limit: Literal["leave", "impute"] = "leave"
    """What becomes of the names that a limit cut off: ``leave`` (ties are as named) or ``impute`` (those who gave as
    many names as they could also name some of the people who named them, so often that they do as often as others)."""
    responded: str | None = None
    """Column (flag) of the people with who answered the questions about others; absent: everybody did. Who named
    anybody counts as having answered."""
    non_respondents: Literal["leave", "impute"] = "leave"
    """What becomes of those who did not answer: ``leave`` (their ties are those that others named) or ``impute`` (they
    name back as often as others do, and name as many more as somebody like them, whom people like them name)."""

    def check_nominations(self) -> None:
        """Raise ``ValueError`` where settings make no sense, with the key in the message."""
        wrong = Gathered()
        for name, allowed in (
            ("nominations", _NOMINATIONS), ("off_roster", _OFF_ROSTER), ("beyond_limit", _TREATMENTS),
            ("non_respondents", _TREATMENTS),
        ):  # fmt: skip
            with wrong:
                one_of(name, getattr(self, name), allowed)
        with wrong:
            if not 0.0 <= self.one_sided <= 1.0:
                raise ValueError(f"one_sided: must be a number from 0 to 1, not {self.one_sided!r}")
        with wrong:
            if self.nominations == "mutual" and self.off_roster == "keep":
                raise ValueError(
                    "off_roster: 'keep' does not go with nominations: mutual, since people who were not asked "
                    "cannot confirm anything; use count or drop"
                )
        with wrong:
            if self.limit is not None and self.limit < 1:
                raise ValueError(f"limit: must be a whole number of at least 1, not {self.limit!r}")
        with wrong:
            if self.non_respondents == "impute" and self.responded is None:
                raise ValueError("non_respondents: 'impute' needs `responded`, the column with who answered")
        given: Any = self.strength
        with wrong:
            object.__setattr__(self, "strength", None if given is None else as_part(Score, given, "strength"))
        set_parts(self, "relations", Relation, wrong)
        wrong.stop()
        limits = [self.limit, *(relation.limit for relation in (self.relations or {}).values())]
        if self.beyond_limit == "impute" and not any(limits):
            raise ValueError("beyond_limit: 'impute' needs a `limit`, the greatest number of names")


@dataclass(frozen=True, kw_only=True)
class AnswerSettings:
    """What the columns of the people file are, and what the model needs from them."""

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
    impute: Mapping[str, Literal["alike", "draw", "common"]] = field(default_factory=dict)
    """Columns whose missing answers are filled in, and by which rule: ``alike`` (from somebody who agrees in most of
    the columns ``alike``), ``draw`` (from anybody who answered) or ``common`` (the most common answer; of numbers the
    median)."""
    alike: tuple[str, ...] = ()
    """Columns (categories or flags) in which people must agree to count as alike; absent: those of ``groups``."""
    combine: Mapping[str, Combine] = field(default_factory=dict)
    """New columns 0..1, each the mean of several, e.g. ``{exposure: {columns: [radio, posters], scale: [0,
    4]}}``."""
    scales: Mapping[str, str] = field(default_factory=dict)
    """Numeric columns that are rescaled to 0..1, and the published scale that they are on, e.g. ``{wellbeing:
    swemwbs}``."""
    lived_experience: str | None = None
    """Column (flag) with who has lived experience of a mental-health problem; absent: drawn from
    statistics."""
    disclosed: str | None = None
    """Column (flag) with who is open about it; absent: drawn from statistics."""
    influence: str | None = None
    """Column (flag) with who has power, jobs, money or a public voice; absent: drawn from statistics."""
    stigma: str | Score | None = None
    """Score of attitude towards people with lived experience, 0 = accepting, e.g. ``{column: cami, scale: cami_100}``;
    absent: drawn from statistics."""
    self_stigma: str | Score | None = None
    """Score of self-stigma (read for people with lived experience only); absent: drawn from statistics."""
    loneliness: str | Score | None = None
    """Score of loneliness, e.g. ``{column: lonely, scale: ucla3}``; absent: drawn from statistics."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Places and the columns that say who belongs to them, e.g. ``{mothers_club: club_member}``; a column of
    categories makes one place of each. Ties of kind ``group`` between members live through the place."""
    memberships: Memberships | None = None
    """A further file of people and places (two-mode data), e.g. ``{file: clubs.csv, place: club}``."""
    encoding: str = ""
    """Encoding of text files that are not UTF-8, e.g. ``cp1252`` (Excel on Windows)."""
    made_up: bool = False
    """Whether these people are made up, as those are that ``sim network synthesise`` writes: then nobody has to be
    protected, and nothing is left out of what readers see. Never for the answers of real people."""
    sheets: Mapping[str, str] = field(default_factory=dict)
    """Which sheet of a workbook (.xlsx) is meant, by the key of its file, e.g. ``{people: Answers, ties: Names}``."""

    def check_answers(self) -> None:
        """Raise ``ValueError`` where settings make no sense, with the key in the message; put lists in order."""
        wrong = Gathered()
        for name in ("stigma", "self_stigma", "loneliness"):
            given = getattr(self, name)
            with wrong:
                self._set(name, None if given is None else as_part(Score, given, name))
        set_parts(self, "combine", Combine, wrong)
        with wrong:
            if self.memberships is not None:
                self._set("memberships", as_part(Memberships, self.memberships, "memberships"))
        with wrong:
            if self.encoding and not known_encoding(self.encoding):
                near = did_you_mean(self.encoding, ENCODINGS) or ";"
                raise ValueError(f"encoding: '{self.encoding}' is not known{near} encodings: {listing(ENCODINGS)}")
        for name in ("columns", "groups", "missing", "alike"):
            given = getattr(self, name)
            with wrong:
                self._set(name, None if given is None else texts(given, name))
        self._check_by_column(wrong)
        for name in ("types", "impute", "places", "scales", "sheets"):
            self._set(name, {str(key): str(item) for key, item in getattr(self, name).items()})
        with wrong:
            self._set("orders", {str(name): texts(order, f"orders.{name}") for name, order in self.orders.items()})
        wrong.stop()

    def _check_by_column(self, wrong: Gathered) -> None:
        """Check what is said of single columns: kinds, rules for missing answers, scales."""
        for name, kind in self.types.items():
            with wrong:
                one_of(f"types.{name}", kind, _TYPES)
                if name in self.orders and kind != "category":
                    raise ValueError(f"orders.{name}: only a category has an order, and `types` says {kind}")
        for name, rule in self.impute.items():
            with wrong:
                one_of(f"impute.{name}", rule, _RULES)
                if rule == "alike" and not (self.alike or self.groups):
                    raise ValueError(f"impute.{name}: 'alike' needs `alike`, the columns in which people must agree")
        for name, scale in self.scales.items():
            with wrong:
                one_of(f"scales.{name}", scale, SCALES)

    @property
    def likeness(self) -> tuple[str, ...]:
        """The columns in which people must agree to count as alike."""
        return tuple(str(name) for name in self.alike or self.groups)

    def reader(self, faults: Faults) -> Reader:
        """Return what reads this survey's files."""
        missing = tuple(str(item) for item in self.missing)
        return Reader(faults, missing, self.encoding, dict(self.sheets))

    def more_files(self) -> tuple[Path, ...]:
        """Return the data files that are read beside people and ties, for hashing."""
        return () if self.memberships is None else (self.memberships.file,)

    def _set(self, name: str, given: Any) -> None:
        object.__setattr__(self, name, given)


def set_parts(settings: Any, name: str, part: type[Part], wrong: Gathered) -> None:
    """Make the items of a mapping parts of the description; those that cannot be made are gathered."""
    given = getattr(settings, name)
    if given is None:
        return
    made = {}
    for key, item in given.items():
        with wrong:
            made[str(key)] = as_part(part, item, f"{name}.{key}")
    object.__setattr__(settings, name, made)


def texts(given: Any, key: str) -> tuple[str, ...]:
    """Return a list's items as they stand in a file: whole numbers without a decimal point."""
    if isinstance(given, str):
        raise ValueError(f"{key}: must be a list, not one text")
    whole = [int(item) if isinstance(item, float) and item.is_integer() else item for item in given]
    return tuple(str(item) for item in whole)
