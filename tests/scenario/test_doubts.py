"""What is allowed and yet cannot be meant is noted; what is usual is not."""

from __future__ import annotations

import pytest

from sim.scenario import load_plan
from sim.scenario.file_format import as_money, as_share

TALKS = """
    extends: community.yaml
    interventions:
      - name: Talks
        {0}
"""
SHIFT = "effects: [{shift: {loneliness: -0.3 sd}}]"
NOBODY = "so nobody is eligible"


@pytest.mark.parametrize(("text", "said"), [
    ("effects: [{shift: {loneliness: -0.3 sd}}]", ()),
    ("effects: [{shift: {loneliness: -2 sd}}]", ()),
    ("effects: [{shift: {loneliness: -20 sd}}]",
     ("a shift of loneliness by -20 sd is larger than its whole scale, from 0 to 1",)),
    ("effects: [{shift: {stigma: 3}}]", ("a shift of stigma by 3 is larger than its whole scale, from 0 to 1",)),
    ("effects: [{shift: {loneliness: 2.1 sd}}]",
     ("a shift of loneliness by 2.1 sd is larger than 2 standard deviations of this community",)),
    ("effects: [{shift: {loneliness: -0.95}}]",
     ("a shift of loneliness by -0.95 is larger than 2 standard deviations of this community",)),
    ("runs: {start: 2}", ("has no effects, so it changes nothing but what it costs",)),
    (f"runs: {{weeks: 5, length: 12}}\n        {SHIFT}",
     ("it runs for 5 weeks and a participation lasts 12, so nobody can join: nobody does who could not stay for the "
      "whole length",)),
    (f"runs: {{weeks: 12, length: 12}}\n        {SHIFT}", ()),
    ("runs: {start: 45, length: 12}\n        effects: [{shift: {stigma: -0.3 sd, when: completed}}]",
     ("who joins in week 45 completes after 12 weeks, and 52 weeks are played, so nobody completes it and what it does "
      "on completion never happens",)),
    ("runs: {start: 40, length: 12}\n        effects: [{shift: {stigma: -0.3 sd, when: completed}}]", ()),
    (f"who: {{loneliness: {{above: 0.5, at_most: 1}}}}\n        {SHIFT}", ()),
    (f"who: {{loneliness: {{above: 5}}}}\n        {SHIFT}",
     (f"who: loneliness: above 5: the scale ends at 1, {NOBODY}",)),
    (f"who: {{loneliness: {{below: 0}}}}\n        {SHIFT}",
     (f"who: loneliness: below 0: the scale begins at 0, {NOBODY}",)),
    (f"who: {{loneliness: {{at_most: 50}}}}\n        {SHIFT}",
     ("who: loneliness: at most 50: the scale ends at 1, so it leaves nobody out",)),
    (f"who: {{loneliness: {{above: 0.8, below: 0.2}}}}\n        {SHIFT}",
     (f"who: loneliness: above 0.8 and below 0.2 exclude each other, {NOBODY}",)),
    (f"who: {{loneliness: {{at_least: 0.5, at_most: 0.5}}}}\n        {SHIFT}", ()),
])  # fmt: skip
def test_what_cannot_be_meant_is_noted(write, text, said):
    write("talks", TALKS.format(text))
    assert load_plan("study")["talks"].notes == tuple(f"Talks: {each}" for each in said)


def test_all_bounds_of_an_effect_are_said_at_once(write, problems):
    write("talks", TALKS.format("effects: [{tie: {with: participants, strength: 5, number: -1}}]"))
    assert [line.partition(".tie.")[2] for line in problems("study")] == [
        "strength: must be above 0 and at most 1, found 5", "number: must be at least 1, found -1",
    ]  # fmt: skip


def test_percentages_and_pounds_are_understood_and_refused(write, problems):
    write("talks", TALKS.format(f"spread: {{uptake: 78%}}\n        cost: {{fixed: 1500 pounds}}\n        {SHIFT}"))
    share, amount = problems("study")
    assert share.endswith("found '78%'; did you mean 0.78?")
    assert amount.endswith("found '1500 pounds'; did you mean 1500 GBP?")


@pytest.mark.parametrize(("text", "meant"), [
    ("£1,500", "1500 GBP"), ("1500 gbp", "1500 GBP"), ("€20.50", "20.50 EUR"), ("20 dollars", "20 USD"),
    ("1500 pebbles", ""), ("about 1500", ""), ("-5 pounds", ""), ("", ""),
])  # fmt: skip
def test_money_as_people_write_it(text, meant):
    assert as_money(text) == meant


def test_a_share_as_people_write_it():
    assert [as_share(text) for text in ("78%", "7.5 %", "5 percent", "many%", "0.5")] == [
        "0.78",
        "0.075",
        "0.05",
        "",
        "",
    ]


def test_a_file_that_is_not_there_is_named_once(write, problems):
    write("talks", "extends: comunity.yaml\n", folder="y")
    (line,) = problems("y/talks.yaml")
    assert "there is no file 'comunity.yaml' (y/comunity.yaml)" in line
    write("here", "extends: comunity.yaml\n", folder=".")
    (line,) = problems("here.yaml")
    assert "there is no file 'comunity.yaml'; files there: here.yaml" in line
