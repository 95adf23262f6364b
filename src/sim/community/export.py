"""Writing a community to files that are read back to the same community."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.community.columns import OUTCOMES, Column
from sim.community.community import Community
from sim.errors import InputError, cause

__all__ = ["FORMATS", "write_community"]

FORMATS = ("csv", "graphml")
"""What a community can be written as."""

_FLAGS = ("lived_experience", "disclosed", "influence")


def write_community(community: Community, folder: Path, form: str = "csv") -> list[Path]:
    """Write a community, with ``csv`` and a scenario that reads it back, into a folder; return the files.

    Parameters
    ----------
    community
        What to write. Outcomes are written as the latent values they start from, so that nothing is lost.
    folder
        Made if it is not there; it must hold none of the files.
    form
        ``csv``: people.csv, ties.csv, places.csv (who belongs to what) and baseline.yaml, a scenario whose community
        these files are, marked as made up unless it is from a survey; ``graphml``: community.graphml alone.

    Raises
    ------
    InputError
        If one of the files is there already, or the folder cannot be written to.
    """
    contents = _as_csv(community) if form == "csv" else _as_graphml(community)
    taken = [str(folder / name) for name in contents if (folder / name).exists()]
    if taken:
        raise InputError(f"{', '.join(taken)}: there already; give --out a folder without it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in contents.items():
            partial = folder / f".{name}.partial"
            write(partial)
            os.replace(partial, folder / name)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to: {cause(error)}") from None
    return [folder / name for name in contents]


def _as_csv(community: Community) -> dict[str, Any]:
    """Return what to write by name of the file."""
    contents: dict[str, Any] = {
        "people.csv": lambda path: _write_rows(path, ["id", *_names(community)], _people(community)),
        "ties.csv": lambda path: _write_rows(path, ["source", "target", "kind", "strength", "place"], _ties(community)),
    }
    if len(community.places):
        contents["places.csv"] = lambda path: _write_rows(path, ["id", "place", "sort"], _members(community))
    contents["baseline.yaml"] = lambda path: path.write_text(_scenario(community), encoding="utf-8")
    return contents


def _names(community: Community) -> list[str]:
    return [name for name in community.columns if name != "stigma_anchor"]


def _texts(column: Column) -> Sequence[str]:
    """Return a column's values as texts that read back to the same values."""
    if column.is_category:
        return [str(name) for name in column.decoded()]
    if column.is_flag:
        return ["yes" if flag else "no" for flag in column.values]
    return [_number(value) for value in column.values.tolist()]


def _number(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _people(community: Community) -> Iterable[Sequence[str]]:
    columns = [_texts(community.columns[name]) for name in _names(community)]
    return zip([str(each) for each in community.ids.tolist()], *columns, strict=True)


def _ties(community: Community) -> Iterable[Sequence[str]]:
    pairs, ids = community.ties.pairs(), community.ids
    kinds, places = np.array(community.ties.kinds), np.array([*(held.name for held in community.places.items), ""])
    return zip(
        ids[pairs["one"]].tolist(), ids[pairs["other"]].tolist(), kinds[pairs["kind"]].tolist(),
        [_number(value) for value in pairs["strength"].tolist()], places[pairs["place"]].tolist(), strict=True,
    )  # fmt: skip


def _members(community: Community) -> Iterable[Sequence[str]]:
    for place in community.places.items:
        for person in community.ids[place.members].tolist():
            yield str(person), place.name, place.sort


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _as_graphml(community: Community) -> dict[str, Any]:
    import networkx as nx

    def write(path: Path) -> None:
        graph = community.to_networkx()
        for name in OUTCOMES:
            if name in community.columns:
                latent = community.columns[name].values.tolist()
                nx.set_node_attributes(graph, dict(zip(community.ids.tolist(), latent, strict=True)), name)
        pairs, ids = community.ties.pairs(), community.ids.tolist()
        for one, other, number in zip(pairs["one"], pairs["other"], pairs["place"].tolist(), strict=True):
            if number >= 0:
                graph.edges[ids[one], ids[other]]["place"] = community.places.items[number].name
        for place in community.places.items:
            members = dict(zip(ids, place.members.tolist(), strict=True))
            nx.set_node_attributes(graph, members, f"member of {place.name}")
        nx.write_graphml(graph, path)

    return {"community.graphml": write}


def _scenario(community: Community) -> str:
    """Return the text of a scenario whose community is what was written."""
    columns = community.columns
    kinds = [
        kind for kind, number in zip(community.ties.kinds, community.ties.degrees().sum(axis=0), strict=True) if number
    ]
    kept = [name for name in _names(community) if name not in (*OUTCOMES, *_FLAGS)]
    orders = {name: columns[name].categories for name in kept if columns[name].is_category}
    given: dict[str, str] = {
        "title": _quoted(community.title),
        **({} if community.private else {"made_up": "true"}),
        "people": "people.csv",
        "ties": "ties.csv",
        "kind": "kind",
        "strength": "{column: strength, scale: [0, 1]}",
        "relations": _mapping({kind: f"{{kind: {kind}, weight: 1.0}}" for kind in kinds}),
        "columns": _listed(kept),
        "types": _mapping({name: _type(columns[name]) for name in kept}),
        "orders": _mapping({name: _listed([_quoted(each) for each in order]) for name, order in orders.items()}),
        **{name: name for name in _FLAGS if name in columns},
        **{name: f"{{column: {name}, exact: true}}" for name in OUTCOMES if name in columns},
        "groups": _listed(community.groups),
        "off_roster": "drop",
    }
    if len(community.places):
        given["place"] = "place"
        given["memberships"] = "{file: places.csv, place: place, sort_column: sort}"
    lines = [f"    {key}: {value}" for key, value in given.items()]
    return "\n".join(
        [f"title: {_quoted(community.title)}", "outcome: loneliness", "community:", "  survey:", *lines, ""]
    )


def _type(column: Column) -> str:
    return "category" if column.is_category else "flag" if column.is_flag else "number"


def _mapping(items: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"


def _listed(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _quoted(text: str) -> str:
    """Return a text that YAML takes literally."""
    return "'" + str(text).replace("'", "''") + "'"
