"""A tree of values in which every value knows where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from sim.errors import Problem

__all__ = ["Kind", "Location", "Node", "Place", "path_text", "shown"]

Location = tuple[str | int, ...]
"""Where a value stands in a tree: keys and positions from the root."""

Kind = Literal["file", "catalogue", "default", "command line"]


def shown(path: str | Path) -> str:
    """Return a path as users see it: relative to the current folder if inside it."""
    whole = Path(path).resolve()
    try:
        return whole.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return whole.as_posix()


def path_text(location: Sequence[str | int]) -> str:
    """Return a location in words, e.g. ``interventions[0].who``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


@dataclass(frozen=True)
class Place:
    """Where a value was written."""

    kind: Kind = "file"
    file: str = ""
    """As users see it; for the command line the option itself."""
    line: int = 0
    """Line of the value, from 1; 0 where there are no lines."""
    key_line: int = 0
    """Line of its key, from 1."""
    location: Location = ()
    """Where it stands in its own file."""
    folder: Path = field(default_factory=Path)
    """Folder that relative paths start from."""
    evidence: str | None = None
    """Evidence entry that the value was taken from."""

    @property
    def where(self) -> str:
        """``file:line``, or what is known of it."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass
class Node:
    """A mapping, a list or a single value, and where it was written."""

    value: Any
    """``dict[str, Node]``, ``list[Node]``, or a text, number, flag or ``None``."""
    place: Place

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def copy(self) -> Node:
        """Return a tree that can be changed without touching this one."""
        if isinstance(self.value, dict):
            return Node({key: node.copy() for key, node in self.value.items()}, self.place)
        if isinstance(self.value, list):
            return Node([node.copy() for node in self.value], self.place)
        return Node(self.value, self.place)

    def child(self, step: str | int) -> Node | None:
        """Return what stands under a key or at a position, if anything does."""
        if isinstance(self.value, dict):
            found = self.value.get(step) if isinstance(step, str) else None
            return found if isinstance(found, Node) else None
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            item = self.value[step]
            return item if isinstance(item, Node) else None
        return None

    def at(self, location: Sequence[str | int]) -> Node | None:
        """Return what stands at a location, if anything does."""
        node: Node | None = self
        for step in location:
            node = node.child(step) if node is not None else None
        return node

    def along(self, location: Sequence[str | int]) -> Iterator[Node]:
        """Yield the root and what stands on the way to a location, as far as there is anything."""
        node = self
        yield node
        for step in location:
            inner = node.child(step)
            if inner is None:
                return
            node = inner
            yield node

    def within(self) -> Iterator[Node]:
        """Yield the node and everything inside it."""
        yield self
        inside = self.value.values() if isinstance(self.value, dict) else self.value
        for node in inside if isinstance(self.value, (dict, list)) else ():
            yield from node.within()

    def remove(self, location: Location) -> bool:
        """Take out what stands at a location; say whether anything did."""
        parent = self.at(location[:-1]) if location else None
        if parent is None or parent.child(location[-1]) is None:
            return False
        del parent.value[location[-1]]
        return True

    def leaves(self, location: Location = ()) -> Iterator[tuple[Location, Node]]:
        """Yield every single value, empty mapping and empty list with its location."""
        if isinstance(self.value, dict) and self.value:
            for key, node in self.value.items():
                yield from node.leaves((*location, key))
        elif isinstance(self.value, list) and self.value:
            for position, node in enumerate(self.value):
                yield from node.leaves((*location, position))
        else:
            yield location, self

    def problem(self, location: Location, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem with what stands at a location.

        It is placed where a person wrote the value; where the catalogue or a default gave it, at the
        nearest value around it that a person wrote.

        Parameters
        ----------
        location
            Of the value.
        message
            What is wrong, and what is allowed.
        at_key
            Whether the key itself is wrong: the line of the key, and the path of the mapping around it.
        """
        chain = list(self.along(location))
        depth = len(chain) - 1
        while depth > 0 and chain[depth].place.kind not in ("file", "command line"):
            depth -= 1
        place = chain[depth].place
        path = (*place.location, *location[depth:])
        exact = depth == len(location)
        if place.kind == "command line":
            rest = path_text(location[depth:])
            return Problem(place.file, 0, rest, message)
        line = place.key_line if at_key and exact else place.line
        if isinstance(chain[depth].value, (dict, list)) and exact and place.key_line:
            line = place.key_line
        return Problem(place.file, line, path_text(path[:-1] if at_key else path), message)


def merged(base: Node, over: Node) -> Node:
    """Return ``base`` overridden by ``over``: mappings merge, everything else is replaced."""
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over.copy()
    values = {key: node.copy() for key, node in base.value.items()}
    for key, node in over.value.items():
        values[key] = merged(values[key], node) if key in values else node.copy()
    return Node(values, over.place)


def planted(data: Any, place: Place, location: Location = (), evidence: Mapping[str, str] | None = None) -> Node:
    """Return a tree of plain data, all of it written in one place.

    Parameters
    ----------
    data
        Mappings, lists and single values.
    place
        Where all of it was written.
    location
        Where the data stand below that place.
    evidence
        Names of evidence entries by the path of what was taken from them.
    """
    name = (evidence or {}).get(path_text(location)) or place.evidence
    here = replace(place, location=(*place.location, *location), evidence=name)
    under = replace(place, evidence=name)
    if isinstance(data, Mapping):
        return Node(
            {str(key): planted(item, under, (*location, str(key)), evidence) for key, item in data.items()}, here
        )
    if isinstance(data, (list, tuple)):
        return Node([planted(item, under, (*location, i), evidence) for i, item in enumerate(data)], here)
    return Node(data, here)
