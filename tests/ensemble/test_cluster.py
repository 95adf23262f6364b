"""A real scheduler with several worker processes on the loopback address."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fake_study
import pandas as pd
import pytest
from fake_study import FakePlan, contents, play
from interrupts import heeding

import sim
from sim.ensemble import connected, run
from sim.errors import InputError, RunError
from sim.store import ResultFolder

pytest.importorskip("distributed", reason="Dask is not installed: pip install -e '.[dask]'")

from dask_cluster import Cluster

from sim.ensemble import cluster as clients_side
from sim.ensemble.shipment import differing, relocated


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("dask"))
    started.add_worker()
    started.add_worker()
    yield started
    started.close()


@pytest.fixture(scope="module")
def client(cluster):
    with connected(cluster.address) as found:
        found.wait_for_workers(2, timeout=40)
        yield found


@pytest.fixture
def own_cluster(tmp_path):
    started = Cluster(tmp_path)
    yield started
    started.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The contents of a run of thirty seeds in this process."""
    folder = tmp_path_factory.mktemp("local") / "out"
    run(FakePlan(seeds=30), folder, play=play)
    return contents(folder)


@pytest.fixture
def out_of_sight(monkeypatch):
    """Workers look for the result folder where it is not: as if there were no shared storage."""

    @contextmanager
    def probe(folder):
        yield Path("/nowhere/units/.seen.part"), "token"

    monkeypatch.setattr(clients_side, "_probe", probe)


def test_results_are_those_of_this_machine_byte_for_byte(client, tmp_path, whole):
    seen = []
    outcome = run(FakePlan(seeds=30), tmp_path / "out", play=play, client=client, progress=seen.append)
    assert contents(tmp_path / "out") == whole
    assert (outcome.played, outcome.failures) == (30, [])
    assert outcome.notes == ("2 Dask workers, writing to the result folder (shared storage)",)
    assert [each.done for each in seen] == list(range(31))
    again = run(FakePlan(seeds=30), tmp_path / "out", play=play, client=client)
    assert (again.already, again.played, again.changed) == (30, 0, False)
    assert not list((tmp_path / "out").rglob("*.part"))


def test_without_shared_storage_results_come_back_and_are_the_same(client, tmp_path, whole, out_of_sight):
    outcome = run(FakePlan(seeds=30), tmp_path / "out", play=play, client=client)
    assert contents(tmp_path / "out") == whole
    assert outcome.notes == (
        "2 Dask workers without sight of the result folder; results come back through this process",
    )


def test_what_runs_on_a_cluster_goes_on_here_and_the_other_way_round(client, tmp_path, whole):
    run(FakePlan(seeds=10), tmp_path / "out", play=play, client=client)
    run(FakePlan(seeds=20), tmp_path / "out", play=play)
    outcome = run(FakePlan(seeds=30), tmp_path / "out", play=play, client=client)
    assert (outcome.already, outcome.played) == (20, 10)
    assert contents(tmp_path / "out") == whole


def test_failing_units_are_rows_and_the_others_go_on(client, tmp_path):
    plan = FakePlan(seeds=6, raises=(2,), runs_out=(4,), played=tmp_path)
    outcome = run(plan, tmp_path / "out", play=play, client=client)
    assert [(each["seed"], each["error"]) for each in outcome.failures] == [
        (2, "ZeroDivisionError: one over nothing"), (4, "MemoryError: no more"),
    ]  # fmt: skip
    assert sorted(set(pd.read_parquet(tmp_path / "out/series.parquet")["seed"])) == [1, 3, 5, 6]
    played = sorted(int(line.split()[1]) for line in (tmp_path / "played.txt").read_text().splitlines())
    assert played == [1, 2, 3, 4, 5, 6]  # none twice


def test_input_that_no_run_can_use_ends_it_and_leaves_nothing_on_the_workers(client, tmp_path):
    with pytest.raises(InputError, match="no column 'id'"):
        run(FakePlan(refuses=(1, 2, 3, 4)), tmp_path / "out", play=play, client=client)
    left = client.run(lambda dask_worker: [name for name in dask_worker.plugins if name.startswith("sim-")])
    assert list(left.values()) == [[], []]


# --- what is sent ----------------------------------------------------------------------------------------

PEOPLE = "id,gender,stigma\n" + "\n".join(f"{i},{'f' if i % 2 else 'm'},{i % 5}" for i in range(1, 41))
TIES = "source,target\n" + "\n".join(f"{i},{(i * 7) % 40 + 1}" for i in range(1, 41) if i != (i * 7) % 40 + 1)
VILLAGE = """
title: A village
question: Does it help?
outcome: stigma
better: lower
community: {survey: {people: people.csv, ties: ties.csv, stigma: {column: stigma, scale: [0, 4]}}}
weeks: 4
seeds: 4
"""


