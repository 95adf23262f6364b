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


# --- network measures --------------------------------------------------------------------------------

NETWORK = ("degree", "betweenness", "eigenvector", "bridging")


def barbell():
    """Two circles of five friends who all know each other, 0-4 and 8-12, joined by the path 4-5-6-7-8."""
    edges = [(i, j) for first in (0, 8) for i in range(first, first + 5) for j in range(i + 1, first + 5)]
    return world(13, sorted([*edges, (4, 5), (5, 6), (6, 7), (7, 8)]))


def chosen_by(made, by, number, seed=1, **settings_of):
    return numbers(choose(Choose(by, number=number, **settings_of), everybody(made), made, stream(seed)))


def test_each_network_measure_finds_its_own_residents_on_a_barbell():
    made = barbell()
    assert chosen_by(made, "degree", 2) == [4, 8]  # four friends in the circle and one on the path
    assert chosen_by(made, "betweenness", 1) == [6]  # every path between the halves: 6 * 6 pairs
    assert chosen_by(made, "betweenness", 3) in ([5, 6, 7], [4, 6, 8])
    assert chosen_by(made, "eigenvector", 2) == [4, 8]  # in the dense circles, and best connected there
    assert chosen_by(made, "eigenvector", 1, order="lowest") == [6]


def test_betweenness_and_degree_differ_on_purpose():
    """A go-between with two ties joins two large circles: few ties, and on every path."""
    circle = [(i, j) for first in (0, 7) for i in range(first, first + 6) for j in range(i + 1, first + 6)]
    made = world(13, sorted([*circle, (5, 6), (6, 7)]))
    assert chosen_by(made, "betweenness", 1) == [6]
    assert 6 not in chosen_by(made, "degree", 10)
    assert chosen_by(made, "degree", 1, order="lowest") == [6]


def test_bridging_finds_those_whose_ties_leave_their_part_of_the_network():
    circles = [(i, j) for first in (0, 6, 12) for i in range(first, first + 6) for j in range(i + 1, first + 6)]
    made = world(18, sorted([*circles, (0, 6), (0, 12), (7, 13)]))
    assert chosen_by(made, "bridging", 1) == [0]
    assert chosen_by(made, "bridging", 5) == [0, 6, 7, 12, 13]


def test_bridging_across_a_group_line_counts_ties_that_cross_it():
    made = world(6, [(0, 1), (0, 2), (0, 3), (1, 2), (3, 4), (4, 5)], lived=[3, 5])
    assert chosen_by(made, "bridging", 2, group="lived_experience") == [3, 4]  # two each; the others one or none
    assert chosen_by(made, "bridging", 4, group="lived_experience") == [0, 3, 4, 5]
    made.columns.put(Column("area", np.array([0, 0, 1, 2, -1, 0]), categories=CATEGORIES))
    assert chosen_by(made, "bridging", 1, group="area") == [0]  # to 2 and to 3; no area is no line


def test_bridging_across_a_number_is_refused(community):
    with pytest.raises(InputError, match="'visits' is a number"):
        choose(Choose("bridging", group="visits", number=3), everybody(community), community, stream())


def test_only_the_kinds_asked_for_count():
    edges = [(0, 1), (0, 2), (0, 3), (4, 5), (4, 6)]
    made = world(7, edges, kinds=["neighbour"] * 3 + ["friend"] * 2)
    assert chosen_by(made, "degree", 1) == [0]
    for by in ("degree", "betweenness", "eigenvector"):
        assert chosen_by(made, by, 1, kinds=("friend",)) == [4], by
    for seed in range(20):
        assert set(chosen_by(made, "nomination", None, seed, kinds=("friend",))) <= {4, 5, 6}
    assert chosen_by(made, "nomination", 3, kinds=("befriender",)) == []


@pytest.mark.parametrize("by", NETWORK)
def test_equals_in_a_network_measure_are_chosen_between_by_luck(by):
    ring = world(40, sorted((min(i, (i + 1) % 40), max(i, (i + 1) % 40)) for i in range(40)))
    settings_of = {"group": "lived_experience"} if by == "bridging" else {}
    picks = {i for seed in range(30) for i in chosen_by(ring, by, 4, seed, **settings_of)}
    assert len(picks) > 35


@pytest.mark.parametrize("by", [*NETWORK, "nomination", "random"])
@pytest.mark.parametrize("parts", [None, 1])
def test_whom_a_measure_chooses_hangs_on_persons_not_on_the_order_in_which_they_came(by, parts):
    edges = [(0, 3), (0, 4), (1, 4), (2, 5), (3, 5), (1, 6), (6, 7), (2, 7), (0, 7)]
    names = np.array([5, 9, 2, 14, 30, 21, 7, 11])

    def picked(shuffle):
        from sim.community.ties import Ties

        ids, position = names[shuffle], np.argsort(shuffle)
        pairs = np.array([(position[a], position[b]) for a, b in edges])
        order = np.argsort(ids)
        place = np.argsort(order)
        columns = world(8, []).columns
        made = Community(
            ids=ids[order], columns=columns,
            ties=Ties.from_pairs(8, place[pairs[:, 0]], place[pairs[:, 1]], 1.0, 0, kinds=("friend",)),
        )  # fmt: skip
        return {int(made.ids[i]) for i in chosen_by(made, by, 3, per=parts)}

    assert picked(np.arange(8)) == picked(np.array([3, 1, 7, 5, 0, 2, 6, 4]))


