"""The gain of the loop: what becomes of a small rise of stigma by its own consequences.

Stigma makes people with lived experience think less of themselves, so they withdraw; ties are lived less and weaken,
contact is lost, and with it what kept stigma down. The gain is the final over the first displacement of mean stigma
after a small lasting rise for everybody: 1 where nothing comes back, 1 / (1 - part that comes back) in a linear loop.
Far above 1 the results follow from the loop and not from what is done, so what loads scenarios refuses a gain above
:data:`GREATEST_GAIN`.

It is measured by playing weeks, so it holds for whatever mechanisms there are. Two runs with the same luck are
compared, with and without the rise; random changes, turnover of ties and the wearing off of lasting changes are
switched off, so what refusal does to new ties is no part of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from sim import compiled
from sim.community.columns import OUTCOMES
from sim.community.community import Community
from sim.model.engine import Simulation
from sim.rules import Mechanism

__all__ = ["GREATEST_GAIN", "IN_THE_LOOP", "loop_gain"]

GREATEST_GAIN = 1.5
"""Gain above which a scenario is refused: a third of each change would come back."""

IN_THE_LOOP = (
    ("contact", "contact_effect"), ("engagement", "rejection"), ("engagement", "withdrawal"),
    ("self_stigma", "anticipated"), ("self_stigma", "exposure_effect"),
)  # fmt: skip
"""Parameters that the gain rises with: mechanism and field."""

_RISE = 0.01
"""The rise of everybody's attitude, small on the scale 0..1."""
_LEAST_WEEKS = 104
_MOST_WEEKS = 520
_EVERY = 26
"""Weeks between two looks at whether it has settled."""
_SETTLED = 0.001
"""Greatest change of the gain between two looks at which it counts as settled."""
_SWITCHED_OFF = {"noise": 0.0, "recovery": 0.0, "turnover": False}


def loop_gain(community: Community, mechanisms: Iterable[Mechanism], seed: int = 1) -> float:
    """Return the gain of the loop from stigma through withdrawal, ties and contact back to stigma.

    Parameters
    ----------
    community
        Where it is played; is not changed. A few hundred residents are enough.
    mechanisms
        What happens, with its parameters.
    seed
        Seed of the luck of both runs.

    Returns
    -------
    gain
        Final over first displacement of mean stigma; 1 where nobody's stigma can rise.

    """
    calm = tuple(_calm(mechanism) for mechanism in mechanisms)
    moved, still = (Simulation(community.copy(), calm, seed=seed) for _ in range(2))
    for name in ("stigma", "stigma_anchor"):
        column = moved.community.columns.outcome(name)
        column.moved += _RISE
        column.refresh()
    moved.refresh()
    first = _difference(moved, still)
    if first <= 0:
        return 1.0
    before = gain = 1.0
    version = still.community.ties.version
    still.step()
    at_rest = still.community.ties.version == version and not _has_moved(still)
    for week in range(1, _MOST_WEEKS + 1):
        moved.step()
        if week > 1 and not at_rest:
            still.step()
        if week % _EVERY == 0:
            before, gain = gain, _difference(moved, still) / first
            if week >= _LEAST_WEEKS and abs(gain - before) < _SETTLED:
                break
    return gain


def _has_moved(run: Simulation) -> bool:
    """Say whether anything has moved since week 0; where nothing has in a week without luck, nothing will."""
    columns = run.community.columns
    return any(columns.outcome(name).moved.any() for name in (*OUTCOMES, "stigma_anchor"))


def _difference(one: Simulation, other: Simulation) -> float:
    """Return by how much mean stigma is higher in one run than in the other."""
    stigma = one.community.observed("stigma") - other.community.observed("stigma")
    return float(compiled.total(stigma)) / max(1, len(stigma))


def _calm(mechanism: Any) -> Any:
    """Return a mechanism without random changes, turnover, and the wearing off of lasting changes."""
    names = {item.name for item in dataclasses.fields(mechanism)}
    return dataclasses.replace(mechanism, **{name: value for name, value in _SWITCHED_OFF.items() if name in names})
