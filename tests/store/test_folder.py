import json

import pandas as pd
import pytest
from fake_study import FakePlan, play, tables

from sim.ensemble import run
from sim.errors import InputError
from sim.store import TABLES, ResultFolder, Unit, read_unit, write_unit


def test_a_folder_that_is_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    for fresh in (False, True):
        with pytest.raises(InputError, match=r"not a result folder and not empty \(it holds thesis\.tex\)"):
            run(FakePlan(), tmp_path, fresh=fresh, play=play)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(InputError, match="is a file, not a folder"):
        run(FakePlan(), tmp_path / "thesis.tex", play=play)


def test_starting_anew_removes_what_is_ours_and_nothing_else(tmp_path):
    run(FakePlan(), tmp_path, play=play)
    (tmp_path / "notes.md").write_text("mine")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/old.svg").write_text("")
    (tmp_path / "units/mine.txt").write_text("mine")
    run(FakePlan(seeds=1), tmp_path, fresh=True, play=play)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [
        "contributions.parquet", "effects.parquet", "failures.csv", "manifest.json", "notes.md", "ripple.parquet",
        "series.parquet", "units/c0001-s0001.parquet", "units/mine.txt",
    ]  # fmt: skip


def test_what_is_no_result_folder_is_said_to_be_none(tmp_path):
    with pytest.raises(InputError, match="holds no manifest"):
        ResultFolder.open(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        ResultFolder.open(tmp_path / "x")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="--fresh starts anew"):
        run(FakePlan(), tmp_path, play=play)
    run(FakePlan(), tmp_path, fresh=True, play=play)


def test_tables_of_a_run_that_was_killed_come_from_its_units(tmp_path):
    run(FakePlan(), tmp_path, play=play)
    whole = {name: ResultFolder(tmp_path).table(name) for name in TABLES}
    for name in TABLES:
        (tmp_path / f"{name}.parquet").unlink()
        pd.testing.assert_frame_equal(ResultFolder(tmp_path).table(name), whole[name])


def test_a_table_that_is_damaged_is_written_again(tmp_path):
    run(FakePlan(), tmp_path, play=play)
    good = (tmp_path / "series.parquet").read_bytes()
    (tmp_path / "series.parquet").write_bytes(good[:-100])
    with pytest.raises(InputError, match=r"series\.parquet: cannot be read"):
        ResultFolder(tmp_path).table("series")
    run(FakePlan(), tmp_path, play=play)
    assert (tmp_path / "series.parquet").read_bytes() == good


def test_memory_does_not_grow_with_the_number_of_units(tmp_path):
    """Arrow counts its own memory: what is gathered is written as soon as it is 200,000 rows."""
    import pyarrow as pa

    folder = ResultFolder(tmp_path)
    folder.units_path.mkdir(parents=True)
    found = tables(FakePlan(weeks=2000), 1, 1)  # 24,000 rows
    many = []
    for seed in range(1, 61):
        frames = {name: getattr(found, name).assign(community=seed, seed=seed) for name in TABLES}
        many.append(read_unit(write_unit(folder.units_path, Unit(seed, seed), "d", tables=frames)))
    pool = pa.default_memory_pool()

    def peak(units):
        before = pool.bytes_allocated()
        seen = []
        real = type(units[0]).table

        def spy(self, name):
            seen.append(pool.bytes_allocated() - before)
            return real(self, name)

        type(units[0]).table = spy
        try:
            folder.write_tables(units)
        finally:
            type(units[0]).table = real
        return max(seen)

    few = peak(many[:20])
    assert peak(many) < 1.2 * few
    assert len(pd.read_parquet(tmp_path / "series.parquet")) == 60 * len(found.series)


def test_the_manifest_names_what_computed(tmp_path):
    run(FakePlan(), tmp_path, play=play)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert set(manifest["versions"]) == {
        "python", "sim", "numpy", "scipy", "numba", "pandas", "pyarrow", "mesa", "networkx", "networkit",
    }  # fmt: skip
    assert set(manifest["fingerprint"]["parts"]) == {"scenarios", "baseline", "data", "engine", "libraries"}
    assert manifest["scenarios"]["befriending"]["resolved"]["interventions"][0]["runs"] == {"places": 60}
    assert (manifest["seeds"], manifest["communities"], manifest["private"]) == (4, 4, False)
