"""Blocks of the ODD text that belong to one scenario, or to the scenarios of a study."""

from __future__ import annotations

from collections.abc import Sequence

from sim.documents import blocks
from sim.documents.markdown import in_words, table
from sim.scenario import Scenario
from sim.scenario.explain import Row, explain

__all__ = ["community", "head", "interventions", "mechanisms", "scales"]

_HEADINGS = ("setting", "what it is", "value", "plausible range", "support", "where it comes from")


def head(scenarios: Sequence[Scenario]) -> str:
    """Return title and question."""
    first = scenarios[0]
    named = "; ".join(f"{item.title} (`{item.name}`)" for item in scenarios)
    lines = [f"# Model description (ODD): {first.title if len(scenarios) == 1 else 'a study'}", ""]
    lines += [f"Scenarios: {named}." if len(scenarios) > 1 else f"Scenario: `{first.name}`."]
    if first.question:
        lines.append(f"The question: {first.question}")
    lines.append(f"It is answered by the measure `{first.outcome}`, of which {first.better} is better.")
    return "\n".join(lines)


def scales(scenarios: Sequence[Scenario]) -> str:
    """Return the extent of the runs."""
    first = scenarios[0]
    residents = first.resolved["community"].get("synthesise", {}).get("residents")
    size = f" {residents:,} residents." if residents else ""
    spread = "" if first.communities == first.seeds else f", spread over {first.communities} communities"
    return f"One step is one week.{size} A run has {first.weeks} weeks, and each scenario {first.seeds} runs{spread}."


def community(scenarios: Sequence[Scenario]) -> str:
    """Return what the community is made from."""
    found = [row for row in explain(scenarios[0]) if row.path.startswith("community.") and _said(row)]
    parts = [f"The community of this study:\n\n{_rows(found, 'community.')}"]
    if "synthesise" in scenarios[0].resolved["community"]:
        parts.append(f"{blocks.profile()}\n\n`synthesise.targets` replace these values where they are given.")
    notes = dict.fromkeys(f"- {note}" for scenario in scenarios for note in scenario.notes)
    return "\n\n".join([*parts, *(["\n".join(notes)] if notes else [])])


def mechanisms(scenarios: Sequence[Scenario]) -> str:
    """Return the parameters of every mechanism; of further scenarios, those that differ from the first."""
    rows = [row for row in explain(scenarios[0]) if row.path.startswith("mechanisms.")]
    parts = [_rows(rows, "mechanisms.")]
    usual = {row.path: row.value for row in rows}
    for scenario in scenarios[1:]:
        other = [
            row for row in explain(scenario)
            if row.path.startswith("mechanisms.") and usual.get(row.path, row) != row.value
        ]  # fmt: skip
        if other:
            parts.append(f"In *{scenario.title}* instead:\n\n{_rows(other, 'mechanisms.')}")
    return "\n\n".join(parts)


def interventions(scenarios: Sequence[Scenario]) -> str:
    """Return the interventions of each scenario with all that is set."""
    parts = []
    for scenario in scenarios:
        rows = explain(scenario)
        for item in scenario.interventions:
            prefix = f"interventions.{item.name}."
            said = [row for row in rows if row.path.startswith(prefix) and _said(row)]
            uses = f", from the catalogue's `{item.use}`" if item.use else ""
            parts.append(f"*{item.title}* (`{item.name}`{uses}), in *{scenario.title}*:\n\n{_rows(said, prefix)}")
        if not scenario.interventions:
            parts.append(f"*{scenario.title}*: no intervention.")
    return "\n\n".join(parts)


def _said(row: Row) -> bool:
    """Say whether a row holds anything that a reader needs."""
    return row.value not in (None, "", [], {}) and not row.path.endswith((".name", ".title", ".use"))


def _rows(rows: Sequence[Row], prefix: str) -> str:
    return table(_HEADINGS, [_cells(row, prefix) for row in rows])


def _cells(row: Row, prefix: str) -> list[str]:
    spread = "" if row.low is None or row.high is None or row.low == row.high else f"{row.low:g} to {row.high:g}"
    unit = f" {row.unit}" if row.unit and row.unit.lower() not in str(row.value).lower() else ""
    path = row.path.removeprefix(prefix)
    support = f"a choice, {row.support}" if row.support.startswith("instead") else row.support or "a choice"
    return [f"`{path}`", row.meaning, f"{in_words(row.value)}{unit}", spread, support, row.origin]
