"""What each scenario is made of: its values, where each comes from and what supports it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sim import catalogue, evidence
from sim.compare.wording import money, plain
from sim.errors import InputError
from sim.evidence.library import with_unit
from sim.report import sources
from sim.scenario.explain import lacks_source
from sim.scenario.file_format import AMOUNTS
from sim.scenario.plan import Origin
from sim.scenario.support import evidence_names as _evidence_names

__all__ = [
    "OF_THE_MODEL",
    "Described",
    "Intervention",
    "Setting",
    "described",
    "evidence_names",
    "loop_gains",
    "mechanism_settings",
]

OF_THE_MODEL = "default of the model"
"""What a value was set by that nobody has set."""

_NOT_SHOWN = ("name", "title", "use")
_EMPTY: tuple[Any, ...] = (None, False, 0, 0.0, "", {}, [])


@dataclass(frozen=True)
class Setting:
    """One value, for readers."""

    path: str
    """Where it stands in the scenario, in words."""
    value: str
    came_from: str
    """The file and line, the catalogue, the model's defaults or the command line."""
    support: str
    """What supports it: works that are cited, or that it is an assumption; empty where it is a choice."""
    grade: str
    """Grade of the evidence; empty where it is a choice."""
    is_assumption: bool
    label: str = ""
    """What the value is, where the evidence says so."""
    cites: str = ""
    """The works in short: first author and year."""
    full: str = ""
    """Its path, as ``--set`` and ``--parameter`` take it."""


@dataclass(frozen=True)
class Intervention:
    """One intervention, for readers."""

    title: str
    name: str
    from_catalogue: str
    """Title of the catalogue's entry that it starts from; empty if written in the scenario."""
    summary: str
    in_the_model: str
    known: str
    assumed: tuple[str, ...]
    settings: list[Setting]


@dataclass(frozen=True)
class Described:
    """One scenario, for readers."""

    name: str
    title: str
    file: str
    is_baseline: bool
    notes: list[str]
    interventions: list[Intervention]
    mechanisms: list[Setting]
    """Parameters of the mechanisms in which it differs from the baseline."""


def described(manifest: Mapping[str, Any], order: Sequence[str], baseline: str) -> list[Described]:
    """Return every scenario of a study with all that makes it different."""
    reference = _resolved(manifest, baseline).get("mechanisms") or {}
    usual = dict(_leaves(reference, "mechanisms"))
    found = []
    for name in order:
        stored, resolved = manifest["scenarios"][name], _resolved(manifest, name)
        origins = stored.get("origins") or {}
        found.append(
            Described(
                name=name,
                title=str(stored.get("title") or name),
                file=str(stored.get("file") or ""),
                is_baseline=name == baseline,
                notes=[str(note) for note in stored.get("notes") or ()],
                interventions=[_intervention(item, origins) for item in resolved.get("interventions") or ()],
                mechanisms=[
                    setting
                    for path, value in _leaves(resolved.get("mechanisms") or {}, "mechanisms")
                    if name != baseline and usual.get(path) != value
                    for setting in _settings({path: value}, origins, "mechanisms.")
                ],
            )
        )
    return found


def mechanism_settings(manifest: Mapping[str, Any], baseline: str) -> list[Setting]:
    """Return the parameters of all mechanisms as the baseline has them."""
    resolved = _resolved(manifest, baseline)
    leaves = dict(_leaves(resolved.get("mechanisms") or {}, "mechanisms"))
    origins = manifest["scenarios"][baseline].get("origins") or {}
    return _settings(leaves, origins, "mechanisms.")


def loop_gains(manifest: Mapping[str, Any], baseline: str) -> list[tuple[str, str]]:
    """Return title and loop gain of the baseline, and of each scenario whose gain differs from it."""
    found = {name: stored.get("loop_gain") for name, stored in manifest["scenarios"].items()}
    known = {name: f"{gain:.2f}" for name, gain in found.items() if gain is not None}
    usual = known.get(baseline)
    differing = [name for name, gain in known.items() if name == baseline or gain != usual]
    return [(str(manifest["scenarios"][name].get("title") or name), known[name]) for name in differing]


