"""What a worker of a Dask cluster is sent once, and how it plays units with it.

The study and the contents of its data files travel as a plugin of the workers: the scheduler hands it to every worker
that is there or joins later. Tasks carry numbers of units only. A worker need see neither the package's caller nor its
files; where it sees the result folder it writes there, else its results travel back as bytes.
"""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker
from distributed.utils import sync

from sim.ensemble.worker import Played, Task
from sim.errors import InputError, Problem
from sim.store import BrokenUnitError, Unit, computed_with, differences, read_unit

__all__ = ["DEATHS", "Answer", "Shipment", "differing", "play_there", "sees"]

DEATHS = 2
"""After so many deaths of the workers that played it, a batch is given back instead of being played again."""

_one_at_a_time = threading.Lock()
"""A process plays one unit at a time, whatever number of threads it has."""


@dataclasses.dataclass
class Answer:
    """What a worker says of a batch of units."""

    worker: str
    """Its address."""
    played: list[Played] = dataclasses.field(default_factory=list)
    contents: dict[Unit, bytes] = dataclasses.field(default_factory=dict)
    """Files of the units, where the worker does not see the result folder."""
    deadly: bool = False
    """Whether the workers that played this batch before have died, so that it was not played."""
    refused: str = ""
    """Why this worker must not play for the study: another version of the program."""


class Shipment(WorkerPlugin):  # type: ignore[misc,unused-ignore]
    """A study on its way to the workers.

    Parameters
    ----------
    token
        What tells this run from an earlier one in the same folder.
    content
        The plan and how a unit is played, pickled once.
    files
        Contents of the data files by their path on the client.
    digest
        The fingerprint's digest.
    parts
        What the client computes with: see :func:`sim.store.computed_with`.
    folder
        Folder of the units' files, as the client sees it.
    probe
        A file in it that holds the token as long as the run lasts.
    """

    def __init__(
        self, token: str, content: bytes, files: Mapping[Path, bytes], digest: str, parts: Mapping[str, Any],
        folder: Path, probe: Path,
    ) -> None:  # fmt: skip
        self.token, self.content, self.files = token, content, dict(files)
        self.digest, self.parts, self.folder, self.probe = digest, dict(parts), folder, probe
        self._place: Path | None = None
        self._task: Task | None = None
        self._names: dict[str, str] = {}
        self._refused: str | None = None
        self.returns = False
        """Whether this worker returns its files instead of writing them itself."""

    def teardown(self, worker: Any) -> None:
        """Remove what was unpacked; what is being played ends after its unit."""
        self.token = ""
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)

    # --- what happens at the first task ----------------------------------------------------------------

    def refusal(self) -> str:
        """Return how this worker's program differs from the client's; empty when it does not."""
        if self._refused is None:
            self._refused = "; ".join(differing(computed_with(), self.parts))
        return self._refused

    def task(self, worker: Any) -> Task:
        """Return the task, unpacked when it is first asked for."""
        if self._task is None:
            self._place = Path(tempfile.mkdtemp(prefix="sim-", dir=worker.local_directory))
            plan, play = pickle.loads(self.content)
            moved = self._unpack(self._place)
            self.returns = not sees(self.probe, self.token)
            folder = self._place / "units" if self.returns else self.folder
            folder.mkdir(exist_ok=True)
            self._task = Task(relocated(plan, moved), folder, self.digest, play)
            self.content, self.files = b"", {}  # not needed any more
        return self._task

    def _unpack(self, place: Path) -> dict[Path, Path]:
        moved = {}
        for number, (path, content) in enumerate(self.files.items()):
            moved[path] = place / "data" / str(number) / path.name
            moved[path].parent.mkdir(parents=True)
            moved[path].write_bytes(content)
            self._names[str(moved[path])] = str(path)
        return moved

    # --- one unit ------------------------------------------------------------------------------------------

    def play(self, unit: Unit, worker: Any, answer: Answer) -> None:
        """Play a unit that is not stored yet, and add to the answer what became of it."""
        task = self.task(worker)
        path = task.folder / unit.filename
        played = self._stored(path, task) or self._in_the_clients_words(task(unit))
        if self.returns and path.is_file():
            answer.contents[unit] = path.read_bytes()
            path.unlink()
        answer.played.append(played)

    def _stored(self, path: Path, task: Task) -> Played | None:
        """Return what an earlier worker has left, which was ended before it could say so.

        A file without residents' own effects, where units keep them, is of an earlier run and to be played again.
        """
        try:
            stored = read_unit(path)
        except BrokenUnitError:
            return None
        old = stored.counting == "removed" or (stored.counting == "alone" and task.plan.shares_residents)
        return Played.from_file(stored) if stored.fingerprint == self.digest and not old else None

    def _in_the_clients_words(self, played: Played) -> Played:
        """Name data files as the client knows them."""
        if not played.error or not self._names:
            return played
        refused = played.refused
        if refused is not None:
            refused = InputError(
                [Problem(self._said(p.file), p.line, p.path, self._said(p.message)) for p in refused.problems]
            )
        return dataclasses.replace(played, error=self._said(played.error), refused=refused)

    def _said(self, text: str) -> str:
        for here, there in self._names.items():
            text = text.replace(here, there)
        return text


