"""From paths to a plan: every file read, every problem found, every scenario resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, listing
from sim.scenario import registries
from sim.scenario.checking import check_format
from sim.scenario.checks import Communities, check_meaning, sorted_problems
from sim.scenario.draws import check_draws, with_note
from sim.scenario.loading import Family, Files, Selection, family_of, select, without_interventions
from sim.scenario.nodes import Location, Node, shown
from sim.scenario.overrides import Override, check_all_used, override_from
from sim.scenario.plan import Loading, Plan, Scenario
from sim.scenario.resolving import Draft, draft_of, scenario_of

__all__ = ["load_plan"]

SHARED = ("outcome", "better", "community", "weeks", "seeds", "communities", "draws")
"""What the scenarios of one study have in common."""


def load_plan(
    paths: str | Path | Sequence[str | Path], overrides: Sequence[str] = (), extensions: Sequence[type] = ()
) -> Plan:
    """Load a study: a folder, a scenario file, or several of them.

    Parameters
    ----------
    paths
        A folder stands for its scenario files that are not abstract. A file is compared with the
        ``baseline.yaml`` beside it, or, where there is none, with itself without its interventions.
    overrides
        Values that replace those of the files, each like ``mechanisms.influence.susceptibility=0.1``;
        interventions by name or position, e.g. ``interventions.befriending.runs.places=80``.
    extensions
        Mechanisms and effects of the user's own, which the files can name: see
        :func:`sim.scenario.registries.extended`.

    Raises
    ------
    InputError
        With every problem that was found, each with file, line and what is allowed.
    """
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    with registries.extended(extensions) as hashes:
        plan = _loaded(given, overrides)
    loading = Loading(tuple(map(str, given)), tuple(overrides), tuple(extensions))
    own: dict[str, Any] = {"baseline": plan.baseline, "loading": loading, "extensions": hashes}
    scenarios = {name: replace(scenario, **own) for name, scenario in plan.scenarios.items()}
    return replace(plan, scenarios=scenarios, loading=loading)


def _loaded(given: Sequence[str | Path], overrides: Sequence[str]) -> Plan:
    files = Files()
    selection = select(given, files)
    families, problems = _families(selection, files)
    parsed, wrong = _parsed(overrides)
    problems += wrong
    drafts = []
    for family in families:
        try:
            drafts.append(draft_of(family, parsed))
        except InputError as error:
            problems += error.problems
    used = {text: True for draft in drafts for text in draft.used}
    names = sorted({name for draft in drafts for name in draft.names})
    problems += check_all_used(parsed, used, names) if len(drafts) == len(families) else []
    communities = Communities()
    notes = [check_meaning(draft, communities) for draft in drafts]
    for draft in drafts:
        problems += draft.problems
    if not problems:
        problems += _differences(drafts) + _currencies(drafts) + _baseline_problems(selection, families)
    if problems:
        order = {shown(path): number for number, path in enumerate(files.read)}
        raise InputError(sorted_problems(problems, order))
    scenarios = [scenario_of(draft, said) for draft, said in zip(drafts, notes, strict=True)]
    problems = check_draws(scenarios)
    if problems:
        raise InputError(problems)
    return _plan(selection.name, [with_note(item) for item in scenarios], families)


def _families(selection: Selection, files: Files) -> tuple[list[Family], list[Problem]]:
    """Return the scenarios with what they inherit, and what is wrong in any file on its own."""
    families: list[Family] = []
    problems: list[Problem] = []
    for path in selection.paths:
        try:
            families.append(family_of(path, files))
        except InputError as error:
            problems += error.problems
    for path in selection.others:
        try:
            family_of(path, files)
        except InputError as error:
            problems += error.problems
    for tree in files.read.values():
        if isinstance(tree, Node):
            problems += check_format(tree).problems
    if families and selection.baseline is None and families[0].tree.child("interventions") is not None:
        families.insert(0, without_interventions(families[0]))
    return families, problems


def _parsed(overrides: Sequence[str]) -> tuple[list[Override], list[Problem]]:
    parsed: list[Override] = []
    problems: list[Problem] = []
    for text in overrides:
        try:
            parsed.append(override_from(text))
        except InputError as error:
            problems += error.problems
    return parsed, problems


def _differences(drafts: Sequence[Draft]) -> list[Problem]:
    """Say where a scenario differs from the baseline in what a study has in common."""
    problems = []
    baseline = scenario_of(drafts[0])
    for draft in drafts[1:]:
        other = scenario_of(draft)
        for key in SHARED:
            here, there = other.resolved[key], baseline.resolved[key]
            if here == there and (key != "community" or other.source == baseline.source):
                continue
            location: Location = (key,)
            inside, here, there = _first_difference(here, there)
            location = (*location, *inside)
            origin = baseline.origins.get(".".join(map(str, location)))
            where = f" ({origin.where})" if origin is not None and origin.where else ""
            text = f"is {_said(here)} here and {_said(there)} in {baseline.name}{where}; "
            text += f"the scenarios of one study share {listing(SHARED)}"
            problems.append(draft.tree.problem(location, text))
    return problems


def _currencies(drafts: Sequence[Draft]) -> list[Problem]:
    """Refuse costs in several currencies: they would be added up and compared as if they were one."""
    problems = []
    first: tuple[str, str] | None = None
    for draft in drafts:
        scenario = scenario_of(draft)
        for item in scenario.interventions:
            amounts = (item.cost.fixed, item.cost.per_week, item.cost.per_participant, item.cost.per_participant_week)
            if not any(amounts):
                continue
            first = first or (item.cost.currency, f"{scenario.name}: {item.name}")
            if item.cost.currency != first[0]:
                text = f"costs of {item.name} are in {item.cost.currency}, those of {first[1]} in {first[0]}; "
                text += "give all costs of a study in one currency"
                problems.append(draft.tree.problem(("interventions",), text))
    return problems


def _first_difference(here: Any, there: Any) -> tuple[Location, Any, Any]:
    if isinstance(here, dict) and isinstance(there, dict) and here.keys() == there.keys():
        for key, value in here.items():
            if value != there[key]:
                inside, one, other = _first_difference(value, there[key])
                return (key, *inside), one, other
    return (), here, there


def _said(value: Any) -> str:
    return f"'{'/'.join(value)}'" if isinstance(value, dict) else f"'{value}'" if isinstance(value, str) else str(value)


def _baseline_problems(selection: Selection, families: Sequence[Family]) -> list[Problem]:
    """Refuse several scenarios without a baseline whose mechanisms differ: none of them is the reference."""
    if selection.baseline is not None or len(selection.paths) < 2:
        return []
    first = families[0].tree.child("mechanisms")
    problems = []
    for family in families[1:]:
        own = family.tree.child("mechanisms")
        if (own.plain() if own else {}) != (first.plain() if first else {}):
            text = "differs in its mechanisms from the others, and there is no baseline.yaml to compare with; add one"
            problems.append(Problem(family.shown, message=text))
    return problems


def _plan(name: str, scenarios: Sequence[Scenario], families: Sequence[Family]) -> Plan:
    first = scenarios[0]
    title = families[0].title or (first.title if len(scenarios) == 1 else name.replace("_", " ").capitalize())
    return Plan(
        name=name, scenarios={item.name: item for item in scenarios}, baseline=first.name, title=title,
        question=first.question, outcome=first.outcome, better=first.better, weeks=first.weeks, seeds=first.seeds,
        communities=first.communities,
    )  # fmt: skip
