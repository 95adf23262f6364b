"""What a stored result was computed from, in named parts, so that a difference can be named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import listing
from sim.store.files import sha256

__all__ = ["Fingerprint", "computed_with", "differences", "engine_sources", "library_versions", "scenario_parts"]

_NOT_COMPUTED = ("title", "question", "seeds", "communities", "suppress_below")
"""Entries of a resolved scenario that change no number of a unit."""

_ENGINE = ("rng", "compiled", "rules", "stats", "run", "tables", "measures", "evidence", "community", "mechanisms",
           "interventions", "scenario", "model")  # fmt: skip
"""Modules that take part in computing a unit."""

_MISSING = object()


@dataclass(frozen=True)
class Fingerprint:
    """The parts, and one digest over all of them."""

    parts: Mapping[str, Any]
    """``scenarios``, ``baseline``, ``data`` (SHA-256 of each data file), ``engine``, ``libraries``."""

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON (sorted keys, no spaces) of the parts."""
        text = json.dumps(self.parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def of(
        cls,
        scenarios: Mapping[str, Mapping[str, Any]],
        baseline: str,
        data: Mapping[str, Path],
        extensions: Mapping[str, str] | None = None,
    ) -> Fingerprint:
        """Return the fingerprint of resolved scenarios and data files, with the engine as it stands.

        Parameters
        ----------
        scenarios
            Resolved scenarios by name.
        baseline
            Name of the scenario that the others are compared with.
        data
            Data files that the scenarios read, by the name under which they are stored.
        extensions
            Hashes of mechanisms and effects of the user's own, by name.
        """
        parts = {
            "scenarios": {name: scenario_parts(resolved) for name, resolved in scenarios.items()},
            "baseline": baseline,
            "data": {name: sha256(path) for name, path in data.items()},
            **computed_with(),
            **({"extensions": dict(extensions)} if extensions else {}),
        }
        return cls(json.loads(json.dumps(parts)))  # as it will be read again: tuples become lists


def computed_with() -> dict[str, Any]:
    """Return the parts that say what this process computes with: the program and the numerical libraries."""
    return {
        "engine": {"version": library_versions("sim")["sim"], "sources": engine_sources()},
        "libraries": library_versions("numpy", "scipy", "numba", "networkit"),
    }


def scenario_parts(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resolved scenario without what changes no number: titles, questions, numbers of seeds, what is shown."""
    parts = {key: value for key, value in resolved.items() if key not in _NOT_COMPUTED}
    if isinstance(parts.get("interventions"), list):
        parts["interventions"] = [
            {key: value for key, value in each.items() if key != "title"} for each in parts["interventions"]
        ]
    return parts


@cache
def engine_sources() -> dict[str, str]:
    """Return a hash (16 hexadecimal digits) of each source file that takes part in computing a unit.

    Taken once: what a process has imported does not change when a file does.
    """
    root = Path(__file__).resolve().parents[1]
    files = [root / f"{name}.py" for name in _ENGINE]
    for name in _ENGINE:
        files += [*(root / name).rglob("*.py"), *(root / name).rglob("*.yaml")]
    return {file.relative_to(root).as_posix(): sha256(file)[:16] for file in sorted(files) if file.is_file()}


def library_versions(*names: str) -> dict[str, str]:
    """Return versions of installed packages by import name; ``sim`` is this one."""
    from importlib import metadata

    from sim._version import __version__

    return {name: __version__ if name == "sim" else metadata.version(name) for name in names}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return in plain words what differs between the parts of two fingerprints; empty if nothing does."""
    return [
        *_of_scenarios(old.get("scenarios", {}), new.get("scenarios", {})),
        *_of_values("", old.get("baseline", _MISSING), new.get("baseline", _MISSING), "baseline"),
        *_of_data(old.get("data", {}), new.get("data", {})),
        *_of_engine(old.get("engine", {}), new.get("engine", {})),
        *_of_extensions(old.get("extensions", {}), new.get("extensions", {})),
        *_of_libraries(old.get("libraries", {}), new.get("libraries", {})),
    ]


def _of_scenarios(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    both = [name for name in new if name in old]
    found = {name: list(_of_values("", old[name], new[name])) for name in both}
    shared = [text for text in (found[both[0]] if both else ()) if all(text in found[name] for name in both)]
    for text in shared:
        yield f"every scenario: {text}" if len(both) > 1 else f"scenario '{both[0]}': {text}"
    for name in both:
        yield from (f"scenario '{name}': {text}" for text in found[name] if text not in shared)
    yield from (f"scenario '{name}' is new" for name in new if name not in old)
    yield from (f"scenario '{name}' is not there any more" for name in old if name not in new)


def _of_values(path: str, old: Any, new: Any, name: str = "") -> Iterator[str]:
    """Yield what differs below a path, down to single values."""
    path = path or name
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*new, *(key for key in old if key not in new)]:
            below = f"{path}.{key}" if path else str(key)
            yield from _of_values(below, old.get(key, _MISSING), new.get(key, _MISSING))
    elif _are_lists_of_mappings(old, new):
        yield from _of_lists(path, old, new)
    elif old is _MISSING and new is not _MISSING:
        yield f"{path} was not given, is now {_shown(new)}"
    elif new is _MISSING and old is not _MISSING:
        yield f"{path} was {_shown(old)}, is not given any more"
    elif old != new or type(old) is not type(new):
        yield f"{path} was {_shown(old)}, is now {_shown(new)}"


def _are_lists_of_mappings(old: Any, new: Any) -> bool:
    return all(isinstance(each, list) and all(isinstance(item, Mapping) for item in each) for each in (old, new))


def _of_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    """Compare entries of the same name, or else of the same place."""
    before = {item.get("name", index): item for index, item in enumerate(old)}
    after = {item.get("name", index): item for index, item in enumerate(new)}
    if len(before) < len(old) or len(after) < len(new):
        before, after = dict(enumerate(old)), dict(enumerate(new))
    for index, key in enumerate(after):
        if key in before:
            yield from _of_values(f"{path}[{index}]", before[key], after[key])
        else:
            yield f"{path}[{index}]{_named(key)} is new"
    for index, key in enumerate(before):
        if key not in after:
            yield f"{path}[{index}]{_named(key)} is not there any more"


def _of_data(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in new:
        if name not in old:
            yield f"data file {name} is new"
        elif old[name] != new[name]:
            yield f"data file {name} has changed"
    yield from (f"data file {name} is not read any more" for name in old if name not in new)


def _of_engine(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old.get("version") != new.get("version"):
        yield f"sim was {old.get('version')}, is {new.get('version')}"
        return  # its sources differ then, of course
    before, after = old.get("sources", {}), new.get("sources", {})
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if changed:
        yield f"the program has changed: {listing(changed, 6)}"


def _of_extensions(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in _all_keys((old, new)):
        if old.get(name) != new.get(name):
            what = "is new" if name not in old else "is not given any more" if name not in new else "has changed"
            yield f"your own '{name}' {what}"


def _of_libraries(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    labels = {"numpy": "NumPy", "scipy": "SciPy", "networkit": "NetworKit"}
    for name in _all_keys((old, new)):
        if old.get(name) != new.get(name):
            yield f"{labels.get(name, name)} was {old.get(name, 'absent')}, is {new.get(name, 'absent')}"


def _all_keys(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({key for mapping in mappings for key in mapping})


def _named(key: Any) -> str:
    return f" ({key})" if isinstance(key, str) else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
