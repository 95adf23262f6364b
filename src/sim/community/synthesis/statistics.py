"""Statistics of one network, as a survey or a table gives them: what ``targets: {degrees: ...}`` may hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.community.community import Community
from sim.community.describe import components, transitivity
from sim.errors import InputError, Problem, did_you_mean, listing

__all__ = ["STATISTICS", "Attribute", "Statistics", "statistics_of"]

STATISTICS = (
    "degrees", "clustering", "largest_component", "attributes", "loneliness_clustering", "stigma_clustering",
)  # fmt: skip
"""Names of the targets of a network made from statistics; ``degrees`` says that it is one."""

_OF_ATTRIBUTE = ("shares", "within", "mixing", "mean_ties")
_MOST_TIES = 10_000


@dataclass(frozen=True)
class Attribute:
    """One attribute of residents."""

    shares: Mapping[str, float]
    """Share of residents in each group; scaled to 1."""
    within: float | Mapping[str, float] | None = None
    """Share of ties that stay within a group: of all ties, or of the ties of each group."""
    mixing: Mapping[str, Mapping[str, float]] | None = None
    """Of the ties of each group, the share that leads to each group."""
    mean_ties: Mapping[str, float] = field(default_factory=dict)
    """Mean number of ties of residents of each group."""

    @property
    def closed(self) -> bool:
        """Whether ties never leave a group."""
        if isinstance(self.within, Mapping):
            return all(self.within.get(name, 0.0) >= 1.0 for name in self.shares)
        return self.within is not None and self.within >= 1.0


@dataclass(frozen=True)
class Statistics:
    """What one network should be like."""

    degrees: Mapping[int, float]
    """Share of residents with each number of ties; scaled to 1. The share with 0 are the isolates."""
    clustering: float | None = None
    """Share of connected triples that close."""
    largest_component: float | None = None
    """Share of residents in the largest connected part."""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    loneliness_clustering: float | None = None
    """Correlation of loneliness between the ends of ties; England's where absent."""
    stigma_clustering: float | None = None
    """Correlation of stigma between the ends of ties; England's where absent."""

    @classmethod
    def read(cls, targets: Mapping[str, Any]) -> Statistics:
        """Return statistics from plain data.

        Raises
        ------
        InputError
            With everything in them that cannot be used.
        """
        reader = _Reader()
        reader.keys("targets", targets, STATISTICS)
        degrees = reader.degrees(targets.get("degrees"))
        attributes = {}
        given = targets.get("attributes", {})
        if not isinstance(given, Mapping):
            reader.refuse("targets.attributes", f"must be a mapping of attributes; found {given!r}")
            given = {}
        for name, held in given.items():
            attributes[str(name)] = reader.attribute(f"targets.attributes.{name}", held)
        correlations = {
            key: reader.number(f"targets.{key}", targets[key], -0.9, 0.9)
            for key in ("loneliness_clustering", "stigma_clustering") if key in targets
        }  # fmt: skip
        shares = {
            key: reader.number(f"targets.{key}", targets[key], 0.0, 1.0)
            for key in ("clustering", "largest_component") if key in targets
        }  # fmt: skip
        if reader.problems:
            raise InputError(reader.problems)
        return cls(degrees, attributes=attributes, **shares, **correlations)


