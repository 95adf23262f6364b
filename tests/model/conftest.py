"""A hand-made community for tests of the Mesa layer: every sort of column, known ties."""

from dataclasses import dataclass

import numpy as np
import pytest

from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community
from sim.community.ties import Ties

RESIDENTS = 40


def hand_made(seed: int) -> Community:
    luck = np.random.default_rng(seed)
    columns = Columns()
    for name in ("stigma", "self_stigma", "loneliness"):
        columns.put(Outcome(name, luck.uniform(-0.2, 1.1, RESIDENTS).round(3)))  # some lie beyond the bounds
    columns.put(Column("age_band", luck.integers(-1, 3, RESIDENTS), categories=("16-24", "25-64", "65+")))
    columns.put(Column("lived_experience", luck.uniform(size=RESIDENTS) < 0.4))
    columns.put(Column("disclosed", luck.uniform(size=RESIDENTS) < 0.2))
    columns.put(Column("influence", luck.uniform(size=RESIDENTS) < 0.2))
    columns.put(Column("income", luck.integers(0, 9, RESIDENTS) * 10.5, bounds=(0.0, 1000.0)))
    columns.put(Column("pos", luck.uniform(0, 5, RESIDENTS)))  # a name that Mesa uses for itself
    one = np.arange(RESIDENTS - 1)
    ties = Ties.from_pairs(RESIDENTS, one, one + 1, 0.5)
    return Community(ids=np.arange(RESIDENTS) + 500, columns=columns, ties=ties, groups=("age_band",))


@dataclass(frozen=True)
class HandMade:
    """What a CommunityModel needs of a scenario, without a scenario."""

    weeks: int = 6
    mechanisms: tuple = ()
    interventions: tuple = ()

    def community_of(self, seed: int) -> int:
        return seed % 3 + 1

    def build_community(self, seed: int) -> Community:
        return hand_made(seed)


@pytest.fixture
def spec() -> HandMade:
    return HandMade()
