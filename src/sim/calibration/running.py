"""Sequential Monte Carlo: pyABC proposes and decides, the model is played here, and all luck is keyed.

pyABC draws from NumPy's global generator, which this module sets from a key before each proposal and restores in the
end. The stream of that generator (``RandomState``) is frozen by NumPy's own policy, so a key gives the same proposal
with every version. Each proposal is asked for twice: first to learn which parameters are to be played, which is handed
to the workers, and then, with the same key, to be judged.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior import Generation, Posterior
from sim.calibration.priors import Prior
from sim.calibration.simulating import Job
from sim.calibration.storing import Simulations
from sim.calibration.targets import Observation
from sim.errors import InputError
from sim.rng import stream_key

__all__ = ["Progress", "Settings", "calibrated"]

_SEED_BITS = 53
_FAR = 1e6
"""So many standard errors off counts a figure that is not defined: never accepted."""

PlayAll = Callable[[Sequence[Job]], Iterator[tuple[int, list[float]]]]


@dataclass(frozen=True)
class Settings:
    """How a calibration is made."""

    particles: int = 200
    """Parameter sets of each generation."""
    simulations: int = 20_000
    """How many simulations may be played at most; a generation that they do not suffice for is not taken."""
    seed: int = 1
    acceptance: float = 0.3
    """Share of proposals that a generation is to accept, as far as the temperature can see to it."""

    def __post_init__(self) -> None:
        if self.particles < 10:
            raise InputError(f"particles must be 10 or more, found {self.particles}")
        if self.simulations < 2 * self.particles:
            raise InputError(f"simulations must be at least twice the particles, {2 * self.particles}; found "
                             f"{self.simulations}")  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a calibration is."""

    generation: int
    """From 1; 0 while the first temperature is looked for."""
    accepted: int
    particles: int
    simulations: int
    """Simulated so far."""
    most: int
    """Simulations at most."""
    temperature: float | None


class _Unknown(Exception):  # noqa: N818  # a question, not an error
    """The figures of these parameters are not there yet."""

    def __init__(self, values: tuple[float, ...]) -> None:
        super().__init__()
        self.values = values


class _Spent(Exception):  # noqa: N818  # an end, not an error
    """No more simulations may be played."""


@dataclass
class _Board:
    """Where proposals are looked up, as the model that pyABC knows."""

    priors: Sequence[Prior]
    errors: NDArray[np.float64]
    observed: NDArray[np.float64]
    held: Simulations
    key: tuple[int, int] = (0, 0)

    def __call__(self, parameters: Mapping[str, float]) -> dict[str, NDArray[np.float64]]:
        values = tuple(prior.value(float(parameters[name])) for name, prior in zip(_names(self.priors), self.priors,
                                                                                   strict=True))  # fmt: skip
        found = self.held.get(self.key, values)
        if found is None:
            raise _Unknown(values)
        return {"found": np.where(np.isnan(found), self.observed + _FAR * self.errors, found)}


def _names(priors: Sequence[Prior]) -> list[str]:
    return [f"p{number:03d}" for number in range(len(priors))]


@dataclass
class _Playing:
    """Proposals of one generation after the other, in their order, whoever plays them."""

    settings: Settings
    board: _Board
    play_all: PlayAll
    tell: Callable[[Progress], None]
    temperature: Callable[[int], float | None]
    used: int = 0
    """Simulations that count: those up to the last accepted one of each generation."""

    def generation(self, n: int, simulate_one: Callable[[], Any], t: int, sample: Any) -> int:
        """Fill a sample with ``n`` accepted particles; return how many proposals that took.

        Raises
        ------
        _Spent
            When it would take more simulations than are allowed.
        """
        number, accepted = 0, 0
        while accepted < n:
            allowed = self.settings.simulations - self.used - number
            if allowed <= 0:
                raise _Spent
            rate = max(accepted / number, 0.02) if number else 1.0
            size = int(min(max((n - accepted) / rate, 8), 512, allowed))
            batch = range(number, number + size)
            self._play(batch, simulate_one, t)
            for item in batch:
                particle = self._ask(simulate_one, t, item)
                sample.append(particle)
                number += 1
                accepted += bool(particle.accepted)
                if accepted == n:
                    break
            self.tell(Progress(t + 1, accepted, n, self.used + number, self.settings.simulations, self.temperature(t)))
        self.used += number
        return number

    def _ask(self, simulate_one: Callable[[], Any], t: int, number: int) -> Any:
        """Return what pyABC makes of a proposal, with luck that hangs on the seed, the generation and its number."""
        key = stream_key(self.settings.seed, f"calibration: proposals of generation {t}", number)
        np.random.seed([key & 0xFFFFFFFF, key >> 32])  # noqa: NPY002  # pyABC draws from it
        self.board.key = (t, number)
        return simulate_one()

    def _play(self, batch: Sequence[int], simulate_one: Callable[[], Any], t: int) -> None:
        """Have all proposals of a batch simulated that are not stored."""
        wanted: list[tuple[int, tuple[float, ...]]] = []
        for number in batch:
            try:
                self._ask(simulate_one, t, number)
            except _Unknown as unknown:
                wanted.append((number, unknown.values))
        jobs = [(values, _luck(self.settings.seed, t, number)) for number, values in wanted]
        for place, found in self.play_all(jobs):
            number, values = wanted[place]
            self.board.held.put((t, number), values, found)


