"""The free parameters that published patterns set, set again; and the patterns as they come out with the defaults.

    python benchmarks/calibrate_defaults.py [SEEDS] [RESIDENTS]

For each parameter of which the evidence says "calibrated", the value is looked for at which the model shows the
published figure, by the secant rule on means over seeds; all values are tried with the same seeds, so luck cancels.
Before that every pattern is measured with the values as they stand. Both go to
``benchmarks/recorded/calibrated_defaults.json``, which ``python benchmarks/validation.py`` shows in
``docs/validation.md``. Nothing is changed in the evidence files: who agrees with a value writes it there.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.community.community import Community
from sim.community.synthesise import SynthesiseSource
from sim.community.ties import CORE_KINDS
from sim.mechanisms import defaults
from sim.model.engine import Simulation
from sim.rules import Mechanism
from sim.scenario import Scenario, load_plan

RECORD = Path(__file__).parent / "recorded" / "calibrated_defaults.json"
SEVEN_YEARS = 364
Seeds = Iterable[int]


# --- what is measured ----------------------------------------------------------------------------------------


def _scenario(use: str, residents: int, *settings: str) -> Scenario:
    """Return a scenario with one entry of the catalogue, alone."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "alone.yaml"
        file.write_text(
            f"title: Alone\noutcome: stigma\nbetter: lower\ninterventions: [{{use: {use}}}]\n"
            f"community: {{synthesise: {{residents: {residents}, profile: england}}}}\n",
            encoding="utf-8",
        )
        return load_plan([file], [f"interventions.{use}.{item}" for item in settings])["alone"]


def _moved(simulation: Simulation) -> NDArray[np.float64]:
    """Return by how many standard deviations each resident's stigma has moved."""
    stigma = simulation.community.columns.outcome("stigma")
    return np.asarray(stigma.displacement() / stigma.at_rest.std())


def _played(scenario: Scenario, seed: int, weeks: int, mechanisms: Iterable[Mechanism] = ()) -> Simulation:
    rules = tuple(mechanisms) or scenario.mechanisms
    simulation = Simulation(scenario.build_community(seed), rules, scenario.interventions, seed)
    for _ in range(weeks):
        simulation.step()
    return simulation


def campaign_in_a_year(seeds: Seeds, residents: int, weekly_shift: float) -> list[float]:
    """Return by how many standard deviations a campaign moves attitudes in its first year."""
    scenario = _scenario("anti_stigma_campaign", residents, f"effects[0].shift.stigma={weekly_shift} sd")
    return [float(_moved(_played(scenario, seed, 52)).mean()) for seed in seeds]


def campaign_left(seeds: Seeds, residents: int, recovery: float) -> list[float]:
    """Return which share of a two-year campaign's gain is left four years after its end."""
    scenario = _scenario("anti_stigma_campaign", residents, "runs.weeks=104")
    rules = [dataclasses.replace(rule, recovery=recovery) if rule.name == "influence" else rule
             for rule in scenario.mechanisms]  # fmt: skip
    found = []
    for seed in seeds:
        simulation = _played(scenario, seed, 104, rules)
        end = _moved(simulation).mean()
        for _ in range(208):
            simulation.step()
        found.append(float(_moved(simulation).mean() / end))
    return found


def core_kept(seeds: Seeds, residents: int, ending_core: float) -> list[float]:
    """Return the share of core ties kept over seven years, and leave the size of networks in :data:`SIZES`."""
    rules = [_with_ending(rule, ending_core) if rule.name == "ties" else rule for rule in defaults()]
    found = []
    for seed in seeds:
        simulation = Simulation(SynthesiseSource(residents).build(seed), rules, (), seed)
        before, count = _core(simulation.community), simulation.community.ties.count
        for _ in range(SEVEN_YEARS):
            simulation.step()
        found.append(len(before & _core(simulation.community)) / len(before))
        SIZES[residents, seed, ending_core] = simulation.community.ties.count / count
    return found


SIZES: dict[tuple[int, int, float], float] = {}


