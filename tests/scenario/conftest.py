"""Scenario files written on the spot."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load_plan

ROOT = Path(__file__).resolve().parents[2]

COMMUNITY = """
    abstract: true
    title: Small town
    question: What helps?
    outcome: loneliness
    community:
      synthesise: {residents: 200, profile: england}
    weeks: 52
    seeds: 4
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that writes ``study/<name>.yaml`` in the current folder."""
    monkeypatch.chdir(tmp_path)

    def put(name: str, text: str, folder: str = "study") -> Path:
        path = Path(folder) / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    put("community", COMMUNITY)
    put("baseline", "extends: community.yaml\ntitle: As things are\n")
    return put


@pytest.fixture
def problems() -> Callable[..., list[str]]:
    """Return a function that loads what cannot be loaded and returns the lines that say why."""

    def said(*paths: str | Path, overrides: tuple[str, ...] = ()) -> list[str]:
        with pytest.raises(InputError) as caught:
            load_plan(paths or ["study"], overrides)
        return [str(problem) for problem in caught.value.problems]

    return said
