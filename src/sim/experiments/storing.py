"""The folder of an experiment: what it was computed from, the runs that are done, and the table that others open."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, cause
from sim.store import differences
from sim.store.files import remove_leftovers, sha256, temporary, write_json
from sim.store.lock import LOCK, locked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExperimentFolder"]

_MANIFEST = "manifest.json"
_RUNS = "runs"
_TABLE = "experiments.parquet"
_MOST_PARTS = 40
"""Files of runs above which they are put together into one."""


class ExperimentFolder:
    """The folder of an experiment; it need not exist yet.

    | file | content |
    |---|---|
    | ``manifest.json`` | what the results follow from, in parts |
    | ``runs/*.parquet`` | runs that are done: point, seed, outcomes, error; each file whole or not there |
    | ``experiments.parquet`` | one row a run: point, seed, the values that were varied as columns, outcomes |
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs_path = path / _RUNS

    @contextlib.contextmanager
    def held(self, fingerprint: Mapping[str, Any], *, fresh: bool = False) -> Iterator[None]:
        """Make the folder if need be and hold it for this process.

        Raises
        ------
        InputError
            When it holds results of something else, something that is not ours, or is in use.
        """
        self._refuse_foreign()
        parts = json.loads(json.dumps({**fingerprint, "experiments": _sources()}))
        if not fresh:
            self._refuse_differences(parts)
        try:
            self.runs_path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be made: {cause(error)}") from error
        with locked(self.path):
            for folder in (self.path, self.runs_path):
                remove_leftovers(folder)
            if fresh:
                self._clear()
            self._refuse_differences(parts)
            write_json(self.path / _MANIFEST, {"kind": "experiment", "fingerprint": parts})
            yield

    def _refuse_foreign(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file, not a folder")
        if not self.path.is_dir():
            return
        if not (self.path / _MANIFEST).exists():
            foreign = [item.name for item in self.path.iterdir() if item.name not in (LOCK, _RUNS, ".DS_Store")]
            if foreign:
                raise InputError(f"{self.path} is not empty and holds no results of this kind (it holds {foreign[0]}); "
                                 "nothing was written; give another --out")  # fmt: skip
        elif self._manifest().get("kind") != "experiment":
            raise InputError(f"{self.path} holds results of another kind; nothing was written; give another --out")

    def _manifest(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.path / _MANIFEST}: cannot be read ({cause(error)}); --fresh starts anew"
            ) from error
        return found

    def _refuse_differences(self, parts: Mapping[str, Any]) -> None:
        if not (self.path / _MANIFEST).exists():
            return
        old = self._manifest().get("fingerprint", {})
        if old == parts:
            return
        said = [*differences(old, parts)]
        if old.get("experiments") != parts.get("experiments"):
            said.append("the program has changed: experiments")
        for key in ("axes", "design"):
            before, now = old.get(key, {}), parts.get(key, {})
            for name in sorted({*before, *now}):
                if before.get(name) != now.get(name):
                    said.append(f"{name} was {_shown(before.get(name))}, is now {_shown(now.get(name))}")
        last = "so what is stored here answers another question; --fresh starts anew, --out gives another folder"
        texts = [*(said or ["what is played, or how, differs"]), last]
        raise InputError([Problem(file=str(self.path), message=text) for text in texts])

    def _clear(self) -> None:
        for file in (*self.path.glob("*.csv"), *self.path.glob("*.svg"), *self.path.glob("*.png"), self.path / _TABLE):
            file.unlink(missing_ok=True)
        shutil.rmtree(self.runs_path, ignore_errors=True)
        self.runs_path.mkdir(parents=True, exist_ok=True)
        (self.path / _MANIFEST).unlink(missing_ok=True)

    def rows(self) -> list[dict[str, Any]]:
        """Return the runs that are done, in any order; files that are damaged are removed, their runs played again."""
        import pandas as pd

        found: list[dict[str, Any]] = []
        files = sorted(self.runs_path.glob("*.parquet"))
        for file in files:
            try:
                rows: Any = pd.read_parquet(file).to_dict("records")
                found += rows
            except (OSError, ValueError):
                file.unlink(missing_ok=True)
        if len(files) > _MOST_PARTS and found:
            self.add(found)
            for file in files:
                file.unlink(missing_ok=True)
        return found

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store runs in a file of their own."""
        import pandas as pd

        with temporary(self.runs_path / f"{uuid.uuid4().hex}.parquet") as name:
            pd.DataFrame(list(rows)).to_parquet(name, index=False)

    def write_table(self, table: pd.DataFrame) -> None:
        """Replace the table that others open."""
        with temporary(self.path / _TABLE) as name:
            table.to_parquet(name, index=False)


@cache
def _sources() -> str:
    """Return a hash of what this package computes points and effects with."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()[:16]


def _shown(part: Any) -> str:
    if not isinstance(part, Mapping):
        return "not varied" if part is None else str(part)
    return ", ".join(map(str, part["options"])) if "options" in part else f"{part.get('low')} to {part.get('high')}"
