"""The tables of ``sim compare`` and ``sim diff``: every column headed, plain words, nothing said twice."""

import io
import math
from contextlib import redirect_stderr, redirect_stdout

import pandas as pd
import pytest

from sim.cli import comparing, questions
from sim.cli.main import app
from sim.cli.screens import table
from sim.measures import COST_KINDS, ESTIMANDS

FILES = {
    "community.yaml": """
abstract: true
title: Small town
outcome: loneliness
better: lower
community: {synthesise: {residents: 200, profile: england}}
weeks: 5
seeds: 2
""",
    "baseline.yaml": "extends: community.yaml\ntitle: As things are\n",
    "talks.yaml": """
extends: community.yaml
title: Talks
interventions:
  - name: Talks
    choose: {by: random, number: 60}
    runs: {start: 1, places: 60, length: 3}
    effects:
      - shift: {loneliness: -0.4 sd, when: completed, persistence: 0.6}
    spread: {uptake: 0.8}
    cost: {fixed: 1500 GBP, per_participant_week: 12 GBP, year: 2024}
""",
    "freely.yaml": """
extends: community.yaml
title: Freely
interventions:
  - name: Freely
    choose: {by: random, number: 40}
    runs: {start: 1, places: 40, length: 3}
    effects:
      - shift: {loneliness: -0.1 sd, when: completed, persistence: 0.6}
    spread: {uptake: 0.8}
""",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def call(*words):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end, redirect_stdout(out), redirect_stderr(err):
        app([str(word) for word in words], prog_name="sim")
    assert end.value.code == 0, err.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module")
def played(town):
    from sim.study import load

    load(town).run(out=town / "out", workers=1)
    return town / "out"


def rows_of(text, heading):
    """Return a table's cells by the names of its columns, cut where the headings stand."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(heading))
    head = lines[first]
    starts = [place for place in range(len(head)) if head[place] != " " and (place == 0 or head[:place].endswith("  "))]
    names = [head[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
    body = []
    for line in lines[first + 1 :]:
        if not line or len(line) <= starts[1] or line[starts[1] - 1] != " ":
            break
        body.append([line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)])
    return {name: [row[place] for row in body] for place, name in enumerate(names)}


@pytest.mark.parametrize("shown", ["ranking", "gaps", "who", "costs", "parts", "ties", "distance"])
def test_no_column_is_without_a_heading_and_no_cell_goes_beyond_its_column(played, shown):
    lines = call("compare", played, "--show", shown).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("scenario"))
    last_heading = lines[first].rindex("  ") + 2
    rows = [line for line in lines[first + 1 :] if line.startswith(("Talks  ", "Freely  ", "As things are  "))]
    assert rows
    for line in rows:
        assert len(line) <= last_heading or line[last_heading - 1] == " ", line


def test_a_column_in_which_nothing_stands_is_left_out(capsys):
    table(["scenario", "note", "verdict"], [["a", "", "better"], ["b", "", "worse"]])
    assert capsys.readouterr().out.split() == ["scenario", "verdict", "a", "better", "b", "worse"]


def test_residents_are_named_in_plain_words(played):
    who = rows_of(call("compare", played, "--show", "who"), "scenario")["who"]
    assert {"everybody", "those offered a place", "those who took part", "everybody else", "gender: woman"} <= set(who)
    assert not {*ESTIMANDS, "all", "part"} & set(who)
    parts = rows_of(call("compare", played, "--show", "parts"), "scenario")["effect on"]
    assert {"everybody", "everybody, summed", *list(ESTIMANDS.values())[:2]} <= set(parts)


def test_what_a_scenario_costs_is_said_once_where_groups_are_compared(played):
    text = call("compare", played, "--by", "gender")
    assert "extra cost" not in text
    assert text.count("£") == 2
    assert "Extra cost as a whole, not of one group: Freely £0; Talks £" in text
    whole = rows_of(call("compare", played), "scenario")
    assert dict(zip(whole["scenario"], whole["extra cost"], strict=True))["Freely"] == "£0"


def test_what_is_spent_by_the_participant_and_week_is_no_price(played):
    text = call("compare", played, "--show", "costs")
    assert "in GBP: all that is spent, unless it says 'for each'" in text
    costs = rows_of(text, "scenario")
    items = dict(zip(zip(costs["scenario"], costs["cost"], strict=True), costs["mean"], strict=True))
    amounts = {
        item: float(items["Talks", item].strip("£").replace(",", ""))
        for item in ("in all", "of it once, at the start", "of it by the participant and week taken part")
    }
    assert amounts["of it once, at the start"] == 1500
    assert amounts["in all"] == pytest.approx(sum(amounts.values()) - amounts["in all"], rel=0.01)
    assert "for each person reached" in costs["cost"]


def test_every_kind_of_cost_has_its_words():
    from sim.compare.wording import COSTS_IN_WORDS

    assert {*COST_KINDS, "total", "per person reached", "per unit of effect"} == set(COSTS_IN_WORDS)


def test_an_intervention_that_only_one_has_is_told_in_what_its_file_says(town):
    one, other = town / "baseline.yaml", town / "talks.yaml"
    text = call("diff", one, other)
    assert "not set" not in text
    assert "[]" not in text
    assert "interventions.Talks: only in the second\n" in text
    assert "    choose.number: 60 [" in text
    assert "dropout" not in text  # left at the program's default
    back = call("diff", other, one)
    assert back.splitlines()[1:] == [line.replace("second", "first") for line in text.splitlines()[1:]]


def test_what_both_have_is_shown_from_and_to(town):
    (town / "longer").mkdir()
    (town / "longer/talks.yaml").write_text(
        FILES["talks.yaml"].replace("community.yaml", "../community.yaml").replace("number: 60", "share: 0.5")
    )
    text = call("diff", town / "talks.yaml", town / "longer/talks.yaml")
    assert "interventions.Talks.choose.number: 60 [" in text
    assert "] -> (not set)" in text
    assert "interventions.Talks.choose.share: (not set) -> 0.5 [" in text


def test_a_tornado_of_one_seed_has_no_interval_and_says_so():
    said = questions._sayer(pd.DataFrame({"index": [0.0123, 0.000001]}))
    row = {"parameter": "p", "range": "0 to 1", "index": 0.0123, "lower": -math.inf, "upper": math.inf,
           "noise": math.nan, "verdict": "not known: one seed"}  # fmt: skip
    cells = questions._cells(row, "tornado", said)
    assert cells == ["p", "0 to 1", "0.0123", "none from one seed", "not known", "not known: one seed"]
    assert questions._cells({**row, "lower": 0.01, "upper": 0.02}, "tornado", said)[3] == "0.0100 to 0.0200"


@pytest.mark.parametrize(("numbers", "wanted"), [
    ([0.0123, -0.000001, 0.5], ["0.012", "about 0", "0.500"]),
    ([1234.5, -2.0, 0.0], ["1,234", "−2", "0"]),
    ([0.0, 0.0], ["0", "0"]),
    ([2e-9], ["about 0"]),
    ([math.inf, 0.02], ["unbounded", "0.0200"]),
])  # fmt: skip
def test_numbers_of_a_column_have_the_same_decimals(numbers, wanted):
    said = questions._sayer(pd.DataFrame({"index": numbers}))
    assert [said(number) for number in numbers] == wanted


@pytest.mark.parametrize(("numbers", "wanted"), [
    ((-0.42, -0.49, -0.36), ("0.42 lower", "0.36 to 0.49 lower")),
    ((0.25, 0.16, 0.35), ("0.25 higher", "0.16 to 0.35 higher")),
    ((-1.0, -3.0, 1.0), ("1 lower", "between 3 lower and 1 higher")),
    ((0.0, 0.0, 0.0), ("no difference", "the same in every run")),
    ((-0.5, -math.inf, math.inf), ("0.50 lower", "not known from one run")),
])  # fmt: skip
def test_a_sum_over_residents_is_told_with_its_way(numbers, wanted):
    row = dict(zip(("effect", "lower", "upper"), numbers, strict=True))
    assert comparing._summed(row) == wanted
