"""Goal 8: what is heavy is imported when it is used."""

from __future__ import annotations

import statistics

from benchmarks.commands import seconds_of
from benchmarks.goals.line import Line

TITLE = "start of the command and of the package"


def measure(quick: bool) -> list[Line]:
    """Time ``sim --help``, ``sim --version`` and ``import sim`` beside an empty Python."""
    jobs = {
        "sim --help": lambda: seconds_of("-m", "sim", "--help"),
        "sim --version": lambda: seconds_of("-m", "sim", "--version"),
        "import sim": lambda: seconds_of("-c", "import sim"),
        "nothing": lambda: seconds_of("-c", "pass"),
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(1 + (2 if quick else 11)):  # the first is not counted: it reads from the disk
        for name, job in jobs.items():
            times[name].append(job())
    found = {name: statistics.median(seconds[1:]) for name, seconds in times.items()}
    allowed = {"sim --help": 0.3, "sim --version": 0.3, "import sim": 0.6}
    empty = f"an empty Python {found['nothing']:.3f} s"
    return [
        Line("8", name, f"{found[name]:.3f} s; {empty}", found[name], most, unit="s") for name, most in allowed.items()
    ]
