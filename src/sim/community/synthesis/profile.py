"""A profile: the published figures that a community is made from, with what a scenario overrides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.synthesis.council_table import CouncilTable, read_council_table
from sim.community.synthesis.keyed import Composition
from sim.errors import InputError, Problem, did_you_mean, listing
from sim.evidence import Entry, entries

__all__ = ["AGE_BANDS", "PROFILES", "Profile"]

AGE_BANDS = ("16-24", "25-34", "35-49", "50-64", "65-74", "75+")
"""Names of the age bands, youngest first."""

PROFILES = ("england", "united_states_1985")
"""Profiles that can be synthesised; the entries of each stand in the evidence under its name. What another than the
first does not hold is taken from the first, as an assumption."""

_DISTRIBUTIONS = ("age", "close_friends", "lonely_scores", "family_links", "neighbours")
"""Entries whose shares belong together and are scaled to 1."""

_LIVING = ("living_alone", "living_as_couple", "living_with_parents", "lone_parent")
"""Shares by age that may not exceed 1 together; who is left shares a household."""

_GREATEST = {"": 1.0, "0 to 1": 1.0, "correlation": 0.9}
"""Greatest value allowed by unit of the entry (shares have none); other units have no greatest value."""

_ABOVE_ZERO = ("years", "residents")
"""Units of which nothing can be 0."""


@dataclass(frozen=True)
class Profile:
    """The figures of one profile by name without its prefix, overrides applied."""

    name: str
    """Name of the profile, e.g. ``england``."""
    values: Mapping[str, Any]
    """A number, a mapping to numbers, or a list of numbers for each entry."""
    overridden: frozenset[str] = frozenset()
    """Names of the entries that a scenario or a table changed."""
    borrowed: frozenset[str] = frozenset()
    """Names of the entries that are not of this profile but of the first one."""
    own: CouncilTable = field(default_factory=CouncilTable)
    """What a table of own figures says."""
    composition: Composition = field(default_factory=Composition)
    """How shares of residents are met."""

    @classmethod
    def read(cls, name: str, targets: Mapping[str, Any], table: Path | None = None, sampled: bool = False) -> Profile:
        """Read a profile from the evidence and apply overrides.

        Parameters
        ----------
        name
            Name of the profile.
        targets
            New values by name of the entry; of a mapping, only the values that change need to be given. They go
            before those of the table.
        table
            File with a table of own figures: see :func:`read_council_table`.
        sampled
            Whether each resident is drawn on her own.

        Raises
        ------
        InputError
            With every override that is not known, not of the entry's form, or out of bounds.
        """
        known, borrowed = _entries_of(name)
        values = {key: item.value for key, item in known.items()}
        own = CouncilTable() if table is None else read_council_table(table, values)
        problems: list[Problem] = []
        for key, given in own.values.items():
            values[key] = _overridden(known[key], values[key], given, f"{table}: {key}", problems)
        for key, given in targets.items():
            path = f"targets.{key}"
            if key not in known:
                message = f"'{key}' is not a target of profile '{name}'{did_you_mean(key, list(known))}"
                problems.append(Problem(path=path, message=f"{message}; targets: {listing(known, limit=60)}"))
                continue
            values[key] = _overridden(known[key], values[key], given, path, problems)
        if not problems:
            problems = _jointly_wrong(values)
        if problems:
            raise InputError(problems)
        changed = frozenset(targets) | frozenset(own.values)
        return cls(name, values, changed, frozenset(borrowed) - changed, own, Composition(sampled))

    def number(self, key: str) -> float:
        """Return an entry that is one number."""
        return float(self.values[key])

    def table(self, key: str) -> Mapping[str, float]:
        """Return an entry that is a mapping, as it stands."""
        table: Mapping[str, float] = self.values[key]
        return table

    def list(self, key: str) -> NDArray[np.float64]:
        """Return the numbers of an entry that is a list or mapping; shares that belong together sum to 1."""
        held = self.values[key]
        numbers = np.array([*held.values()] if isinstance(held, Mapping) else held, np.float64)
        return numbers / numbers.sum() if key in _DISTRIBUTIONS else numbers

    def by_age(self, key: str) -> NDArray[np.float64]:
        """Return an entry by age band, in the order of :data:`AGE_BANDS`."""
        return np.array([self.table(key)[band] for band in AGE_BANDS], np.float64)

    def source(self, key: str) -> str:
        """Say where a figure comes from, for tables."""
        if key in self.own.sources:
            return self.own.sources[key]
        if key in self.overridden:
            return "set by the scenario"
        if key in self.borrowed:
            return f"assumed as in England: {entries()[f'{PROFILES[0]}.{key}'].cited()}"
        return entries()[f"{self.name}.{key}"].cited()

    def evidence(self, key: str) -> str:
        """Return the name of the evidence entry that a figure stands under."""
        return f"{PROFILES[0] if key in self.borrowed else self.name}.{key}"

    def tolerance(self, key: str, group: str = "") -> float | None:
        """Return the tolerance that a table of own figures gives to a target, if it does."""
        return self.own.tolerances.get((key, group))


def _entries_of(name: str) -> tuple[dict[str, Entry], list[str]]:
    """Return the entries of a profile, those that it lacks from the first, and the names of these."""
    if name not in PROFILES:
        message = f"'{name}' is not a profile{did_you_mean(name, PROFILES) or ';'} profiles: {listing(PROFILES)}"
        raise InputError(Problem(path="profile", message=message))
    whole = _entries_under(PROFILES[0])
    own = _entries_under(name)
    return whole | own, [key for key in whole if key not in own]


def _entries_under(name: str) -> dict[str, Entry]:
    prefix = f"{name}."
    return {key.removeprefix(prefix): item for key, item in entries().items() if key.startswith(prefix)}


def _overridden(held: Entry, now: Any, given: Any, path: str, problems: list[Problem]) -> Any:
    """Return the value that an entry has now with what is given in its place, and note what is wrong with it."""
    if isinstance(held.value, Mapping):
        if not isinstance(given, Mapping):
            keys = listing(held.value)
            problems.append(Problem(path=path, message=f"must be a mapping with any of: {keys}; found {given!r}"))
            return now
        for key in given:
            if str(key) not in held.value:
                message = (
                    f"'{key}' is unknown{did_you_mean(key, list(held.value)) or ';'} allowed: {listing(held.value)}"
                )
                problems.append(Problem(path=path, message=message))
        numbers = {str(key): _number(held, item, f"{path}.{key}", problems) for key, item in given.items()}
        return {**now, **numbers}
    if isinstance(held.value, list):
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != len(held.value):
            message = f"must be a list of {len(held.value)} numbers; found {given!r}"
            problems.append(Problem(path=path, message=message))
            return now
        return [_number(held, item, f"{path}[{i}]", problems) for i, item in enumerate(given)]
    return _number(held, given, path, problems)


def _number(held: Entry, given: Any, path: str, problems: list[Problem]) -> float:
    least, greatest = 0.0, _GREATEST.get(held.unit, math.inf)
    is_number = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    if is_number and least <= given <= greatest and not (held.unit in _ABOVE_ZERO and given <= 0):
        return float(given)
    bounds = f"from 0 to {greatest:g}" if math.isfinite(greatest) else "of 0 or more"
    bounds = "above 0" if held.unit in _ABOVE_ZERO else bounds
    problems.append(Problem(path=path, message=f"must be a number {bounds}; found {given!r}"))
    return 0.0


def _jointly_wrong(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with values taken together."""
    problems = []
    for key in _DISTRIBUTIONS:
        held = values[key]
        if sum(held.values() if isinstance(held, Mapping) else held) <= 0:
            problems.append(Problem(path=f"targets.{key}", message="at least one share must be above 0"))
    for band in AGE_BANDS:
        total = sum(values[key][band] for key in _LIVING)
        if total > 1 + 1e-9:
            message = f"at age {band} {', '.join(_LIVING)} sum to {total:.3g}; at most 1"
            problems.append(Problem(path="targets", message=message))
    if values["lonely_often"] + values["lonely_never"] >= 1:
        message = "lonely_often and lonely_never must sum to less than 1"
        problems.append(Problem(path="targets.lonely_often", message=message))
    problems += [
        Problem(path=f"targets.strength.{kind}", message="must be above 0")
        for kind, mean in values["strength"].items()
        if mean <= 0
    ]
    return problems
