"""Disclosure: against a slow form over loops, its closed form, and what must not happen."""

from __future__ import annotations

import math

import numpy as np
import pytest
import slow
from still import simulate
from worlds import complete, displace, play, world

from sim import evidence
from sim.community.columns import Column
from sim.interventions.effects import Disclose
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.mechanisms import Contact, Disclosure, Influence, SelfStigma
from sim.rng import Draws
from sim.rules import Sum

FROZEN = Influence(susceptibility=0.0, anchoring=0.0, recovery=0.0)
UNMOVED = (FROZEN, Contact(contact_effect=0.0), SelfStigma(exposure_effect=0.0))


def disclosed(simulation):
    return simulation.community.flag("disclosed")


def within(share, chance, size, errors=4.0):
    return abs(share - chance) <= errors * math.sqrt(chance * (1 - chance) / size)


# --- against loops -------------------------------------------------------------------------------------


def slow_hazards(twin, rest, now, rule, prompted):
    """Return the hazard of everybody who has not disclosed, from the totals at week 0 and now."""
    who = [i for i in range(len(twin.stigma)) if twin.lived_experience[i] and not twin.disclosed[i]]
    ease = {}
    for i in who:
        contact = now[i]["contact"] - rest[i]["contact"]
        met = now[i]["experienced"] - rest[i]["experienced"]
        ease[i] = rule.contact_effect * contact - rule.stigma_effect * met
    climate = sum(ease.values()) / len(who) if who else 0.0
    excess = max(0.0, 1 - math.exp(-climate))
    return {i: math.exp(ease[i]) * (rule.ordinary * excess + prompted[i]) for i in who}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("chance", [0.0, 0.15])
def test_who_discloses_when_equals_a_slow_form(make_community, seed, chance):
    made = make_community(80, 240, seed)
    rule, self_stigma = Disclosure(ordinary=0.5, contact_effect=1.5, stigma_effect=4.0), SelfStigma(anticipated=1.2)
    item = Intervention("group", choose=Choose("random", number=30), spread=Spread(talk=False),
                        effects=(Disclose(chance, when="each_week"),))  # fmt: skip
    simulation = simulate(made, rule, self_stigma, FROZEN, interventions=[item], seed=seed)
    pairs = made.ties.pairs()
    twin = slow.SlowCommunity(
        stigma=made.columns["stigma"].values.tolist(), self_stigma=made.columns["self_stigma"].values.tolist(),
        loneliness=made.columns["loneliness"].values.tolist(), susceptibility=[0.0] * 80,
        lived_experience=made.flag("lived_experience").tolist(), disclosed=made.flag("disclosed").tolist(),
        ties={(int(a), int(b)): (float(w), made.ties.kinds[k])
              for a, b, w, k in zip(pairs["one"], pairs["other"], pairs["strength"], pairs["kind"], strict=True)},
    )  # fmt: skip
    p = {"bound": math.inf, "anticipated": 1.2, "community_weight": self_stigma.community_weight,
         "support_scale": 2.0, "withdrawal": 0.8, "rejection": 0.8}  # fmt: skip
    weights = evidence.value("ties.influence_weight"), evidence.value("ties.support_weight")
    rest = slow.totals(twin, p, *weights)
    moved = np.linspace(-0.3, 0.1, 80)
    displace(simulation, "stigma", moved)
    twin.moved["stigma"] = moved.tolist()
    attended = [False] * 80
    before = sum(twin.disclosed)
    for week in range(1, 16):
        prompted = [-math.log(1 - chance) * inside for inside in attended]
        hazards = slow_hazards(twin, rest, slow.totals(twin, p, *weights), rule, prompted)
        for i, hazard in hazards.items():
            luck = Draws(seed).stream("disclosure", week).uniform(made.identity[[i]])[0]
            twin.disclosed[i] = luck < 1 - math.exp(-hazard)
        play(simulation, 1)
        attended = simulation.community.participation["group"].taking_part().tolist()
        assert disclosed(simulation).tolist() == twin.disclosed
    assert before < sum(twin.disclosed)


