"""The command ``sim``: parsing and screens, nothing else."""

from sim.cli.main import main

__all__ = ["main"]
