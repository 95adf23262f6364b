"""Communities grown from egocentric surveys: `egocentric: {egos: egos.csv, alters: alters.csv, residents: 2000}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.community.community import Community
from sim.community.egocentric.build import build
from sim.community.survey.settings import AnswerSettings, set_parts, texts
from sim.community.survey.spec import Gathered, Relation, Score, as_part

__all__ = ["LEAST_RESIDENTS", "MOST_RESIDENTS", "EgoFiles", "EgocentricSource"]

LEAST_RESIDENTS = 20
"""Fewer residents cannot meet the distributions at all."""

MOST_RESIDENTS = 5_000_000
"""More would not fit into the memory of an ordinary computer."""


@dataclass(frozen=True, kw_only=True)
class EgoFiles:
    """Where respondents, those whom they named and ties among these stand."""

    egos: Path = field(metadata={"path": True})
    """File with one row a respondent (ego)."""
    alters: Path = field(metadata={"path": True})
    """File with one row for each person that a respondent described (alter)."""
    alter_ties: Path | None = field(default=None, metadata={"path": True})
    """File with one row for each two alters of one respondent that know each other; absent: triangles are left to
    chance."""
    residents: int = field(default=1000, metadata={"at_least": LEAST_RESIDENTS, "at_most": MOST_RESIDENTS})
    """Number of residents of the community that is grown."""
    title: str = ""
    """What the community is, in words."""
    id: str = "id"
    """Column of the egos with each respondent's id."""
    ego: str = "ego"
    """Column of the alters, and of the ties among them, with the respondent's id."""
    alter: str = "alter"
    """Column of the alters with a number or name by which one respondent's alters are told apart."""
    one: str = "one"
    """Column of the ties among alters with the first alter's number."""
    other: str = "other"
    """Column of the ties among alters with the second alter's number."""
    close: Mapping[str, tuple[str | int | float, ...]] = field(default_factory=dict)
    """Which rows of the ties among alters count as a tie: a column and its values, e.g. ``{closeness: [1]}``; absent:
    all rows."""
    weight: str | None = None
    """Column of the egos with survey weights; absent: all count equally."""
    named: str | None = None
    """Column of the egos with how many people a respondent named, where not all were described; absent: all were."""
    kind: str | None = None
    """Column of the alters with the relation to the respondent; absent: one relation."""
    relations: Mapping[str, Relation] | None = None
    """What each relation stands for, e.g. ``{"1": {kind: family, weight: 0.6}, "0": {kind: friend}}``; all must be
    named. Absent: all are of kind ``friend`` and count equally."""
    strength: str | Score | None = None
    """Numeric column of the alters with the strength of each tie (0..1, or with a ``scale``), by which the relation's
    weight is multiplied."""
    mixing: tuple[str, ...] | None = None
    """Columns (categories or flags) that both egos and alters have and by which ties are mixed as in the survey;
    absent: all such columns."""
    resample: bool = True
    """Whether each community starts from respondents drawn anew with replacement (a bootstrap), so that the survey's
    sampling error reaches the results."""


@dataclass(frozen=True, kw_only=True)
class EgocentricSource(AnswerSettings, EgoFiles):
    """A community of any size grown from an egocentric survey: its numbers of ties, mixing and triangles."""

    def __post_init__(self) -> None:
        for name in ("egos", "alters"):
            self._set(name, Path(getattr(self, name)))
        self._set("alter_ties", None if self.alter_ties is None else Path(self.alter_ties))
        size: object = self.residents
        if isinstance(size, bool) or not isinstance(size, int) or not LEAST_RESIDENTS <= size <= MOST_RESIDENTS:
            raise ValueError(
                f"residents: must be a whole number from {LEAST_RESIDENTS} to {MOST_RESIDENTS:,}, not {size!r}"
            )
        if self.memberships is not None:
            raise ValueError(
                "memberships: does not go with an egocentric survey, whose residents are none of its respondents; use "
                "`places` with columns of the egos"
            )
        if self.relations is not None and self.kind is None:
            raise ValueError("relations: needs `kind`, the column of the alters that holds them")
        if self.close and self.alter_ties is None:
            raise ValueError("close: needs `alter_ties`, the file with ties among alters")
        self._set("strength", None if self.strength is None else as_part(Score, self.strength, "strength"))
        self._set("close", {str(name): texts(values, f"close.{name}") for name, values in self.close.items()})
        self._set("mixing", None if self.mixing is None else texts(self.mixing, "mixing"))
        wrong = Gathered()
        set_parts(self, "relations", Relation, wrong)
        with wrong:
            self.check_answers()
        wrong.stop()

    def files(self) -> tuple[Path, ...]:
        """Return the data files that are read, for hashing."""
        return self.egos, self.alters, *([] if self.alter_ties is None else [self.alter_ties])

    def build(self, seed: int) -> Community:
        """Return the community of one seed.

        Raises
        ------
        InputError
            With everything that is wrong with the files, each with its row.

        """
        return build(self, seed)
