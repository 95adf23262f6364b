"""The ties and the places: household, family, friends, neighbours, fellow members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.community.places import Place
from sim.community.synthesis.keyed import (
    Floats,
    Ints,
    assign,
    normal_scores,
    quantile,
    quota,
    rank_within,
    scaled,
)
from sim.community.synthesis.matching import STUB, Stubs, Tied, match, pair_codes
from sim.community.synthesis.people import People
from sim.community.synthesis.profile import AGE_BANDS, Profile
from sim.community.synthesis.rewiring import Mixing, Wanted, rewired
from sim.rng import Draws

__all__ = ["KINDS", "Network", "make_network", "twenty_years"]

KINDS = ("household", "family", "friend", "neighbour", "group")
"""Kinds of tie; a pair that is tied in several ways is tied in the first of them."""

SORTS = ("hub", "club", "faith_group", "workplace")
"""Sorts of place."""

_MOST_PLACES = 40
"""Of one sort: each place holds a flag for every resident, so their number must not grow with the
community."""

_OLDEST_WORKING_BAND = AGE_BANDS.index("50-64")

_FRIENDS_OF_CLASS = ((0,), (1,), (2, 3), (4, 5), (6, 7, 8))
"""Numbers of friends that a class of the distribution stands for, equally common within it."""

_FRIENDS_WIDTH = 2.0
_NEIGHBOURS_WIDTH = 6.0
_PLACE_WIDTH = 6.0
"""How far half-ties are moved along the row, in residents: sets how many triangles close (see matching)."""

_MOST_CLUSTERING = 0.22
"""Clustering of friendships when everybody looks for all friends in one circle (measured; see the tests)."""

_KIN_YEARS = 3.0
"""Years by which the ages of related households may differ from whole generations."""

_AGE_NOISE = 3.0
"""Years to either side by which residents move in the order of ages in which friends are sought."""

_ROUNDS = 5

Pairs = tuple[Ints, Ints]


@dataclass
class Network:
    """Ties, one entry each, and the places. Arrays have shape (ties,)."""

    one: Ints
    other: Ints
    kind: Ints
    """Position in :data:`KINDS`."""
    strength: Floats
    place: Ints
    """Number of the place of a group tie, -1 for others."""
    places: list[Place]
    unmatched: int
    """Wished-for friends that could not be found."""


def make_network(draws: Draws, people: People, profile: Profile) -> Network:
    """Make all ties and places."""
    tied = Tied(len(people))
    pairs = [_household_ties(people), _family_ties(draws, people, profile)]
    for one, other in pairs:
        tied.add(pair_codes(one, other, len(people)))
    friends, unmatched = _friend_ties(draws, people, profile, tied)
    pairs += [friends, _neighbour_ties(draws, people, profile, tied)]
    places, group, number = _group_ties(draws, people, profile, tied)
    pairs.append(group)
    kind = np.repeat(np.arange(len(KINDS)), [len(one) for one, _ in pairs])
    one, other = np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    place = np.full(len(one), -1, np.int64)
    place[kind == KINDS.index("group")] = number
    luck = draws.stream("synthesise: strength").pair_uniform(one.astype(np.uint64), other.astype(np.uint64))
    mean = np.array([profile.table("strength")[name] for name in KINDS])[kind]
    spread = profile.number("strength_spread") * np.minimum(mean, 1.0 - mean)
    strength = np.maximum(np.round(mean + spread * (2.0 * luck - 1.0), 6), 1e-6)
    return Network(one, other, kind, strength, place, places, unmatched)


def twenty_years(age: Floats) -> Ints:
    """Return the twenty years of age that each resident belongs to: under 20, 20 to 39, ..., 80 and over."""
    return np.asarray(age // 20, np.int64)


def _household_ties(people: People) -> Pairs:
    """Return every pair within a household: each member with the one before, two before, ..."""
    households = people.households
    members = households.members
    of = households.of[members]
    ones, others = [], []
    for step in range(1, int(households.size.max())):
        same = np.flatnonzero(of[step:] == of[:-step])
        ones.append(members[same])
        others.append(members[same + step])
    empty = np.empty(0, np.int64)
    return np.concatenate([empty, *ones]), np.concatenate([empty, *others])


def _family_ties(draws: Draws, people: People, profile: Profile) -> Pairs:
    """Relate households whose oldest members are of about the same age or a generation apart.

    The two oldest members of one household are tied to the two oldest of the other.
    """
    households = people.households
    count = len(households)
    gap = profile.number("age_gap_to_parent")
    luck = draws.stream("synthesise: family links").uniform(np.arange(count, dtype=np.uint64))
    links = assign(luck, profile.list("family_links"))
    generation = np.round((people.age[households.first] % gap) / gap * count, 6)
    stubs = Stubs.of(np.arange(count), links, generation, np.zeros(count, np.int64))
    (a, b), _, _ = match(draws, "family", stubs, count * _KIN_YEARS / gap, Tied(count), _ROUNDS)
    ones, others = [], []
    for left in (households.first, households.second):
        for right in (households.first, households.second):
            there = (left[a] >= 0) & (right[b] >= 0)
            ones.append(left[a[there]])
            others.append(right[b[there]])
    return np.concatenate(ones), np.concatenate(others)


def _friend_counts(draws: Draws, people: People, profile: Profile) -> Ints:
    """Return how many close friends each resident is to have; the distribution is met as a whole."""
    shares = profile.list("close_friends")
    parts = [
        (number, share / len(numbers))
        for numbers, share in zip(_FRIENDS_OF_CLASS, shares, strict=True)
        for number in numbers
    ]
    sociable = draws.stream("synthesise: number of friends").normal(people.identity)
    sociable -= profile.number("fewer_friends_lived_experience") * people.lived_experience
    weights = np.bincount(people.band, minlength=len(AGE_BANDS)).astype(np.float64)
    none = np.clip(scaled(profile.by_age("no_close_friend_by_age"), weights, float(shares[0])), 0.001, 0.999)
    score = normal_scores(np.round(sociable, 6), people.band) - quantile(none)[people.band]
    numbers = np.array([number for number, _ in parts], np.int64)
    return numbers[assign(np.round(score, 6), np.array([share for _, share in parts]))]


def _friend_ties(draws: Draws, people: People, profile: Profile, tied: Tied) -> tuple[Pairs, int]:
    """Join friends who meet in one of three circles.

    The circles are people of like age across the community, people of like age in the neighbourhood, and the
    streets around one's home whatever the age. Everybody has a circle of her own in which she looks for most
    of her friends; the more of them, the more triangles close.
    """
    wanted = _friend_counts(draws, people, profile)
    noise = 2.0 * draws.stream("synthesise: age of friends").uniform(people.identity) - 1.0
    age = people.age + _AGE_NOISE * noise
    rows = [_row(age), _row(age, people.area), _row(people.households.of.astype(np.float64))]
    shares = _circles(people, wanted, rows, profile)
    stubs = Stubs.of(np.arange(len(people)), wanted, rows[0], np.zeros(len(people), np.int64))
    own = draws.stream("synthesise: circle of friends").uniform(people.identity)[stubs.owner]
    owner, number = stubs.owner.astype(np.uint64), stubs.number.astype(np.uint64) | STUB
    faithful = draws.stream("synthesise: friends within the circle").pair_uniform(owner, number)
    elsewhere = draws.stream("synthesise: friends in other circles").pair_uniform(owner, number)
    loyalty = min(1.0, (profile.number("friends_clustering") / _MOST_CLUSTERING) ** 0.5)
    circle = np.searchsorted(np.cumsum(shares)[:-1], np.where(faithful < loyalty, own, elsewhere), side="right")
    stubs.block = circle.astype(np.int64)
    stubs.position = np.stack(rows)[circle, stubs.owner] * shares[circle]
    known = Tied(tied.residents, tied.codes)
    first, _, left = match(draws, "friends", stubs, _FRIENDS_WIDTH, tied, _ROUNDS)
    left = Stubs(left.owner, left.number, rows[0][left.owner], np.zeros(len(left), np.int64))
    second, _, left = match(draws, "friends found later", left, 4 * _FRIENDS_WIDTH, tied, 2 * _ROUNDS)
    pairs = np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
    alike = _of_like_gender(draws, people, profile, pairs, known)
    tied.codes = known.codes
    tied.add(pair_codes(*alike, tied.residents))
    return alike, len(left) + len(pairs[0]) - len(alike[0])


def _of_like_gender(draws: Draws, people: People, profile: Profile, pairs: Pairs, known: Tied) -> Pairs:
    """Let friendships exchange partners until as many as wanted are between people of the same gender.

    Only friendships of people of like age in the same neighbourhood exchange partners; how many are of the same twenty
    years of age stays, and clustering comes to what is wanted where circles of friends could not bring it about.
    Exchanges that would make friends of people of one household or family are left out.
    """
    gender = people.woman.astype(np.int64)
    years = twenty_years(people.age)
    size = int(years.max()) + 1
    one, other = pairs
    if not len(one):
        return pairs
    now = np.bincount(np.minimum(years[one], years[other]) * size + np.maximum(years[one], years[other]),
                      minlength=size**2).reshape(size, size) / len(one)  # fmt: skip
    of_years = np.where(np.triu(np.ones((size, size), np.bool_)), now, np.nan)
    same = profile.number("friends_same_gender")
    ends = np.bincount(gender[np.concatenate(pairs)], minlength=2) / (2 * len(one))
    across = min(1.0 - same, 2.0 * float(ends.min()))
    of_gender = np.array([[ends[0] - across / 2, across], [np.nan, ends[1] - across / 2]])
    wanted = Wanted(
        (Mixing(gender, of_gender), Mixing(years, of_years)), profile.number("friends_clustering"), tolerance=0.005
    )
    found = rewired(draws, pairs, people.area * size + years, wanted, len(people))
    good = ~known.has(pair_codes(*found, known.residents))
    return found[0][good], found[1][good]


def _row(position: Floats, area: Ints | None = None) -> Floats:
    """Return each resident's place in the row of all residents, by area where given, then by position."""
    order = np.argsort(position, kind="stable") if area is None else np.lexsort((position, area))
    place = np.empty(len(position))
    place[order] = np.arange(len(position))
    return place


