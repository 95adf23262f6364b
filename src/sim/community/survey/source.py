"""Communities from whole-network surveys: who there is, and who named whom.

The people and their ties are those of the survey, the same for every seed. What the survey does not say (a
score's place within its bin, columns that were not asked, what was imputed) is drawn with the community's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.community.community import Community
from sim.community.survey.build import build
from sim.community.survey.reading import Reader
from sim.community.survey.settings import AnswerSettings, NominationSettings, texts
from sim.community.survey.spec import Gathered
from sim.community.survey.tables import Table
from sim.community.survey.wide import nominations_of_people

__all__ = ["SurveyFiles", "SurveySource"]


@dataclass(frozen=True, kw_only=True)
class SurveyFiles:
    """Where people and nominations stand."""

    people: Path = field(metadata={"path": True})
    """File with one row a person and a header: separated by commas, semicolons or tabs, or a workbook (.xlsx)."""
    ties: Path | None = field(default=None, metadata={"path": True})
    """File with one row a nomination: who named whom and, in a further column, under which relation; it may be a
    sheet of the same workbook. Absent: ``names`` says where in the people file the names stand, or there are only
    ``memberships``."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For one wide file: columns of the people file that hold ids of those named, by relation, e.g. ``{friend:
    [friend_1, friend_2]}`` or, with a pattern, ``{friend: [friend_*]}``."""
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
    place: str | None = None
    """Column of the ties file with the place through which a tie lives (one of ``places`` or ``memberships``); absent:
    ties of kind ``group`` live through the first place to which both belong."""


@dataclass(frozen=True, kw_only=True)
class SurveySource(AnswerSettings, NominationSettings, SurveyFiles):
    """A community read from ``people.csv`` and ``ties.csv``: whole-network surveys and name generators."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", Path(self.people))
        object.__setattr__(self, "ties", None if self.ties is None else Path(self.ties))
        names = {str(key): texts(columns, f"names.{key}") for key, columns in self.names.items()}
        object.__setattr__(self, "names", names)
        wrong = Gathered()
        with wrong:
            self.check_answers()
        with wrong:
            self.check_files()
        with wrong:
            self.check_nominations()
        wrong.stop()

    def check_files(self) -> None:
        """Raise ``ValueError`` where files and columns do not go together, with the key in the message."""
        if (self.ties is not None and self.names) or not (self.ties or self.names or self.memberships):
            raise ValueError(
                "ties: say who named whom either in a file of its own (`ties: ties.csv`) or, in one wide file, by the "
                "columns that hold names (`names: {friend: [friend_1, friend_2]}`), or at least who belongs to which "
                "place (`memberships`)"
            )
        if self.names and (self.kind or self.place or self.strength):
            given = "kind" if self.kind else "place" if self.place else "strength"
            raise ValueError(f"{given}: a column of the ties file, which does not go with `names`")
        if self.relations is not None and self.kind is None and not self.names:
            raise ValueError("relations: needs `kind`, the column of the ties file that holds them")

    def files(self) -> tuple[Path, ...]:
        """Return the data files that are read, for hashing."""
        return self.people, *([] if self.ties is None else [self.ties]), *self.more_files()

    def read(self, reader: Reader) -> tuple[Table | None, Table | None]:
        """Return the tables of people and of nominations (columns as named); faults go to the reader."""
        people = reader.table(self.people, "people")
        if self.ties is not None:
            return people, reader.table(self.ties, "ties")
        if people is not None and not self.names:
            return people, Table(people.file, people.separator, {"source": [], "target": []}, [])
        return people, None if people is None else nominations_of_people(people, self.id, self.names, reader.faults)

    @property
    def tie_columns(self) -> tuple[str, str, str | None]:
        """Columns of the table of nominations with who names, who is named and (or None) the relation."""
        if self.ties is None:
            return "source", "target", "relation" if self.names else None
        return self.source, self.target, self.kind

    @property
    def name_columns(self) -> frozenset[str]:
        """Patterns of columns of the people file that hold ids of others."""
        return frozenset(pattern for patterns in self.names.values() for pattern in patterns)

    @property
    def undirected(self) -> bool:
        """Whether a row of the ties stands for both directions."""
        return False

    def build(self, seed: int) -> Community:
        """Return the community of one seed.

        Raises
        ------
        InputError
            With everything that is wrong with the two files, each with its row.

        """
        return build(self, seed)
