"""What the page of a scenario says follows from its settings and its numbers."""

from __future__ import annotations

from dataclasses import asdict

from sim import evidence
from sim.report.plan_words import eligible, plan_sentences
from sim.report.questions import questions, would_change
from sim.report.settings import described
from sim.scenario.explain import flat, lacks_source
from sim.scenario.plan import Origin

BEFRIENDING = {
    "who": {"loneliness": {"above": 0.5}, "age_band": ["65-74", "75+"], "lived_experience": True},
    "choose": {"by": "loneliness", "order": "highest", "number": 60},
    "runs": {"start": 4, "weeks": None, "places": 60, "length": 52},
    "effects": [{"tie": {"with": "volunteer", "ends": "with_programme"}}],
    "spread": {"uptake": 0.78},
}


def test_a_plan_in_sentences():
    text = " ".join(plan_sentences(BEFRIENDING))
    assert (
        "Invited: the 60 with the highest loneliness among the residents with loneliness above 0.5, age band 65-74 or "
        "75+ and lived experience." in text
    )
    assert "It starts in week 4, has places for 60 at a time and a participant stays for 52 weeks." in text
    assert "participants gain a tie with a volunteer while the programme lasts" in text
    assert "Of those who hear of it, 78% would come." in text
    assert eligible({}) == ""


def test_closing_a_place_invites_nobody():
    plan = {"choose": {"by": "nobody"}, "runs": {"start": 13}, "effects": [{"close": {"place": "community_hub"}}]}
    assert plan_sentences(plan) == [
        "It starts in week 13.",
        "What it does in the model: “community hub” closes, and with it a share of the ties that were lived there "
        "ends.",
    ]


def test_a_shift_is_told_without_its_settings():
    plan = {"effects": [{"shift": {"stigma": "-0.38 sd", "when": "completed", "persistence": 0.6, "room_cap": 2.0}}]}
    text = " ".join(plan_sentences(plan))
    assert "participants' stigma moves by −0.38 standard deviations on completion" in text
    assert "room cap" not in text


def test_questions_follow_what_is_planned_and_what_came_out():
    asked = questions([BEFRIENDING], {"cost": 12_000.0}, "age_band=75+", "about 3 residents end worse off", "GBP")
    text = " ".join(asked)
    assert "Where would 60 volunteers come from" in text
    assert "Would 78% of those who hear of it come?" in text
    assert len(asked) <= 6
    closing = questions([{"effects": [{"close": {"place": "hub"}}]}], {"cost": 0.0}, "", "", "GBP")
    assert any("meet instead" in line for line in closing)
    assert not any("cost" in line for line in closing)
    assert "residents aged 75+" in " ".join(questions([], {"cost": 0.0}, "age_band=75+", "", "GBP"))


def test_what_would_change_a_result_names_wide_assumptions_and_more_runs():
    found = would_change(["peer_support.places", "peer_support.length"], None, "better", "")
    assert found[0].startswith("People in peer support groups at the same time")
    assert "anything from 8 to 200 is plausible" in found[0]
    close = would_change([], {"seeds_needed": 310.0}, "too close to call", "It faded.")
    assert close == ["About 310 runs would settle which way it goes, at this spread.", "It faded."]


def test_volunteers_time_is_told_apart_from_what_is_paid():
    asked = questions([], {"cost": 2_580.0}, "", "", "GBP", 2_050.0)
    assert asked[0] == (
        "It would cost about £2,580, of it £2,050 volunteers' time, which nobody pays; £530 has to be paid. "
        "What would you do without to have it?"
    )
    free = questions([], {"cost": 2_050.0}, "", "", "GBP", 2_050.0)
    assert "nothing has to be paid" in free[0]