class _Reader:
    """Reads plain data and keeps what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, path: str, message: str) -> None:
        self.problems.append(Problem(path=path, message=message))

    def keys(self, path: str, given: Mapping[Any, Any], allowed: tuple[str, ...]) -> None:
        for key in given:
            if str(key) not in allowed:
                near = did_you_mean(key, allowed) or ";"
                self.refuse(f"{path}.{key}", f"'{key}' is unknown{near} allowed: {listing(allowed)}")

    def number(self, path: str, given: Any, least: float, most: float) -> float:
        is_number = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
        if is_number and least <= given <= most:
            return float(given)
        self.refuse(path, f"must be a number from {least:g} to {most:g}; found {given!r}")
        return least

    def degrees(self, given: Any) -> dict[int, float]:
        if not isinstance(given, Mapping) or not given:
            self.refuse("targets.degrees", f"must be a mapping of numbers of ties to shares; found {given!r}")
            return {0: 1.0}
        found: dict[int, float] = {}
        for key, share in given.items():
            text = str(key).removesuffix(".0")
            if not text.isdigit() or int(text) > _MOST_TIES:
                message = f"'{key}' must be a whole number of ties from 0 to {_MOST_TIES:,}"
                self.refuse(f"targets.degrees.{key}", message)
                continue
            found[int(text)] = self.number(f"targets.degrees.{key}", share, 0.0, math.inf)
        if not self.problems and sum(found.values()) <= 0:
            self.refuse("targets.degrees", "at least one share must be above 0")
        return dict(sorted(found.items()))

    def attribute(self, path: str, given: Any) -> Attribute:
        if not isinstance(given, Mapping) or not isinstance(given.get("shares"), Mapping) or not given["shares"]:
            self.refuse(path, f"must be a mapping with shares (of residents in each group); found {given!r}")
            return Attribute({"all": 1.0})
        self.keys(path, given, _OF_ATTRIBUTE)
        shares = {str(k): self.number(f"{path}.shares.{k}", v, 0.0, math.inf) for k, v in given["shares"].items()}
        if sum(shares.values()) <= 0:
            self.refuse(f"{path}.shares", "at least one share must be above 0")
        within = given.get("within")
        if isinstance(within, Mapping):
            within = self.by_group(f"{path}.within", within, shares, 1.0)
        elif within is not None:
            within = self.number(f"{path}.within", within, 0.0, 1.0)
        mixing = given.get("mixing")
        if mixing is not None and within is not None:
            self.refuse(path, "say either within or mixing, which holds it")
        if mixing is not None and not isinstance(mixing, Mapping):
            self.refuse(f"{path}.mixing", f"must be a mapping of groups; found {mixing!r}")
            mixing = None
        if mixing is not None:
            rows = self.groups(f"{path}.mixing", mixing, shares)
            mixing = {k: self.by_group(f"{path}.mixing.{k}", row, shares, 1.0) for k, row in rows.items()}
        mean_ties = self.by_group(f"{path}.mean_ties", given.get("mean_ties", {}), shares, _MOST_TIES)
        return Attribute(shares, within, mixing, mean_ties)

    def groups(self, path: str, given: Any, shares: Mapping[str, float]) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self.refuse(path, f"must be a mapping of groups; found {given!r}")
            return {}
        self.keys(path, given, tuple(shares))
        return {str(key): value for key, value in given.items() if str(key) in shares}

    def by_group(self, path: str, given: Any, shares: Mapping[str, float], most: float) -> dict[str, float]:
        return {k: self.number(f"{path}.{k}", v, 0.0, most) for k, v in self.groups(path, given, shares).items()}


def statistics_of(community: Community, attributes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the statistics of a community's whole network, as ``targets`` of a synthesis take them.

    Parameters
    ----------
    community
        Whose ties are counted, of all kinds together.
    attributes
        Columns (categories or flags) whose groups' shares, mixing and mean numbers of ties are taken; residents of no
        group are a group called ``unknown``.

    """
    degree = community.ties.degree()
    residents = max(1, len(community))
    counts = np.bincount(degree)
    found: dict[str, Any] = {
        "degrees": {number: float(count) / residents for number, count in enumerate(counts) if count},
        "clustering": transitivity(community),
        "largest_component": float(components(community).max(initial=0)) / residents,
        "attributes": {},
    }
    pairs = community.ties.pairs()
    for column in attributes:
        names, group = community.group_codes(column)
        if (group < 0).any():
            names, group = (*names, "unknown"), np.where(group < 0, len(names), group)
        sizes = np.bincount(group, minlength=len(names))
        count = np.zeros((len(names), len(names)))
        np.add.at(count, (group[pairs["one"]], group[pairs["other"]]), 1.0)
        count += count.T
        held = [i for i in range(len(names)) if sizes[i]]
        tied = [i for i in held if count[i].sum()]
        found["attributes"][column] = {
            "shares": {names[i]: float(sizes[i]) / residents for i in held},
            "mixing": {
                names[i]: {names[j]: float(count[i, j] / count[i].sum()) for j in held} for i in tied
            },
            "mean_ties": {names[i]: float(count[i].sum() / sizes[i]) for i in held},
        }  # fmt: skip
        if np.trace(count) == count.sum():
            del found["attributes"][column]["mixing"]
            found["attributes"][column]["within"] = 1.0
    return found
