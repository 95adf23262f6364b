"""Measure the goals of speed and print the table; write the same table into ``docs/performance.md``.

python -m benchmarks                 all goals (about half an hour)
python -m benchmarks --only 1 2      some of them: their lines are replaced
python -m benchmarks --quick         small sizes, to see that everything runs; nothing is written
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from benchmarks.goals import Line, goals

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- goals: written by python -m benchmarks -->", "<!-- end of goals -->"
HEAD = ("goal", "measured", "values", "ratio", "allowed", "verdict")
VERSIONED = ("mesa", "networkx", "numba", "numpy", "scipy", "ndlib", "starsim", "cynetdiff", "EoN")


def machine() -> str:
    """Return the machine and versions in a sentence or two."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    versions = []
    for name in VERSIONED:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    where = f"{platform.system()}, {model}, {os.cpu_count()} cores"
    return f"{where}; Python {platform.python_version()}; {', '.join(versions)}."


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table."""
    lines = [f"| {' | '.join(row)} |" for row in (HEAD, ["---"] * len(HEAD), *rows)]
    return "\n".join(lines)


def written(text: str) -> list[list[str]]:
    """Return the rows of the table that stands in the page."""
    inside = text.split(BEGIN)[1].split(END)[0] if BEGIN in text else ""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in inside.splitlines() if line[:1] == "|"]
    return [row for row in rows if row[0] not in (HEAD[0], "---")]


def replaced(text: str, lines: Sequence[Line]) -> str:
    """Return the page with the lines of the goals that were measured in place of earlier ones."""
    measured = {line.goal for line in lines}
    rows = [row for row in written(text) if row[0] not in measured] + [list(line.cells()) for line in lines]
    rows.sort(key=lambda row: row[0])
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{table(rows)}\n\n{machine()}\n{END}{after}"


def measure(only: Sequence[str], quick: bool) -> list[Line]:
    """Measure some goals (none named: all), saying on stderr which one is at work."""
    lines: list[Line] = []
    for number, module in goals().items():
        if not only or number in only:
            print(f"goal {number}: {module.TITLE}", file=sys.stderr, flush=True)
            lines += module.measure(quick)
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the goals of speed.")
    parser.add_argument("--only", nargs="+", default=[], metavar="GOAL", choices=list(goals()))
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args(arguments)
    lines = measure(options.only, options.quick)
    print(table([line.cells() for line in lines]))
    print()
    print(machine())
    if not (options.quick or options.no_write):
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main()
