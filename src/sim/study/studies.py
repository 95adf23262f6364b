"""A study: loaded from files, run, and turned into results."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, did_you_mean, listing
from sim.study.bars import Bar
from sim.study.precision import MAX_SEEDS, to_precision
from sim.study.results import Results

if TYPE_CHECKING:
    from sim.ensemble import Outcome, Progress
    from sim.scenario import Plan, Scenario

__all__ = ["Interrupted", "Study", "load"]

Paths = str | Path | Sequence[str | Path]
Reporter = Callable[["Progress"], None]


class Interrupted(KeyboardInterrupt):
    """A run was stopped by Ctrl-C. What is done is stored, and the same call goes on."""


def load(paths: Paths, overrides: Sequence[str] | Mapping[str, Any] = (), extensions: Sequence[type] = ()) -> Study:
    """Load a study from its folder, a scenario file, or several of them.

    Parameters
    ----------
    paths
        A folder is a study; a file is compared with the ``baseline.yaml`` beside it, or with itself without
        its interventions.
    overrides
        Values that replace those of the files, as ``--set`` gives them:
        ``["mechanisms.influence.susceptibility=0.1"]``, or a mapping from path to value.
    extensions
        Mechanisms and effects of your own: frozen dataclasses like those in :mod:`sim.mechanisms` and
        :mod:`sim.interventions.effects`, which the files can then name. They may be defined in a notebook.

    Raises
    ------
    InputError
        With all problems of the files at once, or where a small change of stigma would run away by its own
        consequences (:mod:`sim.model.gain`).
    """
    from sim.run import with_loop_gains
    from sim.scenario import load_plan

    if isinstance(overrides, Mapping):
        overrides = [f"{path}={value}" for path, value in overrides.items()]
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    plan = load_plan(given, tuple(overrides), tuple(extensions))
    return Study(with_loop_gains(plan), given, overrides, extensions)


class Study(Mapping[str, "Scenario"]):
    """Scenarios that are compared with each other: a mapping from name to scenario, the baseline first.

    Made by :func:`sim.load`.
    """

    def __init__(
        self,
        plan: Plan,
        paths: Sequence[str | Path] = (),
        overrides: Sequence[str] = (),
        extensions: Sequence[type] = (),
    ) -> None:
        self.plan = plan
        self.paths = tuple(paths)
        self.overrides = tuple(overrides)
        self.extensions = tuple(extensions)

    @property
    def name(self) -> str:
        """Name of the study's folder or scenario file."""
        return self.plan.name

    @property
    def out(self) -> Path:
        """The result folder, unless another is given.

        Raises
        ------
        InputError
            When several paths were loaded together: then there is no name to go by.
        """
        if len(self.paths) > 1:
            raise InputError("several paths together have no name of their own: say where results go (--out)")
        return Path("results") / self.name

    def folder(self, out: str | Path | None) -> Path:
        """Return the result folder that is given, or the study's own."""
        return Path(out) if out is not None else self.out

    def __getitem__(self, name: str) -> Scenario:
        try:
            return self.plan.scenarios[name]
        except KeyError:
            hint = did_you_mean(name, list(self)) or f"; scenarios: {listing(self)}"
            raise KeyError(f"no scenario '{name}'{hint}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.plan.scenarios)

    def __len__(self) -> int:
        return len(self.plan.scenarios)

    def __repr__(self) -> str:
        return f"<Study {self.name}: {', '.join(self)}; {self.plan.seeds} runs each, {self.plan.weeks} weeks>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{html.escape(scenario.title)}</td>"
            f"<td>{html.escape(', '.join(item.name for item in scenario.interventions) or '–')}</td></tr>"
            for name, scenario in self.items()
        )
        head = f"<b>{html.escape(self.plan.title)}</b>: {html.escape(self.plan.question)}"
        return (
            f"<p>{head}<br>{self.plan.seeds} runs of each scenario, {self.plan.weeks} weeks</p>"
            f"<table><tr><th>scenario</th><th>title</th><th>interventions</th></tr>{rows}</table>"
        )

    def changed(self, *, seeds: int | None = None, weeks: int | None = None) -> Study:
        """Return the study with another number of seeds or weeks, checked again."""
        given = {"seeds": seeds, "weeks": weeks}
        more = [f"{key}={value}" for key, value in given.items() if value is not None]
        if not more:
            return self
        if not self.paths:
            raise InputError("a study that was not loaded from files cannot change its seeds or weeks")
        return load(self.paths, [*self.overrides, *more], self.extensions)

    def run(
        self,
        seeds: int | None = None,
        workers: int = 1,
        weeks: int | None = None,
        out: str | Path | None = None,
        fresh: bool = False,
        progress: bool | Reporter = True,
        client: Any = None,
        precision: float | None = None,
        max_seeds: int = MAX_SEEDS,
        tell: Callable[[str], None] | None = None,
    ) -> Results:
        """Play what is not stored yet, compare, write the report, and return the results.

        Called again it goes on where it stopped; more seeds extend what is there.

        Parameters
        ----------
        seeds
            Runs of each scenario; as the files say where absent.
        workers
            Processes that play runs; the results do not depend on their number.
        weeks
            Weeks to play; as the files say where absent.
        out
            Result folder; ``results/<name of the study>`` where absent.
        fresh
            Whether to start anew in a folder that holds results of something else.
        progress
            Whether to show progress, or what to call with it.
        client
            A :class:`distributed.Client` of a Dask cluster, whose workers play instead of processes of this machine;
            the results are the same.
        precision
            Add seeds until the 95% interval of the primary measure's effect at the horizon is no wider than the effect
            plus and minus this, for every scenario: see :mod:`sim.study.precision`.
        max_seeds
            How many seeds ``precision`` may use.
        tell
            Called with what a user should know while it runs; it stands in ``results.outcome.notes`` too.

        Raises
        ------
        InputError
            When the folder holds results of something else, or is in use, or workers of a cluster have another version
            of the program.
        Interrupted
            When Ctrl-C stopped it; what is done is stored.
        """
        study = self.changed(seeds=seeds, weeks=weeks)

        def play(study: Study, fresh: bool) -> Outcome:
            return study.play(
                out, workers=workers, fresh=fresh, progress=progress, client=client, tell=tell,
                more_to_come=precision is not None,
            )  # fmt: skip

        if precision is None:
            outcome = play(study, fresh)
        else:
            outcome = to_precision(study, study.folder(out), precision, max_seeds, fresh, play, tell)
        if outcome.interrupted:
            raise Interrupted(
                f"stopped: {outcome.done} of {outcome.planned} runs are stored in {outcome.folder}; "
                "the same command goes on from there"
            )
        results = Results.open(outcome.folder)
        results.outcome = outcome
        if outcome.changed or not results.is_reported:
            results.write()
        return results

    def play(
        self,
        out: str | Path | None = None,
        *,
        workers: int = 1,
        fresh: bool = False,
        progress: bool | Reporter = True,
        client: Any = None,
        tell: Callable[[str], None] | None = None,
        more_to_come: bool = False,
    ) -> Outcome:
        """Play what is not stored yet and write the tables, without comparing; see :func:`sim.ensemble.run`."""
        from sim import ensemble

        if workers < 1:
            raise InputError(f"workers must be 1 or more, not {workers}")
        folder = self.folder(out)

        def play(progress: Reporter) -> Outcome:
            return ensemble.run(
                self.plan, folder, workers=workers, fresh=fresh, progress=progress, client=client, tell=tell,
                more_to_come=more_to_come,
            )  # fmt: skip

        if callable(progress):
            return play(progress)
        with Bar(progress) as bar:
            return play(bar)
