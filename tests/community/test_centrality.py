"""Network measures against networkx, a loop over all paths, and networks whose answer is known."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import world

from sim.community import centrality
from sim.community.centrality import betweenness, communities, crossing, eigenvector, links_of
from sim.rng import Draws

KARATE = nx.convert_node_labels_to_integers(nx.karate_club_graph())


def links(graph):
    return links_of(world(graph.number_of_nodes(), sorted(tuple(sorted(edge)) for edge in graph.edges())).ties)


def luck(size, seed=1):
    return Draws(seed).stream("test").uniform(np.arange(size, dtype=np.uint64))


def stream(seed=1):
    return Draws(seed).stream("test")


def in_order(mapping):
    return np.array([mapping[i] for i in range(len(mapping))])


def random_graph(nodes, edges, seed):
    return nx.gnm_random_graph(nodes, edges, seed=seed)


# --- which ties count --------------------------------------------------------------------------------


def test_links_are_the_ties_of_the_kinds_asked_for():
    kinds = ["friend", "family", "friend", "neighbour"]
    ties = world(5, [(0, 1), (1, 2), (2, 3), (0, 3)], kinds=kinds).ties
    assert links_of(ties).degree.tolist() == [2, 2, 2, 2, 0]
    friends = links_of(ties, ["friend"])
    assert friends.degree.tolist() == [1, 1, 1, 1, 0]
    assert friends.neighbour.tolist() == [1, 0, 3, 2]
    assert links_of(ties, ["friend", "family"]).degree.tolist() == [1, 2, 2, 1, 0]
    assert links_of(ties, ["befriender"]).degree.sum() == 0


def test_ties_made_later_count_too():
    ties = world(4, [(0, 1)]).ties
    ties.add([2], [3], [0.3], "befriender")
    assert links_of(ties, ["befriender"]).degree.tolist() == [0, 0, 1, 1]
    assert links_of(ties).degree.tolist() == [1, 1, 1, 1]


# --- betweenness -------------------------------------------------------------------------------------


def slow_betweenness(graph):
    """Count by walking every shortest path of every pair."""
    found = np.zeros(len(graph))
    for one, other in itertools.combinations(range(len(graph)), 2):
        if nx.has_path(graph, one, other):
            paths = list(nx.all_shortest_paths(graph, one, other))
            for path in paths:
                found[path[1:-1]] += 1 / len(paths)
    return found


def test_on_a_path_betweenness_is_left_times_right():
    found = betweenness(links(nx.path_graph(7)), stream())
    assert found == pytest.approx([i * (6 - i) for i in range(7)], rel=1e-6)


def test_the_middle_of_a_star_lies_between_all_pairs_of_leaves():
    assert betweenness(links(nx.star_graph(9)), stream()).tolist() == [36.0] + [0.0] * 9


@settings(max_examples=25, deadline=None)
@given(nodes=st.integers(2, 14), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_betweenness_equals_a_loop_over_all_shortest_paths(nodes, share, seed):
    graph = random_graph(nodes, int(share * nodes * (nodes - 1) / 2), seed)
    expected = slow_betweenness(graph)
    assert np.allclose(betweenness(links(graph), stream()), expected, atol=1e-6 * max(1, expected.max()))


@pytest.mark.parametrize("graph", [KARATE, random_graph(300, 700, 5)], ids=["karate", "random"])
def test_betweenness_equals_networkx(graph):
    expected = in_order(nx.betweenness_centrality(graph, normalized=False))
    assert np.abs(betweenness(links(graph), stream()) - expected).max() <= 1e-6 * expected.max()


def test_equal_places_have_equal_betweenness_and_residents_without_ties_have_none():
    graph = nx.disjoint_union_all([nx.cycle_graph(9), nx.complete_bipartite_graph(3, 4), nx.empty_graph(4)])
    found = betweenness(links(graph), stream())
    # a cycle of 9: paths of 2, 3, 4 steps cross 1, 2, 3; of 3 and 4: six pairs share 3 paths, three pairs share 4
    assert found.tolist() == pytest.approx([6.0] * 9 + [2.0] * 3 + [0.75] * 4 + [0.0] * 4, abs=1e-5)
    assert [len(set(part)) for part in (found[:9], found[9:12], found[12:16])] == [1, 1, 1]


def test_the_middle_of_a_barbell_lies_between_its_ends():
    """Each of five in a ring of all with all; three in a row between: left times right, as on a path."""
    found = betweenness(links(nx.barbell_graph(5, 3)), stream())
    assert found[5:8] == pytest.approx([35.0, 36.0, 35.0])
    assert found[[4, 8]] == pytest.approx([32.0, 32.0])
    assert found[[0, 1, 2, 3, 9, 10, 11, 12]].tolist() == [0.0] * 8


def test_exact_betweenness_does_not_hang_on_luck_and_drawn_paths_do():
    made = links(KARATE)
    assert np.array_equal(betweenness(made, stream(1)), betweenness(made, stream(2)))
    assert not np.array_equal(betweenness(made, stream(1), paths=50), betweenness(made, stream(2), paths=50))


def test_drawn_paths_are_those_that_the_draws_say():
    """Oracle: in a tree there is one path between two residents, who are those that the keyed draws name."""
    graph, number, paths = nx.random_labeled_tree(40, seed=3), 7, 500
    graph.add_nodes_from([40, 41])
    expected = np.zeros(42)
    which = np.arange(paths, dtype=np.uint64)
    ones = (stream(4).uniform(which, number) * 42).astype(int)
    others = (stream(4).uniform(which, number + 1) * 41).astype(int)
    others += others >= ones
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        if nx.has_path(graph, one, other):
            expected[nx.shortest_path(graph, one, other)[1:-1]] += 1
    found = betweenness(links(graph), stream(4), number, paths)
    assert found == pytest.approx(expected * 42 * 41 / 2 / paths, abs=1e-5 * found.max())


@pytest.mark.parametrize(
    "graph",
    [KARATE, nx.star_graph(9), nx.cycle_graph(8), nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 6)),
     nx.disjoint_union(nx.barbell_graph(5, 2), nx.empty_graph(3)), nx.path_graph(2)],
    ids=["karate", "star", "cycle", "grid", "barbell", "two"],
)  # fmt: skip
def test_drawn_paths_estimate_without_bias_each_shortest_path_as_likely(graph):
    size, paths = len(graph), 40_000
    pairs = size * (size - 1) / 2
    exact = in_order(nx.betweenness_centrality(graph, normalized=False))
    found = betweenness(links(graph), stream(6), paths=paths)
    spread = pairs * np.sqrt(exact / pairs * (1 - exact / pairs) / paths)
    assert (found[exact == 0] == 0).all()
    assert (np.abs(found - exact) <= 4.5 * spread + 1e-5 * exact.max()).all()


def test_drawn_paths_find_who_lies_between_most(monkeypatch):
    graph = nx.barabasi_albert_graph(300, 2, seed=5)
    made, exact = links(graph), in_order(nx.betweenness_centrality(graph, normalized=False))
    monkeypatch.setattr(centrality, "_WORK", 1)
    monkeypatch.setattr(centrality, "_PATHS", 20_000)
    found = betweenness(made, stream())
    assert not np.array_equal(found, betweenness(made, stream(2)))  # it is an estimate
    assert len(set(np.argsort(-exact)[:10]) & set(np.argsort(-found)[:10])) >= 9
    monkeypatch.setattr(centrality, "_AT_ONCE", 999)
    assert np.array_equal(found, betweenness(made, stream()))
    monkeypatch.setattr(centrality, "_LOOKED", 1)
    assert np.array_equal(betweenness(made, stream()), betweenness(made, stream(), paths=999))


# --- eigenvector -------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [KARATE, nx.barbell_graph(5, 3), nx.path_graph(6)], ids=["karate", "barbell", "path"])
def test_eigenvector_equals_that_of_the_whole_matrix(graph):
    _, vectors = np.linalg.eigh(nx.to_numpy_array(graph, weight=None))
    expected = np.abs(vectors[:, -1])
    assert np.allclose(eigenvector(links(graph)), expected / expected.max(), atol=2e-6)


def test_a_star_has_the_known_eigenvector():
    assert eigenvector(links(nx.star_graph(9))) == pytest.approx([1.0] + [1 / 3] * 9, abs=1e-6)


def test_only_the_densest_part_of_a_broken_network_counts():
    graph = nx.disjoint_union(nx.complete_graph(5), nx.path_graph(6))
    assert eigenvector(links(graph)).tolist() == [1.0] * 5 + [0.0] * 6


def test_equal_parts_are_equal():
    graph = nx.disjoint_union(nx.star_graph(6), nx.star_graph(6))
    found = eigenvector(links(graph))
    assert np.array_equal(found[:7], found[7:])
    assert found[0] == 1.0


def test_equal_parts_are_equal_where_ones_are_the_answer_already():
    """Methods that begin again from a chance vector (ARPACK) give each of these households another value."""
    graph = nx.disjoint_union_all([nx.complete_graph(5)] * 8 + [nx.complete_graph(3)] * 6)
    assert eigenvector(links(graph)).tolist() == [1.0] * 40 + [0.0] * 18


def test_a_long_path_ends_and_rises_towards_its_middle():
    found = eigenvector(links(nx.path_graph(400)))
    assert (np.diff(found[:200]) >= 0).all()
    assert found[0] < 0.1 < found[100] < 1.0 == found[199]
    assert np.array_equal(found, found[::-1])


@pytest.mark.parametrize("seed", range(3))
def test_eigenvector_equals_networkx_on_a_connected_network(seed):
    graph = nx.connected_watts_strogatz_graph(200, 6, 0.3, seed=seed)
    expected = in_order(nx.eigenvector_centrality(graph, max_iter=10_000, tol=1e-12))
    assert eigenvector(links(graph)) == pytest.approx(expected / expected.max(), abs=2e-6)


# --- communities -------------------------------------------------------------------------------------


def modularity(graph, part):
    return nx.community.modularity(graph, [set(np.flatnonzero(part == k)) for k in range(part.max() + 1)])


def test_caves_are_found_exactly():
    graph = nx.connected_caveman_graph(6, 8)
    for seed in range(5):
        part = communities(links(graph), luck(48, seed))
        assert [len(set(part[8 * k : 8 * k + 8])) for k in range(6)] == [1] * 6
        assert len(set(part)) == 6


def test_planted_parts_are_found():
    graph = nx.planted_partition_graph(4, 50, 0.4, 0.01, seed=3)
    part = communities(links(graph), luck(200))
    assert sorted(np.bincount(part)) == [50] * 4
    assert all(len(set(part[50 * k : 50 * k + 50])) == 1 for k in range(4))


@pytest.mark.parametrize("graph", [KARATE, random_graph(250, 600, 2)], ids=["karate", "random"])
def test_communities_are_as_good_as_those_of_networkx(graph):
    for component in nx.connected_components(graph):
        if len(component) == 1:
            graph = graph.copy()
            graph.remove_nodes_from(component)
    graph = nx.convert_node_labels_to_integers(graph)
    ours = [modularity(graph, communities(links(graph), luck(len(graph), seed))) for seed in range(8)]
    theirs = [nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=s)) for s in range(8)]
    assert np.mean(ours) > np.mean(theirs) - 0.01
    assert max(ours) > max(theirs) - 0.01


def test_the_ends_of_a_barbell_are_two_communities():
    part = communities(links(nx.barbell_graph(6, 0)), luck(12))
    assert sorted(map(set, (part[:6].tolist(), part[6:].tolist())), key=min) == [{0}, {1}]


def test_communities_hang_together():
    """Each can be walked through without leaving it, which the Louvain method does not promise."""
    graph = random_graph(400, 700, 8)
    part = communities(links(graph), luck(400))
    for number in range(part.max() + 1):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(part == number)))


def test_parts_without_ties_between_them_are_never_one_community():
    graph = nx.disjoint_union_all([nx.cycle_graph(5), nx.complete_graph(4), nx.path_graph(3)])
    part = communities(links(graph), luck(12))
    assert not set(part[:5]) & set(part[5:])
    assert not set(part[5:9]) & set(part[9:])


def test_residents_without_ties_belong_nowhere_and_the_largest_community_is_0():
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(6))
    graph.add_node(9)
    assert communities(links(graph), luck(10)).tolist() == [1] * 3 + [0] * 6 + [-1]
    assert communities(links_of(world(4, []).ties), luck(4)).tolist() == [-1] * 4


# --- ties across a line ------------------------------------------------------------------------------


def test_ties_across_a_line_are_counted_and_no_side_is_no_line():
    made = links_of(world(5, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]).ties)
    assert crossing(made, np.array([0, 0, 1, 1, -1])).tolist() == [1, 1, 1, 1, 0]
    assert crossing(made, np.zeros(5, np.int64)).sum() == 0


def test_a_large_community_is_answered_in_seconds(monkeypatch):
    """The work is bounded: in a large community paths are drawn, and fewer where they are long, as in this ring."""
    from time import perf_counter

    monkeypatch.setattr(centrality, "_LOOKED", 10**8)

    size = 30_000
    who = np.arange(size)
    edges = sorted({tuple(sorted((i, (i + step) % size))) for i in who.tolist() for step in (1, 2, 3, 77)})
    made = links_of(world(size, edges).ties)
    before = perf_counter()
    betweenness(made, stream()), eigenvector(made), communities(made, luck(size))
    assert perf_counter() - before < 60  # seconds when nothing else runs; networkx takes half an hour
