"""All units of a study, from where an earlier run stopped to the tables of the result folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble.compiling import note_compiled
from sim.ensemble.connecting import check_client
from sim.ensemble.counting import NOT_KEPT, Counted, count, to_play_again, with_shared_residents
from sim.ensemble.pool import play_in_processes
from sim.ensemble.recording import fingerprint_of, manifest_of, now, with_units
from sim.ensemble.worker import Play, Played, Task
from sim.errors import InputError, Problem, RunError
from sim.store import BrokenUnitError, ResultFolder, StoredUnit, Unit

if TYPE_CHECKING:
    from sim.scenario import Plan

__all__ = ["Outcome", "Progress", "run", "units_of"]

_RECORD_EVERY = 15.0
"""Seconds between two writings of the manifest while units are played."""


_ROUNDS = 3
"""How often units are played again whose files turn out to be damaged."""


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    done: int
    """Units that are done, those of earlier runs included."""
    total: int
    elapsed: float
    """Seconds since this run started."""
    left: float | None
    """Estimated seconds to its end; nothing as long as nothing is known."""


@dataclass
class Outcome:
    """What became of a run."""

    folder: Path
    planned: int
    """Units that the folder is to hold."""
    already: int
    """Units that were there before."""
    played: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    """Runs that failed: community, seed, scenario, error."""
    interrupted: bool = False
    """Whether it was stopped by Ctrl-C; what is done is stored."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """What a user should know of how it was run, such as which way results took through a cluster."""
    changed: bool = True
    """Whether the folder holds anything else than before: runs, or what the study says of itself."""

    @property
    def done(self) -> int:
        """Units that the folder holds now."""
        return self.already + self.played


def units_of(plan: Plan) -> list[Unit]:
    """Return the units of a study, in order."""
    return sorted(Unit((seed - 1) % plan.communities + 1, seed) for seed in range(1, plan.seeds + 1))


def run(
    plan: Plan,
    out: str | Path,
    *,
    workers: int = 1,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
    play: Play | None = None,
    client: Any = None,
    tell: Callable[[str], None] | None = None,
    more_to_come: bool = False,
) -> Outcome:
    """Play all units of a study that the result folder does not hold yet, and write its tables.

    The contents do not depend on ``workers``, nor on stops in between.

    Parameters
    ----------
    plan
        The study.
    out
        The result folder; made if need be.
    workers
        Processes; with 1 all happens in this one.
    fresh
        Whether to remove stored results first.
    progress
        Called when it starts and whenever units end.
    play
        How a unit is played, for tests and for studies that play something of their own.
    client
        A client of a Dask cluster (:class:`distributed.Client`): its workers play instead of processes of this machine.
    tell
        Called with what a user should know while it runs; it stands in the outcome's notes too.
    more_to_come
        Whether more seeds may follow at once, so that effects on single people of a survey are still needed; they are
        removed from the folder otherwise when the run has ended.

    Raises
    ------
    InputError
        When the folder holds something else, is in use, or cannot be written to, or when workers of a cluster have
        another version of the program.
    """
    if client is not None:
        check_client(client)
    folder = ResultFolder(out)
    fingerprint = fingerprint_of(plan)
    if not fresh:
        folder.refuse_differences(fingerprint.parts, fingerprint.digest)  # before anything is touched
    with folder.held():
        if fresh:
            folder.clear()
        folder.refuse_differences(fingerprint.parts, fingerprint.digest)
        stored = folder.stored_units(fingerprint.digest)
        refuse_communities(folder, plan, stored)
        planned = sorted({*units_of(plan), *stored})
        running = _Running(
            folder=folder,
            task=Task(with_shared_residents(plan, planned), folder.units_path, fingerprint.digest, play),
            manifest=manifest_of(plan, fingerprint),
            asked=units_of(plan),
            planned=planned,
            workers=workers,
            client=client,
            progress=progress,
            tell=tell,
            already=len(stored),
            more_to_come=more_to_come,
        )
        return running.to_the_end(stored)


def refuse_communities(folder: ResultFolder, plan: Plan, stored: Mapping[Unit, StoredUnit]) -> None:
    """Check that stored seeds were played in the communities in which they would be played now.

    A number of communities that follows the number of seeds may grow with it.
    """
    community_of = {unit.seed: unit.community for unit in units_of(plan)}
    for unit in stored:
        now_in = {community_of[unit.seed]} if unit.seed in community_of else {unit.seed, _modular(plan, unit)}
        if unit.community not in now_in:
            was = folder.manifest.get("communities")
            raise InputError(
                Problem(
                    file=str(folder.path),
                    message=f"communities was {was}, is now {plan.communities}, so seed {unit.seed} would "
                    "have another community than before; --fresh starts anew, --out gives another folder",
                )
            )


def _modular(plan: Plan, unit: Unit) -> int:
    return int((unit.seed - 1) % plan.communities) + 1


@dataclass
class _Running:
    folder: ResultFolder
    task: Task
    manifest: dict[str, Any]
    asked: Sequence[Unit]
    planned: Sequence[Unit]
    workers: int
    client: Any
    progress: Callable[[Progress], None] | None
    tell: Callable[[str], None] | None
    already: int
    more_to_come: bool = False
    left: int = 0
    """Stored units that were to be played again and were not."""
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    first_end: float = 0.0
    recorded: float = field(default_factory=time.perf_counter)
    ended: dict[Unit, Played] = field(default_factory=dict)

    def to_the_end(self, stored: dict[Unit, StoredUnit]) -> Outcome:
        """Play what is missing, write the tables, play again what turns out to be damaged."""
        before = self.folder.manifest
        pending = [unit for unit in self.asked if unit not in stored]
        nothing_to_do = not pending and self.folder.is_written(list(stored.values()))
        if not nothing_to_do:
            pending = [*self._again(stored), *pending]
        times = {"started": before.get("started"), "ended": before.get("ended")} if nothing_to_do else {}
        self.manifest |= times or {"started": now(), "ended": None}
        interrupted = False
        try:
            for _ in range(_ROUNDS):
                self._record(stored)
                self._play(pending)
                stored = self.folder.stored_units(self.task.digest)
                try:
                    self._write(stored)
                except BrokenUnitError:
                    stored = self.folder.stored_units(self.task.digest)
                pending = [unit for unit in self.asked if unit not in stored and unit not in self._unstored()]
                if not pending:
                    break
            else:
                raise RunError(f"{self.folder.path}: files of units keep breaking; is the disk sound?")
        except KeyboardInterrupt:
            interrupted = True
            stored = self.folder.stored_units(self.task.digest)
            self._write(stored)
        if not interrupted and not self.more_to_come:
            self.folder.remove_own_effects(stored.values())
        if not nothing_to_do:
            self.manifest["ended"] = now()
            self.left = len(to_play_again(self.task.plan, self.planned, stored))
        self._record(stored)
        return self._outcome(stored, interrupted, changed=self.folder.manifest != before)

    def _again(self, stored: Mapping[Unit, StoredUnit]) -> list[Unit]:
        """Return stored units that are played again for the sake of what their files do not hold any more."""
        again = to_play_again(self.task.plan, self.planned, stored)
        if again:
            count = f"{len(again)} stored run{'s are' if len(again) > 1 else ' is'} played again"
            self._say(f"{count}: who is worse off is counted over all runs with the same residents, {NOT_KEPT}")
            self.already -= len(again)
        return again

    def _unstored(self) -> dict[Unit, Played]:
        return {unit: played for unit, played in self.ended.items() if played.error}

    def _failures(self) -> list[dict[str, Any]]:
        return [
            {"community": unit.community, "seed": unit.seed, "scenario": "", "error": played.error}
            for unit, played in self._unstored().items()
        ]

    def _record(self, stored: Mapping[Unit, StoredUnit]) -> None:
        self.folder.write_manifest(with_units(self.manifest, self.planned, stored, self._unstored()))
        self.recorded = time.perf_counter()

    def _write(self, stored: Mapping[Unit, StoredUnit]) -> None:
        units = [stored[unit] for unit in self.planned if unit in stored]
        counted = Counted() if self.folder.is_written(units) else count(self.task.plan, units)
        self.folder.write_tables(units, self._failures(), counted.effects, counted.remark)

    def _play(self, pending: Sequence[Unit]) -> None:
        self._tell()
        if self.client is not None and pending:
            from sim.ensemble.cluster import play_on_cluster  # Dask is imported when it is used

            play_on_cluster(self.task, pending, self.client, self._end, self._say)
        elif self.workers > 1 and len(pending) > 1:
            play_in_processes(self.task, pending, self.workers, self._end)
        else:
            for unit in pending:
                self._end(self.task(unit))

    def _end(self, played: Played) -> None:
        if played.refused is not None and not self.ended and not self.already:
            raise played.refused  # the very first run cannot use its input: the others could not either
        if not self.ended and self.task.play is None and self.client is None and not played.failed:
            note_compiled()
        self.first_end = self.first_end or time.perf_counter()
        self.ended[played.unit] = played
        if time.perf_counter() - self.recorded > _RECORD_EVERY:
            self._record(self.folder.stored_units(self.task.digest, tidy=False))
        self._tell()

    def _say(self, text: str) -> None:
        self.notes.append(text)
        if self.tell is not None:
            self.tell(text)

    def _tell(self) -> None:
        if self.progress is not None:
            done = min(self.already + len(self.ended), len(self.planned))
            seconds = time.perf_counter() - self.started
            self.progress(Progress(done, len(self.planned), seconds, self._left(len(self.planned) - done)))

    def _left(self, units: int) -> float | None:
        """Estimate from the units that ended after the first: that one waits for code to be compiled."""
        if len(self.ended) < 2:
            return None
        return (time.perf_counter() - self.first_end) / (len(self.ended) - 1) * units

    def _outcome(self, stored: Mapping[Unit, StoredUnit], interrupted: bool, changed: bool) -> Outcome:
        failures = [dict(failure) for file in stored.values() for failure in file.failures]
        return Outcome(
            folder=self.folder.path,
            planned=len(self.planned),
            already=self.already,
            played=len(stored) - self.already - self.left,
            failures=[*failures, *self._failures()],
            interrupted=interrupted,
            seconds=time.perf_counter() - self.started,
            notes=tuple(self.notes),
            changed=changed,
        )
