"""Communities grown from egocentric surveys: targets are met, sampling error arrives, every fault is said."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import compiled
from sim.community.describe import transitivity
from sim.community.egocentric import EgocentricSource
from sim.community.egocentric.mixing import fitted
from sim.community.egocentric.reading import read_egos
from sim.community.egocentric.sample import draw_sample, weighted_mean, weighted_standard_error
from sim.community.egocentric.structure import Labels, make_structure
from sim.community.survey.reading import Reader
from sim.community.survey.tables import Faults
from sim.errors import InputError
from sim.rng import Draws

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "egocentric_example"
RELATIONS = {"relative": {"kind": "family"}, "friend": {"kind": "friend"}, "neighbour": {"kind": "neighbour"}}


def example(**settings) -> EgocentricSource:
    usual = {
        "egos": EXAMPLE / "egos.csv", "alters": EXAMPLE / "alters.csv", "alter_ties": EXAMPLE / "alter_ties.csv",
        "kind": "relation", "relations": RELATIONS, "weight": "weight", "named": "named", "residents": 600,
        "mixing": ["age_band", "gender"],
    }  # fmt: skip
    return EgocentricSource(**(usual | settings))


def said(source: EgocentricSource) -> str:
    with pytest.raises(InputError) as caught:
        source.build(1)
    return "\n".join(str(problem) for problem in caught.value.problems)


def data_of(source: EgocentricSource):
    found = read_egos(source, Reader(Faults()))
    assert found is not None
    return found


# --- the parts -------------------------------------------------------------------------------------------


def test_weighted_estimates_against_their_formulas():
    values, weight = np.array([1.0, 4.0, math.nan, 2.0]), np.array([1.0, 2.0, 5.0, 1.0])
    assert weighted_mean(values, weight) == pytest.approx((1 + 8 + 2) / 4)
    # with equal weights the linearised standard error is the usual one
    plain = np.array([3.0, 5.0, 8.0, 9.0])
    assert weighted_standard_error(plain, np.ones(4)) == pytest.approx(plain.std(ddof=1) / 2)
    assert weighted_standard_error(plain, np.ones(4)) == pytest.approx(weighted_standard_error(plain, np.full(4, 7.0)))


@given(st.integers(2, 6), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_a_fitted_table_has_its_margins_and_the_odds_ratios_of_the_survey(size, seed):
    luck = Draws(seed).stream("test").uniform(np.arange(size * size + size, dtype=np.uint64))
    table, margin = luck[: size * size].reshape(size, size) + 0.05, luck[size * size :] + 0.05
    margin = margin / margin.sum()
    found = fitted(table, margin)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), margin, atol=1e-6)
    both = (table + table.T) / 2
    seed_table = 0.999 * both / both.sum() + 0.001 * np.outer(margin, margin)
    odds = seed_table[0, 0] * seed_table[1, 1] / (seed_table[0, 1] * seed_table[1, 0])
    assert found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0]) == pytest.approx(odds, rel=1e-6)


def test_residents_are_allotted_by_weight_within_one():
    data = data_of(example())
    sample = draw_sample(data, 1000, Draws(3), resample=False)
    copies = np.bincount(sample.ego, minlength=len(data.rows))
    np.testing.assert_array_less(np.abs(copies - 1000 * data.weight / data.weight.sum()), 1.0 + 1e-6)
    assert copies.sum() == 1000


def test_a_bootstrap_draws_egos_with_replacement_and_another_for_each_seed():
    data = data_of(example())
    one, other = (draw_sample(data, 600, Draws(seed), resample=True).weight / data.weight for seed in (1, 2))
    np.testing.assert_allclose(one.sum(), len(data.rows))
    assert 0.30 < (one == 0).mean() < 0.44  # about 1/e are not drawn
    assert not np.array_equal(one, other)


def ring(positions: int, relations: int = 2):
    return np.full((positions, relations), 2, np.int64)


def slow_density(structure) -> float:
    rows = [set(structure.neighbour[a:b].tolist()) for a, b in zip(structure.first, structure.first[1:], strict=False)]
    shares = []
    for row in rows:
        if len(row) > 1:
            tied = sum(1 for a in row for b in row if a < b and b in rows[a])
            shares.append(tied / (len(row) * (len(row) - 1) / 2))
    return float(np.mean(shares))


@pytest.mark.parametrize("density", [None, 0.2, 0.45])
def test_structure_keeps_numbers_of_ties_and_closes_triangles_to_the_target(density):
    wanted = ring(300)
    labels = Labels(np.arange(300) % 3, (np.full((3, 3), 1 / 9),) * 2)
    made = make_structure(wanted, labels, density, Draws(5))
    rows = np.repeat(np.arange(300), np.diff(made.first))
    for relation in range(2):
        degree = np.bincount(rows[made.relation == relation], minlength=300)
        assert np.abs(degree - 2).sum() == made.unmatched if relation == 0 else True
    codes = rows * 300 + made.neighbour
    assert len(np.unique(codes)) == len(codes)  # nobody twice
    assert (rows != made.neighbour).all()
    assert set(codes.tolist()) == set((made.neighbour.astype(np.int64) * 300 + rows).tolist())  # both ways
    assert made.density == pytest.approx(slow_density(made), abs=1e-9)
    if density is None:
        assert made.density < 0.1
    else:
        assert made.density == pytest.approx(density, abs=0.01)


def test_closing_triangles_changes_no_mixing_of_labels():
    labels = Labels(np.arange(400) % 4, (np.eye(4) * 0.2 + 0.0125,) * 2)
    counts = []
    for density in (None, 0.4):
        made = make_structure(ring(400), labels, density, Draws(2))
        rows = np.repeat(np.arange(400), np.diff(made.first))
        cells = labels.of[rows] * 4 + labels.of[made.neighbour] + 16 * made.relation
        counts.append(np.bincount(cells, minlength=32))
    np.testing.assert_array_equal(counts[0], counts[1])
    same = counts[0].reshape(2, 4, 4).diagonal(axis1=1, axis2=2).sum() / counts[0].sum()
    assert same == pytest.approx(4 * 0.2125, abs=0.02)


def test_people_are_exchanged_only_where_numbers_of_ties_agree_and_the_counts_stay_true():
    """The kernel's counts of ties by traits, kept while people move, are those counted afresh at the end."""
    made = make_structure(ring(200, 1), Labels(np.zeros(200, np.int64), (np.ones((1, 1)),)), 0.3, Draws(4))
    trait = (np.arange(200) % 2).astype(np.int16)[None, :]
    who = np.arange(200)
    size, offset = np.array([2]), np.zeros((1, 1), np.int64)

    def counted() -> np.ndarray:
        rows = np.repeat(np.arange(200), np.diff(made.first))
        once = rows < made.neighbour
        a, b = trait[0, who[rows[once]]], trait[0, who[made.neighbour[once]]]
        return np.bincount(np.minimum(a, b) * 2 + np.maximum(a, b), minlength=4).astype(float)

    count = counted()
    wanted = np.array([0.45, 0.1, 0.0, 0.45]) * count.sum()
    before = np.abs(count - wanted).sum()
    one_class = (np.arange(200), np.zeros(200, np.int64), np.array([0, 200]))
    compiled.place_people(
        np.uint64(9), made.first, made.neighbour, made.relation, who, *one_class, trait, size, offset, count, wanted,
        1 / np.maximum(wanted, 1), 0.5, 0.001, 100,
    )  # fmt: skip
    np.testing.assert_allclose(count, counted(), atol=1e-9)
    assert sorted(who.tolist()) == list(range(200))
    assert np.abs(count - wanted).sum() < before / 5


