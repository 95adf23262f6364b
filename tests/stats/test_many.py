"""Estimates of many groups at once, against the readable ones, and against truths that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_effects import ALL, coverage, nested_coverage

from sim import stats

runs = st.lists(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([0.0, 0.25, 1.0, 1.5, 40.0])), min_size=1, max_size=40),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(runs)
def test_many_intervals_are_those_of_the_readable_reference(groups):
    groups = [sorted(group) for group in groups]
    number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    community, values = (np.array([run[k] for group in groups for run in group]) for k in (0, 1))
    grouped = stats.Grouped(number, community)
    found = grouped.intervals(values)
    for place, group in enumerate(groups):
        by_hand = stats.cluster_interval([run[1] for run in group], [run[0] for run in group])
        one = (found.estimate[place], found.lower[place], found.upper[place], found.standard_error[place])
        other = (by_hand.estimate, by_hand.lower, by_hand.upper, by_hand.standard_error)
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12, nan_ok=True)
        assert bool(found.adjusted[place]) == by_hand.adjusted
        assert grouped.freedom[place] == by_hand.freedom


def test_groups_must_be_numbered_without_gaps():
    for wrong in ([1, 1, 2], [0, 2], [0, 1, 0]):
        with pytest.raises(ValueError, match="numbered from 0"):
            stats.Grouped(np.array(wrong), np.zeros(len(wrong), int))
    assert len(stats.Grouped(np.empty(0, int), np.empty(0, int)).intervals(np.empty(0)).estimate) == 0


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.words)
def test_intervals_cover_the_truth_from_fifty_seeds_on(made):
    low, high = {"very skewed": (0.915, 0.97), "very rare": (0.93, 0.985)}.get(made.kind, (0.93, 0.97))
    error = 2.5 * math.sqrt(0.95 * 0.05 / 3000)
    for seeds in (50, 100):
        used, plain = coverage(made, seeds, 3000)
        assert low - error < used < high + error
        if made.kind == "normal":
            assert used == pytest.approx(plain, abs=0.01)
        if made.words == "exponential":
            assert used > plain  # the negative control: Student's covers too seldom


def test_runs_that_share_communities_are_not_taken_for_independent():
    nested, naive = nested_coverage(10, 5, 2000)
    assert 0.935 < nested < 0.965
    assert naive < 0.85


def test_an_adjusted_interval_leans_to_the_side_of_the_long_tail():
    values = np.concatenate([np.zeros(45), np.arange(1.0, 6.0)])
    plain, used = stats.t_interval(values), stats.cluster_interval(values, list(range(50)))
    assert used.adjusted
    assert not plain.adjusted
    assert used.upper > plain.upper
    assert used.lower > plain.lower
    mirrored = stats.cluster_interval(-values, list(range(50)))
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-used.upper, -used.lower))


# --- how many seeds, how small an effect -----------------------------------------------------------


@settings(deadline=None)
@given(st.floats(1e-4, 1e4), st.floats(1e-3, 20))
def test_seeds_of_many_rows_are_those_of_one(spread, ratio):
    found = stats.seeds_for_half_widths(np.array([spread]), np.array([spread * ratio]))[0]
    assert found == stats.seeds_for_half_width(spread, spread * ratio)


@pytest.mark.parametrize("spread", [0.0, 1.0, math.nan])
@pytest.mark.parametrize("half_width", [0.0, 1e-9, 0.5, math.nan])
def test_seeds_that_are_not_defined_or_hopeless(spread, half_width):
    found = stats.seeds_for_half_widths(np.array([spread]), np.array([half_width]))[0]
    assert found == pytest.approx(stats.seeds_for_half_width(spread, half_width), nan_ok=True)


def test_a_detectable_effect_is_found_in_four_of_five_studies():
    seeds, studies = 30, 4000
    noise = np.random.Generator(np.random.Philox(3)).normal(size=(studies, seeds))
    true = stats.detectable(1.0 / math.sqrt(seeds), seeds - 1)
    found = sum(stats.t_interval(row + true).lower > 0 for row in noise) / studies
    assert found == pytest.approx(0.8, abs=0.025)
    assert math.isnan(stats.detectable(math.nan, 10))
    assert math.isnan(stats.detectable(1.0, 0))
    many = stats.detectable_effects(np.array([0.1, 0.2]), np.array([9, 0]))
    assert many[0] == stats.detectable(0.1, 9)
    assert math.isnan(many[1])


# --- ratios ----------------------------------------------------------------------------------------


def one_group(*columns, community=None):
    size = len(columns[0])
    return stats.Grouped(np.zeros(size, int), np.arange(size) if community is None else np.asarray(community))


def test_fieller_bounds_are_where_the_difference_touches_zero():
    draw = np.random.Generator(np.random.Philox(4))
    below = draw.normal(3.0, 1.0, 40)
    above = 2.0 * below + draw.normal(0.0, 1.0, 40)
    found = stats.ratio_intervals(one_group(above), above, below)
    assert found.estimate[0] == pytest.approx(above.mean() / below.mean())
    for bound in (found.lower[0], found.upper[0]):  # by definition: t interval of above - bound x below just touches 0
        edge = stats.t_interval(above - bound * below)
        assert min(abs(edge.lower), abs(edge.upper)) == pytest.approx(0.0, abs=1e-9)


def test_a_ratio_over_what_may_be_nothing_is_not_defined():
    below = np.tile([1.0, -1.0], 20) + 0.01
    found = stats.ratio_intervals(one_group(below), np.ones(40), below)
    assert np.isnan([found.estimate[0], found.lower[0], found.upper[0]]).all()
    exact = stats.ratio_intervals(one_group(below), np.full(40, 6.0), np.full(40, 2.0))
    assert (exact.estimate[0], exact.lower[0], exact.upper[0]) == (3.0, 3.0, 3.0)


def test_ratios_cover_the_truth():
    draw = np.random.Generator(np.random.Philox(5))
    below = draw.normal(3.0, 2.0, (3000, 50))
    above = 10.0 + 2.0 * below + draw.normal(0.0, 2.0, (3000, 50))
    grouped = stats.Grouped(np.repeat(np.arange(3000), 50), np.tile(np.arange(50), 3000))
    found = stats.ratio_intervals(grouped, above.ravel(), below.ravel())
    assert np.mean((found.lower <= 16 / 3) & (found.upper >= 16 / 3)) == pytest.approx(0.95, abs=0.012)


# --- community and chance --------------------------------------------------------------------------


def test_a_split_by_hand():
    values = np.array([1.0, 3.0, 6.0, 8.0])  # means 2 and 7, MSB 25, MSW 2, n0 2
    found = stats.variance_split(one_group(values, community=[1, 1, 2, 2]), values)
    assert (found.between[0], found.within[0]) == pytest.approx((11.5, 2.0))
    assert found.share[0] == pytest.approx(11.5 / 13.5)
    assert found.lower[0] < found.share[0] < found.upper[0]


def test_communities_that_differ_less_than_chance_have_no_share():
    values = np.array([0.0, 10.0, 0.0, 10.0])
    found = stats.variance_split(one_group(values, community=[1, 1, 2, 2]), values)
    assert (found.between[0], found.share[0], found.lower[0]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("community", [[1, 2, 3, 4], [1, 1, 1, 1]])
def test_nothing_can_be_split_without_repeats_or_with_one_community(community):
    values = np.array([0.0, 1.0, 5.0, 2.0])
    found = stats.variance_split(one_group(values, community=community), values)
    assert np.isnan([found.share[0], found.between[0], found.lower[0]]).all()


@pytest.mark.parametrize("sizes", [(2,) * 25, (1, 2, 3, 4, 5) * 5])
def test_the_split_finds_what_was_put_in(sizes):
    draw = np.random.Generator(np.random.Philox(6))
    size, studies = sum(sizes), 1500
    community = np.repeat(np.arange(25), sizes)
    values = draw.normal(0, 1.0, (studies, 25))[:, community] + draw.normal(0, 2.0, (studies, size))
    grouped = stats.Grouped(np.repeat(np.arange(studies), size), np.tile(community, studies))
    found = stats.variance_split(grouped, values.ravel())
    assert found.within.mean() == pytest.approx(4.0, rel=0.03)
    assert np.mean((found.lower <= 0.2) & (found.upper >= 0.2)) == pytest.approx(0.95, abs=0.02)


# --- runs that are not paired ----------------------------------------------------------------------


def test_welch_is_that_of_scipy():
    from scipy.stats import ttest_ind

    draw = np.random.Generator(np.random.Philox(8))
    one, other = draw.normal(0, 1, 12), draw.normal(0.5, 3, 30)
    found = stats.difference_interval(one, other)
    exact = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((exact.low, exact.high), rel=0.01)  # whole degrees of freedom
    assert found.lower <= exact.low
    assert stats.difference_interval([1.0, 1.0], [1.0, 1.0]).upper == 0.0
    assert stats.difference_interval([1.0], [1.0, 2.0]).upper == math.inf
    assert math.isnan(stats.difference_interval([], [1.0, 2.0]).lower)
