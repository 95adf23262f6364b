"""The loop gain of a plan's scenarios: computed when they are loaded, refused where it is too great."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.model.gain import GREATEST_GAIN, IN_THE_LOOP, loop_gain

if TYPE_CHECKING:
    from sim.scenario import Plan, Scenario

__all__ = ["gain_of", "with_loop_gains"]

_ENOUGH = 500
"""Residents of a synthesised community that the gain is measured in; one from a survey is taken as it is."""

_known: dict[tuple[Any, ...], float] = {}


def gain_of(scenario: Scenario) -> float:
    """Return the loop gain of a scenario, in its community of seed 1; measured once for the same mechanisms."""
    source = scenario.source
    if getattr(source, "residents", 0) > _ENOUGH:
        source = dataclasses.replace(source, residents=_ENOUGH)
    data = tuple((str(file), file.stat().st_mtime_ns) for file in scenario.data_files())
    key = (repr(source), data, repr(scenario.mechanisms))
    if key not in _known:
        _known[key] = loop_gain(source.build(1), scenario.mechanisms)
    return _known[key]


def with_loop_gains(plan: Plan) -> Plan:
    """Return a plan whose scenarios know their loop gain.

    Raises
    ------
    InputError
        If a scenario's gain is too great; names the parameters that it rises with.
    """
    gains = {name: gain_of(scenario) for name, scenario in plan.scenarios.items()}
    refused: dict[str, Problem] = {}
    for name, gain in gains.items():
        if gain > GREATEST_GAIN:
            scenario = plan.scenarios[name]
            refused.setdefault(repr(scenario.mechanisms), _problem(scenario, gain))
    if refused:
        raise InputError(refused.values())
    scenarios = {name: dataclasses.replace(item, loop_gain=gains[name]) for name, item in plan.scenarios.items()}
    return dataclasses.replace(plan, scenarios=scenarios)


def _problem(scenario: Scenario, gain: float) -> Problem:
    """Say what is too great, and which parameters make it so: those above their usual values, or else all."""
    by_name = {mechanism.name: mechanism for mechanism in scenario.mechanisms}
    found = []
    for name, field in IN_THE_LOOP:
        if name in by_name:
            path, value = f"mechanisms.{name}.{field}", getattr(by_name[name], field)
            origin = scenario.origins.get(path)
            said = f" ({origin.where})" if origin is not None and origin.where else ""
            found.append((value > getattr(type(by_name[name])(), field), f"{path} = {value:g}{said}"))
    raised = [text for above, text in found if above] or [text for _, text in found]
    text = (
        f"a small rise of stigma would grow to {gain:.1f} times its size by its own consequences, at most "
        f"{GREATEST_GAIN:g} times is allowed; it grows with {', '.join(raised)}"
    )
    return Problem(scenario.file, path="mechanisms", message=text)
