"""Who is worse off: by residents' mean effects over all runs of one community, however and when these are played."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import write_small_study

import sim
from sim.community.at_start import groups_of
from sim.ensemble import estimate, run
from sim.ensemble.counting import count
from sim.ensemble.worker import Task
from sim.model.engine import Simulation
from sim.scenario import load_plan
from sim.store import OWN, ResultFolder, read_unit
from sim.tables import OwnEffects

WEEKS = 6
SURVEY = """
title: The people of a survey
outcome: loneliness
community:
  survey:
    people: people.csv
    ties: ties.csv
    lived_experience: lived
    loneliness: {column: lonely, scale: ucla3}
    groups: [lived_experience]
weeks: 6
"""


def small(folder, seeds, communities=None):
    """Return a plan about a small town in which talks do harm to those who come."""
    folder.mkdir(exist_ok=True)
    study = write_small_study(folder / "study")
    talks = study / "talks.yaml"
    talks.write_text(talks.read_text().replace("loneliness: -0.3 sd", "loneliness: 0.9 sd"))
    more = [f"communities={communities}"] if communities else []
    return load_plan([str(study)], [f"weeks={WEEKS}", f"seeds={seeds}", *more])


def surveyed(folder, seeds):
    """Return a plan about forty surveyed people, half of them with lived experience."""
    study = folder / "study"
    study.mkdir(exist_ok=True)
    people = [f"{i},{'yes' if i % 2 else 'no'},{3 + i % 7}" for i in range(40)]
    (study / "people.csv").write_text("id,lived,lonely\n" + "\n".join(people) + "\n")
    ties = [f"{i},{(i + step) % 40}" for i in range(40) for step in (1, 2, 5)]
    (study / "ties.csv").write_text("source,target\n" + "\n".join(ties) + "\n")
    (study / "baseline.yaml").write_text(SURVEY)
    (study / "talks.yaml").write_text(
        "extends: baseline.yaml\ninterventions:\n  - name: talks\n    choose: {by: random, number: 20}\n"
        "    runs: {start: 1, weeks: 4}\n    effects: [{shift: {loneliness: 1 sd, when: joined}}]\n"
        "    spread: {uptake: 0.9}\n"
    )
    return load_plan([str(study)], [f"seeds={seeds}"])


def counts(folder):
    """Return the rows of who is worse off: (scenario, community, seed, group) -> value."""
    table = ResultFolder(folder).table("effects")
    rows = table[table.measure == "worse_off"]
    assert (rows.when == "horizon").all()
    assert (rows.baseline == 0).all()
    assert (rows.value == rows.effect).all()
    return {(str(r.scenario), r.community, r.seed, str(r.group)): r.value for r in rows.itertuples()}


def tables(folder):
    return {name: (folder / f"{name}.parquet").read_bytes() for name in ("series", "effects", "ripple")}


def played_by_hand(plan, community, seed):
    """Return each scenario's loneliness at the end, and who took part in it; one resident after the other."""
    start = plan.scenarios[plan.baseline].build_community(community)
    found = {}
    for name, scenario in plan.scenarios.items():
        simulation = Simulation(start.copy(), scenario.mechanisms, scenario.interventions, seed)
        for _ in range(plan.weeks):
            simulation.step()
        people = simulation.community
        joined = [any(state.ever()[i] for state in people.participation.values()) for i in range(len(people))]
        found[name] = people.observed("loneliness").tolist(), joined
    return start, found


def test_a_resident_s_mean_effect_over_the_runs_of_her_community_is_what_counts(tmp_path):
    """Slow reference: everything played by hand, then a loop over communities, scenarios and residents."""
    plan = small(tmp_path, 5, 2)
    run(plan, tmp_path / "out")
    found, expected, paired = counts(tmp_path / "out"), {}, []
    for community, seeds in ((1, (1, 3, 5)), (2, (2, 4))):
        hand = [played_by_hand(plan, community, seed) for seed in seeds]
        start = hand[0][0]
        band, code = groups_of(start)["age_band"]
        for scenario in ("befriending", "talks"):
            effects = [
                [own - before for own, before in zip(each[scenario][0], each["baseline"][0], strict=True)]
                for _, each in hand
            ]
            worse = [i for i in range(len(start)) if sum(effect[i] for effect in effects) / len(seeds) > 0.05]
            where = (scenario, community, seeds[0])
            expected[(*where, "all")] = len(worse)
            joined = [sum(each[scenario][1][i] for i in worse) for _, each in hand]
            expected[(*where, "participants")] = sum(joined) / len(seeds)
            for number, name in enumerate(band):
                expected[(*where, f"age_band={name}")] = sum(1 for i in worse if code[i] == number)
            paired.append(sum(value > 0.05 for effect in effects for value in effect) / len(seeds))
    kept = {key: value for key, value in found.items() if key in expected}
    assert kept == pytest.approx(expected)
    assert {key[:3] for key in found} == {key[:3] for key in expected}  # one row a community, from its first seed
    alls = [value for key, value in expected.items() if key[3] == "all"]
    assert 0 < sum(alls) < 0.8 * sum(paired)  # in single pairs of runs luck makes more people worse off


