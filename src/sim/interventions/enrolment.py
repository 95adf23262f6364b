"""Delivery: who attends, who leaves, who gets a free place, and in which group or with which worker.

Places are as many as ``places`` says, or workers x caseload. While a programme starts up they are added in equal parts:
in week k of ramp-up of r weeks (k = 0 for the first) there are floor(places * (k + 1) / (r + 1)).
Free places go to those who wait in the order of time and then of luck.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.participation import AWARE, COMPLETED, DROPPED_OUT, TAKING_PART, WAITING, Participation
from sim.interventions.spec import Runs
from sim.rules import Floats, Week

__all__ = ["attend", "discharge", "enrol", "places_in"]

Who = NDArray[np.bool_]
Queue = NDArray[np.int64]

_LEAST_IN_A_GROUP = 2
"""With how many a group may start that has waited long enough."""


def places_in(runs: Runs, week: int) -> int | None:
    """Return how many places there are in a week in which it runs; None for no limit."""
    if runs.all_places is None:
        return None
    return runs.all_places * min(week - runs.start + 1, runs.ramp_up + 1) // (runs.ramp_up + 1)


def discharge(runs: Runs, name: str, week: Week, state: Participation, *, running: bool) -> tuple[Who, Who]:
    """Record who completes and who drops out this week, and return both; at the end those who wait give up."""
    completed, dropped = (np.empty(len(week.community), np.bool_) for _ in range(2))
    leaving = compiled.discharge(
        np.uint64(week.stream(f"{name}: dropout").key), week.community.identity, state.status, state.joined,
        week.number, runs.length or 0, float(runs.dropout), not running, TAKING_PART, completed, dropped,
    )  # fmt: skip
    if leaving:
        state.status[completed] = COMPLETED
        state.status[dropped] = DROPPED_OUT
        state.left[completed | dropped] = week.number
    if not running:
        state.status[state.status == WAITING] = AWARE
    return completed, dropped


def attend(runs: Runs, name: str, week: Week, state: Participation) -> Who:
    """Record who of those who take part attends this week, newcomers included, and return it."""
    attended = np.empty(len(week.community), np.bool_)
    compiled.attend(
        np.uint64(week.stream(f"{name}: attendance").key), week.community.identity, state.status,
        float(runs.attendance), TAKING_PART, state.attended, attended,
    )  # fmt: skip
    return attended


def enrol(runs: Runs, week: Week, state: Participation, available: Who, luck: Floats) -> Who:
    """Give free places to those who wait, and return who joins.

    Nobody joins who could not stay for the whole length before the programme ends.

    Parameters
    ----------
    runs
        How many can take part, for how long, and how they come together.
    week
        As it stood at its start.
    state
        Of this intervention; who joins is recorded.
    available
        Who is not kept by another intervention, shape (residents,).
    luck
        Place in the queue among those who have waited equally long, shape (residents,).

    """
    joined = np.zeros(len(available), np.bool_)
    last = None if runs.weeks is None else runs.start + runs.weeks - (runs.length or 0)
    queue = np.flatnonzero((state.status == WAITING) & available)
    if not len(queue) or (last is not None and week.number > last):
        return joined
    places = places_in(runs, week.number)
    free = len(queue) if places is None else max(places - int(np.count_nonzero(state.taking_part())), 0)
    if not free:
        return joined
    if len(queue) > free:  # of a long queue only those who may be among the first are put in order
        since = state.waiting_since[queue]
        queue = queue[since <= np.partition(since, free - 1)[free - 1]]
    if len(queue) > free or runs.group_size is not None or runs.workers is not None:
        queue = queue[np.lexsort((luck[queue], state.waiting_since[queue]))]
    queue = queue[:free] if runs.group_size is None else _in_groups(runs, queue[:free], week.number, state)
    if runs.workers is not None:
        _to_workers(runs.workers, queue, state)
    joined[queue] = True
    state.status[joined] = TAKING_PART
    state.joined[joined] = week.number
    return joined


def _in_groups(runs: Runs, queue: Queue, now: int, state: Participation) -> Queue:
    """Put those in front of the queue into groups, and return those whose group starts.

    The others wait for more, unless the first of them has waited long enough and at least two are there.
    """
    size, number = runs.group_size or 1, int(state.group.max(initial=-1)) + 1
    full = len(queue) - len(queue) % size
    starts = full
    rest = len(queue) - full
    if runs.group_wait is not None and rest >= _LEAST_IN_A_GROUP:
        long_enough = now - state.waiting_since[queue[full]] >= runs.group_wait
        starts = len(queue) if long_enough else full
    state.group[queue[:starts]] = number + np.arange(starts) // size
    return queue[:starts]


def _to_workers(workers: int, queue: Queue, state: Participation) -> None:
    """Give each newcomer to the worker who supports fewest people now, the first of them if there are several."""
    supported = state.worker[state.taking_part()]
    cases = np.bincount(supported[supported >= 0], minlength=workers)
    for newcomer in queue.tolist():
        worker = int(np.argmin(cases))
        state.worker[newcomer] = worker
        cases[worker] += 1
