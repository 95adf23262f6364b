"""``sim run``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import screens
from sim.cli.results import print_answer
from sim.cli.screens import note, say

if TYPE_CHECKING:
    from sim.ensemble import Outcome
    from sim.study import Results, Study

__all__ = ["Given", "dry_run", "run"]


@dataclass(frozen=True)
class Given:
    """What the command was called with."""

    paths: Sequence[Path]
    seeds: int | None
    weeks: int | None
    overrides: Sequence[str]
    out: Path | None
    workers: int | None
    fresh: bool

    @property
    def processes(self) -> int:
        """As many as told, or as there are cores."""
        return self.workers or screens.cores()

    def study(self) -> Study:
        """Load the study with everything that the command line sets."""
        from sim.study import load

        counts = {"seeds": self.seeds, "weeks": self.weeks}
        more = [f"{key}={value}" for key, value in counts.items() if value is not None]
        return load(self.paths, [*self.overrides, *more])


def run(given: Given) -> int:
    """Run, compare, report; return the exit code."""
    from sim.ensemble import Outcome

    study = given.study()
    note(_what(study))
    first = True
    with screens.progress_bar("runs") as bar:

        def show(progress: object) -> None:
            nonlocal first
            if first:
                first = False
                _say_start(progress, given.processes)
            bar(progress)  # type: ignore[arg-type]

        results = study.run(workers=given.processes, out=given.out, fresh=given.fresh, progress=show)
    _say_sources(results, given.paths[0])
    outcome = results.outcome
    assert isinstance(outcome, Outcome)
    if outcome.failures:
        _say_failures(outcome)
    say()
    print_answer(results)
    say()
    say(str(results.report_path))
    return 1 if outcome.failures else 0


def dry_run(given: Given) -> int:
    """Say what would run, how long and how large."""
    from sim.ensemble import estimate

    study = given.study()
    out = given.out or study.out
    note(_what(study))
    found = estimate(study.plan, out, workers=given.processes, fresh=given.fresh)
    there = found.planned - found.pending
    say(f"{there} of {found.planned} runs are there already" if there else f"{found.planned} runs to play")
    if not found.pending:
        say("nothing would be played")
    else:
        measured = "one trial run" if found.measured_on == "trial" else "stored runs"
        workers = f"{given.processes} worker{'s' if given.processes > 1 else ''}"
        say(f"{found.pending} to play: about {screens.duration(found.seconds)} with {workers}, judged by {measured}")
    say(f"{found.rows:,} rows, about {screens.size(found.size)} in {out}")
    if found.failures:
        say(f"{found.failures} of the scenarios failed in the trial run")
    return 0


def _what(study: Study) -> str:
    plan = study.plan
    count = len(plan.scenarios)
    return f"{plan.title}: {count} scenario{'s' if count > 1 else ''}, {plan.seeds} runs of each, {plan.weeks} weeks"


def _say_start(progress: object, processes: int) -> None:
    done, total = progress.done, progress.total  # type: ignore[attr-defined]
    if done >= total:
        note(f"all {total} runs are there already")
    else:
        there = f"{done} of {total} runs are there already; " if done else ""
        workers = f"{processes} worker{'s' if processes > 1 else ''}"
        note(f"{there}{total - done} to play with {workers}")


def _say_sources(results: Results, path: Path) -> None:
    """Say what the numbers rest on: whoever reads a result should know before reading it."""
    from sim.report.settings import evidence_names
    from sim.scenario.support import by_grade

    found = results.manifest.get("evidence") or {}
    names = evidence_names(results.manifest)
    counts = found.get("by_grade") or by_grade(names)
    kinds = ", ".join(f"{count} {_IN_WORDS[grade]}" for grade, count in counts.items())
    unsourced = len(found.get("set_without_source") or ())
    more = f", and {unsourced} set in the scenarios without a source" if unsourced else ""
    note(f"rests on {sum(counts.values())} numbers: {kinds}{more} ('sim explain {path}' and the report list them)")


_IN_WORDS = {
    "trial": "from trials", "cohort": "from cohorts", "survey": "from surveys", "expert": "from experts",
    "calibrated": "calibrated", "assumption": "assumptions",
}  # fmt: skip


def _say_failures(outcome: Outcome) -> None:
    note(f"{len(outcome.failures)} runs failed (listed in {outcome.folder / 'failures.csv'}):")
    kinds: dict[tuple[str, str], list[int]] = {}
    for failure in outcome.failures:
        kinds.setdefault((failure["scenario"] or "all scenarios", failure["error"]), []).append(failure["seed"])
    for (scenario, error), seeds in list(kinds.items())[:5]:
        note(f"  {scenario}, seed {', '.join(map(str, seeds[:5]))}{'...' if len(seeds) > 5 else ''}: {error}")
    if len(kinds) > 5:
        note(f"  and {len(kinds) - 5} other kinds")
