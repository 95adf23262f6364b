"""Communities from whole-network surveys: what is read, how nominations join, and every complaint."""

from __future__ import annotations

import importlib.util
import math
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.community.community import Community
from sim.community.survey import Relation, Score, SurveySource
from sim.community.survey.columns import natural_order
from sim.community.survey.outcomes import spread_within_bins
from sim.community.survey.tables import number
from sim.errors import InputError
from sim.scenario import load_plan

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "survey_example"

PEOPLE = """id,area,age
3,North,31
1,South,42
2,North,53
4,South,64
"""
TIES = """source,target,relation
1,2,friend
2,1,neighbour
2,3,friend
3,4,neighbour
"""
RELATIONS = {"friend": {"kind": "friend", "weight": 0.6}, "neighbour": {"kind": "neighbour", "weight": 0.2}}


@pytest.fixture
def survey(tmp_path):
    """Return a function that writes both files and describes them."""

    def make(people: str = PEOPLE, ties: str = TIES, **settings) -> SurveySource:
        (tmp_path / "people.csv").write_bytes(people.encode())
        (tmp_path / "ties.csv").write_bytes(ties.encode())
        settings.setdefault("kind", "relation" if "relation" in ties.splitlines()[0] else None)
        return SurveySource(people=tmp_path / "people.csv", ties=tmp_path / "ties.csv", **settings)

    return make


def strengths(community: Community) -> dict[tuple[str, str], tuple[float, str]]:
    pairs = community.ties.pairs()
    ids = [str(person) for person in community.ids]
    return {
        (ids[a], ids[b]): (float(w), community.ties.kinds[k])
        for a, b, w, k in zip(pairs["one"], pairs["other"], pairs["strength"], pairs["kind"], strict=True)
    }


def complaints(source: SurveySource) -> list[str]:
    with pytest.raises(InputError) as caught:
        source.build(1)
    return [str(problem) for problem in caught.value.problems]


def one_complaint(source: SurveySource) -> str:
    found = complaints(source)
    assert len(found) == 1, found
    return found[0]


def assert_same(one: Community, other: Community) -> None:
    assert list(one.ids) == list(other.ids)
    assert list(one.columns) == list(other.columns)
    for name, column in one.columns.items():
        assert column.categories == other.columns[name].categories
        np.testing.assert_array_equal(column.values, other.columns[name].values)
    mine, theirs = one.ties.pairs(), other.ties.pairs()
    for name, values in mine.items():
        np.testing.assert_array_equal(values, theirs[name])
    assert one.notes == other.notes
    assert one.facts == other.facts


# --- what is read --------------------------------------------------------------------------------------


def test_residents_stand_in_canonical_order_with_their_answers(survey):
    community = survey().build(1)
    assert list(community.ids) == [1, 2, 3, 4]
    assert community.columns["area"].categories == ("North", "South")
    assert list(community.columns["area"].decoded()) == ["South", "North", "North", "South"]
    assert list(community.columns["age"].values) == [42, 53, 31, 64]
    assert community.private
    assert {"stigma", "self_stigma", "loneliness"} <= set(community.columns)
    assert community.columns["area"].source == "people.csv, column 'area'"


def test_ids_with_leading_zeros_are_texts(survey):
    community = survey("id,area\n007,N\n7,N\n08,S\n9,S\n", "source,target\n007,7\n08,9\n").build(1)
    assert list(community.ids) == ["7", "9", "007", "08"]
    assert set(strengths(community)) == {("7", "007"), ("9", "08")}


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_byte_order_marks_and_decimal_commas(survey, mark):
    people = "\ufeffid,area,income\n1,N,1.5\n2,S,2.25\n3,S,\n4,N,7\n"
    other = people.replace(",", mark).replace(".", ",")
    plain, written = survey(people, TIES).build(1), survey(other, TIES.replace(",", mark)).build(1)
    np.testing.assert_array_equal(plain.columns["income"].values, [1.5, 2.25, np.nan, 7])
    np.testing.assert_array_equal(plain.columns["income"].values, written.columns["income"].values)
    assert any("decimal comma" in note for note in written.notes)


def test_quotes_blank_lines_and_spaces_are_understood(survey):
    people = 'id,area\n 1 ,"North, upper"\n\n2,"North, upper"\n3,South\n4,South\n'
    community = survey(people, TIES).build(1)
    assert community.columns["area"].categories == ("North, upper", "South")


