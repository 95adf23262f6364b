"""The tables that a unit writes: series, effects, ripple, contributions (schema: ``docs/architecture.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.columns import OUTCOMES
from sim.community.ties import CORE_KINDS, Ties
from sim.measures import COMPARED, ESTIMANDS, MEASURES, is_worse_off, outcome_of_worse_off

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DISTANCES", "contributions", "effects", "ripple", "series"]

DISTANCES = ("participant", "volunteer", "partner", "1", "2", "3", "more", "unreached")
"""Classes of distance from those who took part, over close ties."""

WHENS = ("horizon", "average")
Where = tuple[int, int]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Groups = Mapping[str, tuple[tuple[str, ...], NDArray[np.int64]]]
"""For each column that residents are grouped by: the names of its groups, and each resident's group (-1 = none)."""
Pairs = Iterable[tuple["Played", "Played"]]


class Played(Protocol):
    """What one played scenario leaves: see ``sim.run.recording``."""

    name: str
    everybody: Floats
    by_group: dict[str, Floats]
    taken: Mask
    taken_by_group: Mask
    personal: dict[str, Floats]
    personal_average: dict[str, Floats]
    contributions: dict[tuple[str, str], Floats]
    offered: Mask
    took_part: Mask
    volunteered: Mask
    given_tie: Mask
    first_week: int
    ties_at: dict[int, Ties]


def _frame(where: Where, columns: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    size = len(next(iter(columns.values())))
    head = {"community": np.full(size, where[0], np.int32), "seed": np.full(size, where[1], np.int64)}
    scenario = columns.pop("scenario")
    return pd.DataFrame({"scenario": scenario, **head, **columns})


def _names(codes: Any, names: Sequence[str]) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(np.asarray(codes, np.int32), pd.Index(list(names)))


def _joined(parts: Sequence[NDArray[Any]], kind: Any = np.int32) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)


def series(records: Iterable[Played], order: Sequence[str], where: Where) -> pd.DataFrame:
    """Return every measure of every scenario by week and group, in the order of the contract."""
    records = list(records)
    groups = ["all", *(records[0].by_group if records else ())]
    scenario, week, measure, group, value = [], [], [], [], []
    for record in records:
        cells = np.stack([record.everybody, *record.by_group.values()], axis=2)
        at = np.nonzero(~np.isnan(cells))  # what was not taken, or is not defined, has no row
        scenario.append(np.full(len(at[0]), order.index(record.name)))
        week.append(at[0].astype(np.int32))
        measure.append(at[1])
        group.append(at[2])
        value.append(cells[at])
    return _frame(where, {
        "scenario": _names(_joined(scenario), order), "week": _joined(week).astype(np.int32),
        "group": _names(_joined(group), groups), "measure": _names(_joined(measure), list(MEASURES)),
        "value": _joined(value, np.float64),
    })  # fmt: skip


def _summaries(record: Played, group: str) -> Floats:
    """Return each measure at the horizon and averaged over the weeks after week 0 in which it was taken."""
    everybody = group == "all"
    values = record.everybody if everybody else record.by_group[group]
    taken = (record.taken if everybody else record.taken_by_group).copy()
    if len(values) > 1:
        taken[0] = False
    total = np.where(taken, values, 0.0).sum(axis=0)  # not defined in one week: not defined on average
    return np.array([values[-1], total / taken.sum(axis=0)])


def effects(
    pairs: Pairs, order: Sequence[str], where: Where, codes: Groups, outcome: str, *, alone: bool = True
) -> pd.DataFrame:
    """Return what each scenario changes against the baseline of the same community and seed.

    Parameters
    ----------
    pairs
        Each scenario with the baseline.
    order
        Scenarios in the study's order.
    where
        Community and seed.
    codes
        Groups of residents.
    outcome
        The study's primary measure: who is worse off is about it.
    alone
        Whether the community is played with this seed alone, so that who is worse off can be counted here; where it
        is not, see :mod:`sim.tables.worse_off`.
    """
    pairs, names = list(pairs), list(COMPARED)
    columns = list(pairs[0][0].by_group) if pairs else []
    groups = ["all", *ESTIMANDS, *columns]
    parts: list[tuple[NDArray[Any], ...]] = []
    for record, baseline in pairs:
        number = order.index(record.name)
        for group in ("all", *columns):
            without, with_it = _summaries(baseline, group), _summaries(record, group)
            size = with_it.size
            parts.append((
                np.full(size, number), np.tile(np.arange(len(MEASURES)), 2), np.full(size, groups.index(group)),
                np.repeat(np.arange(2), len(MEASURES)), without.ravel(), with_it.ravel(),
            ))  # fmt: skip
        rows = [*_estimands(record, baseline), *(_worse_off(record, baseline, codes, outcome) if alone else ())]
        coded = [(number, names.index(m), groups.index(g), WHENS.index(w), b, v) for m, g, w, b, v in rows]
        if coded:
            parts.append(tuple(np.array(column) for column in zip(*coded, strict=True)))
    scenario, measure, group_code, when, before, after = (
        _joined([part[column] for part in parts], np.float64) for column in range(6)
    )
    known = ~np.isnan(before) & ~np.isnan(after)
    rank = np.lexsort((group_code, measure, when, scenario))
    rank = rank[known[rank]]
    return _frame(where, {
        "scenario": _names(scenario[rank], order), "measure": _names(measure[rank], names),
        "group": _names(group_code[rank], groups), "when": _names(when[rank], WHENS),
        "baseline": before[rank], "value": after[rank], "effect": after[rank] - before[rank],
    })  # fmt: skip


