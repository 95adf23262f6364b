"""Figures of a community, against hand-made cases and networkx."""

import networkx as nx
import numpy as np
import pytest

from sim.community.columns import Column, Columns
from sim.community.community import Community
from sim.community.describe import components, describe, homophily, transitivity
from sim.community.synthesise import SynthesiseSource
from sim.community.ties import Ties


@pytest.fixture
def small() -> Community:
    """A triangle with a tail, a pair, and one resident alone."""
    ties = Ties.from_pairs(7, [0, 1, 0, 2, 4], [1, 2, 2, 3, 5], 0.5, [0, 0, 0, 1, 1], kinds=("friend", "group"))
    side = Column("side", np.array([0, 0, 0, 1, 1, 1, -1]), categories=("left", "right"))
    return Community(ids=np.arange(7), columns=Columns({"side": side}), ties=ties, groups=("side",))


def figures(community: Community) -> dict[str, float]:
    table = describe(community)
    assert list(table.columns) == ["figure", "value"]
    assert table["figure"].is_unique
    return dict(zip(table["figure"], table["value"], strict=True))


def test_small_case_by_hand(small):
    found = figures(small)
    assert found["residents"] == 7
    assert found["ties"] == 5
    assert found["ties: friend"] == 3
    assert found["ties: group"] == 2
    assert found["ties per resident, mean"] == pytest.approx(10 / 7)
    assert found["ties per resident, greatest"] == 3
    assert found["share without any tie"] == pytest.approx(1 / 7)
    assert found["share without a household, family or friend tie"] == pytest.approx(4 / 7)
    assert found["components"] == 3
    assert found["share in the largest component"] == pytest.approx(4 / 7)
    assert found["clustering (share of connected triples that close)"] == pytest.approx(3 / 5)
    assert found["ties within side"] == pytest.approx(4 / 5)
    assert found["ties within side, by chance"] == pytest.approx(0.7**2 + 0.3**2)
    assert sorted(components(small)) == [1, 2, 4]


def test_kinds_can_be_chosen(small):
    assert transitivity(small, ["friend"]) == 1.0
    assert transitivity(small, ["group"]) == 0.0
    assert homophily(small, "side", ["friend"]) == (1.0, 1.0)


def test_agrees_with_networkx():
    community = SynthesiseSource(300).build(4)
    pairs = community.ties.pairs()
    graph = nx.Graph()
    graph.add_nodes_from(range(300))
    graph.add_edges_from(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
    found = figures(community)
    assert found["clustering (share of connected triples that close)"] == pytest.approx(nx.transitivity(graph))
    assert found["components"] == nx.number_connected_components(graph)
    degrees = np.array([degree for _, degree in graph.degree()])
    assert found["ties per resident, standard deviation"] == pytest.approx(degrees.std())


def test_a_community_without_ties():
    empty = Community(ids=np.arange(3), columns=Columns(), ties=Ties.from_pairs(3, [], []))
    found = figures(empty)
    assert found["components"] == 3
    assert found["clustering (share of connected triples that close)"] == 0.0
    assert found["share without any tie"] == 1.0
