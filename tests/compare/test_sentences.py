"""The words follow the numbers."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compare import answer, comparison
from sim.compare.wording import (
    amount,
    between,
    decimals_known,
    group_phrase,
    joined,
    money,
    number,
    pairs_better,
    people,
    plain,
)


def row(effect: float, lower: float, upper: float, measure: str = "loneliness", **more: float) -> dict[str, object]:
    return {"measure": measure, "effect": effect, "lower": lower, "upper": upper, "seeds": 50, **more}


@pytest.mark.parametrize(
    ("given_row", "words", "range_words"),
    [
        (row(-0.01234, -0.0171, -0.0076), "0.012 lower", "0.008 to 0.017 lower"),
        (row(0.01234, 0.0076, 0.0171), "0.012 higher", "0.008 to 0.017 higher"),
        (row(-0.0023, -0.0071, 0.0025), "0.002 lower", "between 0.007 lower and 0.003 higher"),
        (row(-0.0123, -0.0163, -0.0083, "often_lonely"), "12 fewer in 1,000 residents", "8 to 16 fewer"),
        (row(0.0004, -0.003, 0.0038, "often_lonely"), "about the same", "between 3 fewer and 4 more"),
        (row(0.001, -0.0004, 0.0024), "0.001 higher", "between no difference and 0.002 higher"),
        (row(-0.00147, -0.00151, -0.00143), "0.0015 lower", "0.0014 to 0.0015 lower"),
        (row(-0.0032, -0.003223, -0.003181), "0.0032 lower", "0.00318 to 0.00322 lower"),
        (row(0.0, 0.0, 0.0), "no difference", "the same in every run"),
        (row(0.01, 0.01, 0.01), "0.010 higher", "the same in every run"),
        (row(0.01, -math.inf, math.inf), "0.010 higher", "not known from one run"),
        (row(40.0, math.nan, math.nan, "worse_off"), "40 more residents", "counted in one community"),
        (row(math.nan, math.nan, math.nan), "not defined", "not defined"),
    ],
)
def test_effects_in_words(given_row, words, range_words):
    assert amount(given_row) == words
    assert between(given_row) == range_words


def test_an_interval_clear_of_zero_is_printed_clear_of_zero():
    assert between(row(-0.02, -0.0399, -0.0001)) == "0.0001 to 0.04 lower"


@given(st.floats(1e-5, 1e3))
def test_the_last_digit_printed_is_not_finer_than_what_is_known(half_width):
    decimals = decimals_known(half_width)
    assert 10.0**-decimals <= half_width or decimals == 0
    assert 10.0**-decimals >= half_width / 10.0 or decimals in (0, 6)


def test_numbers():
    assert number(-1234.5, 1) == "−1,234.5"
    assert number(-0.001, 1) == "0.0"
    assert number(math.nan) == "–"
    assert plain(0.00140) == "0.0014"
    assert plain(2000) == "2,000"
    assert plain(-0.25) == "−0.25"
    assert money(12345) == "£12,300"
    assert money(-480.4) == "−£480"
    assert money(7.5) == "£7.50"
    assert money(0) == "£0"
    assert money(100, "KRW") == "100 KRW"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert pairs_better(row(1, 1, 1, share_better=0.92)) == "46 of 50"
    assert pairs_better(row(1, 1, 1, share_better=math.nan)) == "–"


@pytest.fixture
def answered(fake_study):
    def of(*arguments, **options):
        study = fake_study(*arguments, **options)
        return answer(comparison(study.series, study.effects, study.manifest), study.effects, study.manifest)

    return of


def test_the_best_leads_the_harmful_follow(answered):
    sentences = answered()
    assert sentences[0].startswith("“Befriending for the sixty loneliest” did most for")
    assert "ahead of “A campaign”" in sentences[0]
    assert "in 50 of 50 paired runs" in sentences[0] or "in 49 of 50 paired runs" in sentences[0]
    assert "“Closing the hub” (about" in sentences[1]
    assert "more residents in 1,000, better in 0 of 50) made it worse" in sentences[1]
    assert 1 <= len(sentences) <= 3


def test_two_that_cannot_be_told_apart(answered):
    text = " ".join(answered({"befriending": -0.012, "campaign": -0.0121}))
    assert "but is tied with “Befriending for the sixty loneliest”: after" in text
    assert "ahead of" not in text


def test_another_that_does_more_in_people_is_named(fake_study):
    study = fake_study({"befriending": -0.012, "campaign": -0.006})
    words = "counted in people who are often lonely, though, “A campaign” did more (about 2"

    def told() -> str:
        return answer(comparison(study.series, study.effects, study.manifest), study.effects, study.manifest)[0]

    assert "counted in people" not in told()  # the same order in both
    here = (study.effects.measure == "often_lonely") & (study.effects.scenario == "campaign")
    study.effects.loc[here, "effect"] *= 4.0
    assert words in told()
    assert told().startswith("“Befriending for the sixty loneliest” did most for")
    study.effects.loc[here, "effect"] *= 0.5 * 1.0001  # as much as the first: nothing to tell apart
    assert "counted in people" not in told()


@pytest.mark.parametrize(("outcome", "sign"), [("access", 1), ("often_lonely", -1), ("stigma", -1)])
def test_an_outcome_that_counts_people_or_has_no_share_keeps_its_own_order(fake_study, outcome, sign):
    study = fake_study(
        {"befriending": sign * 0.03, "campaign": sign * 0.015}, outcome=outcome, measures=(outcome, "cost")
    )
    study.manifest["better"] = "higher" if sign > 0 else "lower"
    first = answer(comparison(study.series, study.effects, study.manifest), study.effects, study.manifest)[0]
    assert first.startswith("“Befriending for the sixty loneliest” did most for")
    assert "it is also ahead of “A campaign”" in first
    assert "counted in people" not in first


def test_too_close_to_call(answered):
    text = " ".join(answered({"campaign": -0.0002}))
    assert "could be shown to be better" in text
    assert "oo close to call: “A campaign” (better in " in text


def test_no_difference(answered):
    assert "no difference in any run" in " ".join(answered({"campaign": 0.0}))


def test_too_few_runs_say_nothing_else(answered):
    sentences = answered(seeds=5)
    assert sentences[0].startswith("Too few runs to say: only 5 paired runs")
    assert not any(word in " ".join(sentences) for word in ("most for", "better", "worse", "Befriending"))


def test_beyond_doubt_and_of_no_consequence(answered):
    text = " ".join(answered({"campaign": -0.00002}, spread=0.000001))
    assert "“A campaign”: practically no difference." in text
    assert "did most" not in text


def test_what_helped_and_faded_is_said(fake_study):
    study = fake_study({"campaign": -0.01})
    last = (study.effects.when == "horizon") & (study.effects.measure == "loneliness")
    study.effects.loc[last, "effect"] *= 1e-4
    table = comparison(study.series, study.effects, study.manifest)
    text = " ".join(answer(table, study.effects, study.manifest))
    assert "practically nothing is left after 26 weeks, but on average over the weeks it was 0.0044 lower" in text


def test_nothing_to_compare(answered):
    assert answered({}) == ["There is nothing to compare yet: no scenario has been played beside the baseline."]


def test_effects_are_told_as_people_where_they_can_be_counted(answered):
    first, _, third = answered({"befriending": -0.012, "campaign": -0.004})
    assert re.search("about 1[12] fewer residents in 1,000 are often lonely than if things stay as they are", first)
    assert "costs £4,800 more than leaving things as they are" in third
    assert "to have one person fewer who is often lonely" in third
    other = answered({"befriending": -0.012}, outcome="stigma", measures=("stigma", "cost"))[0]
    assert re.search(r"it is 0\.01\d* lower \(0\.01\d* to 0\.01\d* lower, on a scale from 0 to 1\)", other)


def test_how_sure_is_told_in_paired_runs(answered):
    text = answered({"befriending": -0.004})[0]
    found = re.search(r"came out better in (\d+) of 50 paired runs", text)
    assert found is not None
    assert 30 < int(found[1]) < 50


def test_it_says_what_it_would_take_to_settle_it(answered):
    text = answered({"campaign": -0.0005})[-1]
    assert re.fullmatch(r"About [\d,]+ runs of each would settle which way it goes, at this spread\.", text)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (-0.0124, "about 12 fewer residents in 1,000"),
        (0.001, "about 1 more resident in 1,000"),
        (-0.00082, "about 8 fewer residents in 10,000"),
        (0.00002, "fewer than one resident in 10,000 more"),
        (0.0, "no difference"),
    ],
)
def test_people(effect, words):
    assert people(row(effect, effect, effect, "often_lonely")) == words


def test_people_of_a_scale_are_no_people():
    assert people(row(-0.0124, -0.0171, -0.0076)) == "0.012 lower"


def test_groups_in_sentences():
    assert group_phrase("age_band=65-74") == "residents aged 65-74"
    assert group_phrase("lonely_at_start=high") == "residents who were loneliest at the start"
    assert group_phrase("area=Mill Lane") == "residents with area “Mill Lane”"
    assert group_phrase("all") == "everybody"
