"""What moves residents in a week, one resident after the other: the sums of :mod:`sim.mechanisms` in one go each.

What each formula says stands with its mechanism; what is at rest moves by exactly 0.
"""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform
from sim.compiled.functions import exponential


@kernel
def engage(self_stigma, self_stigma_at_rest, stigma, stigma_at_rest, withdrawal, rejection, most, engagement, welcome):
    """Fill engagement and welcome, within 0 and ``most``, from displacements; ``engagement`` holds what is added."""
    for i in range(stigma.size):
        engaged = 1.0 - withdrawal * (self_stigma[i] - self_stigma_at_rest[i]) + engagement[i]
        turned_to = 1.0 - rejection * (stigma[i] - stigma_at_rest[i])
        engagement[i] = min(max(engaged, 0.0), most)
        welcome[i] = min(max(turned_to, 0.0), most)


@kernel
def experience(around, weight, disclosed, mean, community_weight, anticipated, out):
    """Fill ``out`` with the stigma that each resident meets or expects."""
    for i in range(out.size):
        met = around[i] + community_weight * mean
        known = 1.0 if disclosed[i] else anticipated
        out[i] = known * met / (weight[i] + community_weight)


@kernel
def move_self_stigma(experienced, at_rest, moved, concerned, exposure_effect, rate, met, shift, move):
    """Fill ``met`` and ``move`` and, of those not concerned, ``shift`` with 0."""
    for i in range(move.size):
        effect = exposure_effect * (experienced[i] - at_rest[i])
        step = rate * (effect + shift[i] - moved[i])
        met[i] = effect if concerned[i] else 0.0
        shift[i] = shift[i] if concerned[i] else 0.0
        move[i] = step if concerned[i] else 0.0


@kernel
def unmet_need(support, scale, out):
    """Fill ``out`` with the unmet need for support: 1 without any, falling towards 0."""
    for i in range(out.size):
        out[i] = exponential(-support[i] / scale)


@kernel
def mean_around(total, weight, out):
    """Fill ``out`` with a weighted mean over ties; 0 for residents without ties."""
    for i in range(out.size):
        out[i] = total[i] / weight[i] if weight[i] > 0.0 else 0.0


@kernel
def pull_attitudes(pull, weight, extra, at_rest, susceptibility, out):
    """Fill ``out`` with what peers move: susceptibility x (mean pull - mean pull at rest)."""
    for i in range(out.size):
        all_of_it = weight[i] + extra
        mean = pull[i] / all_of_it if all_of_it > 0.0 else 0.0
        out[i] = susceptibility[i] * (mean - at_rest[i])


@kernel
def apply_move(values, moved, move, low, high, observed):
    """Add a move, clip what is observed, and return by how much clipping has changed the sum of what is observed."""
    clipped = 0.0
    for i in range(values.size):
        before = observed[i]
        moved[i] += move[i]
        now = min(max(values[i] + moved[i], low), high)
        clipped += now - before - move[i]
        observed[i] = now
    return clipped


@kernel
def talk_of(joined, never, status, talk_participant, talk_aware, out):
    """Fill ``out`` with how much each resident talks about an intervention: who took part, and who merely knows."""
    for i in range(out.size):
        merely = talk_aware if status[i] != 0 else 0.0
        out[i] = talk_participant if joined[i] != never else merely


@kernel
def hear_of(key, identity, hazard, talk, status, by_posters, by_word, out):
    """Fill ``out`` with how those who do not know yet hear this week, 0 for not at all; return how many by word.

    One draw a resident, shared by both ways.
    """
    told = 0
    for i in range(out.size):
        out[i] = 0
        if status[i] != 0 or hazard[i] + talk[i] <= 0.0:
            continue
        luck = uniform(key, identity[i], np.uint64(0))
        if luck >= hazard[i] + talk[i]:  # no chance is above its hazard
            continue
        if luck < 1.0 - exponential(-hazard[i]):
            out[i] = by_posters
        elif luck < 1.0 - exponential(-(hazard[i] + talk[i])):
            out[i] = by_word
            told += 1
    return told


@kernel
def ease_of_telling(lived, disclosed, open_at_rest, open_now, met, contact_effect, stigma_effect, easiest, who, ease):
    """List in ``who`` those with lived experience who have not disclosed, and how much easier it is than at rest.

    Return how many they are.
    """
    found = 0
    for i in range(lived.size):
        if lived[i] and not disclosed[i]:
            contact = exponential(-open_at_rest[i]) - exponential(-open_now[i])
            value = contact_effect * contact - stigma_effect * met[i]
            who[found] = i
            ease[found] = value if value < easiest else easiest
            found += 1
    return found


@kernel
def tell(key, identity, who, ease, common, prompted, opens):
    """Say in ``opens`` who discloses this week, with hazard e to the ease x (common + prompted); return how many."""
    found = 0
    for t in range(who.size):
        i = who[t]
        hazard = exponential(ease[t]) * (common + prompted[i])
        if hazard > 0.0:
            luck = uniform(key, identity[i], np.uint64(0))
            if luck < hazard and luck < 1.0 - exponential(-hazard):  # no chance is above its hazard
                opens[i] = True
                found += 1
    return found