Row = tuple[str, str, str, float, float]
"""Measure, group, when, baseline, value."""


def parts_in_it(record: Played) -> dict[str, Mask]:
    """Return residents by their part in a scenario's interventions; empty where nobody has any."""
    volunteers = record.volunteered & ~record.took_part
    concerned = record.offered | record.took_part | volunteers
    if not concerned.any():
        return {}
    return {
        "offered": record.offered, "participants": record.took_part, "volunteers": volunteers,
        "spillover": ~concerned,
    }  # fmt: skip


def _estimands(record: Played, baseline: Played) -> Iterator[Row]:
    """Yield effects on residents by their part in it, the same residents read in both runs, and how many they are."""
    for group, mask in parts_in_it(record).items():
        count = float(mask.sum())
        if not count:
            continue
        yield "residents", group, "horizon", count, count
        for name in record.personal:
            for when in WHENS:
                kept = "personal" if when == "horizon" else "personal_average"
                without, with_it = (getattr(run, kept)[name][mask] for run in (baseline, record))
                concerned = ~np.isnan(with_it)
                if concerned.any():
                    size = int(concerned.sum())
                    means = [compiled.total(values[concerned]) / size for values in (without, with_it)]
                    yield name, group, when, means[0], means[1]


def _worse_off(record: Played, baseline: Played, codes: Groups, outcome: str) -> Iterator[Row]:
    """Yield how many residents are worse off in the community's only run: all, by part in it, and by group."""
    about = outcome_of_worse_off(outcome)
    worse = is_worse_off(record.personal[about] - baseline.personal[about])
    yield "worse_off", "all", "horizon", 0.0, float(worse.sum())
    for group, mask in parts_in_it(record).items():
        if mask.any():
            yield "worse_off", group, "horizon", 0.0, float((worse & mask).sum())
    for column, (names, code) in codes.items():
        for index, name in enumerate(names):
            yield "worse_off", f"{column}={name}", "horizon", 0.0, float((worse & (code == index)).sum())


def contributions(records: Iterable[Played], order: Sequence[str], where: Where) -> pd.DataFrame:
    """Return by how much each rule has moved each outcome's mean since week 0, week by week, in every scenario."""
    records = list(records)
    rules = sorted({rule for record in records for _, rule in record.contributions})
    scenario, week, outcome, names, value = [], [], [], [], []
    for record in records:
        keys = sorted(record.contributions, key=lambda key: (OUTCOMES.index(key[0]), key[1]))
        weeks, size = len(record.everybody), len(keys)
        scenario.append(np.full(weeks * size, order.index(record.name)))
        week.append(np.repeat(np.arange(weeks), size))
        outcome.append(np.tile([OUTCOMES.index(key[0]) for key in keys], weeks))
        names.append(np.tile([rules.index(key[1]) for key in keys], weeks))
        value.append(np.array([record.contributions[key] for key in keys]).T.ravel())
    return _frame(where, {
        "scenario": _names(_joined(scenario), order), "week": _joined(week).astype(np.int32),
        "outcome": _names(_joined(outcome), OUTCOMES), "rule": _names(_joined(names), rules),
        "value": _joined(value, np.float64),
    })  # fmt: skip


def _classes(record: Played, baseline: Played) -> NDArray[np.int64] | None:
    """Return each resident's class of distance, over close ties of the baseline when the first resident joined."""
    if not record.first_week:
        return None
    steps = baseline.ties_at[record.first_week].distance(record.took_part, CORE_KINDS, most=len(record.took_part))
    classes = np.full(len(steps), DISTANCES.index("unreached"))
    for distance in (1, 2, 3):
        classes[steps == distance] = DISTANCES.index(str(distance))
    classes[steps > 3] = DISTANCES.index("more")
    classes[record.given_tie] = DISTANCES.index("partner")
    classes[record.volunteered] = DISTANCES.index("volunteer")
    classes[record.took_part] = DISTANCES.index("participant")
    return classes


def ripple(pairs: Pairs, order: Sequence[str], where: Where) -> pd.DataFrame:
    """Return the mean effect at the horizon on residents by their distance from those who took part."""
    measures = [name for name, measure in MEASURES.items() if measure.personal]
    rows: list[tuple[int, int, int, int, float]] = []
    for record, baseline in pairs:
        classes = _classes(record, baseline)
        if classes is None:
            continue
        for code, name in enumerate(measures):
            effect = record.personal[name] - baseline.personal[name]
            concerned = ~np.isnan(effect)
            count = np.bincount(classes[concerned], minlength=len(DISTANCES))
            total = np.bincount(classes[concerned], weights=effect[concerned], minlength=len(DISTANCES))
            rows += [
                (order.index(record.name), code, distance, int(count[distance]), total[distance] / count[distance])
                for distance in range(len(DISTANCES))
                if count[distance]
            ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return _frame(where, {
        "scenario": _names(columns[0], order), "measure": _names(columns[1], measures),
        "distance": _names(columns[2], DISTANCES), "residents": np.array(columns[3], np.int32),
        "effect": np.array(columns[4], np.float64),
    })  # fmt: skip
