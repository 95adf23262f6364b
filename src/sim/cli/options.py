"""What several verbs of the command line take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Fresh", "Overrides", "Paths", "Workers", "whole"]


def whole(least: int) -> Callable[[str], int]:
    """Return what reads a whole number of at least so much, and says what was found otherwise."""

    def read(text: str | int) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise typer.BadParameter(f"must be a whole number of at least {least}, found {text}")
        return number

    return read


Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="A study's folder, or scenario files.", show_default=False)
]

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a value, e.g. mechanisms.influence.susceptibility=0.1 (repeatable)."
    ),
]

Workers = Annotated[
    int | None, typer.Option("--workers", parser=whole(1), metavar="N", help="Processes; as many as cores if absent.")
]

Fresh = Annotated[bool, typer.Option("--fresh", help="Remove stored results of this folder first.")]
