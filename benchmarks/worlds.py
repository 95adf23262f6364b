"""Communities and runs that several goals measure."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np

from sim.community.community import Community
from sim.community.synthesise import SynthesiseSource
from sim.community.ties import Ties
from sim.interventions import Choose, Intervention, Runs, Spread
from sim.interventions.effects import Shift
from sim.interventions.effects import Tie as MakesTies
from sim.mechanisms import defaults
from sim.model.engine import Simulation
from sim.run.recording import Recorder

__all__ = ["busy_week", "pass_of", "random_pairs", "random_ties", "town"]

PEOPLE_IN_AN_AREA = 400

HORIZON = 4_000
"""Longer than anybody measures: groups and yearly measures come in their own weeks."""


def interventions() -> list[Intervention]:
    """Return three that keep many people busy."""
    return [
        Intervention(
            "befriending", choose=Choose(by="loneliness", number=60), runs=Runs(places=60, length=52, dropout=0.01),
            effects=(MakesTies(partner="volunteer", kind="befriender", supports="one"),), spread=Spread(uptake=0.8),
        ),
        Intervention("groups", choose=Choose(by="random", number=120), runs=Runs(places=40, length=8), effects=(
            Shift(stigma="-0.38 sd", when="completed", persistence=0.6),
            MakesTies(partner="across_group", ends="never"),
        )),
        Intervention("campaign", choose=Choose(by="random", share=0.6), spread=Spread(talk=False), effects=(
            Shift(stigma="-0.001 sd", when="each_week", persistence=0.75),
        )),
    ]  # fmt: skip


def town(residents: int, ties: int = 0, seed: int = 1, *, by_chance: bool = False) -> Community:
    """Return a made-up English town; above 20,000 residents, or ``by_chance``, its people on a random network."""
    if residents <= 20_000 and not by_chance:
        return SynthesiseSource(residents).build(seed)
    small = SynthesiseSource(min(residents, 2_000)).build(seed)
    repeat = -(-residents // len(small))
    one, other = random_pairs(residents, ties or 6 * residents, seed)
    generator = np.random.default_rng(seed)
    pairs = small.ties.pairs()
    drawn = generator.integers(0, len(pairs["kind"]), len(one))
    ordinary = np.minimum(pairs["kind"][drawn], len(small.ties.kinds) - 1)
    columns = small.columns.copy()
    for column in columns.values():
        values = np.tile(column.values, repeat)[:residents]
        columns.put(type(column)(
            column.name, values, label=column.label, categories=column.categories, bounds=column.bounds,
            source=column.source,
        ))  # fmt: skip
    home = columns["area"]
    areas = -(-residents // PEOPLE_IN_AN_AREA)  # as many as a town of that size has
    columns.put(type(home)(
        "area", np.arange(residents) // PEOPLE_IN_AN_AREA, label=home.label, source=home.source,
        categories=tuple(f"area {number}" for number in range(1, areas + 1)),
    ))  # fmt: skip
    ids = np.arange(1, residents + 1)
    rows = Ties.from_pairs(residents, one, other, pairs["strength"][drawn], ordinary, kinds=small.ties.kinds)
    return Community(ids=ids, columns=columns, ties=rows, groups=small.groups)


def random_pairs(residents: int, ties: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return about so many different pairs of different residents, by chance."""
    generator = np.random.default_rng(seed)
    one, other = generator.integers(0, residents, (2, ties))
    kept = one != other
    low, high = np.minimum(one, other)[kept], np.maximum(one, other)[kept]
    pairs = np.unique(low * np.int64(residents) + high)
    return (pairs // residents).astype(np.int32), (pairs % residents).astype(np.int32)


def random_ties(residents: int, mean: float = 10.0, seed: int = 1) -> Ties:
    """Return ties of five kinds between residents drawn by chance, so many a resident on average."""
    one, other = random_pairs(residents, round(residents * mean / 2), seed)
    generator = np.random.default_rng(seed)
    strength, kind = 0.1 + 0.9 * generator.random(len(one)), generator.integers(0, 5, len(one))
    kinds = ("household", "family", "friend", "neighbour", "group")
    return Ties.from_pairs(residents, one, other, strength, kind, kinds=kinds)


def busy_week(
    residents: int, ties: int = 0, *, by_chance: bool = False, warm: int = 20
) -> tuple[Simulation, Callable[[], None]]:
    """Return a run with three interventions, ``warm`` weeks under way, and a job that plays and measures the next."""
    simulation = Simulation(town(residents, ties, by_chance=by_chance), defaults(), interventions())
    recorder = Recorder(simulation, HORIZON, weekly=("loneliness",))
    weeks = count(1)

    def week() -> None:
        simulation.step()
        recorder.take(next(weeks))

    for _ in range(warm):
        week()
    return simulation, week


def pass_of(simulation: Simulation) -> Callable[[], None]:
    """Return the job of taking all sums over the ties once, without what is derived before."""
    return simulation.sum_up
