"""Every value of a scenario in words: what it is, where it comes from, what supports it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim import evidence
from sim.evidence.library import NOT_VERIFIED, with_unit
from sim.scenario.file_format import AMOUNTS
from sim.scenario.nodes import path_text, shown
from sim.scenario.parameters import first_sentence
from sim.scenario.plan import Origin, Plan, Scenario
from sim.scenario.settable import Settable, paths, support_of

__all__ = ["Row", "explain", "explain_text", "flat", "lacks_source"]

GAIN_IN_WORDS = (
    "To so many times its size a small rise of everybody's stigma would grow by its own consequences (withdrawal, "
    "weaker ties, less contact); above 1.5 a scenario is refused."
)


@dataclass(frozen=True)
class Row:
    """One value of a resolved scenario."""

    scenario: str
    path: str
    """As it can be set from the command line."""
    value: Any
    meaning: str
    """What it is, in plain words."""
    origin: str
    """Where it comes from, in words."""
    support: str
    """Grade and source, ``assumption``, or empty for what is chosen and not estimated."""
    evidence: str | None = None
    """Name of the evidence entry."""
    unit: str = ""
    low: float | None = None
    """Lower end of the plausible range."""
    high: float | None = None
    """Upper end of the plausible range."""


def flat(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Return every single value of resolved data by its path, interventions by name."""
    found: dict[str, Any] = {}

    def walk(data: Any, location: tuple[str | int, ...]) -> None:
        if isinstance(data, dict) and data:
            for key, item in data.items():
                walk(item, (*location, key))
        elif isinstance(data, list) and data:
            for position, item in enumerate(data):
                walk(item, (*location, item["name"] if location == ("interventions",) else position))
        else:
            found[path_text(location)] = data

    walk(dict(resolved), ())
    return found


def explain(what: Plan | Scenario) -> list[Row]:
    """Return every value of a scenario, or of all scenarios of a plan, with origin and support."""
    if isinstance(what, Plan):
        return [row for scenario in what.scenarios.values() for row in explain(scenario)]
    known = {item.path: item for item in paths(what)}
    values = flat(what.resolved)
    rows = [_row(what.name, path, value, what.origins[path], known) for path, value in values.items()]
    return [_drawn(row, what) for row in rows]


def _drawn(row: Row, scenario: Scenario) -> Row:
    """Return a row that says so where each seed draws the value."""
    draws = scenario.draws
    if draws is None or row.path not in draws.paths:
        return row
    middle, low, high = draws.spread(row.path)
    value = f"drawn for each seed: median {middle:.4g}, 95% from {low:.4g} to {high:.4g}"
    support = f"one of {len(draws.rows)} parameter sets, in place of {row.value}"
    return replace(row, value=value, origin=shown(draws.file), support=support)


def _row(scenario: str, path: str, value: Any, origin: Origin, known: Mapping[str, Settable]) -> Row:
    settable = known.get(path)
    meaning = settable.meaning if settable is not None else ""
    if origin.evidence is not None:
        entry = evidence.entry(origin.evidence)
        meaning = entry.label or meaning
        return Row(
            scenario, path, value, meaning, _origin_in_words(origin), support_of(entry), entry.name, entry.unit,
            entry.low, entry.high,
        )  # fmt: skip
    support = "assumption (no source is given for this value)" if lacks_source(path, value, origin) else ""
    if settable is not None and settable.support and origin.kind in ("file", "command line"):
        support = f"{support}, instead of {settable.default} ({settable.support})".lstrip(", ")
    unit = settable.unit if settable is not None else ""
    return Row(scenario, path, value, meaning, _origin_in_words(origin), support, None, unit)


def lacks_source(path: str, value: Any, origin: Origin) -> bool:
    """Say whether a value is an estimate that a file or the command line sets without naming what supports it.

    An estimate says how people or programmes behave, or what something costs; how much is done, when and for whom is a
    choice.
    """
    estimated = path.startswith(("mechanisms.", "community.")) or ".effects[" in path or ".spread." in path
    estimated &= not path.endswith(".residents") and ".scale[" not in path
    estimated |= ".cost." in path and path.rpartition(".")[2] in AMOUNTS
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_number |= isinstance(value, str) and value.endswith(" sd")
    return estimated and is_number and origin.evidence is None and origin.kind != "default"


