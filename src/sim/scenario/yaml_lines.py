"""Reading YAML strictly, with the line of every key and value.

The file is read event by event, so that nothing is changed on the way: no value becomes a date, ``012``
does not become 12, nothing is run, and a key that stands twice is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from sim.errors import InputError, Problem, cause
from sim.scenario.nodes import Location, Node, Place, path_text, shown

__all__ = ["DEEPEST", "LARGEST", "parse_value", "parse_yaml", "read_yaml"]

LARGEST = 1_000_000
"""Greatest size of a file, in bytes."""

DEEPEST = 20
"""Greatest depth of mappings and lists within each other."""

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(\.[0-9]*)?")
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NOT_A_NUMBER = re.compile(r"\.(nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_yaml(path: str | Path) -> Node:
    """Read a YAML file whose top is a mapping.

    Returns
    -------
    Node
        The tree of its values, each with its line.

    Raises
    ------
    InputError
        Naming file and line, if it cannot be read or is not what is wanted here.
    """
    file, name = Path(path), shown(path)
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= LARGEST else b""
    except FileNotFoundError:
        raise InputError(Problem(name, message="there is no such file")) from None
    except OSError as error:
        raise InputError(Problem(name, message=f"cannot be read: {cause(error)}")) from None
    if size > LARGEST:
        text = f"is {size:,} bytes large; a scenario file has at most {LARGEST:,}"
        raise InputError(Problem(name, message=text))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"is not a text in UTF-8 (byte {content[error.start]:#04x}); save the file as UTF-8"
        raise InputError(Problem(name, line, message=message)) from None
    root = parse_yaml(text, Place(file=name, folder=file.resolve().parent))
    if root is None:
        raise InputError(Problem(name, message="is empty; a scenario file is a mapping, e.g. `weeks: 104`"))
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else "a single value"
        message = f"must be a mapping (lines like `weeks: 104`), found {what}"
        raise InputError(Problem(name, root.place.line, message=message))
    return root


def parse_value(text: str, place: Place) -> Node:
    """Return the tree of a value given on the command line, read as YAML."""
    root = parse_yaml(text, place, lines=False)
    return Node(None, place) if root is None else root


def parse_yaml(text: str, place: Place, *, lines: bool = True) -> Node | None:
    """Return the tree of a YAML text; ``None`` where it holds nothing.

    Parameters
    ----------
    text
        YAML, one document.
    place
        File and folder that the text came from.
    lines
        Whether the lines mean anything to the reader of an error.
    """
    builder = _Builder(place, lines)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        builder.refuse(line, _plain_words(error, text, line))
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        builder.refuse(line, f"holds a character that is not allowed in YAML (code {error.character!r})")
    if builder.problems:
        raise InputError(builder.problems)
    return builder.root


def _plain_words(error: MarkedYAMLError, text: str, line: int) -> str:
    """Say in plain words why a text is not YAML."""
    rows = text.splitlines()
    row = rows[line - 1] if 0 < line <= len(rows) else ""
    problem = str(error.problem or error.context or "cannot be read")
    if "\\t" in problem or row[: len(row) - len(row.lstrip())].count("\t"):
        return "is not valid YAML: a tab stands where spaces are wanted; indent with spaces"
    if "mapping values are not allowed" in problem:
        return "is not valid YAML: a colon stands where none is expected; check the indentation, or quote the text"
    context = f" {error.context}," if error.context and error.problem else ""
    return f"is not valid YAML:{context} {problem}".replace("  ", " ")


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Node
    key: str | None = None
    key_line: int = 0


@dataclass
class _Builder:
    """Builds the tree from YAML's events and keeps what is wrong."""

    place: Place
    lines: bool
    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def refuse(self, line: int, message: str, location: Location = ()) -> None:
        path = path_text(location)
        self.problems.append(Problem(self.place.file, line if self.lines else 0, path, message))

    def take(self, event: Any) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self.refuse(line, "holds more than one document (`---`); write one scenario a file")
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.stack.pop()
        elif isinstance(event, AliasEvent):
            self._refuse_alias(event, line)
        elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            self._refuse_extras(event, line)
            self._value_or_key(event, line)

    def _refuse_alias(self, event: Any, line: int) -> None:
        message = f"`*{event.anchor}`: anchors and aliases are not read here; write the value again, or use `extends`"
        self.refuse(line, message)
        self._value_or_key(None, line)

    def _refuse_extras(self, event: Any, line: int) -> None:
        if event.anchor:
            message = (
                f"`&{event.anchor}`: anchors and aliases are not read here; write the value again, or use `extends`"
            )
            self.refuse(line, message)
        tag = getattr(event, "tag", None)
        if tag is not None:
            short = str(tag).replace("tag:yaml.org,2002:", "!!")
            self.refuse(line, f"`{short}`: tags are not read here; leave it out")

    def _value_or_key(self, event: Any, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.node.value, dict) and top.key is None:
            self._key(event, line, top)
            return
        node = self._node(event, line, top)
        self._put(node, top)
        if isinstance(node.value, (dict, list)):
            if len(self.stack) >= DEEPEST:
                message = f"is nested more than {DEEPEST} deep"
                raise InputError([*self.problems, Problem(self.place.file, line, message=message)])
            self.stack.append(_Open(node))

    def _node(self, event: Any, line: int, top: _Open | None) -> Node:
        location = self.place.location if top is None else top.node.place.location
        if top is not None:
            step: str | int = top.key if top.key is not None else len(top.node.value)
            location = (*location, step)
        key_line = top.key_line if top is not None and top.key is not None else line
        if isinstance(event, ScalarEvent) and not event.value and not event.style:
            line = key_line  # nothing stands there, so the parser is already further on
        at = replace(self.place, line=line, key_line=key_line, location=location)
        if not self.lines:
            at = replace(at, line=0, key_line=0)
        if isinstance(event, MappingStartEvent):
            return Node({}, at)
        if isinstance(event, SequenceStartEvent):
            return Node([], at)
        return Node(self._scalar(event, line, location) if event is not None else None, at)

    def _put(self, node: Node, top: _Open | None) -> None:
        if top is None:
            if self.root is None and not (self.documents == 1 and node.value is None):
                self.root = node
        elif isinstance(top.node.value, list):
            top.node.value.append(node)
        else:
            top.node.value[top.key] = node
            top.key = None

    def _key(self, event: Any, line: int, top: _Open) -> None:
        location = top.node.place.location
        if not isinstance(event, ScalarEvent):
            if event is not None:
                message = "a key must be a text, found a mapping or a list"
                raise InputError([*self.problems, Problem(self.place.file, line, path_text(location), message)])
            top.key, top.key_line = f"*{line}", line
            return
        key = str(event.value)
        if key == "<<" and not event.style:
            self.refuse(line, "`<<` (merge keys) is not read here; use `extends`", location)
        elif key in top.node.value:
            first = top.node.value[key].place.key_line
            self.refuse(line, f"the key '{key}' stands twice; first in line {first}", location)
        top.key, top.key_line = key, line

    def _scalar(self, event: Any, line: int, location: Location) -> Any:
        text = str(event.value)
        if event.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return float(text)
        if _LEADING_ZERO.fullmatch(text):
            bare = text.lstrip("+-").lstrip("0") or "0"
            message = f"'{text}' starts with a zero, which programs read differently; write {bare}, "
            message += f"or '{text}' in quotes if it is a text"
            self.refuse(line, message, location)
        elif _OTHER_BASE.fullmatch(text):
            self.refuse(
                line, f"'{text}' is not a decimal number; write it in decimals, or in quotes if it is a text", location
            )
        elif infinite := _INFINITE.fullmatch(text):
            return float(f"{infinite.group(1)}inf")
        elif _NOT_A_NUMBER.fullmatch(text):
            self.refuse(line, f"'{text}' is no number that can be computed with", location)
        return text
