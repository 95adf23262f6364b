"""Filling in missing answers by a stated rule, with keyed draws, and counting what was filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Columns
from sim.community.survey.columns import Answers, flag_values
from sim.community.survey.outcomes import Drawing
from sim.community.survey.settings import AnswerSettings
from sim.errors import listing

__all__ = ["Imputing", "shared_answers"]

_WORDS = {
    "alike": "drawn from people who agree in most of {alike}",
    "draw": "drawn from the answers of all others",
    "common": "set to the most common answer (of numbers, the median)",
}


def shared_answers(columns: Columns, names: tuple[str, ...], one: int, others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return in how many columns others agree with one resident; a missing answer agrees with nobody.

    Parameters
    ----------
    columns
        The community's columns.
    names
        Categories or flags.
    one
        Number of the resident.
    others
        Numbers of the others, shape (others,).

    """
    count = np.zeros(len(others), np.int64)
    for name in names:
        values = columns[name].values
        count += (values[others] == values[one]) & (values[one] >= 0)
    return count


@dataclass(frozen=True)
class Imputing:
    """Fills in missing answers of the columns that a scenario lists under ``impute``."""

    settings: AnswerSettings
    answers: Answers
    drawing: Drawing

    def fill(self, columns: Columns) -> None:
        """Fill in what is missing in columns, and note the rule and the counts."""
        names = self._likeness(columns)
        before = columns.copy()
        counts: dict[str, list[str]] = {}
        for name, rule in sorted((name, str(rule)) for name, rule in self.settings.impute.items()):
            if name not in columns:
                continue
            gaps, known = self._gaps(before, name)
            if not len(gaps) or not len(known):
                continue
            values = columns[name].values
            values[gaps] = self._filled(before, name, rule, gaps, known, names)
            counts.setdefault(rule, []).append(f"{name} {len(gaps):,}")
            self.answers.imputed[name] = len(gaps)
        for rule, said in counts.items():
            words = _WORDS[rule].format(alike=listing(names))
            self.drawing.notes.append(f"Missing answers filled in: {', '.join(said)}, {words}.")

    def _likeness(self, columns: Columns) -> tuple[str, ...]:
        """Return the columns in which people must agree; note those that hold numbers."""
        names = tuple(name for name in self.settings.likeness if name in columns)
        for name in names:
            if not (columns[name].is_category or columns[name].is_flag):
                key = "alike" if name in self.settings.alike else "groups"
                self.answers.faults.add(
                    f"column '{name}' holds numbers; people are alike in categories or flags", path=key
                )
        return tuple(name for name in names if columns[name].is_category or columns[name].is_flag)

    def _gaps(self, columns: Columns, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return who was asked and gave no answer, and who answered."""
        column = columns[name]
        if column.is_flag:
            absent = flag_values(self.answers, name) < 0
        else:
            absent = column.values < 0 if column.is_category else np.isnan(column.values)
        return np.flatnonzero(absent & (self.answers.rows >= 0)), np.flatnonzero(~absent)

    def _filled(
        self, columns: Columns, name: str, rule: str, gaps: NDArray[np.int64], known: NDArray[np.int64],
        names: tuple[str, ...],
    ) -> NDArray[np.generic]:  # fmt: skip
        values = columns[name].values
        if rule == "common":
            if not (columns[name].is_category or columns[name].is_flag):
                return np.full(len(gaps), np.median(values[known]))
            found, count = np.unique(values[known], return_counts=True)
            return np.full(len(gaps), found[count.argmax()])
        donors = np.empty(len(gaps), np.int64)
        stream = self.drawing.draws.stream(f"survey: impute {name}")
        identity = self.drawing.identity
        for number, person in enumerate(gaps):
            agree = shared_answers(columns, names, int(person), known) if rule == "alike" else np.zeros(len(known))
            best = known[agree == agree.max()]
            luck = stream.pair_uniform(np.full(len(best), identity[person]), identity[best])
            donors[number] = best[luck.argmin()]
        return np.asarray(values[donors])