def _luck(seed: int, t: int, number: int) -> int:
    """Return the seed of the run of a proposal, at least 1."""
    return (stream_key(seed, f"calibration: runs of generation {t}", number) >> (64 - _SEED_BITS)) + 1


def calibrated(
    priors: Sequence[Prior],
    targets: Sequence[Observation],
    play_all: PlayAll,
    settings: Settings | None = None,
    held: Simulations | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Posterior:
    """Return the posterior of parameters given what was observed.

    Each target is taken as the model's figure plus a normal error of its standard error. A simulation is accepted with
    a chance in proportion to the density of the observed figures under that error, to the power 1 / temperature. The
    temperature falls from one generation to the next; at 1 the posterior is that of the error model, without further
    approximation (Wilkinson 2013). If the simulations are used up before, what is returned is the posterior as if all
    standard errors were the square root of the last temperature times as large.

    Parameters
    ----------
    priors
        Of the parameters.
    targets
        What was observed.
    play_all
        From parameter sets and seeds to figures, in any order, each with the number of its job.
    settings
        How it is made.
    held
        Where simulations are stored, and taken from if they are there.
    tell
        Called now and then with how far it is.

    Raises
    ------
    InputError
        If pyABC is not installed, or not even the first generation could be completed.
    """
    settings = settings or Settings()
    board = _Board(
        priors, np.array([item.standard_error for item in targets]), np.array([item.value for item in targets]),
        held if held is not None else Simulations(),
    )  # fmt: skip
    pyabc = _pyabc()  # before its loggers can be quietened
    with _quiet(), _global_generator_kept():
        try:
            return _run(pyabc, settings, board, play_all, tell)
        finally:
            board.held.close()


def _run(
    pyabc: Any, settings: Settings, board: _Board, play_all: PlayAll, tell: Callable[[Progress], None]
) -> Posterior:
    temperature = pyabc.Temperature(
        schemes=[pyabc.AcceptanceRateScheme(settings.acceptance), pyabc.ExpDecayFixedRatioScheme(alpha=0.5)],
        initial_temperature=pyabc.AcceptanceRateScheme(settings.acceptance),
    )
    playing = _Playing(settings, board, play_all, tell, temperature.temperatures.get)
    priors = pyabc.Distribution({name: pyabc.RV("uniform", 0, 1) for name in _names(board.priors)})
    smc = pyabc.ABCSMC(
        pyabc.FunctionModel(board, name="sim"), priors, pyabc.IndependentNormalKernel(var=list(board.errors**2)),
        population_size=settings.particles, eps=temperature, acceptor=pyabc.StochasticAcceptor(),
        transitions=pyabc.MultivariateNormalTransition(), sampler=_sampler(pyabc, playing),
    )  # fmt: skip
    history = smc.new("sqlite://", {"found": board.observed})
    smc.run()
    return _posterior(history, board, temperature.temperatures)


def _sampler(pyabc: Any, playing: _Playing) -> Any:
    class Keyed(pyabc.sampler.Sampler):  # type: ignore[misc]
        """Takes proposals in their order, from a key each."""

        def sample_until_n_accepted(
            self, n: int, simulate_one: Callable[[], Any], t: int, *, max_eval: float = np.inf,
            all_accepted: bool = False, ana_vars: Any = None,
        ) -> Any:  # fmt: skip
            sample = self._create_empty_sample()
            try:
                self.nr_evaluations_ = playing.generation(n, simulate_one, t, sample)
            except _Spent:
                sample.ok = False
            return sample

    return Keyed()


def _posterior(history: Any, board: _Board, temperatures: Mapping[int, float]) -> Posterior:
    if history.max_t < 0:
        raise InputError("the simulations were used up before the first generation was complete; allow more of them")
    last = int(history.max_t)
    population = history.get_population(t=last)
    names = _names(board.priors)
    units = np.array([[particle.parameter[name] for name in names] for particle in population.particles])
    values = np.array([
        [prior.value(float(unit)) for prior, unit in zip(board.priors, row, strict=True)] for row in units
    ])  # fmt: skip
    figures = np.array([particle.sum_stat["found"] for particle in population.particles])
    weights = np.array([particle.weight for particle in population.particles])
    order = np.lexsort([*figures.T, *values.T])  # whatever order a database has returned them in
    counts = history.get_all_populations().set_index("t")["samples"]
    generations = [
        Generation(t + 1, float(temperatures[t]), int(counts[t]), len(history.get_weighted_sum_stats(t)[0]))
        for t in range(last + 1)
    ]
    return Posterior(tuple(board.priors), values[order], weights[order] / weights.sum(), figures[order], generations)


def _pyabc() -> Any:
    try:
        import pyabc
    except ImportError:
        raise InputError("calibration needs pyABC: pip install -e '.[calibrate]'") from None
    return pyabc


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyABC's own messages from the screen."""
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if name.split(".")[0] == "ABC"]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@contextlib.contextmanager
def _global_generator_kept() -> Iterator[None]:
    """Give NumPy's global generator back as it was."""
    state = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
