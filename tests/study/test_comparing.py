"""What results answer as tables: the numbers of stored runs, and nothing of small groups of surveyed people."""

from __future__ import annotations

import io
import json
import sys

import pandas as pd
import pytest

import sim
from sim import compare
from sim.cli import main as command_line
from sim.errors import InputError

PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}
TOWNS = {"all": 2000, "town=Few": 9, "town=Rest": 1000, "town=More": 991}


def stored(study, path, **manifest):
    path.mkdir(exist_ok=True)
    whole = {
        **study.manifest,
        "fingerprint": {"digest": "abc", "parts": {"engine": 1, "libraries": 1, "data": {}}},
        "units": {"done": [], "failed": [], "pending": []},
        **manifest,
    }
    (path / "manifest.json").write_text(json.dumps(whole))
    for name in study.tables:
        getattr(study, name).to_parquet(path / f"{name}.parquet")
    (path / "failures.csv").write_text("community,seed,scenario,error\n")
    return path


@pytest.fixture
def results(fake_study, tmp_path):
    def of(*arguments, suppress_below=None, **options):
        study = fake_study(*arguments, **{"weeks": 6, **options})
        if suppress_below is not None:
            for scenario in study.manifest["scenarios"].values():
                scenario["resolved"] = {"suppress_below": suppress_below}
        return sim.Results.open(stored(study, tmp_path / "stored"))

    return of


def test_tables_are_those_of_the_functions(results):
    found = results(parts=PARTS)
    exact = compare.comparison(found.series, found.effects, found.manifest)
    pd.testing.assert_frame_equal(found.comparison(), exact, check_exact=True)
    pd.testing.assert_frame_equal(found.ranking(), compare.ranking(found.effects, found.manifest))
    pd.testing.assert_frame_equal(found.gaps("stigma"), compare.gaps(found.effects, found.manifest, "stigma"))
    pd.testing.assert_frame_equal(found.estimands(), compare.estimands(found.effects, 2000.0, found.manifest))
    pd.testing.assert_frame_equal(found.costs(), compare.costs(found.effects, 2000.0, found.manifest))
    pd.testing.assert_frame_equal(
        found.curve(group="age_band=65+"),
        compare.effect_curve(found.series, found.manifest, "loneliness", "age_band=65+"),
    )
    assert found.by_distance("stigma").measure.unique().tolist() == ["stigma"]
    assert found.who_gains().set_index(["scenario", "group"]).residents["befriending", "participants"] == 60
    assert found.targets().empty
    assert found.suppressed == compare.Suppressed()


def test_what_is_not_there_is_named(results):
    found = results(seeds=3)
    for ask in (found.ranking, found.gaps, found.costs, found.curve, found.who_gains, found.through_ties):
        with pytest.raises(InputError, match="did you mean 'loneliness'"):
            ask("lonliness")
    with pytest.raises(InputError, match="did you mean 'campaign'"):
        found.comparison(against="campain")
    with pytest.raises(InputError, match="did you mean 'campaign'"):
        found.curve(against="campain")
    with pytest.raises(InputError, match=r"'age_band=1' is not a group here"):
        found.curve(group="age_band=1")


def tables_of(found):
    yield found.comparison()
    yield found.comparison(against="campaign")
    yield found.comparison("loneliness", "town")
    for ask in (found.ranking, found.gaps, found.who_gains, found.costs, found.estimands, found.by_distance):
        yield ask()
    yield found.at_budget(5000.0)
    for group in ("town=Few", "town=Rest", "town=More"):
        yield found.curve(group=group)


def words_of(found):
    return " ".join(table.to_csv() for table in tables_of(found))


def test_small_groups_of_surveyed_people_are_in_no_table(results):
    assert "Few" in words_of(results(groups=TOWNS, seeds=20))  # nobody is protected from a made-up community
    found = results(groups=TOWNS, seeds=20, private=True)
    text = words_of(found)
    assert "Few" not in text
    assert "More" not in text  # the complement: with Rest and everybody it would give Few away
    assert "Rest" in text
    assert found.suppressed.groups == {"town": 2}


@pytest.mark.parametrize(("said", "shown"), [(None, False), (5, True), (9, True), (12, False), (1, True)])
def test_the_scenario_says_how_small_is_small(results, said, shown):
    found = results(groups=TOWNS, seeds=20, private=True, suppress_below=said)
    assert ("Few" in words_of(found)) == shown
    if said == 12:
        assert "fewer than 12 residents" in found.suppressed.sentence()


def test_five_is_the_least(results):
    towns = {**TOWNS, "town=Few": 4, "town=More": 996}
    assert "Few" not in words_of(results(groups=towns, seeds=20, private=True, suppress_below=1))


def test_parts_that_are_few_are_in_no_table(results):
    few = {**PARTS, "participants": 4, "spillover": 1916}
    found = results(parts=few, seeds=20, private=True)
    assert "participants" not in set(found.estimands().estimand)
    assert "participants" not in set(found.who_gains().group)
    assert "participants" in set(results(parts=few, seeds=20).estimands().estimand)