# --- the whole -------------------------------------------------------------------------------------------


def test_every_target_is_met_in_twenty_communities():
    missed = [
        (seed, match.target, match.wanted, match.achieved)
        for seed in range(1, 21)
        for match in example().build(seed).matches
        if not match.met
    ]
    assert not missed


def test_matches_say_what_is_there():
    community = example(residents=900).build(4)
    by_target = {match.target: match for match in community.matches}
    degree = community.ties.degree()
    assert by_target["ties per resident"].achieved == pytest.approx(degree.mean())
    assert by_target["residents without ties"].achieved == pytest.approx((degree == 0).mean())
    pairs = community.ties.pairs()
    age = community.columns["age_band"].values
    within = (age[pairs["one"]] == age[pairs["other"]]).mean()
    assert by_target["ties within age band"].achieved == pytest.approx(within)
    family = community.ties.degree(["family"]).mean()
    assert by_target["ties per resident: relative"].achieved == pytest.approx(family)
    assert "standard error" in by_target["ties per resident"].source


def test_weights_reach_the_community():
    weighted, plain = (example(weight=weight, resample=False).build(1) for weight in ("weight", None))
    young = [np.mean(c.columns["age_band"].decoded() == "16-34") for c in (weighted, plain)]
    assert young[0] > young[1] + 0.05  # the young answered less readily


