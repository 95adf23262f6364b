"""The picture of a network, readable at some thousand residents.

Residents are points, network communities lie apart, ties within them are faint and those between them gathered into
bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.plots.style import axes, escaped, readable, title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["network"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe & Ito's colours, told apart with every kind of colour vision; ordered groups take steps of one scale."""
_OTHERS = "#9a9a9a"
"""Groups beyond the colours there are, and residents of whom nothing is known."""
_SCALE = "viridis"
"""Even in lightness, and told apart with every kind of colour vision: for groups that are steps."""
_NUMBERS = "YlOrBr"
"""Pale for little, dark for much, with every kind of colour vision: those who are lonely stand out."""

_REST = "others, or not known"
_WITHIN = "#5f6b78"
_BAND = "#c3cbd3"
_DISC = "#f0f3f6"
_POINT = 0.86
"""Diameter of a point; residents stand about one unit apart."""
_MOST_LINES = 9000
"""Ties drawn within network communities at most; of more, the strongest."""
_BANDS_EACH = 3
"""Bands drawn from each network community at most: those with most ties."""
_RASTER = 4000
"""Residents above whom points in an SVG are pixels, so that the file stays small."""


def network(
    nodes: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    colour: str = "group",
    label: str = "",
    order: Sequence[str] = (),
    ordered: bool = False,
    limits: tuple[float, float] | None = None,
    heading: str = "",
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw residents and their ties.

    Parameters
    ----------
    nodes
        One row a resident: ``x``, ``y`` (where she stands, one unit apart from the next) and ``part`` (her network
        community, -1 for none), as :func:`sim.community.layout.layout` gives them, and the column that ``colour``
        names: numbers (shown on a scale) or texts (shown as groups).
    ties
        One row a tie: ``one`` and ``other``, row numbers in ``nodes``; ``strength`` where there is one.
    colour
        Column of ``nodes`` by which residents are coloured.
    label
        What the colours mean, for the legend; the column's name where not given.
    order
        Groups in the order of the legend; by size where not given.
    ordered
        Whether groups are steps of something (age bands): they take steps of one scale.
    limits
        Least and greatest value of the scale of numbers, so that pictures before and after can be compared.
    heading
        Title of the picture.
    legend
        Whether to say what the colours mean.
    ax
        Axes to draw into; new ones where not given.
    """
    with readable():
        ax = axes(ax, 9.0, 7.6)
        x, y = nodes["x"].to_numpy(np.float64), nodes["y"].to_numpy(np.float64)
        part = nodes["part"].to_numpy(np.int64)
        drawn, all_of_them = _draw_ties(ax, x, y, part, ties)
        _draw_residents(ax, x, y, nodes[colour], label or colour.replace("_", " "), order, ordered, limits, legend)
        _frame(ax, x, y)
        if heading:
            title(ax, heading, 90)
        if legend:
            _caption(ax, len(nodes), part, drawn, all_of_them)
    return ax


def _draw_ties(ax: Axes, x: Floats, y: Floats, part: Numbers, ties: pd.DataFrame) -> tuple[int, int]:
    """Draw ties within network communities one by one and those between two of them as one band; count them."""
    one, other = ties["one"].to_numpy(np.int64), ties["other"].to_numpy(np.int64)
    strength = ties["strength"].to_numpy(np.float64) if "strength" in ties else np.ones(len(one))
    within = np.flatnonzero((part[one] == part[other]) & (part[one] >= 0))
    kept = within[np.argsort(-strength[within], kind="stable")[:_MOST_LINES]]
    _draw_bands(ax, x, y, part, one, other)
    _draw_lines(ax, x, y, one[kept], other[kept])
    return len(kept), len(one)


def _draw_lines(ax: Axes, x: Floats, y: Floats, one: Numbers, other: Numbers) -> None:
    """Draw ties as one path: overlapping lines get no darker, and the file stays small."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(one):
        return
    points = np.empty((2 * len(one), 2))
    points[0::2] = np.stack([x[one], y[one]], axis=1)
    points[1::2] = np.stack([x[other], y[other]], axis=1)
    codes = np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(one))
    ax.add_patch(
        PathPatch(Path(points, codes), facecolor="none", edgecolor=_WITHIN, linewidth=0.4, alpha=0.45, zorder=2)
    )


def _draw_bands(ax: Axes, x: Floats, y: Floats, part: Numbers, one: Numbers, other: Numbers) -> None:
    """Draw the ties between two network communities as one curved band, the wider the more there are."""
    from matplotlib.patches import Circle

    number = int(part.max(initial=-1)) + 1
    across = (part[one] != part[other]) & (part[one] >= 0) & (part[other] >= 0)
    if number < 2 or not across.any():
        return
    known = part >= 0
    size = np.maximum(1, np.bincount(part[known], minlength=number))
    centre = np.stack([np.bincount(part[known], values[known], number) / size for values in (x, y)], axis=1)
    count = np.zeros((number, number))
    np.add.at(count, (part[one[across]], part[other[across]]), 1.0)
    count += count.T
    rank = np.argsort(np.argsort(-count, axis=1, kind="stable"), axis=1, kind="stable")
    shown = (rank < _BANDS_EACH) | (rank < _BANDS_EACH).T
    far = np.zeros(number)
    np.maximum.at(far, part[known], np.hypot(x[known] - centre[part[known], 0], y[known] - centre[part[known], 1]))
    far += 0.95
    for place, radius in zip(centre, far, strict=True):
        ax.add_patch(Circle((float(place[0]), float(place[1])), float(radius), color=_DISC, linewidth=0.0, zorder=1))
    greatest = float(count.max())
    for a, b in np.argwhere(np.triu(shown & (count > 0), 1)):
        points = _bent(centre[a], centre[b], centre.mean(axis=0))
        outside = (np.hypot(*(points - centre[a]).T) > far[a]) & (np.hypot(*(points - centre[b]).T) > far[b])
        if outside.sum() > 1:
            width = 0.6 + 6.0 * float(count[a, b] / greatest)
            ax.plot(*points[outside].T, color=_BAND, linewidth=width, zorder=1.5, solid_capstyle="butt", alpha=0.75)


