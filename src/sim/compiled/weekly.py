"""What every week's measures of everybody together come to, in a few calls (see :mod:`sim.measures.weekly`)."""

from __future__ import annotations

from sim.compiled.caching import kernel
from sim.compiled.functions import exponential, fill_normal_share
from sim.compiled.groups import total


@kernel
def sum_feelings(
    loneliness, stigma, self_stigma, lived_experience, open_ties, support, cut, softness, table, density, score,
    kept, scratch, out,
):  # fmt: skip
    """Fill ``out`` with sums over residents, taken as :func:`sim.compiled.groups.total` takes them.

    They are: loneliness, often lonely, loneliness of at least ``score``, stigma, self-stigma of those with lived
    experience, how many those are, contact with people who are open, support. Where told to ``keep``, residents' own
    values are added to the rows of ``kept``: loneliness, often lonely, stigma, self-stigma, support.
    """
    size = loneliness.size
    fill_normal_share(loneliness, cut, softness, table, density, scratch)
    out[0], out[1], out[3] = total(loneliness), total(scratch), total(stigma)
    for i in range(size):
        kept[0, i] += loneliness[i]
        kept[1, i] += scratch[i]
        kept[2, i] += stigma[i]
        kept[4, i] += support[i]
    lonely = concerned = 0
    for i in range(size):
        lonely += loneliness[i] >= score
        concerned += lived_experience[i]
        scratch[i] = self_stigma[i] if lived_experience[i] else 0.0
    out[2], out[4], out[5] = lonely, total(scratch), concerned
    for i in range(size):
        kept[3, i] += scratch[i]
        scratch[i] = 1.0 - exponential(-open_ties[i])
    out[6], out[7] = total(scratch), total(support)


@kernel
def sum_network(counts, core, friend, length, influential, strength, to_lived, lived_experience, scratch, out):
    """Fill ``out`` with sums over residents.

    They are: no tie of the kind ``friend``, none of the kinds ``core``, ties, any tie to somebody with influence,
    strength of ties between people with and without lived experience, and of all.
    """
    alone = without = ties = access = 0
    scratch[:] = 0.0
    for k in core:
        if k >= 0:
            row = counts[k]
            for i in range(row.size):
                scratch[i] += row[i]
    for i in range(length.size):
        alone += scratch[i] == 0.0
        ties += length[i]
        access += influential[i] > 0.0
    if friend < 0:
        without = length.size
    else:
        row = counts[friend]
        for i in range(row.size):
            without += row[i] == 0
    for i in range(length.size):
        scratch[i] = strength[i] - to_lived[i] if lived_experience[i] else to_lived[i]
    out[0], out[1], out[2], out[3] = without, alone, ties, access
    out[4], out[5] = total(scratch), total(strength)


@kernel
def note_statuses(status, joined, never, noted):
    """Set in ``noted`` the bit of each resident's status, and bit 7 of those who have ever joined."""
    for i in range(status.size):
        noted[i] |= 1 << status[i]
        if joined[i] != never:
            noted[i] |= 128


@kernel
def count_noted(noted, aware, out):
    """Fill ``out[b]`` with how many have bit b, and ``out[8]`` with how many have any of the bits ``aware``."""
    out[:] = 0
    for i in range(noted.size):
        if noted[i] > 1:
            for b in range(8):
                out[b] += (noted[i] >> b) & 1
            out[8] += (noted[i] & aware) != 0
        else:
            out[0] += noted[i]
