"""Where residents stand in a picture: network communities apart from each other, each an evenly filled disc.

A force-directed picture of a whole community of 2,000 is a hairball. Here residents who belong together (by the
Leiden method) fill a disc of their own, discs with many ties between them lie near each other, and within its disc a
resident stands near those she is tied to. Residents without ties stand in rows below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.community.centrality import Links, communities, links_of
from sim.community.community import Community
from sim.rng import Draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_IN_PICTURE", "Layout", "Picture", "layout", "picture"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_IN_PICTURE = 20_000
"""Residents beyond which single ones can no longer be told apart in a picture."""

_GOLDEN_ANGLE = np.pi * (3.0 - 5.0**0.5)
_MOST_FORCED = 1200
"""Residents of one network community up to whom every pair repels; beyond, they stand in the order of a walk."""
_GAP = 2.8
"""Least distance between discs, in distances between residents."""
_ROUNDS_WITHIN = 120
_ROUNDS_BETWEEN = 600


@dataclass(frozen=True)
class Layout:
    """Positions in a picture; the mean distance between residents next to each other is about 1."""

    x: Floats
    """Shape (residents,)."""
    y: Floats
    """Shape (residents,)."""
    part: Numbers
    """Each resident's network community, the largest 0; -1 for residents without ties."""
    centre: Floats
    """Centres of the discs, shape (network communities, 2)."""
    radius: Floats
    """Radii of the discs, shape (network communities,)."""


@dataclass(frozen=True)
class Picture:
    """What a picture of a network shows, as tables: see :func:`sim.plots.network.network`."""

    nodes: pd.DataFrame
    """One row a resident: ``x``, ``y``, ``part`` and ``value`` (a number, or the name of a group)."""
    ties: pd.DataFrame
    """One row a tie: ``one``, ``other``, ``strength``."""
    label: str
    """What the values are, in words."""
    order: tuple[str, ...]
    """Groups in their order; empty for numbers."""
    ordered: bool
    """Whether groups are steps of something."""
    limits: tuple[float, float] | None
    """Least and greatest value that can be, where that is known."""


def picture(community: Community, column: str, places: Layout | None = None) -> Picture:
    """Return a picture's tables, residents coloured by a column.

    Parameters
    ----------
    community
        Who there is and how they are connected.
    column
        Name of a column.
    places
        Where residents stand, e.g. as in a picture from before; laid out where absent.

    Raises
    ------
    InputError
        If the community has no such column.
    """
    import pandas as pd

    held = community.columns[column]
    found = layout(community) if places is None else places
    nodes = pd.DataFrame({"x": found.x, "y": found.y, "part": found.part})
    nodes["value"] = np.where(held.observed, "yes", "no") if held.is_flag else held.decoded()
    pairs = community.ties.pairs()
    return Picture(
        nodes=nodes,
        ties=pd.DataFrame({name: pairs[name] for name in ("one", "other", "strength")}),
        label=held.label,
        order=("yes", "no") if held.is_flag else held.categories,
        ordered=any(text[:1].isdigit() for text in held.categories) or column == "lonely_at_start",
        limits=None if held.is_category or held.is_flag else held.bounds,
    )


def layout(community: Community, kinds: tuple[str, ...] = ()) -> Layout:
    """Return where each resident stands.

    Parameters
    ----------
    community
        Who there is and how they are connected.
    kinds
        Kinds of tie that count; all where none is named.

    """
    links = links_of(community.ties, kinds)
    luck = Draws(1).stream("layout: order of residents").uniform(community.identity)
    part = communities(links, luck)
    number = int(part.max(initial=-1)) + 1
    size = np.bincount(part[part >= 0], minlength=number)
    radius = 0.62 * np.sqrt(np.maximum(size, 1.0)) + 0.5
    rows = links.rows
    one, other = part[rows], part[links.neighbour]
    between = np.zeros((number, number))
    np.add.at(between, (one, other), 1.0)
    np.fill_diagonal(between, 0.0)
    centre = _centres(radius, between)
    position = np.zeros((len(part), 2))
    for which in range(number):
        members = np.flatnonzero(part == which)
        position[members] = centre[which] + radius[which] * _disc(links, members, part, centre, which)
    alone = np.flatnonzero(part < 0)
    position[alone] = _rows_below(len(alone), centre, radius)
    return Layout(position[:, 0], position[:, 1], part, centre, radius)


