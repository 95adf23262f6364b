"""What residents and seeds need, from measured lines to extrapolated ones; writes the table of ``docs/cluster.md``.

python -m benchmarks.sizes                     measures 10,000, 100,000 and 1,000,000 residents (about 15 minutes)
python -m benchmarks.sizes --sizes 1000 4000   other sizes; --no-write prints only

Seconds are of the processor, so that a busy machine hardly changes them. Each size is measured in a process of its own:
one community, the baseline and one intervention, a few weeks; the time of a week is counted for 52.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.commands import PLACE, environment

PAGE = PLACE / "docs" / "cluster.md"
BEGIN, END = "<!-- sizes: written by python -m benchmarks.sizes -->", "<!-- end of sizes -->"
WEEKS = 52
ASKED = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
SEEDS = (10, 100, 1000)
HEAD = ("residents", "how known", "one seed", "memory of a worker", "disk for a seed", *(f"{n} seeds" for n in SEEDS))

PROGRAM = """
import json, resource, sys, tempfile, time
from dataclasses import replace
from pathlib import Path
size, weeks = int(sys.argv[1]), int(sys.argv[2])
from sim.scenario import load_plan
from sim.run import play_unit
from sim.ensemble.worker import Task
from sim.store import Unit
class Held:
    "A source of a community that is made already, so that the weeks are timed alone."
    def __init__(self, community): self.community = community
    def build(self, seed): return self.community
def plan_of(residents, place):
    (place / "baseline.yaml").write_text(
        "question: How large may it be?\\noutcome: stigma\\nbetter: lower\\nseeds: 1\\n"
        f"weeks: {weeks}\\ncommunity: {{synthesise: {{residents: {residents}, profile: england}}}}\\n")
    (place / "groups.yaml").write_text(
        "extends: baseline.yaml\\ninterventions:\\n  - use: social_contact\\n")
    return load_plan([place], ())
with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    play_unit(plan_of(500, place), 1, 1)  # compiles
    plan = plan_of(size, place)
    started = time.process_time()
    community = plan.scenarios["baseline"].build_community(1)
    made = time.process_time() - started
    entries = int(community.ties.length.sum())
    plan.scenarios["baseline"] = replace(plan.scenarios["baseline"], source=Held(community))
    played = Task(plan, place, "")(Unit(1, 1))
    played_in = time.process_time() - started - made
    assert not played.error, played.error
    # twice, in the unit's file and in the tables; rows grow with the weeks
    stored = 2 * (place / Unit(1, 1).filename).stat().st_size * 52 / weeks
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"residents": size, "entries": entries, "synthesis": made, "weeks": played_in,
                  "memory": peak, "disk": stored, "played": weeks}))
"""


def measured(size: int, weeks: int) -> dict[str, float]:
    """Measure one size in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, str(size), str(weeks)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(found, file=sys.stderr, flush=True)
    return found


def seconds(line: Mapping[str, float]) -> float:
    """Return the seconds of one seed over 52 weeks: synthesis, then a scenario and its baseline."""
    return line["synthesis"] + line["weeks"] * WEEKS / line["played"]


def extrapolated(lines: Sequence[Mapping[str, float]], size: int) -> dict[str, float]:
    """Return what a size would need: straight on from the two largest measured ones."""
    small, large = sorted(lines, key=lambda line: line["residents"])[-2:]

    def at(value_of: str) -> float:
        values = [seconds(line) if value_of == "seconds" else line[value_of] for line in (small, large)]
        slope = (values[1] - values[0]) / (large["residents"] - small["residents"])
        return values[1] + slope * (size - large["residents"])

    return {"residents": size, "seconds": at("seconds"), "memory": at("memory"), "disk": at("disk")}


def rows(lines: Sequence[Mapping[str, float]]) -> list[list[str]]:
    """Return the rows of the table, measured sizes as they are and others extrapolated."""
    by_size = {int(line["residents"]): line for line in lines}
    table = []
    for size in sorted({*ASKED, *by_size}):
        if size in by_size:
            line: Mapping[str, float] = {**by_size[size], "seconds": seconds(by_size[size])}
        else:
            line = extrapolated(lines, size)
        how = "measured" if size in by_size else "**extrapolated**"
        each = line["seconds"]
        cells = [f"{size:,}", how, duration(each), bytes_of(line["memory"]), bytes_of(line["disk"])]
        table.append(cells + [duration(each * count) for count in SEEDS])
    return table


def duration(number: float) -> str:
    """Return seconds of a processor in words."""
    for limit, unit in ((60.0, "s"), (60.0, "min"), (24.0, "h")):
        if number < limit:
            return f"{number:.2g} {unit}"
        number /= limit
    return f"{number:,.0f} days" if number >= 10 else f"{number:.2g} days"


def bytes_of(number: float) -> str:
    """Return a number of bytes in words."""
    for unit in ("kB", "MB"):
        number /= 1000
        if number < 1000:
            return f"{number:.0f} {unit}"
    return f"{number / 1000:,.1f} GB"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args(arguments)
    if len(options.sizes) < 2:
        parser.error("two sizes at least: from one there is no way on to others")
    lines = [measured(size, options.weeks) for size in sorted(options.sizes)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in (HEAD, ["---"] * len(HEAD), *rows(lines)))
    text += f"\n\nMeasured over {options.weeks} weeks, counted for {WEEKS}, on one core of: {machine()}."
    print(text)
    if not options.no_write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """Return processor and Python in words."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
