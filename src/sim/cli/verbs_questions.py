"""What ``sensitivity``, ``explore`` and ``calibrate`` take. What they do is imported when one is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.ending import ends_well
from sim.cli.options import Fresh, Overrides, Workers, whole

__all__ = ["calibrate", "explore", "sensitivity"]


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


@ends_well
def sensitivity(
    path: OnePath,
    method: Annotated[
        Method, typer.Option("--method", help="Morris screens many, Sobol shares out the variance of a few.")
    ] = Method.morris,
    samples: Annotated[
        int | None,
        typer.Option(
            parser=whole(1),
            metavar="N",
            help="Trajectories (morris), base samples (sobol), points (pawn); not for a tornado.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(parser=whole(1), metavar="N", help="Runs at each point; 3 if absent, 10 for a tornado."),
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


@ends_well
def explore(
    path: OnePath,
    worlds: Annotated[
        int | None, typer.Option(parser=whole(2), metavar="N", help="Plausible worlds; 128 if absent. More extend it.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(parser=whole(1), metavar="N", help="Runs in each world; 2 if absent.")
    ] = None,
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
        int,
        typer.Option(parser=whole(1), metavar="N", help="With --adopted: weeks of the scenario that a period lasts."),
    ] = 52,
    overrides: Overrides = None,
    particles: Annotated[
        int, typer.Option(parser=whole(10), metavar="N", help="Parameter sets of each generation.")
    ] = 200,
    simulations: Annotated[int, typer.Option(parser=whole(20), metavar="N", help="Simulations at most.")] = 20_000,
    seed: Annotated[
        int, typer.Option(parser=whole(0), metavar="N", help="The same seed gives the same posterior.")
    ] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where it goes; results/<name>_calibration if absent.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(parser=whole(1), metavar="N", help="Processes; as many as there are cores if absent.")
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
