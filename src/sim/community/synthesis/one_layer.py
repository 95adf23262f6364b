"""Communities whose one network is made from its statistics: numbers of ties, mixing, clustering, largest part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Column, Columns, Outcome
from sim.community.community import Community, Match
from sim.community.describe import components, transitivity
from sim.community.survey.columns import Answers
from sim.community.survey.outcomes import Drawing, flag, outcome
from sim.community.synthesis.keyed import Composition, Floats, Ints, quota
from sim.community.synthesis.outcomes import clustered, tie_correlation
from sim.community.synthesis.rewiring import Mixing, Wanted, network_like
from sim.community.synthesis.statistics import Attribute, Statistics
from sim.community.ties import Ties
from sim.evidence import entry
from sim.rng import Draws, Identities

__all__ = ["make_one_layer"]

_TOLERANCE = 0.005
"""How near shares of ties are brought to what is wanted, of all ties."""
_SHIFTS = 80
"""Steps in which groups' mean numbers of ties are brought to what is wanted."""


def make_one_layer(seed: int, residents: int, wanted: Statistics, composition: Composition, source: str) -> Community:
    """Return a community with friends only, whose network has given statistics."""
    draws = Draws(seed)
    who = np.arange(residents, dtype=np.uint64)
    groups = {
        name: composition.assign(
            draws.stream(f"synthesise: {name}").uniform(who), np.array([*each.shares.values()], np.float64)
        )
        for name, each in wanted.attributes.items()
    }
    block = _blocks(groups, wanted, residents)
    degree = _within_reach(_evened(_degrees(draws, who, groups, wanted), block), block)
    one, other = network_like(draws, degree, block, _wanted(wanted, groups, degree))
    columns = Columns()
    for name, each in wanted.attributes.items():
        columns.put(Column(name, groups[name], categories=tuple(each.shares), source=source))
    notes = _outcomes(draws, who, columns, one, other, wanted)
    ties = Ties.from_pairs(residents, one, other, _strengths(draws, one, other), 0, kinds=("friend",))
    community = Community(
        ids=np.arange(residents, dtype=np.int64), columns=columns, ties=ties,
        groups=(*wanted.attributes, "lived_experience"),
        title=f"A made-up community of {residents:,} residents, from statistics of its network",
        notes=[
            "Made from statistics of one network; no resident is a real person. Attributes are independent of each "
            "other but for what mixing implies.",
            *notes,
        ],
        seed=seed,
    )  # fmt: skip
    community.matches = _matches(community, wanted, groups, degree, source)
    return community