# --- so many of each part ----------------------------------------------------------------------------


def three_circles():
    circles = [(i, j) for first, size in ((0, 4), (4, 7), (11, 5)) for i in range(first, first + size)
               for j in range(i + 1, first + size)]  # fmt: skip
    return world(18, sorted([*circles, (3, 4), (10, 11)]))  # 16 and 17 have no ties


@pytest.mark.parametrize("per", [1, 2])
def test_so_many_of_each_network_community(per):
    made = three_circles()
    for seed in range(10):
        chosen = chosen_by(made, "random", None, seed, per=per)
        assert [sum(a <= i < b for i in chosen) for a, b in ((0, 4), (4, 11), (11, 16), (16, 18))] == [per] * 3 + [0]


def test_the_best_of_each_network_community_by_a_measure():
    made = three_circles()
    assert chosen_by(made, "degree", None, per=1)[0] == 3  # with a tie out of its circle
    assert set(chosen_by(made, "degree", None, per=2)) >= {3, 4, 10, 11}
    assert set(chosen_by(made, "bridging", None, per=2, within="community")) >= {3, 4, 10, 11}


def test_a_number_goes_to_the_largest_communities_first_one_each_before_a_second():
    made = three_circles()
    for number, expected in [(1, [0, 1, 0]), (2, [0, 1, 1]), (3, [1, 1, 1]), (4, [1, 2, 1]), (9, [2, 2, 2])]:
        chosen = chosen_by(made, "random", number, per=2)
        assert [sum(a <= i < b for i in chosen) for a, b in ((0, 4), (4, 11), (11, 16))] == expected


def test_so_many_of_each_value_of_a_column(community):
    codes = community.columns["area"].values
    chosen = choose(Choose("loneliness", per=3, within="area"), everybody(community), community, stream())
    assert np.bincount(codes[chosen] + 1, minlength=4).tolist() == [0, 3, 3, 3]
    lonely = community.observed("loneliness")
    for code in range(3):
        here = codes == code
        assert lonely[chosen & here].min() >= np.sort(lonely[here])[-3]
    flagged = choose(Choose("random", per=2, within="lived_experience"), everybody(community), community, stream())
    assert np.bincount(community.flag("lived_experience")[flagged]).tolist() == [2, 2]


def test_only_eligible_residents_of_a_part_are_chosen():
    made = three_circles()
    chosen = choose(Choose("random", per=2), np.arange(18) >= 10, made, stream())
    assert numbers(chosen)[0] == 10  # alone eligible in her circle
    assert chosen.sum() == 3


# --- named residents ---------------------------------------------------------------------------------


def test_named_residents_are_chosen_whether_ids_are_numbers_or_texts():
    made = world(30, [])
    for ids in ((3, 17), ("3", "17"), (17, "3", 3)):
        assert numbers(choose(Choose(ids=ids), everybody(made), made, stream())) == [3, 17]


def test_named_residents_who_are_not_eligible_are_left_out():
    made = world(30, [])
    assert numbers(choose(Choose(ids=(3, 17, 20)), np.arange(30) > 10, made, stream())) == [17, 20]


def test_an_id_of_nobody_is_refused():
    made = world(5, [])
    with pytest.raises(InputError, match=r"no resident has the id 9, ana"):
        choose(Choose(ids=(1, 9, "ana")), everybody(made), made, stream())


@pytest.mark.parametrize(
    ("given_settings", "words"),
    [({"ids": (1,), "by": "random"}, "by has no meaning with ids"),
     ({"ids": (1,), "number": 3}, "number has no meaning with ids"),
     ({"ids": (1,), "share": 0.3}, "share has no meaning with ids"),
     ({"ids": (1,), "per": 3}, "per has no meaning with ids"),
     ({"per": 1}, "per cannot be used with by: everyone"),
     ({"per": 1, "by": "nobody"}, "per cannot be used with by: nobody"),
     ({"per": 1, "by": "random", "share": 0.1}, "per cannot be used with share"),
     ({"within": "area", "by": "random"}, "within is only for 'per'"),
     ({"group": "area", "by": "degree"}, "group is only for by: bridging"),
     ({"kinds": ("friend",), "by": "random"}, "kinds is only for degree"),
     ({"kinds": ("friend",), "by": "random", "per": 1, "within": "area"}, "kinds is only for degree")],
)  # fmt: skip
def test_settings_that_do_not_fit_together_are_refused(given_settings, words):
    with pytest.raises(ValueError, match=words):
        Choose(**given_settings)
