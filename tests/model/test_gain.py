"""The gain of the loop against closed forms, and that what is too great is refused."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from worlds import complete, world

import sim
from sim.cli import scenarios
from sim.errors import InputError
from sim.mechanisms import ChangingTies, Contact, Engagement, Influence, Loneliness, SelfStigma, defaults
from sim.model.gain import GREATEST_GAIN, IN_THE_LOOP, loop_gain
from sim.rules import Proposal
from sim.run import gains, with_loop_gains
from sim.scenario import explain_text, load_plan


def replaced(*new):
    names = {mechanism.name for mechanism in new}
    return (*(mechanism for mechanism in defaults() if mechanism.name not in names), *new)


PAIR = {"stigma": 0.4, "self_stigma": [0.3, 0.0], "lived": [0], "disclosed": [0], "strength": 0.5}
QUICK = Influence(theory="none", anchoring=0.2)


@pytest.mark.parametrize("contact_effect", [0.0, 0.2, 0.4])
@pytest.mark.parametrize("withdrawal", [0.5, 2.0])
def test_two_people_have_the_gain_of_the_closed_form(contact_effect, withdrawal):
    exposure, rejection, strength = 1.2, 0.8, 0.5
    rules = replaced(
        QUICK, Contact(contact_effect=contact_effect), ChangingTies(rate=0.2),
        SelfStigma(exposure_effect=exposure, rate=0.2), Engagement(withdrawal=withdrawal, rejection=rejection),
    )  # fmt: skip
    found = loop_gain(world(2, [(0, 1)], **PAIR), rules)
    # The first has lived experience and nobody to have contact with: she moves by 1. The other moves by
    #   x = 1 + contact_effect e^-w w (withdrawal exposure (w x + (1 + x) / 2) / (w + 1) + rejection x)
    lost = contact_effect * math.exp(-strength) * strength
    self_stigma = withdrawal * exposure / (strength + 1)
    other = (1 + lost * self_stigma / 2) / (1 - lost * (self_stigma * (strength + 0.5) + rejection))
    assert found == pytest.approx((1 + other) / 2, abs=0.005)
    assert (found == pytest.approx(1.0)) == (contact_effect == 0.0)


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("theory", ["friedkin_johnsen", "degroot", "bounded_confidence", "none"])
def test_a_part_that_comes_back_gives_a_geometric_series_under_every_theory(part, theory):
    @dataclass(frozen=True)
    class ComesBack(Loneliness):
        """Instead of loneliness, which nothing in the loop depends on."""

        def propose(self, week):
            speed = week.parameters["influence"].anchoring
            moved = week.community.columns.outcome("stigma").displacement()
            return Proposal(moves={"stigma": speed * part * moved})

    rules = replaced(
        Influence(theory=theory, anchoring=0.1, susceptibility=0.05), Contact(contact_effect=0.0), ComesBack()
    )
    found = loop_gain(world(6, complete(6), stigma=np.linspace(0.4, 0.5, 6)), rules)
    assert found == pytest.approx(1 / (1 - part), abs=0.01)


def test_luck_and_wearing_off_are_no_part_of_it_and_the_community_stays(make_community):
    community = make_community(60, 200)
    before = {name: column.values.copy() for name, column in community.columns.items()}
    quiet, noisy = (
        replaced(Influence(recovery=recovery, noise=noise), SelfStigma(noise=noise))
        for recovery, noise in [(0.0, 0.0), (0.01, 0.02)]
    )
    assert loop_gain(community, quiet) == loop_gain(community, noisy, seed=1)
    assert {name: (column.values == before[name]).all() for name, column in community.columns.items()} == dict.fromkeys(
        before, True
    )
    assert not community.columns.outcome("stigma").moved.any()


def test_where_the_start_is_no_rest_the_same_luck_is_subtracted():
    rule = Influence(reference="none", anchoring=0.1, susceptibility=0.05, theta_sd=0.0)
    assert loop_gain(world(6, complete(6), stigma=np.linspace(0.2, 0.7, 6)), replaced(rule)) == pytest.approx(1.0)


def test_where_nobodys_stigma_can_rise_nothing_is_gained():
    assert loop_gain(world(3, complete(3), stigma=1.0), defaults()) == 1.0


@pytest.mark.parametrize(("mechanism", "field"), IN_THE_LOOP)
def test_every_parameter_of_the_loop_raises_the_gain(mechanism, field):
    # one who has disclosed and one who has not: what either does matters
    community = world(4, complete(4), stigma=0.4, self_stigma=[0.3, 0.3, 0, 0], lived=[0, 1], disclosed=[0])
    strong = [Contact(contact_effect=0.4), Engagement(withdrawal=1.2), SelfStigma(exposure_effect=0.8)]
    base = {rule.name: rule for rule in strong}
    more = dataclasses.replace(base[mechanism], **{field: 1.3 * getattr(base[mechanism], field)})
    gain, with_more = (
        loop_gain(community, replaced(QUICK, ChangingTies(rate=0.2), *rules.values()))
        for rules in (base, base | {mechanism: more})
    )
    assert with_more > gain > 1.01


# --- where scenarios are loaded --------------------------------------------------------------------------

COMMUNITY = """
title: A town
question: Does it grow?
outcome: stigma
community: {synthesise: {residents: 300, profile: england}}
weeks: 4
seeds: 1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "town.yaml"
    path.write_text(COMMUNITY + "mechanisms:\n  engagement: {withdrawal: 6.0}\n")
    return path


