"""What a dataclass says about its fields: keys, types, defaults, bounds, descriptions, evidence.

Mechanisms, effects, interventions and community sources are dataclasses. The file format, its checks,
its JSON Schema and ``sim explain --paths`` are made from them, so a new field shows everywhere by itself.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import math
import re
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

__all__ = ["Parameter", "described_as", "expected", "first_sentence", "parameters", "without_none"]


@dataclass(frozen=True)
class Parameter:
    """One field of a dataclass as users see it."""

    key: str
    """Key in scenario files."""
    attribute: str
    """Name of the field."""
    annotation: Any
    """Its type."""
    default: Any
    """:data:`dataclasses.MISSING` where a value must be given."""
    description: str = ""
    """Its docstring, in one line."""
    evidence: str | None = None
    """Evidence entry that the default comes from."""
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    refers: str = ""
    """What a text names: ``place``, ``column``, ``number`` (a numeric column), ``kind`` (of tie), ``new place`` (any
    name), or nothing."""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is MISSING


def first_sentence(text: str) -> str:
    """Return a docstring's first sentence, in one line."""
    line = " ".join(text.split())
    stop = re.search(r"(?<!e\.g)(?<!i\.e)\. ", line)
    return line if stop is None else line[: stop.start() + 1]


def described_as(cls: type) -> str:
    """Return a class's docstring up to its sections, in one line."""
    paragraph = (inspect.getdoc(cls) or "").split("\n\n")[0]
    return "" if paragraph.startswith(f"{cls.__name__}(") else _one_line(paragraph)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def parameters(cls: type) -> tuple[Parameter, ...]:
    """Return the fields of a dataclass, in order."""
    return _parameters(cls)


@cache
def _parameters(cls: Any) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(cls)
    docstrings = _docstrings(cls)
    found = []
    for item in dataclasses.fields(cls):
        if not item.init:
            continue
        default = item.default
        if default is MISSING and item.default_factory is not MISSING:
            default = item.default_factory()
        said = item.metadata
        found.append(
            Parameter(
                key=said.get("key", item.name),
                attribute=item.name,
                annotation=hints[item.name],
                default=default,
                description=_one_line(said.get("description", docstrings.get(item.name, ""))),
                evidence=said.get("evidence"),
                at_least=said.get("at_least"),
                at_most=said.get("at_most"),
                unit=said.get("unit", ""),
                refers=said.get("refers", ""),
            )
        )
    return tuple(found)


def _docstrings(cls: type) -> dict[str, str]:
    """Return the docstrings that stand under the fields of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if not dataclasses.is_dataclass(base):
            continue
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for above, below in itertools.pairwise(body):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            if is_text and isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
                found[above.target.id] = str(below.value.value)  # type: ignore[attr-defined]
    return found


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Return a type without its ``None``, and whether it had one."""
    if get_origin(annotation) in (Union, types.UnionType):
        rest = tuple(item for item in get_args(annotation) if item is not type(None))
        has_none = len(rest) < len(get_args(annotation))
        return (rest[0] if len(rest) == 1 else Union[rest]), has_none  # noqa: UP007
    return annotation, False


_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", Path: "a path of a file"}


def expected(annotation: Any, at_least: float | None = None, at_most: float | None = None) -> str:
    """Return in words what values a type allows, e.g. ``a whole number of at least 1``."""
    inner, _ = without_none(annotation)
    origin, arguments = get_origin(inner), get_args(inner)
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin in (Union, types.UnionType):
        words = [expected(item) for item in arguments]
        return f"{', '.join(words[:-1])} or {words[-1]}"
    if origin in (tuple, list) or (isinstance(origin, type) and issubclass(origin, Sequence)):
        return "a list"
    if inner in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return "a mapping"
    if dataclasses.is_dataclass(inner):
        return "a mapping"
    return f"{_WORDS.get(inner, 'a value')}{_range(at_least, at_most)}"


def _range(low: float | None, high: float | None) -> str:
    low = None if low is not None and math.isinf(low) else low
    high = None if high is not None and math.isinf(high) else high
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of at least {low:g}"
    return f" of at most {high:g}" if high is not None else ""
