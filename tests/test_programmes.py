"""How many each intervention asked for, found eligible and invited; and what ``sim check`` says of it beforehand."""

from dataclasses import replace

import numpy as np
import pytest
from small_study import write_small_study

from sim.cli import scenarios as checking
from sim.ensemble import run
from sim.model.engine import Simulation
from sim.run import play_unit, too_few_eligible
from sim.scenario import load_plan
from sim.store import ResultFolder

WHO = """
extends: community.yaml
title: A club for the loneliest
interventions:
  - name: club
    who: {loneliness: {above: 0.5}}
    choose: {by: loneliness, number: 60}
    runs: {start: 3, weeks: 10, places: 5}
    effects: [{shift: {loneliness: -0.3 sd, when: joined}}]
    spread: {uptake: 0.7}
"""


@pytest.fixture
def plan(tmp_path):
    folder = write_small_study(tmp_path / "study")
    (folder / "club.yaml").write_text(WHO.lstrip())
    return load_plan([str(folder)], ["weeks=8", "seeds=3"])


def test_counts_equal_those_of_a_run_by_hand(plan):
    counts = play_unit(plan, 2, 2).about["programmes"]
    assert counts["baseline"] == {}
    scenario = plan["club"]
    community = plan["baseline"].build_community(2)
    simulation = Simulation(community, scenario.mechanisms, scenario.interventions, 2)
    for _ in range(2):
        simulation.step()
    able = int((np.asarray(community.observed("loneliness")) > 0.5).sum())
    for _ in range(6):
        simulation.step()
    state = community.participation["club"]
    joined = [i for i in range(len(community)) if state.ever()[i]]
    assert 0 < able < 60
    assert counts["club"]["club"] == {
        "eligible": able, "invited": able, "joined": len(joined),
        "by_invitation": sum(1 for i in joined if state.source[i] == 1), "waiting": int((state.status == 2).sum()),
    }  # fmt: skip
    assert counts["club"]["club"]["waiting"] > 0  # five places


def test_what_has_not_opened_is_not_counted(plan):
    assert play_unit(plan, 1, 1, weeks=2).about["programmes"]["club"] == {}


def test_the_manifest_holds_means_over_the_runs(plan, tmp_path):
    run(plan, tmp_path / "out")
    manifest = ResultFolder(tmp_path / "out").manifest
    mine = manifest["programmes"]["club"]["club"]
    single = [play_unit(plan, seed, seed).about["programmes"]["club"]["club"] for seed in (1, 2, 3)]
    assert mine == {"runs": 3, **{key: sum(each[key] for each in single) / 3 for key in single[0]}}
    assert "programmes" not in manifest["about"]


def test_check_says_so_before_anything_is_played(plan, tmp_path, capsys):
    found = dict(too_few_eligible(plan))
    assert list(found) == ["befriending", "club"]  # few are lonely in a small town
    sizes = [int((np.asarray(plan["club"].build_community(c).observed("loneliness")) > 0.5).sum()) for c in (1, 2, 3)]
    assert f"60 are asked for, {sum(sizes) / 3:.0f} are eligible at the start (mean of 3 communities" in found["club"]
    checking.check([tmp_path / "study"], ["seeds=3"])
    out, err = capsys.readouterr()
    assert "no problems found" in out
    assert "club.yaml: note: club: 60 are asked for" in err
    item = plan["club"].interventions[0]
    fewer = replace(item, choose=replace(item.choose, number=min(sizes)))
    enough = replace(plan, scenarios={**plan.scenarios, "club": replace(plan["club"], interventions=(fewer,))})
    assert "club" not in dict(too_few_eligible(enough))
    ids = replace(item, choose=replace(item.choose, by="everyone", number=None, ids=(1, 2, 999)))
    named = replace(plan, scenarios={**plan.scenarios, "club": replace(plan["club"], interventions=(ids,))})
    assert "3 are asked for" in dict(too_few_eligible(named))["club"]