def test_weeks_in_which_few_have_been_reached_are_not_in_a_curve(results):
    found = results(groups={"all": 1000}, seeds=20, private=True, weeks=26)
    weeks = found.curve("taking_part").query("scenario == 'befriending'").week.tolist()
    assert weeks == [0, *range(9, 27)]  # 0.03 x 1000 x week / 26: ten and more from week 9 on
    assert len(results(groups={"all": 1000}, seeds=20, weeks=26).curve("taking_part")) == 3 * 27


def test_a_target_that_stands_for_few_does_not_tell_its_value(results, fake_study, tmp_path):
    study = fake_study(groups={"all": 200}, seeds=20, private=True, weeks=6)  # 0.03 x 200 = 6 take part
    resolved = {"targets": [{"measure": "taking_part", "at": 6, "above": 0.01}]}
    study.manifest["scenarios"]["befriending"]["resolved"] = resolved
    told = sim.Results.open(stored(study, tmp_path / "private")).targets().iloc[0]
    assert told.verdict == "met"
    assert pd.isna([told.value, told.lower, told.upper]).all()
    study.manifest["about"]["private"] = False
    open_ = sim.Results.open(stored(study, tmp_path / "open")).targets().iloc[0]
    assert open_.value == pytest.approx(0.03)


def test_distances_that_are_few_are_counted(results):
    found = results(seeds=20, private=True)
    assert found.suppressed_distances.ripple_classes == 0
    found.ripple.loc[found.ripple.distance == "unreached", "residents"] = 3
    del found._distances
    assert "unreached" not in set(found.by_distance().distance)
    assert found.suppressed_distances.ripple_sentence()


# --- the command line ------------------------------------------------------------------------------


@pytest.fixture
def call(capsys, monkeypatch):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["sim", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            command_line()
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return run


SHOWN = {
    "ranking": "chance of being best", "gaps": "worst-off group", "who": "who gains, who loses",
    "costs": "Extra cost up to week 6", "parts": "on whom", "ties": "What came through ties",
    "distance": "distance from the nearest participant", "targets": "no scenario sets a target",
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_every_table_can_be_shown_and_exported(call, results, name):
    found = results(parts=PARTS, seeds=20)
    code, out, _ = call("compare", found.path, "--show", name)
    assert code == 0
    assert SHOWN[name] in out
    code, out, _ = call("compare", found.path, "--show", name, "--format", "csv")
    assert code == 0
    assert "scenario" in pd.read_csv(io.StringIO(out)).columns
    code, out, _ = call("compare", found.path, "--show", name, "--format", "json")
    assert isinstance(json.loads(out), list)


def test_options_of_the_table_of_effects(call, results):
    found = results(parts=PARTS, seeds=24)
    _, out, _ = call("compare", found.path)
    assert "order, and how sure it is" in out
    assert "Exploratory" not in out
    _, out, _ = call("compare", found.path, "--measure", "stigma")
    assert "Exploratory" in out
    _, out, _ = call("compare", found.path, "--against", "campaign")
    assert "compared with A campaign" in out
    assert "As things are" in out
    _, out, _ = call("compare", found.path, "--when", "average", "--format", "csv")
    assert set(pd.read_csv(io.StringIO(out)).when) == {"average"}
    _, out, _ = call("compare", found.path, "--when", "weeks", "--by", "age_band", "--format", "csv")
    weekly = pd.read_csv(io.StringIO(out))
    assert weekly.week.max() == 6
    assert set(weekly.group) == {"age_band=16-64", "age_band=65+"}
    _, out, _ = call("compare", found.path, "--when", "weeks")
    assert "95% interval in this week" in out
    _, out, _ = call("compare", found.path, "--precision", "0.0001")
    assert "seeds for ±0.0001" in out
    _, out, _ = call("compare", found.path, "--budget", "20000")
    assert "if each scenario were scaled to cost £20,000 (not played again)" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--show", "gaps", "--by", "age_band"),
        ("--show", "costs", "--against", "campaign"),
        ("--budget", "5", "--show", "costs"),
        ("--budget", "5", "--measure", "all"),
        ("--show", "who", "--when", "average"),
        ("--show", "ranking", "--when", "weeks"),
        ("--budget", "5", "--precision", "1"),
        ("--budget", "-3"),
        ("--against", "nobody"),
    ],
)
def test_what_does_not_go_together_is_refused(call, results, words):
    code, out, err = call("compare", results(seeds=20).path, *words)
    assert code == 2
    assert out == ""
    assert err
    assert "Traceback" not in err


def test_two_folders_are_compared_with_each_other(call, fake_study, tmp_path):
    one = stored(fake_study(weeks=6), tmp_path / "one")
    same = stored(fake_study(weeks=6), tmp_path / "same")
    code, out, _ = call("compare", one, same)
    assert code == 0
    assert "paired: same communities and luck" in out
    assert out.count("no difference") >= 4
    shifted = fake_study(seeds=30, weeks=6)
    shifted.effects["baseline"] += 0.01
    _, out, _ = call("compare", one, stored(shifted, tmp_path / "other"))
    assert "not paired, since their baselines differ" in out


def test_the_command_line_says_what_was_suppressed(call, results):
    found = results(groups=TOWNS, seeds=20, private=True)
    _, out, _ = call("compare", found.path, "--by", "town")
    assert "2 groups" in out
    assert "Few" not in out
    _, out, err = call("compare", found.path, "--by", "town", "--format", "csv")
    assert "2 groups" in err
    assert "Few" not in out
