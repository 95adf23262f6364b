"""What several test folders share: a made-up study in the schema of a result folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.rng import Draws

RIPPLE = {"participant": 60, "volunteer": 60, "1": 300, "2": 700, "3": 500, "more": 300, "unreached": 80}


@dataclass
class FakeStudy:
    """Tables and manifest of a study whose true effects are known."""

    manifest: dict[str, Any]
    series: pd.DataFrame
    effects: pd.DataFrame
    ripple: pd.DataFrame
    tables: tuple[str, ...] = field(default=("series", "effects", "ripple"))


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
) -> FakeStudy:
    """Return a study in which scenario ``name`` changes every outcome by ``true[name]`` (on average)."""
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
    )


def _frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split())
    texts = [name for name in frame if name in ("scenario", "group", "measure", "when", "distance")]
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


@pytest.fixture
def fake_study() -> Callable[..., FakeStudy]:
    """Return the maker of made-up studies."""
    return make_fake_study
