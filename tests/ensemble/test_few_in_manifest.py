"""The manifest of a surveyed community does not say how many few people are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.ensemble.recording import with_units
from sim.store import Unit

COUNTS = {"eligible": 40, "invited": 12, "joined": 8, "by_invitation": 8, "waiting": 0}


def _programmes(private, counts, **resolved):
    file = SimpleNamespace(about={"private": private, "programmes": {"talks": {"talks": counts}}}, failures=())
    unit = Unit(1, 1)
    manifest = with_units({"scenarios": {"talks": {"resolved": resolved}}}, [unit], {unit: file})
    return manifest["programmes"]["talks"]["talks"]


def test_counts_of_few_are_left_out_and_zero_and_many_stay():
    found = _programmes(True, COUNTS, suppress_below=10)
    assert found == {"runs": 1, "eligible": 40, "invited": 12, "joined": None, "by_invitation": None, "waiting": 0}


def test_the_limit_is_that_of_the_scenarios():
    assert _programmes(True, COUNTS, suppress_below=15)["invited"] is None
    assert _programmes(True, COUNTS, suppress_below=5)["joined"] == 8


def test_few_who_came_uninvited_cannot_be_worked_out():
    found = _programmes(True, {**COUNTS, "joined": 30, "by_invitation": 25})
    assert (found["joined"], found["by_invitation"]) == (30, None)


@pytest.mark.parametrize("counts", [COUNTS, {**COUNTS, "joined": 1}])
def test_made_up_communities_keep_their_counts(counts):
    assert _programmes(False, counts) == {**counts, "runs": 1}