# --- closed forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fall", [0.05, 0.2])
def test_a_kinder_climate_makes_people_disclose_at_the_closed_form(fall):
    """Without ties everybody meets the mean attitude: exp(ease) (1 - exp(-climate)) = exp(stigma_effect x fall) - 1."""
    size = 20_000
    made = world(size, [], stigma=0.4, lived=range(size))
    rule = Disclosure(ordinary=0.02, contact_effect=1.0, stigma_effect=3.0)
    simulation = simulate(made, *UNMOVED, rule, SelfStigma(exposure_effect=0.0, anticipated=1.0))
    displace(simulation, "stigma", -fall)
    for weeks in range(1, 9):
        play(simulation, 1)
        expected = 1 - math.exp(-weeks * 0.02 * (math.exp(3.0 * fall) - 1))
        assert within(disclosed(simulation).mean(), expected, size), weeks


def test_what_stigma_is_met_and_what_contact_there_is_shifts_the_log_of_the_hazard():
    """Residents 0..n-1 are prompted; a third meets more stigma, a third has gained contact, a third is as at rest."""
    size = 6000
    third = np.arange(size) % 3
    edges = [(i, size + i) for i in range(size)]
    made = world(2 * size, edges, stigma=0.4, lived=range(2 * size))
    rule = Disclosure(ordinary=0.0, contact_effect=1.5, stigma_effect=4.0)
    prompt = Intervention("group", choose=Choose("first", number=size), spread=Spread(talk=False),
                          effects=(Disclose(0.02, when="each_week"),))  # fmt: skip
    made.columns.put(Column("first", np.arange(2 * size) < size))
    simulation = simulate(made, *UNMOVED, rule, interventions=[prompt])
    play(simulation, 1)
    stigma = np.zeros(2 * size)
    stigma[size:][third == 1] = 0.3
    displace(simulation, "stigma", stigma)
    opened = np.zeros(2 * size, bool)
    opened[size:] = third == 2
    simulation.community.columns["disclosed"].values |= opened
    simulation.refresh()
    play(simulation, 10)
    mean = 0.4 + 0.3 / 6
    kappa = SelfStigma().community_weight
    met = np.array([kappa * (mean - 0.4), 0.3 + kappa * (mean - 0.4), kappa * (mean - 0.4)]) / (1 + kappa)
    contact = np.array([0.0, 0.0, 1 - math.exp(-1.0)])
    hazard = -math.log(0.98) * np.exp(1.5 * contact - 4.0 * met)
    found = [disclosed(simulation)[:size][third == k].mean() for k in range(3)]
    for k in range(3):
        assert within(found[k], 1 - math.exp(-10 * hazard[k]), size / 3)
    assert found[1] < found[0] < found[2]


# --- what must not happen ------------------------------------------------------------------------------


def test_at_rest_nobody_discloses(make_community):
    simulation = simulate(make_community(200, 900), Disclosure(ordinary=0.9))
    before = disclosed(simulation).copy()
    play(simulation, 30)
    assert before.any()
    assert np.array_equal(disclosed(simulation), before)
    displace(simulation, "stigma", -0.1)  # with the same parameters and some cause it does happen
    play(simulation, 3)
    assert disclosed(simulation).sum() > before.sum()


@pytest.mark.parametrize("moved", [0.0, 0.2])
def test_a_harsher_climate_makes_nobody_disclose(moved):
    made = world(50, complete(50), stigma=0.4, lived=range(40), disclosed=range(5))
    simulation = simulate(made, FROZEN, Disclosure(ordinary=0.9))
    displace(simulation, "stigma", moved)
    play(simulation, 10)
    assert disclosed(simulation).sum() == 5