def test_sampling_error_reaches_the_communities():
    means = {
        resample: [example(resample=resample).build(seed).ties.degree().mean() for seed in range(1, 11)]
        for resample in (True, False)
    }
    data = data_of(example())
    error = weighted_standard_error(data.named.astype(float), data.weight)
    assert np.std(means[False], ddof=1) < error / 4
    assert error / 2 < np.std(means[True], ddof=1) < 2 * error


def test_without_ties_among_alters_triangles_are_left_to_chance():
    closed, open_ = example().build(1), example(alter_ties=None).build(1)
    assert transitivity(open_) < 0.05 < 0.2 < transitivity(closed)
    assert any("left to chance" in note for note in open_.notes)


def test_the_same_seed_gives_the_same_community_whatever_the_order_of_rows(tmp_path):
    for name in ("egos.csv", "alters.csv", "alter_ties.csv"):
        header, *rows = (EXAMPLE / name).read_text().splitlines()
        (tmp_path / name).write_text("\n".join([header, *reversed(rows)]) + "\n")
    files = {key: tmp_path / f"{key}.csv" for key in ("egos", "alters", "alter_ties")}
    one, other = example().build(7), example(**files).build(7)
    for mine, theirs in zip(one.ties.pairs().values(), other.ties.pairs().values(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for name in one.columns:
        np.testing.assert_array_equal(one.columns[name].values, other.columns[name].values)


def test_people_named_and_not_described_count(tmp_path):
    data = data_of(example())
    assert (data.named == data.described).all()
    header, *rows = (EXAMPLE / "egos.csv").read_text().splitlines()
    more = [row.rsplit(",", 1) for row in rows]
    more = [f"{start},{int(count) + 1 if int(count) > 0 else ''}" for start, count in more]
    (tmp_path / "egos.csv").write_text("\n".join([header, *more]) + "\n")
    usual, grown = example().build(1), example(egos=tmp_path / "egos.csv").build(1)
    had_any = (usual.ties.degree() > 0).mean()
    assert grown.ties.degree().mean() == pytest.approx(usual.ties.degree().mean() + had_any, abs=0.08)
    for kind in ("family", "friend", "neighbour"):  # those not described are like those described
        share, now = (c.ties.degree([kind]).sum() / c.ties.degree().sum() for c in (usual, grown))
        assert now == pytest.approx(share, abs=0.04)
    assert any("were named and not described" in note for note in grown.notes)


def test_a_filter_says_which_rows_are_ties(tmp_path):
    rows = (EXAMPLE / "alter_ties.csv").read_text().splitlines()
    marked = [rows[0] + ",closeness", *(f"{row},{1 + n % 2}" for n, row in enumerate(rows[1:]))]
    (tmp_path / "alter_ties.csv").write_text("\n".join(marked) + "\n")
    every = example(alter_ties=tmp_path / "alter_ties.csv").build(1)
    half = example(alter_ties=tmp_path / "alter_ties.csv", close={"closeness": [1]}).build(1)
    assert half.facts["alter_ties_used"] == math.ceil(every.facts["alter_ties_used"] / 2)
    assert transitivity(half) < 0.75 * transitivity(every)


def test_the_example_is_what_its_script_writes(tmp_path):
    spec = importlib.util.spec_from_file_location("make_egocentric", EXAMPLE / "make_survey.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    for name in ("egos.csv", "alters.csv", "alter_ties.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes()


# --- a corrupted copy of each input ----------------------------------------------------------------------

CORRUPTIONS = [
    ("egos.csv", ("e002,", "e001,"), ":3: column 'id': the same id stands already in row 2"),
    ("egos.csv", ("e002,", ","), ":3: column 'id': the id is missing"),
    ("egos.csv", ("id,", "ego,"), "no column 'id' (named by `id`)"),
    ("egos.csv", (",weight,", ",weigth,"), "no column 'weight' (named by `weight`); did you mean 'weigth'?"),
    ("egos.csv", ("0.818,3", "-1,3"), ":2: column 'weight': a weight must be a number of at least 0"),
    ("egos.csv", ("0.818,3", ",3"), ":2: column 'weight': a weight must be a number of at least 0"),
    ("egos.csv", ("0.818,3", "much,3"), ":2: column 'weight' is not a number here"),
    ("egos.csv", ("0.818,3", "0.818,2"), ":2: column 'named' says fewer than the 3 that are described"),
    ("egos.csv", ("0.818,3", "0.818,3.5"), ":2: column 'named' must be a whole number"),
    ("egos.csv", ("gender", "sex"), "no column 'gender' (named by `mixing`)"),
    ("alters.csv", ("e001,1,", "e999,1,"), ":2: column 'ego': names an ego that is not in egos.csv"),
    ("alters.csv", ("e001,1,", ",1,"), ":2: column 'ego': the ego is missing"),
    ("alters.csv", ("e001,1,", "e001,,"), ":2: column 'alter': the alter is missing"),
    ("alters.csv", ("e001,1,", "e001,2,"), ":3: the same alter of the same ego stands twice"),
    ("alters.csv", ("e001,1,friend", "e001,1,freind"), "'freind' in column 'relation' is none of the relations given"),
    ("alters.csv", ("gender", "sex"), "no column 'gender' (named by `mixing`)"),
    ("alter_ties.csv", ("e002,1,2", "e002,1,7"), ":2: joins an alter that is not in alters.csv for this ego"),
    ("alter_ties.csv", ("e002,1,2", "e999,1,2"), ":2: column 'ego': names an ego that is not in egos.csv"),
    ("alter_ties.csv", ("e002,1,2", "e002,1,1"), ":2: joins an alter with itself"),
    ("alter_ties.csv", ("one", "first"), "no column 'one' (named by `one`)"),
    ("alter_ties.csv", ("e002,1,2", "e002,1"), ":2: has 2 cells where the header has 3"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "swap", "message"), CORRUPTIONS, ids=[f"{c[0]}: {c[2][:40]}" for c in CORRUPTIONS])
def test_a_corrupted_copy_gives_the_promised_message(tmp_path, name, swap, message):
    for file in ("egos.csv", "alters.csv", "alter_ties.csv"):
        text = (EXAMPLE / file).read_text()
        assert file != name or swap[0] in text
        (tmp_path / file).write_text(text.replace(*swap, 1) if file == name else text)
    files = {key: tmp_path / f"{key}.csv" for key in ("egos", "alters", "alter_ties")}
    found = said(example(**files))
    assert f"{name}{message}" in found or (name in found and message in found)


SETTINGS = [
    ({"residents": 5}, "residents: must be a whole number from 20 to 5,000,000, not 5"),
    ({"memberships": {"file": "m.csv"}}, "memberships: does not go with an egocentric survey"),
    ({"kind": None}, "relations: needs `kind`"),
    ({"alter_ties": None, "close": {"closeness": [1]}}, "close: needs `alter_ties`"),
]


@pytest.mark.parametrize(("settings", "message"), SETTINGS)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(ValueError, match=r".") as caught:
        example(**settings)
    assert message in str(caught.value)


def test_values_that_do_not_occur_are_said():
    assert "'77' does not occur in column 'one'" in said(replace(example(), close={"one": ("77",)}))


def test_mixing_by_numbers_is_refused(tmp_path):
    for name in ("egos.csv", "alters.csv"):
        header, *rows = (EXAMPLE / name).read_text().splitlines()
        numbered = [f"{header},years", *(f"{row},{20 + n % 50}" for n, row in enumerate(rows))]
        (tmp_path / name).write_text("\n".join(numbered) + "\n")
    files = {key: tmp_path / f"{key}.csv" for key in ("egos", "alters")}
    assert "column 'years' holds numbers; ties are mixed by" in said(example(**files, mixing=["years"]))
