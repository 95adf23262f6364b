"""Values that are set from the command line: ``--set mechanisms.influence.susceptibility=0.1``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError, Problem, did_you_mean, listing
from sim.scenario.checking import allowed_keys, marked_location
from sim.scenario.nodes import Location, Node, Place, path_text
from sim.scenario.schema import model_of_file
from sim.scenario.yaml_lines import parse_value

__all__ = ["Override", "name_of", "override_from", "position_of"]

NOT_SET = ("extends", "abstract", "also", "title", "question")
"""Keys of a file that are said in the file alone."""

_STEP = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<position>[0-9]+)\]|(?P<dot>\.)")


@dataclass(frozen=True)
class Override:
    """One value from the command line."""

    text: str
    """As it was given."""
    location: Location
    """Where it goes; an intervention by name or by position."""
    value: Node

    @property
    def inside_interventions(self) -> bool:
        """Whether it changes one of the interventions, not the list of them."""
        return self.location[0] == "interventions" and len(self.location) > 1

    def refuse(self, message: str) -> InputError:
        """Return an error that names the option."""
        return InputError(Problem(f"--set {self.text}", message=message))

    def apply(self, tree: Node) -> bool:
        """Set the value in a tree; say whether the tree has the place for it.

        Raises
        ------
        InputError
            If there is no such path in the format.
        """
        location = self.location
        if self.inside_interventions:
            position = position_of(location[1], tree)
            if position is None:
                return False
            location = ("interventions", position, *location[2:])
        self._check(location, tree)
        node = tree
        for depth, step in enumerate(location[:-1]):
            inner = node.child(step)
            if inner is None or inner.value is None:
                if isinstance(node.value, list):
                    raise self.refuse(f"{path_text(location[:depth])} has {len(node.value)} items, counted from 0")
                inner = Node({}, self._place(location[: depth + 1]))
                node.value[step] = inner
            node = inner
        self._put(node, location)
        return True

    def _place(self, location: Location) -> Place:
        return Place("command line", f"--set {self.text}", location=location, folder=Path.cwd())

    def _put(self, node: Node, location: Location) -> None:
        last = location[-1]
        if isinstance(node.value, list):
            if not isinstance(last, int) or last >= len(node.value):
                raise self.refuse(f"{path_text(location[:-1])} has {len(node.value)} items, counted from 0")
            node.value[last] = self.value.copy()
        elif isinstance(node.value, dict) and isinstance(last, str):
            node.value[last] = self.value.copy()
        else:
            raise self.refuse(f"{path_text(location[:-1])} holds a single value, nothing inside it can be set")

    def _check(self, location: Location, tree: Node) -> None:
        """Refuse a path that the format does not have."""
        for depth, step in enumerate(location):
            if isinstance(step, int):
                continue
            keys = allowed_keys(model_of_file(), marked_location(location[:depth], tree))
            own = NOT_SET if depth == 0 else ("use", "name") if depth == 2 and location[0] == "interventions" else ()
            if step in own:
                raise self.refuse(f"'{step}' cannot be set from the command line, only in a scenario file")
            keys = [key for key in keys if key not in own]
            if keys and step not in keys:
                around = path_text(location[:depth]) or "a scenario"
                hint = did_you_mean(step, keys) or ";"
                raise self.refuse(f"'{step}' cannot be set in {around}{hint} names: {listing(keys, 30)}")


def override_from(text: str) -> Override:
    """Read ``path=value``; the value is read as YAML.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    path, equals, written = text.partition("=")
    problem = InputError(
        Problem(f"--set {text}", message="must be PATH=VALUE, e.g. mechanisms.influence.susceptibility=0.01")
    )
    if not equals or not path.strip():
        raise problem
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(path):
        if match.start() != end:
            raise problem
        end = match.end()
        if match["name"]:
            steps.append(match["name"].strip())
        elif match["position"]:
            steps.append(int(match["position"]))
    if end != len(path) or not steps or isinstance(steps[0], int):
        raise problem
    value = parse_value(written, Place("command line", f"--set {text}", folder=Path.cwd(), location=tuple(steps)))
    return Override(text, tuple(steps), value)


def name_of(intervention: Node) -> str | None:
    """Return the name of an intervention, which is that of its catalogue entry where it has none of its own."""
    for key in ("name", "use"):
        node = intervention.child(key)
        if node is not None and isinstance(node.value, str):
            return node.value
    return None


def position_of(step: str | int, tree: Node) -> int | None:
    """Return the position of an intervention that is given by position or name."""
    listed = tree.child("interventions")
    items = listed.value if listed is not None and isinstance(listed.value, list) else []
    if isinstance(step, int):
        return step if step < len(items) else None
    names = [name_of(item) for item in items]
    return names.index(step) if step in names else None


def check_all_used(overrides: Sequence[Override], used: Mapping[str, bool], names: Sequence[str]) -> list[Problem]:
    """Return a problem for every override that no scenario has a place for."""
    problems: list[Problem] = []
    for item in overrides:
        if used.get(item.text) or not item.inside_interventions:
            continue
        step = item.location[1]
        hint = did_you_mean(step, names) or ";"
        text = f"'{step}' is not an intervention of this study{hint} interventions: {listing(names) or 'none'}"
        problems += item.refuse(text).problems
    return problems
