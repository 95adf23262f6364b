"""Targets of a synthesised community beside what was achieved, and what a reader must know."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community, Match
from sim.community.describe import transitivity
from sim.community.synthesis.keyed import Floats
from sim.community.synthesis.network import Network, twenty_years
from sim.community.synthesis.outcomes import OFTEN, close_ties, tie_correlation
from sim.community.synthesis.people import People
from sim.community.synthesis.profile import AGE_BANDS, PROFILES, Profile

__all__ = ["FRIEND_CLASSES", "matches_of", "notes_of"]

FRIEND_CLASSES = {"0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4-5": (4, 5), "6+": (6, 10**6)}
"""Least and greatest number of close friends in each class of the distribution."""

_ONLY_CHECKED = ("friends_lived_experience", "no_influential_tie", "isolated")
"""Figures that nothing is made from."""


class _Matches:
    """Collects targets; in small communities one resident more or less counts as met."""

    def __init__(self, residents: int, profile: Profile) -> None:
        self.found: list[Match] = []
        self._residents = residents
        self._profile = profile

    def add(
        self, key: str, target: str, wanted: float, achieved: float, tolerance: float, of: int = 0, group: str = ""
    ) -> None:
        """Add one target; ``of`` is the number of residents that it speaks of, all unless given.

        Where residents are drawn one by one, shares may differ by as much as shares of samples do.
        """
        if key in _ONLY_CHECKED and key in self._profile.borrowed:
            return  # nothing was made to meet another country's figure
        residents = max(1, of or self._residents)
        slack = 1.0 / residents
        if self._profile.composition.sampled and 0.0 <= wanted <= 1.0:
            slack += 3.0 * (wanted * (1.0 - wanted) / residents) ** 0.5
        own = self._profile.tolerance(key, group)
        within = tolerance + slack if own is None else own
        self.found.append(Match(target, float(wanted), float(achieved), within, self._profile.source(key)))


def matches_of(community: Community, people: People, network: Network, profile: Profile) -> list[Match]:
    """Return every target with what was achieved, the greatest difference allowed and its source."""
    found = _Matches(len(people), profile)
    _people(found, people, profile)
    _friends(found, community, people, network, profile)
    _ties(found, community, people, profile)
    _loneliness(found, community, people, network, profile)
    _stigma(found, community, people, network, profile)
    return found.found


def _share(flags: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(flags[among].mean()) if among.any() else 0.0


def _people(found: _Matches, people: People, profile: Profile) -> None:
    for code, (band, share) in enumerate(zip(AGE_BANDS, profile.list("age"), strict=True)):
        found.add("age", f"residents aged {band}", share, float((people.band == code).mean()), 0.01,
                  group=band)  # fmt: skip
    found.add("women", "women", profile.number("women"), people.woman.mean(), 0.02)
    adult = people.band < AGE_BANDS.index("65-74")
    wanted = profile.number("lived_experience")
    achieved = _share(people.lived_experience, adult)
    found.add("lived_experience", "lived experience at 16 to 64", wanted, achieved, 0.015, int(adult.sum()))
    concerned = people.lived_experience
    achieved = _share(people.disclosed, concerned)
    found.add("disclosed", "open about it", profile.number("disclosed"), achieved, 0.02, int(concerned.sum()))
    found.add("influential", "influential residents", profile.number("influential"), people.influence.mean(), 0.005)


def _friends(found: _Matches, community: Community, people: People, network: Network, profile: Profile) -> None:
    friends = community.ties.degree(["friend"])
    for (name, (least, most)), share in zip(FRIEND_CLASSES.items(), profile.list("close_friends"), strict=True):
        achieved = float(((friends >= least) & (friends <= most)).mean())
        found.add(
            "close_friends",
            f"residents with {name} close friend{'' if name == '1' else 's'}",
            share,
            achieved,
            0.05,
            group=name,
        )
    concerned = people.lived_experience
    mean = float(friends[concerned].mean()) if concerned.any() else 0.0
    wanted = profile.number("friends_lived_experience")
    found.add("friends_lived_experience", "mean friends of people with lived experience", wanted, mean, 1.0)
    is_friend = network.kind == community.ties.kinds.index("friend")
    one, other = network.one[is_friend], network.other[is_friend]
    years = twenty_years(people.age)
    same = float((years[one] == years[other]).mean()) if len(one) else 0.0
    wanted = profile.number("friends_same_age")
    found.add("friends_same_age", "friends of the same twenty years of age", wanted, same, 0.08, len(one))
    alike = float((people.woman[one] == people.woman[other]).mean()) if len(one) else 0.0
    wanted = profile.number("friends_same_gender")
    found.add("friends_same_gender", "friends of the same gender", wanted, alike, 0.04, len(one))
    wanted = profile.number("friends_clustering")
    achieved = transitivity(community, ["friend"])
    found.add("friends_clustering", "friends of a resident who are friends", wanted, achieved, 0.1)


def _ties(found: _Matches, community: Community, people: People, profile: Profile) -> None:
    neighbours = community.ties.degree(["neighbour"])
    achieved = float((neighbours > 0).mean())
    found.add(
        "neighbours_talk",
        "residents who chat to neighbours",
        profile.number("neighbours_talk"),
        achieved,
        0.05,
    )
    wanted = profile.table("place_members")["hub"]
    in_hub = np.zeros(len(people), np.bool_)
    for place in community.places.items:
        in_hub |= place.members & (place.sort == "hub")
    found.add("place_members", "members of a hub", wanted, in_hub.mean(), 0.01, group="hub")
    pairs = community.ties.pairs()
    reached = np.zeros(len(people), np.bool_)
    reached[pairs["one"][people.influence[pairs["other"]]]] = True
    reached[pairs["other"][people.influence[pairs["one"]]]] = True
    wanted = profile.number("no_influential_tie")
    found.add(
        "no_influential_tie",
        "residents without a tie to anybody influential",
        wanted,
        (~reached).mean(),
        0.07,
    )
    alone = community.ties.degree(["household", "family", "friend"]) == 0
    found.add("isolated", "residents without a close tie", profile.number("isolated"), alone.mean(), 0.02)


def _loneliness(found: _Matches, community: Community, people: People, network: Network, profile: Profile) -> None:
    column = community.columns.outcome("loneliness")
    often, never = column.observed > OFTEN, column.observed <= 0.0
    found.add("lonely_often", "lonely often or always", profile.number("lonely_often"), often.mean(), 0.005)
    found.add("lonely_never", "never lonely", profile.number("lonely_never"), never.mean(), 0.005)
    pattern = profile.by_age("lonely_often_by_age")
    average = pattern[people.band].mean()
    for code in (0, 1, 4, 5):
        wanted = pattern[code] * profile.number("lonely_often") / average if average > 0 else 0.0
        at = people.band == code
        text = f"lonely often or always at {AGE_BANDS[code]}"
        found.add("lonely_often_by_age", text, wanted, _share(often, at), 0.03, int(at.sum()),
                  group=AGE_BANDS[code])  # fmt: skip
    concerned = people.lived_experience
    wanted = profile.number("lonely_often_lived_experience")
    text, achieved = "lonely often or always with lived experience", _share(often, concerned)
    found.add("lonely_often_lived_experience", text, wanted, achieved, 0.04, int(concerned.sum()))
    _correlation(found, "loneliness", column.values, network, profile)


def _stigma(found: _Matches, community: Community, people: People, network: Network, profile: Profile) -> None:
    latent = community.columns.outcome("stigma").values
    found.add("stigma_mean", "stigma, mean of the latent value", profile.number("stigma_mean"), latent.mean(), 0.005)
    found.add("stigma_sd", "stigma, standard deviation", profile.number("stigma_sd"), latent.std(), 0.01)
    _correlation(found, "stigma", latent, network, profile)
    concerned = people.lived_experience
    high = community.columns.outcome("self_stigma").observed > 0.5
    wanted, achieved = profile.number("self_stigma_high"), _share(high, concerned)
    text = "moderate or high self-stigma with lived experience"
    found.add("self_stigma_high", text, wanted, achieved, 0.03, int(concerned.sum()))


def _correlation(found: _Matches, name: str, latent: Floats, network: Network, profile: Profile) -> None:
    one, other, _ = close_ties(network)
    key = f"{name}_clustering"
    achieved = tie_correlation(latent, one, other)
    tolerance = 0.06 + 2.0 / np.sqrt(max(1, len(one)))
    found.add(key, f"correlation of {name} between close ties", profile.number(key), achieved, tolerance)


def notes_of(people: People, network: Network, profile: Profile) -> list[str]:
    """Return what a reader must know about a synthesised community."""
    places = {sort: sum(place.sort == sort for place in network.places) for sort in ("hub", "workplace")}
    notes = [
        f"Made from published statistics (profile {profile.name}); no resident is a real person.",
        "Put in by the synthesis and not found by the model: that loneliness and stigma are alike between "
        "close ties, that loneliness differs by age and is higher with lived experience, and that stigma "
        "differs by age and gender.",
        "Only residents aged 16 and over; all their ties are taken to lie within the community, and lived "
        "experience plays no part in who is tied to whom.",
        "Assumed for want of figures: how many kin, neighbours and fellow members are known, how strong ties "
        "are, who belongs to places, and how scores of loneliness spread.",
        f"{_counted(len(people.households), 'household')}, {_counted(places['hub'], 'hub')} and "
        f"{_counted(places['workplace'], 'workplace')}.",
    ]
    if network.unmatched:
        notes.append(f"{network.unmatched} wished-for friends could not be matched and were left out.")
    if profile.borrowed and profile.name != PROFILES[0]:
        notes.append(
            f"The profile {profile.name} has no figures of its own for these; England's are taken, as an assumption: "
            f"{', '.join(sorted(profile.borrowed))}."
        )
    if profile.composition.sampled:
        notes.append("Residents are drawn one by one, so that the composition of communities differs as samples do.")
    if profile.overridden:
        notes.append(f"Set by the scenario instead of the profile: {', '.join(sorted(profile.overridden))}.")
    return notes


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
