"""What a Mesa model is made from: a scenario's protocol, the default town, and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from sim.community.community import Community
from sim.interventions.spec import Intervention
from sim.rules import Mechanism

__all__ = ["Given", "ModelSpec", "SmallTown", "seed_from"]

_SEED_BITS = 53
"""Seeds that are drawn stay below 2**53, so that they survive JSON, spreadsheets and 64-bit tables."""


@runtime_checkable
class ModelSpec(Protocol):
    """What a model is made from; a scenario of a study is one."""

    @property
    def mechanisms(self) -> Sequence[Mechanism]:
        """The mechanisms of the week."""

    @property
    def interventions(self) -> Sequence[Intervention]:
        """What is done."""

    @property
    def weeks(self) -> int:
        """After how many weeks the model stops running."""

    def community_of(self, seed: int) -> int:
        """Return the number of the community that a run is played on."""

    def build_community(self, seed: int) -> Community:
        """Return a community by its number."""


@dataclass(frozen=True)
class SmallTown:
    """What ``CommunityModel()`` plays: a small English town in which nothing is done."""

    residents: int = 200
    """How many people live there; small, so that it is there at once."""
    weeks: int = 104
    """After how many weeks the model stops running: the default horizon of a scenario."""
    interventions: tuple[Intervention, ...] = ()

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """Every mechanism with its values from the evidence, by name."""
        from sim.mechanisms import MECHANISMS

        return tuple(sorted((kind() for kind in MECHANISMS), key=lambda mechanism: mechanism.name))

    def community_of(self, seed: int) -> int:
        """Return a community of its own for every seed."""
        return seed

    def build_community(self, seed: int) -> Community:
        """Return a community of the profile ``england``."""
        from sim.community.synthesise import SynthesiseSource

        return SynthesiseSource(residents=self.residents).build(seed)


@dataclass(frozen=True)
class Given(SmallTown):
    """A community that is there already, in which nothing is done."""

    community: Community | None = None
    """Played on copies of it."""

    def build_community(self, seed: int) -> Community:
        """Return a copy, the same for every seed."""
        assert self.community is not None
        return self.community.copy()


def seed_from(rng: Any) -> int:
    """Return the whole number that a run is keyed by.

    Parameters
    ----------
    rng
        A whole number from 0 is taken as it is. None draws from the operating system. A ``SeedSequence`` or
        a sequence of whole numbers gives the same seed every time; a ``Generator`` or ``BitGenerator`` gives
        its next draw.

    Raises
    ------
    ValueError
        For a negative number.
    TypeError
        For anything else.

    """
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if rng < 0:
            raise ValueError(f"rng must be a whole number from 0, not {rng}")
        return int(rng)
    if isinstance(rng, np.random.Generator | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(2**_SEED_BITS))
    if rng is None or (isinstance(rng, Sequence) and not isinstance(rng, str)):
        rng = np.random.SeedSequence(rng)
    if not isinstance(rng, np.random.SeedSequence):
        raise TypeError(f"rng must be a whole number, a NumPy seed or generator, or None, not {rng!r}")
    return int(rng.generate_state(1, np.uint64)[0] >> np.uint64(64 - _SEED_BITS))
