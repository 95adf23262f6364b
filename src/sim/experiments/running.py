"""Play the points of an experiment that are not stored yet, in this process or in several, and store them.

The unit of work is a point with all its seeds. What has been played is written every two seconds, so a kill loses
little, and the same call goes on; more points or seeds extend what is there.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, SimError
from sim.experiments.playing import Model
from sim.experiments.space import Space
from sim.experiments.storing import ExperimentFolder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Done", "Experiment", "run_experiment"]

_WRITE_EVERY = 2.0
"""Seconds between two writings of what has been played."""
_DEATHS = 2
"""After so many deaths of a process with it a point counts as failed."""
_LONGEST = 500

Job = tuple[int, tuple[int, ...]]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Done:
    """How far an experiment is."""

    done: int
    """Points that are done, those of earlier runs included."""
    total: int
    elapsed: float
    """Seconds since this run started."""
    left: float | None
    """Estimated seconds to its end; nothing as long as nothing is known."""


@dataclass(frozen=True)
class Experiment:
    """Points, and what is played at each of them."""

    model: Model
    space: Space
    points: NDArray[np.float64]
    """Shape (points, axes): places from 0 to 1 on each axis; NaN for its usual value."""
    seeds: int
    """Every point is played with seeds 1 to this, the same for all: luck that is common to points cancels."""
    design: Mapping[str, Any] = field(default_factory=dict)
    """What decides which point has which number, as plain data."""

    def fingerprint(self) -> dict[str, Any]:
        """Return all that stored results must have in common with this, in parts."""
        axes = {axis.path: axis.plain() for axis in self.space}
        return {**self.model.parts(), "axes": axes, "design": dict(self.design)}

    def table(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Return one row a run: its point, its seed, the values that were varied as columns, and the outcomes."""
        import pandas as pd

        values = pd.DataFrame([self.space.values(point) for point in self.points])
        for axis in self.space:
            if axis.is_choice:
                values[axis.path] = pd.Categorical(values[axis.path].map(str), [str(each) for each in axis.options])
        where = runs["point"].to_numpy()
        front = pd.concat([runs[["point", "seed"]], values.iloc[where].reset_index(drop=True)], axis=1)
        return pd.concat([front, runs.drop(columns=["point", "seed"])], axis=1)


def run_experiment(
    experiment: Experiment,
    folder: str | Path | None = None,
    *,
    workers: int = 1,
    fresh: bool = False,
    progress: Callable[[Done], None] | None = None,
) -> pd.DataFrame:
    """Play what is missing and return one row a run, by point and seed.

    Parameters
    ----------
    experiment
        What to play.
    folder
        Where results are kept; nothing is stored where absent.
    workers
        Processes that play points; the results do not depend on their number.
    fresh
        Whether to remove what the folder holds first.
    progress
        Called when it starts and whenever points end.

    Returns
    -------
    pandas.DataFrame
        Columns ``point``, ``seed``, outcomes, and ``error`` (empty where all went well).

    Raises
    ------
    InputError
        When the folder holds something else, or is in use.
    """
    if experiment.seeds < 1 or workers < 1:
        raise InputError(f"seeds and workers must be 1 or more, not {experiment.seeds} and {workers}")
    if folder is None:
        return _Running(experiment, None, workers, progress).to_the_end()
    store = ExperimentFolder(Path(folder))
    with store.held(experiment.fingerprint(), fresh=fresh):
        runs = _Running(experiment, store, workers, progress).to_the_end()
        store.write_table(experiment.table(runs))
    return runs