def test_as_many_are_told_as_were_invited_and_came():
    plan = {**BEFRIENDING, "name": "visits", "choose": {"by": "loneliness", "order": "highest", "number": 200}}
    plan["runs"] = {"places": 200}
    counts = {"runs": 4, "eligible": 11.2, "invited": 11.2, "joined": 8.9}
    assert plan_sentences(plan, counts)[0] == (
        "Invited: all 11 residents with loneliness above 0.5, age band 65-74 or 75+ and lived experience "
        "(mean over 4 runs); 200 were asked for."
    )
    some = plan_sentences(plan, {**counts, "eligible": 40.0})[0]
    assert some.startswith("Invited: 11 of the residents")
    assert some.endswith("200 were asked for, and 40 are eligible.")
    assert "11" not in plan_sentences(plan, counts, 20)[0]
    text = " ".join(questions([plan], None, "", "", "GBP", counts={"visits": counts}))
    assert "Where would volunteers for 9 participants come from" in text
    assert "200" not in text
    hidden = {"runs": 4, "eligible": None, "invited": None, "joined": None, "by_invitation": None}
    first = plan_sentences(plan, hidden, 10)[0]
    assert first.startswith("Invited: all, fewer than 10, residents")
    assert "200 were asked for" in first
    few = {**plan, "choose": {**plan["choose"], "number": 8}}
    assert "the 8 with the highest loneliness" in plan_sentences(few, hidden, 10)[0]
    text = " ".join(questions([plan], None, "", "", "GBP", counts={"visits": hidden}, fewest=10))
    assert "Where would volunteers for fewer than 10 participants come from" in text
    enough = {"runs": 4, "eligible": 900.0, "invited": 200.0, "joined": 200.0}
    assert "the 200 with the highest loneliness" in plan_sentences(plan, enough)[0]


def test_groups_workers_and_rules_of_uptake_are_told():
    plan = {"effects": [{"tie": {"with": "participants"}}], "runs": {"group_size": 6, "workers": None}}
    text = " ".join(plan_sentences({**plan, "spread": {"rule": "threshold", "contacts": 2, "uptake": 1.0}}))
    assert "meets in groups of 6" in text
    assert "come once at least 2 of their contacts take or took part." in text
    one = " ".join(plan_sentences({**plan, "spread": {"rule": "threshold", "contacts": 1}}))
    assert "once at least 1 of their contacts takes or took part" in one
    share = " ".join(plan_sentences({**plan, "spread": {"rule": "threshold", "share": 0.25}}))
    assert "once at least 25% of their contacts take or took part" in share
    odds = " ".join(
        plan_sentences({**plan, "spread": {"rule": "reinforced", "base_chance": 0.05, "contact_odds": 2.0}})
    )
    assert "5% in a week without any, and each multiplies the odds by 2" in odds
    staffed = " ".join(plan_sentences({"effects": [], "runs": {"workers": 2, "caseload": 20}}))
    assert "has 2 workers with up to 20 participants each" in staffed


def test_an_assumed_number_of_one_has_its_unit_in_the_singular():
    names = [name for name, item in evidence.entries().items() if item.unit == "hours" and item.is_assumption]
    text = " ".join(would_change(names, None, "better", ""))
    assert "1 hours" not in text
    assert "is assumed" not in text


def test_money_of_a_scenario_has_its_currency():
    manifest = {
        "scenarios": {
            "own": {
                "resolved": {"interventions": [{"name": "x", "cost": {"fixed": 800.0, "currency": "EUR"}}]},
                "origins": {"interventions.x.cost.fixed": {"kind": "file", "where": "own.yaml:3"}},
            }
        }
    }
    (about,) = described(manifest, ["own"], "own")
    held = {item.path: item for item in about.interventions[0].settings}
    assert held["cost: fixed"].value == "€800"
    assert held["cost: fixed"].full == "interventions.x.cost.fixed"


def test_the_page_counts_the_same_assumptions_as_the_manifest():
    """Costs count too; what is done, when and for whom does not."""
    item = {
        "name": "x", "runs": {"places": 9, "group_size": 3}, "who": {"loneliness": {"above": 0.5}},
        "effects": [{"shift": {"loneliness": "-0.2 sd"}}], "spread": {"uptake": 0.5, "contacts": 2},
        "cost": {"fixed": 800.0, "volunteer_hours": 2, "per_volunteer_hour": 14.0, "year": 2024, "currency": "GBP"},
    }  # fmt: skip
    resolved = {"interventions": [item]}
    origins = {path: Origin("file", "own.yaml:3") for path in flat(resolved)}
    stored = {"resolved": resolved, "origins": {path: asdict(origin) for path, origin in origins.items()}}
    (about,) = described({"scenarios": {"own": stored}}, ["own"], "own")
    on_page = {held.full for held in about.interventions[0].settings if held.is_assumption}
    counted = {path for path, value in flat(resolved).items() if lacks_source(path, value, origins[path])}
    assert on_page == counted
    assert {path.removeprefix("interventions.x.") for path in counted} == {
        "effects[0].shift.loneliness", "spread.uptake", "spread.contacts", "cost.fixed", "cost.per_volunteer_hour",
    }  # fmt: skip
