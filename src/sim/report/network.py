"""The network before and after, for the page: residents as dots, coloured by what they feel and by what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.compare import headline_rows, ranked
from sim.compare.wording import number
from sim.measures import COMPARED
from sim.plots.moved import MOVED
from sim.report.replaying import MOST_RESIDENTS, Played, played_again

if TYPE_CHECKING:
    from markupsafe import Markup

    from sim.report.reading import Material

__all__ = ["CANNOT_BE_PLAYED", "Drawn", "drawn_network", "why_not_drawn"]

_SIDE = 480.0
_EDGE = 8.0
_LEVELS = ("#c9dcec", "#93bbdb", "#5795c4", "#1f6ba5", "#08305c")
"""From little to much; the order is told by lightness, so it survives any colour vision and grey print."""
_SHARES = ("lowest fifth of the scale", "second fifth", "third", "fourth", "highest fifth")
_LESS, _MORE, _SAME = "#0072B2", "#D55E00", "#c9cdd2"
_LEAST_CHANGE = 0.005
"""Changes that are drawn in colour, on a scale from 0 to 1."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Two pictures and what they show."""

    before: Markup
    after: Markup
    before_key: list[tuple[Markup, str]]
    after_key: list[tuple[Markup, str]]
    words: str


def drawn_network(material: Material) -> Drawn | None:
    """Return the network before and after under one scenario; nothing where it may not or cannot be.

    It is the scenario that the material names, else the one that did most.
    """
    facts = material.facts
    rows = ranked(headline_rows(material.comparison, facts), facts.direction(facts.outcome))
    if not rows or why_not_drawn(material):
        return None
    name = material.network or str(rows[0]["scenario"])
    played = played_again(material, name, MOVED.get(facts.outcome, facts.outcome))
    return None if played is None else _drawn(played, material)


def why_not_drawn(material: Material) -> str:
    """Return in a sentence why no network is drawn, as far as that can be said without playing; else nothing."""
    facts = material.facts
    residents = int(material.about.get("residents") or 0)
    if facts.private:
        return (
            "A picture of the network is not part of this report: in a surveyed community people can be recognised by "
            "whom they know."
        )
    if MOVED.get(facts.outcome, facts.outcome) not in ("loneliness", "stigma"):
        label = COMPARED[facts.outcome].label
        return f"The network is drawn where the answer is about loneliness or stigma; here it is about {label}."
    if residents > MOST_RESIDENTS:
        return (
            f"The network is drawn for up to {MOST_RESIDENTS:,} residents; of {residents:,} single ones could not be "
            "told apart."
        )
    return ""


CANNOT_BE_PLAYED = (
    "The network before and after is left out: it is drawn from one run that is played again, and that cannot be done "
    "with what is here (the program or its data files are not those that computed the results). “sim run --fresh” "
    "draws it."
)
"""What is said where a network could be drawn and yet was not."""


def _drawn(played: Played, material: Material) -> Drawn:
    from sim.community.layout import layout

    found = layout(played.start)
    x, y = _scaled(found.x, found.y)
    label, title = COMPARED[played.outcome].label, material.facts.titles[played.scenario]
    pairs = played.start.ties.pairs()
    ties = _ties(x, y, pairs["one"], pairs["other"], "tie")
    level = np.minimum((played.before * len(_LEVELS)).astype(int), len(_LEVELS) - 1)
    lower, higher = played.change < -_LEAST_CHANGE, played.change > _LEAST_CHANGE
    before = [ties, *(_dots(x, y, level == step, colour, 4.6) for step, colour in enumerate(_LEVELS))]
    after = [
        ties, _ties(x, y, played.made[:, 0], played.made[:, 1], "tie new"),
        _dots(x, y, ~(lower | higher), _SAME, 3.6), _dots(x, y, played.took_part, "#111111", 9.0),
        _dots(x, y, lower, _LESS, 5.4), _dots(x, y, higher, _MORE, 5.4),
        _dots(x, y, played.took_part & ~(lower | higher), _SAME, 5.4),
    ]  # fmt: skip
    counts = [int(np.sum(held)) for held in (played.took_part, lower, higher)]
    words = (
        f"One run of {len(x):,} residents, before and after {material.facts.weeks} weeks of “{title}”. Residents who "
        f"know each other stand together. Of them {number(counts[0])} took part; {label} ended lower than without it "
        f"for {number(counts[1])} and higher for {number(counts[2])} (by more than {_LEAST_CHANGE} on a scale from 0 "
        f"to 1); {number(len(played.made))} ties are there that would not be without it. One run is one possible "
        "course: the other pictures show means over all runs."
    )
    return Drawn(
        before=_svg(before, f"Network before: residents as dots, darker where {label} is higher."),
        after=_svg(after, f"Network after: dots coloured where {label} ends lower or higher than without it. {words}"),
        before_key=[(_key(colour), text) for colour, text in zip(_LEVELS, _SHARES, strict=True)],
        after_key=[
            (_key(_LESS), f"{label} lower"), (_key(_MORE), f"{label} higher"), (_key(_SAME), "hardly any change"),
            (_key("#111111"), "black rim: took part; black line: a tie that would not be there"),
        ],
        words=f"{words} {_which(material)}".strip(),
    )  # fmt: skip


def _which(material: Material) -> str:
    """Return which scenario is drawn and how to have another one, where there is another."""
    if len(material.facts.compared) < 2:
        return ""
    chosen = (
        "It is drawn for the scenario asked for" if material.network else "It is drawn for the scenario that did most"
    )
    return f"{chosen}; “sim report DIR --network NAME” draws another."


def _scaled(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return positions in units of the picture, which is a square."""
    span = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    factor = (_SIDE - 2 * _EDGE) / span
    middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    return _SIDE / 2 + (x - middle_x) * factor, _SIDE / 2 - (y - middle_y) * factor


def _dots(x: Floats, y: Floats, which: NDArray[np.bool_], colour: str, size: float) -> Markup:
    """Return some residents as one path of lines without length: their round ends are the dots."""
    from markupsafe import Markup

    places = "".join(f"M{left:.1f} {down:.1f}h0" for left, down in zip(x[which], y[which], strict=True))
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round"/>').format(
        places, colour, size
    )


def _ties(x: Floats, y: Floats, one: NDArray[np.int64], other: NDArray[np.int64], kind: str) -> Markup:
    from markupsafe import Markup

    lines = "".join(
        f"M{x[first]:.0f} {y[first]:.0f}L{x[second]:.0f} {y[second]:.0f}"
        for first, second in zip(one, other, strict=True)
    )
    return Markup('<path class="{}" d="{}"/>').format(kind, lines)


def _svg(parts: list[Markup], alt: str) -> Markup:
    from markupsafe import Markup

    opening = Markup('<svg viewBox="0 0 {0:.0f} {0:.0f}" role="img" aria-label="{1}">').format(_SIDE, alt)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _key(colour: str) -> Markup:
    from markupsafe import Markup

    return Markup(
        '<svg class="key dot" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5" fill="{}"/></svg>'
    ).format(colour)
