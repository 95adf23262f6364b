"""One unit's file: all its rows, its failures and what is known of its community, complete or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sim.store.files import temporary
from sim.store.tables import OWN, OWN_EFFECTS, TABLES, schema, to_arrow

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BrokenUnitError", "Counting", "StoredUnit", "Unit", "read_unit", "without_own_effects", "write_unit"]

Counting = Literal["kept", "removed", "alone", ""]
"""How a unit's file goes about who is worse off. ``kept``: it holds residents' own effects; ``removed``: it did, until
they were counted; ``alone``: it has the community for itself and counted them itself; empty: it counts nobody."""

_KEY = b"sim"
_COLUMNS = {**TABLES, OWN: OWN_EFFECTS}
"""Columns of each table of a unit's file."""

_UNION = ("scenario", "community", "seed", "week", "group", "measure", "when", "distance", "outcome", "rule",
          "residents", "baseline", "value", "effect")  # fmt: skip


class Unit(NamedTuple):
    """The unit of work: a community and a seed. Sorts by community, then by seed."""

    community: int
    """Seed of the community, from 1."""
    seed: int
    """Luck of the run, from 1."""

    @property
    def filename(self) -> str:
        """Name of its file in ``units/``."""
        return f"c{self.community:04d}-s{self.seed:04d}.parquet"


class BrokenUnitError(Exception):
    """A unit's file that is cut off, damaged or of something else. To be played again."""


@dataclass(frozen=True)
class StoredUnit:
    """What a unit's file says of itself, read from its end; rows are read when asked for."""

    path: Path
    unit: Unit
    fingerprint: str
    """Digest of what it was computed from."""
    rows: Mapping[str, int]
    """Number of rows of each table."""
    failures: tuple[Mapping[str, Any], ...] = ()
    """Scenarios that failed: community, seed, scenario, error."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """The community in words and figures."""
    seconds: float = 0.0
    """How long it took to play."""
    size: int = 0
    """Bytes of the file."""
    counting: Counting = ""
    """Where residents' own effects are."""

    def table(self, name: str) -> Any:
        """Return one table as an Arrow table.

        Raises
        ------
        BrokenUnitError
            When the content does not fit its checksums.
        """
        import pyarrow.parquet as pq

        columns = _COLUMNS[name]
        if not self.rows.get(name):
            return schema(columns).empty_table()
        group = [table for table in _COLUMNS if self.rows.get(table)].index(name)
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                found = file.read_row_group(group, columns=list(columns)).select(columns)
        except (OSError, ValueError, KeyError) as error:
            raise BrokenUnitError(f"{self.path}: {error}") from error
        if found.num_rows != self.rows[name]:
            raise BrokenUnitError(f"{self.path}: {found.num_rows} rows of {name}, not {self.rows[name]}")
        return found.cast(schema(columns))


def write_unit(
    folder: Path,
    unit: Unit,
    fingerprint: str,
    *,
    tables: Mapping[str, pd.DataFrame],
    failures: Sequence[Mapping[str, Any]] = (),
    about: Mapping[str, Any] | None = None,
    seconds: float = 0.0,
    counting: Counting = "",
) -> Path:
    """Write a unit's file into ``folder``: each table a block of rows, the rest in the file's own notes.

    ``tables`` may lack tables that have no rows. One renaming makes the unit complete.
    """
    found = {name: to_arrow(tables[name], name) for name in _COLUMNS if name in tables}
    note = {
        "community": unit.community,
        "seed": unit.seed,
        "fingerprint": fingerprint,
        "failures": [dict(failure) for failure in failures],
        "about": dict(about or {}),
        "seconds": seconds,
        "counting": counting,
    }
    return _write(folder / unit.filename, found, note)


def without_own_effects(stored: StoredUnit) -> Path:
    """Write a unit's file anew without residents' own effects; one renaming replaces it.

    Raises
    ------
    BrokenUnitError
        When its content does not fit its checksums.
    """
    note = {
        **stored.unit._asdict(),
        "fingerprint": stored.fingerprint,
        "failures": [dict(failure) for failure in stored.failures],
        "about": dict(stored.about),
        "seconds": stored.seconds,
        "counting": "removed",
    }
    return _write(stored.path, {name: stored.table(name) for name in TABLES}, note)


def _write(path: Path, found: Mapping[str, Any], note: Mapping[str, Any]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    note = {**note, "rows": {name: found[name].num_rows if name in found else 0 for name in _COLUMNS}}
    text = pa.dictionary(pa.int32(), pa.string())
    columns = _UNION + (tuple(name for name in OWN_EFFECTS if name not in _UNION) if OWN in found else ())
    union = pa.schema([pa.field("table", text), *schema(columns)], {_KEY: json.dumps(note).encode()})
    with temporary(path) as name, pq.ParquetWriter(name, union, write_page_checksum=True) as writer:
        for table, content in found.items():
            if content.num_rows:
                writer.write_table(_widened(content, table, union), row_group_size=content.num_rows)
    return path


def _widened(content: Any, table: str, union: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    def column(name: str, kind: Any) -> Any:
        if name == "table":
            indices = pa.array(np.zeros(content.num_rows, np.int32))
            return pa.DictionaryArray.from_arrays(indices, pa.array([table], type=pa.string()))
        return content[name] if name in content.schema.names else pa.nulls(content.num_rows, kind)

    return pa.table([column(field.name, field.type) for field in union], schema=union)


def read_unit(path: Path) -> StoredUnit:
    """Open a unit's file and read what it says of itself.

    Raises
    ------
    BrokenUnitError
        When it is cut off, damaged, or no file of a unit.
    """
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
        note = json.loads(metadata.metadata[_KEY])
        unit = Unit(int(note["community"]), int(note["seed"]))
        stored = StoredUnit(path, unit, note["fingerprint"], note["rows"], tuple(note["failures"]),
                            note["about"], note["seconds"], path.stat().st_size, note["counting"])  # fmt: skip
        if unit.filename != path.name or metadata.num_rows != sum(stored.rows[name] for name in _COLUMNS):
            raise BrokenUnitError(f"{path}: holds something else than its name says")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenUnitError(f"{path}: {error}") from error
    return stored
