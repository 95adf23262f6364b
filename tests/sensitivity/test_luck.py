"""What is luck is called luck."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from sim.errors import InputError, RunError
from sim.experiments import GAIN, Axis, Experiment, FunctionModel, Space, run_experiment
from sim.rng import Draws
from sim.sensitivity_analysis import (
    NOTHING,
    TOLD_APART,
    UNKNOWN,
    Analysis,
    analyse,
    design_of,
)
from sim.sensitivity_analysis.noise import luck_of

pytest.importorskip("SALib", reason="needs pip install -e '.[sensitivity]'")

SPACE = Space(tuple(Axis(name, usual=0.5) for name in ("real", "idle", "lucky")))


def noisy(values: Mapping[str, float], seed: int) -> float:
    """``lucky`` changes whose luck it is and nothing else; ``idle`` changes nothing at all."""
    who = np.array([int(values["lucky"] * 1e9)], dtype=np.uint64)
    luck = Draws(seed).stream("test: luck").normal(who)[0]
    return 2 * values["real"] + 0.3 * float(luck)


def found(method: str, samples: int | None, seeds: int) -> Analysis:
    design = design_of(method, SPACE, samples)
    runs = run_experiment(Experiment(FunctionModel(noisy), SPACE, design.points, seeds, design.plain()))
    return analyse(runs, "outcome", design, SPACE)


@pytest.mark.parametrize(("method", "samples"), [("morris", 10), ("sobol", 128), ("tornado", None), ("pawn", 200)])
def test_what_only_luck_makes_is_indistinguishable_from_nothing(method: str, samples: int | None) -> None:
    table = found(method, samples, 6).indices.set_index("parameter")
    assert table.loc["real", "verdict"] == TOLD_APART
    assert table.loc["idle", "verdict"] == NOTHING
    assert table.loc["lucky", "verdict"] == NOTHING


def test_with_one_seed_it_is_not_known_what_is_luck() -> None:
    analysis = found("morris", 6, 1)
    table = analysis.indices.set_index("parameter")
    assert table.loc["real", "verdict"] == UNKNOWN
    assert table.loc["idle", "verdict"] == NOTHING, "what changes nothing at all is nothing, with any number of seeds"
    assert math.isnan(analysis.luck.share)
    assert any("one seed" in text for text in analysis.sentences)


def test_the_share_of_luck_is_that_of_the_analysis_of_variance() -> None:
    who = np.arange(400 * 8, dtype=np.uint64)
    noise = Draws(3).stream("test: anova").normal(who).reshape(400, 8)
    points = Draws(4).stream("test: points").normal(np.arange(400, dtype=np.uint64))[:, None]
    seeds = 5 * np.arange(8.0)[None, :]  # common to all points, so no luck between them
    luck = luck_of(points + seeds + 2 * noise)
    assert luck.share == pytest.approx(4 / 8 / (1 + 4 / 8), abs=0.06)
    assert luck.share_of_one_run == pytest.approx(4 / 5, abs=0.06)
    assert luck_of(np.ones((5, 3))).share == 0.0


def test_more_seeds_make_luck_smaller() -> None:
    few, many = found("sobol", 32, 2), found("sobol", 32, 12)
    assert many.luck.share < few.luck.share / 2
    few_noise, many_noise = (a.indices.set_index("parameter")["noise"]["lucky"] for a in (few, many))
    assert many_noise < few_noise / 1.5


def test_nothing_changes_anything_is_said_so() -> None:
    design = design_of("morris", SPACE, 3)
    runs = run_experiment(Experiment(FunctionModel(lambda values, seed: 7.0), SPACE, design.points, 2))
    analysis = analyse(runs, "outcome", design, SPACE)
    assert analysis.sentences == ("Nothing that was varied changes outcome: it is 7 at every point.",)
    assert set(analysis.indices["verdict"]) == {NOTHING}


def test_a_failed_point_takes_its_trajectory_with_it_and_is_counted() -> None:
    design = design_of("morris", SPACE, 6)
    runs = run_experiment(Experiment(FunctionModel(noisy), SPACE, design.points, 2))
    broken = runs.copy()
    broken.loc[broken["point"] == 5, "outcome"] = np.nan
    broken.loc[broken["point"] == 5, "error"] = "it broke"
    analysis = analyse(broken, "outcome", design, SPACE)
    assert (analysis.left_out, analysis.samples, analysis.points) == (1, 5, 20)
    assert analysis.errors == ("it broke",)
    assert any("1 of the samples were left out" in text for text in analysis.sentences)
    with pytest.raises(RunError, match="it broke"):
        analyse(broken.assign(outcome=np.nan), "outcome", design, SPACE)


def test_points_with_too_great_a_gain_are_flagged_and_count() -> None:
    design = design_of("morris", SPACE, 4)
    runs = run_experiment(Experiment(FunctionModel(noisy), SPACE, design.points, 2))
    runs[GAIN] = np.where(runs["point"] % 4 == 0, 1.7, 1.1)
    analysis = analyse(runs, "outcome", design, SPACE)
    assert (analysis.too_great, analysis.points) == (4, 16)
    assert any("At 4 of the points" in text and "1.5" in text for text in analysis.sentences)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'sobol'"):
        design_of("sobel", SPACE)
    with pytest.raises(InputError, match="takes no samples"):
        design_of("tornado", SPACE, 5)
    with pytest.raises(InputError, match="at least 2 trajectories"):
        design_of("morris", SPACE, 1)
