"""Mechanisms and effects of a user's own, defined outside the package and named in a scenario file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from small_study import write_small_study

import sim
from sim.ensemble.recording import fingerprint_of
from sim.errors import InputError
from sim.rules import Proposal, Week
from sim.scenario import load_plan
from sim.scenario.own_sources import source_hash


@dataclasses.dataclass(frozen=True)
class Winter:
    """Lowers everybody's spirits by the same amount each week."""

    name: ClassVar[str] = "winter"
    gloom: float = 0.0
    """Rise of loneliness in a week."""

    def reads(self, community: Any) -> tuple[()]:
        return ()

    def begin(self, week: Week) -> None:
        """Keep nothing."""

    def derive(self, community: Any) -> Mapping[str, Any]:
        return {}

    def propose(self, week: Week) -> Proposal:
        return Proposal(moves={"loneliness": np.full(len(week.community), self.gloom)})


@dataclasses.dataclass(frozen=True)
class Picnic:
    """Whoever takes part is less lonely from that week on."""

    kind_of_effect: ClassVar[str] = "picnic"
    joy: float = 0.1

    def begin(self, week: Week, label: str) -> None:
        """Keep nothing."""

    def apply(self, events: Any, week: Week, state: None) -> Proposal:
        return Proposal(moves={"loneliness": np.where(events.joined, -self.joy, 0.0)})

    def active_shift(self, state: None) -> Mapping[str, Any]:
        return {}


OWN = (Winter, Picnic)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_small_study(tmp_path / "study")
    (folder / "talks.yaml").unlink()
    (folder / "picnics.yaml").write_text(
        "extends: community.yaml\ninterventions:\n  - name: picnics\n    choose: {by: random, number: 30}\n"
        "    runs: {start: 2}\n    effects: [{picnic: {joy: 0.2}}]\n    spread: {uptake: 1.0, talk: false}\n"
    )
    return folder


def test_files_can_name_them_and_results_show_them(folder: Path, tmp_path: Path) -> None:
    study = sim.load(folder, {"mechanisms.winter.gloom": 0.001, "weeks": 6}, extensions=OWN)
    assert study["picnics"].interventions[0].effects == (Picnic(0.2),)
    assert study.changed(seeds=3)["picnics"].mechanisms == study["picnics"].mechanisms
    study.play(tmp_path / "out", progress=False)
    results = sim.Results.open(tmp_path / "out")
    moved = results.contributions
    moved = moved[(moved["outcome"] == "loneliness") & (moved["week"] == 6) & (moved["rule"] == "winter")]
    assert moved["value"].to_numpy() == pytest.approx(np.full(len(moved), 0.006), rel=0.01)
    effect = results.comparison("loneliness").set_index(["scenario", "group", "when"])["effect"]
    assert effect["picnics", "all", "horizon"] < -0.01


def test_workers_play_them_as_this_process_does(folder: Path, tmp_path: Path) -> None:
    study = sim.load(folder, {"weeks": 4}, extensions=OWN)
    for workers in (1, 2):
        study.play(tmp_path / str(workers), workers=workers, progress=False)
    alone, together = (sim.Results.open(tmp_path / name).effects for name in ("1", "2"))
    pd.testing.assert_frame_equal(alone, together)


def test_without_them_the_file_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="picnic"):
        sim.load(folder)
    sim.load(folder, extensions=OWN)
    with pytest.raises(InputError, match="picnic"):
        sim.load(folder)  # they are known to the study that was loaded with them, and to no other


def test_a_mechanism_can_be_varied(folder: Path) -> None:
    study = sim.load(folder, {"weeks": 4}, extensions=OWN)
    parameters = {"mechanisms.winter.gloom": (0.0, 0.01), "interventions.picnics.effects[0].picnic.joy": (0.0, 0.4)}
    pytest.importorskip("SALib", reason="needs pip install -e '.[sensitivity]'")
    found = sim.sensitivity(study["picnics"], "tornado", parameters=parameters, seeds=2, progress=False)
    assert found.indices["parameter"].iloc[0].endswith("joy")


def changed_winter() -> type:
    @dataclasses.dataclass(frozen=True)
    class Winter:
        name: ClassVar[str] = "winter"
        gloom: float = 0.0

        def reads(self, community: Any) -> tuple[()]:
            return ()

        def begin(self, week: Week) -> None:
            """Keep nothing."""

        def derive(self, community: Any) -> Mapping[str, Any]:
            return {}

        def propose(self, week: Week) -> Proposal:
            return Proposal(moves={"loneliness": np.full(len(week.community), 2 * self.gloom)})

    return Winter


def test_results_of_one_class_are_not_taken_for_those_of_another(folder: Path, tmp_path: Path) -> None:
    other = changed_winter()
    assert source_hash(other) != source_hash(Winter)
    assert source_hash(changed_winter()) == source_hash(other)
    before = fingerprint_of(load_plan(folder, (), OWN))
    assert before.parts["extensions"] == {"picnic": source_hash(Picnic), "winter": source_hash(Winter)}
    few = {"weeks": 2, "seeds": 1}
    sim.load(folder, few, extensions=OWN).play(tmp_path / "out", progress=False)
    with pytest.raises(InputError, match="your own 'winter' has changed"):
        sim.load(folder, few, extensions=(other, Picnic)).play(tmp_path / "out", progress=False)


def test_a_study_without_any_has_the_fingerprint_it_had(folder: Path) -> None:
    (folder / "picnics.yaml").unlink()
    assert "extensions" not in fingerprint_of(load_plan(folder)).parts


class NoDataclass:
    name = "winter"


@dataclasses.dataclass(frozen=True)
class NoName:
    def propose(self, week: Week) -> Proposal:
        return Proposal()


@dataclasses.dataclass(frozen=True)
class Taken(Winter):
    name: ClassVar[str] = "contact"


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (NoDataclass, "must be a frozen dataclass"),
        (NoName, "needs a name"),
        (NoName, "missing: reads, begin, derive"),
        (Taken, "taken by sim.mechanisms.contact.Contact"),
        (Winter(), "must be a class, not an instance"),
    ],
)
def test_what_is_no_mechanism_is_said(folder: Path, cls: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        sim.load(folder, extensions=(cls, Picnic))