class _Running:
    def __init__(
        self,
        experiment: Experiment,
        store: ExperimentFolder | None,
        workers: int,
        progress: Callable[[Done], None] | None,
    ) -> None:
        self.experiment, self.store, self.workers, self.progress = experiment, store, workers, progress
        self.started = self.written = time.perf_counter()
        self.first_end = 0.0
        self.rows: dict[tuple[int, int], dict[str, Any]] = {}
        if store is not None:
            asked = range(len(experiment.points))
            for row in store.rows():
                if row["point"] in asked and row["seed"] <= experiment.seeds:
                    self.rows[row["point"], row["seed"]] = row
        self.new: Rows = []
        self.ended = 0
        self.jobs = self._jobs()
        self.total = len(experiment.points)
        self.already = self.total - len(self.jobs)

    def _jobs(self) -> list[Job]:
        seeds = range(1, self.experiment.seeds + 1)
        missing = (
            (point, tuple(seed for seed in seeds if (point, seed) not in self.rows))
            for point in range(len(self.experiment.points))
        )
        return [job for job in missing if job[1]]

    def to_the_end(self) -> pd.DataFrame:
        import pandas as pd

        self._tell()
        player = _Player(self.experiment)
        try:
            if self.workers > 1 and len(self.jobs) > 1:
                for rows in _in_processes(player, self.jobs, self.workers):
                    self._end(rows)
            else:
                for job in self.jobs:
                    self._end(player(job))
        finally:
            self._write()
        ordered = [self.rows[key] for key in sorted(self.rows)]
        names = dict.fromkeys(
            name for row in ordered for name in row if name not in ("point", "seed", "error", "_lost")
        )
        frame = pd.DataFrame(ordered, columns=["point", "seed", *names, "error"])
        return frame.assign(error=frame["error"].fillna(""))

    def _end(self, rows: Rows) -> None:
        self.ended += 1
        self.first_end = self.first_end or time.perf_counter()
        for row in rows:
            self.rows[row["point"], row["seed"]] = row
        self.new += [row for row in rows if not row.get("_lost")]
        if time.perf_counter() - self.written > _WRITE_EVERY:
            self._write()
        self._tell()

    def _write(self) -> None:
        if self.store is not None and self.new:
            self.store.add(self.new)
        self.new = []
        self.written = time.perf_counter()

    def _tell(self) -> None:
        if self.progress is None:
            return
        now = time.perf_counter()
        left = None
        if self.ended > 1:  # the first point waits for code to be compiled
            left = (now - self.first_end) / (self.ended - 1) * (len(self.jobs) - self.ended)
        self.progress(Done(self.already + self.ended, self.total, now - self.started, left))


@dataclass(frozen=True)
class _Player:
    """Plays jobs. What goes wrong at a point is data, not the end of the experiment."""

    experiment: Experiment

    def __call__(self, job: Job) -> Rows:
        point, seeds = job
        try:
            values = self.experiment.space.values(self.experiment.points[point])
            found = self.experiment.model.play(values, seeds)
        except (MemoryError, OSError) as error:
            return lost(job, _in_words(error))
        except Exception as error:
            return [{"point": point, "seed": seed, "error": _in_words(error)} for seed in seeds]
        return [{"point": point, "seed": seed, **row, "error": ""} for seed, row in zip(seeds, found, strict=True)]


def lost(job: Job, error: str) -> Rows:
    """Return rows of a job that may well go better next time, so that they are not stored."""
    return [{"point": job[0], "seed": seed, "error": error, "_lost": True} for seed in job[1]]


def _in_words(error: Exception) -> str:
    text = str(error) if isinstance(error, SimError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:_LONGEST]


# --- several processes -------------------------------------------------------------------------------

_player: _Player | None = None


def _in_processes(player: _Player, jobs: Sequence[Job], workers: int) -> Iterator[Rows]:
    """Yield the rows of each job as it ends; a process that dies takes one point with it at most."""
    from concurrent.futures.process import BrokenProcessPool

    waiting = list(jobs)
    deaths: dict[Job, int] = {}
    while waiting:
        running: dict[Any, Job] = {}
        try:
            yield from _together(player, waiting, running, workers if not deaths else 1)
            return
        except BrokenProcessPool:
            for job in running.values():
                deaths[job] = deaths.get(job, 0) + 1
                if deaths[job] >= _DEATHS:
                    yield lost(job, "the process that played this point was ended by the system")
                else:
                    waiting.insert(0, job)


def _together(player: _Player, waiting: list[Job], running: dict[Any, Job], workers: int) -> Iterator[Rows]:
    from concurrent.futures import FIRST_COMPLETED, wait

    from joblib.externals.loky import ProcessPoolExecutor

    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    pool = ProcessPoolExecutor(
        min(workers, len(waiting)), initializer=_start, initargs=(player, os.getpid()), env=threads
    )
    clean = False
    try:
        first = True
        while waiting or running:
            room = 1 if first else workers  # the first point is played alone, so that code is compiled once
            while waiting and len(running) < room:
                job = waiting.pop(0)
                running[pool.submit(_play, job)] = job
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                rows = future.result()
                del running[future]
                first = False
                yield rows
        clean = True
    finally:
        pool.shutdown(wait=True, kill_workers=not clean)


def _start(player: _Player, parent: int) -> None:
    """Make a process ready; Ctrl-C is left to the parent, and without a parent it ends."""
    global _player
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _player = player


def _end_with(parent: int) -> None:
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _play(job: Job) -> Rows:
    assert _player is not None
    return _player(job)
