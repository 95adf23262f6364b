"""Who is worse off in a community that several runs are played in: by residents' mean effects over its runs.

A single run's effect on a resident is mostly luck. Where a community is played with one seed alone there is nothing
else, and the unit counts by itself; where there are more, each unit keeps residents' own effects, and they are counted
when all units of the community are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.measures import COMPARED, ESTIMANDS, is_worse_off, outcome_of_worse_off
from sim.tables.unit import WHENS, Groups, Pairs, Played, parts_in_it

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OwnEffects", "own_effects", "with_worse_off"]

_BITS = {name: 1 << place for place, name in enumerate(ESTIMANDS)}
"""How a resident's part in a scenario's interventions is written: one bit for each part."""

_DECIMALS = 6
"""Mean effects are rounded to so many before they are compared with the threshold: single effects are kept in single
precision, and an effect of exactly the threshold does not count."""

Floats = NDArray[np.float64]


def own_effects(pairs: Pairs, order: Sequence[str], outcome: str) -> pd.DataFrame:
    """Return the effect on each resident's own primary outcome at the end, in every scenario.

    Neither ids nor anything that is known of a resident: only the order, which is that of the community.

    Parameters
    ----------
    pairs
        Each scenario with the baseline.
    order
        Scenarios in the study's order.
    outcome
        The study's primary measure: see :func:`sim.measures.outcome_of_worse_off`.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, part (bits in the order of :data:`sim.measures.ESTIMANDS`) and own_effect (float32, NaN where
        a resident is not concerned); scenario by scenario one row for each resident.
    """
    import pandas as pd

    about = outcome_of_worse_off(outcome)
    number: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    part: list[NDArray[np.int8]] = [np.empty(0, np.int8)]
    effect: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    for record, baseline in pairs:
        own = record.personal[about] - baseline.personal[about]
        number.append(np.full(len(own), order.index(record.name), np.int32))
        part.append(_bits(record, len(own)))
        effect.append(own.astype(np.float32))
    scenario = pd.Categorical.from_codes(np.concatenate(number), pd.Index(list(order)))
    return pd.DataFrame({"scenario": scenario, "part": np.concatenate(part), "own_effect": np.concatenate(effect)})


def _bits(record: Played, residents: int) -> NDArray[np.int8]:
    found = np.zeros(residents, np.int8)
    for name, mask in parts_in_it(record).items():
        found[mask] |= _BITS[name]
    return found


@dataclass
class _Sums:
    """Of one scenario, over the runs so far; arrays of shape (residents,)."""

    total: Floats
    """Sum of a resident's effects."""
    runs: NDArray[np.int64]
    """Runs in which she is concerned."""
    parts: dict[str, NDArray[np.int64]]
    """Runs in which she has a part in it."""
    played: int = 0
    """Runs."""


@dataclass
class OwnEffects:
    """Residents' effects, added up over the runs of one community."""

    sums: dict[str, _Sums] = field(default_factory=dict)

    def add(self, table: pd.DataFrame) -> None:
        """Add one run: a table as :func:`own_effects` gives it. Runs are added in the order of their seeds."""
        for name, held in table.groupby("scenario", observed=True, sort=False):
            own = held["own_effect"].to_numpy(np.float64)
            part = held["part"].to_numpy(np.int64)
            if str(name) not in self.sums:
                nobody = np.zeros(len(own), np.int64)
                parts = {each: nobody.copy() for each in ESTIMANDS}
                self.sums[str(name)] = _Sums(np.zeros(len(own)), nobody, parts)
            sums = self.sums[str(name)]
            known = ~np.isnan(own)
            sums.total[known] += own[known]
            sums.runs += known
            sums.played += 1
            for each, bit in _BITS.items():
                sums.parts[each] += (part & bit) > 0

    def worse_off(self, scenario: str) -> NDArray[np.bool_]:
        """Return which residents are worse off in a scenario, by their mean effect over the runs."""
        sums = self.sums[scenario]
        mean = np.full(len(sums.total), np.nan)
        np.divide(sums.total, sums.runs, out=mean, where=sums.runs > 0)
        return is_worse_off(np.round(mean, _DECIMALS))

    def rows(self, codes: Groups, community: int, seed: int) -> pd.DataFrame:
        """Return how many residents are worse off, as rows of ``effects``.

        Parameters
        ----------
        codes
            Groups of residents.
        community, seed
            What the rows carry: those of the community's first run.
        """
        import pandas as pd

        counted = [(name, group, value) for name in self.sums for group, value in self._counts(name, codes)]
        return pd.DataFrame({
            "scenario": [row[0] for row in counted], "community": np.int32(community), "seed": np.int64(seed),
            "measure": "worse_off", "group": [row[1] for row in counted], "when": "horizon", "baseline": 0.0,
            "value": [row[2] for row in counted], "effect": [row[2] for row in counted],
        })  # fmt: skip

    def _counts(self, scenario: str, codes: Groups) -> Iterator[tuple[str, float]]:
        sums, worse = self.sums[scenario], self.worse_off(scenario)
        yield "all", float(worse.sum())
        for part, runs in sums.parts.items():
            if runs.any():
                yield part, float(runs[worse].sum()) / sums.played
        for column, (names, code) in codes.items():
            for index, name in enumerate(names):
                yield f"{column}={name}", float((worse & (code == index)).sum())


def with_worse_off(effects: pd.DataFrame, counted: pd.DataFrame | None, order: Sequence[str]) -> pd.DataFrame:
    """Return one unit's effects with other rows of who is worse off, in the order of the contract; none where absent.

    Parameters
    ----------
    effects
        Rows of one unit.
    counted
        As :meth:`OwnEffects.rows` gives them.
    order
        Scenarios in the study's order.
    """
    import pandas as pd

    kept = effects[effects["measure"].astype(str) != "worse_off"]
    kept = kept.astype(dict.fromkeys(("scenario", "measure", "group", "when"), object))
    whole = kept if counted is None else pd.concat([kept, counted[list(kept.columns)]], ignore_index=True)
    places: list[Any] = [
        whole[column].map({name: place for place, name in enumerate(names)}).to_numpy(np.int64)
        for column, names in (("measure", list(COMPARED)), ("when", WHENS), ("scenario", order))
    ]
    return whole.iloc[np.lexsort(places)].reset_index(drop=True)
