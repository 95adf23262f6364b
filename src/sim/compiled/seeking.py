"""Ties that come about: who seeks whom, and whom each meets first.

Nothing is listed of kinds of ties for which nobody searches in a week. Of each searcher those whom she can meet are
written down one after the other, their luck is drawn for all of them at once, and only she who would be met first is
asked whether the two may meet. Everything is written into space that the caller keeps for the run.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from sim.compiled.bits import count_bits, greater_of_64, lowest_bit, without_lowest_bit
from sim.compiled.caching import kernel
from sim.compiled.draws import drawn
from sim.compiled.memory import prefetch
from sim.compiled.rows import find_tie

_FRIENDS = -1
"""In place of the number of a list: friends of friends, who stand in none."""
TOGETHER = 8
"""So many draws are made at once, so there is room for so many more than are met."""


@kernel
def _fill_buckets(size, who, code, first, members):
    """Sort the first ``size`` items by their codes (negative: none); code b has ``members[first[b] : first[b + 1]]``.

    Members are whom the items stand for; ``first`` has two places more than there are codes.
    """
    for b in range(first.size):
        first[b] = 0
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
def _seekers(slots, taken, words, unsorted, kind, begin, who):
    """Fill ``who`` with those with a free slot, kind after kind, each in ascending order; kind k from ``begin[k]`` on.

    Return how many they are; nothing is filled where there is no room for so many.
    """
    kinds = slots.shape[1]
    last = words.size - 1
    for w in range(last):
        words[w] = greater_of_64(slots, taken, w * 64)
    words[last] = 0
    for e in range(last * 64, slots.size):
        if slots[e // kinds, e % kinds] > taken[e // kinds, e % kinds]:
            words[last] |= uint64(1) << uint64(e % 64)
    free = np.int64(0)
    for w in range(words.size):
        free += count_bits(words[w])
    if free > who.size:
        return free
    t = np.int64(0)
    for w in range(words.size):
        word = words[w]
        while word:
            e = w * 64 + lowest_bit(word)
            unsorted[t], kind[t] = e // kinds, e % kinds
            t += 1
            word = without_lowest_bit(word)
    _fill_buckets(free, unsorted, kind, begin, who)
    return free


@kernel
def _searchers(k, begin, end, who, own, slots, taken, search, key, luck, searching):
    """List those of the seekers ``begin : end`` of kind k who search this week; return how many they are."""
    for t in range(begin, end):
        luck[t] = drawn(key, own[t], uint64(k))
    found = np.int64(0)
    for t in range(begin, end):
        free = slots[who[t], k] - taken[who[t], k]
        if luck[t] < free * search and luck[t] < 1.0 - (1.0 - search) ** free:  # no chance is above free x search
            searching[found] = t
            found += 1
    return found


@kernel
def _list_meetings(
    rule, begin, end, who, lot, near, near_at, alike, alikes, circles, place_first, place_of, place_open, place_at, at,
    whose, via, through,
):  # fmt: skip
    """Note in which lists the seekers ``begin : end`` of one kind stand (``at[t] : at[t + 1]``); return how many notes.

    Lists are numbered on: circles of areas, then of people alike, then of places. ``whose`` are seekers, ``via`` the
    lists, ``through`` places (-1 for none). ``lot``, in [0, 1), says in which circle of a group somebody is.
    """
    alike_base = near_at[near_at.size - 1]
    place_base = alike_base + alikes * circles
    n = np.int64(0)
    for t in range(begin, end):
        i = who[t]
        at[t] = n
        if rule != 2:
            c = near_at[near[i]]
            whose[n], via[n], through[n] = t, c + int(lot[t] * (near_at[near[i] + 1] - c)), -1
            n += 1
        if rule == 0:
            whose[n], via[n], through[n] = t, alike_base + alike[i] * circles + int(lot[t] * circles), -1
            whose[n + 1], via[n + 1], through[n + 1] = t, _FRIENDS, -1
            n += 2
        if rule != 1:
            for p in range(place_first[i], place_first[i + 1]):
                place = place_of[p]
                if place_open[place]:
                    c = place_at[place]
                    whose[n], via[n] = t, place_base + c + int(lot[t] * (place_at[place + 1] - c))
                    through[n] = place
                    n += 1
    at[end] = n
    return n


@kernel
def _add_friends(
    a, i, n, rule, row, start, length, neighbour, kind, maker, identity, near, alike, weights, met, low, high, weight
):
    """Add friends of friends who seek somebody to the ``n`` whom ``a`` can meet, some more than once.

    Return how many they are, also where there is no room for so many.
    """
    begin, end, room = start[i], start[i] + length[i], met.size - TOGETHER
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
            if b >= 0 and b != a and maker[f] < 0 and rule[kind[f]] == 0:
                if n < room:
                    met[n], low[n], high[n] = b, min(identity[a], identity[b]), max(identity[a], identity[b])
                    likely = weights[3] * (weights[0] if alike[b] == alike[a] else 1.0)
                    weight[n] = likely * (weights[1] if near[a] >= 0 and near[b] == near[a] else 1.0)
                n += 1
    return n


@kernel
def _add_listed(
    a, s, n, begin, end, members, factor, alike_weight, near_weight, identity, near, alike, met, low, high, weight,
    listed,
):  # fmt: skip
    """Add the members ``begin : end`` of a list to the ``n`` whom ``a`` can meet, through her note s.

    Somebody is met in proportion to her weight: the factor of the list, and more for those who are alike or live near.
    Return how many they are, also where there is no room for so many.
    """
    if n + end - begin > met.size - TOGETHER:
        return n + end - begin
    for m in range(begin, end):
        b = members[m]
        met[n], low[n], high[n] = b, min(identity[a], identity[b]), max(identity[a], identity[b])
        likely = factor * (alike_weight if alike[b] == alike[a] else 1.0)
        weight[n], listed[n] = likely * (near_weight if near[a] >= 0 and near[b] == near[a] else 1.0), s
        n += b != a
    return n


@kernel
def _may_meet(i, j, start, length, neighbour, since, gone):
    """Say whether two residents are neither tied nor have parted in week ``since`` or later (``community.dormant``)."""
    last, one, other, week, before_one, before_other = gone
    k = last[i]
    while k >= 0 and week[k] >= since:
        if (other[k] if one[k] == i else one[k]) == j:
            return False
        k = before_one[k] if one[k] == i else before_other[k]
    return find_tie(start, length, neighbour, i, j) < 0


@kernel
def _meet(n, i, who, key, start, length, neighbour, since, gone, met, low, high, weight, luck):
    """Return which of the ``n`` whom resident i can meet she meets, the first of those met at once; -1 for nobody.

    Waits are exponential: the least falls on each of several people in proportion to their weights.
    """
    for m in range((n + TOGETHER - 1) // TOGETHER * TOGETHER):
        luck[m] = drawn(key, low[m], high[m])
    while True:
        best, least = np.int64(-1), np.inf
        for m in range(n):
            if luck[m] < least * weight[m]:  # the wait is at least luck / weight
                wait = -math.log1p(-luck[m]) / weight[m]
                if wait < least:
                    best, least = m, wait
        if best < 0 or _may_meet(i, who[met[best]], start, length, neighbour, since, gone):
            return best
        for m in range(best, n):
            if met[m] == met[best]:
                luck[m] = np.inf


@kernel
def seek_partners(
    slots, taken, rule, keys, search, weights, identity, near, near_at, is_near, alike, alikes, circles, place_first,
    place_of, place_open, place_at, start, length, neighbour, kind, maker, since, gone, row, words, begin, first,
    seekers, own, lucks, notes, met, pairs, weighed, needed, found,
):  # fmt: skip
    """Let residents with free slots look for partners with free slots of the same kind; return how many find one.

    ``slots`` less ``taken`` is what is free, for each resident and kind. Whom a resident meets is told by
    ``rule[kind]``: 0 people nearby, people alike, members of the same open place and friends of friends (over ties of
    such kinds), with ``weights`` (alike, near, fellow member, friend of a friend) that multiply; 1 people nearby; 2
    members of the same open place; negative: nobody. ``near`` and ``alike`` are codes, of the latter there are
    ``alikes``. Each week the community falls by lot into ``circles`` in which people meet who are alike; so do large
    neighbourhoods and places: that with code c has the circles ``near_at[c] : near_at[c + 1]``, or ``place_at``.
    Without neighbourhoods (not ``is_near``) all have code 0. ``keys`` are those of search, choice and circles.
    Of those she can meet, one is chosen by lot; nobody she is tied to, or parted from in week ``since`` or later
    (``gone``: records of ended ties).

    The rows of ``found`` are filled: the smaller and the greater of the two, the kind, and the place (-1 for none).
    What stands between ``gone`` and it is space for the work (:class:`sim.community.meeting.Space`). Where there is too
    little, the result is -1, and ``needed`` says how many seekers, notes of lists and people who can be met there are.
    """
    who, searching, own_near, own_alike, at = seekers[0], seekers[1], seekers[2], seekers[3], seekers[4]
    whose, via, through, members = notes[0], notes[1], notes[2], notes[3]
    luck, lot = lucks[0], lucks[1]
    size = _seekers(slots, taken, words, searching, at, begin, who)
    needed[0] = size + 1
    if size + 1 > who.size:
        return np.int64(-1)
    needed[1] = 3 * size
    in_circles = (
        circles > 1 or near_at[near_at.size - 1] >= near_at.size or place_at[place_at.size - 1] >= place_at.size
    )
    for t in range(size):
        i = who[t]
        own[t], own_alike[t], own_near[t] = identity[i], alike[i], near[i] if is_near else -1
        lot[t] = drawn(keys[2], identity[i], uint64(0)) if in_circles else 0.0
        needed[1] += place_first[i + 1] - place_first[i]
    if needed[1] > via.size:
        return np.int64(-1)
    count = np.int64(0)
    for k in range(slots.shape[1]):
        if rule[k] < 0:
            continue
        searchers = _searchers(k, begin[k], begin[k + 1], who, own, slots, taken, search, keys[0], luck, searching)
        if searchers == 0:
            continue
        listed = _list_meetings(
            rule[k], begin[k], begin[k + 1], who, lot, near, near_at, alike, alikes, circles, place_first, place_of,
            place_open, place_at, at, whose, via, through,
        )  # fmt: skip
        _fill_buckets(listed, whose, via, first, members)
        for t in range(begin[k], begin[k + 1]):
            row[who[t]] = t
        count = _seek(
            k, rule, searching, searchers, keys[1], who, own, own_near, own_alike, at, via, through, first, members,
            weights, row, start, length, neighbour, kind, maker, since, gone, met, pairs, weighed, needed, count, found,
        )  # fmt: skip
        for t in range(begin[k], begin[k + 1]):
            row[who[t]] = -1
        if count < 0:
            break
    return count


@kernel
def _seek(
    k, rule, searching, searchers, key, who, own, own_near, own_alike, at, via, through, first, members, weights, row,
    start, length, neighbour, kind, maker, since, gone, met, pairs, weighed, needed, count, found,
):  # fmt: skip
    """Let those who search for a tie of kind k meet somebody; return how many have found somebody, of all kinds."""
    others, listed, low, high, weight, luck = met[0], met[1], pairs[0], pairs[1], weighed[0], weighed[1]
    alike_weight, near_weight = (weights[0], weights[1]) if rule[k] == 0 else (1.0, 1.0)
    for t in range(searchers):
        a = searching[t]
        i, n = who[a], np.int64(0)
        for s in range(at[a], at[a + 1]):
            if via[s] == _FRIENDS:
                n = _add_friends(
                    a, i, n, rule, row, start, length, neighbour, kind, maker, own, own_near, own_alike, weights,
                    others, low, high, weight,
                )  # fmt: skip
                continue
            factor = weights[2] if rule[k] == 0 and through[s] >= 0 else 1.0
            n = _add_listed(
                a, s, n, first[via[s]], first[via[s] + 1], members, factor, alike_weight, near_weight, own, own_near,
                own_alike, others, low, high, weight, listed,
            )  # fmt: skip
        needed[2] = n
        if n > others.size - TOGETHER:
            return np.int64(-1)
        m = _meet(n, i, who, key, start, length, neighbour, since, gone, others, low, high, weight, luck)
        if m >= 0:
            b = who[others[m]]
            found[0, count], found[1, count], found[2, count] = min(i, b), max(i, b), k
            found[3, count] = through[listed[m]] if rule[k] == 2 else -1
            count += 1
    return count
