"""The verbs of ``sim network`` and what they take. What they do is imported when one is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.ending import ends_well
from sim.cli.options import whole

__all__ = ["network"]

network = typer.Typer(
    name="network",
    help="Describe, check or make a community with its ties.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class TableFormat(StrEnum):
    """How tables are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class FileFormat(StrEnum):
    """As what a community is written, as in :data:`sim.community.export.FORMATS`."""

    csv = "csv"
    graphml = "graphml"


Where = Annotated[
    Path, typer.Argument(metavar="PATH", help="A study's folder, or a scenario file.", show_default=False)
]
Seed = Annotated[
    int, typer.Option(parser=whole(1), metavar="N", help="Which of the plausible communities, by its seed.")
]
Form = Annotated[TableFormat, typer.Option("--format", help="How to print it.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a value, e.g. community.synthesise.residents=500."),
]


@network.command()
@ends_well
def describe(
    path: Where,
    seed: Seed = 1,
    form: Form = TableFormat.table,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the network as well: a file that ends in .svg or .png.")
    ] = None,
    colour: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Colour residents in the picture by this; by loneliness if absent."),
    ] = None,
    private: Annotated[
        bool,
        typer.Option("--private", help="Draw single residents of a survey too; the picture is not for sharing."),
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Say how large a community is, how connected, how mixed and how far apart."""
    from sim.cli import networks

    networks.describe(networks.Given(path, seed, overrides or []), form.value, figure, colour, private)


@network.command()
@ends_well
def check(
    path: Where,
    seed: Seed = 1,
    communities: Annotated[
        int, typer.Option(parser=whole(1), metavar="N", help="How many communities to make, from that seed on.")
    ] = 1,
    form: Form = TableFormat.table,
    overrides: Overrides = None,
) -> None:
    """Compare a made-up community with the figures that it is made from."""
    from sim.cli import networks

    networks.check(networks.Given(path, seed, overrides or []), communities, form.value)


@network.command()
@ends_well
def synthesise(
    path: Where,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.", show_default=False)],
    seed: Seed = 1,
    form: Annotated[
        FileFormat, typer.Option("--format", help="Tables that the survey importer reads, or one graph.")
    ] = FileFormat.csv,
    private: Annotated[
        bool, typer.Option("--private", help="Write the people of a survey too; the files are not for sharing.")
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Write a community's people and ties to files that can be read as a survey."""
    from sim.cli import networks

    networks.synthesise(networks.Given(path, seed, overrides or []), out, form.value, private)
