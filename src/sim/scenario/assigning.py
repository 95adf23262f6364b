"""Numbers put into a scenario that is resolved already: quicker than reading its files again, and checked the same.

Calibration tries thousands of parameter sets, and a scenario may draw one for each seed (``draws``). Both change single
numbers of the mechanisms, the interventions or the community, by the paths of ``sim explain --paths``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.scenario import registries
from sim.scenario.file_format import BOUNDS
from sim.scenario.parameters import parameters, without_none

if TYPE_CHECKING:
    from sim.scenario.plan import Scenario

__all__ = ["assigned", "has_place", "number_at", "steps_of"]

_STEP = re.compile(r"[^.\[\]]+|\[[0-9]+\]")
_PLACES = ("mechanisms", "interventions", "community")
_SD = re.compile(r"\s*[-+0-9.eE]+\s+(sd|SD)\s*")

Steps = tuple[str | int, ...]


def steps_of(path: str) -> Steps:
    """Return a dotted path as keys and positions.

    Raises
    ------
    ValueError
        If it cannot lead to a number of a mechanism, an intervention or the community.
    """
    parts = _STEP.findall(path)
    steps = tuple(int(part[1:-1]) if part.startswith("[") else part.strip() for part in parts)
    if len(steps) < 3 or steps[0] not in _PLACES:
        raise ValueError(f"must begin with one of {', '.join(_PLACES)} and lead to a number")
    return steps


def has_place(scenario: Scenario, path: str) -> bool:
    """Say whether a scenario has the mechanism, intervention or source of a community that a path names."""
    top, name, *_ = steps_of(path)
    if top == "community":
        return name in scenario.resolved["community"]
    items = scenario.mechanisms if top == "mechanisms" else scenario.interventions
    return any(item.name == name for item in items)


def number_at(scenario: Scenario, path: str) -> float | None:
    """Return the number at a path, in standard deviations where it is written so; ``None`` where it is not set.

    Raises
    ------
    ValueError
        If there is no such path, or it holds something else than a number.
    """
    found: list[float | None] = []

    def look(value: Any, _: str) -> Any:
        found.append(_as_number(value))
        return value

    _changed(scenario, steps_of(path), look)
    return found[0]


def assigned(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with other numbers; whole numbers are rounded where only they are allowed.

    Raises
    ------
    ValueError
        If there is no such path, it holds no number, or the number is not allowed; says which path.
    """
    for path, number in values.items():
        try:
            scenario = _changed(scenario, steps_of(path), lambda old, kind, number=number: _replaced(old, kind, number))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    return scenario


def _changed(scenario: Scenario, steps: Steps, change: Any) -> Scenario:
    top, name, *rest = steps
    if top == "community":
        if name not in scenario.resolved["community"]:
            raise ValueError(f"the community does not come from '{name}'")
        return dataclasses.replace(scenario, source=_walk(scenario.source, tuple(rest), change))
    attribute = str(top)
    items = getattr(scenario, attribute)
    if not any(item.name == name for item in items):
        raise ValueError(f"there is no '{name}' among the {attribute}: {', '.join(item.name for item in items)}")
    new = tuple(_walk(item, tuple(rest), change) if item.name == name else item for item in items)
    changes: dict[str, Any] = {attribute: new}
    return dataclasses.replace(scenario, **changes)


def _walk(value: Any, steps: Steps, change: Any, kind: str = "", bounds: Any = (None, None)) -> Any:
    """Return a value in which what the steps lead to has been changed."""
    if not steps:
        new = change(value, kind)
        low, high = bounds
        number = _as_number(new)
        if number is not None and ((low is not None and number < low) or (high is not None and number > high)):
            raise ValueError(f"{number:g} is not allowed: from {low if low is not None else '-'} to "
                             f"{high if high is not None else '-'}")  # fmt: skip
        return new
    step, *rest = steps
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        item = next((item for item in parameters(type(value)) if item.key == step), None)
        if item is None:
            raise ValueError(f"there is no '{step}' there; names: {', '.join(p.key for p in parameters(type(value)))}")
        inner, _ = without_none(item.annotation)
        limits = BOUNDS.get((type(value), item.attribute), (item.at_least, item.at_most))
        new = _walk(getattr(value, item.attribute), tuple(rest), change, "int" if inner is int else "", limits)
        return dataclasses.replace(value, **{item.attribute: new})
    if isinstance(value, Mapping) and step in value:
        return {**value, step: _walk(value[step], tuple(rest), change, kind)}
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        inside, following = value[step], tuple(rest)
        if following and following[0] in registries.effects() and registries.kind_of(inside) == following[0]:
            following = following[1:]
        return (*value[:step], _walk(inside, following, change, kind), *value[step + 1 :])
    raise ValueError(f"there is no '{step}' there")


def _as_number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and _SD.fullmatch(value):
        return float(value.split()[0])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"holds {value!r}, not a number")
    return float(value)


def _replaced(old: Any, kind: str, number: float) -> Any:
    """Return a number in the form of the one that it replaces."""
    _as_number(old)
    if isinstance(old, str):
        return f"{number!r} sd"
    return round(number) if kind == "int" else float(number)
