"""Participation: how far each resident has come with each intervention."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AWARE",
    "COMPLETED",
    "DECLINED",
    "DROPPED_OUT",
    "NEVER",
    "TAKING_PART",
    "UNAWARE",
    "WAITING",
    "Participation",
    "Source",
    "Status",
]


class Status(IntEnum):
    """States of a resident with respect to one intervention."""

    UNAWARE = 0
    AWARE = 1
    WAITING = 2
    TAKING_PART = 3
    COMPLETED = 4
    DROPPED_OUT = 5
    DECLINED = 6


class Source(IntEnum):
    """How a resident first heard of an intervention."""

    NONE = 0
    INVITATION = 1
    BROADCAST = 2
    WORD_OF_MOUTH = 3


UNAWARE, AWARE, WAITING, TAKING_PART, COMPLETED, DROPPED_OUT, DECLINED = (int(status) for status in Status)
"""The same as numbers: comparing an array with a member of an enumeration costs many times as much."""

NEVER = int(np.iinfo(np.int32).max)
"""A week that never comes."""


@dataclass
class Participation:
    """Participation of all residents in one intervention. All arrays have shape (residents,)."""

    status: NDArray[np.int8]
    """Values of :class:`Status`."""
    source: NDArray[np.int8]
    """Values of :class:`Source`: how she first heard, and so where an uptake came from."""
    heard_from: NDArray[np.int32]
    """Number of the resident from whom she first heard, by word of mouth; -1 otherwise."""
    offered: NDArray[np.bool_]
    """Whether the programme itself chose and invited her."""
    volunteer: NDArray[np.bool_]
    """Whether she helps, or has helped, to deliver it."""
    serving: NDArray[np.int32]
    """How many participants she serves now as a volunteer."""
    served: NDArray[np.int32]
    """Weeks in which she has served anybody so far."""
    given_tie: NDArray[np.bool_]
    """Whether it made a tie of hers with somebody who takes part."""
    heard: NDArray[np.int32]
    """Week of first hearing, :data:`NEVER` before."""
    waiting_since: NDArray[np.int32]
    """Week of wanting to take part, :data:`NEVER` before."""
    joined: NDArray[np.int32]
    """Week of first taking part, :data:`NEVER` before."""
    left: NDArray[np.int32]
    """Week of completing or dropping out, :data:`NEVER` before."""
    attended: NDArray[np.int32]
    """Weeks that she has attended so far."""
    group: NDArray[np.int32]
    """Number of the group that she is or was in, counted from 0 as they start; -1 for none."""
    worker: NDArray[np.int32]
    """Number of the worker who supports or supported her, counted from 0; -1 for none."""
    hazard: NDArray[np.float64]
    """Hazard of hearing of it in a week from posters, press or radio; zero while it does not run."""
    talk: bool = False
    """Whether residents tell each other about it."""
    exclusive: bool = False
    """Whether nobody may take part in this and another intervention at the same time."""
    spending: dict[str, float] = field(default_factory=dict)
    """Money spent so far, by kind of cost."""
    matched: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of residents whom it has brought together this week, the smaller number first."""

    @classmethod
    def none(cls, residents: int, *, talk: bool = False, exclusive: bool = False) -> Participation:
        """Return the state before an intervention: nobody has heard of it."""
        return cls(
            talk=talk,
            exclusive=exclusive,
            hazard=np.zeros(residents),
            status=np.zeros(residents, np.int8),
            source=np.zeros(residents, np.int8),
            heard_from=np.full(residents, -1, np.int32),
            offered=np.zeros(residents, np.bool_),
            volunteer=np.zeros(residents, np.bool_),
            serving=np.zeros(residents, np.int32),
            served=np.zeros(residents, np.int32),
            given_tie=np.zeros(residents, np.bool_),
            heard=np.full(residents, NEVER, np.int32),
            waiting_since=np.full(residents, NEVER, np.int32),
            joined=np.full(residents, NEVER, np.int32),
            left=np.full(residents, NEVER, np.int32),
            attended=np.zeros(residents, np.int32),
            group=np.full(residents, -1, np.int32),
            worker=np.full(residents, -1, np.int32),
        )

    def taking_part(self) -> NDArray[np.bool_]:
        """Say who takes part now."""
        return np.asarray(self.status == TAKING_PART)

    def ever(self) -> NDArray[np.bool_]:
        """Say who takes part or took part."""
        return np.asarray(self.joined != NEVER)

    def aware(self) -> NDArray[np.bool_]:
        """Say who has heard of it."""
        return np.asarray(self.status != UNAWARE)

    def copy(self) -> Participation:
        """Return a state that can be changed without touching this one."""
        values: dict[str, Any] = {item.name: copy(getattr(self, item.name)) for item in fields(self)}
        return Participation(**values)
