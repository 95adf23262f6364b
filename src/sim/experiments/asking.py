"""Which axes: from what a user asks for, or all that the evidence gives a range for."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from sim import evidence
from sim.errors import InputError, did_you_mean
from sim.experiments.space import Axis, Space, written
from sim.interventions.spec import Choose, Intervention, Spread
from sim.scenario.building import UNRANKED
from sim.scenario.nodes import Place
from sim.scenario.parameters import without_none
from sim.scenario.settable import paths, support_of
from sim.scenario.yaml_lines import parse_value

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.settable import Settable

__all__ = ["asked_axes", "usual_axes"]

_UNKNOWN_CHOICES = ("theory", "contagion")
"""Choices of mechanisms about which theories differ; the others are switches of a study's design."""

_OF_ALL = ("everyone", "nobody")
"""Ways to choose that take no number."""

Given = Mapping[str, Any] | Sequence[str]


def usual_axes(scenarios: Sequence[Scenario]) -> Space:
    """Return all that is uncertain about some scenarios.

    That is every parameter of a mechanism, and every value of an intervention that the catalogue or a default gives,
    for which the evidence has a range; the theories of mechanisms; and the rule of uptake. What a scenario file itself
    says of an intervention (how many places, from when) is decided and not unknown, and costs move no outcome.
    """
    found: dict[str, Axis] = {}
    for scenario in scenarios:
        for settable in paths(scenario):
            if settable.path not in found and (axis := _unknown(settable, scenario)) is not None:
                found[settable.path] = axis
    return Space(tuple(found.values()))


def _unknown(settable: Settable, scenario: Scenario) -> Axis | None:
    """Return the axis of a path if its value is an unknown."""
    path = settable.path
    top, _, rest = path.partition(".")
    origin = scenario.origins.get(path)
    if top == "mechanisms":
        if rest.partition(".")[2] in _UNKNOWN_CHOICES:
            return _axis(settable, scenario)
    elif top != "interventions" or ".cost." in path or (origin is not None and origin.kind in ("file", "command line")):
        return None
    elif path.endswith(".spread.rule"):
        talks = _intervention(path, scenario).spread.talk
        return _axis(settable, scenario) if talks else None
    name = settable.evidence
    if not name or settable.low is None or settable.high is None or not settable.low < settable.high:
        return None
    entry = evidence.entry(name)
    if entry.low is None or not isinstance(entry.value, int | float) or _is_off(path, scenario):
        return None
    return _axis(settable, scenario)


def _is_off(path: str, scenario: Scenario) -> bool:
    """Say whether a value has no meaning under what else the scenario says."""
    if path.endswith((".spread.base_chance", ".spread.contact_odds")):
        return _intervention(path, scenario).spread.rule != "reinforced"
    if path.endswith(".runs.ramp_up"):
        return _intervention(path, scenario).runs.all_places is None
    return False


def _intervention(path: str, scenario: Scenario) -> Intervention:
    name = path.split(".")[1]
    return next(item for item in scenario.interventions if item.name == name)


def asked_axes(asked: Given, scenarios: Sequence[Scenario]) -> Space:
    """Return the axes that a user asks for.

    Parameters
    ----------
    asked
        From path to ``(low, high)``, a list of options, or ``None`` for the evidence's range; or texts like
        ``path``, ``path=low..high`` and ``path=option,option``.
    scenarios
        In which the paths are looked up.

    Raises
    ------
    InputError
        If there is no such path, or no range is known and none was given.
    """
    given = dict(asked) if isinstance(asked, Mapping) else dict(_read(text) for text in asked)
    known: dict[str, tuple[Settable, Scenario]] = {}
    for scenario in scenarios:
        for settable in paths(scenario):
            known.setdefault(settable.path, (settable, scenario))
    axes = []
    for path, said in given.items():
        if path not in known:
            hint = did_you_mean(path, list(known)) or "; 'sim explain PATH --paths' lists what can be set"
            raise InputError(f"--parameter {path}: there is no such path here{hint}")
        axes.append(_axis(*known[path], said))
    return Space(tuple(axes))


