"""A community in figures: how large, how connected, how mixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.ties import CORE_KINDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["components", "describe", "homophily", "transitivity"]


def describe(community: Community) -> pd.DataFrame:
    """Return figures that describe a community.

    Returns
    -------
    pandas.DataFrame
        Columns ``figure`` (in words) and ``value``: size, ties by kind, numbers of ties, residents without
        close ties, components, clustering, and for each group column the share of ties within a group beside
        the share expected by chance.
    """
    import pandas as pd

    ties = community.ties
    degrees = ties.degrees()
    degree = degrees.sum(axis=1) if len(community) else np.zeros(1)
    rows: list[tuple[str, float]] = [("residents", len(community)), ("ties", ties.count)]
    rows += [(f"ties: {kind}", degrees[:, code].sum() / 2) for code, kind in enumerate(ties.kinds)]
    rows += [
        ("ties per resident, mean", degree.mean()),
        ("ties per resident, standard deviation", degree.std()),
        ("ties per resident, median", float(np.median(degree))),
        ("ties per resident, greatest", degree.max()),
    ]
    rows += [(f"ties per resident: {kind}, mean", degrees[:, code].mean()) for code, kind in enumerate(ties.kinds)]
    sizes = components(community)
    close = ties.degree(CORE_KINDS)
    rows += [
        ("share without any tie", float((degree == 0).mean())),
        ("share without a household, family or friend tie", float((close == 0).mean())),
        ("components", len(sizes)),
        ("share in the largest component", sizes.max(initial=0) / max(1, len(community))),
        ("clustering (share of connected triples that close)", transitivity(community)),
    ]
    for column in community.groups:
        within, by_chance = homophily(community, column)
        rows += [(f"ties within {column}", within), (f"ties within {column}, by chance", by_chance)]
    return pd.DataFrame([(name, float(value)) for name, value in rows], columns=["figure", "value"])


def components(community: Community) -> NDArray[np.int64]:
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
