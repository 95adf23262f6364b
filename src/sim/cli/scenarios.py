"""``sim check``, ``explain``, ``diff``, ``new`` and ``schema``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.screens import note, say

if TYPE_CHECKING:
    from sim.scenario import Plan, Scenario

__all__ = ["check", "diff", "explain", "new", "schema"]


def check(paths: Sequence[Path], overrides: Sequence[str]) -> None:
    """Load each path on its own; what is wrong is one error with the problems of all of them."""
    from sim.errors import InputError, Problem
    from sim.run import too_few_eligible, with_loop_gains
    from sim.scenario import load_plan

    problems: dict[Problem, None] = {}
    for path in paths:
        try:
            plan = with_loop_gains(load_plan([path], tuple(overrides)))
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
            continue
        said = [(name, text) for name, scenario in plan.scenarios.items() for text in scenario.notes]
        said += too_few_eligible(plan)
        for name, text in said:
            note(f"{plan[name].file or name}: note: {text}")
        count = len(plan.scenarios)
        what = f"{count} scenario{'s' if count > 1 else ''} ({', '.join(plan.scenarios)})"
        more = f", but {len(said)} note{'s' if len(said) > 1 else ''} to look at" if said else ""
        say(f"{path}: {what}: no problems found{more}")
    if problems:
        raise InputError(problems)


def explain(path: Path, paths: bool, odd: bool, overrides: Sequence[str]) -> None:
    """Print a scenario, or those of a study, with the source of every value, or as an ODD text in Markdown."""
    from sim import scenario as scenarios
    from sim.errors import InputError
    from sim.run import with_loop_gains

    plan = with_loop_gains(scenarios.load_plan([path], tuple(overrides)))
    what = _meant(path, plan)
    if odd and paths:
        raise InputError("give either --paths or --odd, not both")
    if odd:
        from sim.documents import odd_of

        say(odd_of(what).rstrip())
        return
    if not paths:
        say(scenarios.explain_text(what))
        return
    meant = what.scenarios.values() if isinstance(what, scenarios.Plan) else [what]
    found = {item.path: item for each in meant for item in scenarios.paths(each)}
    say(scenarios.paths_text(list(found.values())))


def diff(one: Path, other: Path) -> None:
    """Print what differs between two scenarios or two studies."""
    from sim.scenario import diff_text, load_plan
    from sim.scenario.diff import diff as differences

    found = differences(_meant(one, load_plan([one])), _meant(other, load_plan([other])))
    say(diff_text(found))


def _meant(path: Path, plan: Plan) -> Plan | Scenario:
    """Return the scenario of a file, not the baseline that comes with it; all of a folder."""
    return plan if path.is_dir() else plan.scenarios[path.stem]


def new(folder: Path) -> None:
    """Write a commented study."""
    from sim.scenario.new import new as write_study

    for file in write_study(folder):
        note(f"wrote {file}")
    say(f"sim run {folder}")


def schema() -> None:
    """Print the JSON Schema."""
    from sim.scenario import json_schema_text

    say(json_schema_text().rstrip())