def _spiral(count: int) -> Floats:
    """Return points that fill the unit disc evenly, from the middle outwards, shape (count, 2)."""
    step = np.arange(count)
    distance = np.sqrt((step + 0.5) / max(1, count))
    return np.stack([distance * np.cos(step * _GOLDEN_ANGLE), distance * np.sin(step * _GOLDEN_ANGLE)], axis=1)


def _centres(radius: Floats, between: Floats) -> Floats:
    """Pack discs: those with many ties between them attract each other, none overlap, all fall to the middle."""
    number = len(radius)
    position = _spiral(number) * float(np.sqrt((radius**2).sum()) * 1.3)
    if number < 2:
        return np.zeros((number, 2))
    room = radius[:, None] + radius[None, :] + _GAP
    size = radius**2
    pull = between / np.sqrt(size[:, None] * size[None, :])
    pull /= max(float(pull.max()), 1e-12)
    share = size[None, :] / (size[:, None] + size[None, :])  # the smaller of two discs gives way
    for step in range(_ROUNDS_BETWEEN):
        heat = 1.0 - step / _ROUNDS_BETWEEN
        apart = position[:, None, :] - position[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + np.eye(number)
        direction = apart / distance[:, :, None]
        if step % 2 == 0:
            beyond = np.maximum(distance - room, 0.0)
            attracted = -(pull * beyond * 0.10 * heat)[:, :, None] * direction
            position = position + attracted.sum(axis=1) / np.maximum(1.0, pull.sum(axis=1))[:, None]
            position -= position * np.array([0.016, 0.026]) * (0.3 + heat)
        overlap = np.maximum(room - distance, 0.0) * (1.0 - np.eye(number))
        position = position + ((overlap * share * 0.5)[:, :, None] * direction).sum(axis=1)
    for _ in range(200):  # what still overlaps is moved apart with nothing pulling
        apart = position[:, None, :] - position[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + np.eye(number)
        overlap = np.maximum(room - distance, 0.0) * (1.0 - np.eye(number))
        if float(overlap.max()) < 0.05:
            break
        position = position + ((overlap * share * 0.6)[:, :, None] * apart / distance[:, :, None]).sum(axis=1)
    return np.asarray(position)


def _disc(links: Links, members: Numbers, part: Numbers, centre: Floats, which: int) -> Floats:
    """Return where the members of one network community stand in its disc of radius 1, shape (members, 2)."""
    count = len(members)
    if count <= 2:
        return np.array([[0.0, 0.0], [0.62, 0.0]])[:count] - (np.array([0.31, 0.0]) if count == 2 else 0.0)
    local = np.full(len(part), -1, np.int64)
    local[members] = np.arange(count)
    rows = np.repeat(np.arange(count), links.degree[members])
    ends = np.concatenate([links.neighbour[links.first[i] : links.first[i + 1]] for i in members])
    inside = local[ends] >= 0
    one, other = rows[inside], local[ends[inside]]
    outward = _outward(rows[~inside], part[ends[~inside]], centre, which, count)
    if count > _MOST_FORCED:
        return _spiral(count)[np.argsort(np.argsort(_walk(one, other, count), kind="stable"), kind="stable")]
    return _evened(_forced(one, other, outward, count))


def _outward(rows: Numbers, parts: Numbers, centre: Floats, which: int, count: int) -> Floats:
    """Return the mean direction in which each member's ties to other discs point, shape (members, 2)."""
    to = centre[parts] - centre[which]
    to /= np.maximum(np.sqrt((to**2).sum(axis=1)), 1e-9)[:, None]
    pulled = np.zeros((count, 2))
    np.add.at(pulled, rows, to)
    return np.asarray(pulled / np.maximum(1.0, np.bincount(rows, minlength=count))[:, None])


def _forced(one: Numbers, other: Numbers, outward: Floats, count: int) -> Floats:
    """Return positions in which ties pull and all pairs repel (Fruchterman & Reingold 1991)."""
    position = _spiral(count) + 0.3 * outward
    ideal = 1.0 / np.sqrt(count)
    tied = np.maximum(1.0, np.bincount(one, minlength=count))[:, None]
    squared, step_along = np.empty((count, count)), np.empty((count, count))
    for step in range(_ROUNDS_WITHIN):
        heat = 0.12 * (1.0 - step / _ROUNDS_WITHIN) + 0.002
        squared.fill(1e-6)
        for axis in (0, 1):
            np.subtract.outer(position[:, axis], position[:, axis], out=step_along)
            squared += np.square(step_along, out=step_along)
        weight = np.divide(ideal**2, squared, out=squared)
        force = position * weight.sum(axis=1)[:, None] - weight @ position  # each pair repels along its line
        along = position[one] - position[other]
        attraction = along * np.sqrt((along**2).sum(axis=1))[:, None] / ideal
        pulled = np.stack([np.bincount(one, attraction[:, axis], count) for axis in (0, 1)], axis=1)
        force += 0.25 * outward - pulled / np.sqrt(tied) - 0.8 * position
        length = np.sqrt((force**2).sum(axis=1))[:, None]
        position = position + force / np.maximum(length, 1e-9) * np.minimum(length, heat)
    return np.asarray(position - position.mean(axis=0))


def _evened(position: Floats) -> Floats:
    """Spread positions so that they fill the unit disc evenly: distances by rank, then too near ones apart."""
    from scipy.spatial import cKDTree

    count = len(position)
    distance = np.sqrt((position**2).sum(axis=1))
    angle = np.arctan2(position[:, 1], position[:, 0])
    rank = np.argsort(np.argsort(distance, kind="stable"), kind="stable")
    radius = 0.97 * np.sqrt((rank + 0.5) / count)
    position = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    least = 1.74 / np.sqrt(count)
    for _ in range(150):
        pairs = cKDTree(position).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        apart = position[pairs[:, 0]] - position[pairs[:, 1]]
        length = np.sqrt((apart**2).sum(axis=1)) + 1e-9
        push = apart * (0.25 * (least - length) / length)[:, None]
        for axis in (0, 1):
            position[:, axis] += np.bincount(pairs[:, 0], push[:, axis], count)
            position[:, axis] -= np.bincount(pairs[:, 1], push[:, axis], count)
        length = np.sqrt((position**2).sum(axis=1))
        position /= np.maximum(1.0, length / 0.97)[:, None]
    return position


def _walk(one: Numbers, other: Numbers, count: int) -> Numbers:
    """Return each member's turn in a walk outwards from the one with most ties."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    matrix = csr_matrix((np.ones(len(one)), (one, other)), shape=(count, count))
    begin = int(np.bincount(one, minlength=count).argmax())
    found = breadth_first_order(matrix, begin, directed=False, return_predecessors=False)
    turn = np.full(count, count, np.int64)
    turn[found] = np.arange(len(found))
    return turn


def _rows_below(count: int, centre: Floats, radius: Floats) -> Floats:
    """Return places in rows below the discs for residents without ties, shape (count, 2)."""
    if not count:
        return np.zeros((0, 2))
    if len(radius):
        left, right = float((centre[:, 0] - radius).min()), float((centre[:, 0] + radius).max())
        bottom = float((centre[:, 1] - radius).min())
    else:
        side = float(np.sqrt(count))
        left, right, bottom = -side, side, 0.0
    per_row = max(1, int((right - left) / 1.5))
    step = np.arange(count)
    return np.stack([left + 1.5 * (step % per_row) + 0.75, bottom - 3.0 - 1.5 * (step // per_row)], axis=1)
