"""``sim network``: what is printed, drawn and written, and what is refused."""

import io
import json

import pandas as pd
import pytest

from sim.cli.main import app

TOWN = """title: Small town
outcome: loneliness
community: {synthesise: {residents: 300, profile: england}}
weeks: 6
seeds: 3
"""
PEOPLE = "id,side\n" + "".join(f"{i},{'a' if i % 2 else 'b'}\n" for i in range(40))
TIES = "source,target\n" + "".join(f"{i},{(i + step) % 40}\n" for i in range(40) for step in (1, 2))
SURVEY = """outcome: loneliness
community: {survey: {people: people.csv, ties: ties.csv, types: {side: category}, groups: [side]}}
"""


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "town.yaml").write_text(TOWN)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "ties.csv").write_text(TIES)
    (tmp_path / "survey.yaml").write_text(SURVEY)
    return tmp_path


@pytest.fixture
def call(capfd):
    def calling(*words):
        with pytest.raises(SystemExit) as end:
            app(["network", *(str(word) for word in words)], prog_name="sim")
        captured = capfd.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return calling


def test_describe_prints_a_table(town, call):
    code, out, err = call("describe", "town.yaml")
    assert (code, err) == (0, "")
    assert "residents" in out
    assert "Ties of age_band, to:" in out


def test_describe_as_csv_and_json_agree(town, call):
    table = pd.read_csv(io.StringIO(call("describe", "town.yaml", "--format", "csv")[1]))
    records = json.loads(call("describe", "town.yaml", "--format", "json")[1])
    assert list(table.columns) == ["part", "figure", "value"]
    assert [row["figure"] for row in records] == table["figure"].tolist()
    held = table.set_index("figure")["value"]
    assert held["residents"] == 300
    assert held["share of ties of gender=woman to gender=woman"] > 0


def test_another_seed_is_another_community(town, call):
    assert call("describe", "town.yaml")[1] != call("describe", "town.yaml", "--seed", 2)[1]


def test_describe_a_survey(town, call):
    code, out, _ = call("describe", "survey.yaml", "--format", "csv")
    assert code == 0
    held = pd.read_csv(io.StringIO(out)).set_index("figure")["value"]
    assert held["ties"] == 80
    assert pd.isna(held["ties per resident, greatest"])


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture(town, call, ending):
    code, _, err = call("describe", "town.yaml", "--figure", f"pictures/town.{ending}", "--colour", "age_band")
    assert code == 0
    assert f"wrote pictures/town.{ending}" in err
    assert 20_000 < (town / "pictures" / f"town.{ending}").stat().st_size < 1_000_000


def test_a_picture_of_a_survey_needs_private(town, call):
    code, out, err = call("describe", "survey.yaml", "--figure", "town.png")
    assert (code, out) == (2, "")
    assert "--private" in err
    assert not (town / "town.png").exists()
    code, _, err = call("describe", "survey.yaml", "--figure", "town.png", "--private", "--colour", "side")
    assert code == 0
    assert "not for sharing" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--figure", "town.pdf"], "must end in .svg or .png"),
        (["--colour", "age_band"], "give --figure FILE"),
        (["--figure", "t.png", "--colour", "age_bands"], "did you mean 'age_band'"),
    ],
)
def test_describe_refuses(town, call, words, said):
    code, _, err = call("describe", "town.yaml", *words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_check_prints_targets(town, call):
    code, out, _ = call("check", "town.yaml", "--set", "community.synthesise.residents=2000")
    assert code == 0
    assert "35 of 35 targets met" in out
    assert "Tolerances are our judgement" in out
    assert "residents with 1 close friend " in out
    table = pd.read_csv(io.StringIO(call("check", "town.yaml", "--format", "csv", "--communities", 2)[1]))
    assert (table["difference"] - (table["achieved"] - table["wanted"])).abs().max() < 1e-12
    assert set(table["verdict"]) <= {"met", "missed"}
    assert (table["met_in"] <= 2).all()


def test_a_target_that_cannot_be_met_is_missed(town, call):
    out = call("check", "town.yaml", "--set", "community.synthesise.targets.friends_clustering=0.9")[1]
    (line,) = [line for line in out.splitlines() if line.startswith("friends of a resident who are friends")]
    assert "missed" in line


def test_check_of_a_survey_says_why_not(town, call):
    code, _, err = call("check", "survey.yaml")
    assert code == 2
    assert "no targets" in err
