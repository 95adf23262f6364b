"""Files of graphs as tables of people and ties: GraphML, GEXF, edge lists, adjacency matrices."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.community.survey.reading import Reader
from sim.community.survey.tables import Faults, Table, number
from sim.errors import listing

__all__ = ["FORMATS", "GraphTables", "format_of", "read_graph"]

FORMATS = ("graphml", "gexf", "edges", "adjacency")
"""Formats of files that hold a graph."""

_ENDINGS = {
    ".graphml": "graphml", ".xml": "graphml", ".gexf": "gexf", ".edges": "edges", ".edgelist": "edges", ".txt": "edges",
    ".adj": "adjacency",
}  # fmt: skip

_HEADINGS = ({"source", "target"}, {"from", "to"})
"""First two columns of an edge list that has a header."""

_SPACES = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class GraphTables:
    """A graph as tables."""

    people: Table
    """Column ``id`` and the attributes of nodes."""
    ties: Table
    """Columns ``source``, ``target`` and the attributes of edges."""
    directed: bool


def format_of(file: Path, text: str) -> str:
    """Return the format of a file by its ending; of a table, whether it is a square matrix or a list of edges."""
    known = _ENDINGS.get(file.suffix.lower())
    if known:
        return known
    rows = [_cells(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    names = rows[0][1:] if rows else []
    square = len(rows) > 2 and len(rows) - 1 == len(set(names)) and [row[0] for row in rows[1:]] == names
    bare = len(rows) > 2 and all(len(row) == len(rows) for row in rows)
    bare = bare and all(number(row[i]) == 0 for i, row in enumerate(rows))  # nobody is tied to herself
    return "adjacency" if square or bare else "edges"


def read_graph(reader: Reader, file: Path, form: str | None) -> GraphTables | None:
    """Read a file as a graph; None, with the fault noted, if that is impossible.

    Parameters
    ----------
    reader
        Reads the text; faults go to it.
    file
        The file.
    form
        One of :data:`FORMATS`; None to tell it by the file.

    """
    text = reader.text(file)
    if text is None:
        return None
    form = form or format_of(file, text)
    if form in ("graphml", "gexf"):
        return _from_networkx(file, form, text, reader.faults)
    made = _from_edges if form == "edges" else _from_matrix
    return made(file, text, reader.faults)


def _from_networkx(file: Path, form: str, text: str, faults: Faults) -> GraphTables | None:
    import networkx as nx

    try:
        read = nx.read_graphml if form == "graphml" else nx.read_gexf
        graph: Any = read(io.BytesIO(text.encode()))
    except Exception as error:
        words = " ".join(str(error).split())[:120] or type(error).__name__
        others = {"graphml": "GraphML", "gexf": "GEXF"}
        faults.add(f"cannot be read as {others[form]}: {words}; formats: {listing(FORMATS)}", file, "format")
        return None
    nodes = [{"id": str(node), **_plain(values)} for node, values in graph.nodes(data=True)]
    edges = [
        {"source": str(one), "target": str(other), **_plain(values)} for one, other, values in graph.edges(data=True)
    ]
    return GraphTables(
        _table(file, nodes, ("id",)), _table(file, edges, ("source", "target")), bool(graph.is_directed())
    )


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    """Return attributes as texts; labels (names, as a rule) and what holds several values are left out."""

    def said(value: Any) -> str:
        return ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()

    single = {str(name): item for name, item in values.items() if isinstance(item, str | int | float | bool)}
    return {name: said(item) for name, item in single.items() if name not in ("label", "id")}


def _table(file: Path, rows: Sequence[Mapping[str, str]], first: tuple[str, ...]) -> Table:
    names = [*first, *sorted({name for row in rows for name in row} - set(first))]
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    return Table(file, "", columns, [0] * len(rows))


def _cells(line: str) -> list[str]:
    """Return the cells of a line of numbers and names, whatever separates them."""
    for mark in (",", ";", "\t"):
        if mark in line:
            return [cell.strip().strip('"') for cell in line.split(mark)]
    try:
        return shlex.split(line)
    except ValueError:
        return _SPACES.split(line.strip())


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines that hold anything, with their numbers; lines that begin with ``#`` are remarks."""
    numbered = enumerate(text.splitlines(), start=1)
    return [(at, _cells(line)) for at, line in numbered if line.strip() and not line.lstrip().startswith("#")]


def _from_edges(file: Path, text: str, faults: Faults) -> GraphTables | None:
    lines = _lines(text)
    if not lines:
        faults.add("has no edges", file)
        return None
    header = [cell.lower() for cell in lines[0][1]]
    named = set(header[:2]) in _HEADINGS
    names = ["source", "target", *(lines[0][1][2:] if named else ["weight"])]
    rows, numbers = [], []
    for at, cells in lines[1 if named else 0 :]:
        if len(cells) < 2 or len(cells) > len(names):
            allowed = f"2 to {len(names)}" if len(names) > 2 else "2"
            faults.row(file, at, f"has {len(cells)} cells where an edge has {allowed}: {listing(names)}", "edges")
            continue
        rows.append(dict(zip(names, cells, strict=False)))
        numbers.append(at)
    # nodes in the order in which they turn up; the community has an order of its own
    nodes = list(dict.fromkeys(row[end] for row in rows for end in ("source", "target") if row[end]))
    if not any("weight" in row for row in rows):
        names = [name for name in names if named or name != "weight"]
    ties = Table(file, ",", {name: [row.get(name, "") for row in rows] for name in names}, numbers)
    return GraphTables(Table(file, ",", {"id": nodes}, [0] * len(nodes)), ties, directed=False)


def _from_matrix(file: Path, text: str, faults: Faults) -> GraphTables | None:
    lines = _lines(text)
    size = len(lines)
    first = lines[0][1] if lines else []
    named = [cells[0] for _, cells in lines[1:]] == first[1:] and len(set(first[1:])) == size - 1 > 0
    headed = named or (size > 1 and len(first) in (size - 1, size) and any(number(cell) is None for cell in first))
    if headed:
        names = lines[0][1][-(size - 1) :]
        body = [(at, cells[0], cells[1:]) for at, cells in lines[1:]]
    else:
        names = [str(position + 1) for position in range(size)]
        body = [(at, name, cells) for name, (at, cells) in zip(names, lines, strict=True)]
    rows: dict[tuple[str, str], str] = {}
    numbers: list[int] = []
    for at, person, cells in body:
        if person not in names:
            message = f"the row's name is not among those of the {len(names)} columns"
            faults.row(file, at, message, "names of rows")
        elif len(cells) != len(names):
            faults.row(file, at, f"has {len(cells)} values where there are {len(names)} columns", "values in a row")
        else:
            for other, cell in zip(names, cells, strict=True):
                weight = number(cell)
                if weight is None or weight < 0:
                    faults.row(file, at, "holds a value that is no number of at least 0", "values of a matrix")
                elif weight > 0:
                    rows[person, other] = cell
                    numbers.append(at)
    directed = any((other, one) not in rows for one, other in rows)
    kept = [
        (at, pair, cell)
        for at, (pair, cell) in zip(numbers, rows.items(), strict=False)
        if directed or pair[0] <= pair[1]
    ]
    columns = {
        "source": [pair[0] for _, pair, _ in kept],
        "target": [pair[1] for _, pair, _ in kept],
        "weight": [cell for _, _, cell in kept],
    }
    if all(number(cell) == 1 for cell in columns["weight"]):
        del columns["weight"]
    ties = Table(file, ",", columns, [at for at, _, _ in kept])
    return GraphTables(Table(file, ",", {"id": list(names)}, [0] * len(names)), ties, directed)
