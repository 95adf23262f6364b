"""Generated documents are up to date, complete, and the generator notices when they are not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from sim import catalogue
from sim.documents import evidence_text, odd_of, odd_text, stale, write
from sim.documents.markdown import in_words, table
from sim.documents.odd import BLOCKS, filled
from sim.documents.steps import steps_of
from sim.evidence import entries
from sim.interventions import EFFECTS
from sim.measures import MEASURES
from sim.mechanisms import MECHANISMS
from sim.model.engine import Simulation
from sim.scenario import load_plan
from sim.scenario.parameters import parameters

ROOT = Path(__file__).resolve().parents[2]
ODD = (ROOT / "ODD.md").read_text(encoding="utf-8")


def test_what_is_generated_is_up_to_date() -> None:
    assert stale(ROOT) == [], "run: python -m sim.documents"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path in ("ODD.md", "docs/evidence.md", "src/sim/documents/ODD.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    write(tmp_path)
    return tmp_path


def test_a_stale_table_is_found_and_mended_and_what_people_wrote_stays(repository: Path) -> None:
    odd = repository / "ODD.md"
    fresh = odd.read_text(encoding="utf-8")
    spoilt = fresh.replace("| `anchoring` |", "| `anchorage` |", 1)
    spoilt = spoilt.replace("## 6. Input data", "## 6. Input data, today")
    assert spoilt.count("anchorage") == 1
    odd.write_text(spoilt, encoding="utf-8")
    assert [path.as_posix() for path in stale(repository)] == ["ODD.md", "src/sim/documents/ODD.md"]
    write(repository)
    assert odd.read_text(encoding="utf-8") == fresh.replace("## 6. Input data", "## 6. Input data, today")
    assert stale(repository) == []


def test_a_missing_page_is_stale(repository: Path) -> None:
    (repository / "docs" / "evidence.md").unlink()
    assert [path.as_posix() for path in stale(repository)] == ["docs/evidence.md"]


def test_writing_again_changes_nothing(repository: Path) -> None:
    assert write(repository) == []
    text = (repository / "ODD.md").read_text(encoding="utf-8")
    assert odd_text(text) == text


@pytest.mark.parametrize("text", ["no marks at all", "<!-- generated: moon -->\n<!-- end: moon -->"])
def test_marks_that_nothing_fills_and_blocks_without_marks_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ODD\.md marks the blocks"):
        filled(text, dict.fromkeys(BLOCKS, ""))


# --- what ODD.md holds ---------------------------------------------------------------------------------


def test_all_seven_elements_and_all_design_concepts_are_there() -> None:
    elements = re.findall(r"^## \d\. (.*)$", ODD, re.MULTILINE)
    assert elements == [
        "Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling",
        "Design concepts", "Initialisation", "Input data", "Submodels",
    ]  # fmt: skip
    concepts = ODD.partition("## 4.")[2].partition("## 5.")[0].lower()
    for concept in (
        "basic principles", "emergence", "adaptation", "objectives", "learning", "prediction", "sensing", "interaction",
        "stochasticity", "collectives", "observation",
    ):  # fmt: skip
        assert re.search(rf"\*\*[^*]*{concept}", concepts), concept


@pytest.mark.parametrize("cls", [*MECHANISMS, *EFFECTS], ids=lambda cls: cls.__name__)
def test_every_parameter_of_every_rule_stands_in_a_table(cls: Any) -> None:
    heading, name = ("mechanisms", cls.name) if cls in MECHANISMS else ("effects", cls.kind_of_effect)
    section = ODD.partition(f"generated: {heading} -->")[2].partition(f"end: {heading} -->")[0]
    part = section.partition(f"*`{name}`*:")[2].partition("*`")[0]
    for item in parameters(cls):
        assert f"| `{item.key}` |" in part


def test_every_intervention_and_every_measure_stands_in_a_table() -> None:
    for name in (*catalogue.names(), *MEASURES):
        assert f"| `{name}` |" in ODD


def test_the_order_of_a_week_is_that_of_the_code() -> None:
    names = [name for name, _ in steps_of(Simulation.step)]
    assert names[0] == "proposals"
    assert names[-1] == "refresh"
    assert names.index("apply_moves") < names.index("apply_ties")
    assert ODD.index(f"1. `{names[0]}`") < ODD.index(f"{len(names)}. `{names[-1]}`")


def helper_one() -> None:
    """Do one thing. And explain it."""


def helper_two() -> int:
    """Do another."""
    return 2


def silent() -> None:
    pass


def test_steps_are_calls_in_the_order_in_which_they_happen_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def week() -> None:
        silent()
        print(helper_two())  # noqa: T201
        helper_one()
        helper_two()

    for function in (helper_one, helper_two, silent):
        monkeypatch.setattr(function, "__module__", "sim.example")
    assert steps_of(week) == [("helper_two", "Do another."), ("helper_one", "Do one thing.")]


# --- docs/evidence.md ----------------------------------------------------------------------------------


def test_every_number_stands_once_with_value_and_grade() -> None:
    text = evidence_text()
    rows = {line.split(" | ")[0].strip("| `"): line for line in text.splitlines() if line.startswith("| `")}
    assert set(rows) == set(entries())
    for name, item in entries().items():
        assert f"| {in_words(item.value)}" in rows[name]
        assert item.support in rows[name]
        for key in item.sources:
            assert f"`{key}`" in rows[name]
            assert f"\n- `{key}`: " in text


def test_a_cell_cannot_break_its_table() -> None:
    assert table(["a", "b"], [["x | y", "two\nlines"]]).splitlines()[-1] == "| x \\| y | two lines |"
    assert table(["a"], []) == "None."


# --- one scenario --------------------------------------------------------------------------------------


def test_the_text_of_a_scenario_has_its_own_values_and_says_where_they_come_from() -> None:
    plan = load_plan(ROOT / "scenarios" / "seaside_town", ("mechanisms.influence.susceptibility=0.0123",))
    text = odd_of(plan["befriending"])
    assert text.startswith("# Model description (ODD): Befriending for the sixty loneliest\n")
    assert len(re.findall(r"^## \d\. ", text, re.MULTILINE)) == 7
    (row,) = [line for line in text.splitlines() if line.startswith("| `influence.susceptibility` |")]
    assert "| 0.0123 a week |" in row
    assert "--set" in row
    assert "| `who.loneliness.above` |" in text
    assert "scenarios/seaside_town/befriending.yaml:" in text
    assert "2,000 residents" in text
    assert "0.0123" not in odd_of(load_plan(ROOT / "scenarios" / "seaside_town")["befriending"])


def test_the_text_of_a_study_has_the_interventions_of_all_its_scenarios() -> None:
    plan = load_plan(ROOT / "scenarios" / "survey_example")
    text = odd_of(plan)
    for scenario in plan.scenarios.values():
        assert scenario.title in text
        for item in scenario.interventions:
            assert f"(`{item.name}`" in text
    assert "`survey.nominations`" in text
    assert "The profile `england`" not in text
