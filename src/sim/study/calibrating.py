"""Calibration as users see it: from files to a folder with the posterior, and its figures."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import calibration
from sim.calibration import Observation, Posterior, Progress, Settings, Simulator
from sim.errors import InputError, did_you_mean, listing
from sim.store import library_versions
from sim.store.files import temporary, write_json, write_text
from sim.store.fingerprint import engine_sources, scenario_parts
from sim.store.lock import locked

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.scenario import Plan, Scenario

__all__ = ["Calibration", "calibrate"]

_DRAWN = 200
"""Parameter sets in ``draws.csv``, and runs of the posterior predictive check."""

_ALGORITHM = 1
"""Raised when the same seed would give another posterior."""


class Calibration:
    """A posterior with its check against the data, in a folder.

    Made by :func:`sim.calibrate`; ``Calibration.open(folder)`` reads one again.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / "manifest.json").is_file():
            raise InputError(f"{path}: is not the folder of a calibration: it holds no manifest.json")
        self.manifest: dict[str, Any] = json.loads((self.path / "manifest.json").read_text(encoding="utf-8"))
        if "calibration" not in self.manifest:
            raise InputError(f"{path}: is not the folder of a calibration")

    @classmethod
    def open(cls, path: str | Path) -> Calibration:
        """Open the folder of a calibration."""
        return cls(path)

    @property
    def posterior(self) -> pd.DataFrame:
        """Weighted parameter sets: ``weight`` and one column for each parameter."""
        import pandas as pd

        return pd.read_parquet(self.path / "posterior.parquet")

    @property
    def summary(self) -> pd.DataFrame:
        """For each parameter its prior, median and 95% interval, and how much narrower that is."""
        import pandas as pd

        return pd.read_csv(self.path / "summary.csv")

    @property
    def predictive(self) -> pd.DataFrame:
        """The posterior predictive check: what would be observed, beside what was."""
        import pandas as pd

        return pd.read_csv(self.path / "predictive.csv", dtype={"since": "Int64"})

    @property
    def file(self) -> Path:
        """The file that a scenario can ``extends``, from which each seed draws a parameter set."""
        return self.path / "calibrated.yaml"

    def sentences(self) -> list[str]:
        """Return what came out, in a few sentences."""
        said = self.manifest["calibration"]
        check = self.predictive
        temperature = said["temperature"]
        lines = [f"{said['simulations']:,} simulations in {len(said['generations'])} generations; "
                 f"{said['effective']:.0f} effectively independent parameter sets."]  # fmt: skip
        if temperature > 1.0 + 1e-9:
            lines.append(
                f"The simulations were used up at temperature {temperature:.3g}: the posterior is as wide as if all "
                f"standard errors were {temperature**0.5:.2g} times as large. More simulations make it narrower."
            )
        lines.append(
            f"{int(check['inside'].sum())} of {len(check)} observed figures lie within the 95% interval of what the "
            "calibrated model predicts."
        )
        missed = check[~check["inside"]]
        if len(missed):
            names = [Observation(**{**row, "since": None if row["since"] is None else int(row["since"])}).name
                     for row in _observations(missed)]  # fmt: skip
            lines.append(f"Not within it: {listing(names, 8)}. The model, or a range, cannot be right there.")
        little = [
            str(name) for name, by in zip(self.summary["parameter"], self.summary["narrowed"], strict=True) if by < 0.1
        ]
        if little:
            lines.append(f"The data tell little or nothing of {listing(little, 8)}.")
        return lines

    def plot_corner(self) -> Figure:
        """Draw every parameter and every pair of them."""
        from sim import plots

        return plots.corner(self.posterior, self.summary)

    def plot_predictive(self, ax: Axes | None = None) -> Axes:
        """Draw what was observed beside what the calibrated model predicts."""
        from sim import plots

        return plots.predictive(self.predictive, ax)

    def __repr__(self) -> str:
        return f"<Calibration {self.path.name}: {', '.join(self.summary['parameter'])}>"

    def _repr_html_(self) -> str:
        table: str = self.summary.to_html(index=False, float_format=lambda value: f"{value:.4g}")
        return f"<p>{html.escape(' '.join(self.sentences()))}</p>{table}"