def test_what_a_column_is(survey):
    rows = [(i, "yes" if i % 2 else "No", i * 1.5, "ab"[i % 2], f"person {i}", i % 3, "") for i in range(1, 13)]
    people = "id,member,income,street,name,count,empty\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    community = survey(people, TIES).build(1)
    columns = community.columns
    assert columns["member"].is_flag
    assert columns["street"].is_category
    assert columns["income"].values.dtype == np.float64
    assert not columns["count"].is_category
    assert "name" not in columns
    assert "empty" not in columns
    assert any("names, free text or identifiers: name" in note for note in community.notes)


def test_few_people_do_not_make_names_a_category(survey):
    community = survey("id,name\n1,Ann\n2,Bob\n3,Cy\n4,Dee\n", TIES).build(1)
    assert "name" not in community.columns


def test_long_numbers_that_all_differ_are_identifiers(survey):
    people = "id,phone,code\n1,7700900001,01\n2,7700900002,02\n3,7700900003,01\n4,7700900004,02\n"
    columns = survey(people, TIES).build(1).columns
    assert "phone" not in columns
    assert columns["code"].categories == ("01", "02")


def test_types_orders_and_groups_override_the_guess(survey):
    people = "id,village,school\n1,10.0,low\n2,9.0,high\n3,10.0,low\n4,9.0,high\n"
    community = survey(people, TIES, groups=["village"], orders={"school": ["low", "middle", "high"]}).build(1)
    assert community.columns["village"].categories == ("9", "10")
    assert community.columns["school"].categories == ("low", "middle", "high")
    assert community.groups == ("village",)
    assert survey(people, TIES, types={"village": "category"}).build(1).columns["village"].is_category


def test_only_the_columns_listed_are_taken_over(survey):
    columns = survey(columns=["age"]).build(1).columns
    assert "age" in columns
    assert "area" not in columns


def test_missing_answers_stay_missing_and_are_counted(survey):
    people = "id,area,age,member\n1,N,-99,yes\n2,N,31,no\n3,NA,,\n4,S,40,yes\n5,S,2,no\n"
    community = survey(people, TIES, missing=[-99]).build(1)
    assert list(community.columns["area"].values) == [0, 0, -1, 1, 1]
    assert np.isnan(community.columns["age"].values).tolist() == [True, False, True, False, False]
    assert list(community.columns["member"].values) == [True, False, False, True, False]
    assert community.facts["missing"] == {"area": 1, "age": 2, "member": 1}
    assert any("a missing answer is read as no" in note for note in community.notes)


def test_combined_columns_are_means_of_the_answers_there_are(survey):
    people = "id,radio,poster\n1,0,4\n2,4,4\n3,,2\n4,,\n"
    community = survey(people, TIES, combine={"exposure": {"columns": ["radio", "poster"], "scale": [0, 4]}}).build(1)
    np.testing.assert_array_equal(community.columns["exposure"].values, [0.5, 1.0, 0.5, np.nan])
    assert community.facts["missing"]["exposure"] == 1


# --- nominations ---------------------------------------------------------------------------------------


def test_union_joins_relations_and_takes_the_kind_of_the_strongest(survey):
    assert strengths(survey(relations=RELATIONS).build(1)) == {
        ("1", "2"): (pytest.approx(1 - 0.4 * 0.8), "friend"),
        ("2", "3"): (0.6, "friend"),
        ("3", "4"): (0.2, "neighbour"),
    }


def test_mutual_keeps_pairs_that_both_sides_named(survey):
    community = survey(relations=RELATIONS, nominations="mutual").build(1)
    assert set(strengths(community)) == {("1", "2")}
    assert community.facts["pairs_one_sided"] == 2
    assert community.facts["isolates"] == 2


def test_directed_weight_weakens_what_one_side_named(survey):
    found = strengths(survey(relations=RELATIONS, nominations="directed_weight", one_sided=0.25).build(1))
    assert found[("1", "2")][0] == pytest.approx(0.68)
    assert found[("2", "3")][0] == pytest.approx(0.15)
    assert found[("3", "4")][0] == pytest.approx(0.05)