def _origin_in_words(origin: Origin) -> str:
    return {
        "file": origin.where,
        "catalogue": origin.where,
        "default": "made for this study" if origin.where else "default",
        "command line": origin.where,
    }[origin.kind]


def explain_text(what: Plan | Scenario, width: int = 100) -> str:
    """Return the explanation of a scenario, or of all scenarios of a plan, as a text for readers.

    What the scenarios of a plan share is said once, with the baseline.
    """
    if isinstance(what, Scenario):
        text = _text_of(what, explain(what), width)
        return "\n\n".join([text, *_legend([text], width)])
    shared = {(row.path, str(row.value)) for row in explain(what.scenarios[what.baseline])}
    texts = []
    for scenario in what.scenarios.values():
        rows = explain(scenario)
        if scenario.name != what.baseline:
            rows = [row for row in rows if (row.path, str(row.value)) not in shared]
        texts.append(_text_of(scenario, rows, width, only_differences=scenario.name != what.baseline))
    return "\n\n".join([*texts, *_legend(texts, width)])


def _legend(texts: Sequence[str], width: int) -> list[str]:
    """Return what "(not verified)" means, where it stands in a text: broken over two lines or not."""
    used = any("(not verified)" in " ".join(text.split()) for text in texts)
    return ["\n".join(textwrap.wrap(f"{NOT_VERIFIED}.", width))] if used else []


def _text_of(scenario: Scenario, rows: Sequence[Row], width: int, only_differences: bool = False) -> str:
    head = f"{scenario.title} ({scenario.name})"
    lines = [head, "=" * len(head)]
    if only_differences:
        lines.append("Only what differs from the baseline.")
    section = ""
    for row in rows:
        if (
            row.value in (None, [], {}, "")
            or row.path == "title"
            or (row.path.endswith(".name") and row.origin == "default")
        ):
            continue
        part = (
            ".".join(row.path.split(".")[:2])
            if row.path.startswith(("interventions.", "mechanisms.", "community."))
            else "study"
        )
        if part != section:
            section = part
            lines += ["", _heading(section, scenario)]
        lines += _lines_of(row, section, width)
    if scenario.loop_gain is not None and not only_differences:
        text = f"Loop gain: {scenario.loop_gain:.2f}. {GAIN_IN_WORDS}"
        lines += ["", *textwrap.wrap(text, width)]
    for note in scenario.notes:
        lines += ["", *textwrap.wrap(f"Note: {note}.", width)]
    return "\n".join(lines)


def _heading(section: str, scenario: Scenario) -> str:
    kind, _, name = section.partition(".")
    if kind == "interventions":
        title = next((item.title for item in scenario.interventions if item.name == name), name)
        return f"Intervention: {title} ({name})"
    return {"mechanisms": f"Mechanism: {name}", "community": f"Community: {name}"}.get(kind, "The study")


def _lines_of(row: Row, section: str, width: int) -> list[str]:
    short = row.path.removeprefix(f"{section}.")
    value = "yes" if row.value is True else "no" if row.value is False else row.value
    unit = "" if row.unit.lower() in str(value).lower() else row.unit
    plausible = (
        "" if row.low is None or row.high is None or row.low == row.high else f"; plausible {row.low:g} to {row.high:g}"
    )
    first = f"  {short} = {with_unit(str(value), unit)}  [{row.origin}]"
    parts = [
        f"{first_sentence(row.meaning).rstrip('.')}." if row.meaning else "",
        f"{row.support}{plausible}." if row.support else "",
    ]
    rest = " ".join(f"{part[:1].upper()}{part[1:]}" for part in parts if part)
    return [first, *textwrap.wrap(rest, width, initial_indent="      ", subsequent_indent="      ")]
