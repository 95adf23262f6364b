"""What loading ends with: a plan of scenarios that are compared, ready to be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.community.community import Community
from sim.interventions.spec import Intervention
from sim.scenario.nodes import Kind

if TYPE_CHECKING:
    from sim.scenario.draws import ParameterDraws

__all__ = ["Loading", "Origin", "Plan", "Scenario", "Target"]


@dataclass(frozen=True)
class Loading:
    """From what a plan was loaded, so that it can be loaded again with other values."""

    paths: tuple[str, ...]
    """Folders and scenario files."""
    overrides: tuple[str, ...] = ()
    """Values that replace those of the files."""
    extensions: tuple[type, ...] = ()
    """Mechanisms and effects of the user's own."""

    def again(self, more: Sequence[str] = ()) -> Plan:
        """Return the plan with further values set.

        Raises
        ------
        InputError
            If the values do not go together.
        """
        from sim.scenario.planning import load_plan

        return load_plan(self.paths, (*self.overrides, *more), self.extensions)


@dataclass(frozen=True)
class Origin:
    """Where a value of a resolved scenario comes from."""

    kind: Kind
    """``file``, ``catalogue``, ``default`` or ``command line``."""
    where: str = ""
    """``file:line``, the name of the catalogue's entry, or the option of the command line."""
    evidence: str | None = None
    """Evidence entry that the value was taken from."""


@dataclass(frozen=True)
class Target:
    """What the community wants to reach."""

    measure: str
    """Name of the measure."""
    at: int | None = None
    """Week in which it is looked at; the last one where it is not said."""
    below: float | None = None
    """Met if the measure is below this."""
    above: float | None = None
    """Met if the measure is above this."""


@dataclass(frozen=True)
class Scenario:
    """One scenario, resolved: nothing is left to be looked up."""

    name: str
    """Name of its file without the ending; unique within a plan."""
    file: str
    """Its file, as users see it; empty for a baseline that was made."""
    title: str
    question: str
    outcome: str
    """Name of the primary measure."""
    better: str
    """``lower`` or ``higher``."""
    weeks: int
    seeds: int
    communities: int
    source: Any
    """Community source: a frozen dataclass with ``build(seed)``."""
    mechanisms: tuple[Any, ...]
    """Every mechanism with its parameters, by name."""
    interventions: tuple[Intervention, ...]
    """By name."""
    targets: tuple[Target, ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    """The whole scenario as plain data, in the format of a scenario file."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where each single value comes from, by its path; interventions by name: ``interventions.talks.runs.start``."""
    notes: tuple[str, ...] = ()
    """What a reader should know, e.g. that a programme is cut off by the horizon."""
    loop_gain: float | None = None
    """To how many times its size a small rise of stigma grows by its own consequences; absent where not measured. Where
    each seed draws parameters, the greatest among the sets drawn."""
    draws: ParameterDraws | None = None
    """Parameter sets of which each seed draws one; absent: all seeds have the parameters that stand here."""

    def drawn(self, seed: int) -> Scenario:
        """Return the scenario as a seed plays it: with its parameter set, where each seed draws one."""
        if self.draws is None:
            return self
        from sim.scenario.assigning import assigned, has_place  # which knows the file format, which knows targets

        values = {path: value for path, value in self.draws.of(seed).items() if has_place(self, path)}
        return replace(assigned(self, values), draws=None)

    baseline: str = ""
    """Name of the scenario that it is compared with."""
    loading: Loading | None = field(default=None, repr=False, compare=False)
    """From what it was loaded; absent where it was made otherwise."""
    extensions: Mapping[str, str] = field(default_factory=dict)
    """Mechanisms and effects of the user's own, by name, with a hash of their source."""

    def build_community(self, seed_of_community: int) -> Community:
        """Return the community of a seed of communities, 1 to ``communities``."""
        community: Community = self.source.build(seed_of_community)
        return community

    def community_of(self, seed: int) -> int:
        """Return the seed of the community in which a run is played."""
        return (seed - 1) % self.communities + 1

    def data_files(self) -> tuple[Path, ...]:
        """Return the data files that the scenario reads: of its community, and its parameter sets."""
        files = self.source.files
        drawn = () if self.draws is None else (self.draws.file,)
        return (*(Path(file) for file in (files() if callable(files) else files)), *drawn)


@dataclass(frozen=True)
class Plan:
    """Scenarios that are compared with each other."""

    name: str
    scenarios: dict[str, Scenario]
    """By name, the baseline first."""
    baseline: str
    """Name of the scenario that the others are compared with."""
    title: str
    question: str
    outcome: str
    better: str
    weeks: int
    seeds: int
    communities: int
    loading: Loading | None = field(default=None, repr=False, compare=False)
    """From what it was loaded."""

    def drawn(self, seed: int) -> Plan:
        """Return the plan as a seed plays it: all its scenarios with the same parameter set."""
        return replace(self, scenarios={name: item.drawn(seed) for name, item in self.scenarios.items()})

    @property
    def shares_residents(self) -> bool:
        """Whether several seeds are played with the same residents: in one community, or with one survey's people."""
        return self.seeds > self.communities or self._same_residents

    @property
    def _same_residents(self) -> bool:
        return bool(getattr(self.scenarios[self.baseline].source, "same_residents", False))

    def residents_of(self, community: int, seed: int) -> str:
        """Return what tells residents of different communities apart: equal where two runs have the same residents.

        The people of a survey or a graph are the same whatever the community's seed; other communities' residents
        hang on it, and on what of the community a seed draws (:meth:`drawn`).
        """
        scenario = self.scenarios[self.baseline]
        drawn = "" if scenario.draws is None else repr(scenario.drawn(seed).source)
        return f"{0 if self._same_residents else community} {drawn}"

    def __getitem__(self, name: str) -> Scenario:
        return self.scenarios[name]