def _circles(people: People, wanted: Ints, rows: list[Floats], profile: Profile) -> Floats:
    """Return the share of each circle, such that ``friends_same_age`` comes out.

    The third circle ignores age; how many friends of the first two are of the same twenty years is read off
    the rows, from residents a few places apart.
    """
    years = twenty_years(people.age)
    by_chance = np.bincount(years, weights=wanted.astype(np.float64)) / max(1, int(wanted.sum()))
    random = float((by_chance**2).sum())
    reach = min(round(4 * _FRIENDS_WIDTH), len(people) - 1)
    alike = []
    for row in rows[:2]:
        lined_up = years[np.argsort(row)]
        alike.append(float(np.mean(lined_up[reach:] == lined_up[: len(row) - reach])))
    near = profile.number("friends_nearby")
    like = (1.0 - near) * alike[0] + near * alike[1]
    mixed = (
        float(np.clip((like - profile.number("friends_same_age")) / (like - random), 0, 1)) if like > random else 0.0
    )
    return np.array([(1.0 - mixed) * (1.0 - near), (1.0 - mixed) * near, mixed])


def _neighbour_ties(draws: Draws, people: People, profile: Profile, tied: Tied) -> Pairs:
    """Join people who live near each other in the same neighbourhood."""
    stream = draws.stream("synthesise: neighbours wanted")
    weights = np.bincount(people.band, minlength=len(AGE_BANDS)).astype(np.float64)
    rates = scaled(profile.by_age("neighbours_talk_by_age"), weights, profile.number("neighbours_talk"))
    talks = rank_within(stream.uniform(people.identity), people.band) < rates[people.band]
    who = np.flatnonzero(talks)
    count = 1 + assign(stream.uniform(people.identity, 1)[who], profile.list("neighbours"))
    address = people.households.start[people.households.of].astype(np.float64)
    stubs = Stubs.of(who, count, address[who], people.area[who])
    pairs, _, _ = match(draws, "neighbours", stubs, _NEIGHBOURS_WIDTH, tied, _ROUNDS)
    return pairs


