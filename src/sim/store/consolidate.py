"""From the units' files to one file for each table, unit by unit, so that memory does not grow with seeds."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.store.files import temporary, write_text
from sim.store.tables import TABLES, schema, to_arrow
from sim.store.unit import BrokenUnitError, StoredUnit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FAILURES", "consolidate", "consolidated_from", "write_failures"]

FAILURES = ("community", "seed", "scenario", "error")
"""Columns of ``failures.csv``."""

_ROWS = 65_536
"""Rows gathered before they are written as one block: two or three megabytes, however many seeds there are."""

_KEY = b"sim"


def _mark(units: Sequence[StoredUnit], remark: str = "") -> str:
    text = "\n".join([*(unit.path.name for unit in units), *([remark] if remark else [])])
    # what they were computed from, the manifest says
    return hashlib.sha256(text.encode()).hexdigest()


def consolidated_from(folder: Path, units: Sequence[StoredUnit], remark: str = "") -> bool:
    """Whether the tables in the folder are whole and hold exactly these units; ``remark``: see :func:`consolidate`."""
    import pyarrow.parquet as pq

    wanted = _mark(units, remark).encode()
    for name in TABLES:
        try:
            found = pq.read_metadata(folder / f"{name}.parquet").metadata or {}
        except (OSError, ValueError):
            return False
        if found.get(_KEY) != wanted:
            return False
    return True


def consolidate(
    folder: Path,
    units: Sequence[StoredUnit],
    effects: Callable[[StoredUnit], pd.DataFrame | None] | None = None,
    remark: str = "",
) -> None:
    """Write one file for each table from units, in the order given.

    Bytes depend on the units' rows alone, not on how or when they were computed.

    Parameters
    ----------
    folder
        The result folder.
    units
        The units that are done.
    effects
        Returns a unit's effects where they differ from those in its file: with what is counted over several units.
    remark
        What tells these tables from other ones of the same units, such as that something is not counted yet.

    Raises
    ------
    BrokenUnitError
        When a unit's file turns out to be damaged; the tables are left as they were, the file is removed.
    """
    with contextlib.ExitStack() as stack:
        mark = _mark(units, remark)
        writers = {name: stack.enter_context(_writer(folder, name, mark)) for name in TABLES}
        gathered: dict[str, list[Any]] = {name: [] for name in TABLES}
        for unit in units:
            try:
                for name in TABLES:
                    revised = effects(unit) if effects is not None and name == "effects" else None
                    gathered[name].append(unit.table(name) if revised is None else to_arrow(revised, name))
                    _write(writers[name], gathered[name], at_least=_ROWS)
            except BrokenUnitError:
                unit.path.unlink(missing_ok=True)
                raise
        for name in TABLES:
            _write(writers[name], gathered[name], at_least=1)


@contextlib.contextmanager
def _writer(folder: Path, name: str, mark: str) -> Any:
    import pyarrow.parquet as pq

    kind = schema(TABLES[name]).with_metadata({_KEY: mark})
    with temporary(folder / f"{name}.parquet") as path, pq.ParquetWriter(path, kind) as writer:
        yield writer


def _write(writer: Any, gathered: list[Any], at_least: int) -> None:
    import pyarrow as pa

    rows = sum(table.num_rows for table in gathered)
    if rows >= at_least:
        whole = pa.concat_tables(gathered).unify_dictionaries()
        writer.write_table(whole.replace_schema_metadata(writer.schema.metadata), row_group_size=rows)
        gathered.clear()


def write_failures(path: Path, failures: Sequence[Mapping[str, Any]]) -> None:
    """Write ``failures.csv``; only its heading where nothing failed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FAILURES, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(failures, key=lambda each: (each["community"], each["seed"], each["scenario"])))
    write_text(path, text.getvalue())
