import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sim._version import __version__
from sim.cli import running
from sim.cli.main import app
from sim.cli.screens import duration, size
from sim.compare.wording import counted
from sim.evidence import entries
from sim.evidence.library import GRADES

FILES = {
    "community.yaml": """
abstract: true
title: Small town
question: Does it help?
outcome: loneliness
better: lower
community: {synthesise: {residents: 300, profile: england}}
weeks: 6
seeds: 3
""",
    "baseline.yaml": "extends: community.yaml\ntitle: As things are\n",
    "talks.yaml": """
extends: community.yaml
title: Kitchen-table talks
interventions:
  - name: Talks
    choose: {by: random, number: 20}
    runs: {start: 1, weeks: 5, places: 20, length: 3}
    effects:
      - shift: {loneliness: -0.2 sd, when: completed, persistence: 0.6}
    spread: {uptake: 0.8}
    cost: {fixed: 1500 GBP, year: 2024}
""",
}


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "town").mkdir()
    for name, text in FILES.items():
        (tmp_path / "town" / name).write_text(text)
    return tmp_path / "town"


@pytest.fixture
def call(capfd):
    """Call a verb in this process: exit code, stdout, stderr."""

    def calling(*words):
        with pytest.raises(SystemExit) as end:
            app([str(word) for word in words], prog_name="sim")
        out, err = capfd.readouterr()
        return end.value.code, out, err

    return calling


@pytest.fixture
def no_figures(monkeypatch):
    """Spare the seconds that figures take where a test is not about them."""

    def write_report(folder):
        (Path(folder) / "report.html").write_text("")
        return Path(folder) / "report.html"

    monkeypatch.setattr("sim.report.write_report", write_report)


def start(*words, **options):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-m", "sim", *map(str, words)], env=environment, capture_output=True, text=True,
        check=False, **options,
    )  # fmt: skip


def test_a_run_ends_with_the_answer_and_the_report(town, call):
    code, out, err = call("run", "town", "--workers", "1")
    assert code == 0
    assert "Small town: 2 scenarios, 3 runs of each, 6 weeks" in err
    assert "3 to play with 1 worker" in err
    assert re.search(r"^Loneliness after 6 weeks, compared with As things are \(0\.\d+\)$", out, re.MULTILINE)
    assert re.search(r"^Kitchen-table talks .* \d of 3 +£1,500 +too few runs$", out, re.MULTILINE)
    assert "does not predict" in out
    assert out.rstrip().splitlines()[-1] == "results/town/report.html"
    assert (town.parent / "results/town/report.html").is_file()
    before = (town.parent / "results/town/report.html").stat().st_mtime_ns
    code, again, err = call("run", "town", "--workers", "1")
    assert (code, again) == (0, out)
    assert "all 3 runs are there already" in err
    assert (town.parent / "results/town/report.html").stat().st_mtime_ns == before
    code, _, err = call("run", "town", "--workers", "1", "--seeds", "4")
    assert "3 of 4 runs are there already; 1 to play with 1 worker" in err
    code, _, err = call("run", "town", "--set", "interventions.Talks.runs.places=9")
    assert code == 2
    assert "scenario 'talks': interventions[0].runs.places was 20, is now 9" in err
    assert "Traceback" not in err


def test_failed_runs_are_told_first_and_are_exit_code_1(town, call, monkeypatch, no_figures):
    import sim.run

    real = sim.run.play_unit

    def play(plan, community, seed):
        if seed == 2:
            raise ZeroDivisionError("one over nothing")
        return real(plan, community, seed)

    monkeypatch.setattr(sim.run, "play_unit", play)
    code, out, err = call("run", "town", "--workers", "1", "--out", "out")
    assert code == 1
    assert "1 run failed (listed in out/failures.csv)" in err
    assert "all scenarios, seed 2: ZeroDivisionError: one over nothing" in err
    assert re.search(r"\d of 2 ", out)
    assert out.rstrip().endswith("out/report.html")


