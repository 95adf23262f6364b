"""Ties that come about: who seeks whom, and whom each meets first.

Nothing is listed of kinds of ties for which nobody searches in a week. Of each searcher those whom she can meet are
written down one after the other, their luck is drawn for all of them at once, and only she who would be met first is
asked whether the two may meet.
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
_TOGETHER = 7
"""Draws are made eight at a time, so there is room for so many more."""


@kernel
def _fill_buckets(size, who, code, first, members):
    """Sort the first ``size`` items by their codes (negative: none); code b has ``members[first[b] : first[b + 1]]``.

    Members are whom the items stand for; ``first`` has two places more than there are codes.
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
def _free_slots(slots, taken, words):
    """Fill ``words`` with a bit for each resident and kind: whether there is a free slot; return how many there are."""
    kinds = slots.shape[1]
    free = 0
    for w in range(words.size - 1):
        words[w] = greater_of_64(slots, taken, w * 64)
        free += count_bits(words[w])
    last = words.size - 1
    words[last] = 0
    for e in range(last * 64, slots.size):
        if slots[e // kinds, e % kinds] > taken[e // kinds, e % kinds]:
            words[last] |= uint64(1) << uint64(e % 64)
    return free + count_bits(words[last])


@kernel
def _by_kind(words, kinds, unsorted, kind, begin, who):
    """Fill ``who`` with those with a free slot, kind after kind, each in ascending order; k from ``begin[k]`` on."""
    t = 0
    for w in range(words.size):
        word = words[w]
        while word:
            e = w * 64 + lowest_bit(word)
            unsorted[t], kind[t] = e // kinds, e % kinds
            t += 1
            word = without_lowest_bit(word)
    _fill_buckets(t, unsorted, kind, begin, who)


@kernel
def _circle(first, code, lot):
    """Return in which of the circles ``first[code] : first[code + 1]`` of an area or a place a lot in [0, 1) falls."""
    return first[code] + int(lot * (first[code + 1] - first[code]))


@kernel
def _list_meetings(rule, begin, end, who, lot, people, places, stays):
    """Note in which lists the seekers ``begin : end`` of one kind stand (``at[t] : at[t + 1]``); return how many notes.

    Lists are numbered on: circles of areas, then of people alike, then of places. ``whose`` are seekers, ``via`` the
    lists, ``through`` places (-1 for none).
    """
    near, near_at, alike, alikes, circles = people
    place_first, place_of, place_open, place_at = places
    at, whose, via, through = stays
    alike_base = near_at[-1]
    place_base = alike_base + alikes * circles
    n = 0
    for t in range(begin, end):
        i = who[t]
        at[t] = n
        if rule != 2:
            whose[n], via[n], through[n] = t, _circle(near_at, near[i], lot[t]), -1
            n += 1
        if rule == 0:
            whose[n], via[n], through[n] = t, alike_base + alike[i] * circles + int(lot[t] * circles), -1
            whose[n + 1], via[n + 1], through[n + 1] = t, _FRIENDS, -1
            n += 2
        if rule != 1:
            for p in range(place_first[i], place_first[i + 1]):
                if place_open[place_of[p]]:
                    whose[n], via[n] = t, place_base + _circle(place_at, place_of[p], lot[t])
                    through[n] = place_of[p]
                    n += 1
    at[end] = n
    return n


@kernel
def _most(searching, searchers, who, at, via, first, start, length, neighbour):
    """Return how many one of the searchers can meet at most; those counted twice who stand in two of her lists."""
    most = 0
    for t in range(searchers):
        a, mine = searching[t], 0
        i = who[a]
        for s in range(at[a], at[a + 1]):
            if via[s] != _FRIENDS:
                mine += first[via[s] + 1] - first[via[s]]
                continue
            for e in range(start[i], start[i] + length[i]):
                mine += length[neighbour[e]]
        most = max(most, mine)
    return most


@kernel
def _add_friends(a, i, n, rule, row, seekers, weights, ties, found):
    """Add friends of friends who seek somebody to those whom ``a`` can meet, some more than once; return how many."""
    identity, near, alike = seekers
    own = identity[a]
    start, length, neighbour, kind, maker = ties
    met, low, high, weight, _, _ = found
    begin, end = start[i], start[i] + length[i]
    for e in range(begin, end):  # asks beforehand for what is needed of friends' friends
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
                met[n], low[n], high[n] = b, min(own, identity[b]), max(own, identity[b])
                likely = weights[3] * (weights[0] if alike[b] == alike[a] else 1.0)
                weight[n] = likely * (weights[1] if near[a] >= 0 and near[b] == near[a] else 1.0)
                n += 1
    return n


@kernel
def _whom_she_can_meet(a, i, k, rule, row, stays, lists, seekers, weights, ties, found):
    """Fill ``found`` with those whom the seeker ``a`` can meet, how likely, and in which of her lists; return how many.

    Somebody is met in proportion to her weight: the factor of the list, and more for those who are alike or live near.
    For ties of rules 1 and 2 everybody has the weight 1.
    """
    identity, near, alike = seekers
    own = identity[a]
    alike_weight, near_weight = (weights[0], weights[1]) if rule[k] == 0 else (1.0, 1.0)
    met, low, high, weight, _, listed = found
    at, _, via, through = stays
    first, members = lists
    n = 0
    for s in range(at[a], at[a + 1]):
        if via[s] == _FRIENDS:
            n = _add_friends(a, i, n, rule, row, seekers, weights, ties, found)
            continue
        factor = 1.0 if through[s] < 0 or rule[k] != 0 else weights[2]
        for m in range(first[via[s]], first[via[s] + 1]):
            b = members[m]
            met[n], low[n], high[n], listed[n] = b, min(own, identity[b]), max(own, identity[b]), s
            likely = factor * (alike_weight if alike[b] == alike[a] else 1.0)
            weight[n] = likely * (near_weight if near[a] >= 0 and near[b] == near[a] else 1.0)
            n += b != a
    return n


@kernel
def _soonest(n, luck, weight):
    """Return who is met first, the first of those met at once; -1 for nobody.

    Waits are exponential: the least falls on each of several people in proportion to their weights.
    """
    best, least = -1, np.inf
    for m in range(n):
        if luck[m] < least * weight[m]:  # the wait is at least luck / weight
            wait = -math.log1p(-luck[m]) / weight[m]
            if wait < least:
                best, least = m, wait
    return best


@kernel
def _may_meet(i, j, ties, since, gone):
    """Say whether two residents are neither tied nor have parted in week ``since`` or later (``community.dormant``)."""
    if find_tie(ties[0], ties[1], ties[2], i, j) >= 0:
        return False
    last, one, other, week, before_one, before_other = gone
    k = last[i]
    while k >= 0 and week[k] >= since:
        if (other[k] if one[k] == i else one[k]) == j:
            return False
        k = before_one[k] if one[k] == i else before_other[k]
    return True


@kernel
def _meet(n, i, who, key, ties, since, gone, found):
    """Return which of the ``n`` whom resident i can meet she meets; -1 for nobody."""
    met, low, high, weight, luck, _ = found
    for m in range((n + _TOGETHER) // (_TOGETHER + 1) * (_TOGETHER + 1)):
        luck[m] = drawn(key, low[m], high[m])
    while True:
        m = _soonest(n, luck, weight)
        if m < 0 or _may_meet(i, who[met[m]], ties, since, gone):
            return m
        for other in range(m, n):
            if met[other] == met[m]:
                luck[other] = np.inf


@kernel
def _searchers(k, begin, end, who, slots, taken, search, key, own, luck, searching):
    """List those of the seekers ``begin : end`` of kind k who search this week; return how many they are."""
    for t in range(begin, end):
        luck[t] = drawn(key, own[t], uint64(k))
    searchers = 0
    for t in range(begin, end):
        free = slots[who[t], k] - taken[who[t], k]
        if luck[t] < free * search and luck[t] < 1.0 - (1.0 - search) ** free:  # no chance is above free x search
            searching[searchers] = t
            searchers += 1
    return searchers


@kernel
def _seek(k, rule, searching, searchers, key, who, row, stays, lists, seekers, weights, ties, since, gone, found,
          count, one, other, chosen, where):  # fmt: skip
    """Let those who search for a tie of kind k meet somebody; return how many have found somebody of all kinds."""
    for s in range(searchers):
        a = searching[s]
        i = who[a]
        n = _whom_she_can_meet(a, i, k, rule, row, stays, lists, seekers, weights, ties, found)
        m = _meet(n, i, who, key, ties, since, gone, found)
        if m >= 0:
            b = who[found[0][m]]
            one[count], other[count], chosen[count] = min(i, b), max(i, b), k
            where[count] = stays[3][found[5][m]] if rule[k] == 2 else -1
            count += 1
    return count


@kernel
def _look_at_seekers(who, identity, near, is_near, alike, place_first, own, own_near, own_alike):
    """Note identity, area and likeness of each seeker; return in how many lists they can stand at most."""
    most = 3 * who.size
    for t in range(who.size):
        i = who[t]
        own[t], own_alike[t], own_near[t] = identity[i], alike[i], near[i] if is_near else -1
        most += place_first[i + 1] - place_first[i]
    return most


@kernel
def _places_for(room):
    """Return space for so many whom a searcher can meet.

    They are: seeker, the smaller and the greater identity of the two, weight, luck, and the list that she stands in.
    """
    return (
        np.empty(room, np.int64), np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(room), np.empty(room),
        np.empty(room, np.int64),
    )  # fmt: skip


@kernel
def seek_partners(
    slots, taken, rule, keys, search, weights, identity, near, near_at, is_near, alike, alikes, circles, place_first,
    place_of, place_open, place_at, start, length, neighbour, kind, maker, since, gone,
):  # fmt: skip
    """Let residents with free slots look for partners with free slots of the same kind.

    ``slots`` less ``taken`` is what is free, for each resident and kind. Whom a resident meets is told by
    ``rule[kind]``: 0 people nearby, people alike, members of the same open place and friends of friends (over ties of
    such kinds), with ``weights`` (alike, near, fellow member, friend of a friend) that multiply; 1 people nearby; 2
    members of the same open place; negative: nobody. ``near`` and ``alike`` are codes, of the latter there are
    ``alikes``. Each week the community falls by lot into ``circles`` in which people meet who are alike; so do large
    neighbourhoods and places: that with code c has the circles ``near_at[c] : near_at[c + 1]``, or ``place_at``.
    Without neighbourhoods (not ``is_near``) all have code 0. ``keys`` are those of search, choice and circles.
    Of those she can meet, one is chosen by lot; nobody she is tied to, or parted from in week ``since`` or later
    (``gone``: records of ended ties).

    Return how many found somebody, and as arrays with room for more: the smaller and the greater of the two, the kind,
    and the place (-1 for none). Allocates these, a number for everybody, and lists of the seekers by where they meet.
    """
    kinds = slots.shape[1]
    words, begin = np.empty(slots.size // 64 + 1, np.uint64), np.empty(kinds + 2, np.int64)
    size = _free_slots(slots, taken, words)
    who, searching, own = np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size, np.uint64)
    own_near, own_alike = np.empty(size, np.int64), np.empty(size, np.int64)
    luck, lot = np.empty(size), np.zeros(size)
    one, other = np.empty(size, np.int32), np.empty(size, np.int32)
    _by_kind(words, kinds, one, searching, begin, who)
    most = _look_at_seekers(who, identity, near, is_near, alike, place_first, own, own_near, own_alike)
    if circles > 1 or near_at[-1] >= near_at.size or place_at[-1] >= place_at.size:
        for t in range(size):
            lot[t] = drawn(keys[2], own[t], uint64(0))
    at, whose, via = np.empty(size + 1, np.int64), np.empty(most, np.int32), np.empty(most, np.int64)
    first = np.empty(near_at[-1] + alikes * circles + place_at[-1] + 2, np.int64)
    chosen, where = np.empty(size, np.int8), np.empty(size, np.int16)
    row = np.full(start.size, -1, np.int32)
    stays, lists = (at, whose, via, np.empty(most, np.int64)), (first, np.empty(most, np.int32))
    seekers, ties = (own, own_near, own_alike), (start, length, neighbour, kind, maker)
    people, places = (near, near_at, alike, alikes, circles), (place_first, place_of, place_open, place_at)
    found = _places_for(512)
    count = 0
    for k in range(kinds):
        if rule[k] < 0:
            continue
        searchers = _searchers(k, begin[k], begin[k + 1], who, slots, taken, search, keys[0], own, luck, searching)
        if searchers == 0:
            continue
        listed = _list_meetings(rule[k], begin[k], begin[k + 1], who, lot, people, places, stays)
        _fill_buckets(listed, whose, via, first, lists[1])
        room = _most(searching, searchers, who, at, via, first, start, length, neighbour) + _TOGETHER
        if room > found[0].size:
            found = _places_for(2 * room)
        for t in range(begin[k], begin[k + 1]):
            row[who[t]] = t
        count = _seek(
            k, rule, searching, searchers, keys[1], who, row, stays, lists, seekers, weights, ties, since, gone, found,
            count, one, other, chosen, where,
        )  # fmt: skip
        for t in range(begin[k], begin[k + 1]):
            row[who[t]] = -1
    return count, one, other, chosen, where
