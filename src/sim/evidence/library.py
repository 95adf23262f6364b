"""Reading the evidence files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from sim.errors import InputError, did_you_mean
from sim.evidence.keeping import kept

__all__ = [
    "GRADES",
    "MEANINGS",
    "NOT_VERIFIED",
    "Entry",
    "Source",
    "entries",
    "entry",
    "field_from",
    "source",
    "value",
    "with_unit",
]

Grade = Literal["trial", "cohort", "survey", "expert", "calibrated", "assumption"]

GRADES: tuple[str, ...] = ("trial", "cohort", "survey", "expert", "calibrated", "assumption")
"""Kinds of support for a number, from the strongest design to none."""

MEANINGS: dict[str, str] = {
    "trial": "from randomised trials or reviews of trials",
    "cohort": "from studies that followed people over time",
    "survey": "from surveys",
    "expert": "from expert judgement in print",
    "calibrated": "set so that the model reproduces a published figure",
    "assumption": "assumptions: no figure was found",
}
"""What each kind of support means."""


@dataclass(frozen=True)
class Source:
    """A work that is cited."""

    key: str
    """Short key, e.g. ``mead_2010``."""
    text: str
    """Authors, year, title, journal."""
    doi: str = ""
    """Only where it has been read; empty otherwise."""


@dataclass(frozen=True)
class Entry:
    """One number (or a small table of numbers) with what supports it."""

    name: str
    """Dotted name, e.g. ``influence.anchoring``."""
    label: str
    """What it is, in plain words."""
    value: Any
    """A number, or a mapping or list of numbers."""
    grade: Grade
    """What kind of support it has."""
    unit: str = ""
    """Unit of the value; empty for shares and counts."""
    low: float | None = None
    """Lower end of the plausible range."""
    high: float | None = None
    """Upper end of the plausible range."""
    sources: tuple[str, ...] = ()
    """Keys of the works it comes from; empty for an assumption."""
    population: str = ""
    """Whom the number was measured on."""
    verified: bool = False
    """Whether the figure was read in the work or a copy of it, not recalled or assumed."""
    status: str = ""
    """Status code of the project's evidence brief, e.g. ``S19``, ``D``, ``M-h``, ``A``."""
    note: str = ""
    """How the value was derived, and what to be careful about."""

    @property
    def is_assumption(self) -> bool:
        """Whether nothing supports the number but judgement."""
        return self.grade == "assumption" or not self.sources

    @property
    def support(self) -> str:
        """The grade as readers see it: whatever cites no work is an assumption."""
        return "assumption" if self.is_assumption else self.grade

    def cited(self) -> str:
        """Return the sources in words, or ``assumption``."""
        if not self.sources:
            return "assumption"
        text = "; ".join(source(key).text for key in self.sources)
        return text if self.verified else f"{text} (not verified)"


def with_unit(written: str, unit: str) -> str:
    """Return a number as it is written and its unit: ``12 weeks``, ``1 hour``, ``0.3``."""
    if written in ("1", "1.0") and unit == unit.lower():
        unit = unit.removesuffix("s")
    return f"{written} {unit}".strip()


NOT_VERIFIED = (
    "(not verified): the work is cited for the figure, but the figure was not read in it or in a copy of it; "
    "check it before you lean on it"
)
"""What the words behind a citation mean, to be said once where they are used."""


@cache
def _files() -> dict[str, Mapping[str, Any]]:
    """Return what the evidence files hold, by name."""
    files = [item for item in resources.files("sim.evidence").iterdir() if item.name.endswith(".yaml")]
    texts = {item.name: item.read_text(encoding="utf-8") for item in sorted(files, key=lambda item: item.name)}
    return kept(texts, _loaded)


def _loaded(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text) or {}


@cache
def _sources() -> dict[str, Source]:
    return {key: Source(key=key, **fields) for key, fields in _files()["sources.yaml"].items()}


@cache
def entries() -> dict[str, Entry]:
    """Return all entries by name."""
    found: dict[str, Entry] = {}
    for file, held in _files().items():
        if file == "sources.yaml":
            continue
        for name, fields in held.items():
            if name in found:
                raise ValueError(f"{file}: evidence entry '{name}' stands twice")
            fields = dict(fields)
            low, high = fields.pop("range", (None, None))
            keys = fields.pop("source", ())
            keys = (keys,) if isinstance(keys, str) else tuple(keys)
            unknown = [key for key in keys if key not in _sources()]
            if unknown:
                raise ValueError(f"{file}: '{name}' cites unknown sources {unknown}")
            found[name] = Entry(name=name, low=low, high=high, sources=keys, **fields)
    return found


def entry(name: str) -> Entry:
    """Return one entry by its dotted name."""
    try:
        return entries()[name]
    except KeyError:
        raise InputError(f"there is no evidence entry '{name}'{did_you_mean(name, list(entries()))}") from None


def value(name: str) -> Any:
    """Return the value of an entry."""
    return entry(name).value


def source(key: str) -> Source:
    """Return a cited work by its key."""
    return _sources()[key]


def field_from(name: str, **metadata: Any) -> Any:
    """Return a dataclass field whose default is the value of an evidence entry.

    The entry's name is kept in the field's metadata under ``evidence``, so that explanations, reports and
    tests can find what supports the default. Further metadata, e.g. bounds, may be added.
    """
    return dataclasses.field(default=value(name), metadata={"evidence": name, **metadata})