def evidence_names(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of all evidence that the results rest on, in alphabetical order."""
    return _evidence_names(manifest["scenarios"].values())


def _resolved(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    resolved: Mapping[str, Any] = manifest["scenarios"][name].get("resolved") or {}
    return resolved


def _intervention(item: Mapping[str, Any], origins: Mapping[str, Any]) -> Intervention:
    name, use = str(item.get("name", "")), item.get("use")
    base = f"interventions.{name}"
    shown = {key: value for key, value in item.items() if key not in _NOT_SHOWN}
    entry = _catalogue_entry(use)
    return Intervention(
        title=str(item.get("title") or name),
        name=name,
        from_catalogue=entry.title if entry else "",
        summary=entry.summary if entry else "",
        in_the_model=entry.in_the_model if entry else "",
        known=entry.known if entry else "",
        assumed=entry.assumed if entry else (),
        settings=_settings(
            dict(_leaves(shown, base)), origins, f"{base}.", str((item.get("cost") or {}).get("currency") or "GBP")
        ),
    )


def _catalogue_entry(use: Any) -> catalogue.CatalogueEntry | None:
    if not use:
        return None
    try:
        return catalogue.load(str(use))
    except InputError:  # results of an older version, whose catalogue had it
        return None


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield paths and values; a list of single values is one value."""
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}")
    elif isinstance(node, list | tuple) and any(isinstance(value, Mapping) for value in node):
        for number, value in enumerate(node):
            yield from _leaves(value, f"{path}[{number}]")
    else:
        yield path, node


def _settings(leaves: Mapping[str, Any], origins: Mapping[str, Any], base: str, currency: str = "") -> list[Setting]:
    found = []
    for path, value in leaves.items():
        origin = origins.get(path) or origins.get(f"{path}[0]") or {}
        is_default = origin.get("kind", "default") == "default" and not origin.get("evidence")
        if is_default and (value in _EMPTY or isinstance(value, str)):
            continue
        found.append(_setting(path, base, value, origin, currency))
    return found


def _setting(full: str, base: str, value: Any, origin: Mapping[str, Any], currency: str) -> Setting:
    path = full.removeprefix(base)
    name = origin.get("evidence")
    known = evidence.entries().get(str(name)) if name else None
    unit = known.unit if known and isinstance(value, int | float) and known.unit != "calendar year" else ""
    is_money = path.startswith("cost.") and path.removeprefix("cost.") in AMOUNTS and isinstance(value, int | float)
    written = money(float(value), currency) if is_money else with_unit(_shown(value), unit)
    return Setting(
        path=_words(path),
        value=written,
        came_from=_came_from(origin),
        support=known.cited() if known else "",
        grade=known.grade if known else "",
        is_assumption=known.is_assumption if known else _is_unsupported(full, value, origin),
        label=known.label if known else "",
        cites=sources.in_short(known) if known else "",
        full=full,
    )


def _is_unsupported(path: str, value: Any, origin: Mapping[str, Any]) -> bool:
    """Whether a value says how the world works, not what is done, and nothing is named that supports it."""
    return lacks_source(path, value, Origin(origin.get("kind", "default"), evidence=origin.get("evidence")))


def _came_from(origin: Mapping[str, Any]) -> str:
    kind, where = str(origin.get("kind", "default")), str(origin.get("where") or "")
    if kind == "default":
        return OF_THE_MODEL
    if kind == "catalogue":
        return "catalogue"
    return f"{kind}: {PurePosixPath(where).name}" if kind == "file" else where or kind


def _words(path: str) -> str:
    """Return ``effect 1: tie: strength`` for ``effects[0].tie.strength``."""
    text = re.sub(r"^effects\[(\d+)\]", lambda found: f"effect {int(found[1]) + 1}", path)
    return text.replace("_", " ").replace(".", ": ")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if 1000 <= value <= 2100 else plain(value)
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value) or "none"
    return "everybody" if value == {} else "not limited" if value is None else _text(str(value))


def _text(value: str) -> str:
    """Return a text from a scenario file as readers expect it: spaces, and a proper minus sign."""
    return re.sub(r"^-(?=[0-9])", "−", value.replace("_", " "))
