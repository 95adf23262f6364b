"""One line of the table of goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Line"]


@dataclass(frozen=True)
class Line:
    """What a goal allows, and what was measured."""

    goal: str
    """Its number, e.g. ``1``."""
    what: str
    """What is compared with what, and at which size."""
    measured: str = ""
    """The measured values in words, with units, e.g. ``4.8 ns an entry; limit 4.1``."""
    ratio: float = float("nan")
    """What is judged: a ratio of medians taken in one run, or a value with the unit that ``allowed`` names."""
    allowed: float = float("nan")
    """The greatest, or least, ratio allowed."""
    way: Literal["at most", "at least"] = "at most"
    unit: str = ""
    """Unit of ratio and allowed where they are no ratio, e.g. ``s``."""
    skipped: str = ""
    """Why it was not measured."""

    @property
    def verdict(self) -> str:
        """``reached``, ``missed`` or ``not measured``."""
        if self.skipped:
            return f"not measured: {self.skipped}"
        if self.allowed != self.allowed:
            return "for comparison"
        reached = self.ratio <= self.allowed if self.way == "at most" else self.ratio >= self.allowed
        return "reached" if reached else "missed"

    def cells(self) -> tuple[str, ...]:
        """Return goal, what, measured, ratio, allowed and verdict as texts."""
        unit = f" {self.unit}" if self.unit else ""
        ratio = "" if self.skipped or self.ratio != self.ratio else f"{_short(self.ratio)}{unit}"
        allowed = "" if self.allowed != self.allowed else f"{self.way} {_short(self.allowed)}{unit}"
        return self.goal, self.what, self.measured, ratio, allowed, self.verdict


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
