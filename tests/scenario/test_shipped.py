"""The shipped studies: they load, and a typo in any of their keys is said in one line with the right name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load_plan
from sim.scenario.json_schema import json_schema, json_schema_text
from sim.scenario.nodes import Location, Node
from sim.scenario.yaml_lines import read_yaml

ROOT = Path(__file__).resolve().parents[2]
STUDIES = ROOT / "scenarios"
FILES = sorted(STUDIES.rglob("*.yaml"))
FOLDERS = sorted({path.parent for path in FILES})


def keys_of(node: Node, location: Location = ()) -> Iterator[tuple[Location, int]]:
    """Yield every key of a tree with its line."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield (*location, key), child.place.key_line
            yield from keys_of(child, (*location, key))
    elif isinstance(node.value, list):
        for position, child in enumerate(node.value):
            yield from keys_of(child, (*location, position))


# Below these, keys are names that the user gives (places, relations, columns to combine), so that no key is wrong.
NAMED_BY_USERS = ("places", "relations", "types", "orders", "combine", "close", "impute", "names", "scales", "sheets")


def is_free(location: Location) -> bool:
    return len(location) >= 2 and location[-2] in NAMED_BY_USERS


KEYS = [(path, key, line) for path in FILES for key, line in keys_of(read_yaml(path)) if not is_free(key)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_studies_load(folder: Path) -> None:
    plan = load_plan(folder)
    assert plan.baseline == "baseline"
    assert plan.name == folder.name
    assert all(not scenario.notes for scenario in plan.scenarios.values())


def test_there_are_keys_to_spoil() -> None:
    assert len(KEYS) > 40


def test_the_first_study_is_the_one_of_the_readme() -> None:
    plan = load_plan(STUDIES / "seaside_town")
    assert list(plan.scenarios) == ["baseline", "befriending", "campaign", "contact_groups", "hub_closes"]
    assert (plan.outcome, plan.better, plan.weeks, plan.seeds, plan.communities) == ("loneliness", "lower", 104, 50, 50)
    assert plan["baseline"].source.residents == 2000


@pytest.mark.parametrize(
    ("path", "key", "line"), KEYS, ids=[f"{p.parent.name}/{p.stem}:{n} {k[-1]}" for p, k, n in KEYS]
)
def test_a_typo_in_any_key_is_one_line_with_the_right_name(
    path: Path, key: Location, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tmp_path / path.parent.name
    shutil.copytree(path.parent, study)
    monkeypatch.chdir(tmp_path)
    name = str(key[-1])
    typo = name[:-1] + "x" + name[-1]
    rows = path.read_text(encoding="utf-8").splitlines()
    before, found, after = rows[line - 1].partition(f"{name}:")
    assert found, f"the key '{name}' is not in line {line}"
    rows[line - 1] = f"{before}{typo}:{after}"
    (study / path.name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_plan(study.name)
    lines = [str(problem) for problem in caught.value.problems]
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{study.name}/{path.name}:{line}: "), lines
    assert f"'{typo}'" in lines[0], lines
    assert f"did you mean '{name}'?" in lines[0], lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_first_line_names_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema.json"
    assert (path.parent / "../schema.json").resolve() == STUDIES / "schema.json"


def test_the_stored_schema_is_up_to_date() -> None:
    stored = (STUDIES / "schema.json").read_text(encoding="utf-8")
    assert stored == json_schema_text(), "run: sim schema > scenarios/schema.json"


def test_the_schema_describes_every_key_at_the_top() -> None:
    schema = json_schema()
    assert json.loads(json_schema_text()) == schema
    silent = {"community", "mechanisms"}  # described by what they hold
    assert [
        key for key, item in schema["properties"].items() if not item.get("description") and key not in silent
    ] == []
    assert schema["additionalProperties"] is False
    assert "loneliness" in schema["properties"]["outcome"]["enum"]
