"""Peer influence against closed forms: consensus, fixed points, clusters, decay."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from worlds import complete, displace, play, simulate, world

from sim import evidence
from sim.mechanisms import Contact, Influence

DEGROOT = {"reference": "none", "anchoring": 0.0, "recovery": 0.0}


def weighted_graph(residents: int, seed: int):
    graph = nx.gnm_random_graph(residents, 3 * residents, seed=seed)
    graph.remove_edges_from([(a, b) for a, b in graph.edges if (a < residents // 2) != (b < residents // 2)])
    graph.remove_edges_from(list(graph.edges(0)))  # a resident without ties
    edges = sorted(graph.edges)
    return edges, [0.2 + 0.8 * ((7 * k) % 11) / 11 for k in range(len(edges))]


@pytest.mark.parametrize("seed", [1, 2])
def test_degroot_reaches_the_weighted_mean_of_each_component(seed):
    edges, strength = weighted_graph(24, seed)
    start = np.linspace(0.05, 0.95, 24)
    simulation = play(
        simulate(world(24, edges, stigma=start, strength=strength), Influence(susceptibility=0.3, **DEGROOT)), 4000
    )
    found = simulation.community.observed("stigma")
    graph = nx.Graph()
    graph.add_nodes_from(range(24))
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in zip(edges, strength, strict=True))
    for component in nx.connected_components(graph):
        members = sorted(component)
        degree = np.array([graph.degree(i, "weight") for i in members])
        if len(members) == 1:
            assert found[members[0]] == start[members[0]]
        else:
            expected = (degree * start[members]).sum() / degree.sum()
            assert found[members] == pytest.approx(expected, abs=1e-8)


def test_friedkin_johnsen_reaches_its_fixed_point():
    edges, strength = weighted_graph(20, 3)
    start = np.linspace(0.1, 0.9, 20)
    rule = Influence(susceptibility=0.2, anchoring=0.1, theta_sd=0.0, recovery=0.0, reference="none")
    simulation = play(
        simulate(world(20, edges, stigma=start, strength=strength), rule, Contact(contact_effect=0.0)), 1200
    )
    weights = np.zeros((20, 20))
    for (a, b), w in zip(edges, strength, strict=True):
        weights[a, b] = weights[b, a] = w
    rows = weights.sum(axis=1)
    shares = np.divide(weights, rows[:, None], out=np.zeros_like(weights), where=rows[:, None] > 0)
    susceptibility = np.diag(simulation._constants["influence"]["susceptibility"])
    anchor = np.eye(20) * rule.anchoring
    fixed = np.linalg.solve(anchor + susceptibility @ (np.diag(shares.sum(axis=1)) - shares), anchor @ start)
    assert simulation.community.observed("stigma") == pytest.approx(fixed, abs=1e-10)
    assert np.abs(fixed - start).max() > 0.05  # the oracle says something


def test_at_rest_a_displacement_reaches_the_fixed_point_around_rest():
    edges, strength = weighted_graph(20, 4)
    start = np.linspace(0.3, 0.7, 20)
    rule = Influence(susceptibility=0.2, anchoring=0.1, theta_sd=0.0, recovery=0.0)
    simulation = simulate(world(20, edges, stigma=start, strength=strength), rule, Contact(contact_effect=0.0))
    shift = np.where(np.arange(20) % 3 == 0, -0.1, 0.0)
    displace(simulation, "stigma_anchor", shift)
    play(simulation, 1200)
    weights = np.zeros((20, 20))
    for (a, b), w in zip(edges, strength, strict=True):
        weights[a, b] = weights[b, a] = w
    rows = weights.sum(axis=1)
    shares = np.divide(weights, rows[:, None], out=np.zeros_like(weights), where=rows[:, None] > 0)
    susceptibility = np.diag(simulation._constants["influence"]["susceptibility"])
    anchor = np.eye(20) * rule.anchoring
    fixed = np.linalg.solve(anchor + susceptibility @ (np.diag(shares.sum(axis=1)) - shares), anchor @ shift)
    assert simulation.community.columns.outcome("stigma").moved == pytest.approx(fixed, abs=1e-10)


@pytest.mark.parametrize(("bound", "clusters"), [(0.05, 8), (0.1, 4), (0.15, 3), (0.2, 2), (0.25, 1)])
def test_hegselmann_krause_counts_of_clusters(bound, clusters):
    residents = 40  # the counts depend on the number: 8/4/3/2/1 holds for 40, not for 100 (9/5/3/2/1)
    start = np.linspace(0, 1, residents)
    rule = Influence(susceptibility=1.0, confidence_bound=bound, normalise="confidants", **DEGROOT)
    simulation = play(simulate(world(residents, complete(residents), stigma=start), rule), 100)
    found = np.sort(simulation.community.observed("stigma"))
    assert 1 + int((np.diff(found) > 1e-3).sum()) == clusters


def test_beyond_the_bound_nobody_is_heard():
    rule = Influence(susceptibility=0.3, confidence_bound=0.3, **DEGROOT)
    simulation = play(simulate(world(2, [(0, 1)], stigma=[0.1, 0.8]), rule), 50)
    assert simulation.community.observed("stigma").tolist() == [0.1, 0.8]
    rule = Influence(susceptibility=0.3, confidence_bound=0.75, **DEGROOT)
    simulation = play(simulate(world(2, [(0, 1)], stigma=[0.1, 0.8]), rule), 200)
    assert simulation.community.observed("stigma") == pytest.approx(0.45)


def test_without_susceptibility_or_ties_nobody_follows():
    start = np.linspace(0.2, 0.8, 6)
    for edges, susceptibility in [(complete(6), 0.0), ([], 0.3)]:
        rule = Influence(susceptibility=susceptibility, **DEGROOT)
        simulation = play(simulate(world(6, edges, stigma=start), rule), 30)
        assert (simulation.community.observed("stigma") == start).all()


def test_a_lasting_change_wears_off_to_about_three_quarters_in_four_years():
    simulation = simulate(world(2, [], stigma=0.5), Influence())
    displace(simulation, "stigma_anchor", -0.1)
    displace(simulation, "stigma", -0.1)
    play(simulation, 208)
    kept = simulation.community.columns.outcome("stigma_anchor").moved / -0.1
    assert kept == pytest.approx((1 - evidence.value("influence.recovery")) ** 208)
    assert kept == pytest.approx(0.75, abs=0.02)
    assert simulation.community.columns.outcome("stigma").moved / -0.1 == pytest.approx(kept, abs=0.06)


def test_susceptibility_keeps_every_anchor_between_zero_and_one():
    residents = 300
    graph = nx.gnm_random_graph(residents, 900, seed=1)
    start = np.clip(np.linspace(-0.2, 1.2, residents), 0.001, 0.999)
    community = world(residents, sorted(graph.edges), stigma=np.roll(start, 37))
    simulation = simulate(community, Influence())
    rule = Influence()
    weekly = simulation._constants["influence"]["susceptibility"]
    theta = weekly / (weekly + rule.anchoring)
    own = community.observed("stigma")
    peers = own + simulation._constants["influence"]["pull"]
    anchors = (own - theta * peers) / (1 - theta)
    assert ((anchors >= -1e-9) & (anchors <= 1 + 1e-9)).all()


def test_theta_has_the_mean_and_spread_of_its_parameters():
    # ties between people of equal attitude: no cap applies
    simulation = simulate(world(4000, [(i, i + 1) for i in range(0, 4000, 2)], stigma=0.5), Influence())
    weekly = simulation._constants["influence"]["susceptibility"]
    theta = weekly / (weekly + Influence().anchoring)
    assert theta.mean() == pytest.approx(1 / 3, abs=0.01)
    assert theta.std() == pytest.approx(0.15, abs=0.01)


def test_noise_has_its_size_and_is_the_same_in_every_scenario():
    runs = [play(simulate(world(3000, [], stigma=0.5), Influence(noise=0.01), seed=4), 1) for _ in range(2)]
    moved = [run.community.columns.outcome("stigma").moved for run in runs]
    assert (moved[0] == moved[1]).all()
    assert moved[0].std() == pytest.approx(0.01, rel=0.05)
    assert abs(moved[0].mean()) < 0.001


@pytest.mark.parametrize(
    "wrong",
    [{"anchoring": 0.7, "susceptibility": 0.4}, {"noise": -1}, {"confidence_bound": 1.5}, {"recovery": -0.1}],
)
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must|exceed"):
        Influence(**wrong)
