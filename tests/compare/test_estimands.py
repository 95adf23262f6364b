"""Effects by part in the interventions, how fast uptake spreads, and what of it is not shown."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compare import comparison, effects_by_part, suppress, time_to_share
from sim.compare.suppression import _hidden_parts
from sim.measures import ESTIMANDS

PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}
THREE = {"offered", "participants", "spillover"}


def compared(study):
    return comparison(study.series, study.effects, study.manifest)


def test_effects_by_part_are_those_that_were_put_in(fake_study):
    study = fake_study({"befriending": -0.01}, seeds=20, parts=PARTS)
    found = effects_by_part(compared(study), study.effects, "loneliness")
    assert list(found) == [("befriending", part) for part in ESTIMANDS]
    assert {part: row["residents"] for (_, part), row in found.items()} == PARTS
    by_hand = {"offered": -0.07, "participants": -0.1, "volunteers": -0.01, "spillover": -0.001}
    for (_, part), row in found.items():
        assert row["effect"] == pytest.approx(by_hand[part], abs=1e-12)
        assert row["lower"] < row["effect"] < row["upper"]
        assert row["seeds"] == 20
    average = effects_by_part(compared(study), study.effects, "loneliness", when="average")
    assert average["befriending", "participants"]["effect"] == pytest.approx(-0.05)
    assert effects_by_part(compared(study), study.effects, "cost") == {}
    assert effects_by_part(compared(fake_study(seeds=4)), fake_study(seeds=4).effects, "loneliness") == {}


def test_everybody_comes_first_and_then_the_parts(fake_study):
    table = compared(fake_study({"befriending": -0.01}, seeds=4, parts=PARTS))
    order = list(dict.fromkeys(table[table.measure == "loneliness"].group))
    assert order == ["all", "offered", "participants", "volunteers", "spillover", "age_band=16-64", "age_band=65+"]
    assert "residents" not in set(table.measure)


# --- how fast ------------------------------------------------------------------------------------------


def reached(**runs):
    rows = [
        (name.rstrip("0123456789"), 1, int(name[-1]), week, "all", "reached", value)
        for name, values in runs.items()
        for week, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["scenario", "community", "seed", "week", "group", "measure", "value"])


def test_the_week_in_which_a_share_is_reached():
    table = reached(a1=[0, 0.1, 0.2, 0.4], a2=[0, 0, 0, 0.1], b1=[0, 0, 0, 0])

    def weeks(share, **options):
        return [None if math.isnan(week) else week for week in time_to_share(table, share, **options).week]

    assert weeks(0.2) == [2, None, None]
    assert weeks(0.05) == [1, 3, None]
    assert weeks(0.5, of_the_final=True) == [2, 3, None]
    assert weeks(1.0, of_the_final=True) == [3, 3, None]
    assert time_to_share(table, 0.2).columns.tolist() == ["scenario", "community", "seed", "week"]
    with pytest.raises(ValueError, match="above 0"):
        time_to_share(table, 0)


def test_the_order_of_rows_does_not_matter():
    table = reached(a1=[0, 0.1, 0.2, 0.4])
    assert time_to_share(table.iloc[::-1], 0.2).week.tolist() == [2]


# --- small groups of surveyed people ------------------------------------------------------------------


def shown(fake_study, parts, everybody=2000):
    study = fake_study({"befriending": -0.01}, seeds=3, parts=parts, groups={"all": everybody})
    table, left_out = suppress(compared(study), study.series, study.effects)
    return set(table.group) & set(ESTIMANDS), left_out


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (PARTS, set(PARTS)),
        ({"offered": 9, "spillover": 1991}, set()),  # what is not spillover is those nine
        ({"offered": 60, "participants": 60, "spillover": 1940}, THREE),
        ({"offered": 60, "participants": 55, "spillover": 1940}, {"participants"}),  # five declined
        ({"offered": 60, "participants": 50, "spillover": 1940}, THREE),
        ({"offered": 40, "participants": 20, "volunteers": 4, "spillover": 1940}, THREE),
        ({"offered": 45, "participants": 20, "volunteers": 15, "spillover": 1940}, set(PARTS)),
        ({**PARTS, "offered": 75}, {*PARTS} - {"offered"}),  # five strangers
        ({"offered": 40, "participants": 37, "volunteers": 15, "spillover": 1945}, {"participants", "volunteers"}),
        ({"offered": 1995, "participants": 300, "spillover": 5}, {"participants"}),
    ],
)  # fmt: skip
def test_parts_that_are_few_or_could_be_worked_out_are_not_shown(fake_study, parts, expected):
    groups, left_out = shown(fake_study, parts)
    assert groups == expected
    assert left_out.parts == len(parts) - len(expected)
    assert bool(left_out.parts_sentence()) == (left_out.parts > 0)
    assert left_out.sentence() == ""


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 40))
def test_no_difference_of_shown_parts_is_a_small_group(joined, declined, strangers, helpers):
    """Those offered either joined or declined; strangers joined without being offered anything; helpers did neither."""
    sizes = {
        "offered": joined + declined, "participants": joined + strangers, "volunteers": helpers,
        "spillover": 500 - joined - declined - strangers - helpers,
    }  # fmt: skip
    hidden = _hidden_parts({part: float(size) for part, size in sizes.items() if size}, 500.0, 10)
    left = {part: size for part, size in sizes.items() if size and part not in hidden}
    assert all(size >= 10 for size in left.values())
    if {"participants", "volunteers", "spillover"} <= set(left):
        assert declined == 0 or declined >= 10 or "offered" not in left
    if {"offered", "spillover"} <= set(left):
        rest = strangers + helpers
        assert rest == 0 or rest >= 10
    if {"offered", "volunteers", "spillover"} <= set(left):
        assert strangers == 0 or strangers >= 10
    if {"participants", "spillover"} <= set(left) and "volunteers" not in left:
        rest = declined + helpers
        assert rest == 0 or rest >= 10


def test_numbers_of_people_worse_off_are_not_shown_where_they_are_few(fake_study):
    study = fake_study({"a": -0.01, "b": 0.01}, seeds=4)
    few = {("a", 1): 3.0, ("a", 2): 40.0}
    rows = [
        (name, c, seed, "worse_off", group, "horizon", 0.0, few.get((name, seed), 20.0), 20.0)
        for name in ("a", "b")
        for group in ("all", "age_band=65+")
        for c, seed in study.effects[["community", "seed"]].drop_duplicates().itertuples(index=False)
    ]
    effects = pd.concat([study.effects, pd.DataFrame(rows, columns=study.effects.columns)], ignore_index=True)
    table = comparison(study.series, effects, study.manifest)
    assert len(table[table.measure == "worse_off"]) == 4
    safe, left_out = suppress(table, study.series, effects)
    rows_left = safe[safe.measure == "worse_off"]
    assert list(zip(rows_left.scenario, rows_left.group, strict=True)) == [("b", "all")]
    assert "worse off" in left_out.sentence()
