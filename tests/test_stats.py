"""Estimates against closed forms, and (under ``verify``) against the coverage they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from sim import stats
from sim.rng import Draws

numbers = st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: round(x, 6))


def uniforms(name: str, *shape: int) -> np.ndarray:
    who = np.arange(math.prod(shape), dtype=np.uint64)
    return Draws(7).stream(name).uniform(who).reshape(shape)


def test_t_interval_is_that_of_a_textbook():
    values = [4.0, 6.0, 5.0, 9.0, 6.0]  # mean 6, sum of squares 14, variance 3.5
    found = stats.t_interval(values)
    error = math.sqrt(3.5 / 5)
    assert found.estimate == 6.0
    assert found.standard_error == pytest.approx(error)
    assert found.upper == pytest.approx(6 + 2.7764451 * error)  # t table: 0.975, 4 degrees of freedom
    assert found.lower == pytest.approx(6 - 2.7764451 * error)
    assert (found.count, found.freedom) == (5, 4)
    assert found.half_width == pytest.approx(2.7764451 * error)
    assert found.clear_of_zero


@settings(deadline=None)
@given(st.lists(numbers, min_size=2, max_size=40))
def test_t_interval_agrees_with_scipy(values):
    found = stats.t_interval(values)
    if len(set(values)) == 1:
        assert (found.lower, found.estimate, found.upper) == (values[0],) * 3
        return
    low, high = scipy_stats.t.interval(0.95, len(values) - 1, np.mean(values), scipy_stats.sem(values))
    assert (found.lower, found.upper) == pytest.approx((low, high), rel=1e-9, abs=1e-9)


@settings(deadline=None)  # the first call compiles
@given(st.lists(numbers, min_size=1, max_size=30), st.randoms())
def test_the_order_of_runs_changes_no_bit(values, shuffle):
    other = list(values)
    shuffle.shuffle(other)
    clusters = [round(value) % 5 for value in values]
    again = [round(value) % 5 for value in other]
    assert repr(stats.t_interval(values)) == repr(stats.t_interval(other))
    assert repr(stats.bootstrap_interval(values)) == repr(stats.bootstrap_interval(other))
    one, two = stats.cluster_interval(values, clusters), stats.cluster_interval(other, again)
    assert repr(one) == repr(two)


def test_no_effect_at_all_has_an_interval_of_exactly_zero():
    for found in (stats.t_interval([0.0] * 30), stats.bootstrap_interval([0.0] * 30)):
        assert (found.estimate, found.lower, found.upper, found.standard_error) == (0.0, 0.0, 0.0, 0.0)
        assert not found.clear_of_zero


def test_equal_effects_have_no_width_and_their_own_mean_to_the_bit():
    for value in (0.1, 1 / 3, -1e-17, 7e12 + 0.3):
        found = stats.t_interval([value] * 49)
        assert (found.lower, found.estimate, found.upper) == (value, value, value)
        assert found.clear_of_zero


def test_one_run_gives_no_bound_and_none_gives_nothing():
    one = stats.t_interval([3.0])
    assert (one.estimate, one.lower, one.upper) == (3.0, -math.inf, math.inf)
    assert math.isnan(one.standard_error)
    none = stats.t_interval([])
    assert none.count == 0
    assert math.isnan(none.estimate)


def test_values_that_are_not_a_number_are_left_out():
    with_gaps = [1.0, math.nan, 2.0, math.nan, 4.0]
    assert stats.t_interval(with_gaps) == stats.t_interval([1.0, 2.0, 4.0])
    assert stats.cluster_interval(with_gaps, "abcde") == stats.t_interval([1.0, 2.0, 4.0])
    assert stats.share_better([math.nan, -1.0], "lower") == 1.0


def test_clusters_of_equal_size_give_the_t_interval_of_their_means():
    values = uniforms("cluster", 6, 5)
    labels = np.repeat(np.arange(6), 5).tolist()
    found = stats.cluster_interval(values, labels)
    means = stats.t_interval(values.mean(axis=1))
    assert found.estimate == pytest.approx(means.estimate)
    assert (found.lower, found.upper) == pytest.approx((means.lower, means.upper))
    assert (found.count, found.freedom) == (30, 5)


def test_one_community_and_as_many_as_runs_are_plain_intervals():
    values = uniforms("plain", 12)
    assert stats.cluster_interval(values, [1] * 12) == stats.t_interval(values)
    assert stats.cluster_interval(values, list(range(12))) == stats.t_interval(values)


def test_runs_that_repeat_their_community_add_no_certainty():
    communities = uniforms("communities", 8)
    repeated = np.repeat(communities, 10)
    honest = stats.cluster_interval(repeated, np.repeat(np.arange(8), 10).tolist())
    alone = stats.t_interval(communities)
    assert honest.half_width == pytest.approx(alone.half_width)
    assert stats.t_interval(repeated).half_width < 0.5 * honest.half_width


def test_clusters_must_match_values():
    with pytest.raises(ValueError, match="3 values but 2 clusters"):
        stats.cluster_interval([1.0, 2.0, 3.0], [1, 2])


def test_share_better_counts_strictly():
    assert stats.share_better([-1.0, -2.0, 0.0, 3.0], "lower") == 0.5
    assert stats.share_better([-1.0, -2.0, 0.0, 3.0], "higher") == 0.25
    assert stats.share_better([0.0] * 9, "lower") == 0.0
    assert math.isnan(stats.share_better([], "lower"))


@settings(deadline=None)
@given(st.floats(0.01, 5), st.floats(0.01, 5))
def test_seeds_needed_is_the_first_number_that_is_enough(effect, spread):
    needed = stats.seeds_to_settle(effect, spread)
    assert needed == stats.seeds_to_settle(-effect, spread) == stats.seeds_for_half_width(spread, effect)

    def half_width(seeds: float) -> float:
        return float(scipy_stats.t.ppf(0.975, seeds - 1) * spread / math.sqrt(seeds))

    assert half_width(needed) <= effect
    assert needed == 2 or half_width(needed - 1) > effect


def test_seeds_needed_where_nothing_or_everything_is_settled():
    assert stats.seeds_to_settle(0.2, 0.0) == 2
    assert stats.seeds_to_settle(0.0, 1.0) == math.inf
    assert stats.seeds_to_settle(1e-12, 1.0) == math.inf
    assert math.isnan(stats.seeds_to_settle(0.0, 0.0))
    assert math.isnan(stats.seeds_to_settle(1.0, math.nan))


def test_too_few_begins_below_twenty():
    assert stats.too_few(19)
    assert not stats.too_few(20)


def test_bootstrap_is_near_the_t_interval_for_even_values_and_lopsided_for_skewed_ones():
    even = scipy_stats.norm.ppf((np.arange(50) + 0.5) / 50)
    plain, resampled = stats.t_interval(even), stats.bootstrap_interval(even)
    assert (resampled.lower, resampled.upper) == pytest.approx((plain.lower, plain.upper), abs=0.05)
    skewed = stats.bootstrap_interval(scipy_stats.expon.ppf((np.arange(50) + 0.5) / 50))
    assert skewed.upper - skewed.estimate > 1.2 * (skewed.estimate - skewed.lower)


def test_bootstrap_depends_on_its_seed_alone():
    values = uniforms("boot", 30)
    assert stats.bootstrap_interval(values, seed=1) == stats.bootstrap_interval(values, seed=1)
    assert stats.bootstrap_interval(values, seed=1) != stats.bootstrap_interval(values, seed=2)


def _samples(kind: str, trials: int, seeds: int) -> tuple[np.ndarray, float]:
    luck = np.clip(uniforms(kind, trials, seeds), 1e-12, 1 - 1e-12)
    if kind == "normal":
        return scipy_stats.norm.ppf(luck, loc=0.3), 0.3
    if kind == "skewed":
        return scipy_stats.gamma.ppf(luck, 2.0), 2.0
    return scipy_stats.poisson.ppf(luck, 0.8), 0.8  # a rare event: none in 45% of runs


@pytest.mark.verify
@pytest.mark.parametrize("kind", ["normal", "skewed", "rare"])
@pytest.mark.parametrize("method", [stats.t_interval, stats.bootstrap_interval])
def test_intervals_cover_the_truth_as_often_as_they_say(kind, method):
    trials = 4000
    values, truth = _samples(kind, trials, 50)
    found = [method(row) for row in values[: trials if method is stats.t_interval else 1500]]
    covered = np.mean([interval.lower <= truth <= interval.upper for interval in found])
    assert 0.93 <= covered <= 0.97


@pytest.mark.verify
def test_cluster_intervals_cover_where_plain_ones_do_not():
    trials, communities, each = 3000, 10, 5
    shared = scipy_stats.norm.ppf(np.clip(uniforms("shared", trials, communities, 1), 1e-12, 1 - 1e-12))
    own = scipy_stats.norm.ppf(np.clip(uniforms("own", trials, communities, each), 1e-12, 1 - 1e-12))
    values = (shared + own).reshape(trials, -1)
    labels = np.repeat(np.arange(communities), each).tolist()
    honest = [stats.cluster_interval(row, labels) for row in values]
    plain = [stats.t_interval(row) for row in values]
    assert 0.935 <= np.mean([found.lower <= 0 <= found.upper for found in honest]) <= 0.965
    assert np.mean([found.lower <= 0 <= found.upper for found in plain]) < 0.85
