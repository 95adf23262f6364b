"""What happens to those who take part in a programme, one resident after the other; luck is drawn for them only."""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def mark(status, counted, out):
    """Set ``out`` to 1 where a resident's status is one of those ``counted``."""
    for i in range(out.size):
        if counted[status[i]]:
            out[i] = 1.0


@kernel
def discharge(key, identity, status, joined, week, length, dropout, everybody, taking_part, completed, dropped):
    """Say which of those whose status is ``taking_part`` complete, and which drop out; return how many leave.

    They complete after ``length`` weeks (0 for no length), or where ``everybody`` leaves; others drop out with a chance
    of ``dropout``.
    """
    leaving = 0
    for i in range(status.size):
        completed[i] = False
        dropped[i] = False
        if status[i] == taking_part:
            if everybody or (length > 0 and week - joined[i] >= length):
                completed[i] = True
                leaving += 1
            elif dropout > 0.0 and uniform(key, identity[i], np.uint64(0)) < dropout:
                dropped[i] = True
                leaving += 1
    return leaving


@kernel
def attend(key, identity, status, attendance, taking_part, times, attended):
    """Say which of those whose status is ``taking_part`` attend this week, and count it."""
    for i in range(status.size):
        attended[i] = False
        if status[i] == taking_part and (attendance >= 1.0 or uniform(key, identity[i], np.uint64(0)) < attendance):
            attended[i] = True
            times[i] += 1
