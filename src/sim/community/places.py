"""Places: assets of association (a hub, a club, a faith group) and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean, listing

__all__ = ["Place", "Places"]


@dataclass
class Place:
    """One asset of association."""

    name: str
    """As written in scenario files, e.g. ``hub``."""
    sort: str
    """What sort of place it is, e.g. ``hub``, ``club``."""
    members: NDArray[np.bool_]
    """Shape (residents,)."""
    open: bool = True
    """Whether members meet there now."""


@dataclass
class Places:
    """The places of a community, in a fixed order; a tie names its place by number."""

    items: list[Place] = field(default_factory=list)

    def number(self, name: str) -> int:
        """Return the number of a place by its name."""
        names = [place.name for place in self.items]
        if name not in names:
            raise InputError(
                f"'{name}' is not a place of this community{did_you_mean(name, names) or ';'} "
                f"places: {listing(names) or 'none'}"
            )
        return names.index(name)

    def named(self, name: str) -> Place:
        """Return a place by its name."""
        return self.items[self.number(name)]

    def __len__(self) -> int:
        return len(self.items)

    def copy(self) -> Places:
        """Return places that can be changed without touching these."""
        return Places([replace(place, members=place.members.copy()) for place in self.items])
