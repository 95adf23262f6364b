"""Communities made from published statistics: `synthesise: {residents: 2000, profile: england}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.community.at_start import LEVELS, lonely_at_start
from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community
from sim.community.places import Places
from sim.community.synthesis.check import matches_of, notes_of
from sim.community.synthesis.keyed import Composition
from sim.community.synthesis.network import KINDS, make_network
from sim.community.synthesis.one_layer import make_one_layer
from sim.community.synthesis.outcomes import Outcomes, make_outcomes
from sim.community.synthesis.people import People, make_people
from sim.community.synthesis.profile import AGE_BANDS, Profile
from sim.community.synthesis.statistics import Statistics
from sim.community.ties import Ties
from sim.errors import InputError, Problem
from sim.rng import Draws

__all__ = ["SynthesiseSource"]

LEAST_RESIDENTS = 20
"""Fewer residents cannot meet the distributions at all."""

MOST_RESIDENTS = 5_000_000
"""More would not fit into the memory of an ordinary computer."""

_PLACES = {"england": "England", "united_states_1985": "the United States in 1985"}
"""How profiles are called in titles."""


@dataclass(frozen=True)
class SynthesiseSource:
    """A community of any size made from a profile of published statistics.

    Loneliness is the UCLA-3 score (3 to 9) on a scale of 0 to 1, spread within the bins of the seven scores.
    The survey's direct question is tied to it by rank: the 7% who are lonely often or always are those with a
    score of 7 or more (latent value above 7/12), and the 20% who are never lonely are those whose latent
    value lies below 0, observed as exactly 0. A measure that sets its cut at week 0 from the share of 7%
    therefore finds it at 7/12.
    """

    residents: int = 2000
    """Number of residents aged 16 and over."""
    profile: str = "england"
    """Name of the profile."""
    targets: Mapping[str, Any] = field(default_factory=dict)
    """Values in place of the profile's, by name without its prefix, e.g. ``lonely_often: 0.09``. With ``degrees``
    (shares of residents by number of ties) no profile is used: they are statistics of one network, beside which there
    may be ``clustering``, ``largest_component`` and ``attributes``."""
    table: Path | None = field(default=None, metadata={"path": True})
    """A file with a table of own figures in place of the profile's: columns target, group, value, tolerance,
    source."""
    composition: Literal["quota", "sample"] = "quota"
    """How shares of residents are met: ``quota``, as nearly as whole numbers can in every community, or ``sample``,
    each resident drawn on her own, so that communities differ as samples of so many do."""

    def __post_init__(self) -> None:
        """Check everything that can be checked without making the community.

        Raises
        ------
        InputError
            If the size or an override cannot be used, or there is no such profile.
        """
        size = self.residents
        is_whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        if not is_whole or not LEAST_RESIDENTS <= size <= MOST_RESIDENTS:
            message = f"must be a whole number from {LEAST_RESIDENTS} to {MOST_RESIDENTS:,}; found {size!r}"
            raise InputError(Problem(path="residents", message=message))
        targets: Any = self.targets
        if not isinstance(targets, Mapping):
            message = f"must be a mapping of targets to values; found {targets!r}"
            raise InputError(Problem(path="targets", message=message))
        if self.composition not in ("quota", "sample"):
            raise InputError(
                Problem(path="composition", message=f"must be quota or sample; found {self.composition!r}")
            )
        object.__setattr__(self, "table", None if self.table is None else Path(self.table))
        self._read()

    def _read(self) -> Profile | Statistics:
        """Return what the community is made from."""
        if "degrees" not in self.targets:
            return Profile.read(self.profile, self.targets, self.table, self.composition == "sample")
        if self.table is not None:
            message = "does not go with targets.degrees, which are statistics of one network; put all into targets"
            raise InputError(Problem(path="table", message=message))
        return Statistics.read(self.targets)

    def evidence_of_targets(self) -> dict[str, str]:
        """Return the evidence entry behind each target, by its name; none for statistics of one network."""
        made = self._read()
        return {} if isinstance(made, Statistics) else {key: made.evidence(key) for key in made.values}

    def build(self, seed: int) -> Community:
        """Return the community of a seed; the same seed gives the same community to the bit."""
        profile = self._read()
        if isinstance(profile, Statistics):
            composition = Composition(self.composition == "sample")
            return make_one_layer(seed, int(self.residents), profile, composition, "set by the scenario")
        draws, place = Draws(seed), _PLACES[profile.name]
        people = make_people(draws, int(self.residents), profile)
        network = make_network(draws, people, profile)
        outcomes = make_outcomes(draws, people, network, profile)
        community = Community(
            ids=np.arange(len(people), dtype=np.int64),
            columns=_columns(people, outcomes, profile),
            ties=Ties.from_pairs(
                len(people),
                network.one,
                network.other,
                network.strength,
                network.kind,
                kinds=KINDS,
                place=network.place,
            ),
            places=Places(network.places),
            groups=("age_band", "gender", "lived_experience", "lonely_at_start"),
            title=f"A made-up community of {len(people):,} residents, after published statistics for {place}",
            notes=notes_of(people, network, profile),
            seed=seed,
            facts={"households": len(people.households), "unmatched friends": network.unmatched},
        )
        community.matches = matches_of(community, people, network, profile)
        return community

    def files(self) -> tuple[Path, ...]:
        """Return the data files read: the table of own figures, if there is one."""
        return () if self.table is None else (self.table,)


def _columns(people: People, outcomes: Outcomes, profile: Profile) -> Columns:
    """Return the residents' columns, attributes first."""

    def source(*keys: str) -> str:
        return "; ".join(profile.evidence(key) for key in keys)

    areas = tuple(f"area_{number + 1}" for number in range(int(people.area.max()) + 1))
    lonely = np.clip(outcomes.loneliness, 0.0, 1.0)
    at_start = lonely_at_start(lonely)
    gender = np.where(people.woman, 0, 1)
    columns = [
        Column("age_band", people.band, "age", categories=AGE_BANDS, source=source("age")),
        Column("gender", gender, categories=("woman", "man"), source=source("women")),
        Column("household", people.households.of.astype(np.float64), "number of the household",
               source=source("living_alone", "living_as_couple", "living_with_parents", "lone_parent")),
        Column("area", people.area, "neighbourhood", categories=areas, source=source("residents_per_area")),
        Column("lived_experience", people.lived_experience, "lived experience of a mental-health problem",
               source=source("lived_experience", "lived_experience_by_age")),
        Column("disclosed", people.disclosed, "open about lived experience", source=source("disclosed")),
        Column("influence", people.influence, "influential", source=source("influential")),
        Column("lonely_at_start", at_start, "loneliness at the start", categories=LEVELS,
               source=source("lonely_scores")),
        Outcome("stigma", outcomes.stigma, unit="0 to 1",
                source=source("stigma_mean", "stigma_sd", "stigma_by_age", "stigma_by_gender")),
        Outcome("self_stigma", outcomes.self_stigma, "self-stigma", "0 to 1",
                source=source("self_stigma_high", "self_stigma_sd")),
        Outcome("loneliness", outcomes.loneliness, unit="0 to 1",
                source=source("lonely_often", "lonely_never", "lonely_scores", "lonely_often_by_age")),
    ]  # fmt: skip
    return Columns({column.name: column for column in columns})
