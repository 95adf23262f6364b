"""docs/surveys.md: every example that can be copied is in the format of scenario files, and every scale is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.community.survey.spec import SCALES
from sim.scenario.checking import check_format
from sim.scenario.yaml_lines import read_yaml

PAGE = Path(__file__).resolve().parents[2] / "docs" / "surveys.md"
SOURCES = ("survey", "egocentric", "graph")


def blocks() -> list[str]:
    """Return the indented blocks of the page, without their indentation."""
    found = re.findall(r"(?:^(?:    .*)?\n)*^    .*\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts = []
    for block in found:
        lines = [line for line in block.splitlines() if line.strip()]
        depth = min(len(line) - len(line.lstrip()) for line in lines)
        texts.append("\n".join(line[depth:] for line in lines))
    return [part for text in texts for part in re.split(r"\n(?=community:|memberships:)", text)]


def as_scenario(block: str) -> str:
    if block.startswith("community:"):
        return block
    if block.startswith(SOURCES):
        inside = "\n".join(f"  {line}" for line in block.splitlines())
        return f"community:\n{inside}"
    inside = "\n".join(f"    {line}" for line in block.splitlines())
    return f"community:\n  survey:\n{inside}"


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.splitlines()[0][:40])
def test_every_example_is_in_the_format(block: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(as_scenario(block) + "\n")
    problems = check_format(read_yaml(path)).problems
    assert not problems, [str(problem) for problem in problems]


def test_there_are_examples_of_each_source() -> None:
    said = "\n".join(map(as_scenario, blocks()))
    assert all(f"  {source}:" in said for source in SOURCES)
    assert len(blocks()) > 8


def test_every_scale_is_listed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in SCALES if f"`{name}`" not in text] == []
