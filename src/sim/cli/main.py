"""The verbs of the command line and what they take. What they do is imported when one is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.ending import ends_well, start
from sim.cli.network import network

__all__ = ["app", "main"]

app = typer.Typer(
    name="sim",
    help="How community interventions spread through social networks: explore and compare, do not predict.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.add_typer(network)


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


class Method(StrEnum):
    """How sensitivity is found out, as in :data:`sim.sensitivity_analysis.METHODS`."""

    morris = "morris"
    sobol = "sobol"
    pawn = "pawn"
    tornado = "tornado"


class When(StrEnum):
    """At what time an effect is looked at."""

    horizon = "horizon"
    average = "average"


Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="A study's folder, or scenario files.", show_default=False)
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a value, e.g. mechanisms.influence.susceptibility=0.1 (repeatable)."
    ),
]

OnePath = Annotated[
    Path, typer.Argument(metavar="PATH", help="A scenario file or a study's folder.", show_default=False)
]
EffectOn = Annotated[
    str | None, typer.Option("--measure", metavar="M", help="Effect on what; the primary measure if absent.")
]
Varied = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", metavar="PATH[=RANGE]",
        help="What is varied: path, path=low..high or path=a,b,c (repeatable); all that is uncertain if absent.",
    ),
]  # fmt: skip
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Processes; as many as cores if absent.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Remove stored results of this folder first.")]


def main() -> None:
    """Run the command line."""
    start()
    app(prog_name="sim")


def _version(wanted: bool) -> None:
    if wanted:
        from sim._version import __version__

        typer.echo(f"sim {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """How community interventions spread through social networks: explore and compare, do not predict."""


@app.command()
@ends_well
def run(
    paths: Paths,
    seeds: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Runs of each scenario; as the files say if absent.")
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Weeks to play; as the files say if absent.")
    ] = None,
    overrides: Overrides = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Result folder; results/<name of the study> if absent.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; as many as there are cores if absent.")
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
        int | None, typer.Option(min=2, metavar="N", help="The most runs that --precision may use; 1000 if absent.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would run, how long and how large; run nothing.")
    ] = False,
) -> int:
    """Run, store and compare a study. Called again, it goes on where it stopped."""
    from sim.cli import running

    given = running.Given(paths, seeds, weeks, overrides or [], out, workers, fresh, dask, precision, max_seeds)
    return running.dry_run(given) if dry_run else running.run(given)


@app.command()
@ends_well
def compare(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Result folders.", show_default=False)],
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


@app.command()
@ends_well
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A result folder.", show_default=False)],
) -> None:
    """Write report.html of stored results again."""
    from sim.cli import results

    results.report(folder)


@app.command()
@ends_well
def sensitivity(
    path: OnePath,
    method: Annotated[
        Method, typer.Option("--method", help="Morris screens many, Sobol shares out the variance of a few.")
    ] = Method.morris,
    samples: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Trajectories (morris), base samples (sobol), points (pawn); not for a tornado."
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Runs at each point; 3 if absent, 10 for a tornado.")
    ] = None,
    measure: EffectOn = None,
    when: Annotated[When, typer.Option("--when", help="Effect in the last week, or over all weeks.")] = When.horizon,
    parameters: Varied = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which scenario, where the study has several.")
    ] = None,
    overrides: Overrides = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder; results/<scenario>_<method> if absent.")
    ] = None,
    workers: Workers = None,
    fresh: Fresh = False,
) -> int:
    """Find out which unknown a scenario's effect hangs on. Called again, it goes on; more samples extend it."""
    from sim.cli import questions

    asked = questions.Asked(path, measure, when.value, parameters or [], overrides or [], seeds, out, workers, fresh)
    return questions.sensitivity(asked, method.value, samples, scenario)


@app.command()
@ends_well
def explore(
    path: OnePath,
    worlds: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Plausible worlds; 128 if absent. More extend it.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, metavar="N", help="Runs in each world; 2 if absent.")] = None,
    measure: EffectOn = None,
    when: Annotated[When, typer.Option("--when", help="Effect in the last week, or over all weeks.")] = When.horizon,
    parameters: Varied = None,
    overrides: Overrides = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder; results/<study>_worlds if absent.")] = None,
    workers: Workers = None,
    fresh: Fresh = False,
) -> int:
    """Compare candidates over all that is uncertain."""
    from sim.cli import questions

    asked = questions.Asked(path, measure, when.value, parameters or [], overrides or [], seeds, out, workers, fresh)
    return questions.explore(asked, worlds)


