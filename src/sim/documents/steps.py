"""The order of a week, read from the code that plays it."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from sim.scenario.parameters import first_sentence

__all__ = ["steps_of"]


def steps_of(function: Callable[..., Any]) -> list[tuple[str, str]]:
    """Return what a method or function calls, in the order written: names, and the first sentences of docstrings.

    Only functions of this package that say what they do count; each once.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found: dict[str, str] = {}
    for call in _calls(tree):
        called = _called(call, function)
        if inspect.isfunction(called) and called.__module__.startswith("sim."):
            said = inspect.getdoc(called)
            if said:
                found.setdefault(called.__name__.lstrip("_"), first_sentence(said.split("\n\n")[0]))
    return list(found.items())


def _calls(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what is called, in the order in which it is called: what stands inside an argument comes first."""
    for child in ast.iter_child_nodes(tree):
        yield from _calls(child)
    if isinstance(tree, ast.Call):
        yield tree.func


def _called(called: ast.expr, function: Callable[..., Any]) -> Any:
    module = sys.modules[function.__module__]
    if isinstance(called, ast.Name):
        return getattr(module, called.id, None)
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "self":
        owner = getattr(module, function.__qualname__.partition(".")[0])
        return inspect.getattr_static(owner, called.attr, None)
    return None
