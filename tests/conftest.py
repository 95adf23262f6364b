"""What several test folders share: a made-up study in the schema of a result folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community
from sim.community.places import Place, Places
from sim.community.ties import Ties
from sim.rng import Draws

# a machine that is busy with something else is slow to make examples, which says nothing of the code
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

RIPPLE = {"participant": 60, "volunteer": 60, "1": 300, "2": 700, "3": 500, "more": 300, "unreached": 80}


@dataclass
class FakeStudy:
    """Tables and manifest of a study whose true effects are known."""

    manifest: dict[str, Any]
    series: pd.DataFrame
    effects: pd.DataFrame
    ripple: pd.DataFrame
    contributions: pd.DataFrame
    tables: tuple[str, ...] = field(default=("series", "effects", "ripple", "contributions"))


def _normal(name: str, number: int, count: int) -> np.ndarray:
    return Draws(number).stream(name).normal(np.arange(count, dtype=np.uint64))


def make_fake_study(
    true: Mapping[str, float] | None = None,
    *,
    seeds: int = 50,
    communities: int | None = None,
    weeks: int = 26,
    spread: float = 0.004,
    groups: Mapping[str, int] | None = None,
    titles: Mapping[str, str] | None = None,
    measures: tuple[str, ...] = ("loneliness", "often_lonely", "stigma", "taking_part", "cost"),
    private: bool = False,
    outcome: str = "loneliness",
    parts: Mapping[str, int] | None = None,
) -> FakeStudy:
    """Return a study in which scenario ``name`` changes every outcome by ``true[name]`` (on average).

    ``parts`` are numbers of residents by their part in the interventions; effects on participants are ten times as
    large, on everybody else a tenth.
    """
    true = {"befriending": -0.012, "campaign": -0.004, "closing": 0.01} if true is None else dict(true)
    communities = communities or seeds
    groups = {"all": 2000, "age_band=16-64": 1500, "age_band=65+": 500} if groups is None else dict(groups)
    names = ["baseline", *true]
    where = [((seed - 1) % communities + 1, seed) for seed in range(1, seeds + 1)]
    level = {"loneliness": 0.25, "often_lonely": 0.07, "stigma": 0.27, "taking_part": 0.0, "cost": 0.0}
    series, effects = [], []
    for s, name in enumerate(names):
        for measure in measures:
            for group in groups:
                base = level.get(measure, 0.1) + 0.01 * _normal(f"base {measure} {group}", 1, seeds)
                base = np.abs(base) if measure not in ("taking_part", "cost") else np.zeros(seeds)
                size = true.get(name, 0.0)
                noise = spread * _normal(f"{measure} {group}", s, seeds) if size else np.zeros(seeds)
                effect = size + noise
                if measure == "cost":
                    effect = np.full(seeds, 4800.0 * s if size else 0.0)
                elif measure == "taking_part":
                    effect = np.full(seeds, 0.03 if size else 0.0)
                for week in range(weeks + 1):
                    grown = base + effect * week / weeks
                    series += [(name, c, r, week, group, measure, grown[i]) for i, (c, r) in enumerate(where)]
                if name != "baseline":
                    for when, factor in (("horizon", 1.0), ("average", 0.5)):
                        values = base + factor * effect
                        effects += [
                            (name, c, r, measure, group, when, base[i], values[i], factor * effect[i])
                            for i, (c, r) in enumerate(where)
                        ]
        for group, size in groups.items():
            series += [(name, c, r, 0, group, "residents", float(size)) for c, r in where]
    effects += _of_parts(true, parts or {}, where)
    ripple = [
        (name, c, r, measure, distance, count, true[name] * (3.0 if d == 0 else 0.3 / d) + 0.001 * noise)
        for name in true
        for measure in ("loneliness", "stigma")
        for d, (distance, count) in enumerate(RIPPLE.items())
        for (c, r), noise in zip(where, _normal(f"ripple {name} {d}", 3, seeds), strict=True)
    ]
    titles = {"baseline": "As things are", "befriending": "Befriending for the sixty loneliest",
              "campaign": "A campaign", "closing": "Closing the hub", **(titles or {})}  # fmt: skip
    manifest = _manifest(names, titles, seeds, communities, weeks, private, outcome)
    return FakeStudy(
        manifest=manifest,
        series=_frame(series, "scenario community seed week group measure value"),
        effects=_frame(effects, "scenario community seed measure group when baseline value effect"),
        ripple=_frame(ripple, "scenario community seed measure distance residents effect"),
        contributions=_frame(_moved(true, weeks, where), "scenario community seed week outcome rule value"),
    )


def _of_parts(true: Mapping[str, float], parts: Mapping[str, int], where: list[tuple[int, int]]) -> list[Any]:
    shares = {"offered": 7.0, "participants": 10.0, "volunteers": 1.0, "spillover": 0.1}
    rows: list[Any] = []
    for name, size in true.items():
        for part, count in parts.items():
            for c, r in where:
                rows.append((name, c, r, "residents", part, "horizon", float(count), float(count), 0.0))
                for when, factor in (("horizon", 1.0), ("average", 0.5)):
                    change = size * shares[part] * factor + 1e-4 * ((r * 7) % 5 - 2)
                    rows.append((name, c, r, "loneliness", part, when, 0.3, 0.3 + change, change))
    return rows


def _moved(true: Mapping[str, float], weeks: int, where: list[tuple[int, int]]) -> list[Any]:
    return [
        (name, c, r, week, outcome, rule, part * true.get(name, 0.0) * week / weeks)
        for name in ("baseline", *true)
        for outcome in ("stigma", "loneliness")
        for rule, part in (("loneliness", 0.25), (f"intervention: {name}", 0.75))
        for week in range(weeks + 1)
        for c, r in where
    ]


def _frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split())
    texts = [name for name in frame if name in ("scenario", "group", "measure", "when", "distance", "outcome", "rule")]
    return frame.astype(dict.fromkeys(texts, "category"))


def _manifest(
    names: list[str],
    titles: Mapping[str, str],
    seeds: int,
    communities: int,
    weeks: int,
    private: bool,
    outcome: str,
) -> dict[str, Any]:
    return {
        "name": "fake_study",
        "title": "A made-up study",
        "question": "Which of these would ease loneliness most, and for whom?",
        "outcome": outcome,
        "better": "",
        "baseline": "baseline",
        "weeks": weeks,
        "seeds": seeds,
        "communities": communities,
        "scenarios": {name: {"title": titles.get(name, name)} for name in names},
        "about": {"private": private},
    }


@pytest.fixture(scope="session")
def fake_study() -> Callable[..., FakeStudy]:
    """Return the maker of made-up studies."""
    return make_fake_study


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real surveys beside the repository; tests that need them are skipped where they are absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not there")
    return folder


def make_community(
    residents: int = 60,
    ties: int = 180,
    seed: int = 1,
    *,
    ids: np.ndarray | None = None,
    one_kind: bool = False,
) -> Community:
    """Return a random community with every column that the rules read."""
    names = np.arange(residents) if ids is None else ids
    draws = Draws(seed)
    who = np.arange(residents, dtype=np.uint64)

    def draw(name: str) -> np.ndarray:
        return draws.stream(f"test: {name}").uniform(who)

    one, other = (side.astype(np.int32) for side in np.triu_indices(residents, 1))
    luck = draws.stream("test: ties").pair_uniform(who[one], who[other])
    chosen = np.argsort(luck)[:ties]
    pick = np.arange(len(chosen))
    lived = draw("lived") < 0.3
    columns = Columns()
    columns.put(Column("lived_experience", lived))
    columns.put(Column("disclosed", lived & (draw("disclosed") < 0.5)))
    columns.put(Column("influence", draw("influence") < 0.05))
    columns.put(Column("age_band", (draw("age") * 3).astype(int), categories=("young", "middle", "old")))
    columns.put(Outcome("stigma", np.round(0.1 + 0.5 * draw("stigma"), 6)))
    columns.put(Outcome("self_stigma", np.where(lived, np.round(0.1 + 0.6 * draw("self"), 6), 0.0)))
    columns.put(Outcome("loneliness", np.round(1.1 * draw("loneliness") - 0.05, 6)))
    kind = np.full(len(chosen), 2) if one_kind else pick % 5
    ties_between = Ties.from_pairs(
        residents, one[chosen], other[chosen], np.round(0.2 + 0.8 * (pick * 0.618 % 1), 6), kind,
        kinds=("household", "family", "friend", "neighbour", "group"), place=np.where(kind == 4, 0, -1),
    )  # fmt: skip
    return Community(
        ids=names, columns=columns, ties=ties_between, places=Places([Place("hub", "hub", draw("hub") < 0.4)]),
        groups=("age_band", "lived_experience"), title="a test community", seed=seed,
    )  # fmt: skip


@pytest.fixture(name="make_community", scope="session")
def make_community_fixture() -> Callable[..., Community]:
    """Return the function that makes random communities."""
    return make_community
