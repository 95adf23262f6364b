"""Options of ``sim run`` that say where and how much is run, and what it says of its time."""

import time
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import app
from sim.cli.running import Forecast
from sim.ensemble import Progress

DASK = find_spec("distributed") is not None

FILES = {
    "baseline.yaml": "title: As things are\nquestion: Does it help?\noutcome: stigma\nbetter: lower\n"
    "community: {synthesise: {residents: 150, profile: england}}\nweeks: 4\nseeds: 2\n",
    "talks.yaml": "extends: baseline.yaml\ninterventions:\n  - name: Talks\n    choose: {by: random, number: 20}\n"
    "    runs: {start: 1, weeks: 3, places: 20, length: 2}\n"
    "    effects: [{shift: {stigma: -0.2 sd, when: completed}}]\n    spread: {uptake: 0.8}\n",
}  # fmt: skip


@pytest.fixture
def call(tmp_path, monkeypatch, capfd):
    """Call ``sim run`` of a small study, without figures: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.report.write_report", write_no_report)
    (tmp_path / "town").mkdir()
    for name, text in FILES.items():
        (tmp_path / "town" / name).write_text(text)

    def calling(*words):
        with pytest.raises(SystemExit) as end:
            app(["run", "town", *(str(word) for word in words)], prog_name="sim")
        out, err = capfd.readouterr()
        return end.value.code, out, err

    return calling


def write_no_report(folder):
    (Path(folder) / "report.html").write_text("")
    return Path(folder) / "report.html"


def test_precision_adds_seeds_and_says_how_many(call):
    code, _, err = call("--precision", 1, "--workers", 1)
    assert code == 0
    assert "precise enough with 20 seeds: the least certain scenario, talks, is known to ±" in err
    assert pd.read_parquet("results/town/effects.parquet")["seed"].nunique() == 20
    code, _, err = call("--precision", 0.000001, "--max-seeds", 22, "--workers", 1)
    assert code == 0
    assert "not precise enough with 22 seeds, the most allowed" in err
    assert len(list(Path("results/town/units").iterdir())) == 22


@pytest.mark.parametrize(("words", "said"), [
    (["--max-seeds", 30], "--max-seeds goes with --precision"),
    (["--dask", "tcp://127.0.0.1:9", "--workers", 2], "--workers and --dask do not go together"),
    (["--dask", "not/there.json"], "there is no such scheduler file" if DASK else "pip install -e '.[dask]'"),
    (["--precision", 0], "precision must be a number above 0"),
])  # fmt: skip
def test_what_does_not_go_together_is_refused(call, words, said):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert not Path("results").exists()


def test_dry_run_with_precision_says_that_more_may_follow(call):
    code, out, _ = call("--dry-run", "--precision", 0.01)
    assert code == 0
    assert "more may follow until the effect is known to ±0.01" in out


def test_the_first_run_says_that_it_compiles_and_later_ones_do_not(call, monkeypatch, tmp_path):
    monkeypatch.setattr("sim.compiled.caching.kernel_folder", lambda: str(tmp_path / "kernels"))
    assert "it compiles, which takes up to 15 s once, and is kept" in call("--workers", 1)[2]
    assert "compiles" not in call("--workers", 1)[2]
    monkeypatch.setattr("sim.compiled.caching.kernel_folder", lambda: "")
    assert "compiled code cannot be kept here" in call("--workers", 1)[2]


def test_after_two_seconds_it_says_how_long_it_will_take(capfd):
    with Forecast(after=0.05) as forecast:
        forecast(Progress(0, 10, 0.0, None))
        forecast(Progress(2, 10, 0.01, 1.0))
        assert capfd.readouterr().err == ""
        time.sleep(0.2)
        assert capfd.readouterr().err == "how long it will take is said when the first runs have ended\n"
        forecast(Progress(4, 10, 2.1, 61.0))
        forecast(Progress(5, 10, 2.5, 60.0))
    assert capfd.readouterr().err == "about 61 s to go for the runs, then tables, figures and report\n"


def test_a_short_run_says_nothing_of_its_time(capfd):
    with Forecast(after=0.05) as forecast:
        forecast(Progress(10, 10, 0.01, 0.0))
        time.sleep(0.1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("given", ["0", "-3", "two", "1.5"])
def test_a_number_that_cannot_be_is_said_with_what_was_found(call, given):
    code, _, err = call(f"--seeds={given}")
    assert code == 2
    assert f"'--seeds': must be a whole number of at least 1, found {given}" in err


def test_a_folder_that_is_not_there_is_all_that_is_said(capfd):
    with pytest.raises(SystemExit) as end:
        app(["run", "min"], prog_name="sim")
    out, err = capfd.readouterr()
    assert (end.value.code, out, err) == (2, "", "min: there is no such file or folder\n")
