"""Who can meet whom: people nearby, people alike, members of the same open place, friends of friends.

Everybody has slots for ties; those that are free make her look for people whose slots are free as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.rng import Draws, stream_key

__all__ = ["Found", "Meeting", "Space", "chance_of_free_slot"]

_NEAR = "area"
"""Column of the neighbourhood, where there is one."""
_ALIKE = "age_band"
"""Column by which people are alike, where there is one."""

_BY_LIKENESS, _NEARBY, _IN_PLACES, _NEVER = 0, 1, 2, -1
"""How ties of a kind come about: see ``compiled.seek_partners``."""

_WHILE_SEARCHING = ("ties: search", "ties: choice", "ties: circle")
_WHILE_ACCEPTING = ("ties: acceptance", "ties: strength")
_AT_FIRST = (256, 1024, 512)
"""Room at first for seekers, for notes of the lists in which they stand, and for people who one of them can meet."""

Luck = tuple[Draws, int]
Found = NDArray[np.int64]
"""Pairs who have found each other, shape (4, pairs): the smaller and the greater of the two, kind, place (-1: none)."""
Accepted = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8], NDArray[np.int16], NDArray[np.float64]]


@dataclass
class Space:
    """What compiled code writes into while people search, kept for the run; see ``compiled.seek_partners``."""

    row: NDArray[np.int32]
    """-1 for each resident, between one search and the next."""
    words: NDArray[np.uint64]
    """A bit for each resident and kind."""
    begin: NDArray[np.int64]
    """Where the seekers of each kind begin."""
    needed: NDArray[np.int64]
    """Seekers, notes and people who can be met for whom room was needed."""
    seekers: NDArray[np.int64] = field(init=False)
    """Of each seeker: her number, who searches this week, area, likeness, and where her notes begin."""
    own: NDArray[np.uint64] = field(init=False)
    """Identity of each seeker."""
    lucks: NDArray[np.float64] = field(init=False)
    """Of each seeker: luck of searching, and of the circle she is in."""
    found: NDArray[np.int64] = field(init=False)
    """Pairs who have found each other: see :data:`Found`."""
    notes: NDArray[np.int64] = field(init=False)
    """Of each note: whose it is, the list, the place; then the members of all lists."""
    met: NDArray[np.int64] = field(init=False)
    """Those whom one searcher can meet, and the note through which."""
    pairs: NDArray[np.uint64] = field(init=False)
    """The smaller and the greater identity of each such pair."""
    weighed: NDArray[np.float64] = field(init=False)
    """Their weights and their luck."""

    def __post_init__(self) -> None:
        seekers, notes, met = _AT_FIRST
        self._make(seekers, notes, met)

    @classmethod
    def of(cls, residents: int, kinds: int) -> Space:
        """Return space for the search among so many residents for ties of so many kinds."""
        words = np.empty(residents * kinds // 64 + 1, np.uint64)
        needed = np.zeros(3, np.int64)
        return cls(np.full(residents, -1, np.int32), words, np.empty(kinds + 2, np.int64), needed)

    def grow(self) -> None:
        """Make more room, where more was needed than there is."""
        have = self.own.size, self.notes.shape[1], self.met.shape[1]
        self._make(
            *(
                int(3 * need // 2 + 16) if need > room - 16 else room
                for need, room in zip(self.needed, have, strict=True)
            )
        )

    def _make(self, seekers: int, notes: int, met: int) -> None:
        self.seekers, self.own = np.empty((5, seekers), np.int64), np.empty(seekers, np.uint64)
        self.lucks, self.found = np.empty((2, seekers)), np.empty((4, seekers), np.int64)
        self.notes = np.empty((4, notes), np.int64)
        met = max(met, seekers)  # pairs who have found each other are written there as well
        self.met, self.pairs = np.empty((2, met), np.int64), np.empty((2, met), np.uint64)
        self.weighed = np.empty((2, met))


@dataclass
class Meeting:
    """Where each resident meets others."""

    near: NDArray[np.int64]
    """Code of each resident's neighbourhood."""
    is_near: bool
    """Whether the community has neighbourhoods; without, all have code 0."""
    near_at: NDArray[np.int64]
    """Where the circles begin into which each neighbourhood falls each week, and where the last of them ends."""
    alike: NDArray[np.int64]
    alikes: int
    circle: int
    """How many residents a circle usually has: larger neighbourhoods and places fall into several."""
    circles: int
    """Into how many circles the community falls each week, within which people meet who are alike."""
    _members: list[NDArray[np.bool_]] = field(default_factory=list)
    """Members of each place for which the two arrays below were made."""
    _first: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Where each resident's places begin in ``_places``, shape (residents + 1,)."""
    _places: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    _place_at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    """The same as ``near_at``, of places."""
    _were_open: list[bool] = field(default_factory=list)
    """Which places were open when the array below was made."""
    _open: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    _by_rule: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    """How ties of each kind come about."""
    _ruled: tuple[int, int, bool] | None = None
    """Of how many kinds, how many of them with slots, and whether there were places, when the array was made."""
    _lists: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Space for where the lists of seekers begin."""
    _space: Space | None = None

    @classmethod
    def of(cls, community: Community, circle: int) -> Meeting:
        """Return where the residents of a community meet; ``circle`` is the usual size of a circle."""
        near, nears = _codes(community, _NEAR)
        alike, alikes = _codes(community, _ALIKE)
        at = _circles(np.bincount(near, minlength=max(1, nears)), circle)
        circles = max(1, round(len(community) / circle))
        return cls(near, nears > 0, at, alike, max(1, alikes), circle, circles)

    def find(
        self,
        community: Community,
        luck: Luck,
        slots: NDArray[np.int32],
        taken: NDArray[np.int32],
        search: float,
        weights: NDArray[np.float64],
        since: int,
    ) -> Found:
        """Return who finds whom this week for which kind of tie, and the place where they meet (-1 for none).

        What is returned is written over by the next search.

        Parameters
        ----------
        community
            As it stood at the start of the week.
        luck
            The run's draws, and the week.
        slots, taken
            How many ties of each kind a resident looks for, and has, shape (residents, kinds).
        search
            Chance of looking for somebody with one slot free.
        weights
            How many times as likely somebody is chosen who is alike, near, a fellow member, a friend of a friend.
        since
            Two who have parted in that week or later do not meet.

        """
        from sim import compiled

        ties, gone, space = community.ties, community.ties.dormant, self._space
        if space is None:
            space = self._space = Space.of(*slots.shape)
        self._look_at_places(community)
        rules, keys = self._rules(community, slots.shape[1]), _keys(luck, _WHILE_SEARCHING)
        records = (gone.last, gone.one, gone.other, gone.week, gone.before_one, gone.before_other)
        while True:
            found: int = compiled.seek_partners(
                slots, taken, rules, keys, search, weights, community.identity, self.near, self.near_at, self.is_near,
                self.alike, self.alikes, self.circles, self._first, self._places, self._open, self._place_at,
                ties.start, ties.length, ties.neighbour, ties.kind, ties.maker, since, records, space.row, space.words,
                space.begin, self._lists, space.seekers, space.own, space.lucks, space.notes, space.met, space.pairs,
                space.weighed, space.needed, space.found,
            )  # fmt: skip
            if found >= 0:
                return space.found[:, :found]
            space.grow()

    def accept(
        self,
        community: Community,
        luck: Luck,
        found: Found,
        slots: NDArray[np.int32],
        taken: NDArray[np.int32],
        refusal: float,
        strengths: tuple[NDArray[np.float64], NDArray[np.int64]],
    ) -> Accepted:
        """Return who of those who have found each other accept: the two, kind, place, and the new tie's strength.

        The luckier pairs come first where slots are few; ``taken`` goes up with each tie. Who has disclosed is turned
        down with a chance of ``refusal`` x the other's stigma. ``strengths`` are those that new ties are drawn from,
        kind after kind, and where those of each kind begin.
        """
        from sim import compiled

        size, space = found.shape[1], self._space
        one, other = np.empty(size, np.int32), np.empty(size, np.int32)
        kind, place, strength = np.empty(size, np.int8), np.empty(size, np.int16), np.empty(size)
        if space is None or not size:
            return one, other, kind, place, strength
        count = compiled.accept_pairs(
            found, _keys(luck, _WHILE_ACCEPTING), community.identity, slots, taken, community.flag("disclosed"),
            community.observed("stigma"), refusal, *strengths, space.pairs, space.weighed, space.met, one, other, kind,
            place, strength,
        )  # fmt: skip
        return one[:count], other[:count], kind[:count], place[:count], strength[:count]

    def _rules(self, community: Community, kinds: int) -> NDArray[np.int8]:
        """Return how ties of each kind come about; kinds that came later have no slots."""
        names = community.ties.kinds
        known = len(names), kinds, len(community.places) > 0
        if known != self._ruled:
            self._ruled = known
            named = {"neighbour": _NEARBY, "group": _IN_PLACES if len(community.places) else _BY_LIKENESS}
            rules = [named.get(name, _BY_LIKENESS) if code < kinds else _NEVER for code, name in enumerate(names)]
            self._by_rule = np.array(rules, np.int8)
        return self._by_rule

    def _look_at_places(self, community: Community) -> None:
        """Note which places are open; list each resident's, again where somebody has become a member or left."""
        items = community.places.items
        is_open, now = [place.open for place in items], [place.members for place in items]
        if is_open != self._were_open:
            self._were_open, self._open = is_open, np.array(is_open, np.bool_)
        if len(self._first) and len(now) == len(self._members) and all(
            a is b for a, b in zip(now, self._members, strict=True)
        ):  # fmt: skip
            return
        who = [np.flatnonzero(members) for members in now]
        places = np.repeat(np.arange(len(now)), [len(members) for members in who])
        residents = np.concatenate([np.empty(0, np.int64), *who])
        self._members, self._places = now, places[np.argsort(residents, kind="stable")].astype(np.int64)
        self._place_at = _circles(np.bincount(places, minlength=len(now)), self.circle)
        self._lists = np.empty(self.near_at[-1] + self.alikes * self.circles + self._place_at[-1] + 2, np.int64)
        self._first = np.zeros(len(community) + 1, np.int64)
        self._first[1:] = np.cumsum(np.bincount(residents, minlength=len(community)))


