"""What is taken together in every week equals the measures one by one, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.worlds import interventions as busy_interventions

from sim.measures import MEASURES, WEEKLY, Weekly
from sim.mechanisms import defaults
from sim.model.engine import Simulation

KEPT = [name for name, measure in MEASURES.items() if measure.personal]


def one_by_one(simulation, name):
    """Return a measure of everybody, as its own function says."""
    from sim import compiled

    values, weights = MEASURES[name].of(simulation.look)
    whole = compiled.total(values)
    if MEASURES[name].is_total:
        return whole
    weight = float(len(values)) if weights is None else compiled.total(weights)
    return whole / weight if weight > 0 else float("nan")


@pytest.mark.parametrize("interventions", ["none", "three"])
def test_every_week_equals_the_measures_one_by_one_to_the_bit(make_community, interventions):
    community = make_community(150, 500, 4)
    simulation = Simulation(community, defaults(), busy_interventions() if interventions == "three" else ())
    together, sums = Weekly(simulation.look), {name: np.zeros(150) for name in KEPT}
    for week in range(16):
        if week:
            simulation.step()
        found = together.take()
        assert set(found) == set(WEEKLY)
        for name in WEEKLY:
            assert np.array_equal(found[name], one_by_one(simulation, name), equal_nan=True), (week, name)
        for name in KEPT:
            sums[name] += MEASURES[name].of(simulation.look)[0]
    assert set(together.kept) == set(KEPT)
    for name in KEPT:
        assert np.array_equal(together.kept[name], sums[name]), name
    if interventions == "three":
        assert found["reached"] > 0


def test_without_lived_experience_or_ties_nothing_is_divided_by_nothing(make_community):
    community = make_community(20, 0, 4)
    community.columns["lived_experience"].values = np.zeros(20, np.bool_)
    found = Weekly(Simulation(community, defaults()).look).take()
    assert np.isnan(found["self_stigma"])
    assert np.isnan(found["bridging"])
    assert found["no_close_friend"] == found["isolated"] == 1.0


def test_what_is_taken_together_is_what_is_taken_in_every_week():
    assert set(WEEKLY) == {name for name, measure in MEASURES.items() if measure.every == 1}
