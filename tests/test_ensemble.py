import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import fake_study
import pandas as pd
import pytest
from fake_study import FakePlan, FakeScenario, contents, play
from interrupts import heeding

from sim.ensemble import estimate, run, units_of
from sim.errors import InputError
from sim.store import TABLES, ResultFolder, Unit


def played(plan):
    path = plan.played / "played.txt"
    return sorted(map(int, (line.split()[1] for line in path.read_text().splitlines()))) if path.exists() else []


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


@pytest.fixture
def whole(tmp_path):
    """The contents of an uninterrupted run of six seeds."""
    run(FakePlan(seeds=6), tmp_path / "whole", play=play)
    return contents(tmp_path / "whole")


def test_seeds_are_spread_over_communities():
    assert units_of(FakePlan(seeds=5, communities=2)) == [(1, 1), (1, 3), (1, 5), (2, 2), (2, 4)]
    assert units_of(FakePlan(seeds=3)) == [(1, 1), (2, 2), (3, 3)]


def test_the_tables_hold_every_unit_in_order(tmp_path):
    plan = FakePlan(seeds=5, communities=2)
    outcome = run(plan, tmp_path / "out", play=play)
    assert (outcome.planned, outcome.already, outcome.played, outcome.failures) == (5, 0, 5, [])
    series = pd.read_parquet(tmp_path / "out/series.parquet")
    expected = pd.concat([fake_study.tables(plan, *unit).series for unit in units_of(plan)], ignore_index=True)
    pd.testing.assert_frame_equal(series, expected, check_dtype=False, check_categorical=False)
    assert {name: str(kind) for name, kind in series.dtypes.items()} == {
        "scenario": "category", "community": "int32", "seed": "int64", "week": "int32",
        "group": "category", "measure": "category", "value": "float64",
    }  # fmt: skip
    found = manifest(tmp_path / "out")
    assert found["units"]["done"] == ["c0001-s0001", "c0001-s0003", "c0001-s0005", "c0002-s0002", "c0002-s0004"]
    assert found["units"]["pending"] == found["units"]["failed"] == []
    assert found["about"]["title"] == "Faketown"
    assert found["started"] <= found["ended"]


def test_the_number_of_workers_changes_no_byte(tmp_path, whole):
    run(FakePlan(seeds=6), tmp_path / "two", workers=2, play=play)
    assert contents(tmp_path / "two") == whole


def test_more_seeds_extend_and_end_in_the_same_bytes(tmp_path, whole):
    plan = FakePlan(seeds=2, played=tmp_path)
    run(plan, tmp_path / "out", play=play)
    assert manifest(tmp_path / "out")["seeds"] == 2
    outcome = run(FakePlan(seeds=6, played=tmp_path), tmp_path / "out", play=play)
    assert (outcome.already, outcome.played) == (2, 4)
    assert played(plan) == [1, 2, 3, 4, 5, 6]
    assert contents(tmp_path / "out") == whole


def test_fewer_seeds_throw_nothing_away(tmp_path, whole):
    run(FakePlan(seeds=6), tmp_path / "out", play=play)
    outcome = run(FakePlan(seeds=2), tmp_path / "out", play=play)
    assert (outcome.planned, outcome.already, outcome.played) == (6, 6, 0)
    assert contents(tmp_path / "out") == whole


def test_a_second_run_plays_nothing_and_touches_no_table(tmp_path):
    plan = FakePlan(played=tmp_path)
    run(plan, tmp_path / "out", play=play)
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in contents(tmp_path / "out")}
    times = manifest(tmp_path / "out")["started"], manifest(tmp_path / "out")["ended"]
    outcome = run(plan, tmp_path / "out", play=play)
    assert (outcome.already, outcome.played) == (4, 0)
    assert played(plan) == [1, 2, 3, 4]
    after = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in contents(tmp_path / "out")}
    assert {name: time for name, time in after.items() if name != "failures.csv"} == {
        name: time for name, time in before.items() if name != "failures.csv"
    }
    assert (manifest(tmp_path / "out")["started"], manifest(tmp_path / "out")["ended"]) == times


