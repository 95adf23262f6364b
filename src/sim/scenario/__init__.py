"""Scenario files: reading, checking, resolving and explaining them.

Nothing here runs a model. What is heavy is imported when it is first asked for. The functions ``explain``, ``diff``,
``new`` and ``json_schema`` stand in the modules of the same names.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.diff import Difference, diff_text
    from sim.scenario.explain import explain_text
    from sim.scenario.json_schema import json_schema_text
    from sim.scenario.plan import Origin, Plan, Scenario, Target
    from sim.scenario.planning import load_plan
    from sim.scenario.settable import paths, paths_text

__all__ = [
    "Difference",
    "Origin",
    "Plan",
    "Scenario",
    "Target",
    "diff_text",
    "explain_text",
    "json_schema_text",
    "load_plan",
    "paths",
    "paths_text",
]

_HOMES = {
    "Difference": "diff",
    "Origin": "plan",
    "Plan": "plan",
    "Scenario": "plan",
    "Target": "plan",
    "diff_text": "diff",
    "explain_text": "explain",
    "json_schema_text": "json_schema",
    "load_plan": "planning",
    "paths": "settable",
    "paths_text": "settable",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.scenario' has no attribute '{name}'")
    return getattr(importlib.import_module(f"sim.scenario.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
