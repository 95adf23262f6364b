from types import SimpleNamespace

import numpy as np
import pytest
from fake_study import FakePlan, tables
from fake_study import play as fake_play

from sim import ensemble, stats
from sim.errors import InputError
from sim.study.precision import MIN_SEEDS, half_widths, to_precision


def spread_out(plan, community, seed):
    """Play a study whose effect is -0.1 with a standard deviation of about 1 over the seeds."""
    found = tables(plan, community, seed)
    luck = np.random.Generator(np.random.Philox(key=[7, seed])).normal()
    found.effects["effect"] = -0.1 + luck
    return found


class Study(dict):
    """A study that can be had with another number of seeds."""

    def __init__(self, seeds):
        super().__init__(FakePlan().scenarios)
        self.plan = FakePlan(seeds=seeds)

    def changed(self, seeds):
        return Study(seeds)


def player(out, how=spread_out):
    def play(study, fresh):
        return ensemble.run(study.plan, out, fresh=fresh, play=how)

    return play


def test_seeds_are_added_until_the_interval_is_narrow(tmp_path):
    told = []
    outcome = to_precision(Study(4), tmp_path / "out", 0.25, 1000, False, player(tmp_path / "out"), told.append)
    width = half_widths(outcome.folder, Study(4).plan)["befriending"]
    assert width <= 0.25
    assert 40 < outcome.planned < 100  # (1.96 / 0.25) ** 2 is 61, for a standard deviation of 1
    assert (outcome.already, outcome.played, outcome.done) == (0, outcome.planned, outcome.planned)
    assert told == list(outcome.notes)
    assert told[-1].startswith(f"precise enough with {outcome.planned} seeds: the least certain scenario, befriending")


def test_the_interval_is_that_of_the_comparison(tmp_path):
    plan = FakePlan(seeds=12, communities=4)
    folder = ensemble.run(plan, tmp_path / "out", play=spread_out).folder
    values = [spread_out(plan, *unit).effects["effect"][0] for unit in ensemble.units_of(plan)]
    communities = [unit.community for unit in ensemble.units_of(plan)]
    interval = stats.cluster_interval(values, communities)
    assert half_widths(folder, plan) == {"befriending": pytest.approx((interval.upper - interval.lower) / 2)}


def test_it_ends_at_the_most_seeds_and_says_so(tmp_path):
    outcome = to_precision(Study(4), tmp_path / "out", 0.01, 50, False, player(tmp_path / "out"))
    assert outcome.planned == 50
    assert outcome.notes[-1].startswith("not precise enough with 50 seeds, the most allowed")


def test_it_goes_on_from_what_is_stored(tmp_path):
    play = player(tmp_path / "out")
    first = to_precision(Study(4), tmp_path / "out", 0.4, 1000, False, play)
    again = to_precision(Study(4), tmp_path / "out", 0.4, 1000, False, play)
    assert (again.already, again.played, again.changed) == (first.planned, 0, False)
    finer = to_precision(Study(4), tmp_path / "out", 0.25, 1000, False, play)
    assert (finer.already, finer.played) == (first.planned, finer.planned - first.planned)
    assert finer.planned > first.planned


def test_never_fewer_than_tell_the_spread(tmp_path):
    outcome = to_precision(Study(3), tmp_path / "out", 100.0, 1000, False, player(tmp_path / "out", fake_play))
    assert outcome.planned == MIN_SEEDS


def test_fresh_removes_what_is_stored_once(tmp_path):
    seen = []

    def play(study, fresh):
        seen.append(fresh)
        return ensemble.run(study.plan, tmp_path / "out", fresh=fresh, play=spread_out)

    to_precision(Study(4), tmp_path / "out", 0.25, 1000, True, play)
    assert seen[0] is True
    assert len(seen) > 1
    assert not any(seen[1:])


def test_an_interrupt_ends_it(tmp_path):
    def play(study, fresh):
        return SimpleNamespace(interrupted=True, planned=20)

    assert to_precision(Study(4), tmp_path / "out", 0.25, 1000, False, play).interrupted


@pytest.mark.parametrize(("wanted", "most", "said"), [
    (0.0, 100, "precision must be a number above 0, not 0.0"),
    (float("nan"), 100, "precision must be a number above 0"),
    (0.1, 1, "the most seeds must be 2 or more"),
    (0.1, 3, "the study has 4 seeds already, more than the most allowed"),
])  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path, wanted, most, said):
    with pytest.raises(InputError, match=said):
        to_precision(Study(4), tmp_path / "out", wanted, most, False, player(tmp_path / "out"))


def test_nothing_to_compare_is_refused(tmp_path):
    study = Study(4)
    del study["befriending"]
    with pytest.raises(InputError, match="a scenario to compare"):
        to_precision(study, tmp_path / "out", 0.1, 100, False, player(tmp_path / "out"))
