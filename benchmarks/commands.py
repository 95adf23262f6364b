"""The command line in processes of its own: how long it takes, how much memory it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["PLACE", "peak_memory", "seconds_of", "sim"]

PLACE = Path(__file__).parents[1]
"""The checkout."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process that imports the package from where this one has it."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | dict(more or {})


def sim(*words: str | Path, more: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Call ``sim``; return its seconds and what it said on stderr.

    Raises
    ------
    RuntimeError
        When it failed.
    """
    command = [sys.executable, "-m", "sim", *map(str, words)]
    started = time.perf_counter()
    done = subprocess.run(command, env=environment(more), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}")
    return seconds, done.stderr


def seconds_of(*words: str) -> float:
    """Return how long a call of Python takes, such as ``-c 'import sim'``."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], env=environment(), capture_output=True, check=True)
    return time.perf_counter() - started


def peak_memory(program: str, *words: str | Path) -> tuple[int, int]:
    """Run a program that prints its own peak memory and that of its children; return both in bytes."""
    command: Sequence[str] = [sys.executable, "-c", program + _PEAK, *map(str, words)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    own, children = map(int, done.stdout.split()[-2:])
    return own, children


_UNIT = 1 if sys.platform == "darwin" else 1024
_PEAK = f"""
import resource
own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(own * {_UNIT}, children * {_UNIT})
"""
