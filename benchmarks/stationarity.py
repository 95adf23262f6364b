"""Whether an untouched community stays as it is while its ties change: the table, over seeds and seven years.

    python benchmarks/stationarity.py [SEEDS] [WEEKS] [RESIDENTS]

For every measure its mean and standard deviation over residents at the end against the start, averaged over seeds, in
standard deviations and per cent; for friends the share of residents in each class; and how many core ties are kept.
``tests/mechanisms/test_ties_over_seven_years.py`` holds the package to the limits below.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.synthesise import SynthesiseSource
from sim.community.ties import CORE_KINDS
from sim.measures import values_of
from sim.mechanisms import defaults
from sim.model.engine import Simulation
from sim.rules import Mechanism

SEVEN_YEARS = 364
MEASURES = ("stigma", "self_stigma", "loneliness", "support", "contact", "ties")
CLASSES = {"0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4-5": (4, 5), "6 and more": (6, 10**6)}
"""Classes of close friends: fewest and most."""

LIMITS = {"mean": 0.02, "spread": 3.0, "friends": 2.0}
"""Greatest change of a mean in standard deviations, of a standard deviation in per cent, of a class in points."""
KEPT = (0.40, 0.56)
"""Least and greatest share of core ties that are kept over seven years."""


def compare(simulation: Simulation, weeks: int) -> dict[str, float]:
    """Play some weeks and return what has changed."""
    community = simulation.community
    before, friends, core = _looked_at(simulation), _friends(community), _core(community)
    for _ in range(weeks):
        simulation.step()
    after = _looked_at(simulation)
    found: dict[str, float] = {}
    for name, values in before.items():
        found[f"mean {name}"] = float((after[name].mean() - values.mean()) / values.std())
        found[f"spread {name}"] = float(100 * (after[name].std() / values.std() - 1))
    for name, (least, most) in CLASSES.items():
        shares = [float(((number >= least) & (number <= most)).mean()) for number in (friends, _friends(community))]
        found[f"friends {name}"] = 100 * (shares[1] - shares[0])
    found["kept"] = len(core & _core(community)) / max(1, len(core))
    return found


def over_seeds(
    seeds: Iterable[int], weeks: int = SEVEN_YEARS, residents: int = 2000, mechanisms: Iterable[Mechanism] = ()
) -> pd.DataFrame:
    """Return what changes in an untouched English community, one row a seed; default mechanisms unless given."""
    rules = tuple(mechanisms) or defaults()
    rows = {}
    for seed in seeds:
        rows[seed] = compare(Simulation(SynthesiseSource(residents).build(seed), rules, (), seed), weeks)
    return pd.DataFrame.from_dict(rows, orient="index")


def _looked_at(simulation: Simulation) -> dict[str, NDArray[np.float64]]:
    """Return each measure's values over the residents whom it concerns."""
    found = {}
    for name in MEASURES:
        values, weights = values_of(name, simulation.look)
        found[name] = values.copy() if weights is None else values[weights > 0]
    return found


def _friends(community: Community) -> NDArray[np.int64]:
    return community.ties.degree(["friend"])


def _core(community: Community) -> set[int]:
    pairs, ties = community.ties.pairs(), community.ties
    core = np.isin(pairs["kind"], [ties.kinds.index(kind) for kind in CORE_KINDS if kind in ties.kinds])
    return set((pairs["one"][core].astype(np.int64) * len(community) + pairs["other"][core]).tolist())


def main(seeds: int = 20, weeks: int = SEVEN_YEARS, residents: int = 2000) -> None:
    """Print the table."""
    table = over_seeds(range(1, seeds + 1), weeks, residents)
    shown = pd.DataFrame({
        "average": table.mean(), "standard error": table.std() / max(1, seeds) ** 0.5, "least": table.min(),
        "greatest": table.max(), "limit": [LIMITS.get(name.split()[0], np.nan) for name in table],
    })  # fmt: skip
    print(f"{residents:,} residents, {weeks} weeks, {seeds} seeds; core ties kept: {KEPT[0]} to {KEPT[1]} allowed")
    print(shown.round(3).to_string(na_rep=""))


if __name__ == "__main__":
    main(*(int(item.replace("_", "")) for item in sys.argv[1:]))
