"""What the format alone cannot tell: whether the names in a scenario exist, and whether its settings fit together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.catalogue import kinds_of_tie
from sim.community.columns import Column
from sim.community.community import Community
from sim.errors import InputError, Problem, did_you_mean, listing
from sim.interventions.spec import Condition, Intervention
from sim.scenario import registries
from sim.scenario.check_choose import check_choose, check_choose_names
from sim.scenario.check_delivery import check_spread, check_volunteers
from sim.scenario.doubts import doubts_of_names, doubts_of_runs
from sim.scenario.named import SHOWN as _SHOWN
from sim.scenario.named import given as _given
from sim.scenario.named import no_column as _no_column
from sim.scenario.named import unknown as _unknown
from sim.scenario.nodes import Location, Node
from sim.scenario.parameters import Parameter, parameters
from sim.scenario.resolving import Draft, better_of

__all__ = ["Communities", "check_meaning"]

_ENOUGH = 200
"""Residents of a synthesised community that is only made to learn its columns and places."""


@dataclass
class Communities:
    """Communities that show which columns, categories, places and kinds of tie there are, each made once."""

    made: dict[str, Community | InputError] = field(default_factory=dict)

    def of(self, source: Any) -> Community:
        """Return a community of a source.

        Raises
        ------
        InputError
            If the source cannot make one.
        """
        key = repr(source)
        if key not in self.made:
            try:
                self.made[key] = source.build(1)
            except InputError as error:
                self.made[key] = error
        held = self.made[key]
        if isinstance(held, InputError):
            raise held
        return held


def _small(source: Any) -> Any:
    """Return the source with few residents where that can be chosen, which is quicker to make."""
    residents = getattr(source, "residents", None)
    return (
        dataclasses.replace(source, residents=_ENOUGH) if isinstance(residents, int) and residents > _ENOUGH else source
    )


def check_meaning(draft: Draft, communities: Communities) -> list[str]:
    """Check what a scenario says against its community and the registries; problems go to the draft.

    Returns
    -------
    notes
        What a reader should know although nothing is wrong.
    """
    _check_outcome(draft)
    _check_targets(draft)
    notes: list[str] = []
    for position, item in sorted(draft.interventions.items()):
        location: Location = ("interventions", position)
        notes += _check_runs(draft, item, location)
        if not draft.checked.lacks(draft.tree.at(location)):
            notes += doubts_of_runs(item, draft.weeks)
        check_choose(draft, item, location)
        check_spread(draft, item, location)
        check_volunteers(draft, item, location)
    if draft.source is not None and not draft.checked.lacks_below(("community",)):
        notes += _check_all_names(draft, communities)
    return notes


def _check_all_names(draft: Draft, communities: Communities) -> list[str]:
    """Check names against a small community first; what is not there may exist in the whole one.

    Returns
    -------
    notes
        Names that are allowed and yet look like a slip.
    """
    notes: list[str] = []
    before = list(draft.problems)
    for source in dict.fromkeys([repr(_small(draft.source)), repr(draft.source)]):
        draft.problems[:] = before
        try:
            community = communities.of(draft.source if source == repr(draft.source) else _small(draft.source))
        except InputError as error:
            draft.problems.extend(_placed(problem, draft) for problem in error.problems)
            continue
        for position, item in sorted(draft.interventions.items()):
            _check_names(draft, item, ("interventions", position), community)
        notes = _new_kinds(draft, community)
        for _, item in sorted(draft.interventions.items()):
            notes += doubts_of_names(item, community)
        if draft.problems == before:
            break
    return notes


def _new_kinds(draft: Draft, community: Community) -> list[str]:
    """Return a note for each kind of tie that an effect makes and whose name is nearly that of a known one."""
    made = {
        (item.name, effect.kind)
        for item in draft.interventions.values()
        for effect in item.effects
        if registries.kind_of(effect) == "tie"
    }
    notes = []
    for name, kind in sorted(made):
        known = list(dict.fromkeys([*community.ties.kinds, *kinds_of_tie()]))
        near = "" if kind in known else did_you_mean(kind, known)
        if near:
            notes.append(f"{name}: '{kind}' is a new kind of tie, which is allowed{near}")
    return notes


def _placed(problem: Problem, draft: Draft) -> Problem:
    """Return a problem of a community with the line of the scenario that it concerns.

    A problem of a data file stays at its row, and says which line of the scenario has the file read, or names the
    column; any other is placed in the scenario.
    """
    at: Location = ("community", draft.source_key)
    node = draft.tree.at(at)
    key = str(getattr(problem, "key", "")) or problem.path
    steps: Location = tuple(key.split(".")) if key else ()
    inside = node.at(steps) if node is not None and steps else None
    if problem.file and inside is None:
        steps = _key_of_file(node, problem.file)
    elif inside is None:
        steps = ()
    place = draft.tree.problem((*at, *steps), "")
    if not problem.file:
        return dataclasses.replace(place, message=problem.message)
    said = f"{place.file}:{place.line}" if place.line else place.file
    return Problem(problem.file, problem.line, "", f"{problem.message} ({place.path}, {said})")


def _key_of_file(node: Node | None, file: str) -> Location:
    """Return under which key of a source a data file is named."""
    name = Path(file.split("#", 1)[0]).resolve()  # behind the mark stands a sheet
    for location, leaf in node.leaves() if node is not None else ():
        if isinstance(leaf.value, str) and (leaf.place.folder / leaf.value).resolve() == name:
            return location
    return ()


def _check_outcome(draft: Draft) -> None:
    checked, node = draft.checked, draft.tree.child("outcome")
    known = registries.measures()
    if node is None or node.value is None:
        if not checked.lacks(draft.tree):
            text = f"is missing: which measure is the answer about? measures: {listing(known, _SHOWN)}"
            checked.refuse(("outcome",), text)
    elif node.value not in known:
        checked.refuse(("outcome",), _unknown("a measure", node.value, list(known), "measures"))
    elif better_of(draft) is None and not checked.lacks(draft.tree):
        checked.refuse(
            ("outcome",), f"'{node.value}' is neither good nor bad by itself; add better: lower or better: higher"
        )


def _check_targets(draft: Draft) -> None:
    listed = draft.tree.child("targets")
    for position, node in enumerate(listed.value if listed is not None else ()):
        location: Location = ("targets", position)
        measure, at = node.child("measure"), node.child("at")
        if measure is not None and measure.value not in registries.measures():
            text = _unknown("a measure", measure.value, list(registries.measures()), "measures")
            draft.checked.refuse((*location, "measure"), text)
        if at is not None and at.value is not None and at.value > draft.weeks:
            draft.checked.refuse((*location, "at"), f"week {at.value} comes after the last week, {draft.weeks}")
        limits = [key for key in ("below", "above") if _given(draft, (*location, key))]
        if len(limits) != 1 and not draft.checked.lacks(node):
            draft.checked.refuse(
                location, f"needs either 'below' or 'above', found {' and '.join(limits) or 'neither'}"
            )


def _check_runs(draft: Draft, item: Intervention, location: Location) -> list[str]:
    runs = item.runs
    if runs.start > draft.weeks:
        text = f"week {runs.start} comes after the last week, {draft.weeks}: it would never begin"
        draft.checked.refuse((*location, "runs", "start"), text)
    elif runs.weeks is not None and runs.start + runs.weeks - 1 > draft.weeks:
        seen = draft.weeks - runs.start + 1
        return [f"{item.name}: runs for {runs.weeks} weeks, of which the study sees {seen}"]
    return []


def _check_names(draft: Draft, item: Intervention, location: Location, community: Community) -> None:
    columns = community.columns
    for condition in item.who:
        at = (*location, "who", condition.column)
        if condition.column not in columns:
            draft.checked.refuse(at, _no_column(condition.column, columns), at_key=True)
        else:
            _check_condition(draft, condition, at, columns[condition.column])
    check_choose_names(draft, item, location, community)
    if (factor := item.spread.broadcast_by) is not None:
        at = (*location, "spread", "broadcast_by")
        if factor not in columns:
            draft.checked.refuse(at, _no_column(factor, columns))
        elif columns[factor].is_category:
            draft.checked.refuse(at, f"'{factor}' has named values; a numeric column is wanted")
    if draft.checked.lacks(draft.tree.at(location)):
        return  # the effects may be the catalogue's, and not what is meant
    for number, effect in enumerate(item.effects):
        _check_effect(draft, effect, (*location, "effects", number, registries.kind_of(effect)), community)


def _check_condition(draft: Draft, condition: Condition, at: Location, column: Column) -> None:
    """Check that a condition fits what its column holds."""
    name, values = condition.column, condition.is_in
    if column.is_category:
        if values is None:
            draft.checked.refuse(
                at, f"'{name}' has named values: give one or a list of {listing(column.categories, _SHOWN)}"
            )
            return
        for value in values:
            if str(value) not in column.categories:
                hint = did_you_mean(value, column.categories) or ";"
                text = f"'{value}' is not a value of '{name}'{hint} values: {listing(column.categories, _SHOWN)}"
                draft.checked.refuse(at, text)
    elif column.is_flag:
        if values is None or not all(isinstance(value, bool) for value in values):
            draft.checked.refuse(at, f"'{name}' is yes or no: give true or false")
    elif values is not None and not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        draft.checked.refuse(at, f"'{name}' is a number: give limits, e.g. {{above: 0.5}}, or a list of numbers")


_REFERS = {"place": "place", "group": "flag"}
"""What texts of effects name, by key, where a field's metadata does not say."""


