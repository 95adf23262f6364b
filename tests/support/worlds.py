"""Small communities whose future is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community
from sim.community.ties import Ties
from sim.mechanisms import defaults
from sim.model.engine import Simulation


def world(
    residents: int,
    edges: Sequence[tuple[int, int]],
    *,
    stigma: object = 0.3,
    loneliness: object = 0.3,
    self_stigma: object = 0.0,
    lived: Sequence[int] = (),
    disclosed: Sequence[int] = (),
    strength: object = 1.0,
    kinds: Sequence[str] | None = None,
) -> Community:
    """Return a community with the ties given, friends unless told otherwise."""
    names = ["household", "family", "friend", "neighbour", "group"]
    who = np.arange(residents)
    columns = Columns()
    columns.put(Column("lived_experience", np.isin(who, lived)))
    columns.put(Column("disclosed", np.isin(who, disclosed)))
    columns.put(Column("influence", np.zeros(residents, bool)))
    for name, value in [("stigma", stigma), ("loneliness", loneliness), ("self_stigma", self_stigma)]:
        columns.put(Outcome(name, np.broadcast_to(np.asarray(value, float), residents).copy()))
    pairs = np.array(list(edges), np.int32).reshape(-1, 2)
    kind = [names.index(item) for item in kinds] if kinds else 2
    return Community(
        ids=who, columns=columns,
        ties=Ties.from_pairs(residents, pairs[:, 0], pairs[:, 1], strength, kind, kinds=names),
    )  # fmt: skip


def complete(residents: int) -> list[tuple[int, int]]:
    """Return every pair."""
    return [(i, j) for i in range(residents) for j in range(i + 1, residents)]


def simulate(
    community: Community, *mechanisms: object, interventions: Sequence[object] = (), seed: int = 1
) -> Simulation:
    """Return a run with some mechanisms in place of the default ones; ties stay as they are unless one changes them."""
    named = {"ties", *(mechanism.name for mechanism in mechanisms)}
    others = [mechanism for mechanism in defaults() if mechanism.name not in named]
    return Simulation(community, (*others, *mechanisms), interventions, seed)


def play(simulation: Simulation, weeks: int) -> Simulation:
    """Play some weeks."""
    for _ in range(weeks):
        simulation.step()
    return simulation


def displace(simulation: Simulation, outcome: str, moved: object) -> None:
    """Move an outcome from outside."""
    column = simulation.community.columns.outcome(outcome)
    column.moved[:] = moved
    column.refresh()
    simulation.refresh()
