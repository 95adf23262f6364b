"""From checked trees to the dataclasses that are run, and from those back to plain data with origins."""

from __future__ import annotations

import dataclasses
import os
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from sim.errors import InputError
from sim.interventions.spec import Condition, Cost, Intervention
from sim.scenario import registries
from sim.scenario.checking import Checked
from sim.scenario.file_format import AMOUNTS, parse_money
from sim.scenario.nodes import Location, Node, path_text
from sim.scenario.parameters import parameters, without_none
from sim.scenario.plan import Origin

__all__ = ["UNRANKED", "build", "build_intervention", "origins_of", "plain"]

UNRANKED = ("everyone", "nobody", "random", "nomination")
"""Ways to choose in which nothing is ordered."""


def build(cls: type, node: Node | None, location: Location, checked: Checked) -> Any:
    """Return an instance of a dataclass from what stands at a location; ``None`` if it cannot be made.

    Why it cannot be made is kept among the problems, unless something that was wrong has been taken out there.
    """
    given: dict[str, Any] = {}
    for item in parameters(cls):
        child = node.child(item.key) if node is not None else None
        if child is None:
            if item.required:
                if not checked.lacks(node):
                    said = f" ({item.description.rstrip('.')})" if item.description else ""
                    checked.refuse(location, f"'{item.key}' is missing{said}")
                return None
            continue
        value = _converted(item.annotation, child, (*location, item.key), checked)
        if value is _FAILED:
            return None
        given[item.attribute] = value
    try:
        return cls(**given)
    except (ValueError, InputError) as error:
        if node is None or id(node) not in checked.holes:
            for said in (
                [str(item) for item in error.problems] if isinstance(error, InputError) else str(error).splitlines()
            ):
                _refuse_said(said, node, location, checked)
        return None


class _Failed:
    """Stands for a value that could not be made."""


_FAILED = _Failed()


def _refuse_said(message: str, node: Node | None, location: Location, checked: Checked) -> None:
    """Keep what a dataclass said about itself, at the key that the message begins with if there is one."""
    first, _, rest = message.partition(" ")
    key = first.rstrip(":")
    steps: list[str | int] = []
    inner = node
    for step in key.split("."):
        inner = inner.child(step) if inner is not None else None
        if inner is None:
            break
        steps.append(step)
    if steps and steps == key.split("."):
        checked.refuse((*location, *steps), rest)
    else:
        checked.refuse(location, message)


def _converted(annotation: Any, node: Node, location: Location, checked: Checked) -> Any:
    """Return a value as its field wants it."""
    inner, _ = without_none(annotation)
    origin, arguments = get_origin(inner), get_args(inner)
    if node.value is None or inner is Any:
        return _data(node.plain())
    holder = _dataclass_in(inner)
    if isinstance(node.value, dict) and holder is not None:
        made = build(holder, node, location, checked)
        return _FAILED if made is None else made
    if isinstance(node.value, dict) and len(arguments) == 2 and origin not in (Union, types.UnionType):
        values = {key: _converted(arguments[1], child, (*location, key), checked) for key, child in node.value.items()}
        return _FAILED if any(item is _FAILED for item in values.values()) else values
    if isinstance(node.value, list) and origin is tuple:
        kinds = [arguments[0]] * len(node.value) if arguments[-1] is Ellipsis else list(arguments)
        items = [
            _converted(kind, child, (*location, i), checked)
            for i, (kind, child) in enumerate(zip(kinds, node.value, strict=True))
        ]
        return _FAILED if any(item is _FAILED for item in items) else tuple(items)
    if inner is Path or (origin in (Union, types.UnionType) and Path in arguments and isinstance(node.value, str)):
        return Path(os.path.normpath(node.place.folder / str(node.value)))
    if inner is str:
        return str(node.value)
    return float(node.value) if inner is float else _data(node.plain())


def _dataclass_in(annotation: Any) -> type | None:
    """Return the dataclass that a field holds, or may hold beside single values."""
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    return next((item for item in options if isinstance(item, type) and dataclasses.is_dataclass(item)), None)


def _data(value: Any) -> Any:
    """Return plain data that does not change: lists as tuples."""
    if isinstance(value, list):
        return tuple(_data(item) for item in value)
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return value


def build_intervention(node: Node, name: str, location: Location, checked: Checked) -> Intervention | None:
    """Return an intervention from its tree, under a name; ``None`` if it cannot be made."""
    given: dict[str, Any] = {"name": name, "who": (), "effects": ()}
    failed = False
    for item in parameters(Intervention):
        child = node.child(item.key)
        if child is None or item.key == "name":
            continue
        under = (*location, item.key)
        if item.key == "who":
            given["who"] = tuple(_condition(column, test) for column, test in child.value.items())
        elif item.key == "effects":
            effects = [_effect(effect, (*under, i), checked) for i, effect in enumerate(child.value)]
            failed |= any(effect is None for effect in effects)
            given["effects"] = tuple(effects)
        elif item.key == "cost":
            given["cost"] = _cost(child, under, checked)
            failed |= given["cost"] is None
        else:
            given[item.attribute] = _converted(item.annotation, child, under, checked)
            failed |= given[item.attribute] is _FAILED
    return None if failed else Intervention(**given)


