"""Which counts of surveyed people may not be shown, because they are few or would give away few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_SHOWN", "hidden"]

LEAST_SHOWN = 10
"""Counts below this are not shown for communities that come from a survey."""


def hidden(counts: Sequence[float] | NDArray[np.number], least: int = LEAST_SHOWN) -> NDArray[np.bool_]:
    """Say which counts of a table that sums to a known whole must be left out, shape (counts,).

    Those above 0 and below ``least``; and, since one alone could be worked out as the whole minus the others, the next
    smallest until at least two are left out that hold ``least`` together.
    """
    held = np.asarray(counts, np.float64)
    out = np.asarray((held > 0) & (held < least), np.bool_)
    if not out.any():
        return out
    for at in np.argsort(held, kind="stable"):
        if out.sum() > 1 and held[out].sum() >= least:
            break
        if held[at] > 0:
            out[at] = True
    return out
