"""A table of parameter sets from which each seed draws one: what is not known reaches the comparison."""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError, Problem, cause, did_you_mean, listing
from sim.rng import Draws
from sim.scenario.assigning import assigned, has_place, number_at, steps_of
from sim.scenario.nodes import shown

if TYPE_CHECKING:
    from sim.scenario.plan import Scenario

__all__ = ["ParameterDraws", "check_draws", "read_draws", "with_note"]

_MOST = 100_000
"""Rows of a table, at most."""


@dataclass(frozen=True)
class ParameterDraws:
    """Parameter sets, each as likely as the others."""

    file: Path
    paths: tuple[str, ...]
    """What its columns set."""
    rows: tuple[tuple[float, ...], ...]

    def row_of(self, seed: int) -> int:
        """Return which row a seed draws, counted from 0: keyed by the seed, so all its scenarios share it."""
        luck = Draws(seed).stream("draw of parameters").uniform(np.zeros(1, np.uint64))[0]
        return min(int(luck * len(self.rows)), len(self.rows) - 1)

    def of(self, seed: int) -> dict[str, float]:
        """Return the parameter set of a seed, by path."""
        return dict(zip(self.paths, self.rows[self.row_of(seed)], strict=True))

    def spread(self, path: str) -> tuple[float, float, float]:
        """Return the median and the 2.5% and 97.5% quantiles of a column."""
        column = self.paths.index(path)
        low, middle, high = np.quantile([row[column] for row in self.rows], [0.025, 0.5, 0.975])
        return float(middle), float(low), float(high)


def read_draws(path: Path) -> ParameterDraws:
    """Read a table of parameter sets: a line of paths, then a line of numbers for each set.

    Raises
    ------
    InputError
        With all that is wrong in it.
    """
    name = shown(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [(reader.line_num, row) for reader in [csv.reader(file)] for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            Problem(name, message=f"cannot be read as a table of parameter sets: {cause(error)}")
        ) from None
    if len(lines) < 2 or len(lines) - 1 > _MOST:
        text = f"must hold a line of paths and then 1 to {_MOST} parameter sets, found {max(len(lines) - 1, 0)}"
        raise InputError(Problem(name, message=text))
    paths = tuple(cell.strip() for cell in lines[0][1])
    problems = [*_wrong_paths(name, paths)]
    rows = []
    for line, cells in lines[1:]:
        numbers = [_number(cell) for cell in cells]
        if len(cells) != len(paths) or None in numbers:
            text = f"must hold {len(paths)} numbers, one for each path; found '{','.join(cells)[:60]}'"
            problems.append(Problem(name, line, message=text))
        rows.append(tuple(number for number in numbers if number is not None))
    if problems:
        raise InputError(problems)
    return ParameterDraws(path, paths, tuple(rows))


def _wrong_paths(name: str, paths: Sequence[str]) -> Iterable[Problem]:
    for number, path in enumerate(paths):
        try:
            steps_of(path)
        except ValueError as error:
            yield Problem(name, 1, message=f"column '{path}' {error}, e.g. mechanisms.word_of_mouth.talk_aware")
        if path in paths[:number]:
            yield Problem(name, 1, message=f"column '{path}' stands twice")


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def check_draws(scenarios: Sequence[Scenario]) -> list[Problem]:
    """Return what is wrong with the parameter sets of scenarios that are compared and share them."""
    draws = scenarios[0].draws
    if draws is None:
        return []
    name, problems = shown(draws.file), []
    for path in draws.paths:
        concerned = [scenario for scenario in scenarios if has_place(scenario, path)]
        if not concerned:
            known = [f"{steps_of(path)[0]}.{item}" for item in _names(scenarios, str(steps_of(path)[0]))]
            start = ".".join(map(str, steps_of(path)[:2]))
            hint = did_you_mean(start, known) or f"; there are: {listing(known) or 'none'}"
            problems.append(Problem(name, 1, message=f"column '{path}': no scenario has '{start}'{hint}"))
            continue
        for scenario in concerned:
            origin = scenario.origins.get(path)
            if origin is not None and origin.kind == "command line":
                text = (
                    f"is drawn for each seed from {name}, so a value set here would do nothing; leave one of them out"
                )
                problems.append(Problem(origin.where or "--set", path=path, message=text))
        problems += _wrong_numbers(name, draws, path, concerned[0])
    return problems


def _names(scenarios: Sequence[Scenario], top: str) -> list[str]:
    if top == "community":
        return sorted({key for scenario in scenarios for key in scenario.resolved["community"]})
    return sorted({item.name for scenario in scenarios for item in getattr(scenario, top)})


def _wrong_numbers(name: str, draws: ParameterDraws, path: str, scenario: Scenario) -> Iterable[Problem]:
    column = draws.paths.index(path)
    try:
        number_at(scenario, path)
    except ValueError as error:
        yield Problem(name, 1, message=f"column '{path}': {error}")
        return
    for number, row in enumerate(draws.rows):
        try:
            assigned(scenario, {path: row[column]})
        except (ValueError, InputError) as error:
            yield Problem(name, number + 2, message=str(error))
            return


def with_note(scenario: Scenario) -> Scenario:
    """Return a scenario that says of itself that each seed draws its parameters."""
    draws = scenario.draws
    if draws is None:
        return scenario
    paths = [path for path in draws.paths if has_place(scenario, path)]
    if not paths:
        return scenario
    text = (
        f"each seed draws one of {len(draws.rows)} parameter sets from {shown(draws.file)} ({', '.join(paths)}), so "
        "that intervals hold what is not known of them beside the luck of a run"
    )
    return dataclasses.replace(scenario, notes=(*scenario.notes, text))
