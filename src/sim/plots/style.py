"""How figures look: one colour, line and marker for each scenario, the same everywhere."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.measures import COMPARED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "Style",
    "axes",
    "escaped",
    "legend_below",
    "measure_axis",
    "plain_ticks",
    "readable",
    "scale_of",
    "styles",
    "title",
    "words_of_measure",
]

_PALETTE = ("#0072B2", "#D55E00", "#008F68", "#8F35C9", "#6B3A00", "#181878", "#000000")
"""Told apart with every kind of colour vision, and at least three times as dark as the paper (tests measure both).

The first three are Okabe & Ito's; the others of theirs are too pale for thin lines.
"""

_LINES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (3, 1, 1, 1, 1, 1)),
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")

_SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so figures look the same everywhere
    "font.size": 11.0,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.8,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "axes.unicode_minus": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "sim",
    "figure.dpi": 100.0,
    "savefig.dpi": 160.0,
}


@dataclass(frozen=True)
class Style:
    """How one scenario is drawn."""

    colour: str
    line: Any
    marker: str

    @property
    def dashes(self) -> str:
        """Lengths of dashes and gaps for SVG; ``none`` for a whole line."""
        if self.line == "-":
            return "none"
        return " ".join(f"{2.2 * length:.1f}" for length in self.line[1])


def styles(order: Sequence[str]) -> dict[str, Style]:
    """Return a style for each scenario by its place in the study; the first, the baseline, is grey."""
    found = {}
    for place, name in enumerate(order):
        if place == 0:
            found[name] = Style("#5f5f5f", "-", "o")
            continue
        number = place - 1
        found[name] = Style(
            _PALETTE[number % len(_PALETTE)],
            _LINES[(number + number // len(_PALETTE)) % len(_LINES)],
            _MARKERS[number % len(_MARKERS)],
        )
    return found


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Draw with our settings; the user's come back afterwards."""
    import matplotlib

    with matplotlib.rc_context(_SETTINGS):
        yield
        shows = matplotlib.is_interactive()
    matplotlib.interactive(shows)  # notebooks turn it on at the first figure; undone, no later figure would be shown


def axes(ax: Axes | None, width: float = 5.6, height: float = 3.9) -> Axes:
    """Return the axes given, or new ones of a new figure (inches) that notebooks show."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(figsize=(width, height), layout="constrained")[1]
    return made


def title(ax: Axes, text: str, width: int = 36) -> None:
    """Give the axes a title, on several lines where it has more than ``width`` letters."""
    ax.set_title(textwrap.fill(escaped(text), width), loc="left")


def words_of_measure(measure: str) -> str:
    """Return a measure's label with a capital letter."""
    label = COMPARED[measure].label
    return label[:1].upper() + label[1:]


def scale_of(measure: str) -> tuple[float, str]:
    """Return the factor to readers' units and the unit: shares are shown as residents in 1,000."""
    found = COMPARED[measure]
    if found.is_share:
        return 1000.0, "residents in 1,000"
    return 1.0, "scale 0 to 1" if found.unit == "0-1" else found.unit


def measure_axis(measure: str, what: str = "") -> str:
    """Return the text of an axis: what is shown, with its unit."""
    _, unit = scale_of(measure)
    name = f"{what} {COMPARED[measure].label}".strip()
    name = name[:1].upper() + name[1:]
    return f"{name} ({unit})" if unit else name


def legend_below(
    ax: Axes, titles: Mapping[str, str], handles: Mapping[str, Any], *, width: int = 42, line: float = 3.2
) -> None:
    """Put a legend under the axes, one line a scenario, titles of more than ``width`` letters on several."""
    from matplotlib.transforms import ScaledTranslation

    names = [textwrap.fill(escaped(titles.get(name, name)), width) for name in handles]
    # so many inches under the axes, whatever their height: below the ticks and two lines of label
    lines = ax.get_xlabel().count("\n") + 1
    below = ScaledTranslation(0.0, -0.34 - 0.2 * lines, ax.figure.dpi_scale_trans)
    ax.legend(
        list(handles.values()), names, loc="upper left", bbox_to_anchor=(0.0, 0.0),
        bbox_transform=ax.transAxes + below, borderaxespad=0.0,
        handlelength=line, labelspacing=0.45,
    )  # fmt: skip


def plain_ticks(ax: Axes, which: str = "x") -> None:
    """Write an axis's numbers as plain decimals, however small: a factor in the corner is overlooked."""
    from matplotlib.ticker import FuncFormatter

    def say(value: float, _: int) -> str:
        text = f"{value:.7f}".rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text.replace("-", "−")

    for axis in (ax.xaxis, ax.yaxis) if which == "both" else (ax.xaxis,):
        axis.set_major_formatter(FuncFormatter(say))


def escaped(text: str) -> str:
    """Return text that matplotlib takes literally: it reads what stands between two dollar signs as formula."""
    return text.replace("\\", "\\\\").replace("$", r"\$") if "$" in text else text
