"""Loneliness against its closed form."""

from __future__ import annotations

import math

import pytest
from worlds import displace, play, simulate, world

from sim.mechanisms import ChangingTies, Influence, Loneliness

QUIET = Loneliness(peer_effect=0.0)


def moved(simulation):
    return simulation.community.columns.outcome("loneliness").moved


def after_change(edges, *, remove=(), add=()):
    """Return resident 0's loneliness after her ties have changed and all has settled."""
    simulation = simulate(world(4, edges, loneliness=0.4), QUIET)
    for other in remove:
        simulation.community.ties.remove([0], [other])
    for other in add:
        simulation.community.ties.add([0], [other], 1.0, "friend")
    simulation.refresh()
    return moved(play(simulation, 300))[0]


def test_a_first_friend_lowers_loneliness_as_the_equation_says():
    simulation = simulate(world(2, [], loneliness=0.5), Loneliness(peer_effect=0.0, rate=0.1))
    simulation.community.ties.add([0], [1], 0.6, "friend")
    simulation.refresh()
    resting = 0.9 * (math.exp(-0.6 / 2.0) - 1)
    for week in range(1, 80):
        simulation.step()
        assert moved(simulation)[0] == pytest.approx(resting * (1 - 0.9**week), rel=1e-9)


def test_losing_the_only_tie_hurts_more_than_gaining_a_second_helps():
    lost = after_change([(0, 1)], remove=[1])
    gained = after_change([(0, 1)], add=[2])
    assert lost > 0 > gained
    assert lost == pytest.approx(0.9 * (1 - math.exp(-0.5)), rel=1e-6)
    assert lost > 1.5 * -gained


def test_a_tie_that_supports_one_side_supports_one_side():
    simulation = simulate(world(2, [], loneliness=0.5), QUIET)
    simulation.community.ties.add([0], [1], 0.6, "befriender", supports_other=False)
    simulation.refresh()
    play(simulation, 10)
    assert moved(simulation)[0] < 0
    assert moved(simulation)[1] == 0.0


def test_moods_pass_over_ties_with_the_peer_effect():
    simulation = simulate(world(3, [(0, 1)], loneliness=0.4), Loneliness(peer_effect=0.3, rate=0.1))
    displace(simulation, "loneliness", [0.0, 0.2, 0.0])
    simulation.step()
    assert moved(simulation) == pytest.approx([0.1 * 0.3 * 0.2, 0.2 - 0.1 * 0.2, 0.0])


def test_self_stigma_makes_lonely():
    simulation = simulate(
        world(2, [], loneliness=0.4, self_stigma=[0.4, 0], lived=[0]), Influence(), Loneliness(self_stigma_effect=0.25)
    )
    displace(simulation, "self_stigma", [0.2, 0.0])
    simulation.step()
    assert moved(simulation) == pytest.approx([0.1 * 0.25 * 0.2, 0.0])


def test_without_effects_loneliness_returns_to_rest():
    simulation = simulate(world(2, [], loneliness=0.4), Loneliness(rate=0.1))
    displace(simulation, "loneliness", [0.2, 0.0])
    play(simulation, 30)
    assert moved(simulation) == pytest.approx([0.2 * 0.9**30, 0.0])


# --- theories of contagion -------------------------------------------------------------------------------


def contagion(theory, moods, changes, **more):
    """Return the first resident's change in a week in which only her peers' moods matter."""
    rule = Loneliness(contagion=theory, peer_effect=0.3, rate=0.1, **more)
    simulation = simulate(world(len(moods), [(0, i) for i in range(1, len(moods))], loneliness=list(moods)), rule)
    displace(simulation, "loneliness", [0.0, *changes])
    simulation.step()
    return moved(simulation)[0]


def test_each_contagion_has_its_own_closed_form():
    moods, changes = (0.4, 0.2, 0.6), (0.1, 0.1)
    assert contagion("mean", moods, changes) == pytest.approx(0.03 * 0.1)
    assert contagion("none", moods, changes) == 0.0

    # where being made lonely at the rate 2 x lonely and content at the rate 1 x content balance
    def balance(lonely):
        return 2 * lonely / (2 * lonely + (1 - lonely))

    expected = balance(0.5) - balance(0.4)  # means of the two peers, now and before
    assert contagion("lonely_count_more", moods, changes) == pytest.approx(0.03 * expected)


def test_lonely_people_count_more_and_with_weight_one_all_count_the_same():
    moods = (0.4, 0.1)
    rise, fall = (contagion("lonely_count_more", moods, (size,)) for size in (0.1, -0.1))
    assert rise > contagion("mean", moods, (0.1,)) > 0 > fall
    for size in (0.1, -0.1):
        plain = contagion("mean", moods, (size,))
        assert contagion("lonely_count_more", moods, (size,), lonely_weight=1.0) == pytest.approx(plain)


def test_a_new_tie_passes_on_no_mood_that_was_there_before():
    for theory in ("mean", "lonely_count_more", "none"):
        rule = Loneliness(contagion=theory, peer_effect=0.3, support_effect=0.0)
        simulation = simulate(world(3, [(0, 1)], loneliness=[0.2, 0.3, 0.9]), rule)
        simulation.community.ties.add([0], [2], 1.0, "friend")
        simulation.refresh()
        assert (moved(play(simulation, 10)) == 0.0).all()


@pytest.mark.parametrize("theory", ["mean", "lonely_count_more", "none"])
def test_rest_is_kept_to_the_bit_under_every_contagion(make_community, theory):
    simulation = play(
        simulate(
            make_community(80, 260, 5), Loneliness(contagion=theory, peer_effect=0.3), ChangingTies(turnover=False)
        ),
        30,
    )
    assert (moved(simulation) == 0.0).all()


def test_moods_that_would_grow_without_end_are_refused():
    with pytest.raises(ValueError, match="lonely_weight must be below 1"):
        Loneliness(contagion="lonely_count_more", peer_effect=0.5, lonely_weight=2.0)
    assert Loneliness(contagion="mean", peer_effect=0.5, lonely_weight=2.0).peer_effect == 0.5


@pytest.mark.parametrize(
    "wrong", [{"lonely_weight": 0.5}, {"peer_effect": 1.0}, {"support_scale": 0.0}, {"rate": -0.1}, {"noise": -1.0}]
)
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        Loneliness(**wrong)
