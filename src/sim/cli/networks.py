"""``sim network describe``, ``check`` and ``synthesise``."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.screens import note, say, table
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.community.community import Community

__all__ = ["Given", "check", "describe", "synthesise"]

_PICTURES = (".svg", ".png")
_NOT_SHOWN = "not shown"
_MATCH_FORMATS = {"wanted": ".3f", "achieved": ".3f", "difference": "+.3f", "tolerance": ".3f"}
_PARTS = {
    "size": "Size", "degree": "Ties per resident", "connection": "Connection", "mixing": "Mixing",
    "bridging": "Bridging", "distance": "Distances",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What the verbs have in common."""

    path: Path
    seed: int
    overrides: Sequence[str]

    def source(self) -> Any:
        """Return where the community of the path's scenarios comes from."""
        from sim.scenario import load_plan

        plan = load_plan([self.path], tuple(self.overrides))
        return plan.scenarios[plan.baseline].source


def describe(given: Given, form: str, figure: Path | None, colour: str | None, private: bool) -> None:
    """Print figures of a community, and draw it where asked."""
    from sim.community.describe import describe as figures
    from sim.community.describe import mixing

    if colour is not None and figure is None:
        raise InputError("--colour is about the picture; give --figure FILE with it")
    if figure is not None and figure.suffix.lower() not in _PICTURES:
        raise InputError(f"{figure}: a picture's file must end in {' or '.join(_PICTURES)}")
    community = given.source().build(given.seed)
    if figure is not None:
        _may_show(community, private, "a picture of single residents")
    found = figures(community)
    tables = [mixing(community, column) for column in community.groups]
    if form == "table":
        say(community.title)
        _print_figures(found)
        for each in tables:
            _print_mixing(each)
        if community.private and (found["value"].isna().any() or any(each["ties"].isna().any() for each in tables)):
            note("not shown: what speaks of fewer than 10 people of the survey, or would allow that to be worked out")
    else:
        _print_plain(_together(found, tables), form)
    if figure is not None:
        _draw(community, figure, colour)
        note(f"wrote {figure}" + ("; it shows single people of a survey: not for sharing" if community.private else ""))


def _may_show(community: Community, private: bool, what: str) -> None:
    if community.private and not private:
        raise InputError(f"{what} of a survey could give people away; if it stays with you, give --private")


def _print_figures(found: pd.DataFrame) -> None:
    for part, held in found.groupby("part", sort=False):
        say()
        rows = zip(held["figure"].tolist(), held["value"].tolist(), strict=True)
        table([_PARTS[str(part)], ""], [[str(name), _number(value)] for name, value in rows])


def _print_mixing(found: pd.DataFrame) -> None:
    """Print which share of each group's ties leads to each group: a row a group."""
    if found.empty:
        return
    groups = list(dict.fromkeys(found["group"]))
    cells = found.set_index(["group", "to"])["share"]
    say()
    rows = [[group, *(_share(cells[group, to]) for to in groups)] for group in groups]
    table([f"Ties of {found['column'].iloc[0]}, to:", *groups], rows)


def _together(found: pd.DataFrame, tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return figures and mixing in one table."""
    import pandas as pd

    mixed = []
    for each in tables:
        column = str(each["column"].iloc[0]) if len(each) else ""
        words = f"share of ties of {column}=" + each["group"] + f" to {column}=" + each["to"]
        mixed.append(pd.DataFrame({"part": "mixing", "figure": words, "value": each["share"]}))
    return pd.concat([found, *(each for each in mixed if len(each))], ignore_index=True)


def _print_plain(found: pd.DataFrame, form: str) -> None:
    if form == "csv":
        found.to_csv(sys.stdout, index=False, lineterminator="\n")
        return
    records = [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in found.to_dict("records")
    ]
    say(json.dumps(records, indent=1, ensure_ascii=False))


def _number(value: float) -> str:
    if math.isnan(value):
        return _NOT_SHOWN
    return f"{value:,.0f}" if value == int(value) else f"{value:.3f}"


def _share(value: float) -> str:
    return _NOT_SHOWN if math.isnan(value) else f"{value:.2f}"


def _draw(community: Community, file: Path, column: str | None) -> None:
    import matplotlib

    from sim.community.layout import MOST_IN_PICTURE, picture
    from sim.plots.network import network

    if len(community) > MOST_IN_PICTURE:
        message = f"{len(community):,} residents are too many to tell apart in a picture; at most {MOST_IN_PICTURE:,}"
        raise InputError(f"{message} (--set community.synthesise.residents=2000)")
    shown = picture(community, column or "loneliness")
    with matplotlib.rc_context({"backend": "agg", "svg.hashsalt": "sim"}):
        from matplotlib.figure import Figure

        made = Figure(figsize=(9.0, 7.6), layout="constrained")
        network(
            shown.nodes, shown.ties, colour="value", label=shown.label, order=shown.order, ordered=shown.ordered,
            limits=shown.limits, heading=community.title, ax=made.add_subplot(),
        )  # fmt: skip
        file.parent.mkdir(parents=True, exist_ok=True)
        dated = {"Date": None} if file.suffix.lower() == ".svg" else None
        made.savefig(file, bbox_inches="tight", dpi=160, metadata=dated)


def check(given: Given, communities: int, form: str) -> None:
    """Print target, achieved, difference and verdict of one community, or over several."""
    from sim.community.matching_table import ORIGIN_OF_TOLERANCES, match_table

    source = given.source()
    made = [source.build(given.seed + number) for number in range(communities)]
    if not made[0].matches:
        raise InputError(f"{given.path}: its community is read, not made, so there are no targets to compare it with")
    found = match_table([community.matches for community in made])
    if form != "table":
        _print_plain(found, form)
        return
    several = communities > 1
    say(made[0].title + (f"; mean over {communities} communities, seeds {given.seed} to {given.seed + communities - 1}"
                         if several else ""))  # fmt: skip
    say()
    heads = [
        "target",
        "wanted",
        "achieved",
        "difference",
        "tolerance",
        *(["met in"] if several else []),
        "verdict",
        "source",
    ]
    rows = []
    for row in found.to_dict("records"):
        numbers = [f"{row[key]:{form}}" for key, form in _MATCH_FORMATS.items()]
        met = [f"{row['met_in']} of {communities}"] if several else []
        rows.append([str(row["target"]), *numbers, *met, str(row["verdict"]), _short(str(row["source"]))])
    table(heads, rows)
    missed = int((found["verdict"] == "missed").sum())
    say()
    say(f"{len(found) - missed} of {len(found)} targets met" + (" in every community" if several else ""))
    say(ORIGIN_OF_TOLERANCES)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def synthesise(given: Given, out: Path, form: str, private: bool) -> None:
    """Write a community to files."""
    from sim.community.export import write_community

    community = given.source().build(given.seed)
    _may_show(community, private, "the people and ties")
    for file in write_community(community, out, form):
        note(f"wrote {file}")
    if form == "csv":
        say(f"sim network describe {out}")
