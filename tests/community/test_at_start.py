"""Groups by loneliness at the start."""

from __future__ import annotations

import numpy as np
import pytest

from sim.community.at_start import AT_START, LEVELS, groups_of, lonely_at_start


@pytest.mark.parametrize(
    ("score", "level"),
    [(3, "low"), (4, "low"), (4.49, "low"), (4.5, "middle"), (5, "middle"), (6, "high"), (9, "high")],
)
def test_levels_follow_the_ucla_score(score, level):
    assert LEVELS[lonely_at_start(np.array([(score - 3) / 6]))[0]] == level


def test_every_community_is_broken_down_by_loneliness_at_the_start(make_community):
    community = make_community()
    groups = groups_of(community)
    assert list(groups) == ["age_band", "lived_experience", AT_START]
    names, codes = groups[AT_START]
    assert names == LEVELS
    lonely = np.asarray(community.observed("loneliness"))
    for level in (0, 1):
        assert lonely[codes == level].max() < lonely[codes == level + 1].min()


def test_what_a_community_says_itself_stands(make_community):
    from sim.community.columns import Column

    community = make_community()
    own = np.arange(len(community)) % 2
    community.columns.put(Column(AT_START, own, categories=("a", "b")))
    community.groups = (*community.groups, AT_START)
    names, codes = groups_of(community)[AT_START]
    assert names == ("a", "b")
    assert (codes == own).all()


def test_nobody_differs_nothing_is_broken_down(make_community):
    from sim.community.columns import Outcome

    community = make_community()
    community.columns.put(Outcome("loneliness", np.full(len(community), 0.3)))
    assert AT_START not in groups_of(community)
