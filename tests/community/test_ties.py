"""Ties: rows in order, both directions, whatever is made and ended."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.community.ties import Ties


def graph_of(ties: Ties) -> nx.Graph:
    pairs = ties.pairs()
    graph = nx.Graph()
    graph.add_nodes_from(range(ties.residents))
    graph.add_edges_from(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
    return graph


def check(ties: Ties, edges: set[tuple[int, int]]) -> None:
    pairs = ties.pairs()
    listed = list(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
    assert listed == sorted(edges)
    assert ties.count == len(edges)
    for i in range(ties.residents):
        expected = sorted({b for a, b in edges if a == i} | {a for a, b in edges if b == i})
        assert ties.neighbours(i).tolist() == expected


EDGE = st.tuples(st.integers(0, 14), st.integers(0, 14))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.lists(EDGE, max_size=25)), max_size=8), st.integers(0, 3))
def test_any_history_gives_the_same_as_a_set_of_pairs(history, spare):
    ties = Ties.from_pairs(15, [0, 1, 2], [1, 2, 3], spare=spare)
    edges = {(0, 1), (1, 2), (2, 3)}
    for make, batch in history:
        one, other = [a for a, _ in batch], [b for _, b in batch]
        done = ties.add(one, other, 0.5, "guest") if make else ties.remove(one, other)
        for (a, b), happened in zip(batch, done, strict=True):
            pair = (min(a, b), max(a, b))
            there = pair in edges
            assert happened == (a != b and not there if make else there)
            if make and happened:
                edges.add(pair)
            elif happened:
                edges.discard(pair)
        check(ties, edges)


def test_values_travel_with_their_tie_in_both_directions():
    ties = Ties.from_pairs(
        4, [2, 0], [1, 3], [0.25, 0.75], [1, 0], kinds=("friend", "group"), place=[7, -1], supports_other=[True, False]
    )
    ties.add([3], [1], 0.5, "befriender", supports_other=False, maker=2)
    pairs = ties.pairs()
    rows = {(int(a), int(b)): k for k, (a, b) in enumerate(zip(pairs["one"], pairs["other"], strict=True))}
    k = rows[1, 2]
    assert (pairs["strength"][k], ties.kinds[pairs["kind"][k]], pairs["place"][k]) == (0.25, "group", 7)
    k = rows[0, 3]
    assert (pairs["supports_one"][k], pairs["supports_other"][k]) == (True, False)
    k = rows[1, 3]
    assert (pairs["supports_one"][k], pairs["supports_other"][k], pairs["maker"][k]) == (False, True, 2)
    assert ties.kinds == ["friend", "group", "befriender"]


def test_a_copy_is_independent():
    ties = Ties.from_pairs(4, [0, 1], [1, 2])
    copy = ties.copy()
    copy.add([0], [3], 1.0, "friend")
    copy.remove([0], [1])
    check(ties, {(0, 1), (1, 2)})
    check(copy, {(0, 3), (1, 2)})
    assert copy.version > ties.version


@pytest.mark.parametrize(
    ("one", "other", "strength", "message"),
    [
        ([1], [1], 1.0, "herself"),
        ([0, 1], [1, 0], 1.0, "more than once"),
        ([0], [1], 0.0, "above 0"),
        ([0], [1], 1.5, "above 0"),
    ],
)
def test_impossible_ties_are_refused(one, other, strength, message):
    with pytest.raises(ValueError, match=message):
        Ties.from_pairs(3, one, other, strength)


def test_degrees_by_kind():
    ties = Ties.from_pairs(4, [0, 0, 0], [1, 2, 3], kind=[0, 1, 1], kinds=("friend", "group"))
    assert ties.degrees().tolist() == [[1, 2], [1, 0], [0, 1], [0, 1]]
    assert ties.degree().tolist() == [3, 1, 1, 1]
    assert ties.degree(["group", "unheard-of"]).tolist() == [2, 0, 1, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_distances_are_those_of_networkx(make_community, seed):
    ties = make_community(80, 110, seed).ties
    sources = np.zeros(80, bool)
    sources[[3, 40]] = True
    graph = graph_of(ties)
    expected = nx.multi_source_dijkstra_path_length(graph, {3, 40})
    found = ties.distance(sources, ties.kinds, most=4)
    assert found.tolist() == [-1 if expected.get(i, 99) > 4 else int(expected[i]) for i in range(80)]


def test_distance_goes_only_over_the_kinds_named():
    ties = Ties.from_pairs(3, [0, 1], [1, 2], kind=[0, 1], kinds=("friend", "neighbour"))
    assert ties.distance(np.array([True, False, False])).tolist() == [0, 1, -1]


def test_nobody_tied():
    ties = Ties.from_pairs(3, [], [])
    assert ties.count == 0
    assert ties.distance(np.zeros(3, bool)).tolist() == [-1, -1, -1]
    assert ties.add([0], [2], 0.5, "friend").tolist() == [True]
    check(ties, {(0, 2)})
