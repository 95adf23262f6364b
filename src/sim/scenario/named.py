"""What checks of names share: whether a value is given, and how to say that a name is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.community.columns import Column
from sim.errors import did_you_mean, listing
from sim.scenario.nodes import Location
from sim.scenario.resolving import Draft

__all__ = ["SHOWN", "given", "no_column", "unknown"]

SHOWN = 30
"""How many names a message lists at most."""


def given(draft: Draft, location: Location) -> bool:
    """Say whether a value is given, in a file, the catalogue or on the command line."""
    node = draft.tree.at(location)
    return node is not None and node.value is not None


def unknown(what: str, name: object, known: Sequence[str], plural: str) -> str:
    """Return that a name is not known, the nearest one that is, and all that are."""
    hint = did_you_mean(name, known) or ";"
    return f"'{name}' is not {what}{hint} {plural}: {listing(known, SHOWN) or 'none'}"


def no_column(name: str, columns: Mapping[str, Column]) -> str:
    """Return that there is no such column, and which there are."""
    hint = did_you_mean(name, list(columns)) or ";"
    return f"'{name}' is not a column of this community{hint} columns: {listing(sorted(columns), SHOWN)}"
