"""Sensitivity of a scenario, from Python and from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import write_small_study
from typer.testing import CliRunner

import sim
from sim.errors import InputError
from sim.experiments import asked_axes, scenario_model, usual_axes
from sim.run import play_unit

pytest.importorskip("SALib", reason="needs pip install -e '.[sensitivity]'")

STRENGTH = "interventions.befriending.effects[0].tie.strength"
THEORY = "mechanisms.influence.theory"
RULE = "interventions.befriending.spread.rule"
BY = "interventions.befriending.choose.by"
CHOICES = {STRENGTH: None, THEORY: None, RULE: None, BY: ["loneliness", "random", "degree"]}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> sim.Study:
    return sim.load(write_small_study(tmp_path_factory.mktemp("study")))


@pytest.fixture(scope="module")
def found(study: sim.Study, tmp_path_factory: pytest.TempPathFactory) -> sim.Sensitivity:
    out = tmp_path_factory.mktemp("out") / "morris"
    return sim.sensitivity(study["befriending"], parameters=CHOICES, samples=3, seeds=2, out=out, progress=False)


def test_everything_with_a_range_is_varied_unless_told(study: sim.Study) -> None:
    space = usual_axes([study["befriending"]])
    paths = space.paths
    assert {STRENGTH, THEORY, RULE, "mechanisms.loneliness.contagion", "mechanisms.loneliness.peer_effect"} <= set(
        paths
    )
    axis = space[paths.index("mechanisms.loneliness.peer_effect")]
    entry = sim.evidence.entry("loneliness.peer_effect")
    assert (axis.low, axis.high) == (entry.low, entry.high)
    assert not any(".cost." in path for path in paths), "costs move no outcome"
    assert "interventions.befriending.runs.places" not in paths, "what the file itself says is decided"
    assert "mechanisms.influence.confidence_bound" not in paths, "its range is for one theory only"


def test_ranges_and_options_can_be_given(study: sim.Study) -> None:
    given = [f"{STRENGTH}=0.2..0.4", "interventions.befriending.runs.places=10..30", f"{THEORY}=degroot,none"]
    strength, places, theory = asked_axes(given, [study["befriending"]])
    assert (strength.low, strength.high, strength.whole) == (0.2, 0.4, False)
    assert (places.low, places.high, places.whole) == (10, 30, True)
    assert theory.options == ("degroot", "none")
    talk = asked_axes(["interventions.befriending.spread.talk"], [study["befriending"]])[0]
    assert talk.options == (False, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"mechanisms.influence.sceptibility": None}, "did you mean 'mechanisms.influence.susceptibility'"),
        (["interventions.befriending.runs.places=low..high"], "low..high"),
        (["interventions.befriending.cost.fixed"], "no range"),
        ({STRENGTH: (0.4, 0.2)}, "from a lower to a higher"),
        ({STRENGTH: "high"}, "give"),
    ],
)
def test_what_cannot_be_varied_is_said(study: sim.Study, asked: object, said: str) -> None:
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        sim.sensitivity(study["befriending"], parameters=asked, samples=2, progress=False)  # type: ignore[arg-type]


def test_effects_are_those_of_a_run_to_the_bit(study: sim.Study) -> None:
    space = asked_axes(CHOICES, [study["befriending"]])
    model = scenario_model(study.plan, ["befriending"], space, {})
    values = {STRENGTH: 0.45, THEORY: "degroot", RULE: "threshold", BY: "random"}
    for row, seed in zip(model.play(values, [1, 2]), [1, 2], strict=True):
        plan = model.plan(values)
        assert {item.name: item for item in plan["befriending"].mechanisms}["influence"].theory == "degroot"
        assert plan["befriending"].interventions[0].spread.contacts == 2
        assert plan["befriending"].interventions[0].choose.by == "random"
        table = play_unit(plan, plan["befriending"].community_of(seed), seed).effects
        table = table[(table["group"] == "all") & (table["when"] == "horizon") & (table["measure"] != "worse_off")]
        assert len(table) > 20
        for measure, effect in zip(table["measure"].astype(str), table["effect"], strict=True):
            assert row[f"befriending: {measure}"] == effect, measure
        table = play_unit(plan, plan["befriending"].community_of(seed), seed).effects
        table = table[(table["group"] == "all") & (table["when"] == "average") & (table["measure"] == "loneliness")]
        assert row["befriending: loneliness, average"] == pytest.approx(table["effect"].item(), rel=1e-9)


def test_the_result_says_what_matters(found: sim.Sensitivity) -> None:
    assert found.indices["parameter"].iloc[0] == STRENGTH
    assert found.indices["verdict"].iloc[0] == "matters"
    assert "matters most" in found.sentence
    assert STRENGTH in found.sentence
    assert "<table" in found._repr_html_()
    assert set(found.experiments[BY]) <= {"loneliness", "random", "degree"}
    assert (found.experiments["error"] == "").all()
    assert found.experiments["loop_gain"].between(0.5, 1.5).all()
    assert len(found.experiments) == 3 * 5 * 2


def test_more_samples_extend_what_is_stored_and_change_nothing_of_it(study: sim.Study, found: sim.Sensitivity) -> None:
    counts: list[tuple[int, int]] = []

    def tell(progress: object) -> None:
        counts.append((progress.done, progress.total))  # type: ignore[attr-defined]

    more = sim.sensitivity(study["befriending"], parameters=CHOICES, samples=4, seeds=2, out=found.path, progress=tell)
    assert counts[0] == (15, 20)
    pd.testing.assert_frame_equal(more.experiments.head(30), found.experiments)
    stigma = sim.sensitivity(
        study["befriending"], measure="stigma", parameters=CHOICES, samples=4, seeds=2, out=found.path, progress=tell
    )
    assert counts[-1] == (20, 20), "another measure of the same runs plays nothing"
    assert stigma.indices["index"].iloc[0] != more.indices["index"].iloc[0]


def test_files_and_figures(found: sim.Sensitivity, tmp_path: Path) -> None:
    written = {path.name for path in found.write(tmp_path)}
    assert written == {"indices.csv", "answer.txt", "bars.svg", "bars.png", "plane.svg", "plane.png"}
    table = pd.read_csv(tmp_path / "indices.csv")
    assert table["index"].to_numpy() == pytest.approx(found.indices["index"].to_numpy())
    with pytest.raises(InputError, match="bars, plane"):
        found.plot("tornado")


def test_only_what_can_be_analysed(study: sim.Study) -> None:
    with pytest.raises(InputError, match="name the scenario"):
        sim.sensitivity(study, progress=False)
    with pytest.raises(InputError, match="compared with"):
        sim.sensitivity(study["baseline"], progress=False)
    with pytest.raises(InputError, match="did you mean 'loneliness'"):
        sim.sensitivity(study["talks"], measure="lonliness", progress=False)
    with pytest.raises(InputError, match="averages over the weeks are kept of loneliness"):
        sim.sensitivity(study["talks"], measure="isolated", when="average", progress=False)
    with pytest.raises(InputError, match="first which of them matter"):
        sim.sensitivity(study["talks"], method="sobol", progress=False)


def test_seeds_in_other_communities_are_not_taken_for_the_same(study: sim.Study, tmp_path: Path) -> None:
    for communities in (2, 1):
        other = sim.load(study.paths[0], {"communities": communities, "weeks": 2})
        call = {"parameters": {STRENGTH: None}, "seeds": 1, "out": tmp_path / "out", "progress": False}
        if communities == 2:
            sim.sensitivity(other["befriending"], "tornado", **call)  # type: ignore[arg-type]
            continue
        with pytest.raises(InputError, match="communities was 2, is now 1"):
            sim.sensitivity(other["befriending"], "tornado", **call)  # type: ignore[arg-type]


def test_without_salib_it_says_what_to_install(study: sim.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(InputError, match=r"\.\[sensitivity\]"):
        sim.sensitivity(study["befriending"], progress=False)


def test_the_command(study: sim.Study, tmp_path: Path) -> None:
    from sim.cli.main import app

    path = str(Path(study.paths[0]) / "befriending.yaml")
    call = ["sensitivity", path, "--method", "tornado", "--seeds", "2", "--parameter", f"{STRENGTH}=0.2..0.5",
            "--parameter", THEORY, "--workers", "1", "--out", str(tmp_path / "out"), "--set", "weeks=10"]  # fmt: skip
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert "swing" in result.stdout
    assert STRENGTH in result.stdout
    assert (tmp_path / "out" / "tornado.png").is_file()
    again = CliRunner().invoke(app, call)
    assert again.stdout == result.stdout
    assert "7 of 7 points are there already" in again.stderr
    wrong = CliRunner().invoke(app, [*call, "--samples", "3"])
    assert wrong.exit_code == 2
    assert "takes no samples" in wrong.stderr
    folder = CliRunner().invoke(app, ["sensitivity", str(study.paths[0])])
    assert folder.exit_code == 2
    assert "--scenario" in folder.stderr


def test_a_loop_gain_that_is_too_great_is_flagged_and_not_lost(study: sim.Study) -> None:
    wild = {"mechanisms.engagement.withdrawal": (0.8, 30.0), "mechanisms.engagement.rejection": (0.8, 30.0),
            "mechanisms.contact.contact_effect": (0.1, 0.9)}  # fmt: skip
    found = sim.sensitivity(study["befriending"], "tornado", parameters=wild, seeds=1, progress=False)
    gains = found.experiments["loop_gain"].to_numpy()
    assert found.analysis.too_great == int((gains > 1.5).sum()) > 0
    assert np.isfinite(found.experiments["befriending: loneliness"]).all()
    assert any("loop gain above 1.5" in text for text in found.sentences)
