"""The week in plain Python: slow, readable, and written from the equations, not from the package's code.

Residents are numbers, ties a dictionary from the pair to (strength, kind). Everything is a loop. The package is held
to this in ``tests/model/test_engine.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


def clip(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return max(low, min(high, value))


@dataclass
class SlowCommunity:
    """A community as lists, one value a resident."""

    stigma: list[float]
    self_stigma: list[float]
    loneliness: list[float]
    lived_experience: list[bool]
    disclosed: list[bool]
    ties: dict[tuple[int, int], tuple[float, str]]
    susceptibility: list[float]
    moved: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("stigma", "self_stigma", "loneliness", "anchor"):
            self.moved[name] = [0.0] * len(self.stigma)
        self.usual = {pair: strength for pair, (strength, _) in self.ties.items()}

    def now(self, name: str, i: int) -> float:
        """Return the observed value."""
        return clip(getattr(self, name)[i] + self.moved[name][i])

    def change(self, name: str, i: int) -> float:
        """Return how far the observed value is from week 0."""
        return self.now(name, i) - clip(getattr(self, name)[i])

    def neighbours(self, i: int) -> list[tuple[int, float, str]]:
        found = []
        for (a, b), (strength, kind) in self.ties.items():
            if i in (a, b):
                found.append((b if a == i else a, strength, kind))
        return sorted(found)


def engagement(c: SlowCommunity, i: int, withdrawal: float) -> float:
    return clip(1 - withdrawal * c.change("self_stigma", i), 0.0, 1.5)


def lived(c: SlowCommunity, i: int, j: int, p: dict[str, float]) -> float:
    """Return how much of a tie is lived."""
    factor = engagement(c, i, p["withdrawal"]) * engagement(c, j, p["withdrawal"])
    if c.disclosed[i]:
        factor *= clip(1 - p["rejection"] * c.change("stigma", j), 0.0, 1.5)
    if c.disclosed[j]:
        factor *= clip(1 - p["rejection"] * c.change("stigma", i), 0.0, 1.5)
    return factor


def totals(c: SlowCommunity, p: dict[str, float], influence: dict[str, float], support: dict[str, float]):
    """Return for each resident the sums over her ties that the equations need."""
    result = []
    mean_stigma = sum(c.now("stigma", i) for i in range(len(c.stigma))) / len(c.stigma)
    for i in range(len(c.stigma)):
        row = dict.fromkeys(("pull", "weight", "stigma", "open", "support", "mood"), 0.0)
        for j, strength, kind in c.neighbours(i):
            k = strength * influence[kind]
            difference = c.now("stigma", j) - c.now("stigma", i)
            if abs(difference) <= p["bound"]:
                row["pull"] += k * difference
            row["weight"] += k
            row["stigma"] += k * c.now("stigma", j)
            row["mood"] += k * c.change("loneliness", j)
            if c.lived_experience[j] and c.disclosed[j]:
                row["open"] += strength
            row["support"] += strength * support[kind] * lived(c, i, j, p)
        row["mean_pull"] = row["pull"] / row["weight"] if row["weight"] else 0.0
        row["mean_mood"] = row["mood"] / row["weight"] if row["weight"] else 0.0
        row["contact"] = 1 - math.exp(-row["open"])
        row["unmet"] = math.exp(-row["support"] / p["support_scale"])
        know = 1.0 if c.disclosed[i] else p["anticipated"]
        kappa = p["community_weight"]
        row["experienced"] = know * (row["stigma"] + kappa * mean_stigma) / (row["weight"] + kappa)
        result.append(row)
    return result


def play_week(c: SlowCommunity, rest, p, influence, support) -> None:
    """Play one week on a community; ``rest`` holds the totals at week 0."""
    now = totals(c, p, influence, support)
    follows = {
        (i, j): strength + p["tie_rate"] * (min(1.0, c.usual[i, j] * lived(c, i, j, p)) - strength)
        for (i, j), (strength, _) in c.ties.items()
    }
    change = {name: [0.0] * len(c.stigma) for name in c.moved}
    for i in range(len(c.stigma)):
        change["stigma"][i] = (
            c.susceptibility[i] * (now[i]["mean_pull"] - rest[i]["mean_pull"])
            + p["anchoring"] * (c.moved["anchor"][i] - c.moved["stigma"][i])
            - p["anchoring"] * p["contact_effect"] * (now[i]["contact"] - rest[i]["contact"])
        )
        change["anchor"][i] = -p["recovery"] * c.moved["anchor"][i]
        if c.lived_experience[i]:
            met = now[i]["experienced"] - rest[i]["experienced"]
            change["self_stigma"][i] = p["self_rate"] * (p["exposure_effect"] * met - c.moved["self_stigma"][i])
        change["loneliness"][i] = p["lonely_rate"] * (
            p["support_effect"] * (now[i]["unmet"] - rest[i]["unmet"])
            + p["peer_effect"] * now[i]["mean_mood"]
            + p["self_stigma_effect"] * c.change("self_stigma", i)
            - c.moved["loneliness"][i]
        )
    for name, values in change.items():
        for i, value in enumerate(values):
            c.moved[name][i] += value
    c.ties = {pair: (follows[pair], kind) for pair, (_, kind) in c.ties.items()}