@pytest.fixture
def village(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "village"
    folder.mkdir()
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "ties.csv").write_text(TIES)
    (folder / "baseline.yaml").write_text(VILLAGE)
    (folder / "talks.yaml").write_text(
        "extends: baseline.yaml\ninterventions:\n  - name: Talks\n    choose: {by: random, number: 9}\n"
        "    runs: {start: 1, weeks: 3, places: 9, length: 2}\n"
        "    effects: [{shift: {stigma: -0.2 sd, when: completed}}]\n    spread: {uptake: 0.8}\n"
    )
    return folder


def play_what_was_sent(plan, community, seed):
    """Play for real, after seeing that the data are read from what was sent."""
    from distributed import get_worker

    from sim.run import play_unit

    here = Path(get_worker().local_directory)
    files = [file for scenario in plan.scenarios.values() for file in scenario.data_files()]
    assert files
    assert all(here in file.parents for file in files), files
    return play_unit(plan, community, seed)


def test_data_files_travel_with_the_study(client, village, tmp_path, out_of_sight):
    plan = sim.load(village).plan
    run(plan, tmp_path / "here")
    outcome = run(plan, tmp_path / "there", client=client, play=play_what_was_sent)
    assert outcome.failures == []
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    here = client.run(lambda dask_worker: [path.name for path in Path(dask_worker.local_directory).glob("sim-*")])
    assert list(here.values()) == [[], []]  # private data do not stay behind


def play_and_refuse(plan, community, seed):
    raise InputError(f"{next(iter(plan.scenarios.values())).data_files()[0]}: row 3: no such person")


def test_what_is_wrong_with_data_is_said_of_the_clients_file(client, village, tmp_path):
    with pytest.raises(InputError) as error:
        run(sim.load(village).plan, tmp_path / "out", client=client, play=play_and_refuse)
    people = sim.load(village)["baseline"].data_files()[0]
    assert str(error.value) == f"{people}: row 3: no such person"


