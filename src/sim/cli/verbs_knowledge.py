"""What ``catalogue`` and ``evidence`` take. What they do is imported when one is called."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.ending import ends_well

__all__ = ["catalogue", "evidence"]


@ends_well
def catalogue(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One entry; all if absent.", show_default=False)
    ] = None,
) -> None:
    """List the interventions, or describe one."""
    from sim.cli import knowledge

    knowledge.catalogue(name)


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
