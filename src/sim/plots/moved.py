"""What moved an outcome: by how much each rule did, week by week, beyond what it does in the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.compare.wording import number, plain
from sim.plots.style import axes, legend_below, measure_axis, readable, styles, title, words_of_measure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["MOVED", "alt_moved", "alt_moved_by", "draw_moved", "moved_by", "moved_table", "rule_words"]

MOVED = {"often_lonely": "loneliness", "ucla_lonely": "loneliness"}
"""Measures of which it is known what moved the scale that they are read from."""

_MOST = 6
"""Rules drawn with a line of their own; what the others did is drawn together."""

_NOTHING = 1e-9
"""Share of what the strongest rule did below which a rule did nothing: what is left of rounding."""

_WORDS = {
    "influence": "other people's attitudes",
    "contact": "contact with people who are open about it",
    "bounds": "held at the ends of the scale",
    "loneliness": "return to the ordinary",
    "self_stigma": "return to the ordinary",
    "support": "support from others",
    "around": "the mood around",
    "self-stigma": "self-stigma",
    "met": "the stigma that people meet",
    "interventions": "what interventions do at once",
}


def rule_words(rule: str) -> str:
    """Return what a rule is, for readers."""
    kind, _, name = rule.partition(": ")
    if kind == "intervention":
        return f"intervention: {name.replace('_', ' ')}"
    return _WORDS.get(name or kind, (name or kind).replace("_", " "))


def moved_table(contributions: pd.DataFrame, outcome: str, scenario: str, baseline: str) -> pd.DataFrame:
    """Return by how much each rule has moved an outcome more than in the baseline: weeks by rules.

    Parameters
    ----------
    contributions
        Rows of ``contributions.parquet``.
    outcome
        ``loneliness``, ``stigma`` or ``self_stigma``.
    scenario, baseline
        Which run, and which one it is compared with; only pairs that have both count.

    Returns
    -------
    pandas.DataFrame
        Index week, one column a rule, the one that moved most first, and ``together``; means over the pairs. Rules
        that moved nothing are left out.
    """
    rows = contributions[contributions["outcome"] == outcome].astype({"scenario": str, "rule": str})
    keys = ["community", "seed", "week"]
    held = {
        name: rows[rows["scenario"] == name].pivot_table(index=keys, columns="rule", values="value", sort=True)
        for name in (scenario, baseline)
    }
    pairs = held[scenario].index.intersection(held[baseline].index)
    moved = held[scenario].loc[pairs].fillna(0.0).sub(held[baseline].loc[pairs].fillna(0.0), fill_value=0.0)
    means = moved.groupby(level="week").mean()
    most = means.abs().max().sort_values(ascending=False, kind="stable")
    if most.empty:
        return means.assign(together=0.0)
    means = means[[str(rule) for rule, size in most.items() if size > _NOTHING * most.iloc[0]]]
    return means.assign(together=means.sum(axis=1))


def moved_by(
    contributions: pd.DataFrame,
    outcome: str,
    scenario: str,
    *,
    baseline: str,
    titles: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what moved an outcome in one scenario beyond what moved it in the baseline, one line a rule.

    The lines add up to the black one, the difference in the mean. Parameters as in :func:`moved_table`; ``titles`` are
    titles of scenarios, ``ax`` the axes to draw into, new ones where not given.
    """
    return draw_moved(moved_table(contributions, outcome, scenario, baseline), outcome, scenario, titles=titles, ax=ax)


def draw_moved(
    moved: pd.DataFrame,
    outcome: str,
    scenario: str,
    *,
    titles: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a table that :func:`moved_table` gave; parameters as in :func:`moved_by`."""
    table = _drawn(moved)
    names = [name for name in table.columns if name != "together"]
    looks = styles(["", *names])
    with readable():
        ax = axes(ax)
        ax.axhline(0.0, color="#5f5f5f", linewidth=1.2)
        weeks = table.index.to_numpy()
        every = max(1, len(weeks) // 8)
        handles = {"together": ax.plot(weeks, table["together"], color="black", linewidth=2.6)[0]}
        for name in names:
            look = looks[name]
            handles[name] = ax.plot(
                weeks, table[name], color=look.colour, linestyle=look.line, linewidth=1.7, marker=look.marker,
                markersize=4.5, markevery=every, clip_on=False,
            )[0]  # fmt: skip
        words = (titles or {}).get(scenario, scenario)
        title(ax, f"{words_of_measure(outcome)}: what moved it in “{words}”", 32)
        ax.set_xlabel("Week")
        ax.set_ylabel(measure_axis(outcome, "difference in"))
        ax.set_xlim(left=0, right=1.015 * max(int(weeks[-1]) if len(weeks) else 1, 1))
        legend_below(ax, {name: _label(name) for name in handles}, handles)
    return ax


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the rules that moved least added up in one column."""
    rules = [name for name in table.columns if name != "together"]
    if len(rules) <= _MOST + 1:
        return table
    rest = table[rules[_MOST:]].sum(axis=1)
    return table[rules[:_MOST]].assign(**{"everything else": rest, "together": table["together"]})


def _label(name: str) -> str:
    words = "all of it together" if name == "together" else rule_words(name)
    return words[:1].upper() + words[1:]


def alt_moved_by(
    contributions: pd.DataFrame, outcome: str, scenario: str, baseline: str, titles: Mapping[str, str]
) -> str:
    """Return what :func:`moved_by` shows: where each line ends."""
    return alt_moved(moved_table(contributions, outcome, scenario, baseline), outcome, scenario, baseline, titles)


def alt_moved(moved: pd.DataFrame, outcome: str, scenario: str, baseline: str, titles: Mapping[str, str]) -> str:
    """Return what :func:`draw_moved` shows: where each line ends."""
    table = _drawn(moved)
    last = table.iloc[-1]
    parts = [f"{_label(str(name))} {plain(float(value), 2)}" for name, value in last.items() if name != "together"]
    return (
        f"Line chart of what moved {words_of_measure(outcome).lower()} in “{titles.get(scenario, scenario)}”, compared "
        f"with “{titles.get(baseline, baseline)}”, to week {number(float(table.index[-1]))}. In the last week: "
        f"{'; '.join(parts) or 'nothing'}; all of it together {plain(float(last['together']), 2)}."
    )
