"""How long a run would take and how large it would become, measured and not guessed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.ensemble.counting import to_play_again
from sim.ensemble.recording import fingerprint_of
from sim.ensemble.running import refuse_communities, units_of
from sim.ensemble.worker import Play, Task
from sim.errors import RunError
from sim.store import ResultFolder, StoredUnit, Unit, read_unit

if TYPE_CHECKING:
    from sim.scenario import Plan

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """What a run would do."""

    planned: int
    """Units that the folder would hold."""
    pending: int
    """Units that would be played."""
    seconds: float
    """Estimated time for them."""
    rows: int
    """Rows of all tables."""
    size: int
    """Bytes of the result folder, without report and figures."""
    measured_on: str
    """``stored`` results or ``trial``: one run that was played and thrown away."""
    failures: int = 0
    """Scenarios that failed in the trial."""


def estimate(
    plan: Plan, out: str | Path, *, workers: int = 1, fresh: bool = False, play: Play | None = None
) -> Estimate:
    """Return what :func:`sim.ensemble.run` would do, without writing anything that stays.

    Raises
    ------
    InputError
        When the run would be refused.
    """
    folder = ResultFolder(out)
    fingerprint = fingerprint_of(plan)
    stored: dict[Unit, StoredUnit] = {}
    if not fresh:
        folder.refuse_differences(fingerprint.parts, fingerprint.digest)
        stored = folder.stored_units(fingerprint.digest, tidy=False)
        refuse_communities(folder, plan, stored)
    units = units_of(plan)
    missing = [unit for unit in units if unit not in stored]
    planned = len(missing) + len(stored)
    written = not missing and folder.is_written(list(stored.values()))
    again = [] if written else to_play_again(plan, {*units, *stored}, stored)
    pending = [*again, *missing]
    known = [file for file in stored.values() if not file.failures] or [_trial(plan, play)]
    seconds = sum(file.seconds for file in known) / len(known)
    size = sum(file.size for file in known) / len(known)
    rows = sum(sum(file.rows.values()) for file in known) / len(known)
    return Estimate(
        planned=planned,
        pending=len(pending),
        seconds=seconds * len(pending) / max(1, min(workers, len(pending))),
        rows=round(rows * planned),
        size=round(2 * size * planned),  # units' files and tables
        measured_on="stored" if stored else "trial",
        failures=len(known[0].failures),
    )


def _trial(plan: Plan, play: Play | None) -> StoredUnit:
    """Play the first unit twice: compiling is paid for by the first time."""
    with tempfile.TemporaryDirectory() as place:
        task = Task(plan, Path(place), "", play)
        for _ in range(2):
            played = task(units_of(plan)[0])
            if played.refused is not None:
                raise played.refused
            if played.error:
                raise RunError(f"the trial run failed: {played.error}")
        return read_unit(task.folder / played.unit.filename)
