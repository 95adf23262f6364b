"""Ties that change: against the slow form, and against what is known of survival, strength and slots."""

from __future__ import annotations

import itertools
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_ties import SlowTie, SlowTies
from worlds import complete, displace, play, simulate, world

from sim import compiled
from sim.community.columns import Column
from sim.community.meeting import chance_of_free_slot
from sim.community.places import Place
from sim.community.ties import Ties
from sim.interventions import Choose, Intervention, Runs, Spread
from sim.interventions.effects import EndTies, Tie
from sim.mechanisms import ChangingTies

SHOWN = ("one", "other", "strength", "kind", "place")
KINDS = ("household", "family", "friend", "neighbour", "group")
ALL = tuple(f"ending_{kind}" for kind in (*KINDS, "other"))
ONLY_SEARCH = dict.fromkeys(ALL, 0.0)
QUICK = ChangingTies(
    **dict(zip(ALL, (0.03, 0.02, 0.05, 0.06, 0.08, 0.05), strict=True)), search=0.3, refusal=1.0, apart=6, too_weak=0.8
)
"""Ties that change so fast that every part of the rule has something to do."""


def pairs_of(ties: Ties, *kinds: str) -> set[tuple[int, int]]:
    pairs = ties.pairs()
    wanted = [ties.kinds.index(kind) for kind in kinds or ties.kinds]
    chosen = np.isin(pairs["kind"], wanted)
    return set(zip(pairs["one"][chosen].tolist(), pairs["other"][chosen].tolist(), strict=True))


def check_rows(ties: Ties) -> None:
    """Fail unless ties are symmetric to the bit, without self-ties or repeats."""
    entries, rows = ties.entries(), ties.rows()
    neighbours = ties.neighbour[entries]
    assert (rows != neighbours).all()
    assert len(np.unique(rows.astype(np.int64) * ties.residents + neighbours)) == len(rows)
    back = np.empty(len(rows), np.int64)
    compiled.find_ties(ties.start, ties.length, ties.neighbour, neighbours, rows, back)
    assert (back >= 0).all()
    for name in ("strength", "reference", "kind", "place", "maker"):
        assert (getattr(ties, name)[entries] == getattr(ties, name)[back]).all(), name
    assert ((ties.strength[entries] > 0) & (ties.strength[entries] <= 1)).all()


# --- against the slow form ------------------------------------------------------------------------------


def town(make_community, seed, with_areas):
    community = make_community(48, 150, seed)
    if with_areas:
        community.columns.put(Column("area", np.arange(48) % 3, categories=("north", "south", "west")))
    who = np.arange(48)
    community.places.items += [Place("club", "club", who % 5 == 0), Place("shut", "club", who % 2 == 0, open=False)]
    return community


def slow_twin(simulation) -> SlowTies:
    community = simulation.community
    slots = simulation._constants["ties"].slots
    pairs = community.ties.pairs()
    names = community.ties.kinds
    code = community.columns["area"].values.tolist() if "area" in community.columns else None
    return SlowTies(
        identity=community.identity.tolist(), kinds=list(names), area=code,
        band=community.columns["age_band"].values.tolist(), parameters=simulation._parameters["ties"],
        seed=simulation.seed, slots={(i, name): int(slots[i, k]) for i in range(48) for k, name in enumerate(names)},
        members=[set(np.flatnonzero(place.members & place.open).tolist()) for place in community.places.items],
        ties={
            (int(a), int(b)): SlowTie(float(w), float(w), names[k], int(place))
            for a, b, w, k, place in zip(*(pairs[n] for n in SHOWN), strict=True)
        },
    )  # fmt: skip


