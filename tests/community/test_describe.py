"""Figures of a community, against hand-made cases and networkx."""

import networkx as nx
import numpy as np
import pytest

from sim.community.columns import Column, Columns
from sim.community.community import Community
from sim.community.describe import components, describe, homophily, mixing, transitivity
from sim.community.graphs import from_networkx
from sim.community.small_cells import hidden
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
    assert list(table.columns) == ["part", "figure", "value"]
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


def test_distances_of_a_ring():
    ring = from_networkx(nx.cycle_graph(21))
    found = figures(ring)
    assert found["steps between two residents, mean"] == pytest.approx(5.5)  # 1 to 10, each to either side
    assert found["share of pairs that are not connected"] == 0
    assert found["steps within which nine pairs in ten lie"] == 9


def test_distances_agree_with_networkx():
    graph = nx.erdos_renyi_graph(80, 0.03, seed=2)
    found = figures(from_networkx(graph))
    lengths = [steps for _, each in nx.all_pairs_shortest_path_length(graph) for steps in each.values() if steps]
    assert found["steps between two residents, mean"] == pytest.approx(np.mean(lengths))
    assert found["share of pairs that are not connected"] == pytest.approx(1 - len(lengths) / (80 * 79))


def test_degree_classes_hold_everybody():
    found = figures(SynthesiseSource(300).build(4))
    shares = [value for name, value in found.items() if name.startswith("share with ") and name.endswith(" ties")]
    assert len(shares) == 8
    assert sum(shares) == pytest.approx(1)


def test_bridging_by_hand():
    lived = Column("lived_experience", np.array([True, True, False, False]))
    ties = Ties.from_pairs(4, [0, 1, 2], [1, 2, 3], [0.5, 0.2, 0.3])
    found = figures(Community(ids=np.arange(4), columns=Columns({"lived_experience": lived}), ties=ties))
    assert found["tie strength across the line of lived experience"] == pytest.approx(0.2)
    share = 1.2 / 2.0
    assert found["the same, relative to chance"] == pytest.approx(0.2 / (2 * share * (1 - share)))


def test_mixing_by_hand(small):
    table = mixing(small, "side").set_index(["group", "to"])
    assert table.loc[("left", "left"), "ties"] == 6  # the triangle, both ways
    assert table.loc[("left", "right"), "ties"] == 1
    assert table.loc[("right", "left"), "share"] == pytest.approx(1 / 3)
    assert mixing(small, "side").groupby("group")["share"].sum().tolist() == pytest.approx([1, 1])


# --- surveyed people -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ([50, 12, 30], [False, False, False]),
        ([50, 3, 30], [False, True, True]),
        ([50, 0, 30], [False, False, False]),
        ([50, 4, 5, 30], [False, True, True, True]),
        ([50, 6, 5, 30], [False, True, True, False]),
    ],
)
def test_what_is_hidden(counts, gone):
    assert hidden(counts).tolist() == gone


def test_few_surveyed_people_are_not_shown():
    graph = nx.disjoint_union(nx.complete_graph(60), nx.empty_graph(3))
    nx.set_node_attributes(graph, {node: "rare" if node < 4 else "common" for node in graph}, "side")
    community = from_networkx(graph)
    open_figures = figures(community)
    assert open_figures["share without any tie"] == pytest.approx(3 / 63)
    community.private = True
    found = figures(community)
    for name in ("share without any tie", "share in the largest component", "ties per resident, greatest"):
        assert np.isnan(found[name]), name
    assert np.isnan(found["share with 0 ties"])
    assert np.isnan(found["share with 50 or more ties"])  # else the three could be worked out
    assert found["ties"] == 60 * 59 / 2
    assert mixing(community, "side")["ties"].isna().all()  # four people of one side


def test_of_fewer_than_ten_surveyed_people_nothing_is_shown():
    community = from_networkx(nx.complete_graph(9))
    community.private = True
    assert describe(community)["value"].isna().all()
