"""How few surveyed residents are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["FEWEST_SHOWN", "USUAL_LEAST", "least_shown"]

FEWEST_SHOWN = 5
"""Whatever a scenario says, groups of fewer surveyed residents are not shown."""

USUAL_LEAST = 10
"""Groups of fewer surveyed residents are not shown unless a scenario says otherwise."""


def least_shown(scenarios: Mapping[str, Any]) -> int:
    """Return the fewest residents of a group that is shown: the most that any stored scenario asks for."""
    said = [((stored or {}).get("resolved") or {}).get("suppress_below") for stored in scenarios.values()]
    return max(FEWEST_SHOWN, *(int(number) for number in said if number is not None), 0) if any(said) else USUAL_LEAST
