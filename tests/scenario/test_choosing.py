# ruff: noqa: E501 - messages stand here as users see them, in one line
"""How a scenario file says whom a programme chooses, and what is said when it cannot be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from sim.interventions.spec import Choose
from sim.scenario import explain_text, load_plan
from sim.scenario.diff import diff

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[..., Path]
Problems = Callable[..., list[str]]

OWN = "extends: community.yaml\ninterventions:\n  - name: talks\n    choose: "
BEFRIENDING = "extends: community.yaml\ninterventions:\n  - use: befriending\n    choose: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{by: betweenness, number: 5}", Choose("betweenness", number=5)),
        ("{by: bridging, group: lived_experience, share: 0.1}", Choose("bridging", share=0.1, group="lived_experience")),
        ("{by: degree, kinds: [friend, family], order: lowest}", Choose("degree", "lowest", kinds=("friend", "family"))),
        ("{by: random, per: 2}", Choose("random", per=2)),
        ("{by: loneliness, per: 1, within: area, number: 3}", Choose("loneliness", per=1, within="area", number=3)),
        ("{by: nomination, kinds: [friend], number: 9}", Choose("nomination", number=9, kinds=("friend",))),
        ("{ids: [3, 17, '20']}", Choose(ids=(3, 17, "20"))),
    ],
)  # fmt: skip
def test_what_is_written_is_what_is_chosen_by(write: Write, text: str, expected: Choose) -> None:
    path = write("other", OWN + text + "\n")
    scenario = load_plan(path)["other"]
    (item,) = scenario.interventions
    assert item.choose == expected
    said = json.loads(json.dumps(scenario.resolved["interventions"][0]["choose"]))
    write("again", OWN + json.dumps(said) + "\n")
    assert load_plan("study/again.yaml")["again"].interventions[0].choose == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{by: degree, kinds: [frend], number: 3}",
         "choose.kinds: 'frend' is not a kind of tie here; did you mean 'friend'? kinds: household, family, friend, "
         "neighbour, group"),
        ("{by: random, per: 1, within: aera}", "choose.within: 'aera' is not a column of this community; did you mean 'area'?"),
        ("{by: random, per: 1, within: loneliness}",
         "choose.within: 'loneliness' is a number; a column with named values, or yes or no, is wanted"),
        ("{by: bridging, group: lived_experiences, number: 3}",
         "choose.group: 'lived_experiences' is not a column of this community; did you mean 'lived_experience'?"),
        ("{by: bridging, group: stigma, number: 3}", "choose.group: 'stigma' is a number"),
        ("{ids: [3, 17, 900, maria]}", "choose.ids: no resident has the id 900, maria"),
        ("{ids: [3], number: 2}", "choose.number: has no meaning with ids"),
        ("{ids: [3], order: lowest}", "choose.order: has no meaning with ids"),
        ("{ids: [3], by: random}", "choose.by: has no meaning with ids"),
        ("{per: 1}", "choose.per: cannot be used with by: everyone; say how they are chosen, e.g. by: random"),
        ("{by: random, per: 1, share: 0.1}", "choose.per: cannot be used with share"),
        ("{by: random, number: 3, within: area}", "choose.within: is only for 'per'"),
        ("{by: degree, number: 3, group: area}", "choose.group: is only for by: bridging"),
        ("{by: random, number: 3, kinds: [friend]}", "choose.kinds: is only for degree, betweenness, eigenvector, bridging"),
        ("{by: community, number: 3}", "choose.by: 'community' is not a rule: to choose so many of each network community"),
        ("{by: random, per: 0}", "choose.per: must be a whole number of at least 1, found 0"),
        ("{ids: 3}", "choose.ids: must be a list"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(write: Write, problems: Problems, text: str, said: str) -> None:
    (line,) = problems(write("other", OWN + text + "\n"))
    assert line.startswith(f"study/other.yaml:4: interventions[0].{said}"), line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ids: [3, 17]}", Choose(ids=(3, 17))),
        ("{by: bridging}", Choose("bridging", number=60)),
        ("{by: random, per: 1}", Choose("random", number=60, per=1)),
        ("{by: random, share: 0.2}", Choose("random", share=0.2)),
    ],
)
def test_another_way_to_choose_takes_back_what_the_catalogue_says(write: Write, text: str, expected: Choose) -> None:
    (item,) = load_plan(write("other", BEFRIENDING + text + "\n"))["other"].interventions
    assert item.choose == expected


def test_ids_of_a_synthesised_community_are_in_the_open(write: Write) -> None:
    scenario = load_plan(write("other", OWN + "{ids: [3, 17]}\n"))["other"]
    assert scenario.resolved["interventions"][0]["choose"]["ids"] == [3, 17]


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Return a function that writes a scenario which names residents of a survey."""
    shutil.copytree(ROOT / "scenarios" / "survey_example", tmp_path / "study")
    monkeypatch.chdir(tmp_path)

    def put(name: str, ids: str) -> Path:
        path = Path("study") / f"{name}.yaml"
        path.write_text(OWN + f"{{ids: {ids}}}\n", encoding="utf-8")
        return path

    return put


def test_ids_of_a_survey_are_used_and_never_shown(survey: Callable[[str, str], Path]) -> None:
    scenario = load_plan(survey("named", "[r017, r101, r044]"))["named"]
    assert scenario.interventions[0].choose.ids == ("r017", "r101", "r044")
    shown = explain_text(scenario) + json.dumps(scenario.resolved)
    shown += json.dumps({path: asdict(origin) for path, origin in scenario.origins.items()})
    assert "3 residents named in the scenario" in shown
    assert not any(name in shown for name in ("r017", "r101", "r044"))


def test_two_lists_of_a_survey_are_told_apart_and_one_list_in_another_order_is_the_same(
    survey: Callable[[str, str], Path],
) -> None:
    one, same, other = (
        load_plan(survey(name, ids))[name]
        for name, ids in [("one", "[r017, r101]"), ("same", "[r101, r017]"), ("other", "[r017, r102]")]
    )
    ids = [item.resolved["interventions"][0]["choose"]["ids"] for item in (one, same, other)]
    assert ids[0] == ids[1] != ids[2]
    assert any("ids" in item.path for item in diff(one, other))


def test_the_digest_of_a_list_hangs_on_the_survey_itself(survey: Callable[[str, str], Path]) -> None:
    path = survey("one", "[r017]")
    before = load_plan(path)["one"].resolved["interventions"][0]["choose"]["ids"]
    people = Path("study/people.csv")
    people.write_text(people.read_text(encoding="utf-8").replace("HS-878623", "HS-878624"), encoding="utf-8")
    assert load_plan(path)["one"].resolved["interventions"][0]["choose"]["ids"] != before