def test_study_run_takes_a_client(client, village, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.write_report", lambda folder: folder / "report.html")
    study = sim.load(village)
    there = study.run(out="there", client=client, progress=False)
    here = study.run(out="here", progress=False)
    assert there.outcome.notes
    assert contents(there.path) == contents(here.path)


@dataclass
class Weighty:
    """Tells how often it was pickled."""

    size: int
    pickled: int = 0

    def __reduce__(self):
        self.pickled += 1
        return bytearray, (self.size,)


def test_nothing_large_is_pickled_twice(client, tmp_path, monkeypatch):
    plan = FakePlan(seeds=30)
    plan.weighty = Weighty(1_000_000)
    sizes = []
    submit = client.submit
    monkeypatch.setattr(client, "submit", lambda *a, **k: (sizes.append(len(pickle.dumps(a))), submit(*a, **k))[1])
    run(plan, tmp_path / "out", play=play, client=client)
    assert plan.weighty.pickled == 1
    assert sizes
    assert max(sizes) < 5_000


def test_files_that_a_source_still_names_are_an_error():
    @dataclass(frozen=True)
    class Odd:
        name: str

        def data_files(self):
            return (Path(self.name),)

    plan = FakePlan(scenarios={"odd": Odd("people.csv")})
    with pytest.raises(InputError, match=r"scenario 'odd': data files cannot be sent to other machines: people\.csv"):
        relocated(plan, {Path("people.csv"): Path("elsewhere/people.csv")})


# --- workers that die, join, or differ -------------------------------------------------------------------------


def test_a_worker_that_is_killed_and_one_that_joins_change_nothing(cluster, client, tmp_path, whole):
    mortal, joined = cluster.add_worker(), []
    client.wait_for_workers(3, timeout=40)
    done = []

    def look(progress):
        done.append(progress.done)
        if progress.done == 4:
            os.kill(mortal.pid, signal.SIGKILL)
            joined.append(cluster.add_worker())

    outcome = run(FakePlan(seeds=30, seconds=0.2), tmp_path / "out", play=play, client=client, progress=look)
    assert mortal.wait(5) == -signal.SIGKILL
    assert outcome.failures == []
    assert contents(tmp_path / "out") == whole
    assert done == list(range(31))
    for worker in joined:
        worker.kill()
        worker.wait()


@pytest.mark.verify
def test_runs_wait_for_a_worker_and_one_with_another_program_is_left_out(own_cluster, tmp_path, whole):
    other = tmp_path / "other"
    shutil.copytree(Path(sim.__file__).parent, other / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "sim/rng.py").open("a") as file:
        file.write("\n# changed\n")
    path = os.pathsep.join([str(other), *(place for place in sys.path if "src" not in Path(place).parts)])
    own_cluster.add_worker(path=path)
    with connected(own_cluster.address) as client:
        client.wait_for_workers(1, timeout=40)
        with pytest.raises(InputError, match=r"(?s)worker tcp://127.*the program's files differ: rng\.py.*install"):
            run(FakePlan(seeds=30), tmp_path / "out", play=play, client=client)
        assert not list(tmp_path.glob("out/units/c*"))
        own_cluster.add_worker()
        client.wait_for_workers(2, timeout=40)
        with pytest.MonkeyPatch.context() as patch:  # as if the first had joined later than the look at all workers
            patch.setattr(clients_side, "_refuse_or_describe", lambda *_: "two workers")
            outcome = run(FakePlan(seeds=30, seconds=0.02), tmp_path / "out", play=play, client=client)
    assert contents(tmp_path / "out") == whole
    assert [note for note in outcome.notes if "is left out" in note and "rng.py" in note]


@pytest.mark.verify
def test_a_run_that_ends_its_workers_is_a_failed_run(own_cluster, tmp_path):
    for _ in range(6):
        own_cluster.add_worker()
    with connected(own_cluster.address) as client:
        client.wait_for_workers(6, timeout=60)
        outcome = run(FakePlan(seeds=12, kills=(3,), seconds=0.02), tmp_path / "out", play=play, client=client)
        assert len(client.nthreads()) >= 2  # two deaths together, two alone
    assert [(each["seed"], "ended by the system" in each["error"]) for each in outcome.failures] == [(3, True)]
    assert pd.read_parquet(tmp_path / "out/series.parquet")["seed"].nunique() == 11


@pytest.mark.verify
def test_a_scheduler_that_is_gone_leaves_a_folder_that_goes_on(own_cluster, tmp_path, whole):
    own_cluster.add_worker()

    def look(progress):
        if progress.done == 4:
            own_cluster.scheduler.kill()

    with connected(own_cluster.address) as client:
        client.wait_for_workers(1, timeout=40)
        with pytest.raises(RunError, match="scheduler is lost; what is done is stored"):
            run(FakePlan(seeds=30, seconds=0.1), tmp_path / "out", play=play, client=client, progress=look)
    run(FakePlan(seeds=30), tmp_path / "out", play=play)
    assert contents(tmp_path / "out") == whole


# --- a client that goes away ---------------------------------------------------------------------------------

CLIENT = """
import sys
from fake_study import FakePlan, play
from sim.ensemble import connected, run
with connected(sys.argv[1]) as client:
    outcome = run(FakePlan(seeds=30, seconds=0.1), sys.argv[2], play=play, client=client)
sys.stderr.write(f"interrupted={outcome.interrupted}\\n")
"""


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_a_client_that_went_away_comes_back_and_goes_on(cluster, client, tmp_path, whole, way):
    out = tmp_path / "out"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CLIENT, cluster.address, str(out)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, preexec_fn=heeding)
    until = time.monotonic() + 30
    while len(list(out.glob("units/c*.parquet"))) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(way)
    errors = process.communicate(timeout=20)[1].decode()
    if way == signal.SIGINT:
        assert errors.endswith("interrupted=True\n")  # before it Dask may complain of what it has not been asked for
        found = json.loads((out / "manifest.json").read_text())["units"]
        assert len(found["done"]) >= 3
        assert found["pending"]
        assert pd.read_parquet(out / "series.parquet")["seed"].nunique() == len(found["done"])
    stored = len(ResultFolder.open(out).stored_units(clients_side_digest(out), tidy=False))
    assert 3 <= stored < 30
    outcome = run(FakePlan(seeds=30, seconds=0.1), out, play=play, client=client)
    assert outcome.already >= stored
    assert contents(out) == whole


def clients_side_digest(out):
    return json.loads((out / "manifest.json").read_text())["fingerprint"]["digest"]


# --- bad calls -----------------------------------------------------------------------------------------------


def test_an_address_where_nobody_is(monkeypatch):
    monkeypatch.setattr("sim.ensemble.connecting._TIMEOUT", 0.5)
    with (
        pytest.raises(InputError, match=r"--dask tcp://127\.0\.0\.1:9: no Dask scheduler answers there"),
        connected("tcp://127.0.0.1:9"),
    ):
        pass
    with pytest.raises(InputError, match="there is no such scheduler file"), connected("not/there.json"):
        pass


def test_something_else_than_a_client(tmp_path):
    with pytest.raises(InputError, match=r"client must be a distributed\.Client, not str"):
        run(FakePlan(), tmp_path / "out", play=play, client="tcp://127.0.0.1:1")
    assert not (tmp_path / "out").exists()


def test_differences_say_who_has_what():
    there = {"engine": {"version": "1", "sources": {}}, "libraries": {"numpy": "1.26"}}
    here = {"engine": {"version": "1", "sources": {}}, "libraries": {"numpy": "2.0"}}
    assert differing(there, here) == ["NumPy is 1.26 there, 2.0 here"]


def test_the_support_module_is_the_one_that_workers_import():
    assert Path(fake_study.__file__).parent.name == "support"