def test_without_relations_all_are_friends_and_equal(survey):
    ties = "source,target\n1,2\n2,1\n3,4\n"
    assert strengths(survey(ties=ties).build(1)) == {("1", "2"): (0.5, "friend"), ("3", "4"): (0.5, "friend")}


def test_a_column_of_strengths_multiplies_the_weight(survey):
    ties = "source,target,close\n1,2,5\n2,1,3\n3,4,\n4,1,0\n"
    community = survey(ties=ties, strength={"column": "close", "scale": [0, 5]}).build(1)
    assert strengths(community) == {
        ("1", "2"): (0.5, "friend"),
        ("3", "4"): (pytest.approx(0.5 * 8 / 15, abs=1e-6), "friend"),
    }
    assert community.facts["nominations_unused"] == 1
    assert community.facts["nominations_without_strength"] == 1


def test_relations_of_weight_zero_are_left_out(survey):
    relations = {"friend": {"weight": 0.6}, "neighbour": {"weight": 0}}
    community = survey(relations=relations).build(1)
    assert set(strengths(community)) == {("1", "2"), ("2", "3")}
    assert community.facts["nominations_unused"] == 2


def test_repeats_own_names_and_empty_names_are_dropped_and_counted(survey):
    ties = "source,target\n1,2\n1,2\n2,2\n3,\n3,4\n"
    community = survey(ties=ties).build(1)
    facts = community.facts
    assert (facts["nominations_read"], facts["nominations_used"]) == (5, 2)
    assert facts["nominations_repeated"] == facts["nominations_of_oneself"] == facts["nominations_empty"] == 1
    assert any("1 that named nobody, 1 of oneself, 1 repeated" in note for note in community.notes)


OUTSIDE = "source,target\n1,2\n1,900\n1,901\n1,900\n3,901\n"


def test_names_off_the_roster_are_counted(survey):
    community = survey(ties=OUTSIDE).build(1)
    assert list(community.columns["named_off_roster"].values) == [2, 0, 1, 0]
    assert len(community) == 4
    assert community.facts["nominations_off_roster"] == 4
    assert community.facts["names_off_roster"] == 2


def test_names_off_the_roster_are_dropped(survey):
    community = survey(ties=OUTSIDE, off_roster="drop").build(1)
    assert "named_off_roster" not in community.columns
    assert community.ties.count == 1
    assert any("4 nominations hold a name that is not in people.csv (2 different names)" in n for n in community.notes)


def test_names_off_the_roster_are_kept_as_outsiders(survey):
    community = survey(ties=OUTSIDE, off_roster="keep").build(1)
    assert list(community.ids) == [1, 2, 3, 4, 900, 901]
    assert list(community.columns["outsider"].values) == [False] * 4 + [True] * 2
    assert list(community.columns["area"].values[4:]) == [-1, -1]
    assert np.isnan(community.columns["age"].values[4:]).all()
    assert set(strengths(community)) == {("1", "2"), ("1", "900"), ("1", "901"), ("3", "901")}
    assert np.isfinite(community.columns["loneliness"].values).all()
    assert "missing" not in community.facts or not community.facts["missing"]


# --- the order of rows does not matter ------------------------------------------------------------------

IDS = ["1", "2", "3", "10", "07", "ann", "x 1"]


@st.composite
def files(draw):
    ids = draw(st.lists(st.sampled_from(IDS), min_size=3, unique=True))
    area = draw(st.lists(st.sampled_from(["N", "S", ""]), min_size=len(ids), max_size=len(ids)))
    score = draw(st.lists(st.sampled_from(["3", "4", "6", "9", ""]), min_size=len(ids), max_size=len(ids)))
    rows = [f"{person},{a},{s}" for person, a, s in zip(ids, area, score, strict=True)]
    rows.append("one more,N,5")
    one = st.sampled_from([*ids, "one more"])
    some = st.tuples(one, st.sampled_from([*ids, "one more", "out", "out 2"]), st.sampled_from("fng"))
    ties = [",".join(row) for row in draw(st.lists(some, min_size=1, max_size=25))]
    ties.append(f"{ids[0]},one more,f")
    return rows, ties, draw(st.permutations(rows)), draw(st.permutations(ties))


