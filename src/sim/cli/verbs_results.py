"""What the verbs ``run``, ``compare`` and ``report`` take. What they do is imported when one is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.ending import ends_well
from sim.cli.options import Overrides, Paths, whole

__all__ = ["compare", "report", "run"]


class Format(StrEnum):
    """How tables are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class Weeks(StrEnum):
    """Which weeks a comparison is about."""

    horizon = "horizon"
    average = "average"
    weeks = "weeks"


class Show(StrEnum):
    """Tables of ``sim compare``."""

    effects = "effects"
    ranking = "ranking"
    gaps = "gaps"
    who = "who"
    costs = "costs"
    parts = "parts"
    ties = "ties"
    distance = "distance"
    targets = "targets"


@ends_well
def run(
    paths: Paths,
    seeds: Annotated[
        int | None,
        typer.Option(parser=whole(1), metavar="N", help="Runs of each scenario; as the files say if absent."),
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(parser=whole(1), metavar="N", help="Weeks to play; as the files say if absent.")
    ] = None,
    overrides: Overrides = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Result folder; results/<name of the study> if absent.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(parser=whole(1), metavar="N", help="Processes; as many as there are cores if absent.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Let the workers of a Dask cluster play: tcp://host:8786, or its scheduler file."
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove stored results of this folder first.")] = False,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="Add runs until each effect on the primary measure is known to plus or minus X (95%)."
        ),
    ] = None,
    max_seeds: Annotated[
        int | None,
        typer.Option(parser=whole(2), metavar="N", help="The most runs that --precision may use; 1000 if absent."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would run, how long and how large; run nothing.")
    ] = False,
) -> int:
    """Run, store and compare a study. Called again, it goes on where it stopped."""
    from sim.cli import running

    given = running.Given(paths, seeds, weeks, overrides or [], out, workers, fresh, dask, precision, max_seeds)
    return running.dry_run(given) if dry_run else running.run(given)


@ends_well
def compare(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR", help="Result folders.", show_default=False)],
    measure: Annotated[
        str | None, typer.Option(metavar="M", help="What to compare; the primary measure if absent, 'all' for all.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="By a column, e.g. age_band, or by part.")] = None,
    when: Annotated[
        Weeks | None, typer.Option("--when", help="At the horizon, on average over the weeks, or week by week.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Compare with this scenario instead of the baseline.")
    ] = None,
    show: Annotated[Show, typer.Option("--show", help="Which table.")] = Show.effects,
    budget: Annotated[
        float | None,
        typer.Option(metavar="MONEY", help="Effects if each scenario were scaled to cost this; not played again."),
    ] = None,
    precision: Annotated[
        float | None, typer.Option(metavar="X", help="Say how many seeds would bring the intervals to +-X.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Compare stored results, also across folders."""
    from sim.cli import results

    asked = results.Asked(
        measure, by, when.value if when else None, against, show.value, budget, precision, form.value
    )  # fmt: skip
    results.compare(folders, asked)


@ends_well
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A result folder.", show_default=False)],
    network: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Draw the network under this scenario; under the one that did most if absent."
        ),
    ] = None,
) -> None:
    """Write report.html of stored results again."""
    from sim.cli import results

    results.report(folder, network)
