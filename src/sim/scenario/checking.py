"""Checks a tree of values against the format, in plain words, every problem at once."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.errors import Problem, did_you_mean, listing
from sim.scenario import registries
from sim.scenario.file_format import as_money, as_share, found
from sim.scenario.nodes import Location, Node
from sim.scenario.schema import model_of_file

__all__ = ["Checked", "allowed_keys", "check_format", "marked_location", "unknown_key"]

_SHOWN_KEYS = 30


@dataclass
class Checked:
    """A tree of which everything that is wrong has been taken out, and what was wrong."""

    tree: Node
    problems: list[Problem] = field(default_factory=list)
    holes: set[int] = field(default_factory=set)
    """Identities of nodes out of which something was taken: that something is missing there means nothing."""

    def lacks(self, node: Node | None) -> bool:
        """Say whether something was taken out of a node, or the node itself."""
        return node is None or id(node) in self.holes

    def lacks_below(self, location: Location) -> bool:
        """Say whether something was taken out anywhere within what stands at a location."""
        node = self.tree.at(location)
        return node is None or any(id(inner) in self.holes for inner in node.within())

    def refuse(self, location: Location, message: str, *, at_key: bool = False) -> None:
        """Keep a problem with what stands at a location."""
        self.problems.append(self.tree.problem(location, message, at_key=at_key))

    def take_out(self, location: Location) -> None:
        """Take out what stands at a location and remember that something is missing there."""
        parent = self.tree.at(location[:-1])
        if self.tree.remove(location) and parent is not None:
            self.holes.add(id(parent))


def check_format(tree: Node) -> Checked:
    """Return a copy of the tree without what is wrong in it, and what was wrong."""
    checked = Checked(tree.copy())
    _spell_out_sources(checked.tree)
    model = model_of_file()
    while True:
        try:
            model.model_validate(checked.tree.plain())
        except ValidationError as error:
            findings, said = _findings(error, checked.tree, model), str(error)
        else:
            return checked
        for location, message, at_key in findings:
            checked.refuse(location, message, at_key=at_key)
        # From the back, so that positions in lists stay right.
        for location in sorted({_whole(item[0]) for item in findings}, key=_for_order, reverse=True):
            checked.take_out(location)
        if not findings:
            raise AssertionError(f"a problem that cannot be placed: {said}")


def _spell_out_sources(tree: Node) -> None:
    """Write a source that is given by its main setting alone (``graph: town.graphml``) as a mapping."""
    community = tree.child("community")
    for key, cls in registries.sources().items():
        short = getattr(cls, "shorthand", "")
        node = community.child(key) if community is not None and short else None
        if node is not None and community is not None and isinstance(node.value, str):
            community.value[key] = Node({short: node}, node.place)


def _whole(location: Location) -> Location:
    """Return what is to be taken out for a wrong value: of an effect without a known kind, the effect."""
    is_kind = len(location) >= 3 and location[-3] == "effects" and isinstance(location[-2], int)
    return location[:-1] if is_kind else location


def _for_order(location: Location) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in location]


_Finding = tuple[Location, str, bool]


def _findings(error: ValidationError, tree: Node, model: type[BaseModel]) -> list[_Finding]:
    findings: dict[Location, _Finding] = {}
    for item in error.errors(include_url=False):
        marked: Sequence[str | int] = item["loc"]
        location = _in_data(marked)
        # A mapping that was taken out explains whatever pydantic says about things inside it.
        message, at_key, exact = _in_words(item, marked, location, tree, model)
        findings.setdefault(exact, (exact, message, at_key))
    return list(findings.values())


def _in_data(marked: Iterable[str | int]) -> Location:
    """Return a location without the marks of the options that pydantic chose."""
    return tuple(step for step in marked if not (isinstance(step, str) and step.startswith("<")))


def _in_words(
    item: Any, marked: Sequence[str | int], location: Location, tree: Node, model: type[BaseModel]
) -> tuple[str, bool, Location]:
    kind = item["type"]
    if kind == "extra_forbidden":
        keys = allowed_keys(model, marked[:-1])
        return unknown_key(location, keys), True, location
    if kind.startswith("union_tag"):
        return _wrong_effect(location, tree)
    if kind == "must_be":
        return f"must be {item['ctx']['words']}, found {found(item['input'])}{_hint(item)}", False, location
    words = {"list_type": "a list", "dict_type": "a mapping", "model_type": "a mapping", "string_type": "a text"}
    if kind in words or kind == "model_attributes_type":
        expected = words.get(kind, "a mapping")
        table = location[-2:] == ("synthesise", "targets") and isinstance(item["input"], str)
        hint = "; a file with a table of figures stands under `table`" if table else ""
        return f"must be {expected}, found {found(item['input'])}{hint}", False, location
    return str(item["msg"]), False, location


def _hint(item: Any) -> str:
    """Return a suggestion for a text out of a few, and for shares and money written in another way."""
    words, given = str(item["ctx"]["words"]), item["input"]
    if not isinstance(given, str):
        return ""
    if words.startswith("one of "):
        return did_you_mean(given, words.removeprefix("one of ").split(", "))
    meant = as_money(given) if words.startswith("an amount of money") else as_share(given)
    return f"; did you mean {meant}?" if meant and "number" in words else ""


def _wrong_effect(location: Location, tree: Node) -> tuple[str, bool, Location]:
    kinds = list(registries.effects())
    node = tree.at(location)
    value = node.value if node is not None else None
    if not isinstance(value, dict) or not value:
        text = f"must be a mapping whose key is the kind of effect ({listing(kinds)}), found {found(value)}"
        return text, False, location
    if len(value) > 1:
        text = f"an effect has one key, its kind, with its settings under it; found {listing(value)}"
        text += f"; kinds: {listing(kinds)}"
        return text, False, location
    key = next(iter(value))
    hint = did_you_mean(key, kinds) or ";"
    return f"'{key}' is not a kind of effect{hint} kinds: {listing(kinds)}", True, (*location, key)


def unknown_key(location: Location, keys: Sequence[str]) -> str:
    """Say that a key is not known, and which are."""
    key, around = location[-1], location[:-1]
    hint = did_you_mean(key, keys) or ";"
    if around == ("mechanisms",):
        return f"'{key}' is not a mechanism{hint} mechanisms: {listing(keys, _SHOWN_KEYS)}"
    if around == ("community",):
        return f"'{key}' is not a source of a community{hint} sources: {listing(keys)}"
    return f"'{key}' is not a key here{hint} keys: {listing(keys, _SHOWN_KEYS)}"


def allowed_keys(model: type[BaseModel], marked: Sequence[str | int]) -> list[str]:
    """Return the keys that are allowed in the mapping at a location, as pydantic names locations.

    Empty where any key is allowed, or where there is no mapping.
    """
    shape: Any = model
    for step in marked:
        shape = _inside(shape, step)
        if shape is None:
            return []
    final = _bare(shape)
    if not (isinstance(final, type) and issubclass(final, BaseModel)):
        return []
    return [str(info.alias) for info in final.model_fields.values()]


def _bare(shape: Any) -> Any:
    """Return a type without what is said about it and without ``None``."""
    while hasattr(shape, "__metadata__"):
        shape = shape.__origin__
    if get_origin(shape) in (Union, types.UnionType):
        rest = [item for item in get_args(shape) if item is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else shape
    return shape


def _inside(shape: Any, step: str | int) -> Any:
    """Return the type of what stands under a key, at a position, or behind a mark."""
    shape = _bare(shape)
    origin, arguments = get_origin(shape), get_args(shape)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return next((info.annotation for info in shape.model_fields.values() if info.alias == step), None)
    if origin is list:
        return arguments[0]
    if origin is dict:
        return arguments[1]
    if origin in (Union, types.UnionType):
        return next((option for option in arguments if _mark(option) == step), None)
    return None


def _mark(option: Any) -> str | None:
    """Return the mark of one option of a union."""
    tags: list[Any] = [item for item in getattr(option, "__metadata__", ()) if hasattr(item, "tag")]
    return str(tags[0].tag) if tags else None


def marked_location(location: Location, tree: Node) -> list[str | int]:
    """Return a location with the marks of the options that pydantic would choose for what stands there."""
    marked: list[str | int] = []
    for depth, step in enumerate(location):
        inside_effects = depth >= 2 and location[depth - 2] == "effects" and isinstance(location[depth - 1], int)
        if inside_effects:
            node = tree.at(location[:depth])
            marked.append(
                f"<{next(iter(node.value), '')}>" if node is not None and isinstance(node.value, dict) else "<>"
            )
        if depth >= 2 and location[depth - 2] == "who":
            marked.append("<range>")
        marked.append(step)
    if len(location) >= 2 and location[-2] == "effects" and isinstance(location[-1], int):
        node = tree.at(location)
        marked.append(f"<{next(iter(node.value), '')}>" if node is not None and isinstance(node.value, dict) else "<>")
    if len(location) >= 2 and location[-2] == "who":
        marked.append("<range>")
    return marked
