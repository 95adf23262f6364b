"""What must be known of a scenario beside its effect: fewer eligible than asked for, and ended before the runs do."""

import pandas as pd
import pytest
from folders import folder_of

import sim
from sim import compare
from sim.report.writing import write_report


def asking(study, choose, counts, **more):
    item = {"name": "visits", "title": "Visits", "choose": choose}
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": [item, *more.get("others", ())]}
    study.manifest["programmes"] = {
        "befriending": {"visits": {"joined": 30, "by_invitation": 30, "waiting": 0, "runs": 50, **counts}}
    }
    return compare.shortages(study.manifest).get("befriending", [])


@pytest.mark.parametrize(
    ("choose", "counts", "said"),
    [
        ({"number": 60}, {"eligible": 43.9, "invited": 43.9},
         ["60 asked for, 44 eligible (mean over 50 runs), so 44 are invited"]),
        ({"number": 60}, {"eligible": 120, "invited": 52.2},
         ["60 asked for, 52 invited (mean over 50 runs), although 120 are eligible"]),
        ({"ids": ["a", "b", "c"]}, {"eligible": 90, "invited": 2, "runs": 1},
         ["3 asked for, 2 invited, although 90 are eligible"]),
        ({"number": 60}, {"eligible": 70, "invited": 60}, []),
        ({"number": 60}, {"eligible": 60.1, "invited": 59.5}, []),
        ({"share": 0.5}, {"eligible": 70, "invited": 35}, []),
        ({}, {"eligible": 70, "invited": 70}, []),
    ],
)  # fmt: skip
def test_it_is_said_where_fewer_are_eligible_than_asked_for(fake_study, choose, counts, said):
    assert asking(fake_study(), choose, counts) == said


def test_several_interventions_are_named_and_few_surveyed_people_are_not_counted(fake_study):
    other = {"name": "talks", "choose": {"number": 5}}
    (said,) = asking(fake_study(), {"number": 60}, {"eligible": 44, "invited": 44}, others=[other])
    assert said.startswith("Visits: 60 asked for")
    (said,) = asking(fake_study(private=True), {"number": 60}, {"eligible": 4, "invited": 4})
    assert said == "60 asked for, fewer than 10 eligible (mean over 50 runs), so fewer than 10 are invited"
    assert compare.shortages(fake_study().manifest) == {}


def taking_part(study, weeks, until, tail=0.0):
    """Make residents take part in a study's first scenario until some week."""
    series = study.series[study.series.measure != "taking_part"]
    rows = [
        ("befriending", seed, seed, week, "all", "taking_part", 0.03 if 2 <= week <= until else tail)
        for seed in range(1, 21)
        for week in range(weeks + 1)
    ]
    study.series = pd.concat([series, pd.DataFrame(rows, columns=series.columns)], ignore_index=True)
    return study


@pytest.mark.parametrize(
    ("until", "tail", "last"),
    [
        (20, 0.0, 20),
        (20, 0.001, 20),
        (20, 0.002, None),
        (32, 0.0, 32),
        (33, 0.0, None),
        (40, 0.0, None),
        (0, 0.0, None),
    ],
)
def test_it_has_ended_when_hardly_anybody_takes_part_any_more(fake_study, until, tail, last):
    study = taking_part(fake_study({"befriending": -0.01}, seeds=20, weeks=40), 40, until, tail)
    found = compare.last_weeks(study.series, compare.Facts.read(study.manifest))
    assert found == ({} if last is None else {"befriending": last})


def test_an_ended_scenario_shows_its_average_on_screen_and_in_the_report(fake_study, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])
    study = taking_part(fake_study({"befriending": -0.01, "campaign": -0.004}, seeds=20, weeks=40), 40, 20)
    asking(study, {"number": 60}, {"eligible": 44, "invited": 44})
    table = compare.comparison(study.series, study.effects, study.manifest)
    row = table[(table.scenario == "befriending") & (table.when == "average") & (table.group == "all")].iloc[0]
    assert row.measure == "loneliness"
    over = compare.ended(table, study.series, study.manifest)
    assert list(over) == ["befriending"]
    assert over["befriending"]["effect"] == row.effect
    ended, short = reversed(compare.remarks(table, study.series, study.manifest)["befriending"])
    assert ended.startswith("ended around week 20 of 40")
    assert ", better)" in ended
    assert short.startswith("60 asked for, 44 eligible")
    folder = folder_of(study, tmp_path / "out")
    text = write_report(folder).read_text(encoding="utf-8")
    assert text.count("Ended around week 20 of 40") == 2  # in the table, and on its page
    assert text.count("after which hardly anybody takes part; on average over all weeks") == 1
    assert text.count("60 asked for, 44 eligible (mean over 50 runs), so 44 are invited") == 2
    from sim.cli.results import print_answer

    print_answer(sim.Results.open(folder))
    out = capsys.readouterr().out
    assert "Ended well before week 40" in out
    assert "60 asked for, 44 eligible" in out
    plain = folder_of(fake_study({"befriending": -0.01}, seeds=20, weeks=6), tmp_path / "plain")
    print_answer(sim.Results.open(plain))
    out = capsys.readouterr().out
    assert "Ended well before" not in out
    assert "asked for" not in out


@pytest.mark.parametrize(
    ("asked", "told"),
    [(12, ["12 asked for, fewer than 10 invited (mean over 50 runs), although 44 are eligible"]), (8, [])],
)
def test_a_count_of_few_that_is_not_stored_is_said_as_such(fake_study, asked, told):
    study = fake_study({"befriending": -0.01}, private=True)
    item = {"name": "visits", "choose": {"number": asked}}
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": [item]}
    counts = {"eligible": 44.0, "invited": None, "joined": None, "by_invitation": None, "waiting": 0, "runs": 50}
    study.manifest["programmes"] = {"befriending": {"visits": counts}}
    assert compare.shortages(study.manifest).get("befriending", []) == told
