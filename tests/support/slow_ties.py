"""How ties change, in plain Python: one tie and one resident after the other, written from the description.

Only luck (``sim.rng``) is shared with the package. A tie is held under its pair, the smaller number first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sim.rng import Draws


@dataclass
class SlowTie:
    strength: float
    usual: float
    kind: str
    place: int = -1
    by_programme: bool = False
    ends_in: int | None = None


@dataclass
class SlowTies:
    """Ties of a community without interventions, and what people look for."""

    identity: list[int]
    ties: dict[tuple[int, int], SlowTie]
    slots: dict[tuple[int, str], int]
    kinds: list[str]
    area: list[int] | None
    band: list[int] | None
    members: list[set[int]]
    """Of each place, in order; places that are closed have none who meet."""
    parameters: object
    seed: int
    parted: list[tuple[int, int, int]] = field(default_factory=list)
    drawn_from: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in self.kinds:
            self.drawn_from[kind] = sorted(tie.usual for tie in self.ties.values() if tie.kind == kind)

    # --- luck ---------------------------------------------------------------------------------------

    def of_pair(self, rule: str, week: int, i: int, j: int) -> float:
        stream = Draws(self.seed).stream(rule, week)
        one, other = (np.array([self.identity[k]], np.uint64) for k in (i, j))
        return float(stream.pair_uniform(one, other)[0])

    def of_resident(self, rule: str, week: int, i: int, number: int = 0) -> float:
        stream = Draws(self.seed).stream(rule, week)
        return float(stream.uniform(np.array([self.identity[i]], np.uint64), number)[0])

    # --- one week -----------------------------------------------------------------------------------

    def play(self, week: int, engagement, welcome, stigma, disclosed) -> None:
        """Play one week, from the state as it stood at its start."""
        p = self.parameters
        free = {who: number - self.count(*who) for who, number in self.slots.items()}
        grown, ended = {}, []
        for (i, j), tie in self.ties.items():
            lived = engagement[i] * engagement[j]
            lived *= welcome[j] if disclosed[i] else 1.0
            lived *= welcome[i] if disclosed[j] else 1.0
            grown[i, j] = tie.strength + p.rate * (min(1.0, tie.usual * lived) - tie.strength)
            hazard = getattr(p, f"ending_{tie.kind}")
            if tie.ends_in is None and hazard > 0:
                luck = self.of_pair("ties: ending", week, i, j)
                tie.ends_in = week + math.floor(math.log(1 - luck) / math.log(1 - hazard))
            if grown[i, j] < p.too_weak * tie.usual or tie.ends_in == week:
                ended.append((i, j))
        new = self.found(week, free, stigma, disclosed)
        for pair, strength in grown.items():
            self.ties[pair].strength = strength
        for i, j in ended:
            del self.ties[i, j]
            self.parted.append((i, j, week))
        for pair, tie in new:
            self.ties.setdefault(pair, tie)

    def count(self, i: int, kind: str) -> int:
        return sum(1 for pair, tie in self.ties.items() if i in pair and tie.kind == kind and not tie.by_programme)

    def found(self, week: int, free, stigma, disclosed) -> list[tuple[tuple[int, int], SlowTie]]:
        """Return the ties of those who find each other, and accept."""
        p, asked = self.parameters, []
        for code, kind in enumerate(self.kinds):
            for i in range(len(self.identity)):
                if free[i, kind] <= 0:
                    continue
                chance = 1 - (1 - p.search) ** free[i, kind]
                if self.of_resident("ties: search", week, i, code) < chance:
                    choice = self.choice(week, i, kind, free)
                    if choice is not None:
                        j, place = choice
                        asked.append((min(i, j), max(i, j), kind, place))
        asked.sort(key=lambda item: self.of_pair("ties: acceptance", week, item[0], item[1]))
        made = []
        for i, j, kind, place in asked:
            accepts = 1.0
            accepts *= 1 - p.refusal * stigma[j] if disclosed[i] else 1.0
            accepts *= 1 - p.refusal * stigma[i] if disclosed[j] else 1.0
            if self.of_pair("ties: acceptance", week, i, j) < accepts and free[i, kind] > 0 and free[j, kind] > 0:
                free[i, kind] -= 1
                free[j, kind] -= 1
                values = self.drawn_from[kind]
                usual = values[int(self.of_pair("ties: strength", week, i, j) * len(values))]
                made.append(((i, j), SlowTie(usual, usual, kind, place)))
        return made

    def choice(self, week: int, i: int, kind: str, free) -> tuple[int, int] | None:
        """Return whom a resident chooses, and where they met."""
        best = None
        for j in range(len(self.identity)):
            pair = (min(i, j), max(i, j))
            lately = any((a, b) == pair and week - when <= self.parameters.apart for a, b, when in self.parted)
            if i == j or free[j, kind] <= 0 or pair in self.ties or lately:
                continue
            weight, place = self.weight(i, j, kind)
            if weight > 0:
                wait = -math.log(1 - self.of_pair("ties: choice", week, i, j)) / weight
                if best is None or wait < best[0]:
                    best = (wait, j, place)
        return None if best is None else best[1:]

    def weight(self, i: int, j: int, kind: str) -> tuple[float, int]:
        """Return how likely two meet, relative to others (0: never), and in which place."""
        p = self.parameters
        shared = [number for number, members in enumerate(self.members) if {i, j} <= members]
        near = self.area is None or self.area[i] == self.area[j]
        if kind == "group" and self.members:
            return (1.0, shared[0]) if shared else (0.0, -1)
        if kind == "neighbour":
            return (1.0, -1) if near else (0.0, -1)
        alike = self.band is None or self.band[i] == self.band[j]
        met = [p.friend_of_friend] * self.share_a_friend(i, j) + [p.fellow_member] * bool(shared)
        met += [1.0] * (near or alike)
        likeness = (p.alike if alike else 1.0) * (p.near if near and self.area is not None else 1.0)
        return max(met, default=0.0) * likeness, -1

    def share_a_friend(self, i: int, j: int) -> bool:
        def friends(k: int) -> set[int]:
            return {
                a + b - k for (a, b), tie in self.ties.items()
                if k in (a, b) and tie.kind not in ("neighbour", "group") and not tie.by_programme
            }  # fmt: skip

        return bool(friends(i) & friends(j))
