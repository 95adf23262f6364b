"""``comparison.csv``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_comparison"]


def write_comparison(path: Path | str, comparison: pd.DataFrame) -> Path:
    """Write a comparison as CSV, whole or not at all, and return the path of the file.

    Numbers are written so that they read back to the bit; what is not defined is an empty cell.

    Parameters
    ----------
    path
        The file, or the result folder it goes into as ``comparison.csv``.
    comparison
        As :func:`sim.compare.comparison` gives it; for a community from a survey, after
        :func:`sim.compare.suppress`.
    """
    from sim.store.files import write_text

    target = Path(path)
    if target.is_dir():
        target = target / "comparison.csv"
    whole = {
        name: [_whole(value) for value in comparison[name]]
        for name in ("seeds_needed", "seeds_for_20_percent")
        if name in comparison
    }
    write_text(target, comparison.assign(**whole).to_csv(index=False, lineterminator="\n"))
    return target


def _whole(value: float) -> str:
    if math.isnan(value):
        return ""
    return "inf" if math.isinf(value) else str(int(value))
