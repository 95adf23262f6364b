"""What a programme costs, week by week and by kind."""

from __future__ import annotations

import numpy as np

from sim.interventions.effects.base import Events
from sim.interventions.spec import Cost

__all__ = ["book"]


def book(cost: Cost, events: Events, *, running: bool) -> None:
    """Add this week's spending to the books, by kind; only kinds that have a price are kept.

    A volunteer counts in every week in which she serves somebody. Her time is counted as a cost too, where a value of
    an hour is given: ``volunteer_time``.

    Parameters
    ----------
    cost
        Prices.
    events
        What happened this week.
    running
        Whether the programme runs in this week.

    """
    volunteers = int(np.count_nonzero(events.serving))
    hour = None if cost.per_volunteer_hour is None else cost.per_volunteer_hour * (cost.volunteer_hours or 0.0)
    items = {
        "fixed": (cost.fixed, int(events.opens)),
        "per_week": (cost.per_week, int(running)),
        "per_participant": (cost.per_participant, int(np.count_nonzero(events.joined))),
        "per_participant_week": (cost.per_participant_week, int(np.count_nonzero(events.taking_part))),
        "per_attendance": (cost.per_attendance, int(np.count_nonzero(events.attended))),
        "per_volunteer_week": (cost.per_volunteer_week, volunteers),
        "volunteer_time": (hour, volunteers),
    }
    books = events.participation.spending
    for kind, (price, count) in items.items():
        if price is not None:
            books[kind] = books.get(kind, 0.0) + price * count
