"""Ties that come about: who seeks whom, and whom each meets first."""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform
from sim.compiled.memory import prefetch
from sim.compiled.rows import find_tie


@kernel
def _fill_buckets(size, who, code, first, members):
    """Sort the first ``size`` items by their codes (negative: none); code b has ``members[first[b] : first[b + 1]]``.

    Members are numbers of items or, where an item stands for somebody in ``who``, those; ``first`` has two places more
    than there are codes.
    """
    first[:] = 0
    for t in range(size):
        if code[t] >= 0:
            first[code[t] + 2] += 1
    for b in range(first.size - 1):
        first[b + 1] += first[b]
    for t in range(size):
        if code[t] >= 0:
            members[first[code[t] + 1]] = who[t]
            first[code[t] + 1] += 1


@kernel
def _parted_lately(i, j, since, last, one, other, week, before_one, before_other):
    """Say whether a tie between two residents has ended in week ``since`` or later (see ``community.dormant``)."""
    k = last[i]
    while k >= 0 and week[k] >= since:
        if (other[k] if one[k] == i else one[k]) == j:
            return True
        k = before_one[k] if one[k] == i else before_other[k]
    return False


@kernel
def _may_meet(i, j, known):
    """Say whether two residents are neither tied nor have parted lately."""
    start, length, neighbour, since, gone = known
    return find_tie(start, length, neighbour, i, j) < 0 and not _parted_lately(i, j, since, *gone)


@kernel
def _best_of(a, members, begin, end, factor, best, least, key, listed, weights, known):
    """Return whom of some seekers a meets first, and how long that takes; ``best`` and ``least`` if nobody is sooner.

    The least of such waits falls on each of several people in proportion to their weights, whatever their order:
    ``factor``, and for those who are alike or live near each other more. A negative factor stands for its amount, no
    matter how alike or near. ``a`` and members are places in the lists of seekers ``listed``.
    """
    who, identity, near, alike = listed
    alike_weight, near_weight = (weights[0], weights[1]) if factor > 0.0 else (1.0, 1.0)
    own_identity, own_near, own_alike, amount = identity[a], near[a], alike[a], abs(factor)
    for m in range(begin, end):
        b = members[m]
        luck = uniform(key, min(own_identity, identity[b]), max(own_identity, identity[b]))
        weight = amount * (alike_weight if alike[b] == own_alike else 1.0)
        weight *= near_weight if own_near >= 0 and near[b] == own_near else 1.0
        if luck < least * weight:  # the wait is at least luck / weight
            wait = -math.log1p(-luck) / weight
            if wait < least and a != b and _may_meet(who[a], who[b], known):
                best, least = b, wait
    return best, least


@kernel
def _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, out):
    """List friends of friends who seek somebody, some more than once; return how many, also where ``out`` is full."""
    found = 0
    begin, end = start[i], start[i] + length[i]
    for e in range(begin, end):  # asks beforehand for what is needed of each friend, then of her friends
        prefetch(start, np.uint64(neighbour[e]))
        prefetch(length, np.uint64(neighbour[e]))
    for e in range(begin, end):
        theirs = np.uint64(start[neighbour[e]])
        prefetch(neighbour, theirs)
        prefetch(maker, theirs)
        prefetch(kind, theirs)
    for e in range(begin, end):
        if maker[e] >= 0 or rule[kind[e]] != 0:
            continue
        friend = neighbour[e]
        for f in range(start[friend], start[friend] + length[friend]):
            b = row[neighbour[f]]
            if b >= 0 and maker[f] < 0 and rule[kind[f]] == 0:
                if found < out.size:
                    out[found] = b
                found += 1
    return found


@kernel
def _circle(first, code, lot):
    """Return in which of the circles ``first[code] : first[code + 1]`` of an area or a place a lot in [0, 1) falls."""
    return first[code] + int(lot * (first[code + 1] - first[code]))