def _bent(start: Floats, end: Floats, middle: Floats) -> Floats:
    """Return points along a curve between two points, bent a little to the middle, shape (points, 2)."""
    along = np.linspace(0.0, 1.0, 60)[:, None]
    bend = (start + end) / 2 + 0.15 * (middle - (start + end) / 2)
    return np.asarray((1 - along) ** 2 * start + 2 * along * (1 - along) * bend + along**2 * end)


def _draw_residents(
    ax: Axes, x: Floats, y: Floats, values: pd.Series[Any], label: str, order: Sequence[str], ordered: bool,
    limits: tuple[float, float] | None, legend: bool,
) -> None:  # fmt: skip
    """Draw residents as points, and say what their colours mean."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        _draw_numbers(ax, x, y, values.to_numpy(np.float64), label, limits, legend)
        return
    from matplotlib.lines import Line2D

    texts = values.astype(str).to_numpy()
    colours = _colours(texts, order, ordered)
    handles = []
    for name, colour in colours.items():
        at = (texts == name) if name else ~np.isin(texts, [key for key in colours if key])
        _points(ax, x[at], y[at], len(x)).set_facecolor(colour)
        words = f"{escaped(name) if name else _REST} ({int(at.sum()):,})"
        handles.append(Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor=colour,
                              markeredgecolor="white", label=words))  # fmt: skip
    if legend:
        shown = ax.legend(
            handles=handles, title=escaped(label[:1].upper() + label[1:]), loc="upper left",
            bbox_to_anchor=(1.0, 1.0), borderaxespad=0.3, handletextpad=0.3, labelspacing=0.5,
        )  # fmt: skip
        shown.get_title().set_fontweight("bold")
        shown.set_alignment("left")


def _draw_numbers(
    ax: Axes, x: Floats, y: Floats, numbers: Floats, label: str, limits: tuple[float, float] | None, legend: bool
) -> None:
    """Draw residents in the colours of a scale; grey where the number is not known."""
    known = np.isfinite(numbers)
    if not known.all():
        _points(ax, x[~known], y[~known], len(x)).set_facecolor(_OTHERS)
    if not known.any():
        return
    low, high = limits or (float(numbers[known].min()), float(numbers[known].max()))
    points = _points(ax, x[known], y[known], len(x))
    points.set_array(numbers[known])
    points.set_cmap(_NUMBERS)
    points.set_clim(low, high)
    if legend:
        bar = ax.figure.colorbar(points, ax=ax, shrink=0.45, aspect=22, pad=0.015, anchor=(0.0, 0.95))
        bar.set_label(escaped(label[:1].upper() + label[1:]))
        bar.outline.set_visible(False)


def _points(ax: Axes, x: Floats, y: Floats, of: int) -> Any:
    """Draw points of a fixed size in the units of the picture, so that neighbours just do not touch."""
    from matplotlib.collections import EllipseCollection

    made = EllipseCollection(
        [_POINT], [_POINT], [0.0], units="xy",
        offsets=np.stack([x, y], axis=1), offset_transform=ax.transData, linewidths=0.0, zorder=3,
        rasterized=of > _RASTER,
    )  # fmt: skip
    ax.add_collection(made)
    return made


def _colours(texts: NDArray[Any], order: Sequence[str], ordered: bool) -> dict[str, Any]:
    """Return a colour for each group, and for the rest together (under an empty name) where there are too many."""
    import matplotlib

    names, counts = np.unique(texts, return_counts=True)
    found = [name for name in order if name in names]
    rest = sorted((-int(count), str(name)) for name, count in zip(names, counts, strict=True) if name not in found)
    missing = [name for _, name in rest if name in ("", "nan", "None")]
    found += [name for _, name in rest if name not in missing]
    if ordered:
        scale = matplotlib.colormaps[_SCALE]
        last = max(1, len(found) - 1)
        held: dict[str, Any] = {name: scale(0.02 + 0.96 * place / last) for place, name in enumerate(found)}
    else:
        held = dict(zip(found, _COLOURS, strict=False))
    if missing or len(held) < len(found):
        held[""] = _OTHERS
    return held


def _frame(ax: Axes, x: Floats, y: Floats) -> None:
    """Show everything, round things round, and no axes: positions mean nothing."""
    ax.set_aspect("equal")
    ax.set_axis_off()
    if len(x):
        ax.set_xlim(float(x.min()) - 1.5, float(x.max()) + 1.5)
        ax.set_ylim(float(y.min()) - 1.5, float(y.max()) + 1.5)


def _caption(ax: Axes, residents: int, part: Numbers, drawn: int, ties: int) -> None:
    """Say under the picture what is drawn."""
    alone = int((part < 0).sum())
    lines = [
        f"{residents:,} residents, {ties:,} ties. Discs are network communities (Leiden); positions mean nothing else.",
        f"Lines: {drawn:,} ties within discs. Grey bands: ties between two discs, the wider the more; "
        f"the most numerous only.",
    ]
    if alone:
        lines.append(f"In rows below: {alone:,} without ties.")
    ax.text(0.0, -0.01, "\n".join(lines), transform=ax.transAxes, ha="left", va="top", fontsize=9, color="#444444")
