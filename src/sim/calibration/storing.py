"""Every simulation is stored as it ends, so that a calibration that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from sim.errors import InputError, cause

__all__ = ["Simulations"]

Key = tuple[int, int]
"""Generation, and the number of the proposal in it."""


class Simulations:
    """What was simulated, by generation and number; one line of a file each.

    A calibration is played again from its beginning when it is gone on with: the same seed proposes the same, and what
    is stored need not be simulated again. A line that a crash has cut off is left out.

    Parameters
    ----------
    path
        The file; ``None`` keeps everything in memory.
    digest
        What the simulations follow from; a file of another is refused.
    fresh
        Whether to begin anew.
    """

    def __init__(self, path: Path | None = None, digest: str = "", fresh: bool = False) -> None:
        self.path = path
        self.digest = digest
        self._held: dict[Key, tuple[tuple[float, ...], list[float]]] = {}
        self._file: IO[str] | None = None
        self.found_before = 0
        if path is None:
            return
        if fresh:
            path.unlink(missing_ok=True)
        if path.is_file():
            self._read(path)
        self.found_before = len(self._held)

    def _read(self, path: Path) -> None:
        whole, *rest = path.read_text(encoding="utf-8").split("\n")
        head = _loaded(whole)
        if head is None or head.get("digest") != self.digest:
            text = (
                "holds simulations of other settings, data or another version; --fresh starts anew, --out gives another"
            )
            raise InputError(f"{path}: {text} folder")
        sound = [whole]
        for line in rest:
            row = _loaded(line)
            if row is None:
                continue
            sound.append(line)
            found = [float("nan") if value is None else value for value in row["found"]]
            self._held[row["generation"], row["number"]] = (tuple(row["values"]), found)
        path.write_text("\n".join(sound) + "\n", encoding="utf-8")  # without the half line that a crash may have left

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Key, values: tuple[float, ...]) -> list[float] | None:
        """Return the figures of a simulation, if it is there and is of these parameters."""
        held = self._held.get(key)
        return held[1] if held is not None and held[0] == values else None

    def put(self, key: Key, values: tuple[float, ...], found: list[float]) -> None:
        """Keep the figures of a simulation, on disk at once."""
        self._held[key] = (values, found)
        if self.path is None:
            return
        if self._file is None:
            is_new = not self.path.is_file()
            self._file = self.path.open("a", encoding="utf-8")
            if is_new:
                self._write({"digest": self.digest})
        figures = [None if value != value else value for value in found]
        self._write({"generation": key[0], "number": key[1], "values": list(values), "found": figures})

    def _write(self, row: Mapping[str, Any]) -> None:
        assert self._file is not None
        try:
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {cause(error)}") from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _loaded(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
