"""Communities from files of graphs: `graph: town.graphml`, or with settings `graph: {file: town.graphml, ...}`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal

from sim.community.community import Community
from sim.community.survey.build import build
from sim.community.survey.graph_files import FORMATS, GraphTables, read_graph
from sim.community.survey.reading import Reader
from sim.community.survey.settings import AnswerSettings, NominationSettings
from sim.community.survey.spec import Gathered, Relation, Score, one_of
from sim.community.survey.tables import Faults, Table

__all__ = ["GraphFiles", "GraphSource"]


@dataclass(frozen=True, kw_only=True)
class GraphFiles:
    """Where a graph stands."""

    file: Path = field(metadata={"path": True})
    """GraphML (.graphml), GEXF (.gexf), a list of edges (.edges, .txt, .csv) or an adjacency matrix (.csv)."""
    format: Literal["graphml", "gexf", "edges", "adjacency"] | None = None
    """What the file holds; absent: told by its ending, and of a table by its shape."""
    people: Path | None = field(default=None, metadata={"path": True})
    """File with one row a person and her attributes, for lists of edges and matrices, which hold none; absent: the
    attributes of nodes."""
    title: str = ""
    """What the community is, in words."""
    id: str = "id"
    """Column of the people file with each person's id, as the graph's nodes are called."""
    kind: str | None = None
    """Attribute of edges with the relation that they stand for; absent: ``kind`` where edges have one, else one
    relation."""
    weight: str | None = None
    """Attribute of edges with the strength of each tie, above 0 and at most 1 (or with a scale in ``strength``);
    absent: ``weight`` where edges have one, else all are equally strong."""
    place: str | None = None
    """Attribute of edges with the place through which a tie lives; absent: none."""


@dataclass(frozen=True, kw_only=True)
class GraphSource(AnswerSettings, NominationSettings, GraphFiles):
    """A community read from the file of a graph: its nodes are the residents, its edges the ties."""

    shorthand: ClassVar[str] = "file"
    """The setting that may stand alone in a scenario file: ``graph: town.graphml``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", Path(self.file))
        object.__setattr__(self, "people", None if self.people is None else Path(self.people))
        if self.format is not None:
            one_of("format", self.format, FORMATS)
        if self.weight is not None and self.strength is not None:
            raise ValueError("weight: is said already by `strength`, which names a column and its scale")
        wrong = Gathered()
        with wrong:
            self.check_nominations()
        with wrong:
            self.check_answers()
        wrong.stop()

    def files(self) -> tuple[Path, ...]:
        """Return the data files that are read, for hashing."""
        return self.file, *([] if self.people is None else [self.people]), *self.more_files()

    def build(self, seed: int) -> Community:
        """Return the community of one seed.

        Raises
        ------
        InputError
            With everything that is wrong with the file, where it can be said with the row.

        """
        faults = Faults()
        reader = self.reader(faults)
        graph = read_graph(reader, self.file, self.format)
        people = reader.table(self.people, "people") if self.people is not None else graph.people if graph else None
        faults.stop()
        if graph is None or people is None:
            raise AssertionError("that nothing could be read is a fault")
        return build(_Read(self, people, graph), seed)


class _Read:
    """A graph that has been read, as a survey is built."""

    def __init__(self, source: GraphSource, people: Table, graph: GraphTables) -> None:
        self.people, self.ties, self.undirected = people, graph.ties, not graph.directed
        edges = graph.ties.columns
        kind = source.kind or ("kind" if "kind" in edges else None)
        weight = source.weight or ("weight" if "weight" in edges else None)
        strength = source.strength
        if strength is None and weight is not None:
            strength = Score(weight)
        relations = source.relations
        if relations is None:
            # a graph's weights are strengths themselves; one without weights has ties as strong as a named relation
            usual = Relation(weight=1.0) if strength is not None else Relation()
            names = sorted(set(edges.get(kind, [])) - {""}) if kind else []
            relations = {name: replace(usual, kind=_kind_of(name)) for name in names} or None
            if relations is None and strength is not None:
                relations = {"": usual}
        self.id = source.id if source.people is not None else "id"
        self.strength, self.relations = strength, relations
        self.tie_columns = ("source", "target", kind)
        self.name_columns: frozenset[str] = frozenset()
        self.off_roster = source.off_roster if source.people is not None else "drop"  # its nodes are all there are
        self.source = source

    def read(self, reader: Reader) -> tuple[Table | None, Table | None]:
        """Return both tables."""
        return self.people, self.ties

    def __getattr__(self, name: str) -> object:
        return getattr(self.source, name)


def _kind_of(name: str) -> Literal["household", "family", "friend", "neighbour", "group"]:
    """Return the kind of tie that a relation's own name says, else ``friend``."""
    for kind in ("household", "family", "neighbour", "group"):
        if name.strip().lower() == kind:
            return kind
    return "friend"
