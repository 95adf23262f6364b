"""``sim.sensitivity``: which unknown the effect of a scenario hangs on."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, did_you_mean, listing
from sim.study.bars import Bar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.experiments import Done, Space
    from sim.scenario import Plan, Scenario
    from sim.sensitivity_analysis import Analysis
    from sim.study.studies import Study

__all__ = ["Sensitivity", "label_of", "measure_of", "played", "sensitivity", "unit_of"]

_MOST_FOR_SOBOL = 15
"""Parameters that Sobol's method takes without being told which."""

USUAL_SEEDS = {"tornado": 10}
"""Runs at each point where it is not said; three for the methods that play many points."""


@dataclass(frozen=True)
class Sensitivity:
    """What the effect of a scenario hangs on. Made by :func:`sim.sensitivity`."""

    scenario: Scenario
    method: str
    measure: str
    when: str
    """``horizon`` (the last week) or ``average`` (over all weeks)."""
    analysis: Analysis
    space: Space
    experiments: pd.DataFrame
    """One row a run: ``point``, ``seed``, the values that were varied, and the effects on all measures."""
    path: Path | None
    """Where runs are kept, so that the same call goes on and more samples extend it; absent where nothing is."""

    @property
    def indices(self) -> pd.DataFrame:
        """One row a parameter, the one that matters most first."""
        return self.analysis.indices

    @property
    def pairs(self) -> pd.DataFrame | None:
        """Second-order indices of pairs of parameters, for Sobol."""
        return self.analysis.pairs

    @property
    def sentence(self) -> str:
        """What matters most, in plain words."""
        return self.analysis.sentences[0]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The whole answer in plain words."""
        return self.analysis.sentences

    @property
    def _words(self) -> dict[str, Any]:
        return {"what": f"the effect on {label_of(self.measure, self.when)}", "unit": unit_of(self.measure)}

    def plot(self, kind: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw it.

        Parameters
        ----------
        kind
            ``bars``, ``plane`` (Morris only) or ``tornado`` (tornado only); bars, or the tornado, where absent.
        ax
            Axes to draw into; new ones where absent.
        """
        from sim import plots

        kinds = {"morris": ["bars", "plane"], "tornado": ["tornado", "bars"]}.get(self.method, ["bars"])
        kind = kind or kinds[0]
        if kind not in kinds:
            raise InputError(f"'{kind}' is not a plot of {self.method}; plots: {listing(kinds)}")
        if kind == "plane":
            return plots.plane(self.indices, **self._words, ax=ax)
        if kind == "tornado":
            return plots.swings(self.indices, self.analysis.usual, **self._words, ax=ax)
        return plots.importance(self.indices, self.method, **self._words, ax=ax)

    def write(self, folder: str | Path) -> list[Path]:
        """Write ``indices.csv`` (for Sobol also ``pairs.csv``), ``answer.txt`` and the figures; return their paths."""
        return _write(self, Path(folder))

    def _repr_html_(self) -> str:
        columns = [name for name in _SHOWN if name in self.indices]
        shown = self.indices[columns].head(25)
        table: str = shown.to_html(index=False, float_format=lambda value: f"{value:.3g}")
        said = " ".join(html.escape(text) for text in self.sentences)
        return f"<p><b>{html.escape(self.scenario.title)}</b>, {self.method}: {said}</p>{table}"

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.scenario.name}, {self.method}: {self.sentence}>"


_SHOWN = ("parameter", "range", "index", "lower", "upper", "noise", "first", "spread", "verdict")


def label_of(measure: str, when: str = "horizon") -> str:
    """Return a measure's name for readers."""
    from sim.measures import MEASURES

    return f"{MEASURES[measure].label}{' (average of weeks)' if when == 'average' else ''}"


def unit_of(measure: str) -> str:
    """Return a measure's unit for readers."""
    from sim.measures import MEASURES

    found = MEASURES[measure]
    return "scale 0 to 1" if found.unit == "0-1" or found.is_share else found.unit


def _write(found: Sensitivity, folder: Path) -> list[Path]:
    import matplotlib.pyplot as plt

    from sim.store.files import temporary, write_text

    folder.mkdir(parents=True, exist_ok=True)
    tables = {"indices.csv": found.indices} | ({} if found.pairs is None else {"pairs.csv": found.pairs})
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "answer.txt", "\n".join(found.sentences) + "\n")
    paths = [folder / name for name in (*tables, "answer.txt")]
    for kind in {"morris": ["bars", "plane"], "tornado": ["tornado"]}.get(found.method, ["bars"]):
        figure = found.plot(kind).figure
        for ending in ("svg", "png"):
            path = folder / f"{kind}.{ending}"
            with temporary(path) as place:
                figure.savefig(place, format=ending, metadata={"Date": None} if ending == "svg" else None)  # type: ignore[union-attr]
            paths.append(path)
        plt.close(figure)  # type: ignore[arg-type]
    return paths