@settings(max_examples=60, deadline=None)
@given(
    files(),
    st.sampled_from(
        [("union", "count"), ("union", "keep"), ("mutual", "drop"), ("directed_weight", "keep"), ("mutual", "count")]
    ),
)
def test_the_order_of_rows_changes_no_bit(tmp_path_factory, written, rules):
    rows, ties, other_rows, other_ties = written
    folder = tmp_path_factory.mktemp("survey")
    made = []
    for people, named in ((rows, ties), (other_rows, other_ties)):
        (folder / "people.csv").write_text("\n".join(["id,area,ucla", *people]) + "\n")
        (folder / "ties.csv").write_text("\n".join(["source,target,r", *named]) + "\n")
        source = SurveySource(
            people=folder / "people.csv", ties=folder / "ties.csv", kind="r", nominations=rules[0],
            off_roster=rules[1], loneliness=Score("ucla", (3, 9)),
            types={"area": "category"} if len({row.split(",")[1] for row in rows} - {""}) * 2 <= sum(
                1 for row in rows if row.split(",")[1]
            ) else {},
        )  # fmt: skip
        made.append(source.build(7))
    assert_same(*made)


@settings(max_examples=40, deadline=None)
@given(files())
def test_union_holds_directed_weight_holds_mutual(tmp_path_factory, written):
    rows, ties, _, _ = written
    folder = tmp_path_factory.mktemp("survey")
    (folder / "people.csv").write_text("\n".join(["id,area,ucla", *rows]) + "\n")
    (folder / "ties.csv").write_text("\n".join(["source,target,r", *ties]) + "\n")
    found = {
        rule: strengths(
            SurveySource(
                people=folder / "people.csv", ties=folder / "ties.csv", kind="r", nominations=rule, columns=()
            ).build(1)
        )
        for rule in ("union", "directed_weight", "mutual")
    }
    named = {tuple(row.split(",")[:2]) for row in ties}
    assert set(found["union"]) == set(found["directed_weight"]) >= set(found["mutual"])
    for pair, (strength, kind) in found["union"].items():
        both = pair in named and pair[::-1] in named
        assert (pair in found["mutual"]) == both
        assert found["directed_weight"][pair][1] == kind
        assert found["directed_weight"][pair][0] == pytest.approx(strength if both else strength / 2, abs=1e-6)
        under = {tuple(row.split(",")) for row in ties}
        relations = {r for one, other, r in under if {one, other} == set(pair)}
        assert strength == pytest.approx(1 - 0.5 ** len(relations))


# --- outcomes ------------------------------------------------------------------------------------------


def scored(scores: list[str]) -> str:
    return "id,ucla3,lived,told\n" + "".join(
        f"{i},{score},{'yes' if i % 2 else 'no'},{'yes' if i == 1 else ''}\n" for i, score in enumerate(scores, 1)
    )


def test_scores_are_spread_within_their_bins_differently_for_each_seed(survey):
    source = survey(scored(list("3456789344")), TIES, loneliness={"column": "ucla3", "scale": [3, 9]})
    first, second = source.build(1), source.build(2)
    centre = (np.array([3, 4, 5, 6, 7, 8, 9, 3, 4, 4]) - 3) / 6
    for community in (first, second):
        latent = community.columns["loneliness"].values
        assert (np.abs(latent - centre) <= 1 / 12 + 1e-6).all()
        assert latent.max() <= 1
        assert np.array_equal(latent, np.round(latent, 6))
    assert (first.columns["loneliness"].values != second.columns["loneliness"].values).all()
    assert_same(first, source.build(1))


@given(st.integers(0, 6), st.floats(0, 1, exclude_max=True))
def test_a_bin_reaches_half_a_step_each_way_but_not_above_one(score, luck):
    value = np.array([score / 6])
    spread = float(spread_within_bins(value, 1 / 6, np.array([luck]))[0])
    assert value - 1 / 12 - 1e-12 <= spread <= min(float(value[0]) + 1 / 12, 1.0) + 1e-12


def test_scores_with_many_values_are_taken_as_they_are(survey):
    people = "id,att\n" + "".join(f"{i},{i * 1.01:.2f}\n" for i in range(1, 41))
    latent = survey(people, TIES, stigma={"column": "att", "scale": [0, 50]}).build(1).columns["stigma"].values
    np.testing.assert_allclose(latent, [round(i * 1.01, 2) / 50 for i in range(1, 41)], atol=1e-6)


