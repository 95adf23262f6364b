"""Mechanisms and effects of a user's own: whether a class is one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.errors import InputError, Problem

__all__ = ["checked", "name_in_files"]

_OF_MECHANISMS = ("reads", "begin", "derive", "propose")
_OF_EFFECTS = ("begin", "apply", "active_shift")


def name_in_files(cls: type) -> str:
    """Return the name under which a scenario file sets a mechanism or writes an effect; empty if it has none."""
    name = getattr(cls, "kind_of_effect", None) or getattr(cls, "name", None)
    return name if isinstance(name, str) else ""


def checked(classes: Sequence[type], taken: Mapping[str, type]) -> dict[str, type]:
    """Return classes by name if each is a mechanism or an effect.

    Raises
    ------
    InputError
        With what each of the others lacks.
    """
    problems = []
    found: dict[str, type] = {}
    for cls in classes:
        name = name_in_files(cls)
        said = list(_lacks(cls))
        if name in taken or name in found:
            other = found[name] if name in found else taken[name]
            said.append(f"its name '{name}' is taken by {other.__module__}.{other.__name__}; give it another")
        problems += [Problem(path=getattr(cls, "__name__", str(cls)), message=text) for text in said]
        found[name] = cls
    if problems:
        raise InputError(problems)
    return found


def _lacks(cls: Any) -> Iterator[str]:
    if not isinstance(cls, type):
        yield "must be a class, not an instance of one"
        return
    if not dataclasses.is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        yield "must be a frozen dataclass: put @dataclass(frozen=True) above it"
    is_effect = hasattr(cls, "kind_of_effect")
    wanted = _OF_EFFECTS if is_effect else _OF_MECHANISMS
    if not name_in_files(cls):
        yield "needs a name: 'name: ClassVar[str] = ...' for a mechanism, 'kind_of_effect' for an effect"
    missing = [method for method in wanted if not callable(getattr(cls, method, None))]
    if missing:
        what = "an effect" if is_effect else "a mechanism"
        yield f"{what} needs {', '.join(f'{method}()' for method in wanted)}; missing: {', '.join(missing)}"
