"""Small groups never show, and cannot be worked out from what shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compare import comparison, hidden_groups, suppress, suppress_ripple
from sim.compare.suppression import Suppressed


def hidden(**sizes: int) -> set[str]:
    everybody = sizes.pop("everybody", sum(sizes.values()))
    return {
        group.partition("=")[2]
        for group in hidden_groups({"all": everybody, **{f"town={name}": size for name, size in sizes.items()}})
    }


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 50, "b": 60}, set()),
        ({"a": 10, "b": 60}, set()),
        ({"a": 9, "b": 60, "c": 30}, {"a", "c"}),  # alone, a = everybody - b - c
        ({"a": 9, "b": 60}, {"a", "b"}),
        ({"a": 9, "b": 2, "c": 60}, {"a", "b"}),  # together 11
        ({"a": 3, "b": 2, "c": 60, "d": 70}, {"a", "b", "c"}),  # together 5: still a small cell
        ({"a": 0, "b": 60, "c": 30}, {"a"}),  # nobody to protect
        ({"everybody": 93, "a": 30, "b": 60}, {"a"}),  # three without a value would show
        ({"everybody": 150, "a": 5, "b": 60, "c": 35}, {"a"}),  # hidden behind fifty without a value
        ({"everybody": 150, "b": 60, "c": 40}, set()),
    ],
)
def test_groups_that_must_not_show(sizes, expected):
    assert hidden(**sizes) == expected


def test_nothing_of_a_tiny_community_shows():
    assert hidden_groups({"all": 9, "town=a": 5, "town=b": 4}) == {"all", "town=a", "town=b"}


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 30))
def test_what_is_missing_is_never_a_small_group(sizes, without):
    everybody = sum(sizes) + without
    named = {f"town={i}": size for i, size in enumerate(sizes)}
    gone = hidden_groups({"all": everybody, **named})
    shown = {group: size for group, size in named.items() if group not in gone}
    assert all(size >= 10 for size in shown.values())
    if "all" not in gone:
        rest = everybody - sum(shown.values())
        assert rest == 0 or rest >= 10 or not shown


def test_rows_of_small_groups_go_and_are_counted(fake_study):
    study = fake_study(seeds=4, groups={"all": 100, "town=a": 9, "town=b": 61, "town=c": 30, "gender=x": 50,
                                        "gender=y": 50})  # fmt: skip
    table = comparison(study.series, study.effects, study.manifest)
    shown, left_out = suppress(table, study.series, study.effects)
    assert set(shown.group) == {"all", "town=b", "gender=x", "gender=y"}
    assert left_out.groups == {"town": 2}
    assert left_out.count == 2
    assert "2 groups of town" in left_out.sentence()
    assert "=a" not in left_out.sentence()


def test_a_group_of_unknown_size_is_not_shown(fake_study):
    study = fake_study(seeds=4)
    series = study.series[~((study.series.measure == "residents") & (study.series.group == "age_band=65+"))]
    shown, _ = suppress(comparison(study.series, study.effects, study.manifest), series, study.effects)
    assert "age_band=65+" not in set(shown.group)


def test_a_group_too_small_in_one_community_shows_in_none(fake_study):
    study = fake_study(seeds=4, groups={"all": 100, "town=a": 20, "town=b": 80})
    rows = (study.series.measure == "residents") & (study.series.community == 2)
    study.series.loc[rows & (study.series.group == "town=a"), "value"] = 6.0
    study.series.loc[rows & (study.series.group == "town=b"), "value"] = 94.0
    shown, left_out = suppress(comparison(study.series, study.effects, study.manifest), study.series, study.effects)
    assert set(shown.group) == {"all"}
    assert left_out.count == 2


def test_nothing_to_suppress_says_nothing(fake_study):
    study = fake_study(seeds=4, measures=("loneliness", "often_lonely", "stigma", "cost"))
    table = comparison(study.series, study.effects, study.manifest)
    shown, left_out = suppress(table, study.series, study.effects)
    assert shown.equals(table)
    assert left_out.sentence() == ""


def test_shares_that_stand_for_a_few_residents_go(fake_study):
    groups = {"all": 100, "town=a": 40, "town=b": 60}
    measures = ("loneliness", "often_lonely", "no_close_friend", "taking_part")
    study = fake_study(seeds=4, groups=groups, measures=measures)
    table = comparison(study.series, study.effects, study.manifest)
    share = table.measure == "no_close_friend"
    table.loc[share, ["baseline", "value"]] = 0.2  # 20, 8 and 12 residents
    table.loc[table.measure == "taking_part", ["baseline", "value"]] = 0.0  # nobody
    table.loc[table.measure == "often_lonely", ["baseline", "value"]] = 0.07  # no count
    shown, left_out = suppress(table, study.series, study.effects)
    assert set(shown[shown.measure == "no_close_friend"].group) == {"all", "town=b"}
    assert len(table) - len(shown) == left_out.counts == int((share & (table.group == "town=a")).sum())
    assert f"{left_out.counts} shares that stand for fewer than 10 residents" in left_out.sentence()


def test_small_classes_of_the_ripple_go(fake_study):
    study = fake_study(seeds=4)
    study.ripple.loc[(study.ripple.distance == "volunteer") & (study.ripple.seed == 2), "residents"] = 4
    shown, classes = suppress_ripple(study.ripple)
    assert {"volunteer", "participant"}.isdisjoint(shown.distance)  # the next smallest goes too
    assert {"1", "2", "3", "more", "unreached"} <= set(shown.distance)
    assert classes == 12  # two classes, three scenarios, two measures
    assert suppress_ripple(shown)[1] == 0


def test_self_stigma_shows_only_where_it_is_known_how_many_it_concerns(fake_study):
    groups = {"all": 100, "town=a": 40, "town=b": 60, "lived_experience=no": 88, "lived_experience=yes": 12}
    measures = ("loneliness", "self_stigma")
    study = fake_study(seeds=4, groups=groups, measures=measures)
    shown, left_out = suppress(comparison(study.series, study.effects, study.manifest), study.series, study.effects)
    assert set(shown[shown.measure == "loneliness"].group) == set(groups)
    assert {"all", "lived_experience=yes"} <= set(shown[shown.measure == "self_stigma"].group)
    assert "town=a" not in set(shown[shown.measure == "self_stigma"].group)
    assert "self-stigma by group" in left_out.sentence()
    groups |= {"lived_experience=no": 93, "lived_experience=yes": 7}
    study = fake_study(seeds=4, groups=groups, measures=measures)
    shown, _ = suppress(comparison(study.series, study.effects, study.manifest), study.series, study.effects)
    assert "self_stigma" not in set(shown.measure)


@pytest.mark.parametrize(("held", "said"), [
    ({}, ""),
    ({"groups": {"age_band": 2, "area": 1}}, "3 groups"),
    ({"groups": {"area": 1}, "counts": 1, "parts": 1}, "1 group, 1 group by their part, 1 share"),
    ({"parts": 3, "counts": 14, "worse_off": True, "of_lived_experience": True},
     "3 groups by their part, 14 shares, self-stigma by group, some numbers worse off"),
])  # fmt: skip
def test_what_was_left_out_is_said_in_one_line(held, said):
    wanted = f"Not shown, to protect those surveyed: {said} (docs/surveys.md says why; the report what)."
    assert Suppressed(**held).in_short() == (wanted if said else "")