def sensitivity(
    scenario: Scenario | Study,
    method: str = "morris",
    measure: str | None = None,
    parameters: Mapping[str, Any] | Sequence[str] | None = None,
    *,
    when: str = "horizon",
    samples: int | None = None,
    seeds: int | None = None,
    workers: int = 1,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: bool | Callable[[Done], None] = True,
) -> Sensitivity:
    """Find out which unknown the effect of a scenario hangs on.

    The effect is paired: the scenario minus the baseline of the same community and the same luck. All points are played
    with the same seeds, so what is common to them cancels.

    Parameters
    ----------
    scenario
        A scenario of a study, ``study["befriending"]``; or a study that has one besides its baseline.
    method
        ``morris`` (which of many parameters matter), ``sobol`` (shares of the variance of a few), ``pawn``
        (distributions), or ``tornado`` (one at a time, from end to end).
    measure
        What the effect is on; the study's primary measure where absent.
    parameters
        From path to ``(low, high)``, a list of options, or None for the evidence's range; or paths alone. Where
        absent, everything that the evidence gives a range for, theories and the rule of uptake included.
    when
        ``horizon``: the effect in the last week; ``average``: over all weeks, which is steadier, and sees programmes
        that have ended (for the outcomes of residents only).
    samples
        Trajectories (Morris), base samples (Sobol), or points (PAWN). More samples extend what is stored.
    seeds
        Runs at each point; 3 where absent, for a tornado 10.
    workers
        Processes; the results do not depend on their number.
    out
        Folder that keeps the runs; nothing is kept where absent.
    fresh
        Whether to start anew in a folder that holds something else.
    progress
        Whether to show progress, or what to call with it.

    Raises
    ------
    InputError
        If something that is asked for does not exist, or the folder holds results of something else.
    RunError
        If too many points failed.
    """
    from sim.ensemble.recording import fingerprint_of
    from sim.experiments import Experiment, asked_axes, column, run_experiment, scenario_model, usual_axes
    from sim.sensitivity_analysis import analyse, design_of
    from sim.sensitivity_analysis.indices import salib

    salib()  # before anything is played
    plan, chosen = _of(scenario)
    measure = measure_of(measure or plan.outcome, when)
    scenarios = [plan.scenarios[plan.baseline], chosen]
    space = usual_axes([chosen]) if parameters is None else asked_axes(parameters, [chosen, scenarios[0]])
    design = design_of(method, space, samples)
    if parameters is None and method == "sobol" and len(space) > _MOST_FOR_SOBOL:
        raise InputError(f"sobol over all {len(space)} unknowns would play {len(design.points):,} points; find out "
                         "first which of them matter (method morris), and name those")  # fmt: skip
    parts = fingerprint_of(_only(plan, scenarios)).parts
    model = scenario_model(plan, [chosen.name], space, parts)
    seeds = USUAL_SEEDS.get(method, 3) if seeds is None else seeds
    experiment = Experiment(model, space, design.points, seeds, {**design.plain(), "communities": plan.communities})
    runs = played(lambda bar: run_experiment(experiment, out, workers=workers, fresh=fresh, progress=bar), progress)
    what = f"the effect of “{chosen.title}” on {label_of(measure, when)}"
    found = analyse(runs, column(chosen.name, measure, when), design, space, what=what, unit=unit_of(measure))
    path = None if out is None else Path(out)
    return Sensitivity(chosen, method, measure, when, found, space, experiment.table(runs), path)


def played(run: Callable[[Any], pd.DataFrame], progress: bool | Callable[[Done], None]) -> pd.DataFrame:
    """Run an experiment under a progress bar, or under what is called with its progress."""
    if callable(progress):
        return run(progress)
    with Bar(progress, "points") as bar:
        return run(bar)


def _of(scenario: Scenario | Study) -> tuple[Plan, Scenario]:
    """Return the study of a scenario, and the scenario."""
    plan: Plan | None = getattr(scenario, "plan", None)
    if plan is not None:
        names = [name for name in plan.scenarios if name != plan.baseline]
        if len(names) != 1:
            raise InputError(f"name the scenario that is meant, e.g. study['{(names or ['NAME'])[0]}']; "
                             f"scenarios: {listing(names) or 'none'}")  # fmt: skip
        return plan, plan.scenarios[names[0]]
    loading = getattr(scenario, "loading", None)
    if loading is None:
        raise InputError("give a scenario of a study that was loaded from files, e.g. sim.load(...)['befriending']")
    whole = loading.again()
    name: str = scenario.name
    if name == whole.baseline:
        raise InputError(f"'{name}' is what the others are compared with, so it has no effect; name another scenario")
    return whole, whole.scenarios[name]


def _only(plan: Plan, scenarios: Sequence[Scenario]) -> Plan:
    from dataclasses import replace

    return replace(plan, scenarios={scenario.name: scenario for scenario in scenarios})


def measure_of(name: str, when: str) -> str:
    """Return the name of a measure if there is one, and it is kept for that time."""
    from sim.experiments import averaged
    from sim.measures import MEASURES

    if name not in MEASURES:
        hint = did_you_mean(name, list(MEASURES)) or f"; measures: {listing(MEASURES, 40)}"
        raise InputError(f"'{name}' is not a measure{hint}")
    if when not in ("horizon", "average"):
        raise InputError(f"when must be horizon or average, not '{when}'")
    if when == "average" and name not in averaged():
        raise InputError(f"averages over the weeks are kept of {listing(averaged())}, not of {name}")
    return name
