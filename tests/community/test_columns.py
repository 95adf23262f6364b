"""Columns and communities: what is observed, what is at rest, who stands where."""

from __future__ import annotations

import numpy as np
import pytest

from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community, canonical_order
from sim.community.places import Place, Places
from sim.community.ties import Ties
from sim.errors import InputError


def test_an_outcome_is_observed_within_bounds_and_remembers_beyond():
    column = Outcome("loneliness", np.array([-0.1, 0.5, 1.2]))
    assert column.observed.tolist() == [0.0, 0.5, 1.0]
    column.moved[:] = [0.2, 0.2, -0.1]
    column.refresh()
    assert column.observed == pytest.approx([0.1, 0.7, 1.0])
    assert column.displacement() == pytest.approx([0.1, 0.2, 0.0])


def test_copies_do_not_share_what_moves():
    columns = Columns()
    columns.put(Outcome("stigma", np.array([0.2, 0.4])))
    columns.put(Column("flag", np.array([True, False])))
    copy = columns.copy()
    copy.outcome("stigma").moved[:] = 0.1
    copy.outcome("stigma").refresh()
    copy["flag"].values[0] = False
    assert columns["stigma"].observed.tolist() == [0.2, 0.4]
    assert columns["flag"].values.tolist() == [True, False]
    assert copy["stigma"].observed == pytest.approx([0.3, 0.5])


def test_a_missing_column_is_answered_with_the_columns_there_are():
    columns = Columns()
    columns.put(Column("loneliness", np.zeros(2)))
    with pytest.raises(InputError, match=r"'lonliness' is not a column.*mean 'loneliness'.*columns: loneliness"):
        columns["lonliness"]
    with pytest.raises(InputError, match=r"not an outcome"):
        columns.outcome("loneliness")


def test_categories_are_read_by_name():
    column = Column("area", np.array([1, 0, -1]), categories=("north", "south"))
    assert column.decoded().tolist() == ["south", "north", ""]
    assert column.is_category
    assert not column.is_flag


def test_canonical_order_is_by_number_then_by_alphabet():
    ids = np.array(["b", "10", "9", "a", "09"], dtype=object)
    assert ids[canonical_order(ids)].tolist() == ["9", "10", "09", "a", "b"]
    assert canonical_order(np.array([5, 3, 4])).tolist() == [1, 2, 0]


def build(ids):
    return Community(ids=ids, columns=Columns(), ties=Ties.from_pairs(len(ids), [], []))


def test_residents_must_stand_in_canonical_order_and_be_different():
    with pytest.raises(ValueError, match=r"canonical"):
        build(np.array([2, 1]))
    with pytest.raises(ValueError, match=r"same id"):
        build(np.array(["1", "1"], dtype=object))
    assert len(build(np.array([1, 2]))) == 2


def test_a_community_copy_is_independent(make_community):
    community = make_community()
    copy = community.copy()
    copy.places.named("hub").open = False
    copy.ties.remove([0], [int(copy.ties.neighbours(0)[0])])
    assert community.places.named("hub").open
    assert community.ties.count == copy.ties.count + 1


def test_an_unknown_place_is_answered_with_the_places_there_are():
    with pytest.raises(InputError, match=r"'hbu' is not a place.*did you mean 'hub'.*places: hub"):
        Places([Place("hub", "hub", np.zeros(1, bool))]).number("hbu")


def test_groups_are_categories_or_flags(make_community):
    community = make_community()
    names, codes = community.group_codes("age_band")
    assert names == ("young", "middle", "old")
    assert set(codes.tolist()) <= {0, 1, 2}
    assert community.group_codes("lived_experience")[0] == ("no", "yes")
    with pytest.raises(ValueError, match=r"groups need"):
        community.group_codes("stigma")
