"""The charts of a report, each with a table that says the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.compare.wording import amount, between, number, plain
from sim.measures import COMPARED, ESTIMANDS
from sim.plots.moved import MOVED, moved_table, rule_words
from sim.plots.style import scale_of, styles
from sim.report.charts.curve_numbers import Curve, Curves, weekly
from sim.report.charts.drawing import Row, dot_chart, line_chart
from sim.report.charts.payload import of_measure, payload, sides, unit_of
from sim.report.tables import NOT_OUTCOMES

if TYPE_CHECKING:
    from markupsafe import Markup

    from sim.report.reading import Material

__all__ = ["Chart", "Charts", "charts_of"]

_NO_COUNT = ("often_lonely",)
"""Shares that are no count of residents: see :mod:`sim.compare.suppression`."""

_MOST_TABLED = 9
"""Weeks in the table of the curves."""

_NAN = math.nan


@dataclass(frozen=True)
class Chart:
    """A chart and the table that says the same."""

    name: str
    svg: Markup
    heads: list[str]
    """First cells of the columns."""
    rows: list[tuple[str, list[str]]]
    """Head and cells of each row."""
    follows: str = ""
    """What the script fills the rows with when something else is chosen: ``scenarios``, ``columns`` or nothing."""


@dataclass(frozen=True)
class Charts:
    """All charts of a report."""

    by_name: dict[str, Chart]
    numbers: dict[str, Any]
    """What the script of the page draws from."""
    measures: list[str]
    """Outcomes that can be chosen, the primary one first."""
    groups: list[str]
    """Groups of residents that can be chosen, everybody first."""


def charts_of(material: Material) -> Charts:
    """Return the charts of a report; of a surveyed community without what may not be shown."""
    facts, table = material.facts, material.comparison
    present = set(table["measure"])
    measures = [
        name for name in facts.ordered_measures()
        if name in present and name not in NOT_OUTCOMES and not COMPARED[name].is_detail and not COMPARED[name].is_total
    ]  # fmt: skip
    if not measures or measures[0] != facts.outcome:
        return Charts({}, {}, [], [])
    shown = table[table["measure"].isin(measures)]
    groups = ["all", *(name for name in dict.fromkeys(shown["group"]) if name != "all")]
    curves = _allowed(weekly(material.series, facts.scenarios, measures, groups), material)
    numbers = payload(material, curves, measures, groups)
    moved = _moved(material)
    outcome = MOVED.get(facts.outcome, facts.outcome)
    numbers["moved"] = {"rows": moved, "measure": of_measure(outcome, facts.direction(outcome))}
    built = [
        _curves(curves, material),
        _effects(numbers, material),
        _groups(numbers, groups, material),
        _ripple(numbers, material),
        _moved_chart(moved, material),
    ]
    return Charts({chart.name: chart for chart in built if chart is not None}, numbers, measures, groups)


def _allowed(curves: Curves, material: Material) -> Curves:
    """Return the curves that may be shown: all of them unless the community is surveyed.

    There, what the comparison does not show at the end is not shown week by week either, nor a share that stands for
    fewer residents than may be told in any week.
    """
    if not material.facts.private:
        return curves
    table = material.comparison
    seen = {key: set(held) for key, held in table.groupby(["measure", "group"], observed=True)["scenario"]}
    sizes = material.group_sizes
    kept = {}
    for (measure, group), curve in curves.found.items():
        if not set(material.facts.compared) <= seen.get((measure, group), set()):
            continue
        if COMPARED[measure].is_share and measure not in _NO_COUNT:
            people = curve.level * sizes.get(group, 0.0)
            if ((people > 1e-6) & (people < material.suppressed.least)).any():
                continue
        kept[measure, group] = curve
    return Curves(kept)


def _looks(material: Material) -> list[Any]:
    found = styles(material.facts.scenarios)
    return [found[name] for name in material.facts.compared]


def _frame(material: Material) -> tuple[str, float, str]:
    """Return the primary measure, its factor to what is shown, and the words of its axis."""
    outcome = material.facts.outcome
    return outcome, scale_of(outcome)[0], unit_of(outcome)


def _cell(triple: Sequence[float | None] | None, measure: str) -> str:
    if triple is None or triple[0] is None:
        return "–"
    effect, lower, upper = (_NAN if value is None else value for value in triple[:3])
    row = {"measure": measure, "effect": effect, "lower": lower, "upper": upper}
    if math.isnan(lower):
        return plain(effect * scale_of(measure)[0], 2)
    return f"{amount(row, unit=False)} ({between(row)})"


def _curves(curves: Curves, material: Material) -> Chart | None:
    outcome, factor, unit = _frame(material)
    curve = curves.of(outcome)
    if curve is None:
        return None
    titles = [material.facts.titles[name] for name in material.facts.compared]
    alt = (
        f"Lines over {material.facts.weeks} weeks: {unit.lower()}, each scenario minus the baseline, with 95% bands. "
        f"In the last week: {'; '.join(_ends(curve, titles, outcome))}."
    )
    places = sorted({round(place * (len(curve.weeks) - 1) / (_MOST_TABLED - 1)) for place in range(_MOST_TABLED)})
    rows = [
        (f"week {curve.weeks[place]}", [_cell(_at(curve, number, place), outcome) for number in range(len(titles))])
        for place in places
    ]
    return Chart("curves", line_chart(curve, _looks(material), factor, unit, alt), ["Week", *titles], rows)


def _at(curve: Curve, scenario: int, place: int) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in curve.difference[scenario, :, place]]


def _ends(curve: Curve, titles: Sequence[str], measure: str) -> list[str]:
    return [f"{title} {_cell(_at(curve, number, -1), measure)}" for number, title in enumerate(titles)]


def _marks(held: Sequence[Sequence[float | None] | None] | None) -> list[tuple[int, float, float, float]]:
    return [
        (place, *(_NAN if value is None else value for value in triple[:3]))  # type: ignore[misc]
        for place, triple in enumerate(held or ())
        if triple is not None and triple[0] is not None
    ]


def _dots(
    name: str, rows: Sequence[tuple[str, Sequence[Any] | None]], material: Material, alt: str, follows: str = "columns"
) -> Chart | None:
    outcome, factor, unit = _frame(material)
    drawn = [Row(label, _marks(held)) for label, held in rows]
    if not any(row.marks for row in drawn):
        return None
    direction = sides(material.facts.direction(outcome))
    svg = dot_chart(drawn, _looks(material), factor, unit, direction, alt)
    titles = [material.facts.titles[scenario] for scenario in material.facts.compared]
    tabled = [(label, [_cell(triple, outcome) for triple in held or [None] * len(titles)]) for label, held in rows]
    return Chart(name, svg, ["", *titles], tabled, follows)


def _effects(numbers: Mapping[str, Any], material: Material) -> Chart | None:
    outcome, _, unit = _frame(material)
    held = numbers["effects"].get(outcome, {}).get("all") or []
    titles = [material.facts.titles[name] for name in material.facts.compared]
    rows = []
    for place, (title, triple) in enumerate(zip(titles, held, strict=False)):
        rows.append((title, [triple if number == place else None for number in range(len(titles))]))
    told = "; ".join(f"{title} {_cell(triple, outcome)}" for title, triple in zip(titles, held, strict=False))
    chart = _dots("effects", rows, material, f"{unit} by scenario with 95% intervals: {told}.", "scenarios")
    if chart is None:
        return None
    cells = [(title, [_cell(triple, outcome)]) for title, triple in zip(titles, held, strict=False)]
    return Chart("effects", chart.svg, ["Scenario", "Effect (95% interval)"], cells, "scenarios")


def _groups(numbers: Mapping[str, Any], groups: Sequence[str], material: Material) -> Chart | None:
    outcome, _, unit = _frame(material)
    held = numbers["effects"].get(outcome, {})
    rows = [(numbers["groups"][group], held[group]) for group in groups if group in held and group not in ESTIMANDS]
    if len(rows) < 2:
        return None
    alt = f"{unit} by group of residents with 95% intervals, one mark a scenario; the numbers stand in the table below."
    return _dots("groups", rows, material, alt)


def _ripple(numbers: Mapping[str, Any], material: Material) -> Chart | None:
    outcome, _, unit = _frame(material)
    held = numbers["ripple"].get(outcome, {})
    rows = [(words, held[name]) for name, words in numbers["distances"] if name in held]
    alt = f"{unit} by distance from those who took part, with 95% intervals; the numbers stand in the table below."
    return _dots("ripple", rows, material, alt) if rows else None


def _moved(material: Material) -> dict[str, list[list[float | None] | None]]:
    """Return by how much each rule moved the primary outcome more than in the baseline, in the last week."""
    facts, table = material.facts, material.contributions
    outcome = MOVED.get(facts.outcome, facts.outcome)
    if table.empty:
        return {}
    last = table[(table["week"] == table["week"].max()) & (table["outcome"] == outcome)]
    names = set(last["scenario"].astype(str))
    found: dict[str, list[list[float | None] | None]] = {}
    for place, name in enumerate(facts.compared):
        if name not in names or facts.baseline not in names:
            continue
        moved = moved_table(last, outcome, name, facts.baseline)
        for rule, value in moved.iloc[-1].items() if len(moved) else ():
            words = "all of it together" if rule == "together" else rule_words(str(rule))
            cells = found.setdefault(words[:1].upper() + words[1:], [None] * len(facts.compared))
            cells[place] = [float(f"{float(value):.4g}"), None, None]
    together = found.pop("All of it together", None)
    sized = sorted(found.items(), key=lambda item: -max(abs(cell[0] or 0.0) for cell in item[1] if cell))
    return dict(sized) | ({"All of it together": together} if together else {})


def _moved_chart(moved: Mapping[str, Any], material: Material) -> Chart | None:
    if len(moved) < 2:
        return None
    outcome = MOVED.get(material.facts.outcome, material.facts.outcome)
    alt = (
        f"What moved {COMPARED[outcome].label} in each scenario beyond what moves it in the baseline, in week "
        f"{number(material.facts.weeks)}; the numbers stand in the table below."
    )
    found = styles(material.facts.scenarios)
    looks = [found[name] for name in material.facts.compared]
    rows = [Row(label, _marks(held)) for label, held in moved.items()]
    svg = dot_chart(rows, looks, 1.0, unit_of(outcome), sides(COMPARED[outcome].better), alt)
    titles = [material.facts.titles[name] for name in material.facts.compared]
    tabled = [(label, ["–" if cell is None else plain(cell[0], 2) for cell in held]) for label, held in moved.items()]
    return Chart("moved", svg, ["What moved it", *titles], tabled)
