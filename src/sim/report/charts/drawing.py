"""Line and dot charts as SVG: complete without scripts, and legible on a telephone and in print.

The script of the page draws the same charts again at the width of the screen (``templates/report.js``); a change of
the look belongs into both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.compare.wording import number

if TYPE_CHECKING:
    from markupsafe import Markup

    from sim.plots.style import Style
    from sim.report.charts.curve_numbers import Curve

__all__ = ["Row", "Scale", "dot_chart", "key_mark", "line_chart", "ticks"]

WIDTH = 480
"""Units across; text is 13 of them high."""

_LINE_HEIGHT = 270
_EDGE = 12
_FOOT = 26
_MOST_LETTERS = 62


@dataclass(frozen=True)
class Row:
    """One line of a dot chart: what it is about, and one mark a scenario."""

    label: str
    marks: Sequence[tuple[int, float, float, float]] = field(default_factory=tuple)
    """Number of the scenario (0 = the first compared), effect, lower and upper bound; NaN bounds for none."""


@dataclass(frozen=True)
class Scale:
    """From numbers to units of the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a number stands."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two bounds, at most ``most`` steps apart from one another, both ends covered."""
    span = high - low
    if not math.isfinite(span) or span <= 0.0:
        low, high, span = low - 1.0, low + 1.0, 2.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def _tick_words(values: Sequence[float]) -> list[str]:
    step = values[1] - values[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [number(value, decimals) for value in values]


def _markup() -> type[Markup]:
    from markupsafe import Markup

    return Markup


def _svg(height: float, label: str, parts: Sequence[Any]) -> Markup:
    markup = _markup()
    opening = markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="13">').format(
        WIDTH, _units(height), label
    )
    return opening + markup("").join(parts) + markup("</svg>")


def _units(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "soft") -> Markup:
    return _markup()('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        kind, _units(x), _units(y), anchor, words
    )