def test_a_scale_may_be_turned_round(survey):
    people = "id,warmth\n" + "".join(f"{i},{i * 0.9:.2f}\n" for i in range(1, 41))
    latent = survey(people, TIES, stigma={"column": "warmth", "scale": [50, 0]}).build(1).columns["stigma"].values
    assert latent[0] == pytest.approx(1 - 0.9 / 50, abs=1e-6)
    assert (np.diff(latent) < 0).all()


def test_missing_scores_and_flags_are_drawn_from_the_other_answers(survey):
    people = scored(["3", "3", "3", "3", "", ""])
    community = survey(
        people, TIES, loneliness=Score("ucla3", (3, 9)), lived_experience="lived", disclosed="told"
    ).build(3)
    assert (np.abs(community.columns["loneliness"].values) <= 1 / 12).all()
    assert list(community.flag("lived_experience")) == [True, False, True, False, True, False]
    assert list(community.flag("disclosed")) == [True, False, True, False, True, False]
    assert any("Loneliness is not known of 2 residents" in note for note in community.notes)
    assert any("Disclosed is not known of 2 residents" in note for note in community.notes)


def test_only_people_with_lived_experience_have_self_stigma_or_disclose(survey):
    community = survey("id,lived_experience\n" + "".join(f"{i},{i % 2}\n" for i in range(1, 201)), TIES).build(1)
    lived = community.flag("lived_experience")
    assert lived.sum() == 100
    assert not community.flag("disclosed")[~lived].any()
    assert (community.columns["self_stigma"].values[~lived] == 0).all()
    assert (community.columns["self_stigma"].values[lived] != 0).all()


def test_what_the_survey_does_not_hold_is_drawn_and_said(survey):
    people = "id,age\n" + "".join(f"{i},{i % 70}\n" for i in range(1, 4001))
    community = survey(people, TIES).build(1)
    stigma, loneliness = (community.columns[name].values for name in ("stigma", "loneliness"))
    assert stigma.mean() == pytest.approx(0.265, abs=4 * 0.175 / math.sqrt(4000))
    assert community.flag("lived_experience").mean() == pytest.approx(0.226, abs=4 * math.sqrt(0.226 * 0.774 / 4000))
    assert (loneliness > 7 / 12).mean() == pytest.approx(0.07, abs=4 * math.sqrt(0.07 * 0.93 / 4000))
    own = community.columns["self_stigma"].values[community.flag("lived_experience")]
    assert (own > 0.5).mean() == pytest.approx(0.417, abs=4 * math.sqrt(0.25 / len(own)))
    drawn = ["lived_experience", "disclosed", "influence", "stigma", "self_stigma", "loneliness"]
    assert community.facts["synthesised"] == drawn
    for name in drawn:
        assert community.columns[name].source.startswith("synthesised from england.")
        assert sum(f"does not hold {name.replace('_', ' ')}:" in note for note in community.notes) == 1


# --- places --------------------------------------------------------------------------------------------


def test_a_flag_makes_a_place_and_group_ties_of_members_live_through_it(survey):
    people = "id,club,street\n1,yes,a\n2,yes,b\n3,no,a\n4,yes,b\n"
    ties = "source,target,relation\n1,2,club\n1,3,club\n2,4,friend\n"
    relations = {"club": Relation("group", 0.3), "friend": Relation("friend", 0.5)}
    community = survey(people, ties, relations=relations, places={"mothers_club": "club", "street": "street"}).build(1)
    assert [place.name for place in community.places.items] == ["mothers_club", "street a", "street b"]
    assert list(community.places.named("mothers_club").members) == [True, True, False, True]
    pairs = community.ties.pairs()
    assert list(zip(pairs["one"], pairs["other"], pairs["place"], strict=True)) == [(0, 1, 0), (0, 2, 1), (1, 3, -1)]


# --- complaints ----------------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_a_near_one(tmp_path, survey):
    source = survey()
    (tmp_path / "people.csv").rename(tmp_path / "peoples.csv")
    found = one_complaint(source)
    assert found == f"{tmp_path / 'people.csv'}: there is no such file; did you mean 'peoples.csv'?"