def test_a_new_title_needs_no_new_runs_but_is_recorded(tmp_path):
    run(FakePlan(played=tmp_path), tmp_path / "out", play=play)
    run(FakePlan(played=tmp_path, title="Better named"), tmp_path / "out", play=play)
    assert manifest(tmp_path / "out")["title"] == "Better named"
    assert played(FakePlan(played=tmp_path)) == [1, 2, 3, 4]


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "removed", "renamed"])
def test_a_damaged_unit_is_played_again(tmp_path, whole, damage):
    run(FakePlan(seeds=5), tmp_path / "out", play=play)
    path = tmp_path / "out/units/c0003-s0003.parquet"
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":  # found only when the rows are read for the tables
        path.write_bytes(content[:100] + bytes([content[100] ^ 0xFF]) + content[101:])
    elif damage == "emptied":
        path.write_bytes(b"")
    elif damage == "removed":
        path.unlink()
    else:
        path.write_bytes((tmp_path / "out/units/c0002-s0002.parquet").read_bytes())
    plan = FakePlan(seeds=6, played=tmp_path)
    run(plan, tmp_path / "out", play=play)
    assert played(plan) == [3, 6]
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_run_is_a_row_and_the_others_go_on(tmp_path, workers):
    outcome = run(FakePlan(raises=(2,)), tmp_path / "out", workers=workers, play=play)
    failures = ResultFolder.open(tmp_path / "out").failures()
    assert failures.to_dict("records") == [
        {"community": 2, "seed": 2, "scenario": "", "error": "ZeroDivisionError: one over nothing"}
    ]
    assert [failure["seed"] for failure in outcome.failures] == [2]
    assert sorted(set(pd.read_parquet(tmp_path / "out/series.parquet")["seed"])) == [1, 3, 4]
    assert manifest(tmp_path / "out")["units"]["failed"] == ["c0002-s0002"]


def test_a_failure_that_would_come_again_is_not_tried_again_one_of_memory_is(tmp_path):
    run(FakePlan(raises=(2,), runs_out=(3,)), tmp_path / "out", play=play)
    assert list(ResultFolder(tmp_path / "out").failures()["seed"]) == [2, 3]
    plan = FakePlan(played=tmp_path)
    run(plan, tmp_path / "out", play=play)
    assert played(plan) == [3]
    assert list(ResultFolder(tmp_path / "out").failures()["seed"]) == [2]


def test_input_that_no_run_can_use_ends_it(tmp_path):
    with pytest.raises(InputError, match="no column 'id'"):
        run(FakePlan(refuses=(1, 2, 3, 4)), tmp_path / "out", play=play)


def test_input_that_one_community_cannot_use_is_a_failed_run(tmp_path):
    outcome = run(FakePlan(refuses=(3,)), tmp_path / "out", play=play)
    assert [failure["error"] for failure in outcome.failures] == ["people.csv has no column 'id'"]


def test_a_worker_that_is_killed_once_changes_nothing(tmp_path, whole):
    outcome = run(FakePlan(seeds=6, kills_once=(3,), played=tmp_path), tmp_path / "out", workers=2, play=play)
    assert outcome.failures == []
    assert contents(tmp_path / "out") == whole


