"""The loop gain of a plan's scenarios: computed when they are loaded, refused where it is too great.

Where each seed draws a parameter set, the gain of every set that a seed of the plan draws is looked at as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, listing
from sim.model.gain import GREATEST_GAIN, IN_THE_LOOP, loop_gain
from sim.scenario.nodes import shown

if TYPE_CHECKING:
    from sim.scenario import Plan, Scenario

__all__ = ["gain_of", "with_loop_gains"]

_ENOUGH = 500
"""Residents of a synthesised community that the gain is measured in; one from a survey is taken as it is."""
_SILENT = ("word_of_mouth",)
"""Mechanisms that do nothing without interventions, so that the gain does not hang on them."""

_known: dict[tuple[Any, ...], float] = {}


def gain_of(scenario: Scenario) -> float:
    """Return the loop gain of a scenario's own values, in its community of seed 1.

    Measured once for the same community and the same mechanisms.
    """
    source = scenario.source
    if getattr(source, "residents", 0) > _ENOUGH:
        source = dataclasses.replace(source, residents=_ENOUGH)
    files = dataclasses.replace(scenario, draws=None).data_files()
    data = tuple((str(file), file.stat().st_mtime_ns) for file in files)
    key = (repr(source), data, repr([rule for rule in scenario.mechanisms if rule.name not in _SILENT]))
    if key not in _known:
        _known[key] = loop_gain(source.build(1), scenario.mechanisms)
    return _known[key]


def with_loop_gains(plan: Plan) -> Plan:
    """Return a plan whose scenarios know their loop gain: where each seed draws parameters, the greatest that is drawn.

    Raises
    ------
    InputError
        If a scenario's gain is too great, or that of a parameter set which one of its seeds draws; names the parameters
        that it rises with, and the line of the table.
    """
    refused: dict[str, Problem] = {}
    gains = {}
    for name, scenario in plan.scenarios.items():
        gains[name] = own = gain_of(scenario)
        if own > GREATEST_GAIN:
            refused.setdefault(repr(scenario.mechanisms), _problem(scenario, own))
        drawn = _drawn(scenario)
        if drawn:
            gains[name] = max(gain for gain, _ in drawn.values())
        if gains[name] > GREATEST_GAIN and drawn:
            refused.setdefault("drawn", _problem_of_sets(scenario, drawn))
    if refused:
        raise InputError(refused.values())
    scenarios = {name: dataclasses.replace(item, loop_gain=gains[name]) for name, item in plan.scenarios.items()}
    return dataclasses.replace(plan, scenarios=scenarios)


def _drawn(scenario: Scenario) -> dict[int, tuple[float, Scenario]]:
    """Return gain and scenario for each row of the table that a seed draws, rows counted from 0; empty without one."""
    if scenario.draws is None:
        return {}
    by_row = {scenario.draws.row_of(seed): seed for seed in range(1, scenario.seeds + 1)}
    played = {row: scenario.drawn(seed) for row, seed in by_row.items()}
    return {row: (gain_of(each), each) for row, each in sorted(played.items())}


def _problem(scenario: Scenario, gain: float) -> Problem:
    return Problem(scenario.file, path="mechanisms", message=_message(scenario, gain))


def _problem_of_sets(scenario: Scenario, drawn: dict[int, tuple[float, Scenario]]) -> Problem:
    """Say of the parameter set with the greatest gain what is wrong with it, and which others are refused as well."""
    draws = scenario.draws
    assert draws is not None
    refused = {row: gain for row, (gain, _) in drawn.items() if gain > GREATEST_GAIN}
    worst = max(refused, key=lambda row: (refused[row], -row))
    message = f"with this parameter set {_message(drawn[worst][1], refused[worst], draws.paths)}"
    others = [row + 2 for row in refused if row != worst]
    if others:
        message += f"; so with the set{'s' if len(others) > 1 else ''} of line {listing(others)}"
    return Problem(shown(draws.file), worst + 2, message=message)


def _message(scenario: Scenario, gain: float, drawn: Iterable[str] = ()) -> str:
    """Say what is too great, and which parameters make it so: those above their usual values, or else all."""
    by_name = {mechanism.name: mechanism for mechanism in scenario.mechanisms}
    found = []
    for name, field in IN_THE_LOOP:
        if name in by_name:
            path, value = f"mechanisms.{name}.{field}", getattr(by_name[name], field)
            origin = scenario.origins.get(path)
            where = "this line" if path in drawn else "" if origin is None else origin.where
            said = f" ({where})" if where else ""
            found.append((value > getattr(type(by_name[name])(), field), f"{path} = {value:g}{said}"))
    raised = [text for above, text in found if above] or [text for _, text in found]
    return (
        f"a small rise of stigma would grow to {gain:.1f} times its size by its own consequences, at most "
        f"{GREATEST_GAIN:g} times is allowed; it grows with {', '.join(raised)}"
    )