def test_both_files_missing_are_named_at_once(tmp_path):
    found = complaints(SurveySource(people=tmp_path / "a.csv", ties=tmp_path / "b.csv"))
    assert [item.split(": ")[0] for item in found] == [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"id": "ids"}, "people.csv: no column 'ids' (named by `id`); did you mean 'id'? columns: id, area, age"),
        ({"source": "sorce"}, "ties.csv: no column 'sorce' (named by `source`); did you mean 'source'?"),
        ({"target": "x"}, "ties.csv: no column 'x' (named by `target`); columns: source, target, relation"),
        ({"kind": "relaton"}, "ties.csv: no column 'relaton' (named by `kind`); did you mean 'relation'?"),
        ({"strength": "w"}, "ties.csv: no column 'w' (named by `strength`)"),
        ({"columns": ["aera"]}, "people.csv: no column 'aera' (named by `columns`); did you mean 'area'?"),
        ({"types": {"aera": "flag"}}, "no column 'aera' (named by `types.aera`)"),
        ({"orders": {"aera": ["N"]}}, "no column 'aera' (named by `orders.aera`)"),
        ({"groups": ["aera"]}, "no column 'aera' (named by `groups`); did you mean 'area'?"),
        ({"groups": ["outsider"]}, "groups: there is no column 'outsider'"),
        ({"lived_experience": "ill"}, "no column 'ill' (named by `lived_experience`)"),
        ({"loneliness": "ucla"}, "no column 'ucla' (named by `loneliness`)"),
        ({"places": {"pub": "pubs"}}, "no column 'pubs' (named by `places.pub`)"),
        ({"combine": {"m": {"columns": ["agee"]}}},
         "no column 'agee' (named by `combine.m.columns`); did you mean 'age'?"),
        ({"combine": {"age": {"columns": ["age"], "scale": [0, 100]}}}, "combine.age: there is already a column 'age'"),
        ({"places": {"age": "age"}}, "places.age: column 'age' holds numbers; a place needs a flag or categories"),
        ({"relations": {"friend": {}, "neighbor": {}}},
         ".csv:3: 'neighbour' in column 'relation' is none of the relations given (the first of 2 rows); did you mean"),
        ({"relations": {"friend": {}, "neighbour": {}, "kin": {}}},
         "'kin' does not occur in column 'relation'; relations there: friend, neighbour"),
        ({"orders": {"area": ["North", "West"]}},
         ":3: column 'area' holds a value that is not in its order: North, West"),
        ({"types": {"area": "number"}}, ":2: column 'area' is not a number here"),
        ({"types": {"age": "flag"}}, ":2: column 'age' is neither yes (1, yes, true) nor no (0, no, false)"),
        ({"types": {"age": "category"}}, "column 'age' has 4 different values for 4 people: it looks like names"),
        ({"stigma": {"column": "age", "scale": [32, 70]}}, ":2: column 'age' is outside its scale, 32 to 70"),
        ({"stigma": "area"}, ":2: column 'area' is not a number here"),
        ({"combine": {"m": {"columns": ["age"], "scale": [40, 70]}}},
         ":2: column 'age' is outside its scale, 40 to 70"),
    ],
)  # fmt: skip
def test_what_the_scenario_gets_wrong_is_said(survey, settings, message):
    assert any(message in item for item in complaints(survey(**settings))), complaints(survey(**settings))


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ("id,area\n1,N\n2,S\n1,N\n3,N\n", ":4: column 'id': the same id stands already in row 2"),
        ("id,area\n1,N\n,S\n3,N\n2,S\n", ":3: column 'id': the id is missing"),
        ("id,area\n1,N,x\n2,S\n3,S\n", ":2: has 3 cells where the header has 2"),
        ("id,area,area\n1,N,x\n2,S,y\n", ": two columns have the same name: area"),
        ("", ": is empty: the first row must name the columns"),
        ("id,area\n", ": has no people: there is no row below the header"),
        ('id,area\n1,"N\n2,S\n', "cannot be read as separated values"),
        ("id,stigma\n1,3\n2,4\n3,4\n", "`stigma: {column: stigma, scale: [lowest, highest]}`"),
        ("id\tarea\0\n1\tN\n", "is not a text file"),
    ],
)
def test_what_is_wrong_with_the_people_file_is_said(survey, people, message):
    assert any(message in item for item in complaints(survey(people)))


