"""Programmes: invitations, uptake, queues, leaving and money, against a slow reference and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_programme import SlowRun
from worlds import complete, play, simulate, world

from sim.community.participation import NEVER, Source, Status
from sim.interventions.effects.tie import Tie
from sim.interventions.spec import Choose, Condition, Cost, Intervention, Runs, Spread
from sim.mechanisms import WordOfMouth
from sim.model.engine import Simulation
from sim.rng import Draws

TALK = WordOfMouth(talk_participant=0.3, talk_aware=0.1)
CERTAIN = 60.0
"""A hazard at which everybody hears within a week."""


def run(community, *interventions, weeks, seed=1, mechanism=TALK):
    return play(simulate(community, mechanism, interventions=interventions, seed=seed), weeks)


def state_of(simulation, name="club"):
    return simulation.community.participation[name]


def who(mask):
    return np.flatnonzero(mask).tolist()


def club(name="club", *, choose=None, runs=None, spread=None, cost=None, condition=(), exclusive=False, effects=()):
    return Intervention(
        name, who=condition, choose=choose or Choose(), runs=runs or Runs(), spread=spread or Spread(),
        cost=cost or Cost(), exclusive=exclusive, effects=effects,
    )  # fmt: skip


# --- the whole of it, against plain loops --------------------------------------------------------------

SPREADS = st.builds(
    Spread,
    uptake=st.sampled_from([0.0, 0.4, 1.0]),
    rule=st.sampled_from(["simple", "threshold", "reinforced"]),
    contacts=st.sampled_from([None, 1, 2]),
    share=st.sampled_from([None, 0.25]),
    base_chance=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    contact_odds=st.sampled_from([1.0, 3.0]),
    talk=st.booleans(),
    broadcast=st.sampled_from([0.0, 0.05, CERTAIN]),
)
PLACES = st.one_of(
    st.just({}),
    st.builds(lambda places, ramp_up: {"places": places, "ramp_up": ramp_up}, st.integers(1, 6), st.integers(0, 4)),
    st.builds(
        lambda workers, caseload, ramp_up: {"workers": workers, "caseload": caseload, "ramp_up": ramp_up},
        st.integers(1, 3), st.integers(1, 3), st.integers(0, 4),
    ),
    st.builds(
        lambda size, wait, extra: {"group_size": size, "group_wait": wait, "places": extra and size + extra - 1},
        st.integers(2, 4), st.sampled_from([None, 1, 3]), st.sampled_from([None, 1, 2, 5]),
    ),
)  # fmt: skip


@st.composite
def ways_to_run(draw):
    return Runs(
        start=draw(st.integers(1, 5)), weeks=draw(st.one_of(st.none(), st.integers(1, 10))),
        length=draw(st.one_of(st.none(), st.integers(1, 6))), dropout=draw(st.sampled_from([0.0, 0.1, 0.6])),
        attendance=draw(st.sampled_from([0.0, 0.5, 1.0])), **draw(PLACES),
    )  # fmt: skip


RUNS = ways_to_run()
TIES = st.builds(
    Tie, partner=st.sampled_from(["volunteer", "participants"]), number=st.integers(1, 2),
    strength=st.sampled_from([0.3, 1.0]), ends=st.sampled_from(["with_programme", "never"]),
)  # fmt: skip
EFFECTS = st.one_of(st.just(()), st.tuples(TIES), st.tuples(TIES, TIES))
CHOICES = st.sampled_from(
    [Choose(), Choose("nobody"), Choose("random", number=3), Choose("random", share=0.5), Choose("degree", number=4)]
)
WHO = st.sampled_from(
    [(), (Condition("lived_experience", is_in=(True,)),), (Condition("age_band", is_in=("young", "middle")),)]
)
COST = Cost(
    fixed=100, per_week=10, per_participant=1, per_participant_week=0.125, per_attendance=4, per_volunteer_week=7,
    volunteer_hours=2, per_volunteer_hour=13,
)  # fmt: skip


@st.composite
def interventions(draw):
    names = draw(st.sampled_from([("one",), ("one", "two"), ("three", "one", "two")]))
    return [
        club(
            name, choose=draw(CHOICES), runs=draw(RUNS), spread=draw(SPREADS), cost=COST, condition=draw(WHO),
            exclusive=draw(st.booleans()), effects=draw(EFFECTS),
        )
        for name in names
    ]  # fmt: skip


FIELDS = ("status", "source", "heard_from", "offered", "heard", "waiting_since", "joined", "left", "attended", "group",
          "worker", "volunteer", "serving", "served", "hazard")  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(items=interventions(), seed=st.integers(0, 500))
def test_every_week_of_participation_equals_a_slow_reference(make_community, items, seed):
    made = make_community(residents=26, ties=50, seed=3)
    slow_one = SlowRun(made, items, seed, TALK.talk_participant, TALK.talk_aware)
    simulation = Simulation(made.copy(), [TALK], items, seed)
    for week in range(15):
        if week:
            simulation.step()
            slow_one.play()
        for item in items:
            got, slow = state_of(simulation, item.name), slow_one.states[item.name]
            for name in FIELDS:
                assert getattr(got, name).tolist() == getattr(slow, name), (week, item.name, name)
            assert got.spending == slow.spending
        pairs = simulation.community.ties.pairs()
        assert set(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True)) == {
            pair for pair in slow_one.ties if pair[0] < pair[1]
        }


ARROWS = {
    Status.UNAWARE: {Status.AWARE, Status.WAITING, Status.TAKING_PART, Status.DECLINED},
    Status.AWARE: {Status.WAITING, Status.TAKING_PART, Status.DECLINED},
    Status.WAITING: {Status.TAKING_PART, Status.AWARE},
    Status.TAKING_PART: {Status.COMPLETED, Status.DROPPED_OUT},
    Status.COMPLETED: set(),
    Status.DROPPED_OUT: set(),
    Status.DECLINED: set(),
}


@settings(max_examples=60, deadline=None)
@given(items=interventions(), seed=st.integers(0, 500))
def test_residents_move_only_along_the_arrows_and_the_weeks_fit(make_community, items, seed):
    simulation = simulate(make_community(residents=26, ties=50, seed=4), TALK, interventions=items, seed=seed)
    before = {item.name: state_of(simulation, item.name).copy() for item in items}
    for week in range(1, 15):
        simulation.step()
        for item in items:
            state, old = state_of(simulation, item.name), before[item.name]
            end = NEVER if item.runs.weeks is None else item.runs.start + item.runs.weeks
            for i in range(26):
                now, then = Status(state.status[i]), Status(old.status[i])
                assert now == then or now in ARROWS[then], (then, now)
                if (then, now) == (Status.WAITING, Status.AWARE):
                    assert week == end
                assert (now == Status.UNAWARE) == (state.source[i] == Source.NONE) == (state.heard[i] == NEVER)
                assert (state.joined[i] != NEVER) == (now in (Status.TAKING_PART, Status.COMPLETED, Status.DROPPED_OUT))
                assert (state.left[i] != NEVER) == (now in (Status.COMPLETED, Status.DROPPED_OUT))
                if state.joined[i] != NEVER:
                    assert item.runs.start <= state.heard[i] <= state.waiting_since[i] <= state.joined[i] < end
                if state.left[i] != NEVER:
                    assert state.joined[i] < state.left[i] <= week
                    assert item.runs.length is None or state.left[i] - state.joined[i] <= item.runs.length
                assert not state.offered[i] or state.source[i] == Source.INVITATION
            assert item.runs.places is None or state.taking_part().sum() <= item.runs.places
            if not item.runs.start <= week < end:
                assert not (state.taking_part() | (state.status == Status.WAITING)).any()
            before[item.name] = state.copy()
        for one in items:
            for two in items:
                if one.name < two.name and (one.exclusive or two.exclusive):
                    both = state_of(simulation, one.name).taking_part() & state_of(simulation, two.name).taking_part()
                    assert not both.any()


# --- invitations and uptake ----------------------------------------------------------------------------


def test_only_those_who_are_eligible_are_invited_in_the_first_week_and_only_then():
    made = world(10, [], lived=[1, 4, 7])
    item = club(condition=(Condition("lived_experience", is_in=(True,)),), runs=Runs(start=3))
    simulation = simulate(made, interventions=[item])
    for week in range(1, 6):
        simulation.step()
        expected = [1, 4, 7] if week >= 3 else []
        assert who(state_of(simulation).offered) == expected
        assert who(state_of(simulation).taking_part()) == expected
    assert set(state_of(simulation).heard[[1, 4, 7]].tolist()) == {3}
    assert set(state_of(simulation).source[[1, 4, 7]].tolist()) == {Source.INVITATION}


def test_the_uninvited_join_when_they_hear_but_the_ineligible_never_do():
    made = world(4, complete(4), lived=[0, 1, 2])
    item = club(choose=Choose("random", number=1), condition=(Condition("lived_experience", is_in=(True,)),))
    state = state_of(run(made, item, weeks=3, mechanism=WordOfMouth(CERTAIN, CERTAIN)))
    assert state.offered.sum() == 1
    assert who(state.taking_part()) == [0, 1, 2]
    assert state.status[3] == Status.AWARE


@pytest.mark.parametrize("uptake", [0.0, 0.05, 0.3, 0.5, 0.9, 1.0])
def test_the_share_that_takes_it_up_is_binomial(uptake):
    n = 4000
    state = state_of(run(world(n, []), club(spread=Spread(uptake=uptake)), weeks=1))
    joined = state.taking_part().mean()
    assert abs(joined - uptake) <= 4 * math.sqrt(uptake * (1 - uptake) / n)
    assert (state.status == Status.DECLINED).sum() == n - state.taking_part().sum()


def test_willingness_is_one_draw_for_a_resident_and_intervention():
    """Whoever is willing at a chance of 0.3 is willing at 0.6, and for another intervention it is another draw."""
    made = world(1000, [])
    few, many = (run(made.copy(), club(spread=Spread(uptake=p)), weeks=1) for p in (0.3, 0.6))
    assert not (state_of(few).taking_part() & ~state_of(many).taking_part()).any()
    two = run(made.copy(), club("one", spread=Spread(uptake=0.5)), club("two", spread=Spread(uptake=0.5)), weeks=1)
    both = (state_of(two, "one").taking_part() & state_of(two, "two").taking_part()).mean()
    assert abs(both - 0.25) < 4 * math.sqrt(0.25 * 0.75 / 1000)


@pytest.mark.parametrize("rule", ["simple", "threshold"])
def test_those_who_declined_stay_declined(rule):
    made = world(200, [(i, i + 1) for i in range(199)])
    spread = Spread(uptake=0.5, rule=rule, contacts=1, broadcast=0.3)
    simulation = simulate(made, TALK, interventions=[club(spread=spread, choose=Choose("random", number=20))])
    declined = np.zeros(200, bool)
    for _ in range(25):
        simulation.step()
        now = state_of(simulation).status == Status.DECLINED
        assert not (declined & ~now).any()
        declined = now
    luck = Draws(1).stream("club: uptake").uniform(made.identity)
    assert declined.sum() > 80
    assert np.array_equal(declined, state_of(simulation).aware() & (luck >= 0.5))


# --- thresholds ----------------------------------------------------------------------------------------


def test_the_threshold_is_looked_at_again_every_week():
    """On a path each joins a week after her neighbour; decided once, nobody beyond the first would."""
    made = world(6, [(i, i + 1) for i in range(5)], lived=[0])
    spread = Spread(rule="threshold", contacts=1, broadcast=CERTAIN)
    item = club(choose=Choose("lived_experience", number=1), spread=spread)
    state = state_of(run(made, item, weeks=8))
    assert state.heard.tolist() == [1] * 6
    assert state.joined.tolist() == [1, 2, 3, 4, 5, 6]


def test_the_invited_need_no_contacts():
    made = world(6, [(0, 1)])
    item = club(choose=Choose("random", number=4), spread=Spread(rule="threshold", contacts=3, broadcast=CERTAIN))
    state = state_of(run(made, item, weeks=5))
    assert np.array_equal(state.ever(), state.offered)
    assert state.offered.sum() == 4
    assert state.aware().all()


@pytest.mark.parametrize(
    ("rule", "joins"),
    [({"contacts": 2}, True), ({"contacts": 3}, False), ({"share": 0.5}, True), ({"share": 0.51}, False),
     ({"contacts": 2, "share": 0.5}, True), ({"contacts": 3, "share": 0.5}, False),
     ({"contacts": 2, "share": 0.6}, False)],
)  # fmt: skip
def test_number_and_share_of_contacts(rule, joins):
    """Resident 0 has four contacts of whom 1 and 2 take part; 5 has no contacts at all."""
    made = world(6, [(0, 1), (0, 2), (0, 3), (0, 4)], lived=[1, 2])
    item = club(choose=Choose("lived_experience", number=2), spread=Spread(rule="threshold", broadcast=CERTAIN, **rule))
    state = state_of(run(made, item, weeks=2))
    assert state.ever().tolist()[:3] == [joins, True, True]
    assert not state.ever()[5]


def test_those_who_took_part_count_as_contacts_after_they_have_left():
    made = world(2, [(0, 1)], lived=[0])
    spread = Spread(rule="threshold", contacts=1, broadcast=0.2)
    item = club(choose=Choose("lived_experience", number=1), runs=Runs(length=1), spread=spread)
    for seed in range(10):
        state = state_of(run(made.copy(), item, weeks=60, seed=seed, mechanism=WordOfMouth(0, 0)))
        assert state.joined[1] == state.heard[1] >= 2
    assert state.left[0] == 2


# --- places and queues ---------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    places=st.integers(1, 12), length=st.one_of(st.none(), st.integers(1, 8)),
    dropout=st.sampled_from([0.0, 0.05, 0.4]), seed=st.integers(0, 99),
)  # fmt: skip
def test_places_are_never_exceeded_and_never_empty_while_somebody_waits(places, length, dropout, seed):
    made = world(30, [])
    item = club(runs=Runs(places=places, length=length, dropout=dropout))
    simulation = simulate(made, interventions=[item], seed=seed)
    for _ in range(20):
        simulation.step()
        state = state_of(simulation)
        inside, waiting = state.taking_part().sum(), (state.status == Status.WAITING).sum()
        assert inside <= places
        assert waiting == 0 or inside == places


def test_the_waiting_list_goes_by_time_and_then_by_luck():
    made = world(80, [])
    item = club(choose=Choose("random", number=20), runs=Runs(places=3, length=2), spread=Spread(broadcast=0.1))
    state = state_of(run(made, item, weeks=70))
    luck = Draws(1).stream("club: queue").uniform(made.identity)
    served = sorted(who(state.ever()), key=lambda i: (state.waiting_since[i], luck[i]))
    assert len(served) > 75
    assert len(set(state.waiting_since.tolist())) > 10
    weeks = state.joined[served].tolist()
    assert weeks == sorted(weeks)
    # three places for two weeks each: three join every other week, in exactly this order
    assert weeks[:20] == [1 + 2 * (k // 3) for k in range(20)]
    assert served != sorted(served)


def test_without_a_limit_everybody_joins_at_once():
    state = state_of(run(world(50, []), club(), weeks=1))
    assert (state.joined == 1).all()


# --- leaving -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 7])
def test_a_participation_lasts_its_length(length):
    simulation = simulate(world(5, []), interventions=[club(runs=Runs(start=2, length=length))])
    attended = 0
    for _ in range(15):
        simulation.step()
        attended += int(state_of(simulation).taking_part().sum())
    state = state_of(simulation)
    assert attended == 5 * length
    assert (state.status == Status.COMPLETED).all()
    assert (state.left == 2 + length).all()


def test_drop_out_is_geometric_and_what_is_left_completes():
    n, hazard, length = 6000, 0.06, 12
    simulation = run(world(n, []), club(runs=Runs(length=length, dropout=hazard)), weeks=20)
    state = state_of(simulation)
    stay = (1 - hazard) ** (length - 1)
    dropped = state.status == Status.DROPPED_OUT
    assert abs(dropped.mean() - (1 - stay)) < 4 * math.sqrt(stay * (1 - stay) / n)
    assert ((state.status == Status.COMPLETED) == ~dropped).all()
    assert (state.left[~dropped] == 1 + length).all()
    for weeks in range(1, length):
        chance = (1 - hazard) ** (weeks - 1) * hazard
        share = (dropped & (state.left - state.joined == weeks)).mean()
        assert abs(share - chance) < 4.5 * math.sqrt(chance * (1 - chance) / n), weeks


def test_nobody_drops_out_at_hazard_zero_and_everybody_after_a_week_at_one():
    safe = state_of(run(world(100, []), club(runs=Runs(dropout=0.0)), weeks=30))
    assert safe.taking_part().all()
    gone = state_of(run(world(100, []), club(runs=Runs(dropout=1.0)), weeks=2))
    assert (gone.status == Status.DROPPED_OUT).all()
    assert (gone.left == 2).all()


def test_the_end_of_the_programme_discharges_everybody():
    made = world(30, complete(30))
    item = club(choose=Choose("random", number=12), runs=Runs(start=2, weeks=6, places=5))
    simulation = run(made, item, weeks=7)
    assert state_of(simulation).taking_part().sum() == 5
    assert (state_of(simulation).status == Status.WAITING).sum() > 0
    waited = state_of(simulation).status == Status.WAITING
    play(simulation, 1)
    state = state_of(simulation)
    assert not np.isin(state.status, (Status.TAKING_PART, Status.WAITING)).any()
    assert (state.status[waited] == Status.AWARE).all()
    assert state.left[state.ever()].max() == 8
    after = state.copy()
    play(simulation, 10)
    for name in ("status", "heard", "joined", "left", "spending"):
        assert np.array_equal(getattr(after, name), getattr(state_of(simulation), name))


def test_nobody_joins_who_could_not_stay_for_the_whole_length():
    made = world(30, [])
    item = club(runs=Runs(start=2, weeks=9, places=5, length=4))
    state = state_of(run(made, item, weeks=20))
    joined = sorted(state.joined[state.ever()].tolist())
    assert joined == [2] * 5 + [6] * 5  # a third round from week 10 would be cut short by the end in week 11
    assert (state.left[state.ever()] - state.joined[state.ever()] == 4).all()
    assert (state.status == Status.COMPLETED).sum() == 10


def test_nobody_hears_from_posters_after_the_end():
    item = club(choose=Choose("nobody"), runs=Runs(weeks=4), spread=Spread(broadcast=0.2, talk=False))
    simulation = run(world(3000, []), item, weeks=5)
    share = 1 - math.exp(-0.2 * 4)
    aware = state_of(simulation).aware().mean()
    assert abs(aware - share) < 4 * math.sqrt(share * (1 - share) / 3000)
    assert state_of(play(simulation, 10)).aware().mean() == aware


# --- one at a time -------------------------------------------------------------------------------------


def two(exclusive_a, exclusive_b, start_a=1, start_b=1, n=12):
    runs = Runs(length=3)
    a = club("alpha", runs=Runs(start=start_a, length=3), exclusive=exclusive_a)
    b = club("beta", runs=Runs(start=start_b, length=runs.length), exclusive=exclusive_b)
    simulation = run(world(n, []), b, a, weeks=12)
    return state_of(simulation, "alpha").joined, state_of(simulation, "beta").joined


def test_without_exclusion_everybody_takes_part_in_both_at_once():
    alpha, beta = two(False, False)
    assert (alpha == 1).all()
    assert (beta == 1).all()


@pytest.mark.parametrize("flags", [(True, False), (False, True), (True, True)])
def test_in_the_same_week_the_first_name_comes_first_and_the_other_waits(flags):
    alpha, beta = two(*flags)
    assert (alpha == 1).all()
    assert (beta == 4).all()


@pytest.mark.parametrize("flags", [(True, False), (False, True), (True, True)])
def test_who_invites_first_comes_first_whatever_its_name(flags):
    alpha, beta = two(*flags, start_a=2, start_b=1)
    assert (beta == 1).all()
    assert (alpha == 5).all()  # alpha is handled first in a week, so it sees beta's leavers a week later


def test_those_kept_out_keep_their_turn_but_block_no_place():
    made = world(6, [], lived=[0, 1, 2])
    a = club("alpha", condition=(Condition("lived_experience", is_in=(True,)),), runs=Runs(length=4), exclusive=True)
    b = club("beta", runs=Runs(places=3))
    state = state_of(run(made, a, b, weeks=3), "beta")
    assert who(state.taking_part()) == [3, 4, 5]
    assert who(state.status == Status.WAITING) == [0, 1, 2]


# --- money ---------------------------------------------------------------------------------------------


def test_costs_equal_a_sum_by_hand():
    """Ten people, four places of three weeks, seven weeks: 4 + 4 join, for a third round it is too late."""
    cost = Cost(fixed=100, per_week=10, per_participant=5, per_participant_week=2)
    item = club(runs=Runs(start=3, weeks=7, places=4, length=3), cost=cost)
    simulation = simulate(world(10, []), interventions=[item])
    play(simulation, 2)
    assert sum(state_of(simulation).spending.values()) == 0
    play(simulation, 1)
    assert state_of(simulation).spending == {
        "fixed": 100, "per_week": 10, "per_participant": 20, "per_participant_week": 8
    }  # fmt: skip
    play(simulation, 20)
    assert state_of(simulation).spending == {
        "fixed": 100, "per_week": 70, "per_participant": 40, "per_participant_week": 48
    }  # fmt: skip


def test_a_programme_without_prices_costs_nothing():
    assert sum(state_of(run(world(5, []), club(), weeks=5)).spending.values()) == 0


# --- luck and order ------------------------------------------------------------------------------------


def test_the_luck_of_an_intervention_hangs_on_its_name_alone(make_community):
    item = club(
        choose=Choose("random", number=8), runs=Runs(places=4, length=3, dropout=0.1), spread=Spread(uptake=0.6)
    )
    other = club("aardvark", choose=Choose("random", number=20), runs=Runs(dropout=0.3))
    alone = state_of(run(make_community(), item, weeks=12, seed=9))
    beside = state_of(run(make_community(), other, item, weeks=12, seed=9))
    renamed = state_of(run(make_community(), club("renamed", choose=item.choose, runs=item.runs, spread=item.spread),
                           weeks=12, seed=9), "renamed")  # fmt: skip
    for name in FIELDS:
        assert np.array_equal(getattr(alone, name), getattr(beside, name)), name
    assert not np.array_equal(alone.joined, renamed.joined)


def test_broadcast_may_be_weighted_by_a_column():
    made = world(3000, [], loneliness=[0.0] * 1000 + [0.5] * 1000 + [1.0] * 1000)
    spread = Spread(broadcast=0.4, broadcast_by="loneliness", talk=False)
    state = state_of(run(made, club(choose=Choose("nobody"), spread=spread), weeks=3))
    for third, factor in enumerate((0.0, 0.5, 1.0)):
        share = 1 - math.exp(-0.4 * factor * 3)  # posters hang from the first week on
        heard = state.aware()[third * 1000 : (third + 1) * 1000].mean()
        assert abs(heard - share) <= 4 * math.sqrt(share * (1 - share) / 1000)
