"""Goal 8: what is heavy is imported when it is used."""

from __future__ import annotations

from benchmarks.commands import seconds_of
from benchmarks.goals.line import Line
from benchmarks.timing import medians

TITLE = "start of the command and of the package"


def measure(quick: bool) -> list[Line]:
    """Time ``sim --help``, ``sim --version`` and ``import sim`` beside an empty Python."""
    jobs = {
        "sim --help": lambda: seconds_of("-m", "sim", "--help"),
        "sim --version": lambda: seconds_of("-m", "sim", "--version"),
        "import sim": lambda: seconds_of("-c", "import sim"),
        "nothing": lambda: seconds_of("-c", "pass"),
    }
    found = medians(jobs, rounds=2 if quick else 11)
    allowed = {"sim --help": 0.3, "sim --version": 0.3, "import sim": 0.6}
    empty = f"an empty Python {found['nothing']:.3f} s"
    return [
        Line("8", name, f"{found[name]:.3f} s; {empty}", found[name], most, unit="s") for name, most in allowed.items()
    ]
