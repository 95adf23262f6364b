"""What stands in a scenario file beside the dataclasses of interventions, and bounds and money, in one place."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.interventions.spec import Intervention
from sim.scenario.plan import Target

__all__ = ["AMOUNTS", "BOUNDS", "FileFormat", "Range", "as_money", "as_share", "found", "parse_money"]

BOUNDS: dict[tuple[type, str], tuple[float | None, float | None]] = {
    (Target, "at"): (1, None),
}
"""Least and greatest values of fields that do not state them in their metadata."""

MONEY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})")
AMOUNTS = (
    "fixed", "per_week", "per_participant", "per_participant_week", "per_attendance", "per_volunteer_week",
    "per_volunteer_hour",
)  # fmt: skip
"""Fields of a cost that are money."""


@dataclass(frozen=True)
class FileFormat:
    """A scenario file: what is compared, in which community, for how long, with which interventions."""

    extends: str | None = None
    """Another scenario file that this one starts from, relative to this file. Mappings merge, lists and single values
    replace; `title`, `abstract` and `also` are not taken over."""
    abstract: bool = False
    """Whether the file is only there for others to extend, and no scenario itself."""
    title: str = ""
    """What the scenario is called in tables and reports."""
    question: str = ""
    """The question that the study is to answer."""
    outcome: str | None = None
    """The primary measure: the answer and the ranking are about it."""
    better: Literal["lower", "higher"] | None = None
    """Which way of the primary measure is better; as usual for the measure where it is not said."""
    community: Any = None
    """Where the community comes from: exactly one of the sources."""
    weeks: int = dataclasses.field(default=104, metadata={"at_least": 1})
    """For how many weeks each run is played."""
    seeds: int = dataclasses.field(default=50, metadata={"at_least": 1})
    """Runs of each scenario."""
    communities: int | None = dataclasses.field(default=None, metadata={"at_least": 1})
    """Plausible communities that the runs are spread over; as many as `seeds` where it is not said."""
    suppress_below: int = dataclasses.field(default=10, metadata={"at_least": 5})
    """For a community from a survey: groups of fewer residents are not shown in tables, figures and reports. Changes
    what is shown, not what is computed."""
    interventions: tuple[Intervention, ...] = ()
    """What is done. Replaces an inherited list; to add to it, use `also`."""
    also: tuple[Intervention, ...] = ()
    """Interventions in addition to those inherited."""
    mechanisms: Any = None
    """Values that replace the cited defaults of the mechanisms."""
    draws: Path | None = None
    """A CSV file of parameter sets, its columns named by paths, such as `sim calibrate` writes; each seed draws one of
    them, the same in all its scenarios."""
    targets: tuple[Target, ...] = ()
    """What the community wants to reach; reported as met, missed or too close to call."""


@dataclass(frozen=True)
class Range:
    """Limits of a numeric column; all that are given must hold."""

    above: float | None = None
    """Strictly above."""
    below: float | None = None
    """Strictly below."""
    at_least: float | None = None
    """This or more."""
    at_most: float | None = None
    """This or less."""


def found(value: Any) -> str:
    """Return in words what a user wrote."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'" if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


_CURRENCIES = {
    "GBP": ("£", "pound", "pounds", "gbp", "sterling"),
    "EUR": ("€", "euro", "euros", "eur"),
    "USD": ("$", "dollar", "dollars", "usd"),
}
"""How people write the currencies that are guessed at."""


def as_share(text: str) -> str:
    """Return the share that a percentage means: ``0.78`` for ``78%``; empty where it is none."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(?:%|per ?cent)", text.strip())
    return f"{float(match.group(1)) / 100.0:.10g}" if match else ""


def as_money(text: str) -> str:
    """Return how an amount is written in a scenario: ``1500 GBP`` for ``1,500 pounds``; empty where it is unclear."""
    match = re.fullmatch(r"([^0-9\s]*)\s*([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*([^0-9\s]*)", text.strip())
    if match is None:
        return ""
    before, amount, after = match.groups()
    named = [code for code, words in _CURRENCIES.items() if (before or after).lower() in words]
    return f"{amount.replace(',', '')} {named[0]}" if named and not (before and after) else ""


def parse_money(value: Any) -> tuple[float, str | None]:
    """Return an amount and its currency, ``None`` where a plain number was given.

    Raises
    ------
    ValueError
        If it is neither a number nor like ``1500 GBP``, or is negative.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value), None
    match = MONEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("an amount of money is like '1500 GBP' or a plain number")
    return float(match.group(1)), match.group(2)
