"""Name generators in one wide file: columns of the people file that hold the ids of those named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from sim.community.survey.tables import Faults, Table
from sim.errors import did_you_mean, listing

__all__ = ["matching", "nominations_of_people"]


def matching(columns: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Return the columns that a list of names and patterns (``friend_*``) means, in the order of the file."""
    return [name for name in columns if any(fnmatchcase(name, pattern) for pattern in patterns)]


def nominations_of_people(
    people: Table, id_column: str, names: Mapping[str, Sequence[str]], faults: Faults
) -> Table | None:
    """Return the nominations of a wide file as a table with ``source``, ``target`` and ``relation``.

    Parameters
    ----------
    people
        The wide file.
    id_column
        Column with each person's own id.
    names
        Columns, or patterns of columns, that hold ids of those named, by relation.
    faults
        Where to note columns that are not there.

    """
    if not people.need(id_column, "id", faults):
        return None
    rows: list[tuple[int, int, str, str, str]] = []
    complete = True
    for relation, patterns in names.items():
        for pattern in patterns:
            found = matching(list(people.columns), [pattern])
            if not found:
                near = did_you_mean(pattern, list(people.columns)) or ";"
                message = f"no column '{pattern}' (named by `names.{relation}`){near} columns: "
                faults.add(message + listing(people.columns), people.file, f"names.{relation}")
                complete = False
            for name in found:
                cells = zip(people.lines, people.columns[id_column], people.columns[name], strict=True)
                rows += [
                    (number, line, one, other, relation)
                    for number, (line, one, other) in enumerate(cells)
                    if one and other
                ]
    if not complete:
        return None
    rows.sort(key=lambda row: row[0])
    table = {
        "source": [row[2] for row in rows],
        "target": [row[3] for row in rows],
        "relation": [row[4] for row in rows],
    }
    return Table(people.file, people.separator, table, [row[1] for row in rows])
