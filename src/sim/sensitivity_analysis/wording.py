"""What the indices say, in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.sensitivity_analysis.noise import NOT_SETTLED, NOTHING, TOLD_APART

if TYPE_CHECKING:
    from sim.sensitivity_analysis.analysis import Analysis

__all__ = ["lower_first", "sentences"]


def sentences(found: Analysis, what: str, unit: str) -> list[str]:
    """Return what matters most, what next, what cannot be told from nothing, and how much of it all is luck."""
    table = found.indices
    said = []
    if found.greatest == found.least:
        return [f"Nothing that was varied changes {what}: it is {_number(found.mean)} at every point."]
    clear = table[table["verdict"] == TOLD_APART].to_dict("records")
    first = table.to_dict("records")[0]
    if clear:
        said.append(f"Of what we do not know, {_name(clear[0])} matters most for {what}: "
                    f"{_size(clear[0], found.method, unit)}.")  # fmt: skip
        if len(clear) > 1:
            said.append(f"Next {'comes' if len(clear) == 2 else 'come'} {_joined([_name(row) for row in clear[1:4]])}.")
    else:
        said.append(f"Nothing can be told from luck yet. {_capital(_name(first))} comes first, "
                    f"but that may be chance: {_size(first, found.method, unit)}; "
                    f"more {'seeds' if found.method == 'tornado' else 'samples or seeds'} would tell.")  # fmt: skip
    unsettled = int((table["verdict"] == NOT_SETTLED).sum())
    nothing = int((table["verdict"] == NOTHING).sum())
    if unsettled and clear:
        said.append(f"{unsettled} of {len(table)} {_are(unsettled)} not settled.")
    if nothing:
        said.append(f"{nothing} of {len(table)} {_are(nothing)} indistinguishable from nothing.")
    unit_text = f" ({unit})" if unit else ""
    said.append(f"{_capital(what)} is {_number(found.least)} to {_number(found.greatest)} over the {found.points} "
                f"points that were played, {_number(found.mean)} on average{unit_text}.")  # fmt: skip
    said.append(found.luck.in_words)
    if found.too_great:
        said.append(f"At {found.too_great} of the points a small change of stigma runs away by its own consequences "
                    "(loop gain above 1.5); they count and are marked in the table of experiments.")  # fmt: skip
    if found.left_out:
        said.append(f"{found.left_out} of the samples were left out because a run in them failed.")
    return said


def _size(row: Any, method: str, unit: str) -> str:
    bounds = f"95% interval {_number(row['lower'])} to {_number(row['upper'])}"
    size = _number(row["index"])
    if method == "morris":
        unit_text = f" ({unit})" if unit else ""
        return f"over its range ({row['range']}) it moves that by {size}{unit_text} on average, {bounds}"
    if method == "tornado":
        return (f"from {row['low']} to {row['high']} it goes from {_number(row['effect_low'])} to "
                f"{_number(row['effect_high'])}{f' ({unit})' if unit else ''}")  # fmt: skip
    if method == "sobol":
        return f"it has a part in {row['index']:.0%} of the variance ({row['lower']:.0%} to {row['upper']:.0%})"
    return f"fixing it moves the distribution by {size} (0 not at all, 1 altogether), {bounds}"


def _name(row: Any) -> str:
    label = str(row["label"])
    parameter = str(row["parameter"])
    if label == parameter:
        return parameter
    label = label.partition(":")[0].rstrip(".").replace("`", "")
    short = label if len(label) <= 90 else label[:87].rsplit(" ", 1)[0] + "..."
    return f"“{lower_first(short)}” ({parameter})"


def lower_first(text: str) -> str:
    """Return a label as it stands within a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _number(value: float) -> str:
    """Return a number with three significant digits and a real minus sign."""
    if not math.isfinite(value):
        return "unbounded"
    return f"{value:.3g}".replace("-", "−")
