"""Where residents stand in a picture: apart, in discs that do not overlap, near those they are tied to."""

import networkx as nx
import numpy as np
import pytest
from scipy.spatial import cKDTree

from sim.community.community import Community
from sim.community.graphs import from_networkx
from sim.community.layout import Layout, layout
from sim.community.synthesise import SynthesiseSource


@pytest.fixture(scope="module")
def town() -> Community:
    return SynthesiseSource(600).build(1)


@pytest.fixture(scope="module")
def places(town) -> Layout:
    return layout(town)


def test_discs_do_not_overlap_and_hold_their_members(places):
    for a in range(len(places.radius)):
        for b in range(a):
            apart = np.hypot(*(places.centre[a] - places.centre[b]))
            assert apart > places.radius[a] + places.radius[b]
    known = places.part >= 0
    offset = np.stack([places.x, places.y], axis=1)[known] - places.centre[places.part[known]]
    assert (np.hypot(*offset.T) <= places.radius[places.part[known]] + 1e-9).all()


def test_no_two_residents_stand_on_one_another(places):
    nearest = cKDTree(np.stack([places.x, places.y], axis=1)).query(np.stack([places.x, places.y], axis=1), k=2)[0]
    assert np.quantile(nearest[:, 1], 0.01) > 0.75
    assert nearest[:, 1].min() > 0.3


def test_residents_stand_nearer_to_those_they_are_tied_to(town, places):
    pairs = town.ties.pairs()
    one, other = pairs["one"], pairs["other"]
    same = places.part[one] == places.part[other]
    tied = np.hypot(places.x[one] - places.x[other], places.y[one] - places.y[other])[same].mean()
    at_random = []
    for part in range(len(places.radius)):
        members = np.flatnonzero(places.part == part)
        apart = np.hypot(*(np.subtract.outer(v[members], v[members]) for v in (places.x, places.y)))
        at_random += [apart.mean()] * int((same & (places.part[one] == part)).sum())
    assert tied < 0.85 * np.mean(at_random)


def test_residents_without_ties_stand_below(town):
    graph = nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(4))
    graph.add_nodes_from([20, 21, 22])
    found = layout(from_networkx(graph))
    assert sorted(set(found.part.tolist())) == [-1, 0, 1]
    assert found.y[found.part < 0].max() < found.y[found.part >= 0].min() - 1
    assert len({(x, y) for x, y in zip(found.x, found.y, strict=True)}) == 12


def test_the_same_community_stands_the_same_way(town, places):
    again = layout(town)
    assert np.array_equal(places.x, again.x)
    assert np.array_equal(places.y, again.y)


@pytest.mark.parametrize("edges", [[], [(0, 1)]])
def test_tiny_graphs(edges):
    graph = nx.Graph()
    graph.add_nodes_from(range(3))
    graph.add_edges_from(edges)
    found = layout(from_networkx(graph))
    assert np.isfinite(found.x).all()
    assert len(set(zip(found.x.tolist(), found.y.tolist(), strict=True))) == 3


def test_a_large_disc_is_filled_by_a_walk():
    graph = nx.random_regular_graph(4, 1500, seed=1)
    found = layout(from_networkx(nx.disjoint_union(graph, nx.complete_graph(3))))
    assert np.isfinite(found.x).all()
    assert len(np.unique(np.round(found.x, 6))) > 1400
