"""``sim run``."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import screens
from sim.cli.results import print_answer
from sim.cli.screens import note, say
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble import Outcome, Progress
    from sim.study import Results, Study

__all__ = ["Forecast", "Given", "dry_run", "run"]


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
    dask: str | None = None
    precision: float | None = None
    max_seeds: int | None = None

    def check(self) -> None:
        """Refuse what does not go together.

        Raises
        ------
        InputError
            Where an option would be ignored.
        """
        if self.dask is not None and self.workers is not None:
            raise InputError("--workers and --dask do not go together: a Dask cluster has its own workers")
        if self.max_seeds is not None and self.precision is None:
            raise InputError("--max-seeds goes with --precision; how many runs there are is said by --seeds")

    def find(self) -> None:
        """Refuse paths that are not there, before anything else is said or started.

        Raises
        ------
        InputError
            As loading the study would.
        """
        if not all(path.exists() for path in self.paths):
            from sim.scenario.loading import Files, select

            select(self.paths, Files())

    @property
    def processes(self) -> int:
        """As many as told, or as there are cores."""
        return self.workers or screens.cores()

    def workers_ready(self) -> AbstractContextManager[None]:
        """Start the processes that will play before the study is loaded, unless all seems to be done already."""
        if self.dask is not None or self.processes < 2 or self._is_done():
            return nullcontext()
        from sim.ensemble import processes_ready

        return processes_ready(self.processes)

    def _is_done(self) -> bool:
        """Whether the result folder seems to hold everything that is asked for."""
        if self.fresh or self.precision is not None or len(self.paths) > 1 or not self.paths[0].exists():
            return self.fresh is False and not self.paths[0].exists()
        try:
            out = self.out or Path("results") / self.paths[0].resolve().stem
            found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
            return not found["units"]["pending"] and (self.seeds or 0) <= found["seeds"]
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def cluster(self) -> AbstractContextManager[Any]:
        """Return a connection to the cluster that was named, or to none."""
        if self.dask is None:
            return nullcontext()
        from sim.ensemble import connected

        return connected(self.dask)

    def study(self) -> Study:
        """Load the study with everything that the command line sets."""
        from sim.study import load

        counts = {"seeds": self.seeds, "weeks": self.weeks}
        more = [f"{key}={value}" for key, value in counts.items() if value is not None]
        return load(self.paths, [*self.overrides, *more])


def run(given: Given) -> int:
    """Run, compare, report; return the exit code."""
    from sim.ensemble import Outcome

    given.check()
    given.find()
    _say_compiling()
    with given.workers_ready():
        results = _play(given)
    _say_sources(results, given.paths)
    outcome = results.outcome
    assert isinstance(outcome, Outcome)
    if outcome.failures:
        _say_failures(outcome)
    say()
    print_answer(results)
    say()
    say(str(results.report_path))
    return 1 if outcome.failures else 0


def _play(given: Given) -> Results:
    """Load the study and run it; say what a user should know meanwhile."""
    from sim.study.precision import MAX_SEEDS

    study = given.study()
    note(_what(study))
    with given.cluster() as client, screens.progress_bar("runs") as bar, Forecast() as forecast:
        first = True

        def show(progress: Progress) -> None:
            nonlocal first
            if first:
                first = False
                _say_start(progress, "" if given.dask else _workers(given.processes))
            forecast(progress)
            bar(progress)

        return study.run(
            workers=given.processes, out=given.out, fresh=given.fresh, progress=show, client=client,
            precision=given.precision, max_seeds=given.max_seeds or MAX_SEEDS, tell=note,
        )  # fmt: skip


def dry_run(given: Given) -> int:
    """Say what would run, how long and how large."""
    from sim.ensemble import estimate

    given.check()
    study = given.study()
    out = given.out or study.out
    note(_what(study))
    with given.cluster() as client:
        workers = len(client.nthreads()) if client is not None else given.processes
    found = estimate(study.plan, out, workers=max(1, workers), fresh=given.fresh)
    there = found.planned - found.pending
    say(f"{there} of {found.planned} runs are there already" if there else f"{found.planned} runs to play")
    if not found.pending:
        say("nothing would be played")
    else:
        measured = "one trial run" if found.measured_on == "trial" else "stored runs"
        on = _workers(workers) if client is None else f"the {workers} workers of the Dask cluster"
        say(f"{found.pending} to play: about {screens.duration(found.seconds)} with {on}, judged by {measured}")
    say(f"{found.rows:,} rows, about {screens.size(found.size)} in {out}")
    if given.precision is not None:
        say(f"more may follow until the effect is known to ±{given.precision:g}")
    if found.failures:
        say(f"{found.failures} of the scenarios failed in the trial run")
    return 0


def _what(study: Study) -> str:
    from sim.compare.wording import counted

    plan = study.plan
    scenarios, runs = counted(len(plan.scenarios), "scenario"), counted(plan.seeds, "run")
    return f"{plan.title}: {scenarios}, {runs} of each, {counted(plan.weeks, 'week')}"


def _workers(count: int) -> str:
    return f"{count} worker{'s' if count > 1 else ''}"


def _say_start(progress: Progress, workers: str) -> None:
    done, total = progress.done, progress.total
    if done >= total:
        note("the one run is there already" if total == 1 else f"all {total} runs are there already")
    else:
        there = f"{done} of {total} runs are there already; " if done else ""
        note(f"{there}{total - done} to play{f' with {workers}' if workers else ''}")


def _say_compiling() -> None:
    """Say that this run compiles, where nothing compiled is kept yet."""
    from sim.ensemble.compiling import can_be_kept, is_compiled

    if not can_be_kept():
        note(
            "compiled code cannot be kept here, so each run compiles (about 15 s); NUMBA_CACHE_DIR names another place"
        )
    elif not is_compiled():
        note("first run of this version: it compiles, which takes up to 15 s once, and is kept")


class Forecast:
    """Says once, after two seconds, how long the runs will take, as soon as that is known."""

    def __init__(self, after: float = 2.0) -> None:
        self._after = after
        self._timer = threading.Timer(after, self._when_nothing_is_known)
        self._timer.daemon = True
        self._said = False

    def __enter__(self) -> Forecast:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def _when_nothing_is_known(self) -> None:
        if not self._said:
            note("how long it will take is said when the first runs have ended")

    def __call__(self, progress: Progress) -> None:
        """Look at how far the runs are."""
        if self._said:
            return
        if progress.done >= progress.total:
            self._said = True
        elif progress.left is not None and progress.elapsed >= self._after:
            self._said = True
            self._timer.cancel()
            note(f"about {screens.duration(progress.left)} to go for the runs, then tables, figures and report")


def _say_sources(results: Results, paths: Sequence[Path]) -> None:
    """Say what the numbers rest on: whoever reads a result should know before reading it."""
    from sim.report.settings import evidence_names
    from sim.scenario.support import by_grade

    found = results.manifest.get("evidence") or {}
    names = evidence_names(results.manifest)
    counts = found.get("by_grade") or by_grade(names)
    kinds = ", ".join(f"{count} {_IN_WORDS[grade]}" for grade, count in counts.items())
    without = found.get("set_without_source") or ()
    unsourced = len(without)
    more = f", {unsourced} set in the scenarios without a source" if unsourced else ""
    total = sum(counts.values()) + unsourced
    listed = " and ".join(f"'sim explain {path}'" for path in _where_set(results.manifest, without, paths))
    note(f"rests on {total} numbers: {kinds}{more} ({listed} and the report list them)")


def _where_set(manifest: Mapping[str, Any], without: Sequence[str], paths: Sequence[Path]) -> list[str]:
    """Return what to explain so that every value without a source is listed: the study or some of its files."""
    if len(paths) == 1 and paths[0].is_dir():
        return [str(paths[0])]
    left, files = set(without), []
    held = {
        str(stored["file"]): {path for path, origin in stored["origins"].items() if origin["kind"] != "default"}
        for stored in manifest["scenarios"].values()
        if stored.get("file")
    }
    while left:
        file = max(held, key=lambda name: len(held[name] & left), default="")
        if not file or not held[file] & left:
            break
        files.append(file)
        left -= held[file]
    return files or [str(paths[-1])]


_IN_WORDS = {
    "trial": "from trials", "cohort": "from cohorts", "survey": "from surveys", "expert": "from experts",
    "calibrated": "calibrated", "assumption": "assumptions",
}  # fmt: skip


def _say_failures(outcome: Outcome) -> None:
    from sim.compare.wording import counted

    note(f"{counted(len(outcome.failures), 'run')} failed (listed in {outcome.folder / 'failures.csv'}):")
    kinds: dict[tuple[str, str], list[int]] = {}
    for failure in outcome.failures:
        kinds.setdefault((failure["scenario"] or "all scenarios", failure["error"]), []).append(failure["seed"])
    for (scenario, error), seeds in list(kinds.items())[:5]:
        note(f"  {scenario}, seed {', '.join(map(str, seeds[:5]))}{'...' if len(seeds) > 5 else ''}: {error}")
    if len(kinds) > 5:
        note(f"  and {len(kinds) - 5} other kinds")
