"""Shifts of an outcome: sizes, who is moved, what lasts and how fast the rest goes."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from worlds import play, simulate, world

from sim import evidence
from sim.interventions.effects.shift import Shift, mean_and_sd, parse_amount
from sim.interventions.spec import Choose, Condition, Intervention, Runs
from sim.mechanisms import Influence, Loneliness, SelfStigma

STILL = (
    Influence(anchoring=0, susceptibility=0, recovery=0),
    Loneliness(rate=1, support_effect=0, peer_effect=0, self_stigma_effect=0, recovery=0),
    SelfStigma(rate=1, exposure_effect=0, recovery=0),
)
"""Nothing happens but shifts, and outcomes are at once where their shift puts them."""
LONELY = Condition("lived_experience", is_in=(True,))


def programme(*effects, choose=None, runs=None, who=(), name="club"):
    return Intervention(name, who=who, choose=choose or Choose(), runs=runs or Runs(), effects=effects)


def run(community, item, weeks, *mechanisms, seed=1):
    given = {mechanism.name for mechanism in mechanisms}
    rest = [mechanism for mechanism in STILL if mechanism.name not in given]
    return play(simulate(community, *mechanisms, *rest, interventions=[item], seed=seed), weeks)


def moved(simulation, outcome):
    return simulation.community.columns.outcome(outcome).moved


# --- amounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [(-0.2, (-0.2, False)), (0, (0.0, False)), (1, (1.0, False)), ("-0.2", (-0.2, False)), ("-0.38 sd", (-0.38, True)),
     ("+0.1  SD", (0.1, True)), (" 1e-2 Sd ", (0.01, True))],
)  # fmt: skip
def test_amounts_are_numbers_or_standard_deviations(written, read):
    assert parse_amount(written) == read


@pytest.mark.parametrize(
    "written",
    ["", " ", "sd", "much", "0.2 points", "0.2 sd more", "0.2sd", "nan", "inf sd", True, False, math.nan, -math.inf],
)
def test_other_amounts_are_refused(written):
    with pytest.raises(ValueError, match="an amount is a number or like"):
        parse_amount(written)
    with pytest.raises(ValueError, match="an amount is a number or like"):
        Shift(stigma=written)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "exactly one of"), ({"stigma": 0.1, "loneliness": 0.1}, "exactly one of"),
     ({"stigma": 0.1, "persistence": 1.1}, "persistence"), ({"stigma": 0.1, "persistence": -0.1}, "persistence"),
     ({"loneliness": 0.1, "half_life": 0}, "half_life"), ({"stigma": 0.1, "room_cap": 0.9}, "room_cap"),
     ({"stigma": 0.1, "response_cv": -0.1}, "response_cv")],
)  # fmt: skip
def test_settings_out_of_range_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        Shift(**settings)


def test_mean_and_standard_deviation_are_those_of_the_people_concerned(make_community):
    made = make_community(residents=70)
    for outcome in ("stigma", "loneliness", "self_stigma"):
        values = made.columns.outcome(outcome).at_rest.tolist()
        if outcome == "self_stigma":
            values = [v for v, lived in zip(values, made.flag("lived_experience"), strict=True) if lived]
        mean, sd = mean_and_sd(made, outcome)
        assert mean == pytest.approx(statistics.fmean(values), abs=1e-12)
        assert sd == pytest.approx(statistics.pstdev(values), abs=1e-12)
    assert made.columns.outcome("loneliness").values.max() > 1  # observed, not latent, values count
    assert mean_and_sd(world(3, []), "self_stigma") == (0.0, 0.0)  # nobody is concerned


@pytest.mark.parametrize("outcome", ["stigma", "loneliness", "self_stigma"])
def test_standard_deviations_are_turned_into_the_scale(make_community, outcome):
    made = make_community(residents=70)
    sd = mean_and_sd(made, outcome)[1]
    two = [
        run(made.copy(), programme(Shift(**{outcome: amount}), who=(LONELY,)), 3) for amount in ("-0.5 sd", -0.5 * sd)
    ]
    assert np.array_equal(moved(two[0], outcome), moved(two[1], outcome))
    assert (moved(two[0], outcome)[made.flag("lived_experience")] < 0).all()


# --- response ------------------------------------------------------------------------------------------


def responses(n=20_000, seed=1, name="club", **settings):
    simulation = simulate(
        world(n, []), interventions=[programme(Shift(loneliness=-0.1, **settings), name=name)], seed=seed
    )
    return simulation.programmes[0].states[0].response


def test_responses_are_lognormal_with_mean_one_and_the_spread_asked_for():
    n, cv = 20_000, evidence.value("shift.response_cv")
    assert cv == 0.5
    got = responses(n)
    assert abs(got.mean() - 1) < 4 * cv / math.sqrt(n)
    variance = math.log1p(cv**2)
    logs = np.log(got)
    assert abs(logs.mean() + variance / 2) < 4 * math.sqrt(variance / n)
    assert abs(logs.var() - variance) < 4 * variance * math.sqrt(2 / n)
    assert abs(got.std() - cv) < 0.02
    tail = (logs > -variance / 2 + 2 * math.sqrt(variance)).mean()  # beyond two standard deviations: 2.275%
    assert abs(tail - 0.02275) < 4 * math.sqrt(0.02275 * 0.97725 / n)


@pytest.mark.verify
@pytest.mark.parametrize("cv", [0.1, 0.5, 1.0])
def test_responses_keep_mean_and_spread_over_many_seeds(cv):
    got = np.concatenate([responses(20_000, seed, response_cv=cv) for seed in range(50)])
    assert abs(got.mean() - 1) < 4 * cv / math.sqrt(len(got))
    assert abs(got.std() / got.mean() - cv) < 0.01 * (1 + 3 * cv)


def test_without_spread_everybody_responds_alike():
    assert (responses(100, response_cv=0.0) == 1.0).all()


def test_a_response_belongs_to_the_person_and_the_intervention():
    assert np.array_equal(responses(50), responses(80)[:50])
    assert not np.array_equal(responses(50), responses(50, name="other"))
    assert not np.array_equal(responses(50), responses(50, seed=2))


# --- stigma: at once, and what lasts -------------------------------------------------------------------


def test_attitudes_are_moved_at_once_in_proportion_to_the_room_there_is():
    made = world(4, [], stigma=[0.2, 0.4, 0.6, 0.0], lived=[0])
    made.columns.outcome("stigma").values[3] = 0.0
    mean = (0.2 + 0.4 + 0.6 + 0.0) / 4
    down = run(made.copy(), programme(Shift(stigma=-0.06, response_cv=0, room_cap=9)), 1)
    assert moved(down, "stigma") == pytest.approx([-0.06 * s / mean for s in (0.2, 0.4, 0.6, 0.0)], abs=1e-15)
    up = run(made.copy(), programme(Shift(stigma=0.06, response_cv=0, room_cap=9)), 1)
    assert moved(up, "stigma") == pytest.approx([0.06 * (1 - s) / (1 - mean) for s in (0.2, 0.4, 0.6, 0.0)], abs=1e-15)
    capped = run(made.copy(), programme(Shift(stigma=-0.06, response_cv=0, room_cap=1.5)), 1)
    assert moved(capped, "stigma") == pytest.approx([-0.04, -0.08, -0.09, 0.0], abs=1e-15)


def test_the_mean_shift_is_the_amount_where_nothing_is_capped(make_community):
    made = make_community(residents=60)
    down = run(made, programme(Shift(stigma=-0.05, response_cv=0, room_cap=9)), 1)
    assert moved(down, "stigma").mean() == pytest.approx(-0.05, abs=1e-12)


def test_room_is_that_of_the_week_so_a_long_campaign_never_leaves_the_scale():
    made = world(3, [], stigma=[0.1, 0.3, 0.5])
    item = programme(Shift(stigma=-0.03, when="each_week", response_cv=0, room_cap=1.4))
    simulation = run(made, item, 0)
    expected = [0.1, 0.3, 0.5]
    for _ in range(60):
        play(simulation, 1)
        expected = [max(0.0, s - 0.03 * min(s / 0.3, 1.4)) for s in expected]
        assert simulation.community.observed("stigma") == pytest.approx(expected, abs=1e-12)
    assert expected[0] > 0


@pytest.mark.parametrize("persistence", [0.0, 0.6, 1.0])
def test_a_share_of_the_shift_lasts_and_the_rest_goes_at_the_speed_of_anchoring(persistence):
    """Without recovery x(t) = s (p + (1 - p) (1 - a)^t)."""
    anchoring, size = 0.05, -0.1
    made = world(1, [], stigma=0.4)
    item = programme(Shift(stigma=size, persistence=persistence, response_cv=0), runs=Runs(length=1))
    simulation = run(made, item, 1, Influence(anchoring=anchoring, susceptibility=0.01, recovery=0))
    for week in range(120):
        expected = size * (persistence + (1 - persistence) * (1 - anchoring) ** week)
        assert moved(simulation, "stigma")[0] == pytest.approx(expected, abs=1e-12)
        assert moved(simulation, "stigma_anchor")[0] == pytest.approx(persistence * size, abs=1e-15)
        play(simulation, 1)


def test_the_lasting_part_wears_off_at_the_rate_of_recovery():
    made = world(1, [], stigma=0.4)
    item = programme(Shift(stigma=-0.1, persistence=0.7, response_cv=0), runs=Runs(length=1))
    simulation = run(made, item, 1, Influence(anchoring=0.5, susceptibility=0.01, recovery=0.01))
    attitude, anchor = -0.1, -0.07
    for _ in range(150):
        play(simulation, 1)
        attitude, anchor = attitude + 0.5 * (anchor - attitude), anchor * 0.99
        assert moved(simulation, "stigma")[0] == pytest.approx(attitude, abs=1e-12)
    assert anchor == pytest.approx(-0.07 * 0.99**150)


# --- loneliness and self-stigma: through the resting point ---------------------------------------------


def active(simulation, outcome):
    return simulation.programmes[0].active_shifts()[0].get(outcome)


@pytest.mark.parametrize("outcome", ["loneliness", "self_stigma"])
@pytest.mark.parametrize("persistence", [0.0, 0.25, 1.0])
def test_the_full_shift_holds_while_taking_part_and_then_the_passing_part_halves(outcome, persistence):
    made = world(2, [], lived=[0, 1], self_stigma=0.5, loneliness=0.5)
    effect = Shift(**{outcome: -0.2}, persistence=persistence, half_life=4, response_cv=0)
    item = programme(effect, runs=Runs(length=6, weeks=9), choose=Choose("random", number=1))
    simulation = run(made, item, 0)
    for week in range(1, 60):
        play(simulation, 1)
        since = max(0, week - 6)  # attended in weeks 1 to 6
        expected = -0.2 * (persistence + (1 - persistence) * 0.5 ** (since / 4))
        chosen = simulation.community.participation["club"].ever()
        assert active(simulation, outcome)[chosen] == pytest.approx([expected], abs=1e-12)
        assert (active(simulation, outcome)[~chosen] == 0).all()
        if week == 1:
            assert (moved(simulation, outcome) == 0).all()  # a resting point moves nobody in the same week
    resting = active(simulation, outcome).copy()
    play(simulation, 1)
    assert moved(simulation, outcome) == pytest.approx(resting, abs=1e-12)  # rate 1: at the resting point


@pytest.mark.parametrize(("outcome", "mechanism"), [("loneliness", Loneliness), ("self_stigma", SelfStigma)])
def test_the_lasting_part_recovers_at_the_rate_of_its_outcome(outcome, mechanism):
    made = world(1, [], lived=[0], self_stigma=0.5)
    effect = Shift(**{outcome: -0.2}, persistence=0.75, half_life=5, response_cv=0)
    simulation = run(made, programme(effect, runs=Runs(length=3)), 1, mechanism(recovery=0.02))
    for week in range(1, 80):
        since = max(0, week - 3)
        expected = -0.2 * (0.75 * 0.98 ** (week - 1) + 0.25 * 0.5 ** (since / 5))
        assert active(simulation, outcome)[0] == pytest.approx(expected, abs=1e-12)
        play(simulation, 1)


def test_a_shift_for_every_week_adds_up_and_one_on_joining_does_not():
    made = world(1, [])
    runs = Runs(length=5)
    for when, expected in (("joined", [1, 1, 1, 1, 1, 1]), ("each_week", [1, 2, 3, 4, 5, 5])):
        simulation = run(
            made.copy(), programme(Shift(loneliness=-0.02, when=when, persistence=1, response_cv=0), runs=runs), 0
        )
        for times in expected:
            play(simulation, 1)
            assert active(simulation, "loneliness")[0] == pytest.approx(-0.02 * times, abs=1e-15)


def test_each_week_s_passing_part_is_held_too_and_then_fades():
    effect = Shift(loneliness=-0.02, when="each_week", persistence=0, half_life=3, response_cv=0)
    simulation = run(world(1, []), programme(effect, runs=Runs(length=5)), 5)
    assert active(simulation, "loneliness")[0] == pytest.approx(-0.1, abs=1e-15)
    play(simulation, 3)
    assert active(simulation, "loneliness")[0] == pytest.approx(-0.05, abs=1e-15)


def test_on_completion_only_those_who_stay_are_shifted():
    made = world(300, [], stigma=0.4)
    effects = (
        Shift(loneliness=-0.1, when="completed", persistence=1, response_cv=0),
        Shift(stigma=-0.1, when="completed"),
    )
    simulation = run(made, programme(*effects, runs=Runs(length=6, dropout=0.1)), 6)
    assert (active(simulation, "loneliness") == 0).all()
    assert (moved(simulation, "stigma") == 0).all()
    play(simulation, 1)
    completed = simulation.community.participation["club"].status == 4
    assert 100 < completed.sum() < 250
    assert np.array_equal(active(simulation, "loneliness"), np.where(completed, -0.1, 0.0))
    assert np.array_equal(moved(simulation, "stigma") < 0, completed)


def test_self_stigma_is_shifted_only_where_there_is_lived_experience():
    made = world(6, [], lived=[1, 4], self_stigma=[0, 0.5, 0, 0, 0.5, 0])
    simulation = run(made, programme(Shift(self_stigma=-0.1, response_cv=0)), 2)
    assert simulation.community.participation["club"].ever().all()
    assert active(simulation, "self_stigma") == pytest.approx([0, -0.1, 0, 0, -0.1, 0])
    assert moved(simulation, "self_stigma") == pytest.approx([0, -0.1, 0, 0, -0.1, 0])


@pytest.mark.parametrize("outcome", ["stigma", "self_stigma", "loneliness"])
def test_others_than_participants_and_other_outcomes_stay_to_the_bit(make_community, outcome):
    made = make_community(residents=40, ties=0)
    item = programme(Shift(**{outcome: "-0.5 sd"}), choose=Choose("random", number=15))
    simulation = run(made, item, 20)
    took_part = simulation.community.participation["club"].ever()
    assert took_part.sum() == 15
    for name in ("stigma", "self_stigma", "loneliness"):
        assert (moved(simulation, name)[~took_part] == 0).all()
        assert (moved(simulation, name)[took_part] != 0).any() == (name == outcome)


def test_two_shifts_add_up():
    made = world(1, [])
    one, two = (
        Shift(loneliness=-0.02, response_cv=0, persistence=1),
        Shift(loneliness=-0.05, response_cv=0, persistence=1),
    )
    simulation = run(made, programme(one, two), 2)
    assert moved(simulation, "loneliness")[0] == pytest.approx(-0.07, abs=1e-15)


def test_two_shifts_of_one_programme_have_their_own_responses():
    made = world(100, [])
    simulation = run(made, programme(Shift(loneliness=-0.02), Shift(loneliness=-0.02)), 1)
    one, two = simulation.programmes[0].states
    assert abs(np.corrcoef(one.response, two.response)[0, 1]) < 0.4
