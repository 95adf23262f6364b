"""``sim run`` that is stopped: exit code 130, no traceback, and the same command goes on to the same result."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from fake_study import contents
from interrupts import heeding

import sim
from sim import ensemble

BASELINE = """
title: As things are
question: Does it help?
outcome: stigma
better: lower
community: {synthesise: {residents: 150, profile: england}}
weeks: 30
seeds: 30
"""
TALKS = """
extends: baseline.yaml
interventions:
  - name: Talks
    choose: {by: random, number: 20}
    runs: {start: 1, weeks: 3, places: 20, length: 2}
    effects: [{shift: {stigma: -0.2 sd, when: completed}}]
    spread: {uptake: 0.8}
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stopping") / "town"
    folder.mkdir()
    (folder / "baseline.yaml").write_text(BASELINE)
    (folder / "talks.yaml").write_text(TALKS)
    return folder


@pytest.fixture(scope="module")
def whole(town):
    ensemble.run(sim.load(town).plan, town.parent / "whole")
    return contents(town.parent / "whole")


@pytest.mark.parametrize(
    ("way", "workers"),
    [(signal.SIGINT, 2), (signal.SIGTERM, 2), pytest.param(signal.SIGTERM, 1, marks=pytest.mark.verify)],
)
def test_stopped_it_leaves_a_folder_that_goes_on(town, whole, tmp_path, way, workers):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sim", "run", str(town), "--workers", str(workers), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeding,
    )
    until = time.monotonic() + 60
    while len(list(out.glob("units/c*.parquet"))) < 3:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(process.pid, way)  # as a terminal or a batch system does: parent and workers
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert said == ""
    assert "Traceback" not in errors
    assert "of 30 runs are stored" in errors
    assert "the same command goes on from there" in errors
    assert not (out / ".lock").exists()
    done = pd.read_parquet(out / "series.parquet")["seed"].nunique()
    assert 3 <= done < 30
    outcome = ensemble.run(sim.load(town).plan, out)
    assert outcome.already >= done
    assert contents(out) == whole
    assert not list(Path(out).rglob("*.part"))
