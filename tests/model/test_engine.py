"""The week against its slow form, and what must hold for every week."""

from __future__ import annotations

import numpy as np
import pytest
import slow
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import evidence
from sim.community.columns import OUTCOMES
from sim.community.community import Community, canonical_order
from sim.community.ties import Ties
from sim.errors import InputError
from sim.interventions import Choose, Cost, Intervention, Runs, Spread
from sim.interventions.effects import Shift, Tie
from sim.mechanisms import ChangingTies, Influence, Loneliness, SelfStigma, defaults
from sim.model.engine import Simulation


def slow_twin(simulation: Simulation) -> slow.SlowCommunity:
    community = simulation.community
    pairs = community.ties.pairs()
    return slow.SlowCommunity(
        **{name: community.columns[name].values.tolist() for name in OUTCOMES},
        lived_experience=community.flag("lived_experience").tolist(),
        disclosed=community.flag("disclosed").tolist(),
        ties={
            (int(a), int(b)): (float(w), community.ties.kinds[k])
            for a, b, w, k in zip(pairs["one"], pairs["other"], pairs["strength"], pairs["kind"], strict=True)
        },
        susceptibility=simulation._constants["influence"]["susceptibility"].tolist(),
    )


def parameters(mechanisms) -> dict[str, float]:
    by_name = {mechanism.name: mechanism for mechanism in mechanisms}
    influence, lonely, self_stigma = by_name["influence"], by_name["loneliness"], by_name["self_stigma"]
    return {
        "anchoring": influence.anchoring, "recovery": influence.recovery,
        "bound": influence.confidence_bound if influence.confidence_bound < 1 else float("inf"),
        "contact_effect": by_name["contact"].contact_effect,
        "withdrawal": by_name["engagement"].withdrawal, "rejection": by_name["engagement"].rejection,
        "exposure_effect": self_stigma.exposure_effect, "self_rate": self_stigma.rate,
        "community_weight": self_stigma.community_weight, "anticipated": self_stigma.anticipated,
        "lonely_rate": lonely.rate, "support_effect": lonely.support_effect, "support_scale": lonely.support_scale,
        "peer_effect": lonely.peer_effect, "self_stigma_effect": lonely.self_stigma_effect,
        "tie_rate": by_name["ties"].rate,
    }  # fmt: skip


def replaced(*new):
    names = {mechanism.name for mechanism in new}
    return (*(mechanism for mechanism in defaults() if mechanism.name not in names), *new)


CALM = ChangingTies(turnover=False)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "mechanisms",
    [
        replaced(CALM),
        replaced(CALM, Influence(confidence_bound=0.2), SelfStigma(anticipated=1.2), Loneliness(peer_effect=0.3)),
    ],
    ids=["defaults", "bounded"],
)
def test_weeks_equal_the_slow_form(make_community, mechanisms, seed):
    simulation = Simulation(make_community(40, 110, seed), mechanisms, seed=seed)
    twin = slow_twin(simulation)
    kinds = evidence.value("ties.influence_weight"), evidence.value("ties.support_weight")
    p = parameters(mechanisms)
    rest = slow.totals(twin, p, *kinds)
    columns = simulation.community.columns
    for name, who, size in [("stigma", slice(0, 9), -0.2), ("self_stigma", slice(5, 20), 0.3), ("loneliness", 3, 0.5)]:
        column = columns.outcome(name)
        moved = np.zeros(40)
        moved[who] = size
        column.moved += moved
        column.refresh()
        twin.moved[name] = [a + b for a, b in zip(twin.moved[name], moved.tolist(), strict=True)]
    columns.outcome("stigma_anchor").moved[:9] = -0.1
    twin.moved["anchor"] = columns.outcome("stigma_anchor").moved.tolist()
    simulation.refresh()
    for _ in range(12):
        simulation.step()
        slow.play_week(twin, rest, p, *kinds)
        for name, key in [*((name, name) for name in OUTCOMES), ("stigma_anchor", "anchor")]:
            assert columns.outcome(name).moved == pytest.approx(np.array(twin.moved[key]), rel=1e-11, abs=1e-13)
        strengths = np.array([strength for _, (strength, _) in sorted(twin.ties.items())])
        assert simulation.community.ties.pairs()["strength"] == pytest.approx(strengths, rel=1e-11)
    assert any(twin.usual[pair] != strength for pair, (strength, _) in twin.ties.items())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(1, 10_000), residents=st.integers(2, 80), density=st.floats(0, 1))
