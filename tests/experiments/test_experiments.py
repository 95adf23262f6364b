"""Points, sequences, storing and going on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiments import Axis, Experiment, FunctionModel, Space, run_experiment, sobol_points, trajectories
from sim.experiments.sequences import STEP
from sim.experiments.space import written

SPACE = Space((Axis("a", 1, 3), Axis("b", 0, 9, whole=True), Axis("c", options=("x", "y", "z"), usual="y")))


def test_the_first_points_of_a_sequence_stay_the_same_when_there_are_more() -> None:
    assert (sobol_points(37, SPACE.paths) == sobol_points(100, SPACE.paths)[:37]).all()
    few, many = trajectories(3, SPACE), trajectories(8, SPACE)
    for short, long in zip(few, many, strict=True):
        assert (short == long[: len(short)]).all()


def test_another_axis_changes_no_coordinate_of_morris() -> None:
    more = Space((*SPACE, Axis("d")))
    start, wide = trajectories(5, SPACE)[0][::4], trajectories(5, more)[0][::5]
    assert (start == wide[:, :3]).all()


def test_sobol_points_fill_the_cube_evenly() -> None:
    points = sobol_points(256, ["one", "two"])
    assert (points > 0).all()
    assert (points < 1).all()
    cells = np.floor(points * 16).astype(int)
    counts = np.bincount(cells[:, 0] * 16 + cells[:, 1], minlength=256)
    assert (counts == 1).all(), "256 points of a (0, 2)-sequence have one in each of 16 x 16 cells"


def test_each_step_of_a_trajectory_changes_one_axis_by_one_step() -> None:
    points, levels = (each.reshape(20, 4, 3) for each in trajectories(20, SPACE))
    changed = np.diff(points, axis=1) != 0
    assert (changed.sum(axis=2) == 1).all()
    assert (changed.sum(axis=1) == 1).all()
    assert np.abs(np.diff(levels, axis=1)).max(axis=2) == pytest.approx(np.full((20, 3), STEP))
    numbers = points[:, :, :2]
    assert np.isin(np.round(numbers * 3, 9), [0, 1, 2, 3]).all()


def test_places_become_values() -> None:
    number, whole, choice = SPACE
    assert [number.value(unit) for unit in (0.0, 0.5, 1.0)] == [1.0, 2.0, 3.0]
    assert [whole.value(unit) for unit in (0.0, 0.05, 0.999, 1.0)] == [0, 0, 9, 9]
    assert [choice.value(choice.unit_of(place)) for place in range(3)] == ["x", "y", "z"]
    assert SPACE.values(np.array([0.5, np.nan, 0.9])) == {"a": 2.0, "b": None, "c": "z"}
    assert SPACE.settings({"a": 2.0, "b": 3, "c": "y"}) == ("a=2.0", "b=3"), "the usual value is not set again"
    assert [written(each) for each in (1e-05, True, None, "x", 4)] == ["1.0e-05", "true", "null", "x", "4"]


@pytest.mark.parametrize("wrong", [{"low": 1, "high": 1}, {"options": ("x",)}, {"options": ("x", "x")}])
def test_axes_without_room_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="place"):
        Axis("place", **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="varied twice"):
        Space((Axis("a"), Axis("a")))


def outcome(values: Mapping[str, object], seed: int) -> float:
    if os.environ.get("TEST_SLOW"):
        time.sleep(0.1)
    return float(values["a"]) ** 0.5 / 3 + seed * len(str(values["c"])) + float(str(values["b"])) / 7  # type: ignore[arg-type]


def experiment(points: int, seeds: int = 2) -> Experiment:
    return Experiment(FunctionModel(outcome), SPACE, sobol_points(points, SPACE.paths), seeds, {"method": "test"})


def test_what_is_stored_is_not_played_again_and_more_extend_it(tmp_path: Path) -> None:
    played: list[int] = []

    def tell(progress: object) -> None:
        played.append(progress.done)  # type: ignore[attr-defined]

    few = run_experiment(experiment(6), tmp_path / "e", progress=tell)
    assert played == [0, 1, 2, 3, 4, 5, 6]
    played.clear()
    more = run_experiment(experiment(10, seeds=3), tmp_path / "e", progress=tell)
    assert played[0] == 0, "a third seed is missing everywhere"
    again = run_experiment(experiment(10, seeds=3), tmp_path / "e", progress=tell)
    assert played[-1] == 10
    pd.testing.assert_frame_equal(more, again)
    pd.testing.assert_frame_equal(more, run_experiment(experiment(10, seeds=3)))
    kept = more[(more["point"] < 6) & (more["seed"] <= 2)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, few)
    fewer = run_experiment(experiment(6), tmp_path / "e")
    pd.testing.assert_frame_equal(fewer, few)
    assert len(list((tmp_path / "e" / "runs").glob("*.parquet"))) >= 2


def test_the_table_holds_what_was_varied_and_what_came_out(tmp_path: Path) -> None:
    run_experiment(experiment(5), tmp_path / "e")
    table = pd.read_parquet(tmp_path / "e" / "experiments.parquet")
    assert list(table) == ["point", "seed", "a", "b", "c", "outcome", "error"]
    assert len(table) == 10
    assert table["c"].dtype == "category"
    for row in table.to_dict("records"):
        assert row["outcome"] == outcome({name: row[name] for name in "abc"}, row["seed"])


def test_the_number_of_workers_changes_no_bit(tmp_path: Path) -> None:
    alone = run_experiment(experiment(9), tmp_path / "one")
    together = run_experiment(experiment(9), tmp_path / "two", workers=2)
    pd.testing.assert_frame_equal(alone, together, check_exact=True)


def test_a_folder_of_something_else_is_refused_and_named(tmp_path: Path) -> None:
    run_experiment(experiment(4), tmp_path / "e")
    other = Space((Axis("a", 1, 4), *SPACE[1:]))
    changed = Experiment(FunctionModel(outcome), other, sobol_points(4, other.paths), 2, {"method": "test"})
    with pytest.raises(InputError, match=r"a was 1 to 3, is now 1 to 4"):
        run_experiment(changed, tmp_path / "e")
    run_experiment(changed, tmp_path / "e", fresh=True)
    with pytest.raises(InputError, match="answers another question"):
        run_experiment(experiment(4), tmp_path / "e")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match=r"letter\.txt"):
        run_experiment(experiment(4), tmp_path / "mine", fresh=True)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def broken(values: Mapping[str, object], seed: int) -> float:
    if values["c"] == "z":
        raise ValueError("z cannot be")
    return 1.0


def test_a_point_that_fails_is_data(tmp_path: Path) -> None:
    points = sobol_points(12, SPACE.paths)
    runs = run_experiment(Experiment(FunctionModel(broken), SPACE, points, 1), tmp_path / "e")
    failed = runs["error"] != ""
    assert set(runs.loc[failed, "error"]) == {"ValueError: z cannot be"}
    assert runs.loc[failed, "outcome"].isna().all()
    assert failed.sum() == sum(SPACE.values(point)["c"] == "z" for point in points) > 0


def test_a_damaged_file_is_played_again(tmp_path: Path) -> None:
    whole = run_experiment(experiment(6), tmp_path / "e")
    for file in (tmp_path / "e" / "runs").glob("*.parquet"):
        file.write_bytes(file.read_bytes()[:100])
    pd.testing.assert_frame_equal(run_experiment(experiment(6), tmp_path / "e"), whole)


def test_killed_in_the_middle_and_called_again_gives_the_same_to_the_bit(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[1])
        from test_experiments import experiment
        from sim.experiments import run_experiment
        run_experiment(experiment(60), sys.argv[2], workers=2)
    """)
    call = [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path / "e")]
    process = subprocess.Popen(call, env={**os.environ, "TEST_SLOW": "1"})
    runs = tmp_path / "e" / "runs"
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(runs.glob("*.parquet")):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stored = sum(len(pd.read_parquet(file)) for file in runs.glob("*.parquet"))
    assert 0 < stored < 120
    after = run_experiment(experiment(60), tmp_path / "e")
    pd.testing.assert_frame_equal(after, run_experiment(experiment(60)), check_exact=True)
