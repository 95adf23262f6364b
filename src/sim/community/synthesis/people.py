"""The people: age, gender, household, neighbourhood, lived experience, influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.community.synthesis.keyed import Floats, Ints, scaled
from sim.community.synthesis.profile import AGE_BANDS, Profile
from sim.rng import Draws, Identities

__all__ = ["Households", "People", "make_people"]

_FIRST_AGE = np.array([16.0, 25.0, 35.0, 50.0, 65.0, 75.0])
_YEARS = np.array([9.0, 10.0, 15.0, 15.0, 10.0, 20.0])
"""Least age and width of each band; 75+ is taken to end at 95."""

_ALONE, _COUPLE, _WITH_PARENTS, _LONE_PARENT, _SHARING = range(5)

_PARTNERS_APART = 4.0
"""Partners and sharers are matched by age, give or take so many years."""
_PARENTS_APART = 5.0
"""Years by which the distance between parent and child varies to either side."""


@dataclass
class Households:
    """Households, numbered from 0 in the order of their addresses. Arrays have shape (households,)."""

    of: Ints
    """Each resident's household, shape (residents,)."""
    size: Ints
    first: Ints
    """The oldest member."""
    second: Ints
    """The second oldest member, -1 in a household of one."""
    members: Ints
    """Residents, household by household, oldest first, shape (residents,)."""
    start: Ints
    """Where each household begins in ``members``: also its address, in residents along the streets."""

    def __len__(self) -> int:
        return len(self.size)


@dataclass
class People:
    """Residents and what they are. Arrays have shape (residents,)."""

    identity: Identities
    band: Ints
    """Position in :data:`AGE_BANDS`."""
    age: Floats
    """Years; used to match people, not shown, since only the band is known."""
    woman: NDArray[np.bool_]
    households: Households
    area: Ints
    """Number of the neighbourhood, from 0."""
    lived_experience: NDArray[np.bool_]
    disclosed: NDArray[np.bool_]
    influence: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.band)


def make_people(draws: Draws, residents: int, profile: Profile) -> People:
    """Make residents with everything but their ties and outcomes."""
    who = np.arange(residents, dtype=np.uint64)

    def draw(rule: str, number: int = 0) -> Floats:
        return draws.stream(f"synthesise: {rule}").uniform(who, number)

    compose = profile.composition
    band = compose.assign(draw("age band"), profile.list("age"))
    age = np.round(_FIRST_AGE[band] + _YEARS[band] * draw("age"), 6)
    arrangement = _arrangements(draw("living arrangement"), band, profile)
    jitter = draw("household", 0) - draw("household", 1)
    partners, alone_after_all = _couples(age + _PARTNERS_APART * jitter, arrangement)
    arrangement[alone_after_all] = _ALONE
    numbers = _household_numbers(age, jitter, arrangement, partners, profile.number("age_gap_to_parent"))
    households = _by_address(numbers, age, draw("address"))
    woman = _genders(draw("gender"), draw("gender", 1), partners, residents, profile)
    lived = compose.choose(draw("lived experience"), band, _lived_experience_rates(band, profile))
    everybody = np.zeros(residents, np.int64)
    disclosed = np.zeros(residents, np.bool_)
    if lived.any():
        share = np.array([profile.number("disclosed")])
        disclosed[lived] = compose.choose(draw("disclosed")[lived], everybody[lived], share)
    influence = compose.choose(draw("influence"), everybody, np.array([profile.number("influential")]))
    areas = max(1, round(residents / profile.number("residents_per_area")))
    area = households.start[households.of] * areas // residents
    return People(who, band, age, woman, households, area, lived, disclosed, influence)


def _arrangements(draw: Floats, band: Ints, profile: Profile) -> Ints:
    """Return how each resident lives, each age band meeting its shares."""
    keys = ("living_alone", "living_as_couple", "living_with_parents", "lone_parent")
    upto = np.cumsum(np.stack([profile.by_age(key) for key in keys], axis=1), axis=1)
    return np.asarray((profile.composition.ranks(draw, band)[:, None] > upto[band]).sum(axis=1), np.int64)


