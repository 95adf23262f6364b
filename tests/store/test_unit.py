import numpy as np
import pandas as pd
import pytest
from fake_study import FakePlan, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.store import TABLES, BrokenUnitError, Unit, read_unit, write_unit
from sim.store.tables import to_arrow, to_pandas


@pytest.fixture
def stored(tmp_path):
    found = tables(FakePlan(), 2, 7)
    path = write_unit(
        tmp_path, Unit(2, 7), "digest",
        tables={name: getattr(found, name) for name in TABLES},
        failures=[{"community": 2, "seed": 7, "scenario": "befriending", "error": "odd — ünicode"}],
        about={"title": "Faketown"}, seconds=1.5,
    )  # fmt: skip
    return found, path


def test_a_unit_reads_back(stored):
    found, path = stored
    unit = read_unit(path)
    assert path.name == "c0002-s0007.parquet"
    assert (unit.unit, unit.fingerprint, unit.seconds, unit.about) == ((2, 7), "digest", 1.5, {"title": "Faketown"})
    assert unit.failures[0]["error"] == "odd — ünicode"
    assert unit.size == path.stat().st_size
    for name in TABLES:
        frame = to_pandas([unit.table(name)], name)
        pd.testing.assert_frame_equal(frame, getattr(found, name), check_dtype=False, check_categorical=False)


def test_it_opens_with_pandas_alone(stored):
    found, path = stored
    frame = pd.read_parquet(path)
    assert frame["table"].value_counts().to_dict() == {name: len(getattr(found, name)) for name in TABLES}


def test_no_cut_and_no_flipped_bit_goes_unnoticed(stored):
    found, path = stored
    content = path.read_bytes()
    for length in range(0, len(content), 397):
        path.write_bytes(content[:length])
        with pytest.raises(BrokenUnitError):
            read_unit(path)
    unnoticed = 0
    for place in range(4, len(content), 211):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            unit = read_unit(path)
            frames = {name: to_pandas([unit.table(name)], name) for name in TABLES}
        except BrokenUnitError:
            continue
        unnoticed += 1  # what is not covered by a checksum must at least not change what is read
        for name, frame in frames.items():
            pd.testing.assert_frame_equal(frame, getattr(found, name), check_dtype=False, check_categorical=False)
    assert unnoticed < 30


def test_a_unit_without_rows_and_one_under_a_wrong_name(tmp_path):
    path = write_unit(tmp_path, Unit(1, 1), "d", tables={}, failures=[])
    assert read_unit(path).table("series").num_rows == 0
    path.rename(tmp_path / "c0001-s0002.parquet")
    with pytest.raises(BrokenUnitError, match="something else"):
        read_unit(tmp_path / "c0001-s0002.parquet")


def test_units_sort_by_community_then_seed():
    assert sorted([Unit(2, 1), Unit(1, 12), Unit(1, 2)]) == [(1, 2), (1, 12), (2, 1)]
    assert Unit(12345, 7).filename == "c12345-s0007.parquet"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "ü"]), st.floats(), st.integers(0, 2**31 - 1)), max_size=30))
def test_rows_keep_every_bit_and_their_order(rows):
    frame = pd.DataFrame(
        [(name, 1, 2**40, week, "all", "m", value) for name, value, week in rows], columns=list(TABLES["series"])
    ).astype({"community": "int32", "seed": "int64", "week": "int32", "value": "float64"})
    back = to_pandas([to_arrow(frame, "series")], "series")
    assert back["scenario"].astype(str).tolist() == [row[0] for row in rows]
    assert back["week"].tolist() == [row[2] for row in rows]
    assert back["value"].to_numpy().tobytes() == np.array([row[1] for row in rows], float).tobytes()


def test_wrong_tables_are_refused():
    good = tables(FakePlan(), 1, 1).series
    with pytest.raises(ValueError, match="lacks the columns"):
        to_arrow(good.drop(columns="week"), "series")
    with pytest.raises(ValueError, match="empty texts"):
        to_arrow(good.assign(group=None), "series")
    with pytest.raises((ValueError, OverflowError)):
        to_arrow(good.assign(week=2**40), "series")