def _degrees(draws: Draws, who: Identities, groups: Mapping[str, Ints], wanted: Statistics) -> Ints:
    """Return how many ties each resident is to have: the distribution is met, and groups' means as near as can be."""
    numbers = np.array([*wanted.degrees], np.int64)
    sequence = np.sort(np.repeat(numbers, quota(np.array([*wanted.degrees.values()], np.float64), len(who))))
    own = np.round(draws.stream("synthesise: number of ties").normal(who), 6)
    shifts = {name: np.zeros(len(wanted.attributes[name].shares)) for name in groups}
    told = {name: _given(each, each.mean_ties) for name, each in wanted.attributes.items() if each.mean_ties}
    spread = max(1e-9, float(sequence.std()))
    degree = np.empty(len(who), np.int64)
    best, least = degree, np.inf
    for step in range(_SHIFTS if told else 1):
        score = own.copy()
        for name in told:
            score += shifts[name][groups[name]]
        degree = np.empty(len(who), np.int64)
        degree[np.argsort(np.round(score, 6), kind="stable")] = sequence
        misfit = 0.0
        for name, mean in told.items():
            sizes = np.bincount(groups[name], minlength=len(mean))
            now = np.bincount(groups[name], degree, len(mean)) / np.maximum(1, sizes)
            gap = np.where(np.isfinite(mean) & (sizes > 0), mean - now, 0.0)
            misfit += float((sizes * np.abs(gap)).sum())
            shifts[name] = shifts[name] + np.clip(gap / spread, -1.0, 1.0) * (0.7 if step < _SHIFTS // 2 else 0.2)
        if misfit < least:
            best, least = degree, misfit
    return best


def _evened(degree: Ints, block: Ints) -> Ints:
    """Let residents of two blocks exchange numbers of ties that differ by an odd number, so that every sum is even."""
    degree = degree.copy()
    odd = np.flatnonzero(np.bincount(block, degree).astype(np.int64) % 2)
    for left, right in zip(odd[0::2], odd[1::2], strict=False):
        mine, theirs = np.flatnonzero(block == left), np.flatnonzero(block == right)
        for apart in (1, 3, 5):
            found = np.argwhere(np.abs(degree[mine][:, None] - degree[theirs][None, :]) == apart)
            if len(found):
                a, b = mine[found[0, 0]], theirs[found[0, 1]]
                degree[a], degree[b] = degree[b], degree[a]
                break
    return degree


def _within_reach(degree: Ints, block: Ints) -> Ints:
    """Let residents who are to have more ties than there are others in their block exchange numbers with one elsewhere.

    With whom the difference is least, and even, so that every block's sum stays even; nobody where there is none.
    """
    degree, others = degree.copy(), np.bincount(block)[block] - 1
    for who in np.flatnonzero(degree > others).tolist():
        may = (degree <= others[who]) & (others >= degree[who]) & ((degree[who] - degree) % 2 == 0)
        if may.any():
            with_whom = int(np.argmax(np.where(may, degree, -1)))
            degree[who], degree[with_whom] = degree[with_whom], degree[who]
    return degree


def _given(attribute: Attribute, values: Mapping[str, float]) -> Floats:
    return np.array([values.get(name, np.nan) for name in attribute.shares])


def _blocks(groups: Mapping[str, Ints], wanted: Statistics, residents: int) -> Ints:
    """Return the block of each resident: ties never leave a group of an attribute that is closed."""
    block = np.zeros(residents, np.int64)
    for name, each in wanted.attributes.items():
        if each.closed:
            _, block = np.unique(block * len(each.shares) + groups[name], return_inverse=True)
    return np.asarray(block, np.int64)


def _wanted(wanted: Statistics, groups: Mapping[str, Ints], degree: Ints) -> Wanted:
    mixing = tuple(
        Mixing(groups[name], _cells(each, np.bincount(groups[name], degree, len(each.shares))))
        for name, each in wanted.attributes.items() if not each.closed and (each.within is not None or each.mixing)
    )  # fmt: skip
    return Wanted(mixing, wanted.clustering, wanted.largest_component, _TOLERANCE)


def _cells(attribute: Attribute, ends: NDArray[Any]) -> Floats:
    """Return the wanted share of all ties in each cell, row <= column; NaN where nothing is said.

    Where the two groups of a cell say different things about it, as they do in any sample, the middle is taken.
    """
    size, whole = len(ends), max(1.0, float(ends.sum()))
    said = np.full((size, size), np.nan)
    names = list(attribute.shares)
    if attribute.mixing is not None:
        for a, row in attribute.mixing.items():
            for b, share in row.items():
                said[names.index(a), names.index(b)] = share
    else:
        np.fill_diagonal(said, _within(attribute, ends))
    count = said * ends[:, None] / whole  # share of all ends that lead from row to column
    both = np.stack([count, count.T])
    known = np.isfinite(both)
    middle = np.where(known.any(axis=0), np.nansum(both, axis=0) / np.maximum(1, known.sum(axis=0)), np.nan)
    cells = np.where(np.eye(size, dtype=bool), middle, 2.0 * middle)
    return np.asarray(np.where(np.triu(np.ones((size, size), bool)), cells, np.nan))


def _within(attribute: Attribute, ends: NDArray[Any]) -> Floats:
    """Return the share of each group's ties that stay within it.

    Of one number for all, every group is drawn to its own equally: each keeps the same share of its ties for itself and
    spreads the others over everybody, itself included (Coleman 1958).
    """
    if isinstance(attribute.within, Mapping):
        return _given(attribute, attribute.within)
    share = ends / max(1.0, float(ends.sum()))
    chance = float((share**2).sum())
    inbred = (float(attribute.within or 0.0) - chance) / max(1e-9, 1.0 - chance)
    return np.asarray(np.clip(inbred + (1.0 - inbred) * share, 0.0, 1.0))


def _strengths(draws: Draws, one: Ints, other: Ints) -> Floats:
    mean, spread = float(entry("england.strength").value["friend"]), float(entry("england.strength_spread").value)
    luck = draws.stream("synthesise: strength").pair_uniform(one.astype(np.uint64), other.astype(np.uint64))
    return np.maximum(np.round(mean + spread * min(mean, 1.0 - mean) * (2.0 * luck - 1.0), 6), 1e-6)


def _outcomes(draws: Draws, who: Identities, columns: Columns, one: Ints, other: Ints, wanted: Statistics) -> list[str]:
    """Add what no statistics of a network say, drawn from England's, clustered on the network; return notes."""
    drawing = Drawing(draws, who)
    nothing: Answers = None  # type: ignore[assignment]  # what is drawn needs no answers
    everybody = np.ones(len(who), np.bool_)
    for name in ("lived_experience", "disclosed", "influence"):
        among = np.asarray(columns["lived_experience"].values, np.bool_) if name == "disclosed" else everybody
        columns.put(flag(nothing, drawing, name, None, among))
    for name in ("stigma", "self_stigma", "loneliness"):
        among = np.asarray(columns["lived_experience"].values, np.bool_) if name == "self_stigma" else everybody
        made = outcome(nothing, drawing, name, None, among)
        if name != "self_stigma":
            own = np.round(draws.stream(f"synthesise: {name}").normal(who), 6)
            score = np.round(clustered(own, one, other, _correlation(wanted, name)), 6)
            values = np.empty(len(who))
            values[np.argsort(score, kind="stable")] = np.sort(made.values)
            made = Outcome(name, values, unit="0 to 1", source=made.source)
        columns.put(made)
    return [note.replace("The survey does not hold", "The statistics do not hold") for note in drawing.notes]


def _correlation(wanted: Statistics, name: str) -> float:
    said: float | None = getattr(wanted, f"{name}_clustering")
    return float(entry(f"england.{name}_clustering").value) if said is None else said


def _matches(
    community: Community, wanted: Statistics, groups: Mapping[str, Ints], degree: Ints, source: str
) -> list[Match]:
    """Return every statistic with what was achieved."""
    found: list[Match] = []
    slack = 1.0 / len(community)

    def add(target: str, aim: float, achieved: float, tolerance: float, of: str = source) -> None:
        found.append(Match(target, float(aim), float(achieved), tolerance, of))

    made = community.ties.degree()
    whole = sum(wanted.degrees.values())
    for number, share in wanted.degrees.items():
        name = (
            "residents without ties (isolates)"
            if number == 0
            else f"residents with {number} tie{'' if number == 1 else 's'}"
        )
        add(name, share / whole, (made == number).mean(), 0.01 + slack)
    if wanted.clustering is not None:
        add("clustering (connected triples that close)", wanted.clustering, transitivity(community), 0.02)
    if wanted.largest_component is not None:
        largest = components(community).max(initial=0) / len(community)
        add("residents in the largest component", wanted.largest_component, largest, 0.03)
    pairs = community.ties.pairs()
    for name, each in wanted.attributes.items():
        _match_attribute(add, name, each, groups[name], made, pairs["one"], pairs["other"])
    for name in ("loneliness", "stigma"):
        aim, latent = _correlation(wanted, name), community.columns.outcome(name).values
        of = (
            source if getattr(wanted, f"{name}_clustering") is not None else entry(f"england.{name}_clustering").cited()
        )
        tolerance = 0.06 + 2.0 / np.sqrt(max(1, len(pairs["one"])))
        achieved = tie_correlation(latent, pairs["one"], pairs["other"])
        add(f"correlation of {name} between ties", aim, achieved, tolerance, of)
    return found


def _match_attribute(
    add: Callable[[str, float, float, float], None], name: str, attribute: Attribute, group: Ints, degree: Ints,
    one: Ints, other: Ints,
) -> None:  # fmt: skip
    """Add an attribute's shares, mean numbers of ties and mixing, each beside what was achieved."""
    names = list(attribute.shares)
    whole = sum(attribute.shares.values())
    sizes = np.bincount(group, minlength=len(names))
    for code, (label, share) in enumerate(attribute.shares.items()):
        add(f"residents with {name} {label}", share / whole, sizes[code] / len(group), 0.01 + 1.0 / len(group))
    for label, mean in attribute.mean_ties.items():
        code = names.index(label)
        if sizes[code]:
            achieved = degree[group == code].mean()
            add(f"mean ties with {name} {label}", mean, achieved, 0.05 * max(1.0, mean) + 2.0 / sizes[code])
    ends = np.bincount(group, degree, len(names))
    total = max(1, len(one))
    if attribute.closed:
        add(f"ties within {name}", 1.0, (group[one] == group[other]).mean() if len(one) else 0.0, 0.02)
    elif isinstance(attribute.within, float):
        add(f"ties within {name}", attribute.within, (group[one] == group[other]).mean() if len(one) else 0.0, 0.02)
    elif attribute.mixing is not None or attribute.within is not None:
        cells = _cells(attribute, ends)
        low, high = np.minimum(group[one], group[other]), np.maximum(group[one], group[other])
        now = np.bincount(low * len(names) + high, minlength=len(names) ** 2).reshape(len(names), -1) / total
        for a, b in np.argwhere(np.isfinite(cells)):
            add(f"of all ties, {name} {names[a]} with {names[b]}", cells[a, b], now[a, b], 0.02)