@kernel
def _list_seekers_of(k, seekers, slots, taken, circles, people, places, row, listed, stay, lists):
    """List those with a free slot of kind k, by where they live, by likeness and by place; return how many they are."""
    identity, near, near_at, is_near, alike, lot = people
    place_first, place_of, place_open, place_at = places
    who, own_identity, own_near, own_alike = listed
    places_in_list = np.arange(who.size)
    near_lists, alike_lists, place_lists = lists
    code_near, code_alike, code_place = near_lists[0], alike_lists[0], place_lists[0]
    seeking = 0
    stays = 0
    for t in range(seekers.size):
        i = seekers[t]
        if slots[i, k] <= taken[i, k]:
            continue
        row[i] = seeking
        who[seeking], own_identity[seeking], own_alike[seeking] = i, identity[i], alike[i]
        own_near[seeking] = near[i] if is_near else -1
        code_near[seeking] = _circle(near_at, near[i], lot[i])
        code_alike[seeking] = alike[i] * circles + int(lot[i] * circles)
        for p in range(place_first[i], place_first[i + 1]):
            stay[stays] = seeking
            code_place[stays] = _circle(place_at, place_of[p], lot[i]) if place_open[place_of[p]] else -1
            stays += 1
        seeking += 1
    _fill_buckets(seeking, places_in_list, *near_lists)
    _fill_buckets(seeking, places_in_list, *alike_lists)
    _fill_buckets(stays, stay, *place_lists)
    return seeking


@kernel
def _partner(a, k, rule, kind, maker, row, key, listed, weights, known, places, lists, friends, lot):
    """Return the seeker whom a meets for a tie of kind k, and in which place; -1 for nobody and for none."""
    place_first, place_of, place_open, place_at = places
    near_lists, alike_lists, place_lists = lists
    best, least, place = -1, np.inf, -1
    if rule[k] != 2:
        code, first, members = near_lists
        b, factor = code[a], 1.0 if rule[k] == 0 else -1.0
        best, least = _best_of(a, members, first[b], first[b + 1], factor, best, least, key, listed, weights, known)
    if rule[k] == 0:
        code, first, members = alike_lists
        b = code[a]
        best, least = _best_of(a, members, first[b], first[b + 1], 1.0, best, least, key, listed, weights, known)
        i, start, length, neighbour = listed[0][a], known[0], known[1], known[2]
        e = _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, friends)
        if e > friends.size:
            friends = np.empty(e, np.int64)
            _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, friends)
        best, least = _best_of(a, friends, 0, e, weights[3], best, least, key, listed, weights, known)
    if rule[k] == 1:
        return best, place
    _, first, members = place_lists
    i, factor = listed[0][a], weights[2] if rule[k] == 0 else -1.0
    for p in range(place_first[i], place_first[i + 1]):
        if place_open[place_of[p]]:
            b, before = _circle(place_at, place_of[p], lot[i]), least
            best, least = _best_of(a, members, first[b], first[b + 1], factor, best, least, key, listed, weights, known)
            if least < before and rule[k] == 2:
                place = place_of[p]
    return best, place


@kernel
def list_seekers(slots, taken, who):
    """Fill ``who`` with residents with a free slot; return how many they are, and how many kinds they seek in all."""
    found = 0
    wanted = 0
    for i in range(slots.shape[0]):
        before = wanted
        for k in range(slots.shape[1]):
            if slots[i, k] > taken[i, k]:
                wanted += 1
        if wanted > before:
            who[found] = i
            found += 1
    return found, wanted