def play_there(name: str, token: str, batch: str, units: Sequence[Unit]) -> Answer:
    """Play units on the worker that this is called on.

    Parameters
    ----------
    name, token
        Of the shipment.
    batch
        Name of the batch, under which the scheduler counts how often it was begun.
    units
        What to play.
    """
    worker = get_worker()
    answer = Answer(worker.address)
    with _one_at_a_time:
        shipment = worker.plugins.get(name)
        if shipment is None or shipment.token != token:
            return answer  # of a run that is no more
        answer.refused = shipment.refusal()
        if answer.refused:
            return answer
        begun = sync(worker.loop, worker.scheduler.events, topic=batch)
        if len(begun) >= DEATHS:
            answer.deadly = True
            return answer
        sync(worker.loop, worker.scheduler.log_event, topic=batch, msg=worker.address)
        for unit in units:
            if shipment.token != token:
                break
            shipment.play(unit, worker, answer)
    return answer


def differing(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Return in plain words how the program and its libraries on a worker differ from the client's."""
    texts = [re.sub(r"^(.+) was (.+), is (.+)$", r"\1 is \2 there, \3 here", text) for text in differences(there, here)]
    return [text.replace("the program has changed", "the program's files differ") for text in texts]


def sees(probe: Path, token: str) -> bool:
    """Whether this process sees the client's result folder, the same one, and may write there."""
    try:
        if probe.read_text(encoding="utf-8") != token:
            return False
        with tempfile.TemporaryFile(dir=probe.parent):
            return True
    except OSError:
        return False


def relocated(plan: Any, moved: Mapping[Path, Path]) -> Any:
    """Return a plan whose sources read their data files from other places.

    Raises
    ------
    InputError
        When a source still names a file of the client.
    """
    if not moved:
        return plan
    plan = copy.copy(plan)
    scenarios = {}
    for name, scenario in plan.scenarios.items():
        scenarios[name] = _with_paths(scenario, moved)
        left = [str(file) for file in scenarios[name].data_files() if file not in moved.values()]
        if left:
            raise InputError(f"scenario '{name}': data files cannot be sent to other machines: {', '.join(left)}")
    object.__setattr__(plan, "scenarios", scenarios)
    return plan


def _with_paths(value: Any, moved: Mapping[Path, Path]) -> Any:
    """Return a value in which paths of files that have moved are replaced, in dataclasses and containers too."""
    if isinstance(value, Path):
        return moved.get(value, value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            new = _with_paths(old, moved)
            if new is not old:
                changed[field.name] = new
        return _changed(value, changed)
    if type(value) in (tuple, list):
        items = [_with_paths(item, moved) for item in value]
        return type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if type(value) is dict:
        pairs = {key: _with_paths(item, moved) for key, item in value.items()}
        return pairs if any(pairs[key] is not value[key] for key in value) else value
    return value


def _changed(value: Any, changed: Mapping[str, Any]) -> Any:
    """Return a copy of a dataclass with other values; without its own checks, which it has passed."""
    if not changed:
        return value
    value = copy.copy(value)
    for name, new in changed.items():
        object.__setattr__(value, name, new)
    return value
