"""Every scenario against the baseline: paired effects with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compare.facts import Facts
from sim.compare.pairs import PairedRuns, paired_runs
from sim.compare.verdicts import verdict_of
from sim.measures import COMPARED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "comparison", "extra_costs", "residents_of", "versus"]

COLUMNS = (
    "scenario", "measure", "group", "when", "baseline", "value", "effect", "lower", "upper", "share_better",
    "standard_error", "seeds", "seeds_needed", "people_per_1000", "cost", "cost_per_unit",
    "relative", "relative_lower", "relative_upper", "interval", "runs_differ", "detectable", "seeds_for_20_percent",
    "cost_per_unit_lower", "cost_per_unit_upper", "community_share", "community_share_lower", "community_share_upper",
    "communities", "exploratory", "verdict",
)  # fmt: skip
"""Columns of ``comparison.csv``, in order."""

NOT_OF_EVERYBODY = ("self_stigma", "bridging")
"""Measures that are no mean over all residents, so that an effect times the residents would mean nothing."""

Floats = NDArray[np.float64]


def comparison(series: pd.DataFrame, effects: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row for each scenario, measure, group and when.

    Parameters
    ----------
    series
        Rows of ``series.parquet``; of it only the sizes of the groups are read (``residents`` at week 0).
    effects
        Rows of ``effects.parquet``.
    manifest
        Content of ``manifest.json``.

    Returns
    -------
    pandas.DataFrame
        With the columns :data:`COLUMNS`. ``baseline``, ``value`` and ``effect`` are means over the pairs in
        which the measure is defined; ``seeds`` is their number, ``runs_differ`` the number in which the effect is
        not exactly zero.
        ``lower`` and ``upper`` bound the 95% interval of the mean paired effect: t with seeds - 1 degrees
        of freedom; where several but not all runs share a community, the communities count as the
        independent values (:func:`sim.stats.cluster_interval`); where those are clearly skewed the bounds allow for
        it. ``interval`` says which it is.
        ``share_better`` is the share of pairs in which the scenario was strictly better; NaN for measures
        of which neither direction is better.
        ``seeds_needed`` is NaN where no run differs at all, infinite where no number of runs would do;
        ``seeds_for_20_percent`` is how many would bring the interval to 20% of the effect to either side;
        ``detectable`` the smallest effect which so many runs find in four of five studies.
        ``relative`` is the effect over the baseline's mean with Fieller's interval; NaN where the baseline's mean is
        not clear of zero.
        ``people_per_1000`` is the effect as residents of 1,000, for shares; NaN otherwise.
        ``cost`` is the scenario's mean extra cost over the baseline up to the horizon, the same in all its
        rows. ``cost_per_unit`` stands only in rows of ``all`` at the ``horizon``: extra cost divided by
        (favourable effect x residents), that is, for a share, the cost for one resident fewer lonely, and
        for a mean, for one unit of the measure in one resident; with Fieller's interval. It is NaN unless the verdict
        is ``better`` and the scenario costs more than the baseline.
        ``community_share`` is the share of the spread of single runs' effects that comes from the community, 0..1,
        the rest being chance (:func:`sim.stats.variance_split`); NaN unless several runs share each of several
        communities.
        ``communities`` is the number of communities that the pairs come from.
        ``exploratory`` is true for all rows but that of the primary measure, for everybody, at the horizon: of many
        rows one in twenty is clear of zero by chance alone.

        Ordered by scenario (the study's order), measure (the primary one first, then the registry's order),
        group (``all`` first, then by part in the interventions, then as in ``effects``) and when. The measure
        ``residents`` has no row.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    runs = paired_runs(effects, facts)
    columns = _estimates(runs, facts) | _relative(runs) | _split(runs)
    costs = extra_costs(effects)
    columns["cost"] = np.array([costs.get(str(name), np.nan) for name in runs.scenario], np.float64)
    table = pd.DataFrame(
        {name: getattr(runs, name) for name in ("scenario", "measure", "group", "when")} | columns
    )  # fmt: skip
    table["exploratory"] = ~(
        (table["measure"] == facts.outcome) & (table["group"] == "all") & (table["when"] == "horizon")
    )
    table["verdict"] = _verdicts(table, facts)
    table = table.assign(**_cost_per_unit(table, runs, effects, residents_of(series).get("all", np.nan)))
    return table[list(COLUMNS)]


def _estimates(runs: PairedRuns, facts: Facts) -> dict[str, NDArray[Any]]:
    """Return means, intervals, and what follows from them, of each row."""
    grouped, out = runs.grouped, runs.spread_out
    found = grouped.intervals(runs.effect)
    count = grouped.count.astype(np.float64)
    spread = found.standard_error * np.sqrt(count)
    """Of single runs, as if each had a community of its own."""
    sizes = np.abs(found.estimate)
    shares = np.array([COMPARED[str(name)].is_share for name in runs.measure[runs.filled]], np.bool_)
    differ = grouped.total((runs.effect != 0.0).astype(np.float64))
    return {
        "baseline": out(grouped.mean(runs.baseline)),
        "value": out(grouped.mean(runs.value)),
        "effect": out(found.estimate),
        "lower": out(found.lower),
        "upper": out(found.upper),
        "share_better": out(_share_better(runs, facts)),
        "standard_error": out(found.standard_error),
        "seeds": out(grouped.count, 0),
        "seeds_needed": out(stats.seeds_for_half_widths(spread, np.where((sizes == 0) & (spread == 0), np.nan, sizes))),
        "people_per_1000": out(np.where(shares, found.estimate * 1000.0, np.nan)),
        "interval": out(_named(grouped, found.adjusted), ""),
        "communities": out(grouped.clusters, 0),
        "runs_differ": out(differ.astype(np.int64), 0),
        "detectable": out(stats.detectable_effects(found.standard_error, grouped.freedom)),
        "seeds_for_20_percent": out(
            stats.seeds_for_half_widths(spread, np.where(sizes == 0.0, np.nan, 0.2 * sizes))
        ),
    }  # fmt: skip


def _named(grouped: stats.Grouped, adjusted: NDArray[np.bool_]) -> NDArray[Any]:
    names = np.where(adjusted, "skew-adjusted", "t").astype(object)
    names[grouped.nested] += " over communities"
    names[grouped.freedom < 1] = ""
    return names


def _share_better(runs: PairedRuns, facts: Facts) -> Floats:
    """Return the share of pairs in which the scenario was strictly better, of each filled row."""
    grouped = runs.grouped
    measures = runs.measure[runs.filled]
    direction = {name: facts.direction(str(name)) for name in set(measures)}
    wanted = np.array([{"lower": -1.0, "higher": 1.0}.get(direction[name], np.nan) for name in measures])
    better = runs.effect * wanted[grouped.group] > 0.0
    return np.where(np.isnan(wanted), np.nan, grouped.total(better.astype(np.float64)) / grouped.count)


def _relative(runs: PairedRuns) -> dict[str, NDArray[Any]]:
    found = stats.ratio_intervals(runs.grouped, runs.effect, runs.baseline)
    names = ("relative", "relative_lower", "relative_upper")
    parts = (found.estimate, found.lower, found.upper)
    return {name: runs.spread_out(values) for name, values in zip(names, parts, strict=True)}


def _split(runs: PairedRuns) -> dict[str, NDArray[Any]]:
    found = stats.variance_split(runs.grouped, runs.effect)
    names = ("community_share", "community_share_lower", "community_share_upper")
    parts = (found.share, found.lower, found.upper)
    return {name: runs.spread_out(values) for name, values in zip(names, parts, strict=True)}


def _verdicts(table: pd.DataFrame, facts: Facts) -> list[str]:
    directions = {name: facts.direction(name) for name in table["measure"].unique()}
    columns = ("measure", "effect", "lower", "upper", "seeds", "runs_differ")
    held = zip(*(table[name].tolist() for name in columns), strict=True)
    return [verdict_of(dict(zip(columns, row, strict=True)), directions[row[0]]) for row in held]


def _cost_per_unit(
    table: pd.DataFrame, runs: PairedRuns, effects: pd.DataFrame, residents: float
) -> dict[str, NDArray[Any]]:
    """Return extra cost for a unit of effect in one resident, where there is an effect and a cost."""
    names = ("cost_per_unit", "cost_per_unit_lower", "cost_per_unit_upper")
    found = {name: np.full(len(table), np.nan) for name in names}
    wanted = (
        (table["verdict"] == "better") & (table["group"] == "all") & (table["when"] == "horizon")
        & ~table["measure"].isin([*NOT_OF_EVERYBODY, *(name for name in COMPARED if name.startswith("cost"))])
        & (table["cost"] > 0.0)
    ).to_numpy()  # fmt: skip
    used = wanted[runs.filled][runs.grouped.group]
    if not used.any():
        return found
    spent = _cost_of_runs(effects, runs, used)
    known = ~np.isnan(spent)
    used[np.flatnonzero(used)[~known]] = False
    rows, group = np.unique(runs.filled[runs.grouped.group[used]], return_inverse=True)
    units = [1.0 if COMPARED[str(name)].is_total else residents for name in table["measure"].to_numpy()[rows]]
    gained = runs.effect[used] * np.sign(table["effect"].to_numpy()[rows])[group]
    ratios = stats.ratio_intervals(
        stats.Grouped(group, runs.community[used]), spent[known], gained * np.asarray(units)[group]
    )
    for name, values in zip(names, (ratios.estimate, ratios.lower, ratios.upper), strict=True):
        found[name][rows] = values
    return found


def _cost_of_runs(effects: pd.DataFrame, runs: PairedRuns, used: NDArray[np.bool_]) -> Floats:
    """Return the extra cost of the scenario in the runs of the pairs that are used."""
    import pandas as pd

    rows = _costs(effects)
    held = pd.Series(
        rows["effect"].to_numpy(),
        pd.MultiIndex.from_arrays([rows["scenario"].astype(str), rows["community"], rows["seed"]]),
    )
    scenario = runs.scenario[runs.filled][runs.grouped.group[used]]
    wanted = pd.MultiIndex.from_arrays([scenario, runs.community[used], runs.seed[used]])
    return held.reindex(wanted).to_numpy(np.float64)


def _costs(effects: pd.DataFrame) -> pd.DataFrame:
    return effects[(effects["measure"] == "cost") & (effects["group"] == "all") & (effects["when"] == "horizon")]


def extra_costs(effects: pd.DataFrame) -> dict[str, float]:
    """Return each scenario's mean extra cost over the baseline up to the horizon."""
    rows = _costs(effects)
    return {str(name): stats.mean(values) for name, values in rows["effect"].groupby(rows["scenario"].astype(str))}


def residents_of(series: pd.DataFrame) -> dict[str, float]:
    """Return the mean number of residents of each group at week 0, over runs and scenarios."""
    rows = series[(series["measure"] == "residents") & (series["week"] == 0)]
    groups = rows["group"].astype(str)
    return {str(group): stats.mean(values) for group, values in rows["value"].groupby(groups, sort=False)}


def versus(effects: pd.DataFrame, one: str, other: str, measure: str, when: str = "horizon") -> stats.Interval:
    """Return the interval of the paired difference between two scenarios, whole community, one minus other."""
    chosen = effects[(effects["measure"] == measure) & (effects["group"] == "all") & (effects["when"] == when)]
    held = {
        name: chosen[chosen["scenario"] == name].set_index(["community", "seed"])["effect"] for name in (one, other)
    }
    difference = (held[one] - held[other]).dropna().sort_index()
    communities = difference.index.get_level_values("community").tolist()
    return stats.cluster_interval(difference.to_numpy(), communities)
