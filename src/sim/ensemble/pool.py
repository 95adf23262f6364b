"""Many units in several processes, of which any may die.

Workers write their own files, so a death loses only what was being played. What is missing is submitted
again; after a second death the units that were being played are tried singly, and one that ends its process
again is a failed run.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sim.ensemble.compiling import is_compiled
from sim.ensemble.worker import Parcel, Played, Task, play_batch, start_worker
from sim.store import BrokenUnitError, Unit, read_unit

__all__ = ["ENDED", "Report", "batch_size", "play_in_processes", "processes_ready"]

_BATCH_SECONDS = 0.5
"""How long a batch should take: long beside the millisecond of handing it over, short beside patience."""

ENDED = "the process that played this run was ended by the system, perhaps for lack of memory"

Report = Callable[[Played], None]


def play_in_processes(task: Task, units: Sequence[Unit], workers: int, report: Report) -> None:
    """Play units in several processes; ``report`` is called once for each of them, as they end.

    Raises
    ------
    SimError
        What stops everything, such as a full disk.
    """
    missing = list(units)
    ended: set[Unit] = set()

    def tell(played: Played) -> None:
        if played.unit not in ended:
            ended.add(played.unit)
            report(played)

    deaths = 0
    parcel = Parcel.of(task)
    while missing:
        suspects = _play_together(parcel, missing, workers, tell, alone_first=not (deaths or is_compiled()))
        if not suspects:
            return
        deaths += 1
        _tell_finished(task, missing, tell)
        if deaths > 1:
            _play_singly(parcel, [unit for unit in suspects if unit not in ended], tell)
        missing = [unit for unit in missing if unit not in ended]


@dataclass
class _Ready:
    """Processes that are started before it is known what they will play, and stay for the next round."""

    executor: Any
    number: int


_ready: _Ready | None = None


@contextmanager
def processes_ready(number: int) -> Iterator[None]:
    """Start processes now, for what is played by as many of them within the block.

    They import what they need meanwhile, so a study can be loaded at the same time.
    """
    global _ready
    _ready = _Ready(_started(number), number)
    try:
        yield
    finally:
        if _ready is not None:
            _ready.executor.shutdown(wait=True, kill_workers=True)
        _ready = None


def _started(number: int, prepare: bool = True) -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    executor = ProcessPoolExecutor(number, initializer=start_worker, initargs=(os.getpid(), prepare), env=threads)
    executor.submit(os.getpid)  # starts them
    return executor


@contextmanager
def _processes(number: int, prepare: bool) -> Iterator[Any]:
    global _ready
    ready, _ready = _ready, None
    if ready is not None and ready.number < number:
        ready.executor.shutdown(wait=True, kill_workers=True)
        ready = None
    executor = ready.executor if ready is not None else _started(number, prepare)
    with warnings.catch_warnings():
        # loky warns where it cannot look for children of its workers; ours have none
        warnings.filterwarnings("ignore", message="Failed to kill subprocesses")
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=True, kill_workers=True)
            raise
        if ready is not None:
            _ready = ready
        else:
            executor.shutdown(wait=True)


def _play_together(
    parcel: Parcel, units: Sequence[Unit], workers: int, report: Report, *, alone_first: bool
) -> list[Unit]:
    """Play units; return those that were being played when a process died, or nothing when all are played.

    The first unit is played ``alone_first``, so that code is compiled once, not by all processes at once.
    Not more batches are handed over than there are processes, so that what was being played is known.
    """
    waiting = list(units)
    running: dict[Future[list[Played]], list[Unit]] = {}
    seconds: list[float] = []
    try:
        with _processes(min(workers, len(units)), parcel.prepare) as executor:
            while waiting or running:
                room = workers if seconds or not alone_first else 1
                while waiting and len(running) < room:
                    size = batch_size(seconds, len(waiting), workers)
                    batch, waiting = waiting[:size], waiting[size:]
                    running[executor.submit(play_batch, parcel, batch)] = batch
                done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    played = future.result()
                    del running[future]
                    seconds += [each.seconds for each in played]
                    for each in played:
                        report(each)
    except BrokenProcessPool:
        return [unit for batch in running.values() for unit in batch] or waiting[:1]
    return []


def batch_size(seconds: Sequence[float], waiting: int, workers: int) -> int:
    """Return how many units to hand over at once: enough for half a second, fewer towards the end."""
    if not seconds:
        return 1
    recent = seconds[-20:]
    for_time = round(_BATCH_SECONDS / max(sum(recent) / len(recent), 1e-6))
    return max(1, min(for_time, waiting // (2 * workers)))


def _tell_finished(task: Task, units: Sequence[Unit], report: Report) -> None:
    """Report units that have their file although the batch that they were in did not end."""
    for unit in units:
        try:
            stored = read_unit(task.folder / unit.filename)
        except BrokenUnitError:
            continue
        if stored.fingerprint == task.digest:
            report(Played.from_file(stored))


def _play_singly(parcel: Parcel, units: Sequence[Unit], report: Report) -> None:
    for unit in units:
        try:
            with _processes(1, parcel.prepare) as executor:
                played = executor.submit(play_batch, parcel, [unit]).result()
        except BrokenProcessPool:
            report(Played(unit, failed=1, error=ENDED))
        else:
            report(played[0])
