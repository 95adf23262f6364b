"""What the page of a scenario says follows from its settings and its numbers."""

from __future__ import annotations

from sim.report.plan_words import eligible, plan_sentences
from sim.report.questions import questions, would_change

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
    assert "moves stigma by −0.38 standard deviations on completion" in text
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
