"""Units on a Dask cluster that is there already: the client's side.

Workers may join and die while units are played. The scheduler gives a batch whose worker died to another one; a batch
whose workers have died twice comes back, and its units are tried singly, each with nothing beside it. One that ends
two workers alone is a failed run. What was written is never played again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import cloudpickle
from distributed.scheduler import KilledWorker

from sim.ensemble.pool import ENDED, Report, batch_size
from sim.ensemble.shipment import DEATHS, Answer, Shipment, differing, play_there, sees
from sim.ensemble.worker import Played, Task
from sim.errors import InputError, Problem, RunError
from sim.store import TEMPORARY, Unit, computed_with, temporary

__all__ = ["play_on_cluster"]

_SEEN_WITHIN = 60.0
"""Seconds until a file that a worker has written must be seen here: network drives keep listings for a while."""

_LOST = "the connection to the Dask scheduler is lost; what is done is stored, and the same command goes on from there"

Tell = Callable[[str], None]


def play_on_cluster(task: Task, units: Sequence[Unit], client: Any, report: Report, tell: Tell) -> None:
    """Play units on the workers of a Dask cluster; ``report`` is called once for each of them, as they end.

    Parameters
    ----------
    task
        What is played. Its folder may be seen by the workers, or not.
    units
        What to play.
    client
        A :class:`distributed.Client`, not an asynchronous one.
    report
        Called with what became of each unit.
    tell
        Called with what a user should know: how many workers, and which way results take.

    Raises
    ------
    InputError
        When the workers have another version of the program.
    RunError
        When the scheduler is gone.
    """
    with _probe(task.folder) as (probe, token):
        tell(_refuse_or_describe(client, probe, token))
        shipment = _shipment(task, probe, token)
        name = _name(task.folder)
        playing = _Playing(task, client, name, token, report, tell, deque(units))
        try:
            client.register_plugin(shipment, name=name)
            del shipment
            playing.to_the_end()
        except (CancelledError, asyncio.CancelledError, OSError) as error:
            raise RunError(_LOST) from error
        finally:
            playing.close()


@contextmanager
def _probe(folder: Path) -> Iterator[tuple[Path, str]]:
    """Lay a file into the folder of units by which workers know whether they see that folder."""
    token = uuid.uuid4().hex
    probe = folder.absolute() / f".seen.{os.getpid()}-{token[:8]}{TEMPORARY}"
    probe.write_text(token, encoding="utf-8")
    try:
        yield probe, token
    finally:
        probe.unlink(missing_ok=True)


def _name(folder: Path) -> str:
    """Return the plugin's name: the same for each run in a folder, so that one replaces what a dead client has left."""
    place = f"{socket.gethostname()}:{folder.absolute()}"
    return f"sim-{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _shipment(task: Task, probe: Path, token: str) -> Shipment:
    files: dict[Path, bytes] = {}
    for scenario in task.plan.scenarios.values():
        for file in scenario.data_files():
            files[file] = files[file] if file in files else file.read_bytes()
    content = cloudpickle.dumps((task.plan, task.play))
    return Shipment(token, content, files, task.digest, computed_with(), task.folder.absolute(), probe)


def _look(probe: Path, token: str) -> tuple[dict[str, Any], bool]:
    """Return what a worker computes with, and whether it sees the result folder."""
    return computed_with(), sees(probe, token)


def _refuse_or_describe(client: Any, probe: Path, token: str) -> str:
    """Return how many workers there are and which way results take; refuse workers with another program.

    Raises
    ------
    InputError
        With what differs, worker by worker.
    """
    found = client.run(_look, probe, token, on_error="return")
    here, problems = computed_with(), []
    for address, said in sorted(found.items()):
        if isinstance(said, BaseException):
            problems.append(f"worker {address} cannot use sim ({type(said).__name__}: {said})")
            continue
        differs = differing(said[0], here)
        if differs:
            problems.append(f"worker {address} differs from this process: {'; '.join(differs)}")
    if problems:
        more = "install the same versions on the workers as here"
        raise InputError([Problem(message=text) for text in (*problems[:5], more)])
    count = len(found)
    if not count:
        return "no Dask worker is there yet; runs begin when one joins"
    seeing = sum(said[1] for said in found.values())
    workers = f"{count} Dask worker{'s' if count > 1 else ''}"
    if seeing == count:
        return f"{workers}, writing to the result folder (shared storage)"
    if not seeing:
        return f"{workers} without sight of the result folder; results come back through this process"
    return f"{workers}, {seeing} of them writing to the result folder; results of the others come back through here"


