"""``sim calibrate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.screens import note, say, table

if TYPE_CHECKING:
    from sim.calibration import Observation, Progress
    from sim.study.calibrating import Calibration

__all__ = ["Dates", "calibrate"]


@dataclass(frozen=True)
class Dates:
    """Which column of a table of people holds when they took something up."""

    column: str
    first: int | None
    last: int | None
    weeks_a_period: int

    def observations(self, people: Path) -> list[Observation]:
        """Return the targets that follow from it."""
        from sim.calibration import adoption_targets

        return adoption_targets(
            people, self.column, first=self.first, last=self.last, weeks_a_period=self.weeks_a_period
        )


def calibrate(path: Path, targets: Path, parameters: Sequence[str], dates: Dates | None, **settings: Any) -> None:
    """Calibrate and print what came out."""
    from sim.study.calibrating import calibrate as run

    observed = targets if dates is None else dates.observations(targets)
    found = run(path, observed, parameters, progress=_shown(), **settings)
    _print(found)


def _shown() -> Any:
    """Return how progress is shown: a line that is written over on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return False

    def show(progress: Progress) -> None:
        temperature = "" if progress.temperature is None else f" at temperature {progress.temperature:.3g}"
        text = f"generation {progress.generation}{temperature}: {progress.accepted} of {progress.particles}, "
        text += f"{progress.simulations:,} simulations of at most {progress.most:,}"
        end = "\n" if progress.accepted >= progress.particles else ""
        print(f"\r{text:<100}", end=end, file=sys.stderr, flush=True)  # noqa: T201

    return show


def _print(found: Calibration) -> None:
    rows = [
        [str(row["parameter"]), f"{row['low']:.4g} to {row['high']:.4g}", f"{row['median']:.4g}",
         f"{row['lower']:.4g} to {row['upper']:.4g}", f"{max(row['narrowed'], 0):.0%}"]
        for row in found.summary.to_dict("records")
    ]  # fmt: skip
    table(["parameter", "before", "median", "95%", "narrowed by"], rows)
    say()
    for sentence in found.sentences():
        say(sentence)
    say()
    say(str(found.file))
    note("A scenario that extends this file plays each seed with a parameter set drawn from the posterior.")
