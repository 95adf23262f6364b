"""The catalogue of interventions: what is known about each, ready to be used in a scenario.

An entry is a YAML file beside this module: some text for readers and an intervention in the format of a
scenario file, in which every number is a reference to the evidence, e.g. ``{evidence: befriending.uptake}``.
So a number stands once, with its source, and a new intervention needs no code.
"""

from __future__ import annotations

import copy
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from sim.errors import InputError, did_you_mean, listing
from sim.evidence.library import NOT_VERIFIED, Entry, entry, source, with_unit

__all__ = ["CatalogueEntry", "describe", "kinds_of_tie", "load", "names"]

TEXTS = ("title", "summary", "in_the_model", "known", "assumed")
"""Keys of an entry that are for readers; all others belong to the intervention."""

WRITTEN_UNITS = {"SD": "sd", "GBP": "GBP"}
"""Units that a scenario file writes beside the number, and how."""


@dataclass(frozen=True)
class CatalogueEntry:
    """One intervention of the catalogue."""

    name: str
    """What a scenario's ``use:`` says, e.g. ``befriending``."""
    title: str
    """A few words for tables and figures."""
    summary: str
    """What it is and for whom, in plain English."""
    in_the_model: str
    """What it does in the model."""
    known: str
    """What studies found about it, and what they did not."""
    assumed: tuple[str, ...]
    """What is assumed, beside the numbers that are marked as assumptions."""
    intervention: dict[str, Any]
    """The intervention as a scenario file would write it, with the numbers filled in."""
    evidence: dict[str, str]
    """Which evidence each number comes from: path (``effects[0].tie.strength``) to name of the evidence."""


def names() -> tuple[str, ...]:
    """Return the names of all entries, in alphabetical order."""
    files = (item.name for item in resources.files(__name__).iterdir())
    return tuple(sorted(file.removesuffix(".yaml") for file in files if file.endswith(".yaml")))


@cache
def kinds_of_tie() -> tuple[str, ...]:
    """Return the names of all kinds of tie that the entries speak of, in alphabetical order."""
    found: set[str] = set()
    for name in names():
        text = (resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
        found |= set(re.findall(r"^ +kind: (\w+) *$", text, re.MULTILINE))
    return tuple(sorted(found))


def load(name: str) -> CatalogueEntry:
    """Return one entry; the caller may change its mappings. An unknown name is an ``InputError``."""
    known = names()
    if name not in known:
        hint = did_you_mean(name, known) or ";"
        raise InputError(f"'{name}' is not in the catalogue{hint} entries: {listing(known, len(known))}")
    return copy.deepcopy(_read(name))


@cache
def _read(name: str) -> CatalogueEntry:
    text = (resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    texts = {key: loaded.pop(key) for key in TEXTS}
    evidence: dict[str, str] = {}
    return CatalogueEntry(
        name=name,
        title=texts["title"].strip(),
        summary=texts["summary"].strip(),
        in_the_model=texts["in_the_model"].strip(),
        known=texts["known"].strip(),
        assumed=tuple(item.strip() for item in texts["assumed"]),
        intervention=_filled(loaded, "", evidence, f"{name}.yaml"),
        evidence=evidence,
    )


def _filled(node: Any, path: str, evidence: dict[str, str], file: str) -> Any:
    """Return the node with its references replaced by values, noting each in ``evidence``."""
    if isinstance(node, Mapping):
        if set(node) == {"evidence"}:
            evidence[path] = node["evidence"]
            return _written(entry(node["evidence"]))
        inner = f"{path}." if path else ""
        return {key: _filled(item, f"{inner}{key}", evidence, file) for key, item in node.items()}
    if isinstance(node, list):
        return [_filled(item, f"{path}[{index}]", evidence, file) for index, item in enumerate(node)]
    if isinstance(node, int | float) and not isinstance(node, bool):
        raise ValueError(f"{file}: {path} is {node}; a number of the catalogue has to name its evidence")
    return node


def _written(found: Entry) -> Any:
    """Return a value as a scenario file writes it: a number, or a text such as ``-0.38 sd``."""
    unit = WRITTEN_UNITS.get(found.unit)
    return found.value if unit is None else f"{found.value} {unit}"


def describe(name: str, width: int = 100) -> str:
    """Return an entry as text for readers: what it is and does, its numbers with sources, what is assumed.

    Parameters
    ----------
    name
        Name of the entry.
    width
        Greatest length of a line, in characters, 40 or more.

    """
    found = load(name)
    numbers = {item: entry(item) for item in found.evidence.values()}
    cited = list(dict.fromkeys(key for number in numbers.values() for key in number.sources))
    lines = [f"{found.title} ({found.name})"]
    for heading, text in [
        ("What it is, and for whom", found.summary),
        ("What it does in the model", found.in_the_model),
        ("What is known", found.known),
    ]:
        lines += ["", heading, *_wrapped(text, width, "  ")]
    lines += ["", "Numbers", *_wrapped(_counted(list(numbers.values())), width, "  ")]
    for item, number in numbers.items():
        paths = [path for path, used in found.evidence.items() if used == item]
        lines += ["", *_number(number, paths, cited, width)]
    if any(item.sources and not item.verified and not item.is_assumption for item in numbers.values()):
        lines += ["", *_wrapped(f"{NOT_VERIFIED}.", width, "  ")]
    lines += ["", "Assumed beside the numbers"]
    for text in found.assumed:
        lines += _wrapped(f"- {text}", width, "  ", "    ")
    if cited:
        lines += ["", "Sources"]
    for position, key in enumerate(cited, start=1):
        work = source(key)
        text = f"{work.text}{f', doi:{work.doi}' if work.doi else ''}"
        lines += _wrapped(text, width, f"  [{position}] ", "      ")
    lines += ["", "In a scenario file", "  interventions:", f"    - use: {found.name}"]
    return "\n".join(lines)


def _counted(numbers: list[Entry]) -> str:
    """Say how many of the numbers rest on studies, and how many on judgement."""
    assumed = sum(number.is_assumption for number in numbers)
    if assumed == len(numbers):
        return "All are assumptions; any of them can be set in a scenario file."
    return f"{assumed} of {len(numbers)} are assumptions; any of them can be set in a scenario file."


def _number(number: Entry, paths: list[str], cited: list[str], width: int) -> list[str]:
    """Return one number for readers: what it is, its value and range, what supports it, where it is set."""
    unit = "" if number.unit == "calendar year" else number.unit
    spread = "" if number.low == number.high else f" (plausible {_plain(number.low)} to {_plain(number.high)})"
    value = with_unit(_plain(number.value), unit)
    works = ", ".join(f"[{cited.index(key) + 1}]" for key in number.sources)
    if number.is_assumption:
        support = f"assumption, in view of {works}" if works else "assumption"
    else:
        support = f"{number.grade} {works}{'' if number.verified else ' (not verified)'}"
    studied = f" Studied: {number.population}." if number.population else ""
    return [
        *_wrapped(f"- {number.label}: {value}{spread}; {support}.{studied}", width, "  ", "    "),
        *_wrapped(number.note, width, "    "),
        *_wrapped(f"Set by {', '.join(paths)}.", width, "    "),
    ]


def _plain(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _wrapped(text: str, width: int, first: str = "", further: str | None = None) -> list[str]:
    indent = first if further is None else further
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
