"""How long a week takes, and the pass over the ties beside SciPy's product of as many columns.

    python benchmarks/week.py [RESIDENTS ...]

Ratios are of medians measured in turn in one run; single timings on a busy machine mean nothing.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import sparse

from sim import compiled
from sim.community.synthesise import SynthesiseSource
from sim.interventions import Choose, Intervention, Runs, Spread
from sim.interventions.effects import Shift, Tie
from sim.mechanisms import defaults
from sim.model.engine import Simulation

ROUNDS = 7


def medians(jobs: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Return the median seconds of each job, the jobs taken in turn."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            begin = time.perf_counter()
            for _ in range(repeat):
                job()
            times[name].append((time.perf_counter() - begin) / repeat)
    return {name: statistics.median(found) for name, found in times.items()}


def main(sizes: list[int]) -> None:
    """Measure each size and print a line."""
    interventions = [
        Intervention(
            "befriending", choose=Choose(by="loneliness", number=60), runs=Runs(places=60, length=52, dropout=0.01),
            effects=(Tie(partner="volunteer", kind="befriender", supports="one"),), spread=Spread(uptake=0.8),
        ),
        Intervention("groups", choose=Choose(by="random", number=120), runs=Runs(places=40, length=8), effects=(
            Shift(stigma="-0.38 sd", when="completed", persistence=0.6), Tie(partner="across_group", ends="never"),
        )),
        Intervention("campaign", choose=Choose(by="random", share=0.6), spread=Spread(talk=False), effects=(
            Shift(stigma="-0.001 sd", when="each_week", persistence=0.75),
        )),
    ]  # fmt: skip
    print(
        f"{'residents':>10} {'ties':>10} {'week (us)':>10} {'pass (us)':>10} {'ns an entry':>12} {'SciPy / pass':>13}"
        f" {'ties / pass':>12}"
    )
    for size in sizes:
        community = SynthesiseSource(size).build(1)
        run = Simulation(community, defaults(), interventions, seed=1)
        for _ in range(6):  # first, so that ties have been made and their arrays stay where they are
            run.step()
        ties = community.ties
        matrix = sparse.csr_array(
            (ties.strength[ties.entries()], (ties.rows(), ties.neighbour[ties.entries()])), shape=(size, size)
        )
        gathered = run._gathered[0]
        arguments = (
            ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports,
            np.ones(len(ties.kinds)), np.ones(len(ties.kinds)), np.ones(size), np.ones(size),
            community.flag("disclosed"), community.observed("stigma"), community.observed("stigma"), np.inf, gathered,
            run._out[0], run._pull, run._confidants,
        )  # fmt: skip
        times = medians(
            {
                "pass": lambda a=arguments: compiled.pass_over_ties(*a),
                "scipy": lambda m=matrix, g=gathered: m @ g,
            },
            max(1, 20_000 // size),
        )
        changing = next(rule for rule in run.mechanisms if rule.name == "ties")
        start = run._week_view()
        jobs: dict[str, Callable[[], object]] = {"week": run.step, "ties": lambda r=changing, w=start: r.propose(w)}
        times |= medians(jobs, max(1, 20_000 // size))
        entry = times["pass"] / (2 * ties.count) * 1e9
        print(
            f"{size:>10,} {ties.count:>10,} {times['week'] * 1e6:>10,.0f} {times['pass'] * 1e6:>10,.0f}"
            f" {entry:>12.1f} {times['scipy'] / times['pass']:>13.1f} {times['ties'] / times['pass']:>12.2f}"
            "   (16 columns)"
        )


if __name__ == "__main__":
    main([int(item.replace("_", "")) for item in sys.argv[1:]] or [2_000, 20_000])