@app.command()
@ends_well
def check(paths: Paths, overrides: Overrides = None) -> None:
    """Check files and data. Says all problems at once."""
    from sim.cli import scenarios

    scenarios.check(paths, overrides or [])


@app.command()
@ends_well
def explain(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A scenario file or a study.", show_default=False)],
    paths: Annotated[
        bool, typer.Option("--paths", help="List every path that --set can set, with unit and range.")
    ] = False,
    odd: Annotated[
        bool, typer.Option("--odd", help="Print the model's description (ODD) filled for it, in Markdown.")
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Show every value with its source. A folder: all of its scenarios."""
    from sim.cli import scenarios

    scenarios.explain(path, paths, odd, overrides or [])


@app.command()
@ends_well
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A scenario file.", show_default=False)],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
) -> None:
    """Say what differs between two scenarios. Two folders: between their scenarios."""
    from sim.cli import scenarios

    scenarios.diff(one, other)


@app.command()
@ends_well
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.", show_default=False)],
) -> None:
    """Make a commented study to start from."""
    from sim.cli import scenarios

    scenarios.new(folder)


@app.command()
@ends_well
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from sim.cli import scenarios

    scenarios.schema()


@app.command()
@ends_well
def catalogue(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One entry; all if absent.", show_default=False)
    ] = None,
) -> None:
    """List the interventions, or describe one."""
    from sim.cli import knowledge

    knowledge.catalogue(name)


@app.command()
@ends_well
def evidence(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="One entry, or how names begin; all if absent.", show_default=False),
    ] = None,
    grade: Annotated[
        str | None,
        typer.Option(
            metavar="GRADE", help="Only what rests on this: trial, cohort, survey, expert, calibrated or assumption."
        ),
    ] = None,
    cite: Annotated[bool, typer.Option("--cite", help="Print the works that are cited, and for what.")] = False,
    as_bibtex: Annotated[bool, typer.Option("--bibtex", help="Print the works that are cited as BibTeX.")] = False,
) -> None:
    """List the model's numbers with their sources."""
    from sim.cli import knowledge

    knowledge.evidence(name, grade, cite, as_bibtex)


@app.command()
@ends_well
def calibrate(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A scenario file, or a study's folder.", show_default=False)
    ],
    targets: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="What was observed: a CSV file with columns measure, group, week, value, standard_error (and since); "
            "or, with --adopted, a table of people.",
        ),
    ],
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH[=LOW..HIGH]",
            help="What is to be found (repeatable), e.g. mechanisms.word_of_mouth.talk_aware; the range is that of the "
            "evidence unless given; PATH=log:LOW..HIGH for a range of factors.",
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which scenario of the study is compared with the targets.")
    ] = None,
    adopted: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="FILE has a line for each resident; this column holds when she took it up."
        ),
    ] = None,
    first: Annotated[int | None, typer.Option(metavar="N", help="With --adopted: the first period.")] = None,
    last: Annotated[int | None, typer.Option(metavar="N", help="With --adopted: the last period.")] = None,
    weeks_a_period: Annotated[
        int, typer.Option(min=1, metavar="N", help="With --adopted: weeks of the scenario that a period lasts.")
    ] = 52,
    overrides: Overrides = None,
    particles: Annotated[int, typer.Option(min=10, metavar="N", help="Parameter sets of each generation.")] = 200,
    simulations: Annotated[int, typer.Option(min=20, metavar="N", help="Simulations at most.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="The same seed gives the same posterior.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where it goes; results/<name>_calibration if absent.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; as many as there are cores if absent.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove stored simulations of this folder first.")] = False,
) -> None:
    """Find the parameters that go with what was observed. Called again, it goes on where it stopped."""
    from sim.cli import calibrating, screens

    dates = None if adopted is None else calibrating.Dates(adopted, first, last, weeks_a_period)
    calibrating.calibrate(
        path, targets, parameter or [], dates, scenario=scenario, overrides=overrides or [], particles=particles,
        simulations=simulations, seed=seed, out=out, workers=workers or screens.cores(), fresh=fresh,
    )  # fmt: skip