@pytest.mark.parametrize(
    ("ties", "message"),
    [
        ("source,target,relation\n,2,friend\n1,2,friend\n", ":2: column 'source': who names is missing"),
        ("source,target,relation\n1,2,friend\n2,1,\n", ":3: column 'relation': the relation is missing"),
        ("source,target,relation\n", "has no ties: there is no row below the header"),
        ("source,target\n001,002\n",
         "ids in columns 'source' and 'target' do not agree with those in 'id'; they would, "
         "without leading zeros, decimals and capitals"),
        ("source,target\n77,78\n", "no row joins two people of people.csv"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_ties_file_is_said(survey, ties, message):
    assert any(message in item for item in complaints(survey(ties=ties)))


def test_latin_1_is_refused_with_its_row(tmp_path, survey):
    source = survey()
    (tmp_path / "people.csv").write_bytes("id,area\n1,N\n2,Fürth\n3,Fürth\n4,N\n".encode("latin-1"))
    said = one_complaint(source)
    assert ":3: is not UTF-8: save it again as 'CSV UTF-8', or say what it is, e.g. `encoding: cp1252`" in said
    named = replace(source, encoding="cp1252", types={"area": "category"}).build(1)
    assert "Fürth" in named.columns["area"].categories


def test_a_decimal_comma_among_commas_is_refused(survey):
    source = survey('id,income\n1,"3,5"\n2,4\n3,1\n4,2\n', TIES, types={"income": "number"})
    assert "column 'income' is not a number here (a decimal comma? write 3.5" in one_complaint(source)


def test_strengths_outside_their_scale_are_refused(survey):
    source = survey(ties="source,target,close\n1,2,6\n", strength={"column": "close", "scale": [0, 5]})
    assert ":2: column 'close' is outside its scale, 0 to 5" in one_complaint(source)


def test_scores_that_nobody_gave_are_refused(survey):
    source = survey(scored([""] * 4), TIES, loneliness={"column": "ucla3", "scale": [3, 9]})
    assert "column 'ucla3' holds no answer that could be used for loneliness" in one_complaint(source)
    source = survey("id,ill\n1,\n2,\n3,\n4,\n", TIES, lived_experience="ill")
    assert "column 'ill' holds no answer that could be used for lived_experience" in one_complaint(source)


def test_all_problems_come_at_once_and_never_an_answer(survey):
    people = "id,secret,age\n1,Ann has debts,abc\n1,Bob drinks,3\n,Cy,4\n4,Dee,5\n"
    ties = "source,target,relation\n,2,friend\n1,4,frend\n"
    source = survey(
        people, ties, relations={"friend": {}}, types={"age": "number", "secret": "category"}, groups=["nowhere"]
    )
    found = complaints(source)
    assert len(found) == 7
    text = "\n".join(found)
    assert not any(secret in text for secret in ("Ann", "debts", "Bob", "Cy", "Dee", "abc"))


def test_a_column_that_is_used_twice_is_complained_about_once(survey):
    people = "id,age\n" + "".join(f"{i},{'x' if i > 20 else i}\n" for i in range(1, 31))
    used = {"columns": ["age"], "scale": [0, 100]}
    source = survey(people, TIES, types={"age": "number"}, combine={"old": used}, stigma=Score("age", (0, 100)))
    found = complaints(source)
    assert len(found) == 9
    assert found[-1].endswith("column 'age': 2 more rows like this from here on")


def test_many_faults_of_one_sort_are_counted(survey):
    people = "id,age\n" + "".join(f"{i},x\n" for i in range(1, 31))
    found = complaints(survey(people, TIES, types={"age": "number"}))
    assert len(found) == 9
    assert found[-1].endswith("people.csv:10: column 'age': 22 more rows like this from here on")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nominations": "unoin"},
         "nominations: 'unoin' is none of union, mutual, directed_weight; did you mean 'union'?"),
        ({"off_roster": "ignore"}, "off_roster: 'ignore' is none of count, keep, drop"),
        ({"off_roster": "keep", "nominations": "mutual"}, "off_roster: 'keep' does not go with nominations: mutual"),
        ({"one_sided": 1.5}, "one_sided: must be a number from 0 to 1, not 1.5"),
        ({"kind": None, "relations": {"friend": {}}}, "relations: needs `kind`"),
        ({"relations": {"friend": {"kind": "freind"}}}, "relations.friend.kind: 'freind' is none of"),
        ({"relations": {"friend": {"weight": 2}}}, "relations.friend.weight: must be a number from 0 to 1, not 2"),
        ({"relations": {"friend": {"wieght": 1}}}, "relations.friend: unknown key 'wieght'; did you mean 'weight'?"),
        ({"relations": {"friend": 1}}, "relations.friend: must be a mapping with kind, weight"),
        ({"loneliness": {"scale": [3, 9]}}, "loneliness: needs column"),
        ({"loneliness": {"column": "u", "scale": [3, 3]}}, "loneliness.scale: must be two different numbers"),
        ({"loneliness": {"column": "u", "scale": 3}}, "loneliness.scale: must be two numbers"),
        ({"combine": {"m": {"columns": []}}}, "combine.m.columns: must be a list of at least one column"),
        ({"types": {"age": "text"}}, "types.age: 'text' is none of category, number, flag"),
        ({"types": {"age": "number"}, "orders": {"age": [1]}}, "orders.age: only a category has an order"),
        ({"groups": "area"}, "groups: must be a list, not one text"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused_at_once(survey, settings, message):
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(").replace("?", r"\?")):
        survey(**settings)


def test_all_settings_that_make_no_sense_are_said_at_once(survey):
    with pytest.raises(InputError) as caught:
        survey(
            nominations="unoin", one_sided=1.5, relations={"friend": {"kind": "freind"}, "kin": {"weight": 2}},
            types={"age": "text"}, groups="area", loneliness={"scale": [3, 9]}, scales={"age": "ucla33"},
        )  # fmt: skip
    assert isinstance(caught.value, ValueError)
    starts = ["loneliness: ", "groups: ", "types.age: ", "scales.age: ", "nominations: ", "one_sided: ",
              "relations.friend.kind: ", "relations.kin.weight: "]  # fmt: skip
    assert [str(item).partition(" ")[0] + " " for item in caught.value.problems] == starts


def test_an_unknown_relation_is_told_with_its_first_row_and_how_many_there_are(survey):
    ties = "source,target,relation\n1,2,friend\n2,3,freind\n3,4,friend\n4,1,freind\n"
    found = complaints(survey(ties=ties, relations={"friend": {}}))
    assert len(found) == 1
    assert found[0].endswith(
        "ties.csv:3: 'freind' in column 'relation' is none of the relations given (the first of 2 rows); "
        "did you mean 'friend'? given: friend"
    )


# --- small parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "comma", "value"),
    [("3", False, 3.0), ("-2.5e3", False, -2500.0), (".5", False, 0.5), ("3,5", True, 3.5), ("3,5", False, None),
     ("1,234.5", True, None), ("inf", False, None), ("1e999", False, None),
     ("0x1", False, None), ("1_000", False, None)],
)  # fmt: skip
def test_numbers_are_read_strictly(cell, comma, value):
    assert number(cell, comma) == value


def test_an_empty_cell_is_not_a_number_but_no_fault():
    assert math.isnan(number("") or 0.0)


def test_categories_stand_in_natural_order():
    assert natural_order({"16-24", "5-9", "75+", "100+"}) == ["5-9", "16-24", "75+", "100+"]


def test_a_source_can_be_sent_to_other_processes_and_names_its_files(survey, tmp_path):
    source = survey(relations=RELATIONS, loneliness=None)
    again = pickle.loads(pickle.dumps(source))
    assert again == source
    assert source.files() == (tmp_path / "people.csv", tmp_path / "ties.csv")


# --- the shipped example -------------------------------------------------------------------------------


def test_the_example_is_what_its_script_writes(tmp_path):
    spec = importlib.util.spec_from_file_location("make_survey", EXAMPLE / "make_survey.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    for name in ("people.csv", "ties.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes()


def test_the_example_loads_and_its_readme_names_every_column():
    plan = load_plan([EXAMPLE])
    assert list(plan.scenarios) == ["baseline", "befriending", "choir_closes", "kitchen_table_talks"]
    community = plan.scenarios["baseline"].build_community(1)
    assert len(community) == 120
    assert not community.facts["synthesised"]
    assert community.facts["nominations_off_roster"] > 0
    assert community.facts["pairs_one_sided"] > 0
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for file in ("people.csv", "ties.csv"):
        header = (EXAMPLE / file).read_text(encoding="utf-8").splitlines()[0]
        assert all(f"`{name}`" in readme for name in header.split(","))
