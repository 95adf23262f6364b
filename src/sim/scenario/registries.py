"""What a scenario file can name: mechanisms, effects, community sources, measures, catalogue entries.

Looked up when asked for, so that a registry which grows, or is replaced in a test, is seen at once. Mechanisms and
effects of a user's own join for as long as :func:`extended` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sim.scenario.extensions import checked
from sim.scenario.own_sources import source_hash

__all__ = ["effects", "extended", "kind_of", "measures", "mechanisms", "sources"]

_extensions: ContextVar[tuple[type, ...]] = ContextVar("extensions", default=())


@contextmanager
def extended(classes: Sequence[type]) -> Iterator[dict[str, str]]:
    """Let scenario files name mechanisms and effects of a user's own while the block runs.

    Parameters
    ----------
    classes
        Frozen dataclasses like those in :mod:`sim.mechanisms` (with a ``name``) and :mod:`sim.interventions.effects`
        (with a ``kind_of_effect``). A mechanism takes part in every scenario that is loaded in the block, with
        its defaults unless the file says otherwise.

    Yields
    ------
    dict
        The hash of each class's source by its name: what results depend on.

    Raises
    ------
    InputError
        If a class is neither, or its name is taken.
    """
    taken = {**mechanisms(), **effects()}
    found = checked(classes, taken)
    token = _extensions.set((*_extensions.get(), *found.values()))
    try:
        yield {name: source_hash(cls) for name, cls in sorted(found.items())}
    finally:
        _extensions.reset(token)


def mechanisms() -> dict[str, type]:
    """Return the mechanisms by name."""
    from sim import mechanisms as package

    own: list[Any] = [item for item in _extensions.get() if not hasattr(item, "kind_of_effect")]
    return {item.name: item for item in (*package.MECHANISMS, *own)}


def kind_of(effect: Any) -> str:
    """Return the kind under which an effect, or its class, is written in files."""
    return str(effect.kind_of_effect)


def effects() -> dict[str, type]:
    """Return the effects by kind."""
    from sim import interventions as package

    own = [item for item in _extensions.get() if hasattr(item, "kind_of_effect")]
    return {kind_of(item): item for item in (*package.EFFECTS, *own)}


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
