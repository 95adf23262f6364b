"""Interventions that start from an entry of the catalogue."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError, Problem
from sim.scenario.nodes import Node, Place, merged, planted

__all__ = ["with_catalogue"]

_INSTEAD = {
    ("choose", "number"): ("share",),
    ("choose", "share"): ("number", "per", "within"),
    ("choose", "per"): ("share",),
    ("choose", "by"): ("ids", "group"),
    ("choose", "ids"): ("by", "order", "number", "share", "per", "within", "kinds", "group"),
    ("runs", "places"): ("workers", "caseload"),
    ("runs", "workers"): ("places",),
    ("runs", "caseload"): ("places",),
    ("spread", "contacts"): ("share",),
    ("spread", "share"): ("contacts",),
}
"""Settings that replace each other: giving one takes back what the catalogue says about the others."""

_NOT_WITH = {
    "everyone": ("order", "number", "share", "per", "within", "kinds"),
    "nobody": ("order", "number", "share", "per", "within", "kinds"),
    "random": ("order",),
    "nomination": ("order",),
}
"""What the catalogue says about choosing that has no meaning under another rule."""


def with_catalogue(tree: Node) -> tuple[list[Problem], set[int]]:
    """Put the catalogue's values under each intervention of a tree that uses one.

    Returns
    -------
    problems, positions
        What is wrong, and the positions of interventions whose entry is not known.
    """
    listed = tree.child("interventions")
    problems: list[Problem] = []
    unknown: set[int] = set()
    if listed is None or not isinstance(listed.value, list):
        return problems, unknown
    for position, item in enumerate(listed.value):
        use = item.child("use")
        if use is None or not isinstance(use.value, str):
            continue
        try:
            listed.value[position] = _completed(item, use.value)
        except InputError as error:
            at = ("interventions", position, "use")
            problems += [tree.problem(at, problem.message) for problem in error.problems]
            unknown.add(position)
    return problems, unknown


def _completed(item: Node, name: str) -> Node:
    from sim import catalogue

    entry = catalogue.load(name)
    place = Place("catalogue", file=f"catalogue: {name}", folder=Path())
    base = planted({"title": entry.title, **entry.intervention}, place, evidence=entry.evidence)
    if item.child("name") is not None and item.child("title") is None:
        base.value.pop("title")  # another name is another programme; its title follows from the name
    _take_back(base, item)
    return merged(base, item)


def _take_back(base: Node, item: Node) -> None:
    """Take out of the catalogue's values what the file says in another way."""
    for (part, key), others in _INSTEAD.items():
        if item.at((part, key)) is not None:
            for other in others:
                base.remove((part, other))
    who = item.child("who")
    for column in who.value if who is not None and isinstance(who.value, dict) else ():
        base.remove(("who", column))  # what is said of a column is one condition
    rule = item.at(("choose", "by"))
    if rule is not None and isinstance(rule.value, str):
        for other in _NOT_WITH.get(rule.value, ()):
            base.remove(("choose", other))
    if (node := item.at(("spread", "rule"))) is not None and node.value != "threshold":
        base.remove(("spread", "contacts"))
        base.remove(("spread", "share"))