def _with_ending(rule: Mechanism, hazard: float) -> Mechanism:
    names = [f"ending_{kind}" for kind in CORE_KINDS if hasattr(rule, f"ending_{kind}")]
    if not names:
        raise AttributeError("the mechanism of ties has no hazards of ending of core ties")
    return dataclasses.replace(rule, **dict.fromkeys(names, hazard))  # type: ignore[type-var]


def _core(community: Community) -> set[int]:
    pairs, ties = community.ties.pairs(), community.ties
    core = np.isin(pairs["kind"], [ties.kinds.index(kind) for kind in CORE_KINDS if kind in ties.kinds])
    return set((pairs["one"][core].astype(np.int64) * len(community) + pairs["other"][core]).tolist())


def without_influential(seeds: Seeds, residents: int, influential: float) -> list[float]:
    """Return the share of residents without a tie to anybody influential."""
    found = []
    for seed in seeds:
        community = SynthesiseSource(residents, targets={"influential": influential}).build(seed)
        influence, pairs = community.flag("influence"), community.ties.pairs()
        reach = np.zeros(len(community), np.bool_)
        reach[pairs["one"][influence[pairs["other"]]]] = True
        reach[pairs["other"][influence[pairs["one"]]]] = True
        found.append(float((~reach).mean()))
    return found


