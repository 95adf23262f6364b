"""What an exploration says, in plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.exploration.tree import Leaf, Split, leaves_of

if TYPE_CHECKING:
    from sim.exploration.worlds import Ranking

__all__ = ["sentences"]

_LEAST = 1e-5
"""Regret below which it is not told in numbers."""


def sentences(found: Ranking, titles: Mapping[str, str], measure: str, unit: str = "") -> list[str]:
    """Return which candidate is best how often, what another choice costs, what decides it, and how sure that is.

    Parameters
    ----------
    found
        The ranking.
    titles
        Titles of candidates.
    measure
        What they were compared by, in words.
    unit
        Its unit.
    """
    rows: list[Any] = found.table.to_dict("records")
    first = rows[0]
    said = [f"{_title(titles, first)} does best for {measure} in {_share(first['share_best'])} of {found.worlds} "
            f"plausible worlds ({_share(first['share_lower'])} to {_share(first['share_upper'])})."]  # fmt: skip
    others = [row for row in rows[1:] if row["share_best"] > 0]
    if others:
        listed = "; ".join(f"{_title(titles, row)} in {_share(row['share_best'])}" for row in others[:4])
        said.append(f"Otherwise: {listed}.")
    safest = min(rows, key=lambda row: row["maximum_regret"])
    least = min(rows, key=lambda row: row["expected_regret"])
    given_up = _number(least["expected_regret"], f" ({unit})" if unit else "")
    said.append(f"Choosing {_title(titles, least)} gives away least on average: {given_up} against the best choice of "
                "each world.")  # fmt: skip
    if safest["scenario"] != least["scenario"]:
        said.append(f"{_title(titles, safest)} is the safest: at worst it gives away "
                    f"{_number(safest['maximum_regret'])}, {_title(titles, least)} "
                    f"{_number(least['maximum_regret'])}.")  # fmt: skip
    said += _what_flips(found.tree, list(found.effects.columns), titles)
    if not math.isnan(found.share_settled):
        said.append(f"In {_share(found.share_settled)} of the worlds {found.seeds} seeds tell the best from the second "
                    "best (95%); in the others luck may have chosen.")  # fmt: skip
    else:
        said.append("With one seed a world it is not known where luck has chosen the best; give more seeds.")
    if found.too_great:
        said.append(f"In {found.too_great} of the worlds a small change of stigma runs away by its own consequences "
                    "(loop gain above 1.5); they count and are marked in the table.")  # fmt: skip
    if found.left_out:
        said.append(f"{found.left_out} worlds were left out because a run in them failed.")
    return said


def _what_flips(tree: Split | Leaf, names: Sequence[str], titles: Mapping[str, str]) -> list[str]:
    if isinstance(tree, Leaf):
        return ["No single unknown can be said to flip the ranking: none does better than chance would."]
    parts = []
    for conditions, leaf in leaves_of(tree):
        winner = titles.get(names[leaf.winner], names[leaf.winner])
        share = leaf.counts[leaf.winner] / leaf.worlds
        parts.append((conditions, f"{winner} is best in {_share(share)} of {leaf.worlds} worlds"))
    said = [f"What decides most is {tree.axis.path}."]
    winners = {leaf.winner for _, leaf in leaves_of(tree)}
    if len(winners) == 1:
        said[0] = f"{tree.axis.path} makes the most difference to how often it is best, but does not flip the ranking."
    said += [f"Where {' and '.join(conditions)}: {text}." for conditions, text in parts]
    return said


def _title(titles: Mapping[str, str], row: Any) -> str:
    return f"“{titles.get(row['scenario'], row['scenario'])}”"


def _share(share: float) -> str:
    return f"{share:.0%}"


def _number(value: float, unit: str = "") -> str:
    """Return what a choice gives away, to two digits; below a hundred-thousandth nobody could tell it from nothing."""
    if value < _LEAST:
        return "practically nothing"
    decimals = max(0, 1 - math.floor(math.log10(value)))
    return f"{value:,.{decimals}f}{unit}"
