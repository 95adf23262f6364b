"""A network made from its statistics: targets met, ties kept in bounds, invariants of rewiring, refusals."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import compiled
from sim.community.graphs import from_networkx
from sim.community.synthesis.one_layer import _within_reach
from sim.community.synthesis.rewiring import Mixing, Wanted, _first_ties, _State, network_like
from sim.community.synthesis.statistics import statistics_of
from sim.community.synthesise import SynthesiseSource
from sim.errors import InputError
from sim.rng import Draws

TOWN = {
    "degrees": {0: 0.1, 1: 0.2, 2: 0.2, 3: 0.2, 4: 0.2, 8: 0.1},
    "clustering": 0.3,
    "largest_component": 0.8,
    "attributes": {
        "side": {"shares": {"a": 0.6, "b": 0.3, "c": 0.1}, "within": 0.7, "mean_ties": {"a": 2, "c": 4}},
        "sex": {"shares": {"f": 1, "m": 1}, "mixing": {"f": {"f": 0.7, "m": 0.3}, "m": {"m": 0.7, "f": 0.3}}},
    },
}


def graph_of(community) -> nx.Graph:
    pairs = community.ties.pairs()
    graph = nx.Graph()
    graph.add_nodes_from(range(len(community)))
    graph.add_edges_from(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
    return graph


@pytest.fixture(scope="module")
def town():
    return SynthesiseSource(600, targets=TOWN).build(1)


def test_all_statistics_are_met(town):
    assert [match.target for match in town.matches if not match.met] == []
    assert len(town.matches) == 21


def test_what_is_said_to_be_achieved_is_so_by_networkx(town):
    graph = graph_of(town)
    found = {match.target: match.achieved for match in town.matches}
    degrees = np.array([degree for _, degree in graph.degree()])
    assert found["residents without ties (isolates)"] == pytest.approx((degrees == 0).mean())
    assert found["clustering (connected triples that close)"] == pytest.approx(nx.transitivity(graph))
    largest = max(len(part) for part in nx.connected_components(graph))
    assert found["residents in the largest component"] == pytest.approx(largest / 600)
    side = town.columns["side"].values
    within = np.mean([side[a] == side[b] for a, b in graph.edges])
    assert found["ties within side"] == pytest.approx(within)


def test_negative_control_without_targets_there_is_neither_clustering_nor_likeness():
    plain = {key: TOWN["attributes"][key] | {"within": None, "mixing": None} for key in ("side", "sex")}
    plain = {key: {k: v for k, v in each.items() if v is not None} for key, each in plain.items()}
    free = SynthesiseSource(600, targets={"degrees": TOWN["degrees"], "attributes": plain}).build(1)
    assert nx.transitivity(graph_of(free)) < 0.05
    pairs, sex = free.ties.pairs(), free.columns["sex"].values
    assert (sex[pairs["one"]] == sex[pairs["other"]]).mean() < 0.56


def test_the_same_seed_gives_the_same_ties_and_another_one_others(town):
    again, other = SynthesiseSource(600, targets=TOWN).build(1), SynthesiseSource(600, targets=TOWN).build(2)
    assert town.ties.neighbour.tobytes() == again.ties.neighbour.tobytes()
    assert town.columns["stigma"].values.tobytes() == again.columns["stigma"].values.tobytes()
    assert town.ties.neighbour.tobytes() != other.ties.neighbour.tobytes()


def test_ties_never_leave_a_closed_group():
    targets = {
        "degrees": {1: 0.3, 3: 0.7},
        "clustering": 0.2,
        "attributes": {"village": {"shares": {"x": 1, "y": 1, "z": 2}, "within": 1.0}},
    }
    made = SynthesiseSource(400, targets=targets).build(3)
    village, pairs = made.columns["village"].values, made.ties.pairs()
    assert (village[pairs["one"]] == village[pairs["other"]]).all()
    assert [match.target for match in made.matches if not match.met] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_statistics_of_a_network_give_a_network_like_it(seed):
    graph = nx.powerlaw_cluster_graph(300, 3, 0.7, seed=4)
    for node in graph:
        graph.nodes[node]["half"] = "old" if node < 60 else "new"
    original = from_networkx(graph)
    targets = statistics_of(original, ("half",))
    assert targets["clustering"] == pytest.approx(nx.transitivity(graph))
    made = SynthesiseSource(300, targets=targets).build(seed)
    assert [match.target for match in made.matches if not match.met] == []
    assert sorted(made.ties.degree()) == sorted(original.ties.degree())
    again = statistics_of(made, ("half",))["attributes"]["half"]["mixing"]
    for group, row in targets["attributes"]["half"]["mixing"].items():
        for to, share in row.items():
            assert again[group][to] == pytest.approx(share, abs=0.05)


def test_loneliness_is_clustered_as_wanted():
    """The correlation that is asked for is measured on the latent values, ranked into England's scores."""
    found = {}
    for wanted in (0.0, 0.4):
        made = SynthesiseSource(3000, targets={"degrees": {4: 1.0}, "loneliness_clustering": wanted}).build(1)
        pairs, latent = made.ties.pairs(), made.columns["loneliness"].values
        found[wanted] = np.corrcoef(latent[pairs["one"]], latent[pairs["other"]])[0, 1]
    assert abs(found[0.0]) < 0.05
    assert 0.28 < found[0.4] < 0.46


