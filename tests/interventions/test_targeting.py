"""Who is eligible and whom the programme chooses, against loops and networks whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import world

from sim.community.columns import Column, Outcome
from sim.community.community import Community
from sim.errors import InputError
from sim.interventions.spec import Choose, Condition
from sim.interventions.targeting import choose, eligible, meets
from sim.rng import Draws

CATEGORIES = ("north", "south", "west")


def stream(seed=1, name="test: choice"):
    return Draws(seed).stream(name)


def everybody(community):
    return np.ones(len(community), np.bool_)


def numbers(mask):
    return np.flatnonzero(mask).tolist()


@pytest.fixture
def community(make_community):
    """A random community with a number that is missing here and there, and many equal values."""
    made = make_community(residents=50, ties=110)
    made.columns.put(Column("visits", np.array([np.nan if i % 7 == 0 else i % 4 for i in range(50)], float)))
    made.columns.put(Column("area", np.array([i % 4 - 1 for i in range(50)]), categories=CATEGORIES))
    return made


# --- who ---------------------------------------------------------------------------------------------


def slow_meets(condition, values, categories):
    """Return the answer by looking at one resident after the other."""
    answers = []
    for value in values.tolist():
        if categories:
            answers.append(value >= 0 and categories[value] in [str(item) for item in condition.is_in])
            continue
        if isinstance(value, float) and math.isnan(value):
            answers.append(False)
            continue
        good = condition.is_in is None or value in condition.is_in
        good = good and (condition.above is None or value > condition.above)
        good = good and (condition.below is None or value < condition.below)
        good = good and (condition.at_least is None or value >= condition.at_least)
        good = good and (condition.at_most is None or value <= condition.at_most)
        answers.append(good)
    return answers


CONDITIONS = [
    Condition("area", is_in=("south",)),
    Condition("area", is_in=("south", "west")),
    Condition("area", is_in=()),
    Condition("lived_experience", is_in=(True,)),
    Condition("lived_experience", is_in=(False,)),
    Condition("lived_experience", is_in=(True, False)),
    Condition("visits", is_in=(1, 3)),
    Condition("visits", above=1),
    Condition("visits", below=1),
    Condition("visits", at_least=1),
    Condition("visits", at_most=1),
    Condition("visits", above=0, below=2),
    Condition("visits", at_least=2, at_most=1),
    Condition("loneliness", above=0.25),
    Condition("loneliness", at_least=1.0),  # the latent value lies above 1 for some; the observed one is 1
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_is_met_by_those_whom_a_loop_finds(community, condition):
    column = community.columns[condition.column]
    got = meets(condition, column)
    assert got.dtype == np.bool_
    assert got.tolist() == slow_meets(condition, column.observed, column.categories)


def test_the_limits_themselves_meet_at_least_and_at_most_only():
    column = Column("x", np.array([1.0, 2.0, 3.0]))
    assert meets(Condition("x", above=2), column).tolist() == [False, False, True]
    assert meets(Condition("x", at_least=2), column).tolist() == [False, True, True]
    assert meets(Condition("x", below=2), column).tolist() == [True, False, False]
    assert meets(Condition("x", at_most=2), column).tolist() == [True, True, False]


def test_missing_values_meet_nothing():
    number = Column("x", np.array([np.nan]))
    for limits in ({"above": -9}, {"below": 9}, {"at_least": -9}, {"at_most": 9}, {"is_in": (np.nan,)}):
        assert not meets(Condition("x", **limits), number).any()
    named = Column("area", np.array([-1]), categories=CATEGORIES)
    assert not meets(Condition("area", is_in=CATEGORIES), named).any()


def test_a_condition_on_an_outcome_looks_at_what_is_observed_now():
    made = world(3, [], loneliness=[0.2, 0.2, 1.4])
    column = made.columns.outcome("loneliness")
    column.moved[0] = 0.5
    column.refresh()
    assert meets(Condition("loneliness", at_least=0.7), column).tolist() == [True, False, True]
    assert not meets(Condition("loneliness", above=1.0), column).any()


def test_all_conditions_must_hold(community):
    both = (Condition("area", is_in=("south",)), Condition("visits", above=0))
    area, visits = community.columns["area"].values, community.columns["visits"].values
    expected = [i for i in range(50) if area[i] == 1 and visits[i] > 0]
    assert 0 < len(expected) < 12
    assert numbers(eligible(both, community)) == expected
    assert eligible((), community).all()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("lonelines", above=0.5), ["'lonelines' is not a column", "did you mean 'loneliness'?"]),
        (Condition("area", is_in=("suoth",)), ["'suoth' is not a value of 'area'", "did you mean 'south'?"]),
        (Condition("area", above=1), ["'area' has named values", "north, south, west"]),
        (Condition("area", is_in=("south",), above=1), ["'area' has named values"]),
        (Condition("lived_experience", is_in=("no",)), ["'lived_experience' is yes or no"]),
        (Condition("lived_experience", above=0.5), ["'lived_experience' is yes or no"]),
        (Condition("visits", is_in=("often",)), ["'visits' is a number"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_condition_that_does_not_fit_is_refused_with_what_is_allowed(community, condition, words):
    with pytest.raises(InputError) as refusal:
        eligible((condition,), community)
    for word in words:
        assert word in str(refusal.value)


# --- how many ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["everyone", "random", "degree", "loneliness"])
@pytest.mark.parametrize(
    ("limits", "expected"),
    [({}, 20), ({"number": 7}, 7), ({"number": 99}, 20), ({"share": 0.0}, 0),
     ({"share": 0.24}, 5), ({"share": 0.225}, 5), ({"share": 0.22}, 4), ({"share": 1.0}, 20)],
)  # fmt: skip
def test_number_and_share_count_among_the_candidates(community, by, limits, expected):
    candidates = np.arange(50) % 5 < 2
    chosen = choose(Choose(by, **limits), candidates, community, stream())
    assert chosen.sum() == expected
    assert not (chosen & ~candidates).any()


def test_everyone_and_nobody(community):
    candidates = np.arange(50) % 3 == 0
    assert np.array_equal(choose(Choose("everyone"), candidates, community, stream()), candidates)
    for limits in ({}, {"number": 9}, {"share": 1.0}):
        assert not choose(Choose("nobody", **limits), candidates, community, stream()).any()


def test_no_candidates_no_chosen(community):
    nobody = np.zeros(50, np.bool_)
    for by in ("everyone", "random", "nomination", "degree", "visits"):
        assert not choose(Choose(by, number=5), nobody, community, stream()).any()


# --- rankings ----------------------------------------------------------------------------------------


def slow_ranking(values, candidates, luck, order):
    """Return candidates from the first to be chosen to the last; those without a value never are."""
    sign = -1.0 if order == "highest" else 1.0
    known = [i for i in range(len(values)) if candidates[i] and not math.isnan(values[i])]
    return sorted(known, key=lambda i: (sign * values[i], luck[i]))


@settings(max_examples=60, deadline=None)
@given(
    by=st.sampled_from(["degree", "visits", "loneliness", "lived_experience"]),
    order=st.sampled_from(["highest", "lowest"]),
    number=st.integers(1, 25),
    seed=st.integers(0, 99),
    modulus=st.integers(1, 4),
)
def test_rankings_equal_a_sort_with_luck_as_the_tie_breaker(make_community, by, order, number, seed, modulus):
    made = make_community(residents=40, ties=60)
    made.columns.put(Column("visits", np.array([np.nan if i % 7 == 0 else i % 3 for i in range(40)], float)))
    candidates = np.arange(40) % modulus == 0
    values = [len(made.ties.neighbours(i)) for i in range(40)] if by == "degree" else made.observed(by).tolist()
    luck = stream(seed).uniform(made.identity)
    expected = slow_ranking([float(v) for v in values], candidates, luck, order)[:number]
    got = choose(Choose(by, order, number=number), candidates, made, stream(seed))
    assert numbers(got) == sorted(expected)


def test_degree_finds_the_hub_and_the_leaf_of_a_path():
    star_with_tail = world(6, [(2, 0), (2, 1), (2, 3), (3, 4), (4, 5)])
    who = everybody(star_with_tail)
    assert numbers(choose(Choose("degree", "highest", number=1), who, star_with_tail, stream())) == [2]
    assert numbers(choose(Choose("degree", "highest", number=3), who, star_with_tail, stream())) == [2, 3, 4]
    assert numbers(choose(Choose("degree", "lowest", number=3), who, star_with_tail, stream())) == [0, 1, 5]


def test_ties_in_a_ranking_are_broken_by_luck_not_by_position():
    made = world(30, [])
    picks = {
        tuple(numbers(choose(Choose("loneliness", number=3), everybody(made), made, stream(seed))))
        for seed in range(30)
    }
    assert len(picks) > 20
    assert len({i for pick in picks for i in pick}) > 25


def test_random_gives_everybody_the_same_chance():
    made = world(20, [])
    runs = 2000
    count = sum(choose(Choose("random", number=5), everybody(made), made, stream(s)).astype(int) for s in range(runs))
    error = math.sqrt(runs * 0.25 * 0.75)
    assert np.abs(count - runs / 4).max() < 4 * error
    assert count.std() > error / 3  # it is luck, not a rota


def test_more_places_keep_those_who_were_chosen_with_fewer(community):
    for by in ("random", "everyone", "degree", "visits", "nomination"):
        few, many = (choose(Choose(by, number=n), everybody(community), community, stream()) for n in (5, 15))
        assert few.sum() == 5
        assert not (few & ~many).any(), by


def test_a_resident_without_a_value_is_not_chosen_however_many_are_wanted(community):
    visits = community.columns["visits"].values
    chosen = choose(Choose("visits", "lowest"), everybody(community), community, stream())
    assert np.array_equal(chosen, ~np.isnan(visits))


def test_luck_belongs_to_the_person_whatever_type_and_order_of_ids():
    def chosen_names(ids):
        columns = world(len(ids), []).columns
        made = Community(ids=ids, columns=columns, ties=world(len(ids), []).ties)
        return {str(made.ids[i]) for i in numbers(choose(Choose("random", number=6), everybody(made), made, stream()))}

    as_numbers = chosen_names(np.arange(3, 33))
    as_texts = chosen_names(np.array([str(i) for i in range(3, 33)], dtype=object))
    with_others = chosen_names(np.arange(0, 40))
    assert len(as_numbers) == 6
    assert as_numbers == as_texts
    kept = {name for name in with_others if 3 <= int(name) < 33}
    assert kept <= as_numbers  # newcomers push somebody out, but change nobody's luck
    assert chosen_names(np.arange(100, 130)) != {
        str(int(name) + 97) for name in as_numbers
    }  # other persons, other luck


@pytest.mark.parametrize(
    ("by", "words"),
    [("lonelyness", ["'lonelyness' is not a column", "did you mean 'loneliness'?"]),
     ("area", ["'area' has named values and cannot be ranked", "use 'who'"])],
)  # fmt: skip
def test_a_ranking_that_cannot_be_is_refused(community, by, words):
    with pytest.raises(InputError) as refusal:
        choose(Choose(by, number=3), everybody(community), community, stream())
    for word in words:
        assert word in str(refusal.value)


# --- nomination --------------------------------------------------------------------------------------


def star(leaves):
    return world(leaves + 1, [(0, i) for i in range(1, leaves + 1)])


def test_on_a_star_every_leaf_names_the_hub_and_the_hub_one_leaf():
    made = star(12)
    leaves = set()
    for seed in range(40):
        chosen = numbers(choose(Choose("nomination"), everybody(made), made, stream(seed)))
        assert len(chosen) == 2
        assert chosen[0] == 0
        leaves.add(chosen[1])
    assert len(leaves) > 8  # which leaf is luck


def test_one_nominee_of_a_star_is_the_hub_unless_the_hub_itself_is_asked_first():
    made, runs = star(4), 1000
    hub = 0
    for seed in range(runs):
        luck = stream(seed).uniform(made.identity)
        chosen = numbers(choose(Choose("nomination", number=1), everybody(made), made, stream(seed)))
        assert (chosen == [0]) == (np.argmin(luck) != 0)
        hub += chosen == [0]
    assert abs(hub / runs - 0.8) < 4 * math.sqrt(0.8 * 0.2 / runs)


def test_only_eligible_nominees_are_chosen_but_anybody_may_be_asked():
    made = star(6)
    only_hub = np.arange(7) == 0
    assert numbers(choose(Choose("nomination", number=3), only_hub, made, stream())) == [0]
    no_hub = ~only_hub
    assert len(numbers(choose(Choose("nomination", number=3), no_hub, made, stream()))) == 1


def slow_nominees(made, luck, which):
    asked = sorted((i for i in range(len(made)) if len(made.ties.neighbours(i))), key=lambda i: luck[i])
    named = []
    for person in asked:
        friends = made.ties.neighbours(person).tolist()
        friend = friends[int(which[person] * len(friends))]
        if friend not in named:
            named.append(friend)
    return named


@pytest.mark.parametrize("number", [1, 5, 20])
def test_nominees_are_those_of_a_loop_over_residents_in_the_order_of_luck(community, number):
    for seed in range(10):
        luck, which = (stream(seed).uniform(community.identity, n) for n in (0, 1))
        expected = slow_nominees(community, luck, which)[:number]
        got = choose(Choose("nomination", number=number), everybody(community), community, stream(seed))
        assert numbers(got) == sorted(expected)


def test_nominees_have_more_friends_than_people_taken_at_random():
    """The friendship paradox: mean degree of a random friend is the mean of squares over the mean."""
    draws = Draws(5).stream("test").uniform(np.arange(400, dtype=np.uint64))
    hubs = np.flatnonzero(draws < 0.1)
    edges = {tuple(sorted((int(h), int((h + 7 * k + 1) % 400)))) for h in hubs for k in range(30)}
    edges |= {(i, i + 1) for i in range(399)}
    made = world(400, sorted((a, b) for a, b in edges if a != b))
    degree = made.ties.degree()
    means = [
        degree[choose(Choose(by, number=25), everybody(made), made, stream(s))].mean()
        for by in ("nomination", "random")
        for s in range(20)
    ]
    named, at_random = np.mean(means[:20]), np.mean(means[20:])
    assert abs(at_random - degree.mean()) < 1.5
    assert named > 1.8 * at_random


def test_nobody_is_named_where_nobody_has_ties():
    made = world(5, [])
    assert not choose(Choose("nomination", number=3), everybody(made), made, stream()).any()


def test_choosing_leaves_the_community_as_it_was(make_community):
    made = make_community()
    before = made.columns.outcome("loneliness").values.copy(), made.ties.neighbour.copy()
    for by in ("everyone", "random", "nomination", "degree", "loneliness"):
        choose(Choose(by, number=5), everybody(made), made, stream())
    assert np.array_equal(before[0], made.columns.outcome("loneliness").values)
    assert np.array_equal(before[1], made.ties.neighbour)
    assert isinstance(made.columns["loneliness"], Outcome)