def chance_of_free_slot(count: NDArray[np.int32], free: float) -> NDArray[np.float64]:
    """Return each resident's chance of having one slot more than ties at week 0.

    In any week a share ``free`` of all slots is free; without such slots at the start, the community would lose that
    share of its ties in the first months. By Bayes' rule, of those with n ties some have n + 1 slots: for each who has
    n + 1 ties and may lose any of them, (n + 1) x free / (1 - free).
    """
    people = np.bincount(count, minlength=1)
    short = np.append(people[1:], 0) * np.arange(1, len(people) + 1) * free / (1.0 - free)
    return np.asarray(np.minimum(short / np.maximum(people, 1), 1.0)[count])


def _circles(sizes: NDArray[np.int64], circle: int) -> NDArray[np.int64]:
    """Return where the circles of each of several groups begin, and where the last of them ends."""
    many = np.maximum(1, np.round(sizes / circle).astype(np.int64))
    return np.append(0, np.cumsum(many)).astype(np.int64)


def _codes(community: Community, name: str) -> tuple[NDArray[np.int64], int]:
    """Return each resident's code in a column, those without a value in one of their own, and how many there are."""
    if name not in community.columns or not community.columns[name].is_category:
        return np.zeros(len(community), np.int64), 0
    column = community.columns[name]
    return column.values.astype(np.int64) + 1, len(column.categories) + 1


def _keys(luck: Luck, rules: tuple[str, ...]) -> NDArray[np.uint64]:
    """Return the keys of the week's draws of some rules."""
    draws, week = luck
    return np.array([stream_key(draws.seed, rule, week) for rule in rules], np.uint64)