# --- rewiring ----------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=60), st.integers(1, 10**6), st.floats(0, 1))
def test_rewiring_changes_nobodys_number_of_ties_and_counts_right(degrees, seed, clustering):
    degree = np.minimum(np.array(degrees), len(degrees) - 1)
    size = len(degree)
    block, side = np.zeros(size, np.int64), np.arange(size) % 2
    one, other = _first_ties(Draws(seed), degree, block)
    if not len(one):
        return
    before = np.bincount(one, minlength=size) + np.bincount(other, minlength=size)
    cells = np.array([[0.5, np.nan], [np.nan, 0.3]])
    state = _State(Draws(seed), one, other, size, block, Wanted((Mixing(side, cells),), clustering))
    state.propose(3000, 0.5)
    left, right = state.pairs()
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(zip(left.tolist(), right.tolist(), strict=True))
    assert graph.number_of_edges() == len(one)  # no tie twice
    assert nx.number_of_selfloops(graph) == 0
    assert [graph.degree(i) for i in range(size)] == before.tolist()
    assert state.triangles == sum(nx.triangles(graph).values()) / 3
    low, high = np.minimum(side[left], side[right]), np.maximum(side[left], side[right])
    assert state.count.tolist() == np.bincount(2 * low + high, minlength=4).tolist()


def test_half_ties_meet_every_wish_where_they_can():
    degree = np.array([3, 2, 2, 1, 4, 3, 2, 2, 2, 3] * 30)
    one, other = _first_ties(Draws(1), degree, np.zeros(300, np.int64))
    assert np.bincount(np.concatenate([one, other]), minlength=300).tolist() == degree.tolist()
    codes = np.minimum(one, other) * 300 + np.maximum(one, other)
    assert len(np.unique(codes)) == len(codes)


@pytest.mark.parametrize("seed", range(12))
def test_small_blocks_full_of_ties_meet_every_wish_too(seed):
    """Where most pairs are tied, an exchange with any tie mostly makes another repeat."""
    dense = [nx.gnp_random_graph(size, 0.75, seed=seed) for size in (9, 14, 18)]
    degree = np.array([number for graph in dense for _, number in graph.degree()])
    block = np.repeat([0, 1, 2], [9, 14, 18])
    one, other = _first_ties(Draws(seed), degree, block)
    assert np.bincount(np.concatenate([one, other]), minlength=len(degree)).tolist() == degree.tolist()
    assert (block[one] == block[other]).all()
    assert (one != other).all()
    codes = np.minimum(one, other) * 41 + np.maximum(one, other)
    assert len(np.unique(codes)) == len(codes)


def test_nobody_is_to_have_more_ties_than_there_are_others_in_her_block():
    block = np.repeat([0, 1], [5, 40])
    degree = np.concatenate([[9, 2, 2, 2, 1], np.tile([3, 4, 5, 2], 10)])
    found = _within_reach(degree, block)
    assert found[block == 0].max() <= 4
    assert sorted(found) == sorted(degree)
    assert (np.bincount(block, found) % 2).tolist() == (np.bincount(block, degree) % 2).tolist()
    assert (found != degree).sum() == 2
    assert _within_reach(found, block).tolist() == found.tolist()


def test_an_odd_sum_loses_one_tie_of_a_block():
    one, _ = network_like(Draws(1), np.array([1, 1, 1, 2, 2, 2]), np.array([0, 0, 0, 1, 1, 1]), Wanted())
    assert len(one) == 1 + 3


def test_the_largest_part_can_be_made_smaller_and_larger():
    degree = np.full(300, 2)
    found = {}
    for share in (0.3, 0.9):
        one, other = network_like(Draws(2), degree, np.zeros(300, np.int64), Wanted(largest=share))
        graph = nx.Graph(list(zip(one.tolist(), other.tolist(), strict=True)))
        found[share] = max(len(part) for part in nx.connected_components(graph)) / 300
    assert found[0.3] == pytest.approx(0.3, abs=0.03)
    assert found[0.9] == pytest.approx(0.9, abs=0.03)


def test_compiled_counts_agree_with_networkx():
    graph = nx.gnp_random_graph(60, 0.1, seed=3)
    one, other = (np.array(ends, np.int64) for ends in zip(*graph.edges, strict=True))
    degree = np.bincount(np.concatenate([one, other]), minlength=60)
    first = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    neighbour = np.empty(2 * len(one), np.int32)
    compiled.fill_rows(one, other, first, neighbour)
    triangles, _ = compiled.count_triangles(first, neighbour, np.zeros(60, np.int64), 1)
    assert triangles == sum(nx.triangles(graph).values()) / 3
    largest = compiled.largest_part(first, neighbour, np.empty(60, np.int32), np.empty(60, np.int32))
    assert largest == max(len(part) for part in nx.connected_components(graph))


# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"degrees": {}}, "degrees: must be a mapping"),
        ({"degrees": {"two": 1}}, "'two' must be a whole number of ties"),
        ({"degrees": {2: -1}}, "must be a number from 0"),
        ({"degrees": {2: 0}}, "at least one share must be above 0"),
        ({"degrees": {2: 1}, "clustring": 0.3}, "did you mean 'clustering'"),
        ({"degrees": {2: 1}, "clustering": 1.3}, "from 0 to 1; found 1.3"),
        ({"degrees": {2: 1}, "attributes": {"sex": {"f": 0.5}}}, "must be a mapping with shares"),
        ({"degrees": {2: 1}, "attributes": {"sex": {"shares": {"f": 1}, "within": {"g": 0.5}}}}, "'g' is unknown"),
        ({"degrees": {2: 1}, "attributes": {"sex": {"shares": {"f": 1}, "within": 1, "mixing": {}}}}, "either within"),
    ],
)
def test_statistics_that_cannot_be_used_are_refused(targets, said):
    with pytest.raises(InputError) as error:
        SynthesiseSource(100, targets=targets)
    assert said in str(error.value)
