"""A result folder: what is in it, what may be removed from it, and how it is read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, cause
from sim.store.consolidate import consolidate, consolidated_from, write_failures
from sim.store.files import TEMPORARY, remove_leftovers, write_json
from sim.store.fingerprint import differences
from sim.store.lock import LOCK, locked
from sim.store.tables import TABLES, to_pandas
from sim.store.unit import BrokenUnitError, StoredUnit, Unit, read_unit, without_own_effects

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ResultFolder"]

_MANIFEST = "manifest.json"
_OURS = {
    ".": ("series.parquet", "effects.parquet", "ripple.parquet", "contributions.parquet",
          "residents.parquet", "failures.csv",
          "comparison.csv", "report.html"),
    "units": ("c*-s*.parquet",),
    "figures": ("*.svg", "*.png", "descriptions.csv"),
}  # fmt: skip
"""What a result folder holds besides its manifest: patterns of names by subfolder."""


class ResultFolder:
    """A result folder; it need not exist yet.

    A reader may look at it at any time: every file in it is whole.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.units_path = self.path / "units"

    def __repr__(self) -> str:
        return f"ResultFolder({str(self.path)!r})"

    @classmethod
    def open(cls, path: str | Path) -> ResultFolder:
        """Return an existing result folder.

        Raises
        ------
        InputError
            When there is none at ``path``.
        """
        folder = cls(path)
        if not (folder.path / _MANIFEST).is_file():
            why = "it holds no manifest.json" if folder.path.is_dir() else "there is no such folder"
            raise InputError(f"{path} is not a result folder: {why}; 'sim run' makes one")
        return folder

    # --- reading ---------------------------------------------------------------------------------

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as it stands; empty where the folder has none.

        Raises
        ------
        InputError
            When it is not what this program writes.
        """
        path = self.path / _MANIFEST
        if not path.is_file():
            return {}
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            found["fingerprint"]["digest"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise InputError(f"{path}: cannot be read ({error!r}); --fresh starts anew") from error
        return found

    def table(self, name: str, where: Mapping[str, str | int] | None = None) -> pd.DataFrame:
        """Return ``series``, ``effects``, ``ripple`` or ``contributions``.

        Texts are categories. Where a run was stopped before the tables were written, the rows come from the
        units that are done.

        Parameters
        ----------
        name
            Name of the table.
        where
            Values that columns must have, e.g. ``{"measure": "residents", "week": 0}``; all rows where absent. What
            is not asked for is not read into memory.
        """
        import pyarrow.parquet as pq

        path = self.path / f"{name}.parquet"
        if path.is_file():
            try:
                read = pq.read_table(path, filters=[(key, "=", value) for key, value in (where or {}).items()] or None)
                frame: pd.DataFrame = read.select(TABLES[name]).to_pandas()
            except (OSError, ValueError, KeyError) as error:
                raise InputError(f"{path}: cannot be read ({cause(error)}); run again, or --fresh") from error
            return frame
        digest = self.manifest.get("fingerprint", {}).get("digest")
        units = [unit for unit in self._readable_units() if unit.fingerprint == digest]
        whole = to_pandas((unit.table(name) for unit in units), name)
        for key, value in (where or {}).items():
            whole = whole[whole[key] == value]
        return whole.reset_index(drop=True)

    def failures(self) -> pd.DataFrame:
        """Return the runs that failed: community, seed, scenario, error."""
        import pandas as pd

        path = self.path / "failures.csv"
        if path.is_file():
            return pd.read_csv(path, keep_default_na=False)
        rows = [failure for unit in self._readable_units() for failure in unit.failures]
        return pd.DataFrame(rows, columns=["community", "seed", "scenario", "error"])

    def _readable_units(self) -> Iterator[StoredUnit]:
        for path in sorted(self.units_path.glob("c*-s*.parquet")):
            with contextlib.suppress(BrokenUnitError):
                yield read_unit(path)

    # --- writing ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder if need be, hold it for this process and clean up after processes that died.

        Raises
        ------
        InputError
            When another run holds it, or when there is something in it that is not ours.
        """
        self._refuse_foreign()
        try:
            self.units_path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be made: {cause(error)}") from error
        with locked(self.path):
            self._clean_up()
            try:
                yield
            finally:
                self._clean_up()  # after workers of a killed run, too, that were alive at the start of this one

    def _clean_up(self) -> None:
        for folder in (self.path, self.units_path, self.path / "figures"):
            remove_leftovers(folder)

    def _refuse_foreign(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file, not a folder")
        if not self.path.is_dir() or (self.path / _MANIFEST).exists():
            return
        foreign = [
            item.name
            for item in self.path.iterdir()
            if item.name not in (LOCK, ".DS_Store")
            and not item.name.endswith(TEMPORARY)
            and not (item.name == "units" and not any(item.iterdir()))
        ]
        if foreign:
            raise InputError(
                f"{self.path} is not a result folder and not empty (it holds {sorted(foreign)[0]}); "
                "nothing was written; give another --out"
            )

    def clear(self) -> None:
        """Remove what a result folder holds, and nothing else; the manifest last (so it can be repeated)."""
        for place, patterns in _OURS.items():
            folder = self.path / place
            for pattern in patterns:
                for file in folder.glob(pattern):
                    file.unlink()
        (self.path / _MANIFEST).unlink(missing_ok=True)

    def refuse_differences(self, parts: Mapping[str, Any], digest: str) -> None:
        """Check that stored results were computed from the same things.

        Raises
        ------
        InputError
            When they were not; it names every difference.
        """
        old = self.manifest.get("fingerprint")
        if old is None or old["digest"] == digest:
            return
        named = differences(old["parts"], parts) or ["the fingerprint differs"]
        raise InputError(
            [
                *(Problem(file=str(self.path), message=text) for text in named),
                Problem(
                    file=str(self.path),
                    message="so the results in this folder are not of the same study; "
                    "--fresh starts anew, --out gives another folder",
                ),
            ]
        )

    def write_manifest(self, content: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        write_json(self.path / _MANIFEST, content)

    def stored_units(self, digest: str, *, tidy: bool = True) -> dict[Unit, StoredUnit]:
        """Return the units that are done, in order.

        With ``tidy`` files that are damaged or of something else are removed.
        """
        found = {}
        for path in sorted(self.units_path.glob("c*-s*.parquet")):
            try:
                stored = read_unit(path)
            except BrokenUnitError:
                stored = None
            if stored is not None and stored.fingerprint == digest:
                found[stored.unit] = stored
            elif tidy:
                path.unlink(missing_ok=True)
        return dict(sorted(found.items()))

    def write_tables(
        self,
        units: Sequence[StoredUnit],
        failures: Sequence[Mapping[str, Any]] = (),
        effects: Callable[[StoredUnit], pd.DataFrame | None] | None = None,
        remark: str = "",
    ) -> None:
        """Write the tables and ``failures.csv`` from units in order; tables that are right stay untouched.

        Parameters
        ----------
        units
            The units that are done.
        failures
            Failures of units that have no file, besides those in the units' files.
        effects
            Returns a unit's effects where they differ from those in its file.
        remark
            What is missing in the tables: they are written again when it is there.

        Raises
        ------
        BrokenUnitError
            When a unit's file turns out to be damaged; it is removed and has to be played again.
        """
        if not consolidated_from(self.path, units, remark):
            consolidate(self.path, units, effects, remark)
        stored = [failure for unit in units for failure in unit.failures]
        write_failures(self.path / "failures.csv", [*stored, *failures])

    def remove_own_effects(self, units: Iterable[StoredUnit]) -> None:
        """Remove residents' own effects from files of units: of real people they are not kept once counted.

        A file that turns out to be damaged is removed, to be played again when the study is run the next time.
        """
        for unit in units:
            if unit.counting == "kept" and unit.about.get("private"):
                try:
                    without_own_effects(unit)
                except BrokenUnitError:
                    unit.path.unlink(missing_ok=True)

    def is_written(self, units: Sequence[StoredUnit]) -> bool:
        """Whether the tables hold exactly these units, and nothing is missing in them."""
        return consolidated_from(self.path, units) and (self.path / "failures.csv").is_file()
