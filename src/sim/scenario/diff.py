"""What differs between two resolved scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.explain import flat
from sim.scenario.plan import Plan, Scenario

__all__ = ["ABSENT", "Difference", "diff", "diff_text"]


class _Absent:
    """Stands for a value that one of the two does not have."""

    def __repr__(self) -> str:
        return "(not there)"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One value that two scenarios do not share."""

    path: str
    one: Any
    """Value in the first, :data:`ABSENT` where it has none."""
    other: Any
    """Value in the second."""
    one_where: str = ""
    """Where the first took it from."""
    other_where: str = ""


def diff(one: Plan | Scenario, other: Plan | Scenario) -> list[Difference]:
    """Return what differs between two scenarios, or between the scenarios of the same name of two plans.

    Paths of plans begin with the name of the scenario.
    """
    if isinstance(one, Scenario) and isinstance(other, Scenario):
        return _between(one, other)
    ones = one.scenarios if isinstance(one, Plan) else {one.name: one}
    others = other.scenarios if isinstance(other, Plan) else {other.name: other}
    found: list[Difference] = []
    for name in dict.fromkeys([*ones, *others]):
        if name not in ones or name not in others:
            here, there = (ABSENT, others[name].title) if name not in ones else (ones[name].title, ABSENT)
            found.append(Difference(name, here, there))
            continue
        for item in _between(ones[name], others[name]):
            found.append(Difference(f"{name}: {item.path}", item.one, item.other, item.one_where, item.other_where))
    return found


def _between(one: Scenario, other: Scenario) -> list[Difference]:
    """Return the values that differ; what one leaves unset and the other has no place for is no difference."""
    here, there = flat(one.resolved), flat(other.resolved)
    found = []
    for path in dict.fromkeys([*here, *there]):
        values = here.get(path, ABSENT), there.get(path, ABSENT)
        if values[0] is values[1] or (values[0] == values[1] and type(values[0]) is type(values[1])):
            continue
        if ABSENT in values and any(_is_empty(value) for value in values):
            continue
        places = [s.origins[path].where if path in s.origins else "" for s in (one, other)]
        found.append(Difference(path, *values, *places))
    return found


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (dict, list)) and not value)


def diff_text(found: Sequence[Difference]) -> str:
    """Return differences as a text for readers, one line each.

    An intervention that only one of the two has is a heading with what its file and the catalogue say of it; what
    is left at the program's defaults is not repeated.
    """
    if not found:
        return "no difference"
    whole = _on_one_side(found)
    lines: list[str] = []
    heads: set[str] = set()
    for item in found:
        head = _intervention(item.path)
        if head not in whole:
            lines.append(f"{item.path}: {_with_place(item.one, item.one_where)} -> "
                         f"{_with_place(item.other, item.other_where)}")  # fmt: skip
            continue
        if head not in heads:
            heads.add(head)
            lines.append(f"{head}: only in the {'second' if item.one is ABSENT else 'first'}")
        value, where = (item.other, item.other_where) if item.one is ABSENT else (item.one, item.one_where)
        if where:
            lines.append(f"    {item.path.removeprefix(head).lstrip('.')}: {_with_place(value, where)}")
    return "\n".join(lines)


def _intervention(path: str) -> str:
    """Return the part of a path that names an intervention, with the scenario where there are several; or nothing."""
    before, found, rest = path.rpartition("interventions.")
    return f"{before}{found}{rest.split('.')[0]}" if found else ""


def _on_one_side(found: Sequence[Difference]) -> set[str]:
    """Return the interventions that only one of the two scenarios has: it alone has their name."""
    return {
        _intervention(item.path)
        for item in found
        if _intervention(item.path) and item.path.endswith(".name") and ABSENT in (item.one, item.other)
    }


def _with_place(value: Any, where: str) -> str:
    shown = "(not set)" if value is None else repr(value)
    return f"{shown} [{where}]" if where else shown