def test_at_rest_nothing_moves_to_the_bit(make_community, seed, residents, density):
    community = make_community(residents, int(density * residents * (residents - 1) / 2), seed)
    before = {name: community.observed(name).copy() for name in OUTCOMES}
    strengths = community.ties.strength.copy()
    simulation = Simulation(community, replaced(CALM), seed=seed)
    for _ in range(5):
        simulation.step()
    assert (community.ties.strength == strengths).all()
    for name in OUTCOMES:
        assert (community.columns.outcome(name).moved == 0.0).all()
        assert (community.observed(name) == before[name]).all()


def interventions(scale: float = 1.0):
    return [
        Intervention(
            "befriending", choose=Choose(by="loneliness", number=9),
            runs=Runs(start=2, places=5, length=8, dropout=0.02),
            spread=Spread(uptake=0.8, talk=False), cost=Cost(per_participant_week=2.0),
            effects=(Tie(partner="volunteer", kind="befriender", strength=0.4 * scale, supports="one"),),
        ),
        Intervention(
            "talks", choose=Choose(by="nomination", number=6), runs=Runs(start=3, weeks=20, length=4),
            spread=Spread(uptake=0.9, rule="threshold", contacts=1, broadcast=0.02),
            effects=(Shift(stigma=-0.5, when="completed", persistence=0.6), Tie(partner="across_group", kind="guest")),
        ),
    ]  # fmt: skip


