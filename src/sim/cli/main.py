"""The command line: its verbs in the order in which ``sim --help`` lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli import verbs_knowledge, verbs_questions, verbs_results, verbs_scenarios
from sim.cli.ending import start
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

VERBS = (
    verbs_results.run,
    verbs_results.compare,
    verbs_results.report,
    verbs_questions.sensitivity,
    verbs_questions.explore,
    verbs_scenarios.check,
    verbs_scenarios.explain,
    verbs_scenarios.diff,
    verbs_scenarios.new,
    verbs_scenarios.schema,
    verbs_knowledge.catalogue,
    verbs_knowledge.evidence,
    verbs_questions.calibrate,
)

for _verb in VERBS:
    app.command()(_verb)


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