def test_a_loop_that_runs_away_is_refused_with_the_parameters_that_make_it_so(file, monkeypatch):
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", lambda *_: GREATEST_GAIN + 0.7)
    with pytest.raises(InputError) as refused:
        with_loop_gains(load_plan(file))
    (problem,) = refused.value.problems  # the baseline has the same mechanisms: said once
    assert "2.2 times its size" in problem.message
    assert "mechanisms.engagement.withdrawal = 6 (" in problem.message
    assert "town.yaml:9)" in problem.message
    assert "rejection" not in problem.message  # as usual, and not what was changed


def test_with_strong_contact_and_withdrawal_a_town_runs_away_and_as_usual_it_does_not(file):
    def played_with(*values):
        plan = load_plan(file, [f"mechanisms.{value}" for value in values])
        ties = ChangingTies()
        changed = {
            name: dataclasses.replace(
                scenario, mechanisms=(*(item for item in scenario.mechanisms if item.name != ties.name), ties)
            )
            for name, scenario in plan.scenarios.items()
        }
        return with_loop_gains(dataclasses.replace(plan, scenarios=changed))

    usual = played_with("engagement.withdrawal=0.8")
    assert 0.9 < usual.scenarios["town"].loop_gain < 1.1
    with pytest.raises(InputError, match=r"contact_effect = 0\.5 \(--set"):
        played_with("contact.contact_effect=0.5")


@pytest.mark.parametrize(
    "verb",
    [
        lambda path: sim.load(path),
        lambda path: scenarios.check([path], []),
        lambda path: scenarios.explain(path, paths=False, odd=False, overrides=[]),
    ],
    ids=["load", "check", "explain"],
)
def test_it_is_refused_wherever_scenarios_are_loaded(file, verb, monkeypatch):
    monkeypatch.setattr(gains, "_known", {})
    verb(file)
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", lambda *_: 2.0)
    with pytest.raises(InputError, match="times its size"):
        verb(file)


def test_with_usual_values_all_of_the_loop_are_named(tmp_path, monkeypatch):
    (tmp_path / "town.yaml").write_text(COMMUNITY)
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", lambda *_: 9.0)
    with pytest.raises(InputError) as refused:
        with_loop_gains(load_plan(tmp_path / "town.yaml"))
    for mechanism, field in IN_THE_LOOP:
        assert f"mechanisms.{mechanism}.{field} = " in str(refused.value)


