"""A study whose units cost nothing, in the schema of real ones. On the path of tests and of processes they start."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.errors import InputError


@dataclass
class FakeScenario:
    name: str
    title: str = ""
    file: str = "study/fake.yaml"
    resolved: dict = field(default_factory=dict)
    origins: dict = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def data_files(self):
        return self.files


@dataclass
class FakePlan:
    """Behaviour of single seeds is told by the seeds named here."""

    seeds: int = 4
    communities: int = 0
    weeks: int = 3
    name: str = "fake"
    title: str = "A fake study"
    question: str = "Does it work?"
    outcome: str = "loneliness"
    better: str = "lower"
    baseline: str = "baseline"
    scenarios: dict = field(default_factory=dict)
    raises: tuple[int, ...] = ()
    runs_out: tuple[int, ...] = ()
    refuses: tuple[int, ...] = ()
    kills: tuple[int, ...] = ()
    kills_once: tuple[int, ...] = ()
    seconds: float = 0.0
    played: Path | None = None

    def __post_init__(self):
        self.communities = self.communities or self.seeds
        if not self.scenarios:
            self.scenarios = {
                "baseline": FakeScenario("baseline", "As things are", resolved={"weeks": 3, "interventions": []}),
                "befriending": FakeScenario(
                    "befriending",
                    "Befriending",
                    resolved={"weeks": 3, "interventions": [{"name": "befriending", "runs": {"places": 60}}]},
                ),
            }


def play(plan, community, seed):
    if plan.played is not None:
        with (plan.played / "played.txt").open("a") as file:
            file.write(f"{community} {seed}\n")
    time.sleep(plan.seconds)
    if seed in plan.raises:
        raise ZeroDivisionError("one over nothing")
    if seed in plan.runs_out:
        raise MemoryError("no more")
    if seed in plan.refuses:
        raise InputError("people.csv has no column 'id'")
    if seed in plan.kills:
        os.kill(os.getpid(), signal.SIGKILL)
    if seed in plan.kills_once:
        marker = plan.played / f"killed-{seed}"
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return tables(plan, community, seed)


def tables(plan, community, seed):
    luck = np.random.Generator(np.random.Philox(key=[community, seed]))
    names = list(plan.scenarios)
    series = [
        (name, community, seed, week, group, measure, luck.random())
        for name in names
        for week in range(plan.weeks + 1)
        for measure in ("loneliness", "stigma", "residents")
        for group in ("all", "age_band=16-24")
    ]
    effects = [
        (name, community, seed, "loneliness", "all", when, base := luck.random(), base - 0.1, -0.1)
        for name in names[1:]
        for when in ("horizon", "average")
    ]
    ripple = [
        (name, community, seed, "loneliness", distance, 10, luck.normal())
        for name in names[1:]
        for distance in ("participant", "1", "unreached")
    ]
    contributions = [
        (name, community, seed, week, "loneliness", rule, luck.normal())
        for name in names
        for week in range(plan.weeks + 1)
        for rule in ("bounds", "loneliness")
    ]
    failures = [{"community": community, "seed": seed, "scenario": "befriending", "error": "odd"}] * (seed == 99)
    return SimpleNamespace(
        series=pd.DataFrame(
            series, columns=["scenario", "community", "seed", "week", "group", "measure", "value"]
        ),
        effects=pd.DataFrame(
            effects,
            columns=[
                "scenario", "community", "seed", "measure", "group", "when", "baseline", "value", "effect",
            ],
        ),
        ripple=pd.DataFrame(
            ripple, columns=["scenario", "community", "seed", "measure", "distance", "residents", "effect"]
        ),
        contributions=pd.DataFrame(
            contributions, columns=["scenario", "community", "seed", "week", "outcome", "rule", "value"]
        ),
        failures=failures,
        about={"title": "Faketown", "residents": 10, "private": False, "notes": [], "groups": ["age_band"]},
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    """What must be the same however a study was run."""
    return {
        name: (Path(folder) / name).read_bytes()
        for name in ("series.parquet", "effects.parquet", "ripple.parquet", "contributions.parquet", "failures.csv")
    }


def main() -> None:
    """Run a study of slow units in the folder given: to be killed."""
    from sim.ensemble import run

    folder, workers, seeds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    try:
        run(FakePlan(seeds=seeds, seconds=0.05), folder, workers=workers, play=play)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