@kernel
def seek_partners(
    seekers,
    slots,
    taken,
    rule,
    search_key,
    choice_key,
    circle_key,
    search,
    weights,
    identity,
    near,
    near_at,
    is_near,
    alike,
    alikes,
    circles,
    place_first,
    place_of,
    place_open,
    place_at,
    start,
    length,
    neighbour,
    kind,
    maker,
    since,
    gone,
    one,
    other,
    kinds,
    where,
):
    """Let residents with free slots look for partners with free slots of the same kind; return how many found one.

    ``slots[i, kind]`` less ``taken[i, kind]`` is what is free; ``seekers`` are those with any free slot. Whom a
    resident meets is told by ``rule[kind]``: 0 people nearby, people alike, members of the same open place and friends
    of friends (over ties of such kinds), with ``weights`` (alike, near, fellow member, friend of a friend) that
    multiply; 1 people nearby; 2 members of the same open place; negative: nobody. ``near`` and ``alike`` are codes, of
    the latter there are ``alikes``. Each week the community falls by lot into ``circles`` in which people meet who are
    alike; so do large neighbourhoods and places: that with code c has the circles ``near_at[c] : near_at[c + 1]``, or
    ``place_at``. Without neighbourhoods (not ``is_near``) all have code 0.
    Of those she can meet, one is chosen by lot; nobody she is tied to, or parted from in week ``since`` or later
    (``gone``: records of ended ties). ``one`` < ``other``, ``kinds`` and ``where`` (place, -1 for none) are filled.
    Allocates a number for everybody, and lists of the seekers by where they meet.
    """
    size = seekers.size
    stays = 0
    for t in range(size):
        stays += place_first[seekers[t] + 1] - place_first[seekers[t]]
    near_lists = (np.empty(size, np.int64), np.empty(near_at[-1] + 2, np.int64), np.empty(size, np.int64))
    alike_lists = (np.empty(size, np.int64), np.empty(alikes * circles + 2, np.int64), np.empty(size, np.int64))
    place_lists = (np.empty(stays, np.int64), np.empty(place_at[-1] + 2, np.int64), np.empty(stays, np.int64))
    lists = (near_lists, alike_lists, place_lists)
    listed = (np.empty(size, np.int32), np.empty(size, np.uint64), np.empty(size, np.int64), np.empty(size, np.int64))
    who, stay, friends = listed[0], np.empty(stays, np.int64), np.empty(256, np.int64)
    row, lot = np.full(start.size, -1, np.int32), np.zeros(start.size)
    if circles > 1 or near_at[-1] >= near_at.size or place_at[-1] >= place_at.size:
        for i in seekers:
            lot[i] = uniform(circle_key, identity[i], uint64(0))
    people = (identity, near, near_at, is_near, alike, lot)
    known = (start, length, neighbour, since, gone)
    places = (place_first, place_of, place_open, place_at)
    found = 0
    for k in range(slots.shape[1]):
        if rule[k] < 0:
            continue
        seeking = _list_seekers_of(k, seekers, slots, taken, circles, people, places, row, listed, stay, lists)
        for a in range(seeking):
            i = who[a]
            free = slots[i, k] - taken[i, k]
            luck = uniform(search_key, identity[i], uint64(k))
            if luck >= free * search or luck >= 1.0 - (1.0 - search) ** free:  # no chance is above free x search
                continue
            b, place = _partner(
                a, k, rule, kind, maker, row, choice_key, listed, weights, known, places, lists, friends, lot
            )  # fmt: skip
            if b >= 0:
                one[found], other[found] = min(i, who[b]), max(i, who[b])
                kinds[found], where[found] = k, place
                found += 1
        for a in range(seeking):
            row[who[a]] = -1
    return found


@kernel
def accept_pairs(
    lot, order, strength_key, identity, ones, others, kinds, places, slots, taken, disclosed, stigma, refusal,
    strengths, first, one, other, kind, place, strength,
):  # fmt: skip
    """Let pairs who have found each other accept, the luckier first, while both have a free slot of the kind.

    ``order`` are the pairs by their ``lot``. Who has disclosed is turned down with a chance of ``refusal`` x the
    other's ``stigma``. Those who accept fill ``one``, ``other``, ``kind`` and ``place``, ordered by luck; ``taken``
    goes up with each, and ``strength`` is filled with one of ``strengths[first[kind] : first[kind + 1]]``. Return how
    many they are.
    """
    accepted = 0
    for t in order:
        i, j, k = ones[t], others[t], kinds[t]
        welcome = 1.0 - refusal * (stigma[j] if disclosed[i] else 0.0)
        welcome *= 1.0 - refusal * (stigma[i] if disclosed[j] else 0.0)
        if lot[t] < welcome and slots[i, k] > taken[i, k] and slots[j, k] > taken[j, k]:
            taken[i, k] += 1
            taken[j, k] += 1
            one[accepted], other[accepted], kind[accepted], place[accepted] = i, j, k, places[t]
            draw = uniform(strength_key, min(identity[i], identity[j]), max(identity[i], identity[j]))
            strength[accepted] = strengths[first[k] + int(draw * (first[k + 1] - first[k]))]
            accepted += 1
    return accepted
