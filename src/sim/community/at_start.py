"""How lonely residents are at the start: the groups by which it is shown whom an effect reaches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community

__all__ = ["AT_START", "LEVELS", "groups_of", "lonely_at_start"]

AT_START = "lonely_at_start"
"""Name of the column."""

LEVELS = ("low", "middle", "high")
"""Its groups: a score of 3 or 4, of 5, of 6 or more on the UCLA-3 scale (6 counts as lonely)."""

_MIDDLE = 1.5 / 6.0
"""Loneliness from which a resident counts as `middle`: between UCLA-3 scores 4 and 5."""
_HIGH = 2.5 / 6.0
"""Loneliness from which a resident counts as `high`: between UCLA-3 scores 5 and 6."""


def lonely_at_start(loneliness: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return each resident's place in :data:`LEVELS`, from loneliness in 0..1."""
    return (loneliness >= _MIDDLE).astype(np.int16) + (loneliness >= _HIGH).astype(np.int16)


def groups_of(community: Community) -> Mapping[str, tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Return the columns that results are broken down by: names of groups, and each resident's group (-1 = none).

    Those that the community names, and loneliness at the start: asked of a community before its first week. Where
    nobody differs in loneliness there is nothing to break down.
    """
    found = {column: community.group_codes(column) for column in community.groups}
    if AT_START not in found:
        level = lonely_at_start(np.asarray(community.observed("loneliness"), np.float64)).astype(np.int64)
        if level.size and (level != level[0]).any():
            found[AT_START] = (LEVELS, level)
    return found
