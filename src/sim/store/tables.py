"""The tables of a result folder: their columns, their types, and the way from and to pandas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OWN", "OWN_EFFECTS", "TABLES", "TEXTS", "schema", "to_arrow", "to_pandas"]

TABLES: dict[str, tuple[str, ...]] = {
    "series": ("scenario", "community", "seed", "week", "group", "measure", "value"),
    "effects": ("scenario", "community", "seed", "measure", "group", "when", "baseline", "value", "effect"),
    "ripple": ("scenario", "community", "seed", "measure", "distance", "residents", "effect"),
    "contributions": ("scenario", "community", "seed", "week", "outcome", "rule", "value"),
}
"""Columns of each table, in their order."""

OWN = "own_effects"
"""Residents' own effects: a table of units' files alone, kept until who is worse off is counted."""

OWN_EFFECTS = ("scenario", "part", "own_effect")
"""Its columns; community and seed are those of the file."""

TEXTS = ("scenario", "group", "measure", "when", "distance", "outcome", "rule")
"""Columns of texts; stored dictionary-encoded, categories in pandas."""

_NUMBERS = {"community": "int32", "seed": "int64", "week": "int32", "residents": "int32",
            "part": "int8", "own_effect": "float32"}  # fmt: skip


@cache
def schema(columns: tuple[str, ...]) -> Any:
    """Return the Arrow schema of columns: texts dictionary-encoded, other numbers float64."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [(name, text if name in TEXTS else pa.type_for_alias(_NUMBERS.get(name, "float64"))) for name in columns]
    )


def to_arrow(frame: pd.DataFrame, table: str) -> Any:
    """Return a frame as an Arrow table with the columns and types of ``table``.

    Categories are numbered by first appearance, so equal rows give equal bytes.

    Raises
    ------
    ValueError
        When a column is missing, a text is empty, or a number does not fit its type.
    """
    import pandas as pd
    import pyarrow as pa

    wanted = schema(OWN_EFFECTS if table == OWN else TABLES[table])
    missing = [name for name in wanted.names if name not in frame.columns]
    if missing:
        raise ValueError(f"table '{table}' lacks the columns {missing}")
    arrays = []
    for field in wanted:
        if field.name not in TEXTS:
            arrays.append(pa.array(frame[field.name].to_numpy(), type=field.type))
            continue
        codes, texts = pd.factorize(frame[field.name])
        if (codes < 0).any():
            raise ValueError(f"table '{table}' has empty texts in the column '{field.name}'")
        words = pa.array([str(word) for word in texts], type=pa.string())
        arrays.append(pa.DictionaryArray.from_arrays(pa.array(codes, type=pa.int32()), words))
    return pa.Table.from_arrays(arrays, schema=wanted)


def to_pandas(tables: Iterable[Any], table: str) -> pd.DataFrame:
    """Return Arrow tables, one below the other, as one frame."""
    import pyarrow as pa

    found = list(tables) or [schema(TABLES[table]).empty_table()]
    frame: pd.DataFrame = pa.concat_tables(found).unify_dictionaries().to_pandas()
    return frame
