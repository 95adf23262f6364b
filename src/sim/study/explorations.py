"""``sim.explore``: which candidate is best in which plausible world."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.study.sensitivities import label_of, measure_of, played, unit_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.experiments import Done, Space
    from sim.exploration import Ranking
    from sim.scenario import Plan
    from sim.study.studies import Study

__all__ = ["Exploration", "explore"]

USUAL_WORLDS = 128
USUAL_SEEDS = 2


@dataclass(frozen=True)
class Exploration:
    """Candidates over plausible worlds. Made by :func:`sim.explore`."""

    plan: Plan
    measure: str
    when: str
    """``horizon`` (the last week) or ``average`` (over all weeks)."""
    ranking: Ranking
    space: Space
    runs: pd.DataFrame
    """One row a run: ``point`` (the world), ``seed``, the values of the unknowns, and every candidate's effects."""
    sentences: tuple[str, ...]
    """The answer in plain words."""
    path: Path | None
    """Where runs are kept; absent where nothing is."""

    @property
    def table(self) -> pd.DataFrame:
        """One row a candidate, the one that is most often best first."""
        return self.ranking.table

    @property
    def effects(self) -> pd.DataFrame:
        """The effect of each candidate in each world, a mean over seeds."""
        return self.ranking.effects

    @property
    def sentence(self) -> str:
        """Which candidate is most often best."""
        return self.sentences[0]

    @property
    def experiments(self) -> pd.DataFrame:
        """One row a world and candidate, as EMA workbench has it: the unknowns, ``scenario``, ``policy``, ``model``."""
        return self.ema()[0]

    def ema(self) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
        """Return what EMA workbench's analyses take: the table of experiments, and outcomes by name.

        Outcomes are effects on measures (means over seeds) and ``regret`` in the measure that candidates were compared
        by. ``scenario`` is the number of the world, ``policy`` the candidate.
        """
        return _ema(self)

    def plot(self, kind: str = "effects", ax: Axes | None = None) -> Axes:
        """Draw each candidate's effect across worlds, or (``kind="regret"``) what each choice gives away."""
        from sim import plots

        words = {"what": label_of(self.measure, self.when), "unit": unit_of(self.measure)}
        titles = {name: scenario.title for name, scenario in self.plan.scenarios.items()}
        if kind == "regret":
            return plots.regrets(self.table, titles=titles, **words, ax=ax)
        if kind != "effects":
            raise InputError(f"'{kind}' is not a plot of an exploration; plots: effects, regret")
        return plots.across_worlds(
            self.effects, self.table, order=list(self.plan.scenarios), titles=titles,
            better=_direction(self.plan, self.measure), **words, ax=ax,
        )  # fmt: skip

    def write(self, folder: str | Path) -> list[Path]:
        """Write ``candidates.csv``, ``worlds.parquet`` (for EMA), ``answer.txt`` and figures; return their paths."""
        return _write(self, Path(folder))

    def _repr_html_(self) -> str:
        table: str = self.table.to_html(index=False, float_format=lambda value: f"{value:.3g}")
        said = " ".join(html.escape(text) for text in self.sentences)
        return f"<p><b>{html.escape(self.plan.title)}</b>: {said}</p>{table}"

    def __repr__(self) -> str:
        return f"<Exploration of {self.plan.name}, {self.ranking.worlds} worlds: {self.sentence}>"


def _direction(plan: Plan, measure: str) -> str:
    from sim.measures import MEASURES

    better = plan.better if measure == plan.outcome else MEASURES[measure].better
    if not better:
        raise InputError(
            f"whether more or less of {measure} is better is not said, so candidates cannot be ranked by it"
        )
    return better


def _ema(found: Exploration) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    import pandas as pd

    worlds = list(found.effects.index)
    means = found.runs.groupby("point").mean(numeric_only=True)
    values = found.runs.groupby("point")[found.space.paths].first().loc[worlds]
    columns = [str(each) for each in means]
    parts, outcomes = [], []
    best = found.effects.min(axis=1) if _direction(found.plan, found.measure) == "lower" else found.effects.max(axis=1)
    for name in found.effects.columns:
        parts.append(values.assign(scenario=worlds, policy=name, model="sim"))
        prefix = f"{name}: "
        mine = {each.removeprefix(prefix): means[each].loc[worlds] for each in columns if each.startswith(prefix)}
        if name == found.plan.baseline:  # leaving things as they are changes nothing
            measures = {each.partition(": ")[2] for each in columns if ": " in each}
            mine = dict.fromkeys(sorted(measures), best * 0.0)
        outcomes.append(pd.DataFrame({**mine, "regret": (best - found.effects[name]).abs()}))
    experiments = pd.concat(parts, ignore_index=True)
    experiments["policy"] = pd.Categorical(experiments["policy"], list(found.effects.columns))
    experiments["model"] = pd.Categorical(experiments["model"])
    joined = pd.concat(outcomes, ignore_index=True)
    return experiments, {str(name): joined[name].to_numpy() for name in joined}