def reordered(community: Community, order: np.ndarray) -> Community:
    """Give the same residents and ties in another order, and let the community be put together again."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    ids = community.ids[order]
    back = canonical_order(ids)
    pairs = community.ties.pairs()
    pick = np.argsort((np.arange(len(pairs["one"])) * 7919) % max(1, len(pairs["one"])), kind="stable")
    one, other = place[pairs["one"][pick]], place[pairs["other"][pick]]
    rank = np.empty(len(back), np.int64)
    rank[back] = np.arange(len(back))
    columns = community.columns.copy()
    for column in columns.values():
        column.values = column.values[order][back]
    copied = community.copy()
    return Community(
        ids=ids[back], columns=type(columns)({name: column.copy() for name, column in columns.items()}),
        ties=Ties.from_pairs(
            len(order), rank[other], rank[one], pairs["strength"][pick], pairs["kind"][pick],
            kinds=community.ties.kinds, place=pairs["place"][pick],
        ),
        places=copied.places, groups=community.groups,
    )  # fmt: skip


def test_the_order_of_residents_ties_rules_and_interventions_changes_no_bit(make_community):
    plain = Simulation(make_community(60, 200), defaults(), interventions(), seed=5)
    order = np.argsort((np.arange(60) * 37) % 61)
    assert not (order == np.arange(60)).all()
    mixed = Simulation(reordered(make_community(60, 200), order), defaults()[::-1], interventions()[::-1], seed=5)
    for _ in range(30):
        plain.step()
        mixed.step()
    for name in OUTCOMES:
        assert plain.community.columns.outcome(name).moved.any()
        assert (plain.community.observed(name) == mixed.community.observed(name)).all()
    ours, theirs = plain.community.ties.pairs(), mixed.community.ties.pairs()
    assert all((ours[key] == theirs[key]).all() for key in ours)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(1, 10_000), scale=st.floats(0.05, 2.5))
def test_observed_columns_stay_in_bounds_and_ties_symmetric(make_community, seed, scale):
    community = make_community(50, 120, seed)
    simulation = Simulation(community, defaults(), interventions(scale), seed=seed)
    for _ in range(25):
        simulation.step()
        for name in OUTCOMES:
            assert ((community.observed(name) >= 0) & (community.observed(name) <= 1)).all()
        ties = community.ties
        rows, entries = ties.rows(), ties.entries()
        both = {(int(a), int(b)) for a, b in zip(rows, ties.neighbour[entries], strict=True)}
        assert len(both) == len(entries)
        assert all((b, a) in both and a != b for a, b in both)


def test_contributions_add_up_to_what_moved(make_community):
    community = make_community(60, 200)
    before = {name: community.observed(name).mean() for name in OUTCOMES}
    simulation = Simulation(community, defaults(), interventions(), seed=2)
    for _ in range(40):
        simulation.step()
    for name in OUTCOMES:
        parts = sum(value for (outcome, _), value in simulation.contributions.items() if outcome == name)
        assert parts == pytest.approx(community.observed(name).mean() - before[name], abs=1e-12)
    assert simulation.contributions["stigma", "intervention: talks"] < 0


def test_what_a_resting_point_is_made_of_moves_the_mean_by_so_much(make_community):
    """Each part alone relaxes: after t weeks of a constant part p it has moved the mean by p (1 - (1 - rate)^t)."""
    item = Intervention("club", effects=(Shift(loneliness=-0.2, persistence=1, response_cv=0),))
    bare = Loneliness(support_effect=0, peer_effect=0, self_stigma_effect=0, recovery=0)
    rules = [bare if rule.name == "loneliness" else rule for rule in defaults()]
    simulation = Simulation(make_community(60, 200), rules, [item], seed=2)
    for _ in range(12):
        simulation.step()
    found = {rule: value for (outcome, rule), value in simulation.contributions.items() if outcome == "loneliness"}
    rate, weeks = Loneliness().rate, 12 - 1  # who joins in week 1 is moved from week 2 on
    assert found["loneliness: interventions"] == pytest.approx(-0.2 * (1 - (1 - rate) ** weeks), abs=1e-12)
    for rule in ("loneliness", "loneliness: support", "loneliness: around", "loneliness: self-stigma"):
        assert found[rule] == pytest.approx(0, abs=1e-12)


def test_what_moves_an_outcome_is_the_same_whether_or_not_it_is_told_why(make_community, monkeypatch):
    def paths():
        simulation = Simulation(make_community(60, 200), defaults(), interventions(), seed=2)
        for _ in range(15):
            simulation.step()
        return simulation

    told = paths()

    def forget(self, rate, parts):
        self.__dict__.update(rate=0.0, parts={})

    monkeypatch.setattr("sim.rules.Relaxation.__init__", forget)
    untold = paths()
    for name in OUTCOMES:
        assert np.array_equal(told.community.observed(name), untold.community.observed(name))
    by_rule = [
        sum(value for (outcome, rule), value in run.contributions.items() if rule.startswith("loneliness"))
        for run in (told, untold)
    ]
    assert by_rule[0] == pytest.approx(by_rule[1], abs=1e-12)
    assert ("loneliness", "loneliness: support") in told.contributions
    assert ("loneliness", "loneliness: support") not in untold.contributions


def test_renaming_residents_changes_only_their_luck(make_community):
    def reached(ids):
        simulation = Simulation(make_community(60, 200, ids=ids), defaults(), interventions(), seed=3)
        for _ in range(30):
            simulation.step()
        return simulation

    plain, renamed = reached(None), reached(np.arange(60) + 1000)
    assert [state.offered.sum() for state in plain.community.participation.values()] == [
        state.offered.sum() for state in renamed.community.participation.values()
    ]
    assert (plain.community.participation["talks"].joined != renamed.community.participation["talks"].joined).any()


def test_a_community_without_an_outcome_is_refused(make_community):
    community = make_community()
    del community.columns["loneliness"]
    with pytest.raises(InputError, match="no column loneliness"):
        Simulation(community, defaults())


def test_many_interventions_take_several_passes_and_the_same_sums(make_community):
    def hears(count):
        talked = [
            Intervention(
                f"talk {k}",
                choose=Choose(by="random", number=4),
                runs=Runs(start=1),
                spread=Spread(rule="threshold", contacts=1),
            )
            for k in range(count)
        ]
        simulation = Simulation(make_community(60, 200), defaults(), talked, seed=6)
        for _ in range(15):
            simulation.step()
        return {name: state.heard for name, state in simulation.community.participation.items()}

    few, many = hears(3), hears(14)
    assert all((few[name] == many[name]).all() for name in few)
    assert len({tuple(heard) for heard in many.values()}) == 14
