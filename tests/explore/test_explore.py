"""Candidates over plausible worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import write_small_study
from typer.testing import CliRunner

import sim
from sim.errors import InputError
from sim.experiments import Axis, Space, column, sobol_points
from sim.exploration import Leaf, Split, grow, leaves_of, rank, sentences

SPACE = Space((Axis("dose", 0, 10), Axis("theory", options=("a", "b", "c")), Axis("idle"), Axis("also idle")))
NAMES = ["visits", "groups"]


def made_runs(worlds: int, seeds: int = 2) -> tuple[pd.DataFrame, np.ndarray]:
    """Visits help more from dose 5 on, groups otherwise; under theory b groups always win."""
    points = sobol_points(worlds, SPACE.paths)
    rows = []
    for number, point in enumerate(points):
        values = SPACE.values(point)
        visits = -(values["dose"] if values["theory"] != "b" else 0.0) / 10
        rows += [
            {"point": number, "seed": seed, column("visits", "m"): visits, column("groups", "m"): -0.5, "error": ""}
            for seed in range(1, seeds + 1)
        ]
    return pd.DataFrame(rows), points


def test_shares_and_regrets_are_those_of_the_closed_form() -> None:
    runs, points = made_runs(4096)
    found = rank(runs, NAMES, "m", "lower", SPACE, points, "baseline")
    table = found.table.set_index("scenario")
    assert table.loc["visits", "share_best"] == pytest.approx(1 / 3, abs=0.01)
    assert table.loc["groups", "share_best"] == pytest.approx(2 / 3, abs=0.01)
    assert table.loc["baseline", "share_best"] == 0
    # groups lose dose/10 - 0.5 where dose > 5 and the theory is not b: mean 0.25 in a third of the worlds
    assert table.loc["groups", "expected_regret"] == pytest.approx(0.25 / 3, abs=0.005)
    assert table.loc["groups", "maximum_regret"] == pytest.approx(0.5, abs=0.01)
    assert table.loc["visits", "maximum_regret"] == pytest.approx(0.5)
    assert table.loc["visits", "expected_regret"] == pytest.approx(0.5 / 3 + 0.25 / 3, abs=0.005)
    assert table.loc["visits", "share_better"] == pytest.approx(2 / 3, abs=0.01)
    assert (table["share_lower"] <= table["share_best"]).all()
    assert (table["share_best"] <= table["share_upper"]).all()
    assert found.share_settled == 1.0, "all seeds agree"


def test_higher_can_be_better() -> None:
    runs, points = made_runs(256)
    found = rank(runs, NAMES, "m", "higher", SPACE, points, "baseline")
    assert found.table["scenario"].iloc[0] == "baseline"


def test_the_tree_finds_what_flips_the_ranking_and_where() -> None:
    runs, points = made_runs(400)
    tree = rank(runs, NAMES, "m", "lower", SPACE, points).tree
    assert isinstance(tree, Split)
    used = {condition.split(" ")[0] for conditions, _ in leaves_of(tree) for condition in conditions}
    assert used == {"dose", "theory"}
    cuts = [node.at for node in nodes(tree) if node.axis.path == "dose"]
    assert any(abs(cut - 5.0) < 0.15 for cut in cuts)
    assert all(leaf.counts[leaf.winner] >= 0.95 * leaf.worlds for _, leaf in leaves_of(tree))
    assert sum(leaf.worlds for _, leaf in leaves_of(tree)) == 400


def nodes(tree: Split | Leaf) -> list[Split]:
    return [] if isinstance(tree, Leaf) else [tree, *nodes(tree.holds), *nodes(tree.otherwise)]


@pytest.mark.parametrize("seed", range(6))
def test_what_chance_decides_flips_nothing(seed: int) -> None:
    """Negative control: labels that hang on nothing are split at most about once in twenty."""
    from sim.rng import Draws

    points = sobol_points(200, SPACE.paths)
    luck = Draws(seed).stream("test: labels").uniform(np.arange(200, dtype=np.uint64))
    assert isinstance(grow(SPACE, points, (luck < 0.5).astype(np.int64), 2), Leaf)


def test_luck_between_seeds_is_said() -> None:
    runs, points = made_runs(64)
    runs.loc[runs["seed"] == 1, column("groups", "m")] += 3.0
    found = rank(runs, NAMES, "m", "lower", SPACE, points)
    assert found.share_settled == 0.0
    said = sentences(found, {"visits": "Visits", "groups": "Groups"}, "loneliness")
    assert any(text.startswith("In 0% of the worlds 2 seeds") for text in said)


def test_a_failed_world_is_left_out_and_counted() -> None:
    runs, points = made_runs(64)
    runs.loc[runs["point"] == 7, column("visits", "m")] = np.nan
    found = rank(runs, NAMES, "m", "lower", SPACE, points)
    assert (found.worlds, found.left_out) == (63, 1)
    assert 7 not in found.effects.index


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> sim.Exploration:
    study = sim.load(write_small_study(tmp_path_factory.mktemp("study")))
    parameters = {"mechanisms.influence.theory": None, "mechanisms.loneliness.support_effect": None,
                  "interventions.befriending.spread.rule": None, "interventions.talks.spread.rule": None}  # fmt: skip
    out = tmp_path_factory.mktemp("out") / "worlds"
    return sim.explore(study, 8, parameters=parameters, out=out, progress=False)


def test_an_exploration_of_a_study(explored: sim.Exploration, tmp_path: Path) -> None:
    assert set(explored.table["scenario"]) == {"befriending", "talks", "baseline"}
    assert explored.table["share_best"].sum() == pytest.approx(1.0)
    assert explored.sentence.startswith("“")
    assert "<table" in explored._repr_html_()
    assert {path.name for path in explored.write(tmp_path)} == {
        "candidates.csv", "answer.txt", "worlds.parquet", "effects.svg", "effects.png", "regret.svg", "regret.png",
    }  # fmt: skip
    with pytest.raises(InputError, match="effects, regret"):
        explored.plot("bars")


def test_the_table_is_what_ema_workbench_takes(explored: sim.Exploration) -> None:
    experiments, outcomes = explored.ema()
    assert len(experiments) == 8 * 3
    assert list(experiments)[-3:] == ["scenario", "policy", "model"]
    assert all(len(values) == len(experiments) for values in outcomes.values())
    at = (experiments["policy"] == "talks").to_numpy()
    assert outcomes["loneliness"][at] == pytest.approx(explored.effects["talks"].to_numpy())
    assert (outcomes["regret"] >= 0).all()
    best = pd.Series(outcomes["regret"]).groupby(experiments["scenario"]).min()
    assert (best == 0).all()
    prim = pytest.importorskip("ema_workbench.analysis.prim", reason="needs pip install -e '.[notebooks]'")
    unknowns = experiments.drop(columns=["scenario", "model"])
    box = prim.Prim(unknowns, outcomes["regret"] > np.median(outcomes["regret"]), threshold=0.1).find_box()
    assert len(box.peeling_trajectory) >= 1


def test_the_command(tmp_path: Path) -> None:
    from sim.cli.main import app

    folder = write_small_study(tmp_path / "study")
    call = ["explore", str(folder), "--worlds", "3", "--seeds", "1", "--set", "weeks=6", "--workers", "1",
            "--parameter", "mechanisms.influence.theory", "--out", str(tmp_path / "out")]  # fmt: skip
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert "expected regret" in result.stdout
    # as `sim run` says effects: with their direction, and of 1,000 residents where they are shares
    assert " lower" in result.stdout or " higher" in result.stdout
    assert "−" not in result.stdout.split("plausible worlds")[0]
    shares = CliRunner().invoke(app, [*call, "--measure", "often_lonely"])
    assert "mean effect, of 1,000" in shares.stdout
    assert " fewer" in shares.stdout or " more" in shares.stdout
    assert "plausible worlds" in result.stdout
    assert (tmp_path / "out" / "worlds.parquet").is_file()
    more = CliRunner().invoke(app, [*call, "--worlds", "4"])
    assert "3 of 4 points are there already" in more.stderr
