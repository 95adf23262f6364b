"""Playing one unit and storing it, in this process or in another."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.errors import InputError, SimError
from sim.store import OWN, TABLES, Counting, StoredUnit, Unit, write_unit

__all__ = ["Parcel", "Play", "Played", "Task", "ignored_signals", "play_batch", "start_worker"]

Play = Callable[[Any, int, int], Any]
"""From a plan, the seed of a community and a seed to its tables; :func:`sim.run.play_unit` unless told."""

_LONGEST = 500
"""Characters of an error that are kept."""


@dataclass(frozen=True)
class Played:
    """What became of one unit."""

    unit: Unit
    seconds: float = 0.0
    failed: int = 0
    """Number of scenarios that failed; for a unit without a file 1."""
    error: str = ""
    """Why the unit has no file: what may be otherwise next time, such as memory that ran out."""
    refused: InputError | None = None
    """Input that cannot be used, which a user can mend."""

    @classmethod
    def from_file(cls, stored: StoredUnit) -> Played:
        """Return what the file of a unit says."""
        return cls(stored.unit, stored.seconds, len(stored.failures))


@dataclass(frozen=True)
class Task:
    """All that is needed to play a unit of a study and to store it. A failed run never raises."""

    plan: Any
    """The study: a :class:`sim.scenario.Plan`."""
    folder: Path
    """Where units' files go."""
    digest: str
    """The fingerprint's digest, kept in each file."""
    play: Play | None = None

    def __call__(self, unit: Unit) -> Played:
        """Play one unit and write its file; only what is wrong with the disk is raised."""
        started = time.perf_counter()
        try:
            tables = self._player()(self.plan, unit.community, unit.seed)
        except InputError as error:
            return Played(unit, error=_in_words(error), failed=1, refused=error)
        except (MemoryError, OSError) as error:  # may well go better next time: not stored
            return Played(unit, error=_in_words(error), failed=1)
        except Exception as error:
            failure = {**unit._asdict(), "scenario": "", "error": _in_words(error)}
            seconds = time.perf_counter() - started
            write_unit(self.folder, unit, self.digest, tables={}, failures=[failure], seconds=seconds)
            return Played(unit, seconds, failed=1)
        seconds = time.perf_counter() - started
        own, counting = _own_effects(tables)
        write_unit(
            self.folder,
            unit,
            self.digest,
            tables={name: getattr(tables, name) for name in TABLES} | own,
            failures=tables.failures,
            about=tables.about,
            seconds=seconds,
            counting=counting,
        )
        return Played(unit, seconds, len(tables.failures))

    def _player(self) -> Play:
        if self.play is not None:
            return self.play
        from sim.run import play_unit

        return play_unit


def _own_effects(tables: Any) -> tuple[dict[str, Any], Counting]:
    """Return residents' own effects, where a unit keeps them; a study that plays something of its own need not."""
    if not hasattr(tables, "own"):
        return {}, ""
    return ({}, "alone") if tables.own is None else ({OWN: tables.own}, "kept")


def _in_words(error: Exception) -> str:
    text = str(error) if isinstance(error, SimError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:_LONGEST]


# --- in a worker process -----------------------------------------------------------------------------

_held: tuple[str, Task] | None = None
"""The last task that came, by its token."""


@dataclass(frozen=True)
class Parcel:
    """A task on its way to other processes, pickled once."""

    token: str
    content: bytes
    prepare: bool
    """Whether it plays the model's units, not some of its own."""

    @classmethod
    def of(cls, task: Task) -> Parcel:
        """Pack a task; classes that were made in a notebook go with it."""
        from joblib.externals.loky.backend.reduction import dumps

        return cls(uuid.uuid4().hex, bytes(dumps(task)), task.play is None)

    def task(self) -> Task:
        """Return the task, unpacked when it first comes to a process."""
        global _held
        if _held is None or _held[0] != self.token:
            _held = (self.token, pickle.loads(self.content))
        return _held[1]


def start_worker(parent: int, prepare: bool = True) -> None:
    """Make a process ready, and ``prepare``: import what the model's units need before the first one comes."""
    ignored_signals()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if not prepare:
        return
    for name in ("sim.run", "sim.compiled", "pandas", "pyarrow.parquet"):
        import_module(name)
    import_module("sim.compiled").load()


def ignored_signals() -> None:
    """Leave Ctrl-C to the parent, which stops its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with(parent: int) -> None:
    """End this process when its parent is no more, so that nothing goes on unseen after a kill."""
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def play_batch(parcel: Parcel, units: Sequence[Unit]) -> list[Played]:
    """Play units one after the other."""
    task = parcel.task()
    return [task(unit) for unit in units]
