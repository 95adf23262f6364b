"""Goal 2: a whole week against passes over the ties, and in microseconds at 2,000 residents."""

from __future__ import annotations

from benchmarks.goals.line import Line
from benchmarks.timing import medians
from benchmarks.worlds import busy_week, pass_of

TITLE = "a whole week"


def measure(quick: bool) -> list[Line]:
    """Time weeks with all mechanisms, tie turnover, three interventions and the weekly measures."""
    sizes = (500,) if quick else (2_000, 100_000)
    lines = []
    for residents in sizes:
        simulation, week = busy_week(residents)
        repeat = max(1, 40_000 // residents)
        found = medians({"week": week, "pass": pass_of(simulation)}, rounds=2 if quick else 7, repeat=repeat)
        entries = int(simulation.community.ties.length.sum())
        values = (
            f"week {found['week'] * 1e6:,.0f} us, pass {found['pass'] * 1e6:,.0f} us; "
            f"{entries:,} entries, {found['pass'] / entries * 1e9:.1f} ns each"
        )
        if residents < 100_000:
            allowed = float("nan") if quick else 250.0
            lines.append(Line("2", f"week, {residents:,} residents", values, found["week"] * 1e6, allowed, unit="us"))
        else:
            ratio = found["week"] / found["pass"]
            lines.append(Line("2", f"week / pass, {residents:,} residents", values, ratio, 4.0))
    return lines
