"""An intervention is data: who x choose x runs x effects x spread x cost."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from sim.evidence import field_from

__all__ = ["NETWORK_RULES", "Choose", "Condition", "Cost", "Intervention", "Money", "Runs", "Spread"]

NETWORK_RULES = ("degree", "betweenness", "eigenvector", "bridging")
"""Network measures by which residents can be chosen: see :mod:`sim.community.centrality`."""


class Checked:
    """Refuses values outside the bounds that a field's metadata states, all of them at once, a line each."""

    def __post_init__(self) -> None:
        wrong = []
        for item in fields(self):  # type: ignore[arg-type]  # only dataclasses inherit from this
            value = getattr(self, item.name)
            low, high = item.metadata.get("at_least"), item.metadata.get("at_most")
            if value is None or (low is None and high is None):
                continue
            if (low is not None and value < low) or (high is not None and value > high):
                allowed = f"at least {low}" if high is None else f"from {low} to {high}"
                wrong.append(f"{item.name} must be {allowed}, found {value}")
        if wrong:
            raise ValueError("\n".join(wrong))


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
    """``everyone``, ``nobody``, ``random``, ``nomination`` (a random friend of a random resident), a network measure
    (``degree``, ``betweenness``, ``eigenvector``, ``bridging``: ties that lead out of one's own part of the network, or
    across ``group``), or the name of a numeric column; a rule comes before a column of the same name."""
    order: Literal["highest", "lowest"] = "highest"
    """For network measures and columns: from which end."""
    number: int | None = field(default=None, metadata={"at_least": 1})
    """How many; with ``share`` absent and this absent, all."""
    share: float | None = field(default=None, metadata={"at_least": 0, "at_most": 1})
    """Share of the eligible residents, 0..1."""
    per: int | None = field(default=None, metadata={"at_least": 1})
    """At most so many of each part of the community that ``within`` names; with ``number``, so many in all, one of each
    part first, beginning with the largest."""
    within: str | None = None
    """For ``per``: a column with named values, or ``community`` (also where absent): the parts into which the network
    falls, with many ties inside and few between them. Residents who belong to none are not chosen."""
    kinds: tuple[str, ...] = ()
    """Kinds of tie that count for network measures, nomination and network communities; absent: all."""
    group: str | None = None
    """For ``bridging``: the column across whose line a tie has to lead; absent: across network communities."""
    ids: tuple[str | int, ...] = ()
    """Ids of residents to invite, in place of ``by``; those who are not eligible are left out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ids:
            for name in ("number", "share", "per"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} has no meaning with ids")
            if self.by != "everyone":
                raise ValueError("by has no meaning with ids")
        if self.per is not None and (self.share is not None or self.by in ("everyone", "nobody")):
            other = "share" if self.share is not None else f"by: {self.by}; say how they are chosen, e.g. by: random"
            raise ValueError(f"per cannot be used with {other}")
        if self.within is not None and self.per is None:
            raise ValueError("within is only for 'per'")
        if self.group is not None and self.by != "bridging":
            raise ValueError("group is only for by: bridging")
        if self.kinds and not self.uses_network:
            raise ValueError(f"kinds is only for {', '.join(NETWORK_RULES)}, nomination and per network community")

    @property
    def within_network(self) -> bool:
        """Whether so many are chosen of each part of the network."""
        return self.per is not None and self.within in (None, "community")

    @property
    def uses_network(self) -> bool:
        """Whether it depends on who is tied to whom."""
        return self.by in (*NETWORK_RULES, "nomination") or self.within_network


@dataclass(frozen=True)
class Runs(Checked):
    """When it runs, for how many, for how long."""

    start: int = field_from("runs.start", at_least=1)
    """First week, counted from 1."""
    weeks: int | None = field(default=None, metadata={"at_least": 1})
    """For how many weeks it runs; absent: to the end."""
    places: int | None = field(default=None, metadata={"at_least": 1})
    """How many can take part at the same time; absent: no limit."""
    length: int | None = field(default=None, metadata={"at_least": 1})
    """Weeks that one participation lasts; absent: to the end of the programme. Where both are given, nobody joins who
    could not stay for the whole length before the programme ends."""
    dropout: float = field_from("runs.dropout", at_least=0, at_most=1)
    """Chance of dropping out in a week, 0..1."""
    attendance: float = field_from("runs.attendance", at_least=0, at_most=1)
    """Chance that a participant attends in a week, 0..1; effects of every week and costs of attendance need it."""
    workers: int | None = field(default=None, metadata={"at_least": 1})
    """How many workers support participants, each a ``caseload`` at a time; in place of ``places``."""
    caseload: int | None = field(default=None, metadata={"at_least": 1})
    """How many participants one worker supports at the same time."""
    group_size: int | None = field(default=None, metadata={"at_least": 2})
    """How many take part together; absent: each by herself. A group starts when it is full, and nobody joins later."""
    group_wait: int | None = field(default=None, metadata={"at_least": 1})
    """Weeks of waiting after which a group of two or more starts although it is not full; absent: only full groups."""
    ramp_up: int = field_from("runs.ramp_up", at_least=0)
    """Weeks until all places are there: week by week an equal part of them is added, rounded down to whole places."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for one, other in (("workers", "caseload"), ("caseload", "workers"), ("group_wait", "group_size")):
            if getattr(self, one) is not None and getattr(self, other) is None:
                raise ValueError(f"{one} needs '{other}'")
        if self.workers is not None and self.places is not None:
            raise ValueError("places has no meaning with 'workers' and 'caseload'; leave it out or set it to null")
        if self.workers is not None and self.group_size is not None:
            raise ValueError("group_size cannot be used with 'workers': a worker's participants come one by one")
        if self.group_size is not None and self.places is not None and self.group_size > self.places:
            raise ValueError(f"group_size must not be above 'places', {self.places}: no group would ever be full")
        if self.ramp_up and self.all_places is None:
            raise ValueError("ramp_up needs 'places', or 'workers' and 'caseload'")

    @property
    def all_places(self) -> int | None:
        """How many can take part at the same time once it runs fully; None for no limit."""
        return self.places if self.workers is None or self.caseload is None else self.workers * self.caseload