def test_a_run_that_kills_its_worker_is_a_failed_run(tmp_path):
    done = []
    outcome = run(
        FakePlan(seeds=6, kills=(3,)), tmp_path / "out", workers=2, play=play,
        progress=lambda progress: done.append(progress.done),
    )  # fmt: skip
    assert [(failure["seed"], failure["scenario"]) for failure in outcome.failures] == [(3, "")]
    assert "ended by the system" in ResultFolder(tmp_path / "out").failures()["error"][0]
    assert sorted(set(pd.read_parquet(tmp_path / "out/series.parquet")["seed"])) == [1, 2, 4, 5, 6]
    assert done == sorted(done) == list(range(7))


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_any_moment_the_same_command_goes_on(tmp_path, workers):
    whole_plan = FakePlan(seeds=30)
    run(whole_plan, tmp_path / "whole", play=play)
    out = tmp_path / "out"
    command = [sys.executable, fake_study.__file__, str(out), str(workers), "30"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    wait_for(lambda: len(list(out.glob("units/c*.parquet"))) >= 3)
    process.kill()
    process.wait()
    killed = len(list(out.glob("units/c*.parquet")))
    assert 3 <= killed < 30
    seen = ResultFolder.open(out)
    assert len(seen.manifest["units"]["pending"]) == 30
    assert seen.table("series")["seed"].nunique() >= 3  # readable as it is
    wait_for(lambda: at_rest(out / "units"))  # its workers notice, and one may leave half a file
    assert subprocess.run(command, env=environment, check=False).returncode == 0
    assert contents(out) == contents(tmp_path / "whole")
    assert not list(out.rglob("*.part"))
    assert not (out / ".lock").exists()


def test_workers_do_not_outlive_their_parent(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, fake_study.__file__, str(out), "2", "500"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    wait_for(lambda: len(list(out.glob("units/c*.parquet"))) >= 3)
    process.kill()
    process.wait()
    time.sleep(1.2)
    count = len(list(out.glob("units/c*.parquet")))
    time.sleep(0.6)
    assert len(list(out.glob("units/c*.parquet"))) == count


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_leaves_tables_of_what_is_done(tmp_path, workers):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for attempt in range(4):
        out = tmp_path / f"out {attempt}"
        command = [sys.executable, "-c", INTERRUPTED, str(out), str(workers)]
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, stderr=subprocess.PIPE, preexec_fn=heeding
        )
        wait_for(lambda out=out: len(list(out.glob("units/c*.parquet"))) >= 3)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers
        errors = process.communicate(timeout=60)[1].decode()
        if "Exception ignored in" not in errors:  # Python loses an interrupt that comes while an object is destroyed
            break
    assert errors == "interrupted\n"
    stored = manifest(out)["units"]
    assert len(stored["done"]) >= 3
    assert stored["pending"]
    assert pd.read_parquet(out / "series.parquet")["seed"].nunique() == len(stored["done"])


INTERRUPTED = """
import sys
from fake_study import FakePlan, play
from sim.ensemble import run
outcome = run(FakePlan(seeds=200, seconds=0.05), sys.argv[1], workers=int(sys.argv[2]), play=play)
if outcome.interrupted:
    sys.stderr.write("interrupted\\n")
"""


def test_a_reader_finds_whole_files_at_any_time(tmp_path):
    out = tmp_path / "out"
    problems, looks, stop = [], [], threading.Event()

    def look():
        while not stop.is_set():
            try:
                for path in [*out.glob("*.parquet"), *out.glob("units/*.parquet")]:
                    with path.open("rb") as file:  # by its path, pandas would open it twice, perhaps two versions of it
                        pd.read_parquet(file)
                    looks.append(path)
                for path in out.glob("*.json"):
                    json.loads(path.read_text())
            except FileNotFoundError:
                pass
            except Exception as error:
                problems.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    for seeds in (5, 10, 15):
        run(FakePlan(seeds=seeds, seconds=0.01), out, play=play)
    stop.set()
    thread.join()
    assert problems == []
    assert looks


def test_two_runs_in_one_folder_at_once_are_refused(tmp_path):
    with ResultFolder(tmp_path / "out").held():
        (tmp_path / "out/manifest.json").write_text(json.dumps({"fingerprint": {"digest": "", "parts": {}}}))
        with pytest.raises(InputError, match=f"in use by process {os.getpid()} on "):
            run(FakePlan(), tmp_path / "out", fresh=True, play=play)


def test_communities_that_would_move_seeds_are_refused(tmp_path):
    out = tmp_path / "out"
    run(FakePlan(seeds=6, communities=3), out, play=play)
    with pytest.raises(InputError, match="communities was 3, is now 6, so seed 4 would have another"):
        run(FakePlan(seeds=6), out, play=play)
    run(FakePlan(seeds=9, communities=3), out, play=play)
    assert sorted(set(pd.read_parquet(out / "series.parquet")["seed"])) == list(range(1, 10))


@pytest.mark.parametrize(("change", "named"), [
    (lambda plan: plan.scenarios["befriending"].resolved["interventions"][0]["runs"].update(places=80),
     "scenario 'befriending': interventions[0].runs.places was 60, is now 80"),
    (lambda plan: plan.scenarios.update(closure=FakeScenario("closure")), "scenario 'closure' is new"),
    (lambda plan: [each.resolved.update(weeks=5) for each in plan.scenarios.values()],
     "every scenario: weeks was 3, is now 5"),
])  # fmt: skip
def test_what_differs_is_named_and_nothing_is_touched(tmp_path, change, named):
    out = tmp_path / "out"
    run(FakePlan(), out, play=play)
    before = contents(out)
    plan = FakePlan()
    change(plan)
    with pytest.raises(InputError) as error:
        run(plan, out, play=play)
    assert f"{out}: {named}\n" in str(error.value)
    assert "--fresh" in str(error.value)
    assert error.value.exit_code == 2
    assert contents(out) == before
    run(plan, out, fresh=True, play=play)
    assert set(pd.read_parquet(out / "series.parquet")["scenario"]) == set(plan.scenarios)


def test_changed_data_is_named_by_its_name_beside_the_scenario(tmp_path):
    (tmp_path / "study").mkdir()
    data = tmp_path / "study/people.csv"
    data.write_text("id\n1\n")
    plan = FakePlan()
    plan.scenarios["baseline"].file = str(tmp_path / "study/baseline.yaml")
    plan.scenarios["baseline"].files = (data,)
    run(plan, tmp_path / "out", play=play)
    data.write_text("id\n2\n")
    with pytest.raises(InputError, match=r"data file people\.csv has changed"):
        run(plan, tmp_path / "out", play=play)


def test_progress_counts_earlier_runs_and_estimates_the_rest(tmp_path):
    run(FakePlan(seeds=2), tmp_path / "out", play=play)
    seen = []
    run(FakePlan(seeds=6, seconds=0.01), tmp_path / "out", play=play, progress=seen.append)
    assert [each.done for each in seen] == [2, 3, 4, 5, 6]
    assert {each.total for each in seen} == {6}
    assert seen[0].left is None
    assert seen[-1].left == 0
    assert 0 < seen[3].left < 10


def test_an_estimate_measures_and_leaves_nothing(tmp_path):
    out = tmp_path / "out"
    plan = FakePlan(seeds=10, seconds=0.02)
    found = estimate(plan, out, workers=2, play=play)
    assert not out.exists()
    assert (found.planned, found.pending, found.measured_on) == (10, 10, "trial")
    assert 0.1 < found.seconds < 5
    run(FakePlan(seeds=5, seconds=0.02), out, play=play)
    rows = sum(len(pd.read_parquet(out / f"{name}.parquet")) for name in TABLES)
    found = estimate(plan, out, workers=1, play=play)
    assert (found.planned, found.pending, found.measured_on, found.rows) == (10, 5, "stored", rows * 2)


def test_units_in_the_folder_that_are_of_something_else_do_not_count(tmp_path):
    out = tmp_path / "out"
    run(FakePlan(), out, play=play)
    other = FakePlan(weeks=4)
    other.scenarios["baseline"].resolved["weeks"] = 4
    run(other, tmp_path / "other", play=play)
    name = Unit(2, 2).filename
    (tmp_path / "out/units" / name).write_bytes((tmp_path / "other/units" / name).read_bytes())
    plan = FakePlan(seeds=5, played=tmp_path)
    run(plan, out, play=play)
    assert played(plan) == [2, 5]


def at_rest(folder):
    """Whether nothing changes in a folder for a second."""
    before = {path.name: path.stat().st_size for path in folder.iterdir()}
    time.sleep(1)
    return before == {path.name: path.stat().st_size for path in folder.iterdir()}


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_the_folder_given_may_be_a_text(tmp_path):
    assert run(FakePlan(seeds=1), str(tmp_path / "out"), play=play).folder == Path(tmp_path / "out")
