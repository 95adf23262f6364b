"""A community: residents' columns, their ties, their places, and where all that comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.community.columns import Columns
from sim.community.participation import Participation
from sim.community.places import Places
from sim.community.ties import Ties

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Community", "Match", "canonical_order"]


@dataclass(frozen=True)
class Match:
    """One target of a made community and what was achieved."""

    target: str
    """What was aimed at, in words."""
    wanted: float
    achieved: float
    tolerance: float
    """Greatest difference that still counts as met."""
    source: str = ""

    @property
    def met(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.achieved - self.wanted) <= self.tolerance


def canonical_order(ids: NDArray[Any]) -> NDArray[np.int64]:
    """Return the order in which residents stand: whole numbers by value, then texts by alphabet.

    Everything is computed in this order, so the order in which residents were given changes no bit.
    """
    numbers = rng.identities(ids)
    is_text = numbers >= np.uint64(1 << 63)
    if not is_text.any():
        return np.argsort(numbers, kind="stable")
    texts = np.array([str(item) for item in ids], dtype=object)
    keys = [(1, 0, texts[i]) if is_text[i] else (0, int(numbers[i]), "") for i in range(len(ids))]
    return np.array(sorted(range(len(ids)), key=keys.__getitem__), dtype=np.int64)


@dataclass
class Community:
    """Who there is and how they are connected, in canonical order (see :func:`canonical_order`)."""

    ids: NDArray[Any]
    """Ids of the residents as given: whole numbers or texts, shape (residents,)."""
    columns: Columns
    ties: Ties
    places: Places = field(default_factory=Places)
    participation: dict[str, Participation] = field(default_factory=dict)
    """By name of intervention; filled by the model."""
    shifts: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """What interventions shift now (``loneliness``, ``engagement``, ...) and by how much, shape (residents,) each;
    filled by the model."""
    groups: tuple[str, ...] = ()
    """Columns by which results are broken down, e.g. ``("age_band",)``."""
    title: str = ""
    """What this community is, in words."""
    notes: list[str] = field(default_factory=list)
    """What a reader must know: counts of dropped names, imputed values, assumptions."""
    matches: list[Match] = field(default_factory=list)
    """Targets and how well they are met."""
    private: bool = False
    """Whether it comes from a survey of persons, so that small cells are suppressed for readers."""
    seed: int = 0
    """Seed with which it was made."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Other figures kept for reports, by name."""

    def __post_init__(self) -> None:
        self.identity: NDArray[np.uint64] = rng.identities(self.ids)
        if len(np.unique(self.identity)) != len(self.identity):
            raise ValueError("two residents have the same id")
        if not np.array_equal(canonical_order(self.ids), np.arange(len(self.ids))):
            raise ValueError("residents must stand in canonical order; see canonical_order")

    def __len__(self) -> int:
        return len(self.ids)

    def observed(self, name: str) -> NDArray[Any]:
        """Return a column as measures and filters see it, shape (residents,)."""
        return self.columns[name].observed

    def flag(self, name: str) -> NDArray[np.bool_]:
        """Return a yes-or-no column; all no where the community does not have it."""
        if name not in self.columns:
            return np.zeros(len(self), np.bool_)
        return np.asarray(self.columns[name].values, np.bool_)

    def copy(self) -> Community:
        """Return a community that can be changed without touching this one."""
        return Community(
            ids=self.ids, columns=self.columns.copy(), ties=self.ties.copy(), places=self.places.copy(),
            participation={name: state.copy() for name, state in self.participation.items()},
            shifts=dict(self.shifts),
            groups=self.groups, title=self.title, notes=list(self.notes), matches=list(self.matches),
            private=self.private, seed=self.seed, facts=dict(self.facts),
        )  # fmt: skip

    def group_codes(self, column: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Return the names of a column's groups and each resident's group (-1 = none)."""
        held = self.columns[column]
        if held.is_category:
            return held.categories, held.values.astype(np.int64)
        if held.is_flag:
            return ("no", "yes"), held.values.astype(np.int64)
        raise ValueError(f"column '{column}' is a number; groups need a category or a flag")

    def to_networkx(self) -> nx.Graph[Any]:
        """Return a networkx graph: see :func:`sim.community.graphs.to_networkx`."""
        from sim.community.graphs import to_networkx

        return to_networkx(self)

    def summary(self) -> Mapping[str, float]:
        """Return a few figures that describe the community."""
        degree = self.ties.degree()
        return {
            "residents": float(len(self)),
            "ties": float(self.ties.count),
            "mean ties": float(degree.mean()) if len(self) else 0.0,
        }