def test_with_no_ordinary_disclosure_only_programmes_make_people_disclose():
    made = world(50, complete(50), stigma=0.4, lived=range(40))
    simulation = simulate(made, FROZEN, Disclosure(ordinary=0.0))
    displace(simulation, "stigma", -0.3)
    play(simulation, 20)
    assert not disclosed(simulation).any()


def test_only_people_with_lived_experience_disclose_and_nobody_takes_it_back():
    made = world(60, complete(60), stigma=0.5, lived=range(30), disclosed=[3])
    simulation = simulate(made, FROZEN, Disclosure(ordinary=0.3))
    displace(simulation, "stigma", -0.3)
    before = disclosed(simulation)
    for _ in range(12):
        play(simulation, 1)
        now = disclosed(simulation)
        assert (now >= before).all()
        before = now
    assert now[:30].all()
    assert not now[30:].any()
    displace(simulation, "stigma", 0.3)
    play(simulation, 5)
    assert np.array_equal(disclosed(simulation), now)


def test_changes_of_single_circles_that_cancel_out_make_nobody_disclose():
    """Stigma falls around one half and rises around the other; were each circle counted by itself, 20% would."""
    size = 2000
    made = world(size, [(i, i + 1) for i in range(0, size, 2)], stigma=0.5, lived=range(0, size, 2))
    up_or_down = np.where(np.arange(size) // 2 % 2, 0.2, -0.2)
    for moved, share in ((up_or_down, 0.0), (-0.2, 1 - math.exp(-52 * 0.01 * (math.exp(8.0 * 0.2) - 1)))):
        simulation = simulate(made.copy(), *UNMOVED, Disclosure(ordinary=0.01, stigma_effect=8.0))
        displace(simulation, "stigma", moved)
        play(simulation, 52)
        assert within(disclosed(simulation)[::2].mean(), share, size / 2)


# --- what follows --------------------------------------------------------------------------------------


def test_who_discloses_is_contact_from_the_next_week_on():
    made = world(3, [(0, 1), (1, 2)], strength=0.5, lived=[1])
    item = Intervention("group", choose=Choose("lived_experience", number=1), runs=Runs(start=2),
                        spread=Spread(talk=False), effects=(Disclose(1.0, when="joined"),))  # fmt: skip
    simulation = simulate(made, Contact(contact_effect=0.1), interventions=[item])
    open_ties, stigma = Sum("strength", "open_lived_experience"), simulation.community.columns.outcome("stigma")
    play(simulation, 1)
    assert simulation.sums[open_ties].tolist() == [0.0, 0.0, 0.0]
    play(simulation, 1)
    assert simulation.sums[open_ties].tolist() == [0.5, 0.0, 0.5]
    assert (stigma.moved == 0.0).all()
    play(simulation, 1)
    gained = -Influence().anchoring * 0.1 * (1 - math.exp(-0.5))
    assert stigma.moved[[0, 2]] == pytest.approx(gained)


def test_a_community_that_does_not_say_who_has_disclosed_is_left_alone(make_community):
    made = make_community(60, 200)
    del made.columns["disclosed"]
    simulation = simulate(made, Disclosure(ordinary=0.9))
    displace(simulation, "stigma", -0.2)
    play(simulation, 3)
    assert "disclosed" not in simulation.community.columns


def test_the_same_people_disclose_in_every_scenario_and_more_where_it_is_easier():
    made = world(400, [], stigma=0.6, lived=range(400))
    reached = []
    for fall in (0.1, 0.2, 0.4):
        simulation = simulate(made.copy(), *UNMOVED, Disclosure(ordinary=0.02))
        displace(simulation, "stigma", -fall)
        reached.append(set(np.flatnonzero(disclosed(play(simulation, 10))).tolist()))
    assert reached[0] < reached[1] < reached[2]


@pytest.mark.parametrize("wrong", [{"ordinary": -0.1}, {"contact_effect": -1.0}, {"stigma_effect": -1.0}])
def test_negative_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="must not be negative"):
        Disclosure(**wrong)