def test_a_dry_run_says_how_long_and_how_large_and_writes_nothing(town, call):
    code, out, _ = call("run", "town", "--dry-run", "--seeds", "40", "--workers", "2")
    assert code == 0
    assert re.search(r"^40 to play: about \d+ (s|min) with 2 workers, judged by one trial run$", out, re.MULTILINE)
    assert re.search(r"^[\d,]+ rows, about .* in results/town$", out, re.MULTILINE)
    assert not (town.parent / "results").exists()


def test_what_a_user_can_mend_is_a_line_and_exit_code_2(town, call):
    (town / "talks.yaml").write_text(FILES["talks.yaml"].replace("choose", "chose"))
    code, out, err = call("run", "town")
    assert (code, out) == (2, "")
    assert "town/talks.yaml:6: " in err
    assert "'choose'" in err
    assert "Traceback" not in err
    for words in (["run", "nowhere"], ["compare", "town"], ["report", "town"], ["check", "nowhere"]):
        code, _, err = call(*words)
        assert code == 2, words
        assert err.strip()
        assert "Traceback" not in err


@pytest.mark.parametrize("words", [
    ["run"], ["run", "town", "--seeds", "0"], ["run", "town", "--seeds", "x"], ["run", "town", "--sees", "3"], ["rn"],
])  # fmt: skip
def test_bad_calls_are_exit_code_2(town, call, words):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert "Error" in err


def test_a_near_miss_is_guessed(call):
    assert "--seeds" in call("run", "town", "--sees", "3")[2]
    assert "run" in call("rnu")[2]


def test_a_defect_shows_where_it_happened(town, call, monkeypatch):
    monkeypatch.setattr("sim.scenario.planning.load_plan", lambda *given: 1 / 0)
    code, _, err = call("check", "town")
    assert code == 1
    assert "ZeroDivisionError" in err
    assert "defect of sim" in err


def test_stored_results_are_compared_again(town, call, no_figures):
    call("run", "town", "--workers", "1", "--out", "one")
    call("run", "town", "--workers", "1", "--out", "two", "--set", "interventions.Talks.runs.places=5")
    code, out, _ = call("compare", "one", "--measure", "stigma", "--by", "gender")
    assert code == 0
    assert out.startswith("Stigma after 6 weeks")
    assert re.search(r"^Kitchen-table talks +(man|woman|men|women)", out, re.MULTILINE)
    assert "on whom" not in out
    code, out, _ = call("compare", "one")
    assert re.search(r"^Loneliness, on whom$", out, re.MULTILINE)
    assert re.search(r"those who took part +\d+ ", out)
    assert "those offered a place" in out
    assert "everybody else" in out
    code, out, _ = call("compare", "one", "--measure", "cost")
    assert "on whom" not in out  # no effect on a single resident
    code, out, _ = call("compare", "one", "--by", "part", "--format", "csv")
    assert {line.split(",")[2] for line in out.splitlines()[1:]} >= {"offered", "participants", "spillover"}
    code, out, _ = call("compare", "one", "two", "--format", "csv")
    rows = pd.read_csv(pd.io.common.StringIO(out))
    assert list(rows["folder"]) == ["one", "one", "two", "two"]
    assert set(rows["group"]) == {"all"}
    code, out, _ = call("compare", "one", "--format", "json", "--measure", "all")
    found = json.loads(out)
    stored = pd.read_csv(town.parent / "one/comparison.csv")
    assert len(found) == (stored["group"] == "all").sum()
    assert found[0]["effect"] == stored["effect"][0]
    code, _, err = call("compare", "one", "--measure", "stigmma")
    assert code == 2
    assert "did you mean 'stigma'" in err


def test_the_report_is_written_again(town, call, no_figures):
    call("run", "town", "--workers", "1", "--out", "one")
    (town.parent / "one/report.html").unlink()
    assert call("report", "one") == (0, "one/report.html\n", "")
    assert (town.parent / "one/report.html").is_file()


