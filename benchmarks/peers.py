"""What other tools need for each tie that they visit, each in a process of its own (NDlib seeds NumPy for everybody).

python -m benchmarks.peers NAME RESIDENTS ROUNDS

prints the median processor seconds of a job and how many entries (one direction of a tie) it visits, as JSON. All are
given the same random network of ten ties a resident. Where a package is not installed the process ends with its name.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.timing import medians
from benchmarks.worlds import random_pairs

Job = tuple[Callable[[], object], Callable[[], float]]
"""What is timed, and how many entries it has visited."""

MEAN = 10
SHARE = 0.01
"""Of residents who are infected or active at the start."""


def pairs(residents: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the network that all are given."""
    return random_pairs(residents, residents * MEAN // 2)


def graph(residents: int) -> Any:
    """Return it for networkx."""
    import networkx as nx

    one, other = pairs(residents)
    found = nx.Graph()
    found.add_nodes_from(range(residents))
    found.add_edges_from(zip(one.tolist(), other.tolist(), strict=True), weight=0.5)
    return found


def mesa(residents: int) -> Job:
    """Agents that each loop over their neighbours, and take the sums that a pass takes."""
    model = people(residents)
    return lambda: model.agents.do("step"), lambda: float(sum(len(person.neighbours) for person in model.agents))


def people(residents: int) -> Any:
    """Return a Mesa model of the residents of :class:`benchmarks.ours.Inputs`, whose steps fill ``sums``."""
    import mesa as library

    from benchmarks.ours import Inputs

    inputs = Inputs(residents)
    weights = inputs.weights.tolist()

    class Person(library.Agent):  # type: ignore[misc]
        def __init__(self, model: Any, row: list[float]) -> None:
            super().__init__(model)
            self.engagement, self.welcoming = abs(row[0]), abs(row[1])
            self.disclosed = row[0] < 0
            self.attitude, self.mood = row[2], row[3]
            self.first, self.second, self.third, self.counted = row[4:8]
            self.neighbours: list[tuple[Any, float, float, float]] = []
            self.sums: list[float] = []

        def step(self) -> None:
            by_strength = by_influence = support = attitude = mood = 0.0
            first = second = third = counted = pull = 0.0
            for other, strength, influence, supporting in self.neighbours:
                mine = self.welcoming if other.disclosed else self.engagement
                theirs = other.welcoming if self.disclosed else other.engagement
                by_strength += strength
                by_influence += influence
                support += supporting * mine * theirs
                attitude += influence * other.attitude
                mood += influence * other.mood
                first += strength * other.first
                second += strength * other.second
                third += strength * other.third
                counted += other.counted
                pull += influence * (other.attitude - self.attitude)
            self.sums = [by_strength, by_influence, support, attitude, mood, first, second, third, counted, pull]

    model = library.Model(rng=1)
    everybody = [Person(model, row) for row in inputs.rows.tolist()]
    ties = inputs.ties
    for i, person in enumerate(everybody):
        for e in range(int(ties.start[i]), int(ties.start[i] + ties.length[i])):
            strength, weight = float(ties.strength[e]), weights[ties.kind[e]]
            supporting = strength * weight if ties.supports[e] else 0.0
            person.neighbours.append((everybody[ties.neighbour[e]], strength, strength * weight, supporting))
    return model


def networkx(residents: int) -> Job:
    """A weighted mean over neighbours, from the dictionaries of networkx."""
    network, view = graph(residents), np.random.default_rng(1).random(residents).tolist()

    def step() -> list[float]:
        return [sum(tie["weight"] * view[j] for j, tie in network.adj[i].items()) for i in range(residents)]

    return step, lambda: 2.0 * network.number_of_edges()


def ndlib_threshold(residents: int) -> Job:
    """An iteration of the threshold model; thresholds are high, so that everybody goes on looking."""
    epidemics, settings = importlib.import_module("ndlib.models.epidemics"), _configuration()
    network = graph(residents)
    model = epidemics.ThresholdModel(network)
    settings.add_model_parameter("fraction_infected", SHARE)
    for node in network.nodes():
        settings.add_node_configuration("threshold", node, 0.95)
    model.set_initial_status(settings)
    model.iteration()
    return model.iteration, lambda: 2.0 * network.number_of_edges()


def ndlib_hegselmann_krause(residents: int) -> Job:
    """An iteration of bounded confidence."""
    opinions, settings = importlib.import_module("ndlib.models.opinions"), _configuration()
    network = graph(residents)
    model = opinions.HKModel(network)
    settings.add_model_parameter("epsilon", 0.32)
    model.set_initial_status(settings)
    model.iteration()
    return model.iteration, lambda: 2.0 * network.number_of_edges()


def _configuration() -> Any:
    return importlib.import_module("ndlib.models.ModelConfig").Configuration()


def starsim_sir(residents: int) -> Job:
    """A step of SIR on a network that stays."""
    starsim = importlib.import_module("starsim")
    network = starsim.StaticNet(graph=graph(residents))
    disease = starsim.SIR(beta=0.001, init_prev=SHARE, dur_inf=1000)
    model = starsim.Sim(n_agents=residents, diseases=disease, networks=network, verbose=0, start=2000, stop=4000)
    model.init()
    model.run_one_step()
    return model.run_one_step, lambda: 2.0 * residents * MEAN / 2


def cynetdiff_cascade(residents: int) -> Job:
    """A whole independent cascade."""
    utils = importlib.import_module("cynetdiff.utils")
    directed = graph(residents).to_directed()
    for _, _, tie in directed.edges(data=True):
        tie["activation_prob"] = 0.2
    model, _ = utils.networkx_to_ic_model(directed, rng=1)
    return _whole(model, residents)


def cynetdiff_threshold(residents: int) -> Job:
    """A whole cascade with linear thresholds."""
    utils = importlib.import_module("cynetdiff.utils")
    directed = graph(residents).to_directed()
    for _, to, tie in directed.edges(data=True):
        tie["influence"] = 1.0 / directed.in_degree(to)
    model, _ = utils.networkx_to_lt_model(directed, rng=1)
    return _whole(model, residents)


def _whole(model: Any, residents: int) -> Job:
    seeds = list(range(max(1, int(SHARE * residents))))

    def cascade() -> None:
        model.reset_model()
        model.set_seeds(seeds)
        model.advance_until_completion()

    return cascade, lambda: float(model.get_num_activated_nodes() * MEAN)


def eon_sir(residents: int) -> Job:
    """A whole epidemic by events."""
    library, network = importlib.import_module("EoN"), graph(residents)
    reached = [0.0]

    def epidemic() -> None:
        *_, recovered = library.fast_SIR(network, 0.3, 1.0, rho=SHARE)
        reached[0] = float(recovered[-1])

    return epidemic, lambda: reached[0] * MEAN


PEERS: dict[str, Callable[[int], Job]] = {
    "mesa": mesa,
    "networkx": networkx,
    "ndlib_threshold": ndlib_threshold,
    "ndlib_hegselmann_krause": ndlib_hegselmann_krause,
    "starsim_sir": starsim_sir,
    "cynetdiff_cascade": cynetdiff_cascade,
    "cynetdiff_threshold": cynetdiff_threshold,
    "eon_sir": eon_sir,
}


def main(name: str, residents: str, rounds: str) -> None:
    """Measure one and print it."""
    try:
        job, visits = PEERS[name](int(residents))
    except ModuleNotFoundError as missing:
        print(json.dumps({"missing": missing.name}))
        return
    seconds = medians({name: job}, int(rounds))[name]
    print(json.dumps({"seconds": seconds, "visits": visits()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
