"""A community in figures: how large, how connected, how mixed, how far apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.community.centrality import communities, links_of
from sim.community.community import Community
from sim.community.small_cells import LEAST_SHOWN, hidden
from sim.community.ties import CORE_KINDS
from sim.rng import Draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["components", "describe", "homophily", "mixing", "transitivity"]

Numbers = NDArray[np.int64]

DEGREE_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 10**9))
"""Least and greatest number of ties in each class of the distribution."""

_PIVOTS = 100
"""Residents from whom distances are measured at most."""
_WORK = 20_000_000
"""Entries (directions of a tie) that the search for distances may look at, but for the least number of pivots."""
_FEWEST_PIVOTS = 10
_MOST_FOR_PARTS = 200_000
"""Residents beyond whom network communities are not looked for: it would take minutes."""


@dataclass
class _Figures:
    """Rows of the description; for surveyed people without those that would give away a few of them."""

    private: bool
    rows: list[tuple[str, str, float]] = field(default_factory=list)

    def add(self, part: str, figure: str, value: float, few: bool = False) -> None:
        """Add a figure; ``few`` says that it speaks of a few residents."""
        self.rows.append((part, figure, float("nan") if few and self.private else float(value)))

    def add_share(self, part: str, figure: str, concerned: int, of: int) -> None:
        """Add a share of residents; neither those whom it counts nor the others may be few."""
        few = bool(hidden([concerned, of - concerned]).any())
        self.add(part, figure, concerned / max(1, of), few)


def describe(community: Community) -> pd.DataFrame:
    """Return figures that describe a community.

    Of a community from a survey (``community.private``), figures that speak of fewer than ten residents, and those from
    which they could be worked out, are undefined (NaN).

    Returns
    -------
    pandas.DataFrame
        Columns ``part`` (size, degree, connection, mixing, bridging, distance), ``figure`` (in words, unique) and
        ``value``: size, ties by kind, numbers of ties and their distribution, residents without close ties,
        components, clustering; for each group column the share of ties within a group beside the share expected by
        chance; ties across the line of lived experience; network communities; distances, measured from a sample.
        Which group is tied to which: :func:`mixing`.
    """
    import pandas as pd

    found = _Figures(community.private)
    _size(found, community)
    _degree(found, community)
    _connection(found, community)
    for column in community.groups:
        within, by_chance = homophily(community, column)
        found.add("mixing", f"ties within {column}", within)
        found.add("mixing", f"ties within {column}, by chance", by_chance)
    _bridging(found, community)
    _distance(found, community)
    table = pd.DataFrame(found.rows, columns=["part", "figure", "value"])
    if community.private and len(community) < LEAST_SHOWN:
        table["value"] = float("nan")
    return table


def _size(found: _Figures, community: Community) -> None:
    ties = community.ties
    by_kind = ties.degrees().sum(axis=0) / 2
    found.add("size", "residents", len(community))
    found.add("size", "ties", ties.count)
    gone = hidden(by_kind)
    for code, kind in enumerate(ties.kinds):
        found.add("size", f"ties: {kind}", by_kind[code], bool(gone[code]))
    found.add("size", "places", len(community.places))


def _degree(found: _Figures, community: Community) -> None:
    ties, residents = community.ties, len(community)
    degrees = ties.degrees()
    degree = degrees.sum(axis=1) if residents else np.zeros(1, np.int64)
    few_ties = hidden(degrees.sum(axis=0) / 2)
    for name, value in (("mean", degree.mean()), ("standard deviation", degree.std()), ("median", np.median(degree))):
        found.add("degree", f"ties per resident, {name}", float(value))
    found.add("degree", "ties per resident, greatest", degree.max(), few=True)
    for code, kind in enumerate(ties.kinds):
        mean = float(degrees[:, code].mean()) if residents else 0.0
        found.add("degree", f"ties per resident: {kind}, mean", mean, bool(few_ties[code]))
    counts = [int(((degree >= least) & (degree <= most)).sum()) for least, most in DEGREE_CLASSES] if residents else []
    for (least, most), count, gone in zip(DEGREE_CLASSES, counts, hidden(counts), strict=False):
        named = f"{least}" if least == most else f"{least} to {most}" if most < 10**9 else f"{least} or more"
        found.add("degree", f"share with {named} ties", count / residents, bool(gone))


def _connection(found: _Figures, community: Community) -> None:
    residents = len(community)
    sizes = components(community)
    without, close = int((community.ties.length == 0).sum()), int((community.ties.degree(CORE_KINDS) == 0).sum())
    found.add_share("connection", "share without any tie", without, residents)
    found.add_share("connection", "share without a household, family or friend tie", close, residents)
    found.add("connection", "components", len(sizes))
    found.add_share("connection", "share in the largest component", int(sizes.max(initial=0)), residents)
    found.add("connection", "clustering (share of connected triples that close)", transitivity(community))
    if residents <= _MOST_FOR_PARTS and community.ties.count:
        links = links_of(community.ties)
        part = communities(links, Draws(1).stream("describe: network communities").uniform(community.identity))
        found.add("connection", "network communities (Leiden)", int(part.max(initial=-1)) + 1)
        found.add(
            "bridging", "ties across network communities", float((part[links.rows] != part[links.neighbour]).mean())
        )


def _bridging(found: _Figures, community: Community) -> None:
    """Add how much of tie strength crosses the line of lived experience, as it is and relative to chance."""
    lived = community.flag("lived_experience")
    if not lived.any() or lived.all():
        return
    pairs = community.ties.pairs()
    one, other, strength = lived[pairs["one"]], lived[pairs["other"]], pairs["strength"]
    whole = float(strength.sum())
    if whole <= 0:
        return
    share = float((strength * one).sum() + (strength * other).sum()) / (2 * whole)
    crossing = float(strength[one != other].sum()) / whole
    few = bool(hidden([int(lived.sum()), int((~lived).sum())]).any())
    found.add("bridging", "tie strength across the line of lived experience", crossing, few)
    if 0 < share < 1:
        found.add("bridging", "the same, relative to chance", crossing / (2 * share * (1 - share)), few)


def _distance(found: _Figures, community: Community) -> None:
    """Add how many steps apart residents are, from a sample of them."""
    ties = community.ties
    if not ties.count:
        return
    number = min(len(community), max(_FEWEST_PIVOTS, min(_PIVOTS, _WORK // (2 * ties.count))))
    luck = Draws(1).stream("describe: distances from").uniform(community.identity)
    counts, beyond = np.zeros(1, np.int64), 0
    for pivot in np.argsort(luck, kind="stable")[:number]:
        source = np.zeros(len(community), np.bool_)
        source[pivot] = True
        steps = ties.distance(source, ties.kinds, len(community))
        reached = np.bincount(steps[steps > 0])
        width = max(len(counts), len(reached))
        counts = np.pad(counts, (0, width - len(counts))) + np.pad(reached, (0, width - len(reached)))
        beyond += int((steps < 0).sum())
    total = int(counts.sum())
    few = len(community) < 2 * LEAST_SHOWN
    if total:
        mean = float((counts * np.arange(len(counts))).sum()) / total
        found.add("distance", "steps between two residents, mean", mean, few)
        upto = np.cumsum(counts) / total
        found.add("distance", "steps within which nine pairs in ten lie", int(np.searchsorted(upto, 0.9)), few)
    found.add("distance", "share of pairs that are not connected", beyond / max(1, beyond + total), few)


def mixing(community: Community, column: str) -> pd.DataFrame:
    """Return of the ties of each group which share leads to each group.

    Returns
    -------
    pandas.DataFrame
        Columns ``column``, ``group``, ``to``, ``ties`` (directions of ties, so that ties within a group count twice)
        and ``share`` (of the ties of ``group``). Of a community from a survey, what rests on fewer than ten residents
        or ties, or would give that away, is undefined (NaN).
    """
    import pandas as pd

    names, group = community.group_codes(column)
    pairs = community.ties.pairs()
    one, other = group[pairs["one"]], group[pairs["other"]]
    known = (one >= 0) & (other >= 0)
    one, other = one[known], other[known]
    count = np.zeros((len(names), len(names)), np.int64)
    np.add.at(count, (one, other), 1)
    count += count.T
    sizes = np.bincount(group[group >= 0], minlength=len(names))
    gone = hidden(sizes) if community.private else np.zeros(len(names), np.bool_)
    rows = []
    for a, name in enumerate(names):
        # ties within a group stand twice in its row: judged by their number
        cells = np.where(np.arange(len(names)) == a, count[a] // 2, count[a])
        few = hidden(cells) if community.private else np.zeros(len(names), np.bool_)
        whole = int(count[a].sum())
        for b, to in enumerate(names):
            shown = not (gone[a] or gone[b] or few[b])
            ties = float(count[a, b]) if shown else float("nan")
            rows.append((column, name, to, ties, ties / whole if whole else float("nan")))
    return pd.DataFrame(rows, columns=["column", "group", "to", "ties", "share"])


def components(community: Community) -> Numbers:
    """Return the sizes of the connected parts of a community."""
    from scipy.sparse.csgraph import connected_components

    if not len(community):
        return np.empty(0, np.int64)
    _, part = connected_components(_matrix(community, community.ties.kinds), directed=False)
    return np.asarray(np.bincount(part), np.int64)


def transitivity(community: Community, kinds: Iterable[str] | None = None) -> float:
    """Return the share of pairs with a common tie that are tied themselves (0..1), over some kinds or all."""
    matrix = _matrix(community, list(community.ties.kinds if kinds is None else kinds))
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    triples = float((degree * (degree - 1)).sum())
    return float((matrix @ matrix).multiply(matrix).sum()) / triples if triples else 0.0


def homophily(community: Community, column: str, kinds: Iterable[str] | None = None) -> tuple[float, float]:
    """Return the share of ties within a group, and the share expected if ties ignored the column.

    Residents whose group is missing are left out. The expected share weighs each group by its ties.
    """
    ties = community.ties
    pairs = ties.pairs()
    codes = [ties.kinds.index(kind) for kind in (ties.kinds if kinds is None else kinds) if kind in ties.kinds]
    _, group = community.group_codes(column)
    one, other = group[pairs["one"]], group[pairs["other"]]
    known = np.isin(pairs["kind"], codes) & (one >= 0) & (other >= 0)
    one, other = one[known], other[known]
    if not len(one):
        return 0.0, 0.0
    share = np.bincount(np.concatenate([one, other])) / (2 * len(one))
    return float((one == other).mean()), float((share**2).sum())


def _matrix(community: Community, kinds: Iterable[str]) -> Any:
    """Return the adjacency matrix (ones) of some kinds of tie."""
    from scipy.sparse import csr_matrix

    ties, size = community.ties, len(community)
    entries, rows = ties.entries(), ties.rows()
    wanted = set(kinds)
    counted = np.array([kind in wanted for kind in ties.kinds], np.bool_)[ties.kind[entries]]
    ends = (rows[counted], ties.neighbour[entries][counted])
    return csr_matrix((np.ones(int(counted.sum())), ends), shape=(size, size))
