"""Communities from networkx graphs, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community.columns import OUTCOMES, Column, Columns, Outcome
from sim.community.community import Community, canonical_order
from sim.community.survey.outcomes import Drawing, flag, outcome
from sim.community.ties import Ties
from sim.errors import InputError, Problem, listing
from sim.rng import Draws

if TYPE_CHECKING:
    import networkx as nx

    from sim.community.survey.columns import Answers

__all__ = ["from_networkx", "to_networkx"]

_KINDS = ("household", "family", "friend", "neighbour", "group")
_FLAGS = ("lived_experience", "disclosed", "influence")


def from_networkx(graph: nx.Graph[Any], *, kind: str = "kind", strength: str = "weight", seed: int = 1) -> Community:
    """Return a community whose residents are a graph's nodes and whose ties are its edges.

    Attributes of nodes become columns: ``True``/``False`` a flag, numbers a number, anything else named values.
    ``stigma``, ``self_stigma`` and ``loneliness`` (0..1) are what the week moves; what of these, of
    ``lived_experience``, ``disclosed`` and ``influence`` no node has, is drawn from published statistics and said in
    the community's notes.

    Parameters
    ----------
    graph
        An undirected graph without self-loops; nodes are whole numbers from 0, or texts.
    kind
        Attribute of edges that names the kind of tie; edges without it are friends.
    strength
        Attribute of edges that holds the strength, above 0 and at most 1; 1 for edges without it.
    seed
        Seed of what is drawn.

    Raises
    ------
    InputError
        If the graph is directed or a multigraph, has a self-loop or a strength out of range, or holds an attribute for
        some nodes only.

    """
    _refuse(graph, strength)
    nodes = list(graph.nodes)
    order = canonical_order(np.array(nodes, dtype=object))
    nodes = [nodes[position] for position in order]
    identity = rng.identities(nodes)
    whole = bool((identity < np.uint64(1 << 63)).all())
    drawing = Drawing(Draws(seed), identity)
    columns = _columns(graph, nodes, drawing)
    number = {node: position for position, node in enumerate(nodes)}
    edges = [(number[a], number[b], values) for a, b, values in graph.edges(data=True)]
    named = [str(values.get(kind, "friend")) for _, _, values in edges]
    kinds = [*_KINDS, *sorted(set(named) - set(_KINDS))]
    ties = Ties.from_pairs(
        len(nodes),
        [a for a, _, _ in edges],
        [b for _, b, _ in edges],
        [float(values.get(strength, 1.0)) for _, _, values in edges],
        [kinds.index(name) for name in named],
        kinds=kinds,
    )
    return Community(
        ids=identity.astype(np.int64) if whole else np.array([str(node) for node in nodes], dtype=np.str_),
        columns=columns,
        ties=ties,
        groups=tuple(name for name, column in columns.items() if column.is_category or name == "lived_experience"),
        title=f"A graph of {len(nodes)} residents",
        notes=[
            note.replace("The survey does not hold", "The graph does not hold") for note in dict.fromkeys(drawing.notes)
        ],
        seed=seed,
    )


def to_networkx(community: Community) -> nx.Graph[Any]:
    """Return a networkx graph: observed columns on the nodes, ``kind`` and ``weight`` (strength) on the edges."""
    import networkx as nx

    graph: nx.Graph[Any] = nx.Graph()
    ids = community.ids.tolist()
    columns = {name: column.decoded().tolist() for name, column in community.columns.items() if name != "stigma_anchor"}
    for position, node in enumerate(ids):
        graph.add_node(node, **{name: values[position] for name, values in columns.items()})
    pairs = community.ties.pairs()
    for one, other, weight, kind in zip(pairs["one"], pairs["other"], pairs["strength"], pairs["kind"], strict=True):
        graph.add_edge(ids[one], ids[other], kind=community.ties.kinds[kind], weight=float(weight))
    return graph


def _refuse(graph: nx.Graph[Any], strength: str) -> None:
    """Refuse graphs that cannot be a community, saying what to do."""
    problems: list[str] = []
    if graph.is_directed() or graph.is_multigraph():
        problems.append("must be a plain undirected graph; networkx.Graph(graph) makes one of it")
    if not len(graph):
        problems.append("has no nodes")
    loops = [node for node, other in graph.edges() if node == other]
    if loops:
        problems.append(f"joins nodes with themselves: {listing(loops)}; remove these edges")
    for one, other, value in graph.edges(data=strength, default=1.0):
        if not isinstance(value, int | float | np.number) or not 0 < value <= 1:
            problems.append(f"edge {one}-{other}: {strength} must be above 0 and at most 1, found {value!r}")
            break
    if problems:
        raise InputError([Problem(path="graph", message=problem) for problem in problems])


def _columns(graph: nx.Graph[Any], nodes: list[Any], drawing: Drawing) -> Columns:
    names = sorted({name for _, values in graph.nodes(data=True) for name in values})
    columns = Columns()
    for name in names:
        values = [graph.nodes[node].get(name) for node in nodes]
        if any(value is None for value in values):
            raise InputError(Problem(path="graph", message=f"attribute '{name}' is missing on some nodes"))
        columns.put(_column(name, values))
    nothing = cast("Answers", None)  # what is drawn needs no answers
    everybody = np.ones(len(nodes), np.bool_)
    for name in _FLAGS:
        if name not in columns:
            among = columns["lived_experience"].values if name == "disclosed" else everybody
            columns.put(flag(nothing, drawing, name, None, np.asarray(among, np.bool_)))
    for name in OUTCOMES:
        if name not in columns:
            among = columns["lived_experience"].values if name == "self_stigma" else everybody
            columns.put(outcome(nothing, drawing, name, None, np.asarray(among, np.bool_)))
    return columns


def _column(name: str, values: list[Any]) -> Column:
    source = f"the graph's attribute {name}"
    if all(isinstance(value, bool | np.bool_) for value in values):
        if name in OUTCOMES:
            raise InputError(Problem(path="graph", message=f"attribute '{name}' must be a number from 0 to 1"))
        return Column(name, np.array(values, np.bool_), source=source)
    if all(isinstance(value, int | float | np.number) for value in values):
        numbers: NDArray[np.float64] = np.array(values, np.float64)
        if name in OUTCOMES:
            if not ((numbers >= 0) & (numbers <= 1)).all():
                raise InputError(Problem(path="graph", message=f"attribute '{name}' must lie in 0 to 1"))
            return Outcome(name, numbers, source=source)
        return Column(name, numbers, source=source)
    if name in (*OUTCOMES, *_FLAGS):
        raise InputError(Problem(path="graph", message=f"attribute '{name}' must be a number, or yes or no"))
    texts = [str(value) for value in values]
    categories = tuple(sorted(set(texts)))
    return Column(name, np.array([categories.index(text) for text in texts]), categories=categories, source=source)