def test_an_effect_that_is_known_is_counted_person_by_person():
    """Oracle: 10 lose 0.09 in two runs of three (mean 0.06), 10 exactly 0.05, 10 swing wide around nothing."""
    own = np.zeros((3, 40))
    own[:2, :10] = 0.09
    own[:, 10:20] = 0.05
    own[:, 20:30] = [[0.3], [-0.3], [0.0]]
    own[:, 30:] = np.nan
    part = np.zeros((3, 40), np.int8)
    part[0, :5] = 1 | 2  # offered and took part, in one run of three
    part[:, 5:] = 8
    added = OwnEffects()
    for effect, bits in zip(own.astype(np.float32), part, strict=True):
        added.add(pd.DataFrame({"scenario": "talks", "part": bits, "own_effect": effect}))
    rows = added.rows({"band": (("a", "b"), np.repeat([0, 1, -1, -1], 10))}, 4, 7)
    assert (rows.community == 4).all()
    assert (rows.seed == 7).all()
    assert dict(zip(rows.group, rows.value, strict=True)) == pytest.approx(
        {"all": 10, "offered": 5 / 3, "participants": 5 / 3, "spillover": 5, "band=a": 10, "band=b": 0}
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(1, 30), st.randoms(use_true_random=False))
def test_counts_are_whole_bounded_and_add_up(runs, residents, luck):
    added = OwnEffects()
    own = [[luck.uniform(-0.3, 0.4) for _ in range(residents)] for _ in range(runs)]
    for effect in own:
        frame = {"scenario": "x", "part": np.full(residents, 8, np.int8), "own_effect": np.float32(effect)}
        added.add(pd.DataFrame(frame))
    codes = np.array([luck.randrange(3) for _ in range(residents)])
    found = added.rows({"c": (("u", "v", "w"), codes)}, 1, 1).set_index("group").value
    assert found["all"] == found["spillover"] == found[["c=u", "c=v", "c=w"]].sum()
    assert found["all"] <= sum(max(column) > 0.05 for column in zip(*own, strict=True))  # nobody without a bad run
    assert found["all"] >= sum(min(column) > 0.051 for column in zip(*own, strict=True))  # all with none but bad ones


def test_where_nothing_differs_nobody_is_worse_off(tmp_path):
    plan = small(tmp_path, 4, 1)
    same = replace(plan, scenarios={**plan.scenarios, "talks": replace(plan.scenarios["talks"], interventions=())})
    run(same, tmp_path / "out")
    found = counts(tmp_path / "out")
    assert {value for key, value in found.items() if key[0] == "talks"} == {0.0}
    assert found["befriending", 1, 1, "all"] >= 0


def test_with_a_community_for_each_seed_every_unit_counts_itself(tmp_path):
    run(small(tmp_path, 2), tmp_path / "out")
    found = counts(tmp_path / "out")
    assert {key[1:3] for key in found} == {(1, 1), (2, 2)}
    units = [read_unit(path) for path in sorted((tmp_path / "out/units").iterdir())]
    assert [unit.counting for unit in units] == ["alone", "alone"]
    assert [unit.rows[OWN] for unit in units] == [0, 0]


def test_more_seeds_stops_and_workers_end_in_the_same_bytes(tmp_path):
    run(small(tmp_path, 4, 2), tmp_path / "whole")
    whole = tables(tmp_path / "whole")
    grown = tmp_path / "grown"
    first = run(small(tmp_path, 2, 2), grown)  # each seed has its own community so far: counted by the units
    assert (first.played, first.notes) == (2, ())
    assert len({key[1] for key in counts(grown)}) == 2
    guess = estimate(small(tmp_path, 4, 2), grown)
    outcome = run(small(tmp_path, 4, 2), grown, workers=2)
    assert (outcome.already, outcome.played, outcome.planned) == (0, 4, 4)
    assert guess.pending == 4
    assert "played again" in outcome.notes[0]
    assert tables(grown) == whole
    stopped = tmp_path / "stopped"
    shutil.copytree(tmp_path / "whole", stopped)
    (stopped / "effects.parquet").unlink()
    (stopped / "units/c0001-s0003.parquet").unlink()
    again = run(small(tmp_path, 4, 2), stopped)
    assert (again.already, again.played) == (3, 1)
    assert tables(stopped) == whole
    (stopped / "units/c0001-s0001.parquet").unlink()
    fewer = run(small(tmp_path, 2, 2), stopped)  # the others are still there, and share its community
    assert (fewer.already, fewer.played) == (3, 1)
    assert tables(stopped) == whole