@dataclass(frozen=True)
class Spread(Checked):
    """How word of it spreads and who takes it up."""

    uptake: float = field_from("spread.uptake", at_least=0, at_most=1)
    """Chance that a resident is willing to take part, drawn once for each resident and intervention."""
    rule: Literal["simple", "threshold", "reinforced"] = "simple"
    """For the willing who were not invited by the programme: ``simple`` (willing is enough), ``threshold`` (enough of
    her contacts take or took part; looked at again every week) or ``reinforced`` (a chance a week that rises with the
    number of such contacts)."""
    contacts: int | None = field(default=None, metadata={"at_least": 1})
    """For ``threshold``: how many contacts."""
    share: float | None = field(default=None, metadata={"at_least": 0, "at_most": 1})
    """For ``threshold``: which share of her contacts, 0..1."""
    base_chance: float = field_from("spread.base_chance", at_least=0, at_most=1)
    """For ``reinforced``: chance a week without any contact who takes or took part, 0..1."""
    contact_odds: float = field_from("spread.contact_odds", at_least=1)
    """For ``reinforced``: factor by which each such contact multiplies the odds, 1 or more."""
    talk: bool = True
    """Whether residents tell each other about it, so that others than the invited can hear and join."""
    broadcast: float = field_from("spread.broadcast", at_least=0)
    """Hazard of hearing of it from posters, press or radio in each week that it runs, for everybody who is eligible in
    the first."""
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

    fixed: float | None = field(default=None, metadata={"at_least": 0})
    """Once, when it starts; absent: nothing."""
    per_week: float | None = field(default=None, metadata={"at_least": 0})
    """For every week that it runs; absent: nothing."""
    per_participant: float | None = field(default=None, metadata={"at_least": 0})
    """For each participant, when she joins; absent: nothing."""
    per_participant_week: float | None = field(default=None, metadata={"at_least": 0})
    """For each participant and week; absent: nothing."""
    per_attendance: float | None = field(default=None, metadata={"at_least": 0})
    """For each week that a participant attends; absent: nothing."""
    per_volunteer_week: float | None = field(default=None, metadata={"at_least": 0})
    """For each volunteer who serves and week: expenses, training, supervision; absent: nothing."""
    volunteer_hours: float | None = field(default=None, metadata={"at_least": 0, "at_most": 168})
    """Hours a week that a volunteer gives while she serves."""
    per_volunteer_hour: float | None = field(default=None, metadata={"at_least": 0})
    """What an hour of a volunteer's time is worth; counts as a cost, although nobody pays it."""
    currency: str = "GBP"
    year: int | None = field(default=None, metadata={"at_least": 1900, "at_most": 2100})
    """Year of the prices."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for one, other in (("volunteer_hours", "per_volunteer_hour"), ("per_volunteer_hour", "volunteer_hours")):
            if getattr(self, one) is not None and getattr(self, other) is None:
                raise ValueError(f"{one} needs '{other}'")


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
