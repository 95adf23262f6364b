"""An untouched community stays as it is over seven years while its ties change; ties stay sound in a large one."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sim import compiled
from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community
from sim.community.places import Place, Places
from sim.community.ties import Ties
from sim.mechanisms import ChangingTies, defaults
from sim.model.engine import Simulation

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "stationarity.py"
SEEDS = 20


@pytest.fixture(scope="module")
def stationarity():
    spec = importlib.util.spec_from_file_location("stationarity", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def beyond(table, limits):
    """Return which averages over seeds are beyond their limit."""
    average = table.mean()
    return {
        name: round(value, 4) for name, value in average.items()
        if name.split()[0] in limits and abs(value) > limits[name.split()[0]]
    }  # fmt: skip


@pytest.mark.verify
def test_an_untouched_community_is_stationary_over_seven_years(stationarity):
    """Every mean within 0.02 standard deviations, every spread within 3%, each class of friends within 2 points."""
    table = stationarity.over_seeds(range(1, SEEDS + 1))
    assert len(table) == SEEDS
    assert len(table.columns) == 2 * len(stationarity.MEASURES) + len(stationarity.CLASSES) + 1
    assert beyond(table, stationarity.LIMITS) == {}
    least, greatest = stationarity.KEPT
    assert table["kept"].between(least, greatest).all()
    assert table["kept"].mean() == pytest.approx(0.48, abs=0.02)


@pytest.mark.verify
def test_without_slots_it_would_not_be(stationarity):
    """Negative control: if everybody looks for the average number of friends, the classes leave their limits."""

    class Levelled(ChangingTies):
        """Ties for which everybody has the same number of slots of a kind, as many as there are on average."""

        def begin(self, week):
            state = super().begin(week)
            state.slots[:] = np.rint(state.slots.mean(axis=0))
            return state

    rules = tuple(Levelled() if rule.name == "ties" else rule for rule in defaults())
    found = beyond(stationarity.over_seeds((1, 2), mechanisms=rules), stationarity.LIMITS)
    assert {"friends 0", "friends 6 and more", "spread ties"} <= set(found)


@pytest.mark.verify
def test_without_anybody_searching_it_would_not_be(stationarity):
    """Negative control: where nobody looks for others, support is lost and loneliness rises within a year."""
    rules = tuple(ChangingTies(search=0.0) if rule.name == "ties" else rule for rule in defaults())
    found = beyond(stationarity.over_seeds((1,), weeks=52, mechanisms=rules), stationarity.LIMITS)
    assert {"mean support", "mean loneliness", "mean ties"} <= set(found)


def large_town(residents: int) -> Community:
    """Return a town on a ring: friends, neighbours and fellow members at fixed distances; cheap to make."""
    who = np.arange(residents)
    steps = {1: 0, 2: 2, 700: 2, 5000: 2, 5: 3, 11: 3, 40: 4, 80: 4}
    one = np.concatenate([who] * len(steps))
    other = np.concatenate([(who + step) % residents for step in steps])
    kind = np.repeat(list(steps.values()), residents)
    columns = Columns()
    columns.put(Column("area", (who // 400).astype(np.int16), categories=tuple(map(str, range(residents // 400 + 1)))))
    columns.put(Column("age_band", who % 6, categories=tuple("abcdef")))
    lived = who % 5 == 0
    columns.put(Column("lived_experience", lived))
    columns.put(Column("disclosed", lived & (who % 2 == 0)))
    columns.put(Column("influence", who % 29 == 0))
    columns.put(Outcome("stigma", 0.2 + 0.2 * (who * 0.618 % 1)))
    columns.put(Outcome("self_stigma", 0.4 * lived))
    columns.put(Outcome("loneliness", 0.5 * (who * 0.414 % 1)))
    places = [Place(f"club_{k}", "club", (who % 97 == k) | (who % 97 == k + 40)) for k in range(20)]
    return Community(
        ids=who, columns=columns, places=Places(places),
        ties=Ties.from_pairs(residents, one, other, 0.3 + 0.001 * (np.arange(len(one)) % 500), kind,
                             kinds=("household", "family", "friend", "neighbour", "group")),
    )  # fmt: skip


def check_sound(ties: Ties) -> None:
    """Fail unless every tie stands in both rows with the same values, once, and nobody is tied to herself."""
    entries, rows = ties.entries(), ties.rows()
    neighbours = ties.neighbour[entries]
    assert (rows != neighbours).all()
    same_row = rows[1:] == rows[:-1]
    assert (neighbours[1:][same_row] > neighbours[:-1][same_row]).all()  # in ascending order, so none twice
    back = np.empty(len(rows), np.int64)
    compiled.find_ties(ties.start, ties.length, ties.neighbour, neighbours, rows, back)
    assert (back >= 0).all()
    for name in ("strength", "reference", "kind", "place", "maker"):
        values = getattr(ties, name)
        assert (values[entries] == values[back]).all(), name


@pytest.mark.parametrize("residents", [20_000, pytest.param(1_000_000, marks=pytest.mark.verify)])
def test_ties_stay_sound_in_a_large_town(residents):
    community = large_town(residents)
    before = community.ties.count
    simulation = Simulation(community, defaults(), (), seed=1)
    slots = simulation._constants["ties"].slots
    for _ in range(12):
        simulation.step()
    ties = community.ties
    check_sound(ties)
    assert (ties.degrees() <= slots).all()
    pairs = ties.pairs()
    grouped = pairs["place"] >= 0
    assert grouped.sum() > residents / 2000  # some have met in clubs, in one that both belong to
    for number in range(20):
        here = pairs["place"] == number
        members = community.places.items[number].members
        assert (members[pairs["one"][here]] & members[pairs["other"][here]]).all()
    assert 0.01 < ties.dormant.count / before < 0.06  # 12 weeks at 0.2% to 0.4% a week
    assert ties.count / before > 0.975
