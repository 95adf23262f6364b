"""Delivery: attendance, ramp-up, caseloads, groups, queues and volunteers, against closed forms and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import play, simulate, world

from sim.community.columns import Column
from sim.community.participation import NEVER, Source, Status
from sim.interventions.effects.shift import Shift
from sim.interventions.effects.tie import Tie
from sim.interventions.enrolment import places_in
from sim.interventions.spec import Choose, Condition, Cost, Intervention, Runs, Spread
from sim.mechanisms import WordOfMouth

LIVED = (Condition("lived_experience", is_in=(True,)),)
QUIET = Spread(talk=False)


def programme(*effects, name="club", choose=None, runs=None, spread=QUIET, cost=None, who=(), exclusive=False):
    return Intervention(
        name, who=who, choose=choose or Choose(), runs=runs or Runs(), effects=effects, spread=spread,
        cost=cost or Cost(), exclusive=exclusive,
    )  # fmt: skip


def state_of(simulation, name="club"):
    return simulation.community.participation[name]


def who(mask):
    return np.flatnonzero(mask).tolist()


def pairs_of(simulation, kind):
    pairs = simulation.community.ties.pairs()
    names = simulation.community.ties.kinds
    return {
        (int(one), int(other))
        for one, other, code in zip(pairs["one"], pairs["other"], pairs["kind"], strict=True)
        if names[code] == kind
    }


# --- attendance ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attendance", [0.0, 0.25, 0.7, 1.0])
def test_weeks_attended_are_binomial(attendance):
    n, length = 5000, 12
    item = programme(runs=Runs(length=length, attendance=attendance))
    state = state_of(play(simulate(world(n, []), interventions=[item]), length + 4))
    assert (state.status == Status.COMPLETED).all()
    variance = length * attendance * (1 - attendance)
    assert abs(state.attended.mean() - length * attendance) <= 4 * math.sqrt(variance / n)
    assert abs(state.attended.var() - variance) <= 0.1 * variance  # weeks are drawn apart: no better and worse members
    assert state.attended.max() <= length


def test_those_who_do_not_take_part_do_not_attend():
    item = programme(choose=Choose("random", number=20), runs=Runs(attendance=0.9, places=12, length=3))
    simulation = simulate(world(60, []), interventions=[item])
    before = np.zeros(60, int)
    for _ in range(8):
        play(simulation, 1)
        state = state_of(simulation)
        came = state.attended - before
        assert not came[~state.taking_part()].any()
        assert set(came.tolist()) <= {0, 1}
        before = state.attended.copy()
    assert before[~state.ever()].sum() == 0
    assert before.sum() > 30


def test_effects_of_every_week_need_attendance():
    shift = Shift(stigma=-0.05, when="each_week", response_cv=0.0)
    item = programme(shift, choose=Choose("random", number=300), runs=Runs(attendance=0.3))
    simulation = play(simulate(world(500, []), interventions=[item]), 1)
    moved, state = simulation.community.columns.outcome("stigma").moved, state_of(simulation)
    assert np.array_equal(moved < 0, state.attended == 1)
    assert 50 < (state.attended == 1).sum() < 130
    play(simulation, 1)
    assert np.array_equal(moved < 0, state.attended >= 1)


@pytest.mark.parametrize("when", ["joined", "each_week"])
def test_a_passing_shift_holds_while_somebody_takes_part_even_if_she_stays_away(when):
    shift = Shift(loneliness=-0.1, when=when, persistence=0.0, half_life=1.0, response_cv=0.0)
    item = programme(shift, runs=Runs(length=6, attendance=0.4))
    simulation = simulate(world(200, []), interventions=[item])
    for week in range(1, 9):
        play(simulation, 1)
        (shifted,) = simulation.programmes[0].active_shifts()
        state = state_of(simulation)
        times = state.attended if when == "each_week" else 1
        left = 0.5 ** max(week - 6, 0)
        assert shifted["loneliness"] == pytest.approx(-0.1 * times * left)


def test_attendance_is_paid_for_by_the_week_attended():
    item = programme(runs=Runs(length=9, attendance=0.6), cost=Cost(per_attendance=2.5, per_participant_week=1))
    state = state_of(play(simulate(world(40, []), interventions=[item]), 12))
    assert state.spending == {"per_attendance": 2.5 * state.attended.sum(), "per_participant_week": 9 * 40.0}
    assert 150 < state.attended.sum() < 280


# --- places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"places": 10, "ramp_up": 4}, [2, 4, 6, 8, 10, 10, 10]),
        ({"places": 10, "ramp_up": 0}, [10, 10, 10]),
        ({"places": 7, "ramp_up": 2}, [2, 4, 7, 7]),
        ({"places": 1, "ramp_up": 3}, [0, 0, 0, 1, 1]),
        ({"workers": 3, "caseload": 4, "ramp_up": 2}, [4, 8, 12, 12]),
        ({"workers": 3, "caseload": 4}, [12, 12]),
    ],
)
def test_places_grow_by_equal_parts_until_all_are_there(setting, expected):
    item = programme(runs=Runs(start=3, **setting))
    simulation = play(simulate(world(40, []), interventions=[item]), 2)
    for places in expected:
        play(simulation, 1)
        assert state_of(simulation).taking_part().sum() == places


@given(places=st.integers(1, 400), ramp_up=st.integers(0, 60), start=st.integers(1, 9))
def test_the_ramp_is_linear_to_the_rounding(places, ramp_up, start):
    runs = Runs(start=start, places=places, ramp_up=ramp_up)
    there = [places_in(runs, start + week) for week in range(ramp_up + 5)]
    assert there == sorted(there)
    assert there[ramp_up:] == [places] * 5
    for week, now in enumerate(there[:ramp_up]):
        assert 0 <= places * (week + 1) / (ramp_up + 1) - now < 1
    assert places_in(Runs(), 5) is None


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"workers": 2}, "workers needs 'caseload'"),
        ({"caseload": 2}, "caseload needs 'workers'"),
        ({"workers": 2, "caseload": 3, "places": 6}, "places has no meaning"),
        ({"workers": 2, "caseload": 3, "group_size": 3}, "group_size cannot"),
        ({"group_wait": 2}, "group_wait needs 'group_size'"),
        ({"group_size": 1}, "group_size must be at least 2"),
        ({"group_size": 9, "places": 8}, "group_size must not be above"),
        ({"ramp_up": 4}, "ramp_up needs 'places'"),
        ({"attendance": 1.1}, "attendance must be from 0 to 1"),
    ],
)
def test_settings_that_do_not_fit_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Runs(**setting)


# --- queues --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_waiting_times_follow_lindley(seed):
    """One place, so many weeks each: a newcomer waits for what is left of all before her."""
    length = 3
    item = programme(
        choose=Choose("nobody"), runs=Runs(places=1, length=length), spread=Spread(talk=False, broadcast=0.004)
    )
    state = state_of(play(simulate(world(60, []), interventions=[item], seed=seed), 150))
    served = np.flatnonzero(state.ever())
    served = served[np.argsort(state.joined[served])]
    assert len(served) > 15
    wait = 0
    for before, now in zip(served[:-1].tolist(), served[1:].tolist(), strict=True):
        wait = max(0, wait + length - int(state.waiting_since[now] - state.waiting_since[before]))
        assert state.joined[now] - state.waiting_since[now] == wait
    assert (state.joined[served] > state.waiting_since[served]).any()


def test_eligibility_counts_when_somebody_decides_and_not_again_while_she_waits():
    made = world(6, [], loneliness=0.8)
    item = programme(
        who=(Condition("loneliness", at_least=0.5),), choose=Choose("random", number=3), runs=Runs(places=1, length=2),
        spread=Spread(talk=False, broadcast=60.0, rule="threshold", contacts=1),
    )  # fmt: skip
    simulation = play(simulate(made, interventions=[item]), 1)
    state = state_of(simulation)
    assert (state.status == Status.WAITING).sum() == 2
    asked = state.offered.copy()
    column = simulation.community.columns.outcome("loneliness")
    column.moved[:] = -0.6
    column.refresh()
    for _ in range(8):
        play(simulation, 1)
    assert np.array_equal(state.ever(), asked)  # those who waited keep their turn
    assert (state.status[~asked] == Status.AWARE).all()  # the others know, and would no longer be taken


# --- caseloads and groups ------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    workers=st.integers(1, 5), caseload=st.integers(1, 5), ramp_up=st.integers(0, 6),
    dropout=st.sampled_from([0.0, 0.1, 0.5]), seed=st.integers(0, 99),
)  # fmt: skip
def test_no_worker_has_more_than_her_caseload_and_newcomers_go_to_whom_has_least(
    workers, caseload, ramp_up, dropout, seed
):
    runs = Runs(workers=workers, caseload=caseload, ramp_up=ramp_up, length=5, dropout=dropout)
    simulation = simulate(world(50, []), interventions=[programme(runs=runs)], seed=seed)
    for week in range(1, 16):
        play(simulation, 1)
        state = state_of(simulation)
        cases = [(state.taking_part() & (state.worker == worker)).sum() for worker in range(workers)]
        assert sum(cases) == state.taking_part().sum()
        assert max(cases) <= caseload
        new = np.bincount(state.worker[state.joined == week], minlength=workers)
        filled = max((cases[worker] for worker in range(workers) if new[worker]), default=0)
        assert all(cases[worker] >= filled - 1 for worker in range(workers))
        assert (state.worker[~state.ever()] == -1).all()


def test_a_befriender_serves_one_and_a_link_worker_a_caseload():
    made = world(30, [], lived=range(12))
    befriending = programme(Tie("volunteer"), name="befriending", who=LIVED)
    link = programme(name="link worker", who=LIVED, runs=Runs(workers=1, caseload=7))
    simulation = play(simulate(made, interventions=[befriending, link]), 1)
    assert state_of(simulation, "befriending").serving.tolist().count(1) == 12
    assert state_of(simulation, "befriending").serving.max() == 1
    assert state_of(simulation, "link worker").worker.tolist().count(0) == 7


def test_groups_start_full_and_end_together():
    item = programme(
        choose=Choose("nobody"), runs=Runs(group_size=4, length=5), spread=Spread(talk=False, broadcast=0.08)
    )
    state = state_of(play(simulate(world(60, []), interventions=[item]), 60))
    groups = [who(state.group == number) for number in range(state.group.max() + 1)]
    assert len(groups) > 8
    for members in groups:
        assert len(members) == 4
        assert len(set(state.joined[members].tolist())) == 1
        assert set((state.left - state.joined)[members].tolist()) <= {5, NEVER - int(state.joined[members[0]])}
        assert state.joined[members[0]] == max(state.waiting_since[members])  # starts when the last one comes
    starts = [state.joined[members[0]] for members in groups]
    assert starts == sorted(starts)
    assert (state.status == Status.WAITING).sum() < 4


@pytest.mark.parametrize(("wait", "starts"), [(None, NEVER), (1, 2), (4, 5)])
def test_a_group_that_is_not_full_starts_after_a_wait(wait, starts):
    item = programme(choose=Choose("random", number=7), runs=Runs(group_size=5, group_wait=wait))
    state = state_of(play(simulate(world(20, []), interventions=[item]), 12))
    assert sorted(state.joined[state.offered].tolist()) == [1] * 5 + [starts] * 2
    assert sorted(state.group[state.offered].tolist()) == ([-1, -1] if wait is None else []) + [0] * 5 + (
        [1, 1] if wait else []
    )


def test_nobody_is_a_group_by_herself():
    item = programme(choose=Choose("random", number=6), runs=Runs(group_size=5, group_wait=1))
    state = state_of(play(simulate(world(20, []), interventions=[item]), 12))
    assert state.taking_part().sum() == 5
    assert (state.status == Status.WAITING).sum() == 1


def test_places_limit_groups():
    """Ten places and groups of four: two start at once, and a third of two once its first has waited."""
    item = programme(choose=Choose("random", number=30), runs=Runs(places=10, group_size=4, group_wait=3, length=8))
    simulation = simulate(world(40, []), interventions=[item])
    inside = []
    for _ in range(12):
        play(simulation, 1)
        inside.append(int(state_of(simulation).taking_part().sum()))
    assert inside == [8, 8, 8, 10, 10, 10, 10, 10, 10, 10, 10, 10]
    assert [(state_of(simulation).group == g).sum() for g in range(5)] == [4, 4, 2, 4, 4]


def test_fellow_participants_are_those_of_the_own_group():
    item = programme(
        Tie("participants", "fellow", number=2), choose=Choose("random", number=12), runs=Runs(group_size=4)
    )
    simulation = play(simulate(world(30, []), interventions=[item]), 3)
    group, found = state_of(simulation).group, pairs_of(simulation, "fellow")
    assert sorted(np.bincount(group[group >= 0]).tolist()) == [4, 4, 4]
    assert len(found) >= 12
    assert all(group[one] == group[other] >= 0 for one, other in found)
    apart = programme(Tie("participants", "fellow", number=2), choose=Choose("random", number=12))
    assert state_of(play(simulate(world(30, []), interventions=[apart]), 3)).group.max() == -1


# --- posters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "weeks"), [(1, 1), (1, 3), (4, 2)])
def test_posters_are_seen_in_the_weeks_in_which_it_runs_and_in_no_other(start, weeks):
    n, hazard = 4000, 0.3
    item = programme(
        choose=Choose("nobody"), runs=Runs(start=start, weeks=weeks), spread=Spread(talk=False, broadcast=hazard)
    )
    simulation = simulate(world(n, []), interventions=[item])
    for week in range(1, start + weeks + 4):
        play(simulation, 1)
        seen = min(max(week - start + 1, 0), weeks)
        chance = 1 - math.exp(-hazard * seen)
        state = state_of(simulation)
        assert abs(state.aware().mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / n)
        assert np.array_equal(state.ever(), state.aware())  # whoever hears of it can still join


def test_only_the_eligible_of_the_first_week_see_the_posters():
    made = world(50, [], lived=range(20))
    item = programme(who=LIVED, choose=Choose("nobody"), runs=Runs(start=3), spread=Spread(talk=False, broadcast=60.0))
    simulation = play(simulate(made, interventions=[item]), 2)
    assert not state_of(simulation).aware().any()
    play(simulation, 1)
    assert who(state_of(simulation).aware()) == list(range(20))
    assert set(state_of(simulation).source[:20].tolist()) == {Source.BROADCAST}


def test_word_of_mouth_ends_with_the_programme_too():
    made = world(40, [(i, i + 1) for i in range(39)], lived=[0])
    item = programme(who=LIVED, runs=Runs(weeks=5), spread=Spread(talk=True))
    state = state_of(play(simulate(made, WordOfMouth(60, 60), interventions=[item]), 20))
    assert who(state.aware()) == [0, 1, 2, 3, 4]  # a step a week, in weeks 2 to 5


# --- volunteers ----------------------------------------------------------------------------------------


def two_schemes(n, each, start=1, lived=()):
    """Return a community and two befriending schemes for different people."""
    made = world(n, [], lived=lived)
    made.columns.put(Column("first", np.arange(n) < each))
    made.columns.put(Column("second", (np.arange(n) >= each) & (np.arange(n) < 2 * each)))
    items = [
        programme(
            Tie("volunteer", name), name=name, who=(Condition(name, is_in=(True,)),), runs=Runs(start=when, length=4)
        )
        for name, when in (("first", 1), ("second", start))
    ]
    return made, items


@pytest.mark.parametrize("start", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_a_volunteer_serves_in_one_programme_at_a_time(start, seed):
    made, items = two_schemes(30, 10, start)
    simulation = simulate(made, interventions=items, seed=seed)
    for week in range(1, 9):
        play(simulation, 1)
        first, second = (state_of(simulation, name).serving for name in ("first", "second"))
        assert (first + second).max(initial=0) <= 1
        for name, serving in (("first", first), ("second", second)):
            inside = state_of(simulation, name).taking_part().sum()
            assert serving.sum() == len(pairs_of(simulation, name))
            assert inside >= serving.sum()
        if start <= week <= 4:  # twenty want somebody; ten have nothing to do with either, and some of the others serve
            assert (first + second).sum() == 20
            assert not (state_of(simulation, "first").volunteer & state_of(simulation, "first").ever()).any()


def test_volunteers_are_free_again_when_their_participant_has_left():
    made = world(4, [], lived=[0, 1])
    item = programme(Tie("volunteer", ends="never"), who=LIVED, runs=Runs(places=1, length=2))
    made.columns.put(Column("asked", np.array([True, True, True, False])))
    busy = programme(name="a busy one", who=(Condition("asked", is_in=(True,)),))
    simulation = simulate(made, interventions=[item, busy])
    state = state_of(simulation)
    served = []
    for _ in range(6):
        play(simulation, 1)
        served.append((state.serving.sum(), state.served.sum()))
        assert not (state.serving[:2]).any()
    assert served == [(1, 1), (1, 2), (1, 3), (1, 4), (0, 4), (0, 4)]
    assert len(pairs_of(simulation, "made")) == 2  # the ties last, the service does not


def test_two_programmes_do_not_bring_the_same_two_together():
    """Three residents take part in both; each time the second programme finds somebody else than the first did."""
    for seed in range(20):
        items = [programme(Tie("participants", name), name=name, choose=Choose("nobody"),
                           spread=Spread(talk=False, broadcast=60.0)) for name in ("one", "two")]  # fmt: skip
        simulation = play(simulate(world(3, []), interventions=items, seed=seed), 1)
        first, second = pairs_of(simulation, "one"), pairs_of(simulation, "two")
        assert not first & second
        assert len(first | second) == 3
    alone = play(simulate(world(3, []), interventions=[items[1]], seed=seed), 1)
    assert len(pairs_of(alone, "two")) >= 2


def test_volunteers_and_their_time_are_paid_for_while_they_serve():
    cost = Cost(per_volunteer_week=3, volunteer_hours=2, per_volunteer_hour=11)
    item = programme(Tie("volunteer"), who=LIVED, runs=Runs(start=2, weeks=9, places=2, length=3), cost=cost)
    simulation = play(simulate(world(12, [], lived=range(5)), interventions=[item]), 14)
    state = state_of(simulation)
    weeks = 5 * 3  # five participations of three weeks, each with one volunteer: 2 + 2 + 1 at a time
    assert state.served.sum() == weeks
    assert state.spending == {"per_volunteer_week": 3.0 * weeks, "volunteer_time": 22.0 * weeks}
    unpaid = programme(Tie("volunteer"), who=LIVED, runs=Runs(places=2, length=3))
    assert state_of(play(simulate(world(12, [], lived=range(5)), interventions=[unpaid]), 14)).spending == {}


@pytest.mark.parametrize("setting", [{"volunteer_hours": 2}, {"per_volunteer_hour": 12}])
def test_hours_and_their_value_belong_together(setting):
    with pytest.raises(ValueError, match="needs"):
        Cost(**setting)


@pytest.mark.parametrize(("when", "times"), [("joined", 1), ("each_week", 4)])
def test_outcomes_of_volunteers_can_change(when, times):
    made = world(20, [], lived=range(4))
    effects = (
        Shift(loneliness=-0.05, of="volunteers", when=when, persistence=0.0, half_life=1.0, response_cv=0.0),
        Tie("volunteer", supports="one"),
    )
    for listed in (effects, effects[::-1]):  # the order of effects does not matter
        item = programme(*listed, who=LIVED, runs=Runs(length=4))
        simulation = play(simulate(made.copy(), interventions=[item]), 4)
        state = state_of(simulation)
        (shifted,) = (found["loneliness"] for found in simulation.programmes[0].active_shifts() if found)
        assert shifted[state.volunteer] == pytest.approx(-0.05 * times)
        assert (shifted[~state.volunteer] == 0).all()
        assert state.volunteer.sum() == 4
        play(simulation, 1)
        (shifted,) = (found["loneliness"] for found in simulation.programmes[0].active_shifts() if found)
        assert shifted[state.volunteer] == pytest.approx(-0.025 * times)  # it fades once they have nobody to serve


def test_an_attitude_of_volunteers_moves_once_however_many_they_serve():
    made = world(9, [], lived=range(6), stigma=0.5)
    item = programme(
        Tie("volunteer"), Shift(stigma=-0.1, of="volunteers", response_cv=0.0, persistence=1.0), who=LIVED,
        runs=Runs(places=3, length=2),
    )  # fmt: skip
    simulation = play(simulate(made, interventions=[item]), 6)
    state = state_of(simulation)
    assert (state.served[state.volunteer] == 4).all()
    anchor = simulation.community.columns.outcome("stigma_anchor").moved
    assert anchor[state.volunteer] == pytest.approx(-0.1, rel=0.02)
    assert (anchor[~state.volunteer] == 0).all()


def test_volunteers_complete_nothing():
    with pytest.raises(ValueError, match="when must be joined or each_week"):
        Shift(stigma=-0.1, of="volunteers", when="completed")


def test_without_volunteers_nobody_is_moved():
    item = programme(Shift(stigma=-0.1, of="volunteers"), Tie("participants"))
    simulation = play(simulate(world(9, []), interventions=[item]), 4)
    assert (simulation.community.columns.outcome("stigma_anchor").moved == 0).all()
