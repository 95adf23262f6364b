"""An intervention is data: who x choose x runs x effects x spread x cost."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

__all__ = ["Choose", "Condition", "Cost", "Intervention", "Money", "Runs", "Spread"]


class Checked:
    """Refuses values outside the bounds that a field's metadata states."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]  # only dataclasses inherit from this
            value = getattr(self, item.name)
            low, high = item.metadata.get("at_least"), item.metadata.get("at_most")
            if value is None or (low is None and high is None):
                continue
            if (low is not None and value < low) or (high is not None and value > high):
                allowed = f"at least {low}" if high is None else f"from {low} to {high}"
                raise ValueError(f"{item.name} must be {allowed}, found {value}")


@dataclass(frozen=True)
class Condition:
    """One condition on a column: all that are given must hold."""

    column: str
    is_in: tuple[Any, ...] | None = None
    """Names of categories, ``True``/``False`` for flags, or numbers."""
    above: float | None = None
    """Strictly above."""
    below: float | None = None
    """Strictly below."""
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Choose(Checked):
    """Which of the eligible residents the programme itself invites."""

    by: str = "everyone"
    """``everyone``, ``random``, ``nomination`` (a random friend of a random resident), ``degree``, or the
    name of a numeric column."""
    order: Literal["highest", "lowest"] = "highest"
    """For ``degree`` and columns: from which end."""
    number: int | None = field(default=None, metadata={"at_least": 1})
    """How many; with ``share`` absent and this absent, all."""
    share: float | None = field(default=None, metadata={"at_least": 0, "at_most": 1})
    """Share of the eligible residents, 0..1."""


@dataclass(frozen=True)
class Runs(Checked):
    """When it runs, for how many, for how long."""

    start: int = field(default=1, metadata={"at_least": 1})
    """First week, counted from 1."""
    weeks: int | None = field(default=None, metadata={"at_least": 1})
    """For how many weeks it runs; absent: to the end."""
    places: int | None = field(default=None, metadata={"at_least": 1})
    """How many can take part at the same time; absent: no limit."""
    length: int | None = field(default=None, metadata={"at_least": 1})
    """Weeks that one participation lasts; absent: to the end of the programme. Where both are given, nobody joins who
    could not stay for the whole length before the programme ends."""
    dropout: float = field(default=0.0, metadata={"at_least": 0, "at_most": 1})
    """Chance of dropping out in a week, 0..1."""


@dataclass(frozen=True)
class Spread(Checked):
    """How word of it spreads and who takes it up."""

    uptake: float = field(default=1.0, metadata={"at_least": 0, "at_most": 1})
    """Chance that a resident is willing to take part, drawn once for each resident and intervention."""
    rule: Literal["simple", "threshold"] = "simple"
    """For those who were not invited by the programme: ``simple`` (willing is enough) or ``threshold``
    (willing, and enough of her contacts take or took part; looked at again every week)."""
    contacts: int | None = field(default=None, metadata={"at_least": 1})
    """For ``threshold``: how many contacts."""
    share: float | None = field(default=None, metadata={"at_least": 0, "at_most": 1})
    """For ``threshold``: which share of her contacts, 0..1."""
    talk: bool = True
    """Whether residents tell each other about it, so that others than the invited can hear and join."""
    broadcast: float = field(default=0.0, metadata={"at_least": 0})
    """Hazard of hearing of it in a week from posters, press or radio, for every eligible resident."""
    broadcast_by: str | None = None
    """A numeric column by which the hazard of hearing is multiplied, resident by resident."""


@dataclass(frozen=True)
class Money:
    """An amount of money."""

    amount: float
    currency: str = "GBP"


@dataclass(frozen=True)
class Cost(Checked):
    """What it costs. All amounts in one currency and the prices of one year."""

    fixed: float = field(default=0.0, metadata={"at_least": 0})
    """Once, when it starts."""
    per_week: float = field(default=0.0, metadata={"at_least": 0})
    """For every week that it runs."""
    per_participant: float = field(default=0.0, metadata={"at_least": 0})
    """For each participant, when she joins."""
    per_participant_week: float = field(default=0.0, metadata={"at_least": 0})
    """For each participant and week."""
    currency: str = "GBP"
    year: int | None = field(default=None, metadata={"at_least": 1900, "at_most": 2100})
    """Year of the prices."""


@dataclass(frozen=True)
class Intervention:
    """One intervention of a scenario, resolved."""

    name: str
    """Unique within its scenario; its luck hangs on it."""
    title: str = ""
    use: str | None = None
    """Entry of the catalogue that it starts from."""
    who: tuple[Condition, ...] = ()
    """Who is eligible; everybody where empty."""
    choose: Choose = field(default_factory=Choose)
    runs: Runs = field(default_factory=Runs)
    effects: tuple[Any, ...] = ()
    """Effects: see :mod:`sim.interventions.effects`."""
    spread: Spread = field(default_factory=Spread)
    cost: Cost = field(default_factory=Cost)
    exclusive: bool = False
    """Whether nobody may take part in this and another intervention at the same time."""