def _couples(position: Floats, arrangement: Ints) -> tuple[Ints, Ints]:
    """Return couples, shape (couples, 2), of people next to each other in age, and who is left over."""
    people = np.flatnonzero(arrangement == _COUPLE)
    people = people[np.argsort(position[people], kind="stable")]
    even = len(people) - len(people) % 2
    return people[:even].reshape(-1, 2), people[even:]


def _household_numbers(age: Floats, jitter: Floats, arrangement: Ints, partners: Ints, gap: float) -> Ints:
    """Return a household number for each resident, in no particular order of households."""
    number = np.full(len(age), -1, np.int64)
    number[partners] = np.arange(len(partners))[:, None]
    single = np.flatnonzero((arrangement == _ALONE) | (arrangement == _LONE_PARENT))
    number[single] = len(partners) + np.arange(len(single))
    made = len(partners) + len(single)
    lone = np.flatnonzero(arrangement == _LONE_PARENT)
    hosts = np.concatenate([number[partners[:, 0]], number[lone]])
    children = np.flatnonzero(arrangement == _WITH_PARENTS)
    sharing = arrangement == _SHARING
    if len(hosts):
        host_age = np.concatenate([age[partners].mean(axis=1), age[lone]])
        order = np.argsort(host_age, kind="stable")
        wanted = age[children] + gap + _PARENTS_APART * jitter[children]
        nearest = np.minimum(np.searchsorted(host_age[order], wanted), len(hosts) - 1)
        number[children] = hosts[order[nearest]]
    else:
        sharing[children] = True
    sharers = np.flatnonzero(sharing)
    sharers = sharers[np.argsort((age + _PARTNERS_APART * jitter)[sharers], kind="stable")]
    index = np.arange(len(sharers))
    shared = 2 * (index // 5) + (index % 5 >= 2)  # households of two and of three, in turn
    if len(index) > 1 and len(index) % 5 in (1, 3):
        shared[-1] = shared[-2]  # nobody who shares is left by herself
    number[sharers] = made + shared
    return number


def _by_address(number: Ints, age: Floats, draw: Floats) -> Households:
    """Give households numbers in the order of their addresses, a draw of each one's lowest id."""
    held, founder, compact = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(draw[founder], kind="stable")
    place = np.empty(len(held), np.int64)
    place[order] = np.arange(len(held))
    of = place[compact]
    size = np.bincount(of, minlength=len(held))
    members = np.lexsort((-age, of))
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    second = np.where(size > 1, members[np.minimum(start + 1, len(members) - 1)], -1)
    return Households(of, size, members[start], second, members, start)


def _genders(draw: Floats, other: Floats, partners: Ints, residents: int, profile: Profile) -> NDArray[np.bool_]:
    """Say who is a woman: most couples are a woman and a man, and the others make up the share of women."""
    woman = np.zeros(residents, np.bool_)
    first, second = partners[:, 0], partners[:, 1]
    woman[first] = draw[first] < 0.5
    alike = other[second] < profile.number("couples_of_one_gender")
    woman[second] = woman[first] == alike
    rest = np.ones(residents, np.bool_)
    rest[partners] = False
    left = int(rest.sum())
    if left:
        known = woman.sum() if not profile.composition.sampled else (residents - left) / 2
        rate = (profile.number("women") * residents - known) / left
        woman[rest] = profile.composition.choose(draw[rest], np.zeros(left, np.int64), np.array([rate]))
    return woman


def _lived_experience_rates(band: Ints, profile: Profile) -> Floats:
    """Return the share with lived experience by age band, ages 16 to 64 meeting theirs together."""
    weights = np.bincount(band, minlength=len(AGE_BANDS)).astype(np.float64)
    weights[AGE_BANDS.index("65-74") :] = 0.0
    return scaled(profile.by_age("lived_experience_by_age"), weights, profile.number("lived_experience"))