class _Playing:
    """Units on their way through a cluster."""

    def __init__(
        self, task: Task, client: Any, name: str, token: str, report: Report, tell: Tell, waiting: deque[Unit]
    ) -> None:
        self.task, self.client, self.name, self.token = task, client, name, token
        self.report, self.tell, self.waiting = report, tell, waiting
        self.suspects: deque[Unit] = deque()
        """Units of batches that ended workers: to be played one by one, with nothing beside them."""
        self.running: dict[Any, tuple[list[Unit], str, bool]] = {}
        """Future -> units, name of the batch, whether it is a suspect alone."""
        self.done: SimpleQueue[Any] = SimpleQueue()
        self.ended: set[Unit] = set()
        self.written: list[Unit] = []
        self.seconds: list[float] = []
        self.refused: dict[str, str] = {}
        self._workers: tuple[float, list[str]] = (0.0, [])
        self._count = 0

    def to_the_end(self) -> None:
        """Play everything."""
        while self.waiting or self.running or self.suspects:
            self._submit()
            try:
                future = self.done.get(timeout=0.5)
            except Empty:
                if self.client.status not in ("running", "connecting"):
                    raise RunError(_LOST) from None
                continue
            self._take(future)
        self._see_written()

    def close(self) -> None:
        """Take back what is pending, and what the workers were sent."""
        with suppress(Exception):
            if self.running:
                self.client.cancel(list(self.running), force=True)
        with suppress(Exception):
            self.client.unregister_worker_plugin(self.name)

    # --- handing out ---------------------------------------------------------------------------------------

    def _usable(self) -> list[str]:
        """Return the workers that may play, looked up at most once a second."""
        since, found = self._workers
        if time.monotonic() - since > 1.0 or not found:
            found = [address for address in self.client.nthreads() if address not in self.refused]
            self._workers = (time.monotonic(), found)
        return found

    def _submit(self) -> None:
        workers = self._usable()
        if self.refused and not workers and not self.running:
            address, why = next(iter(self.refused.items()))
            raise InputError(f"worker {address} differs from this process: {why}; no other worker is there")
        room = max(2 * len(workers), 2)  # the next batch is there when one ends, and little is lost when all stops
        while self.waiting and len(self.running) < room:
            size = batch_size(self.seconds, len(self.waiting), max(1, len(workers)))
            self._send([self.waiting.popleft() for _ in range(size)], workers)
        if self.suspects and not self.running:
            self._send([self.suspects.popleft()], workers, alone=True)

    def _send(self, units: list[Unit], workers: list[str], *, alone: bool = False) -> None:
        self._count += 1
        batch = f"sim-{self.token}-{self._count}"
        future = self.client.submit(
            play_there, self.name, self.token, batch, units,
            key=batch, pure=False, workers=workers if self.refused else None,
        )  # fmt: skip
        self.running[future] = (units, batch, alone)
        future.add_done_callback(self.done.put)

    # --- taking back -----------------------------------------------------------------------------------------

    def _take(self, future: Any) -> None:
        units, batch, alone = self.running.pop(future)
        try:
            answer: Answer = future.result()
        except KilledWorker:
            deadly = len(self.client.get_events(batch)) >= DEATHS
            self._take_deadly(units, alone=alone and deadly)
            return
        finally:
            future.release()
        if answer.refused:
            if answer.worker not in self.refused:
                self.tell(f"worker {answer.worker} is left out, it differs from this process: {answer.refused}")
            self.refused[answer.worker] = answer.refused
            self._workers = (0.0, [])
        if answer.deadly:
            self._take_deadly(units, alone=alone)
            return
        for played in answer.played:
            self._end(played, answer.contents.get(played.unit))
        left = [unit for unit in units if unit not in self.ended]
        (self.suspects if alone else self.waiting).extend(left)

    def _take_deadly(self, units: Sequence[Unit], *, alone: bool) -> None:
        if alone:
            self._end(Played(units[0], failed=1, error=ENDED), None)
        else:
            self.suspects.extend(unit for unit in units if unit not in self.ended)

    def _end(self, played: Played, content: bytes | None) -> None:
        if played.unit in self.ended:
            return
        if content is not None:
            with temporary(self.task.folder / played.unit.filename) as name:
                name.write_bytes(content)
        elif not played.error:
            self.written.append(played.unit)
        self.ended.add(played.unit)
        self.seconds.append(played.seconds)
        self.report(played)

    def _see_written(self) -> None:
        """Wait until every file that workers have written is seen here."""
        until = time.monotonic() + _SEEN_WITHIN
        for unit in self.written:
            while not (self.task.folder / unit.filename).is_file() and time.monotonic() < until:
                os.listdir(self.task.folder)
                time.sleep(0.2)
