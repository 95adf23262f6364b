"""What is wrong with a data file is said with its row, and with the line of the scenario that it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load_plan

SCENARIO = """title: A street
outcome: loneliness
community:
  survey:
    people: data/people.csv
    ties: data/ties.csv
    groups: [area]
    loneliness:
      column: score
      scale: ucla3
"""
PEOPLE = "id,area,score\n1,N,3\n2,N,4\n3,S,9\n4,S,5\n"
TIES = "source,target\n1,2\n3,4\n"

CASES = [
    ("people.csv", "3,S,9", "3,S,10", "data/people.csv:4: column 'score' is outside its scale, 3 to 9",
     "(community.survey.people, baseline.yaml:5)"),
    ("ties.csv", "3,4", ",4", "data/ties.csv:3: column 'source': who names is missing",
     "(community.survey.ties, baseline.yaml:6)"),
    ("people.csv", "area", "aera", "data/people.csv: no column 'area' (named by `groups`); did you mean 'aera'?",
     "(community.survey.groups, baseline.yaml:7)"),
    ("people.csv", "score", "ucla", "data/people.csv: no column 'score' (named by `loneliness`)",
     "(community.survey.loneliness, baseline.yaml:8)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "row", "line"), CASES, ids=[case[4] for case in CASES])
def test_row_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, row: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for file, text in (("people.csv", PEOPLE), ("ties.csv", TIES)):
        (tmp_path / "data" / file).write_text(text.replace(old, new) if file == name else text)
    Path("baseline.yaml").write_text(SCENARIO)
    with pytest.raises(InputError) as caught:
        load_plan("baseline.yaml")
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 1, said
    assert said[0].startswith(row)
    assert said[0].endswith(line)


def test_a_graph_may_be_its_file_alone(tmp_path: Path) -> None:
    (tmp_path / "town.csv").write_text("a,b\nb,c\n")
    (tmp_path / "baseline.yaml").write_text("title: x\noutcome: loneliness\ncommunity: {graph: town.csv}\n")
    scenario = load_plan(tmp_path / "baseline.yaml")["baseline"]
    assert len(scenario.build_community(1)) == 3
    assert scenario.resolved["community"]["graph"]["file"] == "town.csv"
    (tmp_path / "baseline.yaml").write_text("title: x\noutcome: loneliness\ncommunity: {graph: twon.csv}\n")
    with pytest.raises(InputError, match=r"there is no such file; did you mean 'town.csv'\?.*baseline.yaml:3"):
        load_plan(tmp_path / "baseline.yaml")