def _write(found: Exploration, folder: Path) -> list[Path]:
    import matplotlib.pyplot as plt
    import pandas as pd

    from sim.store.files import temporary, write_text

    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "candidates.csv", found.table.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "answer.txt", "\n".join(found.sentences) + "\n")
    experiments, outcomes = found.ema()
    with temporary(folder / "worlds.parquet") as name:
        pd.concat([experiments, pd.DataFrame(outcomes)], axis=1).to_parquet(name, index=False)
    paths = [folder / name for name in ("candidates.csv", "answer.txt", "worlds.parquet")]
    for kind in ("effects", "regret"):
        figure = found.plot(kind).figure
        for ending in ("svg", "png"):
            path = folder / f"{kind}.{ending}"
            with temporary(path) as name:
                figure.savefig(name, format=ending, metadata={"Date": None} if ending == "svg" else None)  # type: ignore[union-attr]
            paths.append(path)
        plt.close(figure)  # type: ignore[arg-type]
    return paths


def explore(
    study: Study,
    worlds: int = USUAL_WORLDS,
    measure: str | None = None,
    parameters: Mapping[str, Any] | Sequence[str] | None = None,
    *,
    when: str = "horizon",
    seeds: int = USUAL_SEEDS,
    workers: int = 1,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: bool | Callable[[Done], None] = True,
) -> Exploration:
    """Compare the scenarios of a study over the plausible ranges of everything that is uncertain.

    Each world is a point of a Sobol sequence over all unknowns, theories of influence and rules of uptake among them;
    all candidates are played in it with the same seeds. Leaving things as they are is a candidate, too.

    Parameters
    ----------
    study
        Its scenarios are the candidates.
    worlds
        How many worlds; more extend what is stored.
    measure
        What candidates are compared by; the study's primary measure where absent.
    parameters
        As in :func:`sim.sensitivity`; everything that the evidence gives a range for where absent.
    when
        ``horizon`` or ``average``, as in :func:`sim.sensitivity`.
    seeds
        Runs in each world.
    workers, out, fresh, progress
        As in :func:`sim.sensitivity`.

    Raises
    ------
    InputError
        If there is nothing to compare, or the folder holds results of something else.
    RunError
        If too many worlds failed.
    """
    from sim.ensemble.recording import fingerprint_of
    from sim.experiments import Experiment, asked_axes, column, run_experiment, scenario_model, sobol_points, usual_axes
    from sim.exploration import rank, sentences

    plan = study.plan
    measure = measure_of(measure or plan.outcome, when)
    better = _direction(plan, measure)
    names = [name for name in plan.scenarios if name != plan.baseline]
    if worlds < 2:
        raise InputError(f"an exploration needs at least 2 worlds, not {worlds}")
    every = [plan.scenarios[name] for name in (*names, plan.baseline)]
    space = usual_axes(every) if parameters is None else asked_axes(parameters, every)
    points = sobol_points(worlds, space.paths)
    model = scenario_model(plan, names, space, fingerprint_of(plan).parts)
    design = {"method": "worlds", "communities": plan.communities}
    experiment = Experiment(model, space, points, seeds, design)
    runs = played(lambda bar: run_experiment(experiment, out, workers=workers, fresh=fresh, progress=bar), progress)
    by = column("", measure, when).removeprefix(": ")
    ranking = rank(runs, names, by, better, space, points, plan.baseline)
    titles = {name: scenario.title for name, scenario in plan.scenarios.items()}
    said = tuple(sentences(ranking, titles, label_of(measure, when), unit_of(measure)))
    path = None if out is None else Path(out)
    return Exploration(plan, measure, when, ranking, space, experiment.table(runs), said, path)
