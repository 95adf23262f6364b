"""What is said where Dask is not installed."""

import subprocess
import sys

import pytest
from fake_study import FakePlan, play

from sim.ensemble import connected, run
from sim.errors import InputError

SAID = r"^Dask is not installed: pip install -e '\.\[dask\]'$"


@pytest.fixture
def without_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)


def test_the_command_says_what_to_install(without_dask):
    with pytest.raises(InputError, match=SAID), connected("tcp://127.0.0.1:8786"):
        pass


def test_a_study_says_what_to_install(without_dask, tmp_path):
    with pytest.raises(InputError, match=SAID):
        run(FakePlan(), tmp_path / "out", play=play, client=object())
    assert not (tmp_path / "out").exists()


def test_runs_on_this_machine_do_not_import_it(tmp_path):
    program = (
        "import sys; from fake_study import FakePlan, play; from sim.ensemble import run;"
        f"run(FakePlan(), {str(tmp_path / 'out')!r}, play=play); assert 'distributed' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})
