"""The tables that a unit writes: series, effects, ripple. Their schema stands in ``docs/architecture.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.community.ties import CORE_KINDS, Ties
from sim.measures import MEASURES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DISTANCES", "effects", "ripple", "series"]

DISTANCES = ("participant", "volunteer", "partner", "1", "2", "3", "more", "unreached")
"""Classes of distance from those who took part, over close ties."""

WHENS = ("horizon", "average")
Where = tuple[int, int]


class Played(Protocol):
    """What one played scenario leaves: see ``sim.run``."""

    name: str
    weeks: list[int]
    everybody: NDArray[np.float64]
    by_group: dict[str, NDArray[np.float64]]
    personal: dict[str, NDArray[np.float64]]
    took_part: NDArray[np.bool_]
    volunteered: NDArray[np.bool_]
    given_tie: NDArray[np.bool_]
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


def series(records: Iterable[Played], order: Sequence[str], where: Where) -> pd.DataFrame:
    """Return every measure of every scenario by week and group, in the order of the contract."""
    records = list(records)
    measures = list(MEASURES)
    groups = ["all", *(records[0].by_group if records else ())]
    scenario, week, measure, group, value = [], [], [], [], []
    width = len(measures)
    for record in records:
        number = order.index(record.name)
        for w in range(len(record.everybody)):
            rows = [record.everybody[w]]
            if w in record.weeks:
                rows += [table[record.weeks.index(w)] for table in record.by_group.values()]
            cell = np.array(rows)
            size = cell.size
            scenario.append(np.full(size, number))
            week.append(np.full(size, w, np.int32))
            measure.append(np.repeat(np.arange(width), len(rows)))
            group.append(np.tile(np.arange(len(rows)), width))
            value.append(cell.T.ravel())
    values = np.concatenate(value) if value else np.empty(0)
    known = ~np.isnan(values)

    def joined(parts: list[Any]) -> NDArray[Any]:
        return np.concatenate(parts)[known] if parts else np.empty(0, np.int32)

    return _frame(where, {
        "scenario": _names(joined(scenario), order), "week": joined(week).astype(np.int32),
        "group": _names(joined(group), groups), "measure": _names(joined(measure), measures),
        "value": values[known],
    })  # fmt: skip


def _summaries(record: Played, group: str) -> NDArray[np.float64]:
    """Return each measure at the horizon and averaged over the measured weeks after week 0: shape (2, measures)."""
    values = record.everybody if group == "all" else record.by_group[group]
    later = values[1:] if len(values) > 1 else values
    return np.array([values[-1], later.mean(axis=0)])


def effects(pairs: Iterable[tuple[Played, Played]], order: Sequence[str], where: Where) -> pd.DataFrame:
    """Return what each scenario changes against the baseline of the same community and seed."""
    pairs = list(pairs)
    measures = list(MEASURES)
    groups = ["all", *(pairs[0][0].by_group if pairs else ())]
    parts: list[tuple[NDArray[Any], ...]] = []
    for record, baseline in pairs:
        for number, group in enumerate(groups):
            with_it, without = _summaries(record, group), _summaries(baseline, group)
            size = with_it.size
            parts.append((
                np.full(size, order.index(record.name)), np.tile(np.arange(len(measures)), 2),
                np.full(size, number), np.repeat(np.arange(2), len(measures)), without.ravel(), with_it.ravel(),
            ))  # fmt: skip
    if parts:
        scenario, measure, group_code, when, before, after = (
            np.concatenate(list(column)) for column in zip(*parts, strict=True)
        )
    else:
        scenario = measure = group_code = when = np.empty(0, np.int32)
        before = after = np.empty(0)
    known = ~np.isnan(before) & ~np.isnan(after)
    rank = np.lexsort((group_code, measure, when, scenario))
    rank = rank[known[rank]]
    return _frame(where, {
        "scenario": _names(scenario[rank], order), "measure": _names(measure[rank], measures),
        "group": _names(group_code[rank], groups), "when": _names(when[rank], WHENS),
        "baseline": before[rank], "value": after[rank], "effect": after[rank] - before[rank],
    })  # fmt: skip


def _classes(record: Played, baseline: Played) -> NDArray[np.int64] | None:
    """Return each resident's class of distance, over close ties of the baseline when the first resident joined."""
    if not record.first_week:
        return None
    week = max((w for w in baseline.ties_at if w <= record.first_week), default=None)
    if week is None:
        return None
    steps = baseline.ties_at[week].distance(record.took_part, CORE_KINDS, most=len(record.took_part))
    classes = np.full(len(steps), DISTANCES.index("unreached"))
    for distance in (1, 2, 3):
        classes[steps == distance] = DISTANCES.index(str(distance))
    classes[steps > 3] = DISTANCES.index("more")
    classes[record.given_tie] = DISTANCES.index("partner")
    classes[record.volunteered] = DISTANCES.index("volunteer")
    classes[record.took_part] = DISTANCES.index("participant")
    return classes


def ripple(pairs: Iterable[tuple[Played, Played]], order: Sequence[str], where: Where) -> pd.DataFrame:
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