def _group_ties(draws: Draws, people: People, profile: Profile, tied: Tied) -> tuple[list[Place], Pairs, Ints]:
    """Make places and their members, and join some of the members of each place."""
    places: list[Place] = []
    owners, counts, blocks = [], [], []
    for sort in SORTS:
        stream = draws.stream(f"synthesise: members of {sort}")
        members, number = _members(people, sort, profile, stream.uniform(people.identity))
        mean = profile.table("place_ties")[sort]
        wanted = np.floor(2.0 * mean * stream.uniform(people.identity, 1)[members] + 0.5).astype(np.int64)
        owners.append(members)
        counts.append(wanted)
        blocks.append(len(places) + number)
        places += _places(sort, members, number, len(people))
    owner, count, block = np.concatenate(owners), np.concatenate(counts), np.concatenate(blocks)
    sizes = np.bincount(block, minlength=len(places))
    luck = draws.stream("synthesise: corner of the place").pair_uniform(
        owner.astype(np.uint64), block.astype(np.uint64) | STUB
    )
    stubs = Stubs.of(owner, count, np.round(luck * sizes[block], 6), block)
    pairs, number, _ = match(draws, "fellow members", stubs, _PLACE_WIDTH, tied, _ROUNDS)
    return places, pairs, number


def _members(people: People, sort: str, profile: Profile, luck: Floats) -> tuple[Ints, Ints]:
    """Return who belongs to a sort of place, and to which one of them.

    Hubs and faith groups draw on the streets around them, clubs on people of like age, workplaces on anybody
    of working age.
    """
    may = people.band <= _OLDEST_WORKING_BAND if sort == "workplace" else np.ones(len(people), np.bool_)
    eligible = np.flatnonzero(may)
    count = min(round(profile.table("place_members")[sort] * len(people)), len(eligible))
    members = np.sort(eligible[np.argsort(luck[eligible], kind="stable")[:count]])
    if sort == "workplace":
        order = np.argsort(luck[members], kind="stable")
    elif sort == "club":
        order = np.argsort(people.age[members] + 40.0 * luck[members] * len(people) / max(1, count), kind="stable")
    else:
        order = np.argsort(people.households.of[members], kind="stable")
    size = max(1.0, profile.table("place_size")[sort])
    how_many = int(np.clip(round(count / size), 1, _MOST_PLACES))
    number = np.empty(count, np.int64)
    number[order] = np.repeat(np.arange(how_many), quota(np.ones(how_many), count))
    return members, number


def _places(sort: str, members: Ints, number: Ints, residents: int) -> list[Place]:
    """Return the places of a sort; of hubs and faith groups the first bears the plain name."""
    made = []
    for i in range(int(number.max(initial=0)) + 1):
        flags: NDArray[np.bool_] = np.zeros(residents, np.bool_)
        flags[members[number == i]] = True
        plain = i == 0 and sort in ("hub", "faith_group")
        made.append(Place(sort if plain else f"{sort}_{i + 1}", sort, flags))
    return made
