"""The goals of speed, one module each: ``goal_N.py`` with ``TITLE`` and ``measure(quick)``.

A module is found by its name. ``measure`` returns a :class:`benchmarks.goals.line.Line` for each thing measured; with
``quick`` it takes small sizes and few rounds, so that a test can see that it runs. What cannot be measured here (a
package that is not installed) is a line with ``skipped``.
"""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from types import ModuleType

from benchmarks.goals.line import Line

__all__ = ["Line", "goals"]


def goals() -> dict[str, ModuleType]:
    """Return the modules of all goals by the goal's number, in their order."""
    names = [item.name for item in pkgutil.iter_modules(__path__)]
    found = {match[1]: match[0] for match in (re.fullmatch(r"goal_(\w+)", name) for name in names) if match}
    return {number: import_module(f"{__name__}.{found[number]}") for number in sorted(found)}