def test_of_surveyed_people_nothing_personal_is_left_when_a_run_has_ended(tmp_path):
    out = tmp_path / "out"
    run(surveyed(tmp_path, 3), out)
    found = counts(out)
    assert {key[:3] for key in found} == {("talks", 1, 1)}  # the same people in all three: one row
    assert found["talks", 1, 1, "all"] > 0
    for path in (out / "units").iterdir():
        unit = read_unit(path)
        assert (unit.counting, unit.rows[OWN]) == ("removed", 0)
        assert not {"own_effect", "part"} & set(pd.read_parquet(path).columns)
    for path in out.rglob("*.parquet"):
        assert b"own_effect" not in path.read_bytes().replace(b'own_effects": 0', b"")
    before = {path.name: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    again = run(surveyed(tmp_path, 3), out)
    assert (again.already, again.played, again.changed) == (3, 0, False)
    assert {path.name: path.stat().st_mtime_ns for path in out.rglob("*.parquet")} == before


def test_with_more_seeds_surveyed_people_are_counted_over_all_of_them(tmp_path):
    run(surveyed(tmp_path, 4), tmp_path / "whole")
    out = tmp_path / "out"
    run(surveyed(tmp_path, 2), out)
    few = counts(out)
    assert estimate(surveyed(tmp_path, 4), out).pending == 4
    outcome = run(surveyed(tmp_path, 4), out)
    assert (outcome.already, outcome.played) == (0, 4)
    assert "(of surveyed people none are kept once counted)" in outcome.notes[0]
    assert tables(out) == tables(tmp_path / "whole")
    assert counts(out) != few
    assert all(read_unit(path).counting == "removed" for path in (out / "units").iterdir())


def test_a_stop_keeps_what_going_on_needs_and_no_half_counts(tmp_path):
    run(surveyed(tmp_path, 4), tmp_path / "whole")
    out = tmp_path / "out"
    run(surveyed(tmp_path, 2), out)
    before = counts(out)
    ended = []

    def stop(progress):
        ended.append(progress.done)
        if len(ended) == 2:  # one of the two old runs is played again by now
            raise KeyboardInterrupt

    stopped = run(surveyed(tmp_path, 4), out, progress=stop)
    assert stopped.interrupted
    assert counts(out) == before  # of the two seeds that are there
    mixed = [read_unit(path) for path in sorted((out / "units").iterdir())]
    assert [unit.counting for unit in mixed] == ["kept", "removed"]
    counted = count(surveyed(tmp_path, 4), mixed)
    assert not any(rows is not None for rows in counted.rows.values())  # rather nothing than a count over some runs
    assert counted.remark
    going_on = run(surveyed(tmp_path, 4), out)
    assert going_on.played + going_on.already == 4
    assert going_on.already >= 1
    assert tables(out) == tables(tmp_path / "whole")


def test_a_dask_worker_plays_again_what_lacks_residents_effects(tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install -e '.[dask]'")
    from sim.ensemble import shipment as shipping

    run(surveyed(tmp_path, 2), tmp_path / "out")
    run(small(tmp_path / "town", 2), tmp_path / "alone")
    plan = surveyed(tmp_path, 2)
    for folder, of, again in (("out", plan, True), ("alone", small(tmp_path / "town", 2), False),
                              ("alone", small(tmp_path / "town", 4, 2), True)):  # fmt: skip
        path = tmp_path / folder / "units/c0001-s0001.parquet"
        digest = read_unit(path).fingerprint
        shipment = shipping.Shipment("token", b"", {}, digest, {}, path.parent, path)
        assert (shipment._stored(path, Task(of, path.parent, digest)) is None) == again


def test_rounds_of_more_seeds_play_nothing_twice_and_leave_nothing_personal(tmp_path):
    surveyed(tmp_path, 2)
    study = sim.load(tmp_path / "study").changed(seeds=2)
    outcome = study.run(out=tmp_path / "out", precision=1e-4, max_seeds=22, progress=False).outcome
    assert outcome.played == 22
    assert not any("played again" in note for note in outcome.notes)
    run(surveyed(tmp_path, 22), tmp_path / "whole")
    assert counts(tmp_path / "out")["talks", 1, 1, "all"] == counts(tmp_path / "whole")["talks", 1, 1, "all"]
    assert all(read_unit(path).counting == "removed" for path in (tmp_path / "out/units").iterdir())
