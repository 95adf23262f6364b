"""Scenarios made larger or smaller, to be played for real at the same budget."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.compare.facts import records

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["settings_at_budget"]

SCALED = (("choose", "number"), ("choose", "share"), ("runs", "places"), ("runs", "workers"))
"""What says how many an intervention is for."""


def settings_at_budget(table: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return for each scenario the ``--set`` values that make it as large as a budget allows.

    The numbers of people who are chosen, of places and of workers are multiplied by the factor of
    :func:`sim.compare.at_budget` and rounded; a share of residents stays at most 1.

    Parameters
    ----------
    table
        What :func:`sim.compare.at_budget` gives.
    manifest
        Content of ``manifest.json``.

    Returns
    -------
    dict
        Scenario -> settings such as ``interventions.befriending.runs.places=120``; empty where nothing in the scenario
        says how many it is for. Scenarios that cannot be scaled are left out.
    """
    found = {}
    for row in records(table):
        if math.isnan(float(row["factor"])):
            continue
        resolved = manifest["scenarios"][row["scenario"]].get("resolved") or {}
        found[str(row["scenario"])] = [
            setting for item in resolved.get("interventions") or () for setting in _settings(item, float(row["factor"]))
        ]
    return found


def _settings(item: Mapping[str, Any], factor: float) -> Iterator[str]:
    for part, key in SCALED:
        value = (item.get(part) or {}).get(key)
        if value is None:
            continue
        if key == "share":
            scaled: float = min(1.0, round(float(value) * factor, 6))
        else:
            least = int((item.get("runs") or {}).get("group_size") or 1) if key == "places" else 1
            scaled = max(least, round(int(value) * factor))
        yield f"interventions.{item['name']}.{part}.{key}={scaled:g}"