def _read(text: str) -> tuple[str, Any]:
    path, equals, said = text.partition("=")
    path = path.strip()
    if not equals:
        return path, None
    low, dots, high = said.partition("..")
    try:
        if dots:
            return path, (float(low), float(high))
    except ValueError:
        raise InputError(f"--parameter {text}: a range is written as low..high, e.g. {path}=0.1..0.3") from None
    options = [parse_value(part.strip(), Place("command line", f"--parameter {text}")).plain()
               for part in said.split(",")]  # fmt: skip
    return path, options


def _axis(settable: Settable, scenario: Scenario, said: Any = None) -> Axis:
    """Return the axis of a path with the range or the options that are said, or that are known."""
    path, annotation = settable.path, settable.annotation
    inner, _ = without_none(annotation)
    usual = _held(path, scenario)
    label = settable.meaning or path
    if isinstance(said, tuple) and len(said) == 2 and all(_is_number(end) for end in said):
        whole = inner is int
        low, high = (int(end) if whole else float(end) for end in said)
        return Axis(path, low, high, whole=whole, usual=usual, label=label, support="given")
    if isinstance(said, Sequence) and not isinstance(said, str):
        return _choice(settable, scenario, tuple(said), usual, "given")
    if said is not None:
        raise InputError(f"{path}: give (low, high), a list of options, or None for the evidence's range, not {said!r}")
    if inner is bool or get_origin(inner) is Literal:
        options = (False, True) if inner is bool else tuple(get_args(inner))
        return _choice(settable, scenario, options, usual, "all options")
    entry = evidence.entry(settable.evidence) if settable.evidence else None
    if entry is None or entry.low is None or entry.high is None:
        raise InputError(f"{path}: the evidence gives no range for it; give one: {path}=low..high, or options: a,b")
    return Axis(path, entry.low, entry.high, whole=inner is int, usual=usual, label=label, support=support_of(entry))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choice(settable: Settable, scenario: Scenario, options: tuple[Any, ...], usual: Any, support: str) -> Axis:
    path = settable.path
    instead = {option: made for option in options if option != usual and (made := _made_by(path, option, scenario))}
    return Axis(path, options=options, usual=usual, support=support, instead=instead)


def _made_by(path: str, option: Any, scenario: Scenario) -> tuple[str, ...]:
    """Return the settings that make an option which needs others beside it, or makes others meaningless."""
    front, _, _ = path.rpartition(".")
    if path.endswith(".spread.rule"):
        spread: Spread = _intervention(path, scenario).spread
        limits = [name for name in ("contacts", "share") if getattr(spread, name) is not None]
        if option == "threshold":
            return (f"{path}={option}", *([] if limits else [f"{front}.contacts=2"]))
        return (f"{path}={option}", *(f"{front}.{name}=null" for name in limits))
    if path.endswith(".choose.by"):
        choose: Choose = _intervention(path, scenario).choose
        kept = {"by": option} if option in _OF_ALL else {"by": option, **_sizes(choose)}
        if option not in UNRANKED:
            kept["order"] = choose.order
        inside = ", ".join(f"{key}: {written(value)}" for key, value in kept.items())
        return (f"{front}={{{inside}}}",)
    return ()


def _sizes(choose: Choose) -> dict[str, Any]:
    found = {name: getattr(choose, name) for name in ("number", "share", "per", "within")}
    return {name: value for name, value in found.items() if value is not None}


def _held(path: str, scenario: Scenario) -> Any:
    """Return the value that a path has in the resolved scenario."""
    node: Any = scenario.resolved
    for step in path.replace("]", "").replace("[", ".").split("."):
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list):
            named = {item.get("name"): item for item in node if isinstance(item, Mapping)}
            node = named.get(step) if step in named else node[int(step)] if step.isdigit() else None
        else:
            return None
    return node if isinstance(node, typing.Hashable) else None