def _rule(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return _markup()('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, *(_units(value) for value in (x1, y1, x2, y2))
    )


def mark(shape: str, x: float, y: float, size: float = 4.5) -> str:
    """Return the path of a mark: the shapes of :mod:`sim.plots.style`."""
    s = size
    if shape in ("o", "."):
        return f"M{_units(x - s)} {_units(y)}a{s} {s} 0 1 0 {2 * s} 0a{s} {s} 0 1 0 {-2 * s} 0z"
    points = {
        "s": ((-s, -s), (s, -s), (s, s), (-s, s)),
        "^": ((0, -1.2 * s), (1.2 * s, s), (-1.2 * s, s)),
        "v": ((0, 1.2 * s), (1.2 * s, -s), (-1.2 * s, -s)),
        "D": ((0, -1.3 * s), (1.3 * s, 0), (0, 1.3 * s), (-1.3 * s, 0)),
        "<": ((-1.2 * s, 0), (s, -1.2 * s), (s, 1.2 * s)),
        ">": ((1.2 * s, 0), (-s, -1.2 * s), (-s, 1.2 * s)),
        "P": ((-1.2 * s, -s / 2), (-s / 2, -s / 2), (-s / 2, -1.2 * s), (s / 2, -1.2 * s), (s / 2, -s / 2),
              (1.2 * s, -s / 2), (1.2 * s, s / 2), (s / 2, s / 2), (s / 2, 1.2 * s), (-s / 2, 1.2 * s),
              (-s / 2, s / 2), (-1.2 * s, s / 2)),
        "X": ((0, -s / 2), (s / 2, -s), (s, -s / 2), (s / 2, 0), (s, s / 2), (s / 2, s), (0, s / 2), (-s / 2, s),
              (-s, s / 2), (-s / 2, 0), (-s, -s / 2), (-s / 2, -s)),
    }[shape]  # fmt: skip
    return "M" + "L".join(f"{_units(x + dx)} {_units(y + dy)}" for dx, dy in points) + "z"


def key_mark(look: Style) -> Markup:
    """Return the small picture that stands for a scenario: its line with its mark."""
    return _markup()(
        '<svg class="key" viewBox="0 0 30 14" aria-hidden="true"><path d="M0 7H30" fill="none" stroke="{}" '
        'stroke-width="2" stroke-dasharray="{}"/><path d="{}" fill="{}"/></svg>'
    ).format(look.colour, look.dashes, mark(look.marker, 15, 7), look.colour)


def line_chart(curve: Curve, looks: Sequence[Style], factor: float, unit: str, alt: str) -> Markup:
    """Return the paired differences over the weeks with their bands.

    Parameters
    ----------
    curve
        The numbers.
    looks
        How the scenarios look, without the baseline, in the order of ``curve.difference``.
    factor, unit
        From the measure to what the axis shows, and that in words.
    alt
        What the chart shows, for those who cannot see it.
    """
    values = curve.difference * factor
    finite = values[np.isfinite(values)]
    low, high = (min(0.0, float(finite.min())), max(0.0, float(finite.max()))) if finite.size else (-1.0, 1.0)
    marks = ticks(low, high)
    words = _tick_words(marks)
    left = 8 + 7.4 * max(len(word) for word in words)
    across = Scale(float(curve.weeks[0]), max(float(curve.weeks[-1]), 1.0), left, WIDTH - _EDGE)
    up = Scale(marks[0], marks[-1], _LINE_HEIGHT - 44, 28)
    parts: list[Any] = [_text(0, 14, unit)]
    for value, word in zip(marks, words, strict=True):
        parts.append(_rule(left, up(value), WIDTH - _EDGE, up(value), "zero" if abs(value) < 1e-12 else "grid"))
        parts.append(_text(left - 6, up(value) + 4.5, word, "end"))
    for week in _week_ticks(int(curve.weeks[-1])):
        parts.append(_text(across(week), _LINE_HEIGHT - 24, str(week), "middle"))
    parts.append(_text((left + WIDTH - _EDGE) / 2, _LINE_HEIGHT - 5, "week", "middle"))
    for place, look in enumerate(looks):
        parts += _line(curve.weeks, values[place], look, across, up)
    return _svg(_LINE_HEIGHT, alt, parts)


def _week_ticks(last: int) -> list[int]:
    """Return the weeks that are named: round ones, about six of them."""
    step = next((step for step in (1, 2, 4, 13, 26, 52, 104, 260) if last / step <= 6), 520)
    return list(range(0, last + 1, step))


def _line(weeks: Any, values: Any, look: Style, across: Scale, up: Scale) -> list[Markup]:
    middle, low, high = values
    known = [place for place in range(len(weeks)) if math.isfinite(middle[place])]
    if not known:
        return []
    points = [(across(float(weeks[place])), up(float(middle[place]))) for place in known]
    parts = []
    if all(math.isfinite(low[place]) for place in known):
        edge = [(across(float(weeks[place])), up(float(high[place]))) for place in known]
        edge += [(across(float(weeks[place])), up(float(low[place]))) for place in reversed(known)]
        parts.append(_markup()('<path d="{}z" fill="{}" fill-opacity="0.18"/>').format(_path(edge), look.colour))
    parts.append(
        _markup()(
            '<path d="{}" fill="none" stroke="{}" stroke-width="2.2" stroke-dasharray="{}" stroke-linejoin="round"/>'
        ).format(_path(points), look.colour, look.dashes)
    )
    for x, y in points[:: max(1, len(points) // 6)]:
        parts.append(_markup()('<path d="{}" fill="{}"/>').format(mark(look.marker, x, y, 4.0), look.colour))
    return parts


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_units(x)} {_units(y)}" for x, y in points)


def dot_chart(
    rows: Sequence[Row], looks: Sequence[Style], factor: float, unit: str, sides: tuple[str, str], alt: str
) -> Markup:
    """Return effects with their intervals, one row a label with one mark a scenario.

    Parameters
    ----------
    rows
        What to draw, from the top.
    looks
        How the scenarios look, without the baseline.
    factor, unit
        From the measure to what the axis shows, and that in words.
    sides
        What left and right of zero mean, e.g. better and worse.
    alt
        What the chart shows, for those who cannot see it.
    """
    bounds = [value * factor for row in rows for mark in row.marks for value in mark[1:] if math.isfinite(value)]
    marks = ticks(min(0.0, *bounds, 0.0), max(0.0, *bounds, 0.0), 4)
    across = Scale(marks[0], marks[-1], 26, WIDTH - 26)
    heights = [_row_height(row) for row in rows]
    bottom = 44 + sum(heights)
    parts: list[Any] = [_text(0, 14, unit)]
    parts += [_text(0, 34, f"← {sides[0]}"), _text(WIDTH, 34, f"{sides[1]} →", "end")]
    for value, word in zip(marks, _tick_words(marks), strict=True):
        kind = "zero" if abs(value) < 1e-12 else "grid"
        parts += [
            _rule(across(value), 40, across(value), bottom, kind),
            _text(across(value), bottom + 17, word, "middle"),
        ]
    top = 44.0
    for row, height in zip(rows, heights, strict=True):
        parts += _dots(row, top, looks, factor, across)
        top += height
    return _svg(bottom + _FOOT, alt, parts)


def _row_height(row: Row) -> float:
    return 24 + 12 * max(len(row.marks), 1)


def _dots(row: Row, top: float, looks: Sequence[Style], factor: float, across: Scale) -> list[Markup]:
    label = row.label if len(row.label) <= _MOST_LETTERS else f"{row.label[: _MOST_LETTERS - 1]}…"
    parts = [_text(0, top + 14, label, kind="row")]
    for place, (scenario, effect, lower, upper) in enumerate(row.marks):
        look, y = looks[scenario], top + 24 + 12 * place
        if math.isfinite(lower) and math.isfinite(upper):
            parts.append(
                _markup()('<path d="M{} {}H{}" stroke="{}" stroke-width="2.4" fill="none"/>').format(
                    _units(across(lower * factor)), _units(y), _units(across(upper * factor)), look.colour
                )
            )
        parts.append(
            _markup()('<path d="{}" fill="{}"/>').format(mark(look.marker, across(effect * factor), y), look.colour)
        )
    return parts
