"""Names that were never given: by people who did not answer, and beyond the number that a question allowed.

What is imputed, in one place:

- *Naming back.* Somebody who named a person that did not answer is named back with the share of nominations that are
  returned among those who answered (and were not cut off), taken over pairs who agree in the same columns of
  ``alike`` as these two. For a person cut off by a limit the chance is ``(r - l) / (1 - l)``, where ``l`` is the share
  that people who were cut off did return, so that in all they return as many as others do.
- *Naming others.* A person who did not answer names, beside these, as many people who did not name her as somebody
  who agrees with her in most columns of ``alike`` did (the *donor*), under the donor's relations. Whom: drawn with
  weights, the weight of a pair being how often people who agree in the same columns name each other.

All draws are keyed to the people concerned, so the order of rows changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Columns
from sim.community.survey.columns import Answers, flag_values
from sim.community.survey.imputing import shared_answers
from sim.community.survey.outcomes import Drawing
from sim.community.survey.ties import Nominations
from sim.evidence import value

__all__ = ["NonResponse", "limits_of"]

Ints = NDArray[np.int64]
Added = list[tuple[int, int, int, float]]
"""Who names, who is named, relation, weight."""


def limits_of(survey: Any, nominations: Nominations) -> list[int | None]:
    """Return the greatest number of names under each relation of the file, None where there is none."""
    return [relation.limit if relation.limit is not None else survey.limit for _, relation in nominations.relations]


@dataclass
class _Given:
    """Nominations between residents, each person, person and relation once; arrays of shape (nominations,)."""

    one: Ints
    other: Ints
    relation: Ints
    weight: NDArray[np.float64]
    names: set[tuple[int, int]]
    """Who named whom under any relation."""


@dataclass
class NonResponse:
    """Completes nominations where a scenario asks for it, and counts who did not answer or was cut off."""

    survey: Any
    ids: tuple[str, ...]
    columns: Columns
    answers: Answers
    drawing: Drawing
    limits: list[int | None]

    def complete(self, nominations: Nominations, use: NDArray[np.bool_]) -> tuple[Nominations, dict[str, int]]:
        """Return nominations with those that were imputed at the end, and the counts.

        Parameters
        ----------
        nominations
            As read.
        use
            Which of them join two residents.

        """
        given = self._given(nominations, use)
        answered = self._answered(nominations)
        cut_off = self._cut_off(nominations)
        facts = {"non_respondents": int((~answered).sum()), "cut_off": int(cut_off.any(axis=1).sum())}
        added: Added = []
        silent = ~answered if self.survey.non_respondents == "impute" else np.zeros(len(self.ids), np.bool_)
        cut = cut_off if self.survey.beyond_limit == "impute" else np.zeros_like(cut_off)
        if silent.any() or cut.any():
            pattern = _Patterns(self.columns, self._likeness())
            back = self._named_back(given, answered, cut_off, (silent, cut), pattern)
            more = self._named_besides(given, answered, silent, pattern)
            facts |= {"imputed_back": len(back), "imputed_besides": len(more)}
            added = [*back, *more]
        return self._with(nominations, added), facts

    def _likeness(self) -> tuple[str, ...]:
        names = [name for name in self.survey.likeness if name in self.columns]
        return tuple(name for name in names if self.columns[name].is_category or self.columns[name].is_flag)

    def _answered(self, nominations: Nominations) -> NDArray[np.bool_]:
        """Return who answered: those marked so, and those who named anybody; outsiders were not asked."""
        asked = self.answers.rows >= 0
        name = self.survey.responded
        if name is None:
            return asked | ~asked  # outsiders are no non-respondents
        if not self.answers.table.need(name, "responded", self.answers.faults):
            return np.ones(len(asked), np.bool_)
        said = flag_values(self.answers, name) == 1
        namers = set(nominations.source)
        named = np.array([person in namers for person in self.ids], np.bool_)
        return np.asarray(said | named | ~asked, np.bool_)

    def _given(self, nominations: Nominations, use: NDArray[np.bool_]) -> _Given:
        number = {person: i for i, person in enumerate(self.ids)}
        best: dict[tuple[int, int, int], float] = {}
        for i in np.flatnonzero(use):
            key = (number[nominations.source[i]], number[nominations.target[i]], int(nominations.relation[i]))
            best[key] = max(best.get(key, 0.0), float(nominations.weight[i]))
        keys = np.array(sorted(best), np.int64).reshape(-1, 3)
        weight = np.array([best[tuple(key)] for key in keys.tolist()], np.float64)  # type: ignore[index]
        names = set(zip(keys[:, 0].tolist(), keys[:, 1].tolist(), strict=True))
        return _Given(keys[:, 0], keys[:, 1], keys[:, 2], weight, names)

    def _cut_off(self, nominations: Nominations) -> NDArray[np.bool_]:
        """Return who gave as many names as a relation allowed, shape (residents, relations); note who gave more."""
        number = {person: i for i, person in enumerate(self.ids)}
        count = np.zeros((len(self.ids), max(1, len(self.limits))), np.int64)
        listed = zip(nominations.source, nominations.target, nominations.relation.tolist(), strict=True)
        for one, _, relation in dict.fromkeys(listed):
            if one in number:
                count[number[one], relation] += 1
        reached = np.zeros_like(count, dtype=np.bool_)
        for relation, limit in enumerate(self.limits):
            if limit is None:
                continue
            reached[:, relation] = count[:, relation] >= limit
            if (count[:, relation] > limit).any():
                self._refuse(relation, limit, count[:, relation])
        return reached

    def _refuse(self, relation: int, limit: int, count: Ints) -> None:
        """Note people who gave more names than they could, at their row of the people file."""
        table = self.answers.table
        for resident in np.flatnonzero(count > limit):
            row = self.answers.rows[resident]
            if row >= 0:
                message = f"gives {count[resident]} different names under one relation where `limit` allows {limit}"
                self.answers.faults.row(table.file, table.lines[row], message, f"names beyond the limit {relation}")

    def _named_back(
        self, given: _Given, answered: NDArray[np.bool_], cut_off: NDArray[np.bool_],
        whose: tuple[NDArray[np.bool_], NDArray[np.bool_]], pattern: _Patterns,
    ) -> Added:  # fmt: skip
        """Return nominations by which people who did not answer, or were cut off, name back who named them."""
        silent, cut = whose
        returned = np.array([(b, a) in given.names for a, b in zip(given.one, given.other, strict=True)], np.bool_)
        between = pattern.of(given.one, given.other)
        reached = cut_off[given.other, given.relation]
        free = answered[given.other] & ~reached & (self.answers.rows[given.other] >= 0)
        usual = _rates(returned[free], between[free], pattern.count)
        of_cut = answered[given.other] & reached
        less = float(returned[of_cut].mean()) if of_cut.any() else 0.0
        chance = np.where(reached, np.maximum(0.0, (usual[between] - less) / max(1e-9, 1.0 - less)), usual[between])
        concerned = ~returned & (silent[given.other] | cut[given.other, given.relation])
        identity = self.drawing.identity
        luck = self.drawing.draws.stream("survey: named back").pair_uniform(identity[given.one], identity[given.other])
        chosen = np.flatnonzero(concerned & (luck < chance))
        rows = zip(given.other[chosen], given.one[chosen], given.relation[chosen], given.weight[chosen], strict=True)
        return [(int(a), int(b), int(c), float(d)) for a, b, c, d in rows]

    def _named_besides(
        self, given: _Given, answered: NDArray[np.bool_], silent: NDArray[np.bool_], pattern: _Patterns
    ) -> Added:
        """Return nominations of people who did not name them, as many as somebody like them gave."""
        if not silent.any():
            return []
        donors = np.flatnonzero(answered & (self.answers.rows >= 0))
        if not len(donors):
            return []
        unreturned: dict[int, list[tuple[int, float]]] = {}
        for a, b, relation, weight in zip(given.one, given.other, given.relation, given.weight, strict=True):
            if (int(b), int(a)) not in given.names and answered[b]:
                unreturned.setdefault(int(a), []).append((int(relation), float(weight)))
        density = pattern.density(given, donors)
        identity, draws = self.drawing.identity, self.drawing.draws
        added: Added = []
        for person in np.flatnonzero(silent):
            agree = shared_answers(self.columns, pattern.names, int(person), donors)
            best = donors[agree == agree.max()]
            luck = draws.stream("survey: donor of names").pair_uniform(
                np.full(len(best), identity[person]), identity[best]
            )
            wanted = unreturned.get(int(best[luck.argmin()]), [])
            others = _others(int(person), len(self.ids), given)
            if not wanted or not len(others):
                continue
            weight = density[pattern.of(np.full(len(others), person), others)]
            luck = draws.stream("survey: named besides").pair_uniform(
                np.full(len(others), identity[person]), identity[others]
            )
            with np.errstate(divide="ignore"):
                rank = np.where(weight > 0, -np.log(np.maximum(luck, 1e-300)) / weight, np.inf)
            order = np.argsort(np.round(rank, 9), kind="stable")[: len(wanted)]
            added += [(int(person), int(others[i]), *wanted[n]) for n, i in enumerate(order) if np.isfinite(rank[i])]
        return added

    def _with(self, nominations: Nominations, added: Added) -> Nominations:
        return replace(
            nominations,
            source=[*nominations.source, *(self.ids[item[0]] for item in added)],
            target=[*nominations.target, *(self.ids[item[1]] for item in added)],
            relation=np.concatenate([nominations.relation, np.array([item[2] for item in added], np.int64)]),
            weight=np.concatenate([nominations.weight, np.array([item[3] for item in added], np.float64)]),
            place=(*nominations.place, *[""] * len(added)) if nominations.place else (),
        )


def _others(person: int, residents: int, given: _Given) -> Ints:
    """Return everybody who did not name a person."""
    named_by = set(given.one[given.other == person].tolist())
    return np.array([other for other in range(residents) if other != person and other not in named_by], np.int64)


@dataclass
class _Patterns:
    """In which of a few columns two residents agree, as one whole number: bit n stands for column n."""

    columns: Columns
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many patterns there are."""
        return 1 << len(self.names)

    def of(self, one: Ints, other: Ints) -> Ints:
        """Return the pattern of each pair."""
        found = np.zeros(len(one), np.int64)
        for bit, name in enumerate(self.names):
            values = self.columns[name].values
            found |= ((values[one] == values[other]) & (values[one] >= 0)).astype(np.int64) << bit
        return found

    def density(self, given: _Given, among: Ints) -> NDArray[np.float64]:
        """Return the share of pairs of each pattern in which the first, who answered, names the second."""
        asked = np.isin(given.one, among)
        pairs = np.array(
            sorted(set(zip(given.one[asked].tolist(), given.other[asked].tolist(), strict=True))), np.int64
        )
        named = np.bincount(self.of(pairs[:, 0], pairs[:, 1]), minlength=self.count) if len(pairs) else np.zeros(1)
        everybody = np.arange(len(next(iter(self.columns.values())).values))
        possible = np.zeros(self.count)
        for person in among:
            possible += np.bincount(self.of(np.full(len(everybody), person), everybody), minlength=self.count)
        return np.asarray(named / np.maximum(possible, 1.0), np.float64)


def _rates(happened: NDArray[np.bool_], pattern: Ints, patterns: int) -> NDArray[np.float64]:
    """Return how often something happened by pattern; of patterns that are rare, how often in all."""
    in_all = float(happened.mean()) if len(happened) else 0.0
    count = np.bincount(pattern, minlength=patterns)
    times = np.bincount(pattern, weights=happened.astype(np.float64), minlength=patterns)
    enough = count >= value("survey.enough_pairs")
    return np.where(enough, times / np.maximum(count, 1), in_all)
