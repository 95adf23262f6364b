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
    here, there = flat(one.resolved), flat(other.resolved)
    found = []
    for path in dict.fromkeys([*here, *there]):
        values = here.get(path, ABSENT), there.get(path, ABSENT)
        if values[0] is values[1] or (values[0] == values[1] and type(values[0]) is type(values[1])):
            continue
        places = [s.origins[path].where if path in s.origins else "" for s in (one, other)]
        found.append(Difference(path, *values, *places))
    return found


def diff_text(found: Sequence[Difference]) -> str:
    """Return differences as a text for readers, one line each."""
    if not found:
        return "no difference"
    return "\n".join(
        f"{item.path}: {_with_place(item.one, item.one_where)} -> {_with_place(item.other, item.other_where)}"
        for item in found
    )


def _with_place(value: Any, where: str) -> str:
    shown = "(none)" if value is None else repr(value)
    return f"{shown} [{where}]" if where else shown