def test_scenarios_are_checked_explained_and_told_apart(town, call):
    assert call("check", "town", "town/talks.yaml")[1] == (
        "town: 2 scenarios (baseline, talks): no problems found\n"
        "town/talks.yaml: 2 scenarios (baseline, talks): no problems found\n"
    )
    code, out, _ = call("explain", "town/talks.yaml")
    assert code == 0
    assert "Kitchen-table talks" in out
    assert "Loop gain: " in out
    assert "As things are" not in out
    assert "mechanisms.influence.susceptibility" in call("explain", "town", "--paths")[1]
    assert "Talks" in call("diff", "town/baseline.yaml", "town/talks.yaml")[1]
    assert call("diff", "town/talks.yaml", "town/talks.yaml")[1] == "no difference\n"


def test_problems_of_all_paths_come_at_once(town, call):
    (town / "talks.yaml").write_text(FILES["talks.yaml"].replace("choose", "chose"))
    (town.parent / "other.yaml").write_text("weeeks: 3\n")
    _, _, err = call("check", "town", "other.yaml")
    assert "town/talks.yaml:6" in err
    assert "other.yaml:1" in err


def test_a_new_study_can_be_run(town, call):
    code, out, err = call("new", "mine")
    assert (code, out) == (0, "sim run mine\n")
    assert "mine/baseline.yaml" in err
    assert call("check", "mine")[0] == 0
    assert call("new", "mine")[0] == 2


def test_what_is_known_can_be_looked_up(call):
    assert json.loads(call("schema")[1])["$schema"].startswith("https://json-schema.org")
    assert "befriending" in call("catalogue")[1]
    assert "Sources" in call("catalogue", "befriending")[1]
    assert "did you mean 'befriending'" in call("catalogue", "befriendin")[2]
    assert re.search(r"^influence\.anchoring +\S+ .*assumption", call("evidence")[1], re.MULTILINE)
    assert "source: " in call("evidence", "befriending.uptake")[1]
    assert "befriending.places" in call("evidence", "befriending")[1]
    assert call("evidence", "nothing.known")[0] == 2


def test_evidence_is_filtered_by_grade_and_by_how_names_begin(call):
    code, out, _ = call("evidence", "--grade", "trial")
    assert code == 0
    rows = out.splitlines()[1:]
    trials = {name for name, each in entries().items() if each.support == "trial"}
    assert {row.split()[0] for row in rows} == trials
    rows = call("evidence", "england", "--grade", "cohort")[1].splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["england.loneliness_clustering"]
    code, _, err = call("evidence", "influence.noise", "--grade", "trial")
    assert code == 2
    assert "no evidence entry of grade 'trial' whose name begins with 'influence.noise'" in err
    assert call("evidence", "--grade", "trail") == (
        2, "", f"--grade: there is no grade 'trail'; did you mean 'trial'? grades: {', '.join(GRADES)}\n"
    )  # fmt: skip


def test_the_help_names_every_grade(call):
    words = " ".join(call("evidence", "--help")[1].split())
    assert [grade for grade in GRADES if f"{grade}" not in words] == []


def test_cited_works_are_printed_with_what_they_are_for_or_as_bibtex(call):
    code, out, _ = call("evidence", "befriending.uptake", "--cite")
    assert code == 0
    assert out.startswith("Priebe, S.")
    assert "priebe_2019, for befriending.uptake" in out
    assert "mead_2010, for befriending.strength" in call("evidence", "befriending", "--cite")[1]
    works = call("evidence", "befriending.uptake", "--bibtex")[1]
    assert works.startswith("@misc{priebe_2019,\n  author = {Priebe, S. and ")
    cited = {key for each in entries().values() for key in each.sources}
    assert set(re.findall(r"^@\w+\{(\w+),$", call("evidence", "--bibtex")[1], re.MULTILINE)) == cited
    assert call("evidence", "influence.noise", "--cite") == (0, "", "these numbers cite no work\n")


