"""What a scenario file can name: mechanisms, effects, community sources, measures, catalogue entries.

Looked up when asked for, so that a registry which grows, or is replaced in a test, is seen at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["effects", "kind_of", "measures", "mechanisms", "sources"]


def mechanisms() -> dict[str, type]:
    """Return the mechanisms by name."""
    from sim import mechanisms as package

    return {item.name: item for item in package.MECHANISMS}


def kind_of(effect: Any) -> str:
    """Return the kind under which an effect, or its class, is written in files."""
    return str(effect.kind_of_effect)


def effects() -> dict[str, type]:
    """Return the effects by kind."""
    from sim import interventions as package

    return {kind_of(item): item for item in package.EFFECTS}


def sources() -> dict[str, type]:
    """Return the community sources by the key under which they are written."""
    from sim.community.egocentric import EgocentricSource
    from sim.community.survey import GraphSource, SurveySource
    from sim.community.synthesise import SynthesiseSource

    return {
        "synthesise": SynthesiseSource,
        "survey": SurveySource,
        "egocentric": EgocentricSource,
        "graph": GraphSource,
    }


def measures() -> Mapping[str, Any]:
    """Return the measures by name."""
    from sim.measures import MEASURES

    return MEASURES