def _observations(table: pd.DataFrame) -> list[dict[str, Any]]:
    keys = ["measure", "group", "since", "week", "value", "standard_error"]
    rows = table[keys].astype(object).where(table[keys].notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def calibrate(
    path: str | Path,
    targets: str | Path | Sequence[Observation],
    parameters: Mapping[str, Any] | Sequence[str],
    *,
    scenario: str | None = None,
    overrides: Sequence[str] | Mapping[str, Any] = (),
    particles: int = 200,
    simulations: int = 20_000,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: bool | Callable[[Progress], None] = True,
) -> Calibration:
    """Find the parameters that go with what was observed; called again, it goes on where it stopped.

    Parameters
    ----------
    path
        A scenario file, or a study's folder.
    targets
        A CSV file with columns measure, group, week, value, standard_error (and since), or observations, e.g. from
        :func:`sim.calibration.adoption_targets`.
    parameters
        What is to be found: a mapping from dotted path to ``(low, high)``, ``("log", low, high)`` or ``None`` for the
        range of the evidence; or texts as the command line takes them.
    scenario
        Which scenario of the study is compared with the targets; the only one beside the baseline where absent.
    overrides
        Values that replace those of the files.
    particles
        Parameter sets of each generation.
    simulations
        Simulations at most.
    seed
        The same seed gives the same posterior, with any number of workers, stopped or not.
    workers
        Processes.
    out
        Where it goes; ``results/<name>_calibration`` where absent.
    fresh
        Whether to start anew in a folder that holds something else.
    progress
        Whether to show progress, or what to call with it.

    Raises
    ------
    InputError
        With what is wrong in the files, the targets or the parameters, or if pyABC is not installed.
    """
    from sim.scenario import load_plan
    from sim.study.bars import Counter

    if workers < 1:
        raise InputError(f"workers must be 1 or more, not {workers}")
    settings = Settings(particles, simulations, seed)
    if isinstance(overrides, Mapping):
        overrides = [f"{key}={value}" for key, value in overrides.items()]
    plan = load_plan([path], tuple(overrides))
    chosen = _chosen(plan, scenario)
    observed, file = (calibration.read_targets(targets), str(targets)) if isinstance(targets, str | Path) else (
        list(targets), "")  # fmt: skip
    calibration.check_targets(observed, chosen, chosen.build_community(1), file)
    priors = calibration.priors_of(parameters, chosen)
    simulator = Simulator(chosen, tuple(prior.path for prior in priors), tuple(observed))
    folder = Path(out) if out is not None else Path("results") / f"{plan.name}_calibration"
    digest = _digest(chosen, priors, observed, settings)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder), Counter(progress) as tell:
        held = calibration.Simulations(folder / "simulations.jsonl", digest, fresh)
        posterior = calibration.calibrated(
            priors, observed, lambda jobs: calibration.play_all(simulator, jobs, workers), settings, held, tell
        )
        draws = calibration.equal_draws(posterior, _DRAWN, seed)
        check = calibration.predictive(
            draws, observed, lambda jobs: calibration.play_all(simulator, jobs, workers), seed
        )
        _write(folder, posterior, draws, check)
        write_json(folder / "manifest.json", _manifest(plan, chosen, posterior, settings, observed, digest))
        write_text(folder / "calibrated.yaml", _scenario_file(folder, plan, chosen, posterior))
        found = Calibration(folder)
        _draw(found)
    return found


def _chosen(plan: Plan, name: str | None) -> Scenario:
    if name is not None:
        if name not in plan.scenarios:
            hint = did_you_mean(name, list(plan.scenarios)) or f"; scenarios: {listing(plan.scenarios)}"
            raise InputError(f"there is no scenario '{name}'{hint}")
        return plan.scenarios[name]
    others = [key for key in plan.scenarios if key != plan.baseline]
    if len(others) > 1:
        raise InputError(
            f"say which scenario is to be compared with the targets (--scenario): {listing(plan.scenarios)}"
        )
    return plan.scenarios[others[0] if others else plan.baseline]


