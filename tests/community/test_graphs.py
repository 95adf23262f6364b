"""Communities from networkx graphs, and back."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import sim
from sim.community import from_networkx
from sim.errors import InputError


def small_graph() -> nx.Graph:
    graph = nx.Graph()
    for node, (stigma, lived, area) in {
        5: (0.2, True, "north"),
        2: (0.4, False, "south"),
        9: (0.6, False, "north"),
    }.items():
        graph.add_node(node, stigma=stigma, lived_experience=lived, area=area)
    graph.add_edge(9, 2, kind="family", weight=0.5)
    graph.add_edge(5, 9)
    return graph


def test_nodes_become_residents_and_edges_ties():
    community = from_networkx(small_graph())
    assert community.ids.tolist() == [2, 5, 9]
    assert community.observed("stigma").tolist() == [0.4, 0.2, 0.6]
    assert community.flag("lived_experience").tolist() == [False, True, False]
    assert community.columns["area"].decoded().tolist() == ["south", "north", "north"]
    pairs = community.ties.pairs()
    found = {
        (a, b): (community.ties.kinds[k], w)
        for a, b, k, w in zip(pairs["one"], pairs["other"], pairs["kind"], pairs["strength"], strict=True)
    }
    assert found == {(0, 2): ("family", 0.5), (1, 2): ("friend", 1.0)}
    assert set(community.groups) == {"area", "lived_experience"}


def test_what_no_node_says_is_drawn_and_named():
    community = from_networkx(nx.path_graph(400))
    assert 0.1 < community.flag("lived_experience").mean() < 0.35
    assert any("loneliness" in note and "does not hold" in note for note in community.notes)
    assert not any("survey" in note for note in community.notes)
    same, other = from_networkx(nx.path_graph(400)), from_networkx(nx.path_graph(400), seed=2)
    assert (same.observed("loneliness") == community.observed("loneliness")).all()
    assert (other.observed("loneliness") != community.observed("loneliness")).any()


def test_there_and_back_again(make_community):
    community = make_community(50, 120)
    graph = community.to_networkx()
    again = from_networkx(graph)
    assert nx.utils.graphs_equal(again.to_networkx(), graph)
    assert (again.ids == community.ids).all()
    for name in ("stigma", "loneliness", "self_stigma", "disclosed"):
        assert np.array_equal(again.observed(name), community.observed(name))


def test_order_of_nodes_and_edges_changes_no_bit():
    plain = nx.gnm_random_graph(60, 150, seed=1)
    mixed = nx.Graph()
    mixed.add_nodes_from(sorted(plain, reverse=True))
    mixed.add_edges_from((b, a) for a, b in sorted(plain.edges, reverse=True))
    ours, theirs = from_networkx(plain), from_networkx(mixed)
    assert (ours.observed("stigma") == theirs.observed("stigma")).all()
    assert (ours.ties.pairs()["other"] == theirs.ties.pairs()["other"]).all()


def test_a_community_can_be_played_as_a_model():
    model = sim.CommunityModel(sim.community.from_networkx(nx.watts_strogatz_graph(80, 6, 0.1, seed=3)), rng=1)
    model.step()
    assert len(model.agents) == 80
    assert model.week == 1


def wrong(change):
    graph = small_graph()
    change(graph)
    return graph


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (small_graph().to_directed(), "undirected"),
        (nx.Graph(), "no nodes"),
        (wrong(lambda graph: graph.add_edge(2, 2)), "themselves: 2"),
        (wrong(lambda graph: graph.add_edge(2, 5, weight=3)), "above 0 and at most 1, found 3"),
        (wrong(lambda graph: graph.add_edge(2, 5, weight="much")), "found 'much'"),
        (wrong(lambda graph: graph.add_node(1)), "'area' is missing on some nodes"),
        (wrong(lambda graph: nx.set_node_attributes(graph, 2.0, "stigma")), "'stigma' must lie in 0 to 1"),
        (wrong(lambda graph: nx.set_node_attributes(graph, "high", "stigma")), "'stigma' must be a number"),
        (wrong(lambda graph: nx.set_node_attributes(graph, True, "stigma")), "'stigma' must be a number"),
    ],
)
def test_graphs_that_are_no_community_are_refused(graph, message):
    with pytest.raises(InputError, match=message):
        from_networkx(graph)
