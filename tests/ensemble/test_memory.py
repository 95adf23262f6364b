"""Results stream to disk: what a process holds does not grow with the number of seeds."""

import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from sim.store import TABLES

resource = pytest.importorskip("resource", reason="peaks of memory are told by POSIX systems only")

PROGRAM = """
import resource, sys
from fake_study import FakePlan, play
from sim.ensemble import run
run(FakePlan(seeds=6, weeks=1500), sys.argv[1] + "/first", workers=2, play=play)  # fills the blocks that are written
run(FakePlan(seeds=int(sys.argv[2]), weeks=300), sys.argv[1] + "/out", workers=2, play=play)
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(who).ru_maxrss)
"""


def peaks(place, seeds):
    """Return the greatest memory in MB of the process that hands out, and of the largest worker."""
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, place, str(seeds)], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return [int(line) / unit for line in done.stdout.split()[-2:]]


@pytest.mark.verify
def test_memory_does_not_grow_with_seeds(tmp_path):
    few, many = peaks(tmp_path / "few", 20), peaks(tmp_path / "many", 160)
    tables = [pq.read_table(tmp_path / f"many/out/{name}.parquet") for name in TABLES]
    held = sum(table.nbytes for table in tables) / 1024**2
    assert held > 20
    for small, large in zip(few, many, strict=True):
        assert large - small < 0.5 * held