def _check_effect(draft: Draft, effect: Any, at: Location, community: Community) -> None:
    for item in parameters(type(effect)):
        if item.annotation is str and _given(draft, (*at, item.key)):
            text = _misnamed(item, getattr(effect, item.attribute), draft, community, str(at[-1]))
            if text:
                draft.checked.refuse((*at, item.key), text)


def _misnamed(item: Parameter, name: str, draft: Draft, community: Community, kind: str) -> str:
    """Return what is wrong with a name that an effect gives, or nothing."""
    refers = item.refers or _REFERS.get(item.key) or ("kind" if (kind, item.key) == ("end_ties", "kind") else "")
    if refers == "place":
        opened = [
            effect.place
            for other in draft.interventions.values()
            for effect in other.effects
            if registries.kind_of(effect) == "open"
        ]
        places = list(dict.fromkeys([*(place.name for place in community.places.items), *opened]))
        return "" if name in places else _unknown("a place of this community", name, places, "places")
    if refers in ("column", "flag", "number"):
        if name not in community.columns:
            return _no_column(name, community.columns)
        column = community.columns[name]
        if refers == "flag" and not column.is_flag:
            flags = [key for key, held in community.columns.items() if held.is_flag]
            return f"'{name}' is not a yes-or-no column; such are: {listing(flags) or 'none'}"
        return (
            f"'{name}' has named values; a numeric column is wanted"
            if refers == "number" and column.is_category
            else ""
        )
    if refers == "kind":
        made = {
            getattr(effect, "kind", "")
            for other in draft.interventions.values()
            for effect in other.effects
            if registries.kind_of(effect) == "tie"
        }
        kinds = [*community.ties.kinds, *sorted(made - set(community.ties.kinds))]
        return "" if name in kinds else _unknown("a kind of tie here", name, kinds, "kinds")
    return ""


def sorted_problems(problems: list[Problem], order: Mapping[str, int]) -> list[Problem]:
    """Return each problem once, by file in the order given, then by line."""
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda item: (order.get(item.file, len(order)), item.line))
