"""What several verbs of the command line take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Fresh", "Overrides", "Paths", "Workers"]

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="A study's folder, or scenario files.", show_default=False)
]

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a value, e.g. mechanisms.influence.susceptibility=0.1 (repeatable)."
    ),
]

Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Processes; as many as cores if absent.")
]

Fresh = Annotated[bool, typer.Option("--fresh", help="Remove stored results of this folder first.")]
