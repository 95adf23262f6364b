"""What the verbs about scenario files take. What they do is imported when one is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.ending import ends_well
from sim.cli.options import Overrides, Paths

__all__ = ["check", "diff", "explain", "new", "schema"]


@ends_well
def check(paths: Paths, overrides: Overrides = None) -> None:
    """Check files and data. Says all problems at once."""
    from sim.cli import scenarios

    scenarios.check(paths, overrides or [])


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


@ends_well
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A scenario file.", show_default=False)],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
) -> None:
    """Say what differs between two scenarios. Two folders: between their scenarios."""
    from sim.cli import scenarios

    scenarios.diff(one, other)


@ends_well
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.", show_default=False)],
) -> None:
    """Make a commented study to start from."""
    from sim.cli import scenarios

    scenarios.new(folder)


@ends_well
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from sim.cli import scenarios

    scenarios.schema()