def test_the_gain_is_measured_once_for_the_same_mechanisms_and_told(file, monkeypatch):
    measured = []
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", lambda community, _: measured.append(len(community)) or 1.234)
    plan = with_loop_gains(load_plan(file))
    with_loop_gains(load_plan(file, ["weeks=5"]))
    assert measured == [300]
    with_loop_gains(load_plan(file, ["mechanisms.contact.contact_effect=0.05"]))
    with_loop_gains(load_plan(file, ["community.synthesise.residents=5000"]))
    assert measured == [300, 300, 500]
    scenario = plan.scenarios["town"]
    assert scenario.loop_gain == 1.234
    assert "Loop gain: 1.23." in explain_text(scenario)
    assert "Loop gain" not in explain_text(dataclasses.replace(scenario, loop_gain=None))


def test_a_part_of_a_town_has_nearly_the_gain_of_the_whole():
    from sim.community.synthesise import SynthesiseSource

    part, whole = (loop_gain(SynthesiseSource(residents=size).build(1), defaults()) for size in (500, 2000))
    assert part == pytest.approx(whole, abs=0.02)


# --- where each seed draws a parameter set ----------------------------------------------------------------

STRONG = "mechanisms.contact.contact_effect"


def drawn_from(folder, header, *rows, seeds=12):
    """Return the plan of a town whose seeds draw from a table."""
    (folder / "draws.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    (folder / "town.yaml").write_text(COMMUNITY.replace("seeds: 1", f"seeds: {seeds}\ndraws: draws.csv"))
    return load_plan(folder / "town.yaml")


def of_contact(community, mechanisms):
    """Stand in for the gain: it is read off the effect of contact."""
    return 10 * next(rule.contact_effect for rule in mechanisms if rule.name == "contact")


def test_each_set_that_a_seed_draws_is_measured_and_its_line_named(tmp_path, monkeypatch):
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", of_contact)
    plan = drawn_from(tmp_path, STRONG, [0.1], [0.3], [0.12], [0.25])
    assert {plan["town"].draws.row_of(seed) for seed in range(1, 13)} == {0, 1, 2, 3}
    with pytest.raises(InputError) as refused:
        with_loop_gains(plan)
    (problem,) = refused.value.problems
    assert (Path(problem.file).name, problem.line) == ("draws.csv", 3)  # the worst: 0.3
    assert "3.0 times its size" in problem.message
    assert "mechanisms.contact.contact_effect = 0.3 (this line)" in problem.message
    assert "so with the set of line 5" in problem.message


def test_sets_that_no_seed_draws_are_left_alone_until_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", of_contact)
    rows = [[0.1], [0.3], [0.12], [0.25]]
    first = next(seed for seed in range(1, 13) if drawn_from(tmp_path, STRONG, *rows)["town"].draws.row_of(seed) % 2)
    if first > 1:
        assert with_loop_gains(drawn_from(tmp_path, STRONG, *rows, seeds=first - 1))
    with pytest.raises(InputError, match="times its size"):
        with_loop_gains(drawn_from(tmp_path, STRONG, *rows, seeds=first))


def test_the_gain_told_is_the_greatest_of_the_sets_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", of_contact)
    plan = with_loop_gains(drawn_from(tmp_path, STRONG, [0.1], [0.13], [0.12], [0.11]))
    assert plan["town"].loop_gain == pytest.approx(1.3)


def test_sets_that_do_not_touch_the_loop_cost_nothing(tmp_path, monkeypatch):
    measured = []
    monkeypatch.setattr(gains, "_known", {})
    monkeypatch.setattr(gains, "loop_gain", lambda *_: measured.append(1) or 1.1)
    rows = [[0.001 * row] for row in range(1, 9)]
    plan = with_loop_gains(drawn_from(tmp_path, "mechanisms.word_of_mouth.talk_aware", *rows))
    assert len(measured) == 1
    assert plan["town"].loop_gain == 1.1


def test_a_drawn_set_that_runs_away_is_refused_by_the_gain_itself(tmp_path):
    header = f"{STRONG},mechanisms.engagement.withdrawal"
    assert with_loop_gains(drawn_from(tmp_path, header, [0.05, 0.6], [0.04, 0.7], seeds=4))
    with pytest.raises(InputError, match=r"draws\.csv:[23]: .*times its size"):
        with_loop_gains(drawn_from(tmp_path, header, [0.5, 6.0], [0.5, 6.1], seeds=4))