def _condition(column: str, test: Node) -> Condition:
    if isinstance(test.value, dict):
        limits: dict[str, Any] = {
            key: None if child.value is None else float(child.value) for key, child in test.value.items()
        }
        return Condition(column, **limits)
    return Condition(column, is_in=tuple(test.plain()) if isinstance(test.value, list) else (test.value,))


def _effect(node: Node, location: Location, checked: Checked) -> Any:
    kind = next(iter(node.value))
    return build(registries.effects()[kind], node.value[kind], (*location, kind), checked)


def _cost(node: Node, location: Location, checked: Checked) -> Cost | None:
    """Return a cost; all its amounts must be in one currency."""
    given: dict[str, Any] = {}
    currencies: dict[str, str] = {}
    for key, child in node.value.items():
        if key in AMOUNTS and child.value is not None:
            given[key], currency = parse_money(child.value)
            if currency is not None:
                currencies.setdefault(currency, key)
        elif child.value is not None:
            given[key] = child.value
    if "currency" in given:
        currencies.setdefault(given["currency"], "currency")
    if len(currencies) > 1:
        said = " and ".join(f"{key} in {currency}" for currency, key in currencies.items())
        checked.refuse(location, f"all amounts must be in one currency, found {said}")
        return None
    try:
        return Cost(**(given | {"currency": next(iter(currencies), "GBP")}))
    except ValueError as error:
        for said in str(error).splitlines():
            _refuse_said(said, node, location, checked)
        return None


def plain(value: Any, folder: Path) -> Any:
    """Return plain data in the format of a scenario file; files relative to a folder."""
    if isinstance(value, Intervention):
        found = {item.key: plain(getattr(value, item.attribute), folder) for item in parameters(Intervention)}
        if value.choose.by in UNRANKED:
            del found["choose"]["order"]
        for key in ("per", "within", "kinds", "group", "ids"):
            if not found["choose"][key]:
                del found["choose"][key]
        if value.spread.rule != "reinforced":
            del found["spread"]["base_chance"], found["spread"]["contact_odds"]
        found["who"] = {item.column: _test(item) for item in value.who}
        found["effects"] = [{registries.kind_of(item): plain(item, folder)} for item in value.effects]
        return found
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.key: plain(getattr(value, item.attribute), folder) for item in parameters(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(item, folder) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item, folder) for item in value]
    if isinstance(value, Path):
        return Path(os.path.relpath(value, folder)).as_posix()
    return value


def _test(condition: Condition) -> Any:
    if condition.is_in is not None:
        return list(condition.is_in)
    limits = {key: getattr(condition, key) for key in ("above", "below", "at_least", "at_most")}
    return {key: value for key, value in limits.items() if value is not None}


def origins_of(
    data: Any, node: Node | None, location: Location, evidence: Mapping[str, str], found: dict[str, Origin]
) -> None:
    """Note where every single value of resolved data comes from.

    Parameters
    ----------
    data
        Resolved plain data.
    node
        The tree that it was made from; ``None`` where all of it is a default.
    location
        Of the data, interventions by name.
    evidence
        Evidence entries of defaults, by path.
    found
        What is added to.
    """
    if isinstance(data, dict) and data:
        for key, item in data.items():
            origins_of(item, _below(node, key), (*location, key), evidence, found)
    elif isinstance(data, list) and data:
        for position, item in enumerate(data):
            name = item.get("name") if location == ("interventions",) else None
            child = _below(node, position if name is None else name)
            origins_of(item, child, (*location, position if name is None else name), evidence, found)
    else:
        path = path_text(location)
        if node is None:
            found[path] = Origin("default", "", evidence.get(path))
        else:
            found[path] = Origin(node.place.kind, node.place.where, node.place.evidence)


def _below(node: Node | None, step: str | int) -> Node | None:
    """Return what a part of the data was made from; a single value made the whole of it."""
    return node.child(step) if node is not None and isinstance(node.value, (dict, list)) else node


def evidence_of(value: Any, location: Location, found: dict[str, str]) -> None:
    """Note which evidence entries support the defaults of an instance, by path."""
    for item in parameters(type(value)):
        here = (*location, item.key)
        if item.evidence is not None:
            found[path_text(here)] = item.evidence
        inner = getattr(value, item.attribute)
        if dataclasses.is_dataclass(inner) and not isinstance(inner, type):
            evidence_of(inner, here, found)
        elif isinstance(inner, Mapping):
            for key, part in inner.items():
                if dataclasses.is_dataclass(part) and not isinstance(part, type):
                    evidence_of(part, (*here, str(key)), found)