def _digest(scenario: Scenario, priors: Sequence[Any], targets: Sequence[Observation], settings: Settings) -> str:
    """Return what all simulations and the posterior follow from, as one text."""
    from sim.store.files import sha256 as of_file

    sources = {name: value for name, value in engine_sources().items() if not name.startswith(("run/", "tables"))}
    parts = {
        "algorithm": _ALGORITHM, "scenario": scenario_parts(scenario.resolved), "communities": scenario.communities,
        "data": [of_file(file) for file in scenario.data_files()],
        "priors": [[prior.path, prior.low, prior.high, prior.log] for prior in priors],
        "targets": [target.plain() for target in targets], "settings": asdict(settings),
        "engine": sources, "libraries": library_versions("numpy", "scipy", "numba", "networkit", "pyabc"),
    }  # fmt: skip
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _write(folder: Path, posterior: Posterior, draws: Any, check: pd.DataFrame) -> None:
    import pandas as pd

    table = posterior.table()
    with temporary(folder / "posterior.parquet") as name:
        table.to_parquet(name, index=False)
    for file, content in {
        "posterior.csv": table,
        "summary.csv": posterior.summary(),
        "predictive.csv": check,
        "generations.csv": pd.DataFrame([asdict(item) for item in posterior.generations]),
        "draws.csv": pd.DataFrame(draws, columns=posterior.paths),
    }.items():
        write_text(folder / file, content.to_csv(index=False, lineterminator="\n"))


def _manifest(
    plan: Plan,
    scenario: Scenario,
    posterior: Posterior,
    settings: Settings,
    targets: Sequence[Observation],
    digest: str,
) -> dict[str, Any]:
    return {
        "name": plan.name,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "calibration": {
            "scenario": scenario.name, "file": scenario.file, "resolved": scenario.resolved,
            "settings": asdict(settings), "digest": digest,
            "priors": [asdict(prior) for prior in posterior.priors],
            "targets": [target.plain() for target in targets],
            "generations": [asdict(item) for item in posterior.generations],
            "temperature": posterior.temperature, "effective": posterior.effective,
            "simulations": posterior.simulations,
        },
        "versions": library_versions("sim", "numpy", "scipy", "numba", "networkit", "pyabc"),
    }  # fmt: skip


def _scenario_file(folder: Path, plan: Plan, scenario: Scenario, posterior: Posterior) -> str:
    """Return the file that a scenario can extend."""
    lines = [
        "# Written by sim calibrate. A scenario that extends this file plays each seed with parameters of its own,",
        "# drawn from the posterior, so that what is not known of these parameters is part of every interval:",
    ]
    for row in posterior.summary().itertuples():
        lines.append(f"#   {row.parameter}: {row.median:.4g} (95% {row.lower:.4g} to {row.upper:.4g})")
    lines += ["abstract: true"]
    parent = _parent(scenario)
    if parent is not None:
        lines.append(f"extends: {json.dumps(Path(os.path.relpath(parent, folder)).as_posix(), ensure_ascii=False)}")
    return "\n".join([*lines, "draws: draws.csv", ""])


def _parent(scenario: Scenario) -> Path | None:
    """Return what the calibrated scenario itself extends, or else its own file."""
    from sim.scenario.yaml_lines import read_yaml

    file = Path(scenario.file)
    if not scenario.file or not file.is_file():
        return None
    node = read_yaml(file).child("extends")
    return file.resolve() if node is None else (file.resolve().parent / str(node.value)).resolve()


def _draw(found: Calibration) -> None:
    import matplotlib.pyplot as plt

    from sim.plots.style import readable

    figures = found.path / "figures"
    figures.mkdir(exist_ok=True)
    draws: dict[str, Callable[[], Any]] = {"corner": found.plot_corner, "predictive": found.plot_predictive}
    for name, draw in draws.items():
        with readable():
            drawn: Any = draw()
            figure: Any = drawn if name == "corner" else drawn.figure
            for ending in ("png", "svg"):
                with temporary(figures / f"{name}.{ending}") as file:
                    figure.savefig(file, format=ending, metadata={"Date": None} if ending == "svg" else None)
            plt.close(figure)