@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_equal_the_slow_form(make_community, seed, with_areas):
    simulation = simulate(town(make_community, seed, with_areas), QUICK, seed=seed)
    displace(simulation, "self_stigma", 0.4 * simulation.community.flag("lived_experience"))
    twin = slow_twin(simulation)
    community, ties = simulation.community, simulation.community.ties
    at_first = pairs_of(ties)
    for week in range(1, 26):
        state = (
            simulation.derived["engagement"].tolist(), simulation.derived["welcome"].tolist(),
            community.observed("stigma").tolist(), community.flag("disclosed").tolist(),
        )  # fmt: skip
        simulation.step()
        twin.play(week, *state)
        pairs = ties.pairs()
        found = list(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
        assert found == sorted(twin.ties)
        expected = [twin.ties[pair] for pair in found]
        assert [ties.kinds[k] for k in pairs["kind"]] == [tie.kind for tie in expected]
        assert pairs["place"].tolist() == [tie.place for tie in expected]
        assert pairs["reference"].tolist() == [tie.usual for tie in expected]
        assert pairs["strength"] == pytest.approx([tie.strength for tie in expected], rel=1e-12)
    check_rows(ties)
    kinds = {tie.kind for pair, tie in twin.ties.items() if pair not in at_first}
    assert kinds >= {"friend", "neighbour", "group"}  # something has come about
    assert sum(week_ended > 0 for _, _, week_ended in twin.parted) > 100  # and something has ended


# --- how strength changes -------------------------------------------------------------------------------


def test_strength_approaches_what_is_lived_geometrically():
    """w(t) = w' + (w(0) - w') (1 - rate)^t, where w' = w(0) x engagement: here of one side, less by a known amount."""
    rule = ChangingTies(turnover=False, rate=0.07)
    simulation = simulate(world(3, [(0, 1), (1, 2)], strength=[0.8, 0.5], lived=[0]), rule, *frozen())
    displace(simulation, "self_stigma", [0.5, 0.0, 0.0])  # engagement 1 - 0.8 x 0.5 = 0.6
    play(simulation, 30)
    lived = 0.8 * (1 - 0.8 * 0.5)
    expected = lived + (0.8 - lived) * (1 - 0.07) ** 30
    assert simulation.community.ties.pairs()["strength"] == pytest.approx([expected, 0.5], rel=1e-12)
    play(simulation, 600)
    assert simulation.community.ties.pairs()["strength"] == pytest.approx([lived, 0.5], rel=1e-12)
    displace(simulation, "self_stigma", 0.0)
    play(simulation, 600)
    assert simulation.community.ties.pairs()["strength"] == pytest.approx([0.8, 0.5], rel=1e-12)  # as usual again


def frozen():
    """Return mechanisms that move no outcome."""
    from sim.mechanisms import Contact, Influence, Loneliness, SelfStigma

    return (Contact(0.0), Influence(anchoring=0.0, susceptibility=0.0, recovery=0.0), Loneliness(rate=0.0),
            SelfStigma(rate=0.0))  # fmt: skip


def test_a_tie_that_is_hardly_lived_ends_and_one_a_little_better_does_not():
    """With engagement 0.15 a tie falls to 15% of its strength: too weak at 20%, not at 10%."""
    for too_weak, kept in ((0.2, set()), (0.1, {(0, 1)})):
        simulation = simulate(world(2, [(0, 1)], lived=[0]), ChangingTies(turnover=False, too_weak=too_weak), *frozen())
        displace(simulation, "self_stigma", [0.85 / 0.8, 0.0])
        simulation.community.columns.outcome("self_stigma").bounds = (0.0, 2.0)
        displace(simulation, "self_stigma", [0.85 / 0.8, 0.0])
        play(simulation, 200)
        assert pairs_of(simulation.community.ties) == kept


def test_strength_never_exceeds_one():
    simulation = simulate(
        world(2, [(0, 1)], lived=[0, 1], self_stigma=0.5, strength=0.9), ChangingTies(turnover=False), *frozen()
    )
    displace(simulation, "self_stigma", -0.5)  # lived 1.4 x 1.4 times as much
    play(simulation, 300)
    assert simulation.community.ties.pairs()["strength"].tolist() == [pytest.approx(1.0, abs=1e-6)]
    assert simulation.community.ties.pairs()["strength"][0] <= 1.0


def test_without_turnover_nothing_changes_to_the_bit_and_with_it_something_does(make_community):
    def after(rule):
        community = make_community(60, 200)
        return before(community), before(play(simulate(community, rule), 40).community)

    def before(community):
        return community.ties.pairs(), {name: community.observed(name).copy() for name in ("stigma", "loneliness")}

    for rule in (ChangingTies(turnover=False), ChangingTies(**ONLY_SEARCH)):
        (ties, outcomes), (later_ties, later_outcomes) = after(rule)
        assert all((ties[name] == later_ties[name]).all() for name in ties)
        assert all((outcomes[name] == later_outcomes[name]).all() for name in outcomes)
    (ties, _), (later_ties, _) = after(ChangingTies())
    assert not np.array_equal(ties["other"], later_ties["other"])


# --- how ties end ---------------------------------------------------------------------------------------


def crowd(residents=2000, kinds=("friend", "neighbour", "household"), each=4):
    """Return a community in which everybody has some ties of each kind, on a ring."""
    edges, kind = [], []
    steps = iter(range(1, 99))
    for name in kinds:
        for step in itertools.islice(steps, each // 2):
            edges += [(i, (i + step) % residents) for i in range(residents)]
            kind += [name] * residents
    return world(residents, [(min(e), max(e)) for e in edges], kinds=kind, strength=0.5)


@pytest.mark.parametrize("seed", [1, 2])
def test_ties_survive_as_their_hazard_says(seed):
    """(1 - hazard)^t of the ties are left after t weeks: within four standard errors, for each kind."""
    community = crowd()
    rule = ChangingTies(ending_friend=0.02, ending_neighbour=0.05, ending_household=0.0, search=0.0)
    simulation = simulate(community, rule, seed=seed)
    for weeks in (1, 9, 30):
        play(simulation, weeks - simulation.week)
        for kind, hazard in (("friend", 0.02), ("neighbour", 0.05), ("household", 0.0)):
            left, expected = len(pairs_of(community.ties, kind)) / 4000, (1 - hazard) ** weeks
            assert abs(left - expected) <= 4 * (expected * (1 - expected) / 4000) ** 0.5
    assert abs(len(pairs_of(community.ties, "friend")) / 4000 - 0.95**30) > 0.1  # the other kind's would not do


def test_whether_a_tie_ends_does_not_depend_on_other_ties(make_community):
    """The same tie, in a community that lacks half of the others, ends in the same week."""
    whole, half = (world(40, edges, strength=0.5) for edges in (complete(40), complete(40)[::2]))
    rule = ChangingTies(ending_friend=0.04, search=0.0)
    one, other = simulate(whole, rule, seed=3), simulate(half, rule, seed=3)
    common = set(complete(40)[::2])
    for _ in range(20):
        play(one, 1)
        play(other, 1)
        assert pairs_of(one.community.ties) & common == pairs_of(other.community.ties)
    assert 0 < len(pairs_of(other.community.ties)) < len(common)


def test_what_has_ended_is_dormant_until_it_is_taken_up(make_community):
    community = make_community(60, 200)
    before, ties = community.ties.pairs(), community.ties
    simulation = play(simulate(community, replace(QUICK, search=0.0, too_weak=0.0)), 12)
    asleep = ties.dormant.asleep()
    gone = {(a, b): k for k, (a, b) in enumerate(zip(before["one"].tolist(), before["other"].tolist(), strict=True))}
    listed = list(zip(asleep["one"].tolist(), asleep["other"].tolist(), strict=True))
    assert set(listed) == set(gone) - pairs_of(ties)
    assert len(listed) > 20
    for k, pair in enumerate(listed):
        at = gone[pair]
        for name, values in (("kind", "kind"), ("strength", "reference"), ("place", "place")):
            assert asleep[name][k] == before[values][at]
        assert 1 <= asleep["week"][k] <= 12
    assert (np.diff(asleep["week"]) >= 0).all()
    of = np.zeros(60, bool)
    of[listed[0][0]] = True
    mine = ties.dormant.asleep(of)
    assert all(listed[0][0] in pair for pair in zip(mine["one"].tolist(), mine["other"].tolist(), strict=True))
    ties.add([listed[0][0]], [listed[0][1]], 0.5, "friend")
    assert listed[0] not in set(zip(*(ties.dormant.asleep()[n].tolist() for n in ("one", "other")), strict=True))
    assert simulation.community.copy().ties.dormant.count == ties.dormant.count


# --- how people find each other -------------------------------------------------------------------------


def test_slots_are_filled_again_and_never_overfilled(make_community):
    """Friends are cut for everybody in week 1; while nothing else ends, all find as many as they had, nobody more."""
    community = make_community(60, 120, 1, one_kind=True)
    had = community.ties.degrees()[:, 2]
    rule = ChangingTies(**ONLY_SEARCH, search=0.5, apart=0)
    cut = Intervention("cut", choose=Choose("nobody"), effects=(EndTies("friend", 0.5, "everyone"),))
    simulation = simulate(community, rule, interventions=[cut])
    play(simulation, 1)
    missing = [(had - community.ties.degrees()[:, 2]).sum()]
    for _ in range(60):
        play(simulation, 1)
        has = community.ties.degrees()[:, 2]
        assert (has <= had).all()
        missing.append((had - has).sum())
    assert missing[0] > 80
    assert missing[-1] <= 2  # somebody may be left over who knows everybody else that looks
    assert (np.diff(missing) <= 0).all()


def give_slots(simulation, kind, number):
    """Let residents look for ties of a kind of which there may be none to draw strengths from."""
    state = simulation._constants["ties"]
    state.slots[:, KINDS.index(kind)] = number
    state.strengths, state.first = np.full(5, 0.5), np.arange(6)


def test_choice_is_in_proportion_to_weights():
    """Resident 0 alone searches (others have free slots, but chance 0): those alike, near, both come as weighted."""
    weights = {1: 1.0, 2: 4.0, 3: 2.0, 4: 8.0}  # neither (met at the place), alike, near, both
    community = world(5, [])
    community.columns.put(Column("age_band", np.array([0, 1, 0, 1, 0]), categories=("young", "old")))
    community.columns.put(Column("area", np.array([0, 1, 1, 0, 0]), categories=("north", "south")))
    community.places.items.append(Place("hub", "hub", np.array([True, True, False, False, False])))
    state = simulate(community, ChangingTies())
    held = state._constants["ties"]
    slots, taken = np.zeros((5, 5), np.int32), np.zeros((5, 5), np.int32)
    slots[:, 2] = 1
    counts = dict.fromkeys(weights, 0)
    weeks = 4000
    for week in range(1, weeks + 1):
        one, other, kind, _ = held.meeting.find(
            community, (state.draws, week), slots, taken, 1.0, np.array([4.0, 2.0, 1.0, 1.0]), 0
        )
        assert (kind == 2).all()
        chosen = other[0] if one[0] == 0 else one[0]  # the first seeker listed is resident 0
        counts[int(chosen)] += 1
    total = sum(weights.values())
    squares = sum((counts[j] - weeks * w / total) ** 2 / (weeks * w / total) for j, w in weights.items())
    assert squares < 16.3  # chi-squared, 3 degrees of freedom, 0.1%


def test_friends_of_friends_are_chosen_as_often_as_weighted():
    """0 knows 1, who knows 2; 3 and 4 are strangers. With weight 6 against 1 and 1, 2 is chosen in 6 of 8 cases."""
    community = world(5, [(0, 1), (1, 2)])
    state = simulate(community, ChangingTies())
    slots, taken = np.zeros((5, 5), np.int32), np.zeros((5, 5), np.int32)
    slots[[0, 2, 3, 4], 2] = 1
    weeks, times = 3000, 0
    for week in range(1, weeks + 1):
        one, other, _, _ = state._constants["ties"].meeting.find(
            community, (state.draws, week), slots, taken, 1.0, np.array([1.0, 1.0, 1.0, 6.0]), 0
        )
        times += (one[0], other[0]) == (0, 2)
    assert abs(times / weeks - 0.75) < 4 * (0.75 * 0.25 / weeks) ** 0.5


@pytest.mark.parametrize("stigma", [0.0, 0.4, 1.0])
def test_a_disclosed_resident_is_turned_down_as_stigma_says(stigma):
    """Pairs of one who has disclosed and one who has not, each alone in an area: accepted with 1 - refusal x stigma."""
    residents = 4000
    disclosed = list(range(0, residents, 2))
    community = world(residents, [], stigma=stigma, lived=disclosed, disclosed=disclosed)
    community.columns.put(
        Column("area", np.arange(residents) // 2, categories=tuple(f"area {k}" for k in range(residents // 2)))
    )
    simulation = simulate(community, ChangingTies(search=1.0, refusal=0.7))
    give_slots(simulation, "neighbour", 1)  # they meet in their own area only
    play(simulation, 1)
    expected = 1 - 0.7 * stigma
    made = community.ties.count / (residents / 2)
    assert abs(made - expected) <= 4 * (expected * (1 - expected) / (residents / 2)) ** 0.5


def test_fellow_members_meet_only_where_it_is_open():
    def group_ties(is_open):
        community = world(40, [])
        members = np.arange(40) < 20
        community.places.items += [Place("hub", "hub", members, open=is_open), Place("club", "club", ~members)]
        simulation = simulate(community, ChangingTies(search=1.0, **ONLY_SEARCH))
        give_slots(simulation, "group", 2)
        play(simulation, 12)
        pairs = community.ties.pairs()
        assert ((pairs["one"] < 20) == (pairs["other"] < 20)).all()  # nobody met across places
        assert (pairs["place"] == np.where(pairs["one"] < 20, 0, 1)).all()
        return [(pairs["place"] == number).sum() for number in (0, 1)]

    assert group_ties(True)[0] > 15
    assert group_ties(False)[0] == 0
    assert group_ties(False)[1] > 15


@pytest.mark.parametrize("apart", [0, 8])
def test_two_who_have_parted_do_not_find_together_at_once(apart):
    """Two residents alone: their tie is ended in week 3; they may meet again only when the time is over."""
    rule = ChangingTies(**ONLY_SEARCH, search=1.0, apart=apart)
    cut = Intervention("cut", choose=Choose("nobody"), runs=Runs(start=3), effects=(EndTies("friend", 1, "everyone"),))
    simulation = simulate(world(2, [(0, 1)]), rule, interventions=[cut])
    tied = [play(simulation, 1).community.ties.count for _ in range(15)]
    again = 4 + apart
    assert tied == [1 if week < 3 or week >= again else 0 for week in range(1, 16)]


def test_ties_of_interventions_fill_no_slots_and_do_not_end_while_it_goes_on():
    visits = Intervention(
        "visits", choose=Choose("random", number=10), runs=Runs(places=10, weeks=60), spread=Spread(uptake=1.0),
        effects=(Tie("participants", "friend", 0.5, ends="never"),),
    )  # fmt: skip
    community = world(30, [])
    rule = ChangingTies(ending_friend=0.5, ending_other=0.5, search=1.0)
    simulation = simulate(community, rule, interventions=[visits])
    give_slots(simulation, "friend", 1)

    def made_and_others():
        pairs = community.ties.pairs()
        both = np.stack([pairs["one"], pairs["other"]], axis=1)
        made = pairs["maker"] == 0
        return both[made].tolist(), np.bincount(both[~made].ravel(), minlength=30)

    play(simulation, 2)
    made, _ = made_and_others()
    assert len(made) == 10
    have_both = 0
    for _ in range(38):
        play(simulation, 1)
        still, others = made_and_others()
        assert still == made  # each would end with a chance of a half a week
        assert others.max() <= 1
        have_both += sum(others[i] for pair in made for i in pair)
    assert have_both > 100  # who has been given one looks for one of her own all the same
    play(simulation, 40)  # the programme has ended in week 61: what it made ends like other ties
    assert made_and_others()[0] == []


def test_free_slots_at_the_start_are_as_many_as_in_any_other_week():
    """If each slot is free with chance 0.02, whatever its owner, the numbers of ties come out as they were."""
    numbers = np.repeat(np.arange(6), [70, 120, 300, 250, 160, 100]).astype(np.int32)
    chance = chance_of_free_slot(numbers, 0.02)
    assert 1 - numbers.sum() / (numbers.sum() + chance.sum()) == pytest.approx(0.02)
    slots = np.bincount(numbers, 1 - chance, 7) + np.bincount(numbers + 1, chance, 7)
    ties = np.array([
        sum(slots[n + k] * comb(n + k, k) * 0.02**k * 0.98**n for k in range(7 - n)) for n in range(6)
    ])  # fmt: skip
    assert ties == pytest.approx([70, 120, 300, 250, 160, 100], rel=0.01)
    without = np.bincount(numbers) * 0.98 ** np.arange(6)  # of those with n slots, with none free at the start
    assert abs(without[5] / 100 - 1) > 0.09
    assert (chance_of_free_slot(numbers, 0.0) == 0).all()
    assert (chance_of_free_slot(np.zeros(5, np.int32), 0.5) == 0).all()


# --- whatever happens -----------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(1, 10_000), ties=st.integers(0, 700))
def test_ties_stay_symmetric_without_self_ties_or_repeats(make_community, seed, ties):
    community = make_community(100, ties, seed)
    befriending = Intervention(
        "b", choose=Choose("random", number=9), effects=(Tie("participants", ends="never", number=3),)
    )
    simulation = simulate(community, QUICK, interventions=[befriending], seed=seed)
    for _ in range(12):
        play(simulation, 1)
        check_rows(community.ties)


def test_a_tie_that_befriending_does_not_concern_has_the_same_fate():
    """Befriending moves nobody's attitude and ends nothing, so no tie but its own differs, in any week."""
    from sim.community.synthesise import SynthesiseSource

    community = SynthesiseSource(600).build(1)
    befriending = Intervention(
        "befriending", choose=Choose("loneliness", number=20), runs=Runs(start=3, places=20, length=30, dropout=0.01),
        effects=(Tie("volunteer", "befriender", 0.4, supports="one"),), spread=Spread(uptake=0.8, talk=False),
    )  # fmt: skip
    rule = ChangingTies()
    without, with_it = (simulate(community.copy(), rule, interventions=items, seed=7) for items in ([], [befriending]))
    befriended = set()
    for _ in range(60):
        play(without, 1)
        play(with_it, 1)
        ours, theirs = without.community.ties.pairs(), with_it.community.ties.pairs()
        own = theirs["maker"] < 0
        for name in ("one", "other", "kind", "reference", "place"):
            assert np.array_equal(ours[name], theirs[name][own])
        befriended |= set(theirs["one"][~own].tolist())
    assert len(befriended) > 5
    assert pairs_of(without.community.ties) != pairs_of(community.ties)


def test_what_ends_here_changes_little_elsewhere():
    """Ties of ten people are cut. Elsewhere a tie differs only because somebody there has met one of them instead."""
    from sim.community.synthesise import SynthesiseSource

    community = SynthesiseSource(2000).build(2)
    cut = Intervention("cut", choose=Choose("random", number=10), effects=(EndTies("friend", 1.0),))
    without, with_it = (simulate(community.copy(), ChangingTies(), interventions=items) for items in ([], [cut]))
    play(without, 10)
    play(with_it, 10)
    concerned = set(np.flatnonzero(with_it.community.participation["cut"].ever()).tolist())
    ended = {pair for pair in pairs_of(community.ties, "friend") if concerned & set(pair)}
    differ = pairs_of(without.community.ties) ^ pairs_of(with_it.community.ties)
    assert len(ended) > 15
    assert len(differ - ended) < 0.01 * community.ties.count  # under 1% of all ties; independent luck would give 4%


@pytest.mark.parametrize("named", [True, False], ids=["one area", "no areas"])
def test_large_areas_fall_into_circles_each_week(named):
    """Who lives in an area of many is looked for in a circle of it: else a week's search would grow as its square."""
    from sim.community.columns import Column
    from sim.community.meeting import Meeting
    from sim.rng import Draws

    residents, circle = 1_000, 50
    community = world(residents, [], kinds=[])
    if named:
        community.columns.put(Column("area", np.zeros(residents, np.int64), categories=("the only one",)))
    meeting = Meeting.of(community, circle)
    kinds = community.ties.kinds
    slots = np.zeros((residents, len(kinds)), np.int32)
    slots[:, kinds.index("neighbour")] = 1
    weights = np.array([1.0, 1.0, 1.0, 1.0])
    one, other, kind, _ = meeting.find(community, (Draws(3), 7), slots, np.zeros_like(slots), 1.0, weights, 0)
    lot = Draws(3).stream("ties: circle", 7).uniform(community.identity)
    where = (lot * (residents // circle)).astype(int)
    assert len(one) > 900
    assert (kind == kinds.index("neighbour")).all()
    assert (where[one] == where[other]).all()
    assert len(set(where[one].tolist())) == residents // circle
