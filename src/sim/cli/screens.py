"""What is printed: results on stdout, the rest on stderr."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.ensemble import Progress

__all__ = ["cores", "duration", "is_narrow", "note", "progress_bar", "reading_width", "say", "size", "table"]

_WIDE = 10_000
"""Characters in a line of a table that goes into a pipe: it is never broken."""


_ROOMY = 115
"""Columns of a terminal that take the whole table of results."""


def say(text: str = "") -> None:
    """Print a result."""
    print(text)  # noqa: T201


def note(text: str) -> None:
    """Print what is not the result, on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def is_narrow() -> bool:
    """Whether results go to a terminal with little room for a wide table."""
    return sys.stdout.isatty() and shutil.get_terminal_size().columns < _ROOMY


def reading_width() -> int:
    """Return the length of lines of running text: what the terminal holds, 40 to 100; 100 in a pipe."""
    return max(40, min(100, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else 100


def _widest(rows: Sequence[Sequence[str]]) -> int:
    return max((len(row[0]) for row in rows), default=0)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: fitted to a terminal, whole lines in a pipe.

    Parameters
    ----------
    headings
        Names of the columns.
    rows
        Texts of the cells; the first column names what a row is about. A column in which nothing stands is left out.
    """
    kept = [place for place in range(len(headings)) if not rows or any(row[place] for row in rows)]
    headings, rows = [headings[place] for place in kept], [[row[place] for place in kept] for row in rows]
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    on_terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if on_terminal else _WIDE, highlight=False)
    grid = Table(box=None, padding=(0, 2, 0, 0))
    for number, heading in enumerate(headings):
        grid.add_column(Text(heading), min_width=min(16, _widest(rows)) if number == 0 else None)
    for row in rows:
        grid.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    with console.capture() as capture:
        console.print(grid)
    sys.stdout.write("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")


_STYLES = {
    "better": "green",
    "worse": "red",
    "too close to call": "yellow",
    "too few runs": "yellow",
    "not judged": "yellow",
}


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[Progress], None]]:
    """Show progress on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[left]}"))  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, left="")

        def show(progress: Any) -> None:
            left = "" if progress.left is None else f"about {duration(progress.left)} left"
            left = "writing tables, figures and report" if progress.done >= progress.total else left
            bar.update(task, completed=progress.done, total=progress.total, left=left)

        yield show


def duration(seconds: float) -> str:
    """Return a time in words: ``4 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def size(number: float) -> str:
    """Return a number of bytes in words: ``3.2 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if number >= 10 or unit == "bytes" else f"{number:.1f} {unit}"


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