@cache
def _untouched(seeds: tuple[int, ...], residents: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    classes = {"0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4-5": (4, 5), "6+": (6, 99)}
    for seed in seeds:
        community = SynthesiseSource(residents).build(seed)
        lonely, ties = community.observed("loneliness"), community.ties
        friends = ties.degrees()[:, ties.kinds.index("friend")]
        found.setdefault("often", []).append(float((lonely > (6.5 - 3) / 6).mean()))
        found.setdefault("never", []).append(float((lonely <= 0).mean()))
        found.setdefault("friends", []).append(float(friends[community.flag("lived_experience")].mean()))
        for name, (low, high) in classes.items():
            found.setdefault(f"friends {name}", []).append(float(((friends >= low) & (friends <= high)).mean()))
    return found


def contact_programme(seeds: Seeds, residents: int) -> tuple[list[float], list[float]]:
    """Return the effect of contact groups on those who completed, at the end and four weeks on, as a virtual trial.

    Each participant against her twin: the same resident, in the same community with the same luck, with nothing done.
    """
    size = residents // 5
    scenario = _scenario(
        "social_contact", residents, "choose.by=random", f"choose.number={size}", f"runs.places={size}",
        "runs.weeks=12", "spread.uptake=1.0", "spread.talk=false",
    )  # fmt: skip
    nothing = dataclasses.replace(scenario, interventions=())
    end, later = [], []
    for seed in seeds:
        simulation, twin = _played(scenario, seed, 11), _played(nothing, seed, 11)
        (state,) = simulation.community.participation.values()
        completed = state.left == 11
        end.append(float((_moved(twin) - _moved(simulation))[completed].mean()))
        for _ in range(4):
            simulation.step()
            twin.step()
        later.append(float((_moved(twin) - _moved(simulation))[completed].mean()))
    return end, later


# --- free parameters -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Free:
    """A parameter that a published figure sets."""

    name: str
    """Its evidence entry."""
    pattern: str
    """The published figure, in words."""
    target: float
    measure: Callable[[Seeds, int, float], list[float]]
    costs: float = 1.0
    """Share of the seeds that is used to look for its value: long runs need fewer."""


FREE = (
    Free("anti_stigma_campaign.weekly_shift", "a national campaign moves attitudes by 0.03 SD a year", -0.03,
         campaign_in_a_year),
    Free("influence.recovery", "three quarters of a campaign's gain are left four years after its end", 0.75,
         campaign_left, 0.25),
    Free("ties.ending_core", "48% of core ties are kept over seven years", 0.48, core_kept, 0.2),
    Free("england.influential", "67% have no tie to anybody influential", 0.67, without_influential),
)  # fmt: skip
"""In the order in which they are set: each with all others as they stand."""


def look_for(free: Free, seeds: Seeds, residents: int, tries: int = 3) -> dict[str, object]:
    """Return the value at which a pattern comes out, beside the one that stands in the evidence."""
    entry = evidence.entry(free.name)
    used = list(seeds)[: max(2, round(len(list(seeds)) * free.costs))]

    def mean(value: float) -> float:
        return float(np.mean(free.measure(used, residents, value)))

    one, two = float(entry.value), float(entry.value) * 1.15
    gap_one, gap_two = mean(one) - free.target, mean(two) - free.target
    at_default = gap_one + free.target
    for _ in range(tries):
        if gap_one == gap_two:
            break
        new = one - gap_one * (two - one) / (gap_two - gap_one)
        if abs(new - two) < 1e-3 * abs(two):
            two = new
            break
        one, gap_one, two, gap_two = two, gap_two, new, mean(new) - free.target
    return {
        "parameter": free.name, "label": entry.label, "pattern": free.pattern, "target": free.target,
        "in_evidence": entry.value, "shows": round(at_default, 4), "found": float(f"{two:.3g}"),
        "range": [entry.low, entry.high], "seeds": len(used), "residents": residents,
    }  # fmt: skip


# --- patterns ------------------------------------------------------------------------------------------------


def patterns(seeds: Seeds, residents: int) -> list[dict[str, object]]:
    """Return every pattern: target, tolerance, what comes out, and whether it was put in, set by or found."""
    seeds = tuple(seeds)
    plain = _untouched(seeds, residents)
    end, later = contact_programme(seeds, residents)
    hazard = evidence.value("ties.ending_core")
    kept = core_kept(seeds, residents, hazard)
    sizes = [SIZES[residents, seed, hazard] for seed in seeds]
    year = campaign_in_a_year(seeds, residents, evidence.value("anti_stigma_campaign.weekly_shift"))
    shares = {"0": 0.07, "1": 0.12, "2-3": 0.41, "4-5": 0.21, "6+": 0.16}
    rows = [
        ("often or always lonely", 0.07, (0.05, 0.09), plain["often"], "put in"),
        ("never lonely", 0.20, (0.15, 0.25), plain["never"], "put in"),
        *((f"close friends: {name}", share, (share - 0.05, share + 0.05), plain[f"friends {name}"], "put in")
          for name, share in shares.items()),
        ("friends of people with lived experience", 3.4, (2.4, 4.4), plain["friends"], "not used to set anything"),
        ("campaign, SD of attitude a year", 0.03, (0.02, 0.04), [-value for value in year], "calibrated to"),
        ("contact programme, d at its end", 0.38, (0.2, 0.5), end, "put in"),
        ("contact programme, d four weeks on", 0.26, (0.15, 0.5), later, "not used to set anything"),
        ("core ties kept over seven years", 0.48, (0.40, 0.56), kept, "calibrated to"),
        ("ties after seven years, of those before", 1.0, (0.9, 1.1), sizes, "not used to set anything"),
    ]  # fmt: skip
    return [
        {
            "pattern": name, "target": target, "tolerance": [round(end, 3) for end in limits],
            "mean": round(float(np.mean(values)), 4),
            "error": round(float(np.std(values, ddof=1) / np.sqrt(len(values))), 5),
            "met": bool(limits[0] <= np.mean(values) <= limits[1]), "use": use, "seeds": len(values),
        }
        for name, target, limits, values, use in rows
    ]  # fmt: skip


def main(seeds: int = 20, residents: int = 2000) -> None:
    """Look for the values, measure the patterns, keep both."""
    numbers = range(1, seeds + 1)
    found = {"residents": residents, "patterns": patterns(numbers, residents), "parameters": []}
    for row in found["patterns"]:
        print(row, flush=True)
    RECORD.parent.mkdir(exist_ok=True)
    for free in FREE:
        found["parameters"].append(look_for(free, numbers, residents))
        print(found["parameters"][-1], flush=True)
        RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
