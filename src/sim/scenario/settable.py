"""Every path that can be set, in a scenario file or with ``--set``, with its meaning, range and support."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim import evidence
from sim.evidence import Entry
from sim.interventions.spec import Intervention
from sim.scenario import registries
from sim.scenario.file_format import BOUNDS, FileFormat
from sim.scenario.overrides import NOT_SET
from sim.scenario.parameters import Parameter, parameters
from sim.scenario.plan import Scenario

__all__ = ["Settable", "paths", "paths_text", "support_of"]


@dataclass(frozen=True)
class Settable:
    """One path that can be set with ``--set`` or in a scenario file."""

    path: str
    meaning: str
    unit: str
    low: float | None
    """Lower end of the plausible range, or least value allowed."""
    high: float | None
    """Upper end of the plausible range, or greatest value allowed."""
    default: Any
    """None where there is none."""
    support: str
    """Grade and source of the default."""
    evidence: str = ""
    """Name of the evidence entry that the default and the range come from; empty where there is none."""
    annotation: Any = None
    """Type of the value."""


def support_of(entry: Entry) -> str:
    """Return grade and source of a number in words."""
    if not entry.sources:
        return "assumption"
    grade = "assumption, in view of" if entry.is_assumption else entry.grade
    return f"{grade}: {entry.cited()}"


def paths(scenario: Scenario | None = None) -> list[Settable]:
    """Return every path that can be set, with meaning, unit, range, default and support.

    Parameters
    ----------
    scenario
        Whose interventions and community are meant; without one, every kind of effect and every source is
        listed under an intervention called ``NAME``.
    """
    found = [
        _settable(item.key, FileFormat, item)
        for item in parameters(FileFormat)
        if item.key not in (*NOT_SET, "community", "interventions", "mechanisms", "targets")
    ]
    sources = registries.sources()
    if scenario is not None:
        sources = {key: sources[key] for key in scenario.resolved["community"]}
    for key, cls in sources.items():
        found += _under(f"community.{key}", cls, scenario.source if scenario is not None else None)
    mechanisms = registries.mechanisms()
    if scenario is not None:
        mechanisms = {mechanism.name: type(mechanism) for mechanism in scenario.mechanisms}
    for name, cls in sorted(mechanisms.items()):
        found += _under(f"mechanisms.{name}", cls, None)
    if scenario is None:
        found += _of_intervention("interventions.NAME", None, {})
    for intervention in scenario.interventions if scenario is not None else ():
        found += _of_intervention(f"interventions.{intervention.name}", intervention, _catalogued(intervention))
    return found


def _catalogued(intervention: Intervention) -> dict[str, str]:
    """Return the evidence entries behind the catalogue's values of an intervention, by path."""
    if intervention.use is None:
        return {}
    from sim import catalogue

    return dict(catalogue.load(intervention.use).evidence)


def _of_intervention(prefix: str, item: Intervention | None, catalogued: Mapping[str, str]) -> Iterator[Settable]:
    for field in parameters(Intervention):
        if field.key in ("name", "title", "use", "effects"):
            continue
        if field.key == "who":
            yield from _conditions(prefix, item, catalogued)
        elif dataclasses.is_dataclass(field.default):
            yield from _under(f"{prefix}.{field.key}", type(field.default), None, field.key, catalogued)
        else:
            yield _settable(f"{prefix}.{field.key}", Intervention, field)
    if item is None:
        for kind, cls in registries.effects().items():
            yield from _under(f"{prefix}.effects[0].{kind}", cls, None)
        return
    for position, effect in enumerate(item.effects):
        inner = f"effects[{position}].{registries.kind_of(effect)}"
        yield from _under(f"{prefix}.{inner}", type(effect), effect, inner, catalogued)


def _conditions(prefix: str, item: Intervention | None, catalogued: Mapping[str, str]) -> Iterator[Settable]:
    if item is None:
        for limit in ("above", "below", "at_least", "at_most"):
            yield Settable(f"{prefix}.who.COLUMN.{limit}", "Limit of a column", "", None, None, None, "")
        return
    for condition in item.who:
        for limit in ("above", "below", "at_least", "at_most"):
            if getattr(condition, limit) is not None:
                inner = f"who.{condition.column}.{limit}"
                meaning = f"Only residents whose {condition.column.replace('_', ' ')} is {limit.replace('_', ' ')} this"
                yield _supported(
                    Settable(f"{prefix}.{inner}", meaning, "", None, None, None, ""), catalogued.get(inner)
                )


def _under(
    prefix: str, cls: type, held: Any, inner: str = "", catalogued: Mapping[str, str] | None = None
) -> Iterator[Settable]:
    """Yield the settable paths of one dataclass, with the catalogue's support where it gives a value."""
    for item in parameters(cls):
        value = getattr(held, item.attribute) if held is not None else None
        path = f"{prefix}.{item.key}"
        if isinstance(value, Mapping) and any(dataclasses.is_dataclass(part) for part in value.values()):
            for key, part in value.items():
                yield from _under(f"{path}.{key}", type(part), part)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from _under(path, type(value), value)
        elif item.key == "targets" and hasattr(held, "evidence_of_targets"):
            yield from _targets(path, held.evidence_of_targets())
        else:
            name = (catalogued or {}).get(f"{inner}.{item.key}")
            yield _supported(_settable(path, cls, item), name)


def _targets(prefix: str, named: Mapping[str, str]) -> Iterator[Settable]:
    """Yield a path for each figure that a community is made from, and for each of its groups."""
    for key, name in named.items():
        item = evidence.entry(name)
        support = support_of(item)
        if not isinstance(item.value, Mapping):
            default = item.value if isinstance(item.value, float) else None
            yield Settable(f"{prefix}.{key}", item.label, item.unit, item.low, item.high, default, support)
            continue
        for group, value in item.value.items():
            label = f"{item.label}: {group}"
            yield Settable(f"{prefix}.{key}.{group}", label, item.unit, item.low, item.high, value, support)


def _settable(path: str, cls: type, item: Parameter) -> Settable:
    low, high = BOUNDS.get((cls, item.attribute), (item.at_least, item.at_most))
    default = None if item.required else item.default
    plain = default if isinstance(default, (int, float, str)) and default != "" else None
    found = Settable(path, item.description, item.unit, low, high, plain, "", annotation=item.annotation)
    return _supported(found, item.evidence)


def _supported(item: Settable, name: str | None) -> Settable:
    """Return a settable path with what supports its usual value."""
    if name is None:
        return item
    entry = evidence.entry(name)
    low, high = (item.low, item.high) if entry.low is None else (entry.low, entry.high)
    return dataclasses.replace(
        item, meaning=entry.label, unit=entry.unit, low=low, high=high, default=entry.value,
        support=support_of(entry), evidence=name,
    )  # fmt: skip


def paths_text(found: Sequence[Settable], width: int = 100) -> str:
    """Return the paths that can be set as a text for readers."""
    lines: list[str] = []
    for item in found:
        facts = [item.unit, _range_in_words(item), "" if item.default is None else f"usually {item.default}"]
        lines.append(f"{item.path}  ({'; '.join(fact for fact in facts if fact)})".replace("  ()", ""))
        text = " ".join(
            part
            for part in (
                f"{item.meaning.rstrip('.')}." if item.meaning else "",
                f"{item.support}." if item.support else "",
            )
            if part
        )
        lines += textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def _range_in_words(item: Settable) -> str:
    if item.low is not None and item.high is not None:
        return f"range {item.low:g} to {item.high:g}"
    if item.low is not None:
        return f"range at least {item.low:g}"
    return f"range at most {item.high:g}" if item.high is not None else ""
