"""What matters: bars of indices with what luck alone could give, Morris's plane, and the tornado."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from sim.plots.style import axes, escaped, plain_ticks, readable, title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["importance", "plane", "swings"]

_CLEAR, _FIRST, _DIM, _LUCK = "#0072B2", "#E69F00", "#b5b5b5", "#D55E00"
_MOST = 20
"""Parameters that are drawn: those that matter most."""

_AXIS = {
    "morris": "Mean absolute effect of a parameter over its range",
    "sobol": "Share of the variance",
    "pawn": "Distance between distributions (PAWN, 0 to 1)",
    "tornado": "Swing",
}


def importance(
    indices: pd.DataFrame, method: str, *, what: str = "", unit: str = "", most: int = _MOST, ax: Axes | None = None
) -> Axes:
    """Draw each parameter's index with its 95% interval, and up to where luck alone could bring it.

    Parameters
    ----------
    indices
        As :class:`sim.sensitivity_analysis.Analysis` has it.
    method
        ``morris``, ``sobol``, ``pawn`` or ``tornado``.
    what, unit
        What the outcome is, and its unit.
    most
        How many parameters are drawn, those that matter most.
    ax
        Axes to draw into; new ones where absent.
    """
    rows: list[Any] = indices.head(most).to_dict("records")
    with readable():
        ax = axes(ax, width=7.6, height=2.1 + 0.34 * len(rows))
        for place, row in enumerate(rows):
            clear = row["verdict"] == "matters"
            shift = 0.17 if method == "sobol" else 0.0
            _bar(ax, place - shift, row, "", _CLEAR if clear else _DIM, 0.3 if method == "sobol" else 0.6)
            if method == "sobol":
                _bar(ax, place + shift, row, "first_", _FIRST if clear else "#dddddd", 0.3)
            if row["noise"] == row["noise"] and row["noise"] > 0:
                ax.plot([row["noise"]] * 2, [place - 0.4, place + 0.4], color=_LUCK, linewidth=1.6, zorder=4)
        _parameters(ax, rows)
        unit_text = f" ({unit})" if unit and method in ("morris", "tornado") else ""
        ax.set_xlabel(f"{_AXIS[method]}{unit_text}")
        left = min([0.0, *(row["first_lower"] for row in rows if method == "sobol")])
        greatest = max((row[name] for row in rows for name in ("index", "noise") if row[name] == row[name]), default=1)
        ends = [row["upper"] for row in rows if row["upper"] == row["upper"] and row["upper"] < 3 * greatest]
        ax.set_xlim(left=1.05 * left, right=1.08 * max([greatest, *ends, 1e-12]))
        title(ax, f"What {what or 'the outcome'} hangs on", 44)
        _legend(ax, method, rows)
    return ax


def _bar(ax: Axes, place: float, row: Any, kind: str, colour: str, height: float) -> None:
    at = row["first"] if kind else row["index"]
    ax.barh(place, at, height=height, color=colour, zorder=2)
    ax.plot([row[f"{kind}lower"], row[f"{kind}upper"]], [place, place], color="#333333", linewidth=1.3, zorder=3)


def _parameters(ax: Axes, rows: list[Any]) -> None:
    ax.set_yticks(range(len(rows)), [_short(row["parameter"]) for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.locator_params(axis="x", nbins=4)
    plain_ticks(ax)


def _short(path: str) -> str:
    """Return a path without its first part, which says only that it is a mechanism or an intervention."""
    top, dot, rest = path.partition(".")
    text = rest if dot and top in ("mechanisms", "interventions", "community") else path
    return "\n".join(textwrap.wrap(escaped(text).replace("_", " "), 38))


def _legend(ax: Axes, method: str, rows: list[Any]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    said = {row["verdict"] for row in rows}
    name = {"sobol": "total: with all it has a part in"}.get(method, "matters")
    handles: list[Any] = [Patch(color=_CLEAR, label=name)] if "matters" in said else []
    if method == "sobol" and "matters" in said:
        handles.append(Patch(color=_FIRST, label="first order: by itself"))
    if said - {"matters"}:
        handles.append(Patch(color=_DIM, label="cannot be told from nothing (yet)"))
    handles.append(Line2D([], [], color="#333333", linewidth=1.3, label="95% interval"))
    if any(row["noise"] == row["noise"] and row["noise"] > 0 for row in rows):
        handles.append(Line2D([], [], color=_LUCK, linewidth=1.6, label="luck alone reaches up to here"))
    below = ScaledTranslation(0.0, -0.55, ax.figure.dpi_scale_trans)
    ax.legend(handles=handles, loc="upper right", fontsize=9.5, ncols=2, borderaxespad=0.0,
              bbox_to_anchor=(1.0, 0.0), bbox_transform=ax.transAxes + below)  # fmt: skip


def plane(indices: pd.DataFrame, *, what: str = "", unit: str = "", named: int = 6, ax: Axes | None = None) -> Axes:
    """Draw Morris's plane: how much a parameter moves the outcome, and how much that depends on everything else.

    Far to the right: matters. High above the dashed line: what it does depends on the other parameters, or is not
    in proportion. Parameters are as in :func:`importance`; ``named`` says how many get their names.
    """
    rows: list[Any] = indices.to_dict("records")
    with readable():
        ax = axes(ax, width=6.6, height=4.6)
        greatest = max([1e-12, *(row["index"] for row in rows)])
        for row in rows:
            colour = _CLEAR if row["verdict"] == "matters" else _DIM
            ax.plot([row["index"]], [row["spread"]], "o", color=colour, markersize=7, zorder=3)
        spreads: list[float] = []
        for row in [each for each in rows[:named] if each["index"] > 0.17 * greatest]:
            near = any(abs(row["spread"] - each) < 0.06 * greatest for each in spreads)
            spreads.append(row["spread"])
            left = row["index"] > 0.55 * greatest
            ax.annotate(
                _short(row["parameter"]).replace("\n", " "), (row["index"], row["spread"]),
                xytext=(-8 if left else 8, -11 if near else 5), textcoords="offset points",
                ha="right" if left else "left", fontsize=9,
            )  # fmt: skip
        ax.plot([0, greatest], [0, greatest], linestyle="--", color="#8a8a8a", linewidth=1)
        ax.set_xlim(left=-0.02 * greatest, right=1.08 * greatest)
        ax.set_ylim(bottom=-0.02 * greatest)
        unit_text = f" ({unit})" if unit else ""
        ax.set_xlabel(f"How much it matters: mean absolute effect{unit_text}")
        ax.set_ylabel("How much that varies: standard deviation")
        ax.locator_params(nbins=5)
        plain_ticks(ax, "both")
        title(ax, f"What {what or 'the outcome'} hangs on", 50)
    return ax


def swings(
    indices: pd.DataFrame, usual: float, *, what: str = "", unit: str = "", most: int = _MOST, ax: Axes | None = None
) -> Axes:
    """Draw a tornado: the outcome at both ends of each parameter, the others at their usual values.

    Parameters are as in :func:`importance`; ``usual`` is the outcome where everything has its usual value.
    """
    rows: list[Any] = indices.head(most).to_dict("records")
    with readable():
        ax = axes(ax, width=7.6, height=1.7 + 0.38 * len(rows))
        span = max([1e-12, *(abs(row[f"effect_{end}"] - usual) for row in rows for end in ("low", "high"))])
        for place, row in enumerate(rows):
            clear = row["verdict"] == "matters"
            for end, colour in (("low", "#56B4E9"), ("high", "#0072B2")):
                at = row[f"effect_{end}"]
                ax.barh(place, at - usual, left=usual, height=0.62, color=colour if clear else _DIM,
                        alpha=1.0 if clear else 0.8, zorder=2)  # fmt: skip
            for end, opposite in (("low", "high"), ("high", "low")):
                at, there = row[f"effect_{end}"], row[f"effect_{opposite}"]
                right = at > there or (at == there and end == "high")
                ax.annotate(escaped(_value(row[end])), (at, place), xytext=(4 if right else -4, 0), va="center",
                            textcoords="offset points", ha="left" if right else "right", fontsize=9)  # fmt: skip
        ax.axvline(usual, color="#333333", linewidth=1.2, zorder=3)
        _parameters(ax, rows)
        ax.set_xlim(usual - 1.45 * span, usual + 1.45 * span)
        ax.set_xlabel(f"Outcome at the ends of each range{f' ({unit})' if unit else ''}\ngrey: luck alone could do it")
        title(ax, f"What {what or 'the outcome'} hangs on", 44)
    return ax


def _value(text: Any) -> str:
    try:
        return f"{float(text):.3g}".replace("-", "−")
    except ValueError:
        return str(text).replace("_", " ")
