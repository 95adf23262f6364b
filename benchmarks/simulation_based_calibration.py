"""Whether calibration finds what made data were made from: ranks of the truth, over many repetitions.

    python benchmarks/simulation_based_calibration.py [REPETITIONS] [WORKERS]

Each repetition draws two parameters from their priors, plays 200 residents for 26 weeks, adds errors of observation,
calibrates, and notes which share of the posterior lies below the truth. What is done is kept in
``benchmarks/recorded/simulation_based_calibration.csv`` and not done again; ``python -m sim.validation`` shows it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from sim.calibration import Observation, Settings, Simulator, priors_of
from sim.calibration.checking import repetitions, uniformity
from sim.scenario import load_plan

RECORD = Path(__file__).parent / "recorded" / "simulation_based_calibration.csv"
SCENARIO = """
title: Word of an offer
outcome: reached
better: higher
weeks: 26
seeds: 20
communities: 20
community: {synthesise: {residents: 200, profile: england}}
mechanisms: {ties: {turnover: false}}
interventions:
  - name: Offer
    choose: {by: random, number: 10}
    spread: {uptake: 0.5, broadcast: 0.01}
"""
PARAMETERS = {
    "interventions.Offer.spread.uptake": (0.05, 0.95),
    "interventions.Offer.spread.broadcast": ("log", 0.002, 0.1),
}
TARGETS = (Observation("aware", 26, 0.0, 0.08), Observation("reached", 26, 0.0, 0.06))
SETTINGS = Settings(particles=40, simulations=2000)


def setting() -> tuple[Simulator, list]:
    """Return the model and the priors."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "offer.yaml"
        file.write_text(SCENARIO, encoding="utf-8")
        plan = load_plan([file])
    scenario = plan["offer"]
    priors = priors_of(PARAMETERS, scenario)
    return Simulator(scenario, tuple(prior.path for prior in priors), TARGETS), priors


def main(number: int = 100, workers: int = 1) -> None:
    """Do what is not recorded yet, and print what the ranks look like."""
    done = pd.read_csv(RECORD) if RECORD.is_file() else pd.DataFrame({"repetition": []})
    simulator, priors = setting()
    missing = [item for item in range(1, number + 1) if item not in set(done["repetition"])]
    RECORD.parent.mkdir(exist_ok=True)
    rows = done.to_dict("records")
    for row in repetitions(simulator, priors, missing, SETTINGS, workers):
        rows.append(row)
        if len(rows) % len(priors) == 0:
            pd.DataFrame(rows).to_csv(RECORD, index=False, float_format="%.6g")
    table = pd.DataFrame(rows)
    for parameter, part in table.groupby("parameter"):
        print(parameter, {name: round(value, 3) for name, value in uniformity(part["rank"]).items()})


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