def test_the_description_of_the_model_is_filled_for_a_scenario(town, call):
    code, out, _ = call("explain", "town/talks.yaml", "--odd", "--set", "mechanisms.loneliness.rate=0.123")
    assert code == 0
    assert out.startswith("# Model description (ODD): Kitchen-table talks\n")
    assert "## 7. Submodels" in out
    assert "0.123 a week" in out
    assert "town/talks.yaml:" in out
    assert call("explain", "town", "--odd")[1].startswith("# Model description (ODD): a study\n")
    assert call("explain", "town", "--odd", "--paths")[0] == 2


def test_a_run_says_what_its_numbers_rest_on(town, call, no_figures):
    _, _, err = call("run", "town", "--workers", 1, "--seeds", 1)
    found = json.loads(Path("results/town/manifest.json").read_text())["evidence"]
    assert set(found) == {"numbers", "by_grade", "works", "set_without_source"}
    known = entries()
    assert {"loneliness.rate", "england.lonely_often", "ties.support_weight"} <= set(found["numbers"])
    assert "befriending.uptake" not in found["numbers"]
    assert "spread.broadcast" in found["numbers"]  # a default that the intervention leans on
    assert sum(found["by_grade"].values()) == len(found["numbers"])
    told = re.search(r"rests on (\d+) numbers: (.*) \(", err)
    assert int(told[1]) == sum(map(int, re.findall(r"(\d+) ", told[2]))) == len(found["numbers"]) + 4
    assert found["by_grade"]["assumption"] == sum(known[name].is_assumption for name in found["numbers"])
    assert set(found["works"]) == {key for name in found["numbers"] for key in known[name].sources}
    assert found["set_without_source"] == [
        "interventions.Talks.cost.fixed", "interventions.Talks.effects[0].shift.loneliness",
        "interventions.Talks.effects[0].shift.persistence", "interventions.Talks.spread.uptake",
    ]  # fmt: skip
    assert f"{found['by_grade']['assumption']} assumptions, 4 set in the scenarios without a source (" in err


def test_a_run_names_the_files_in_which_values_without_a_source_stand(town):
    def stored(file, *paths):
        return {"file": file, "origins": {path: {"kind": "file", "where": f"{file}:3"} for path in paths}}

    manifest = {"scenarios": {"a": stored("a.yaml"), "b": stored("b.yaml", "x", "y"), "c": stored("c.yaml", "y", "z")}}
    files = [Path("a.yaml"), Path("b.yaml"), Path("c.yaml")]
    assert running._where_set(manifest, ["x", "y"], files) == ["b.yaml"]
    assert running._where_set(manifest, ["x", "y", "z"], files) == ["b.yaml", "c.yaml"]
    assert running._where_set(manifest, ["x", "y"], [Path("town")]) == ["town"]


def test_every_verb_has_help_and_the_version_is_printed(call):
    assert call("--version") == (0, f"sim {__version__}\n", "")
    verbs = re.findall(r"^  (\w+)  ", call("--help")[1].split("Commands:")[1], re.MULTILINE)
    assert verbs == [
        "run", "compare", "report", "sensitivity", "explore", "check", "explain", "diff", "new", "schema", "catalogue",
        "evidence", "calibrate", "network",
    ]  # fmt: skip
    for verb in verbs:
        code, out, err = call(verb, "--help")
        assert (code, err) == (0, "")
        assert out.startswith("Usage: sim ")


def test_as_a_program(town):
    done = start("check", "town", cwd=town.parent)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "town: 2 scenarios (baseline, talks): no problems found\n",
        "",
    )
    assert "\x1b" not in start("evidence").stdout  # no colours in a pipe


def test_a_reader_that_has_enough_ends_it_quietly(town):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "schema"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_numbers_are_said_for_readers():
    assert [duration(x) for x in (0.2, 40, 200, 7800)] == ["1 s", "40 s", "3 min", "2 h 10 min"]
    assert [counted(x, "run") for x in (0, 1, 2, 1200)] == ["0 runs", "1 run", "2 runs", "1,200 runs"]
    assert [size(x) for x in (12, 1500, 3_240_000, 5e10)] == ["12 bytes", "1.5 kB", "3.2 MB", "50 GB"]
