"""Keeping small groups of surveyed people out of what readers see.

A group of fewer than ten residents is left out. It could be worked out as the whole minus the others when it
alone is missing, so then the next smallest groups of the same column are left out too, until what is missing
is at least two groups and together at least ten residents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.compare.estimands import sizes_by_part
from sim.compare.facts import USUAL_LEAST
from sim.compare.hidden_costs import hidden_costs, without_hidden_costs
from sim.measures import COMPARED, ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LEAST_RESIDENTS",
    "Suppressed",
    "hidden_groups",
    "only_shown",
    "suppress",
    "suppress_curve",
    "suppress_ripple",
]

LEAST_RESIDENTS = USUAL_LEAST
"""Groups below this size are not shown for communities that come from a survey."""


_OF_LIVED_EXPERIENCE = ("self_stigma",)
"""Measures that concern only residents with lived experience."""

NO_COUNT = ("often_lonely",)
"""Shares that are no count of residents."""

_NOBODY = 1e-6
"""Below this many residents there is nobody to protect."""


@dataclass(frozen=True)
class Suppressed:
    """What was left out, said without giving it away."""

    least: int = LEAST_RESIDENTS
    groups: Mapping[str, int] = field(default_factory=dict)
    """By column: how many of its groups are not shown."""
    of_lived_experience: bool = False
    """Whether rows are not shown that concern people with lived experience within groups."""
    parts: int = 0
    """Groups of residents by their part in a scenario's interventions that are not shown, over scenarios."""
    worse_off: bool = False
    """Whether numbers of residents who are worse off are not shown."""
    counts: int = 0
    """Rows that are not shown because their share stands for a few residents."""
    costs: int = 0
    """Scenarios of which it is not shown what they cost."""
    ripple_classes: int = 0
    """Classes of distance that are not shown, over scenarios and measures."""

    @property
    def count(self) -> int:
        """How many groups are not shown."""
        return sum(self.groups.values())

    def sentence(self) -> str:
        """Return what was left out of the results by group, for readers; empty where nothing was."""
        parts = [
            f"{number} group{'s' if number > 1 else ''} of {column.replace('_', ' ')}"
            for column, number in self.groups.items()
        ]
        if self.of_lived_experience:
            parts.append("self-stigma by group, which is about people with lived experience alone")
        if self.worse_off:
            parts.append("numbers of residents who are worse off, where they are few, and by group")
        if self.costs:
            parts.append("costs in all and by who takes part or helps, where these are few")
        if self.counts:
            parts.append(f"{self.counts} shares that stand for fewer than {self.least} residents")
        return self._said(parts)

    def in_short(self) -> str:
        """Return in one line that something was left out, and how much; empty where nothing was."""
        counted = [(self.count, "group"), (self.parts, "group by their part"), (self.counts, "share")]
        parts = [
            f"{number} {words.replace('group', 'groups').replace('share', 'shares') if number > 1 else words}"
            for number, words in counted
            if number
        ]
        parts += ["self-stigma by group"] if self.of_lived_experience else []
        parts += ["some numbers worse off"] if self.worse_off else []
        parts += ["some costs"] if self.costs else []
        if not parts:
            return ""
        return f"Not shown, to protect those surveyed: {', '.join(parts)} (docs/surveys.md says why; the report what)."

    def parts_sentence(self) -> str:
        """Return what was left out of the effects by part in it, for readers; empty where nothing was."""
        groups = f"{self.parts} group{'s' if self.parts > 1 else ''} of residents by their part, over all scenarios"
        return self._said([groups] if self.parts else [])

    def ripple_sentence(self) -> str:
        """Return what was left out of the ripple, for readers; empty where nothing was."""
        number = self.ripple_classes
        classes = f"{number} class{'es' if number > 1 else ''} of distance, over all scenarios and measures"
        return self._said([classes] if number else [])

    def _said(self, parts: list[str]) -> str:
        if not parts:
            return ""
        return (
            f"Not shown, to protect the people who answered the survey: {'; '.join(parts)}. These have or may "
            f"have fewer than {self.least} residents, or would allow such a group to be worked out."
        )


def suppress(
    comparison: pd.DataFrame, series: pd.DataFrame, effects: pd.DataFrame, least: int = LEAST_RESIDENTS
) -> tuple[pd.DataFrame, Suppressed]:
    """Return a comparison without small groups, and what was left out.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it.
    series
        Of it the sizes of the groups are read: measure ``residents`` at week 0. A group that may not be
        shown in one community is shown in none. Groups whose size is not known are left out.
    effects
        Rows of ``effects.parquet``: of it the numbers of residents by their part in the interventions, and of
        those worse off, are read.
    least
        Fewest residents of a group that is shown.
    """
    import pandas as pd

    rows = series[(series["measure"] == "residents") & (series["week"] == 0)]
    smallest_known: dict[str, float] = {}
    hidden: set[str] = set()
    for _, held in rows.groupby("community", sort=True):
        smallest = held["value"].groupby(held["group"].astype(str), sort=False).min()
        sizes = {str(group): float(size) for group, size in smallest.items()}
        for group, size in sizes.items():
            smallest_known[group] = min(size, smallest_known.get(group, size))
        hidden |= hidden_groups(sizes, least)
    present = comparison["group"].astype(str)
    of_parts = present.isin(list(ESTIMANDS))
    hidden |= {group for group in present[~of_parts].unique() if group not in smallest_known}
    hidden &= set(present)
    counts: dict[str, int] = {}
    for group in sorted(hidden):
        column = group.partition("=")[0]
        counts[column] = counts.get(column, 0) + 1
    small = _small_parts(effects, smallest_known.get("all", 0.0), least)
    parts = of_parts & pd.Series(
        [(str(scenario), group) in small for scenario, group in zip(comparison["scenario"], present, strict=True)],
        comparison.index,
        dtype=bool,
    )
    worse = _few_worse_off(comparison, effects, least)
    gone, few = present.isin(list(hidden)) | parts, _few_concerned(comparison, smallest_known, least)
    counted = _few_counted(comparison, smallest_known, least)
    costs = hidden_costs(effects, smallest_known.get("all", 0.0), small, least)
    shown = without_hidden_costs(comparison[~(gone | few | worse | counted)].reset_index(drop=True), costs)
    left_out = set(zip(comparison["scenario"][parts].astype(str), present[parts], strict=True))
    return shown, Suppressed(
        least=least, groups=counts, of_lived_experience=bool((few & ~gone).any()), parts=len(left_out),
        worse_off=bool((worse & ~gone).any()), costs=len(costs), counts=int((counted & ~gone & ~few & ~worse).sum()),
    )  # fmt: skip


def only_shown(effects: pd.DataFrame, comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the effects of the rows of a suppressed comparison, for tables that are made from single runs.

    How many residents have a part in the interventions stays where some effect on them is shown.
    """
    import pandas as pd

    keys = ["scenario", "measure", "group", "when"]
    shown = pd.MultiIndex.from_frame(comparison[keys].astype(str))
    parts = {(scenario, group) for scenario, _, group, _ in shown}
    texts = effects[keys].astype(str)
    keep = pd.MultiIndex.from_frame(texts).isin(shown)
    sizes = (texts["measure"] == "residents").to_numpy()
    keep[sizes] = [pair in parts for pair in zip(texts["scenario"][sizes], texts["group"][sizes], strict=True)]
    return effects[keep].reset_index(drop=True)


def suppress_curve(
    curve: pd.DataFrame, comparison: pd.DataFrame, sizes: Mapping[str, float], least: int = LEAST_RESIDENTS
) -> pd.DataFrame:
    """Return a curve without what its comparison does not show, and without weeks that stand for a few residents.

    Parameters
    ----------
    curve
        As :func:`sim.compare.effect_curve` gives it.
    comparison
        After :func:`suppress`.
    sizes
        Residents of each group at week 0.
    """
    shown = {tuple(row) for row in comparison[["scenario", "measure", "group"]].astype(str).to_numpy()}
    keys = zip(curve["scenario"], curve["measure"], curve["group"], strict=True)
    keep = curve.assign(shown=[key in shown for key in keys])["shown"]
    return curve[keep & ~_few_counted(curve, sizes, least)].reset_index(drop=True)


def _small_parts(effects: pd.DataFrame, everybody: float, least: int) -> set[tuple[str, str]]:
    """Return scenario and group of residents by their part that may not be shown in some run."""
    sizes = sizes_by_part(effects)
    hidden: set[tuple[str, str]] = set()
    for (scenario, _, _), held in sizes.groupby(["scenario", "community", "seed"], sort=False):
        found = {str(group): float(size) for group, size in zip(held["group"], held["residents"], strict=True)}
        hidden |= {(str(scenario), group) for group in _hidden_parts(found, everybody, least)}
    return hidden


def _hidden_parts(found: Mapping[str, float], everybody: float, least: int) -> set[str]:
    """Return the parts that may not be shown, given how many residents have each part.

    What is left between two groups of which one holds the other could be worked out from both, so it must be nobody or
    at least ``least``: those who have any part (everybody but ``spillover``) hold participants and volunteers, which
    the ripple shows too; and those offered something, beside whom and the volunteers only those are left who took part
    without having been offered anything.
    """

    def apart(size: float, *others: float) -> bool:
        return all(size == other or abs(size - other) >= least for other in others)

    joined, helped, offered = (found.get(part, 0.0) for part in ("participants", "volunteers", "offered"))
    any_part = everybody - found.get("spillover", 0.0)
    shown = {
        "participants": apart(joined, everybody),
        "volunteers": apart(joined + helped, everybody),
        "spillover": apart(any_part, 0.0, joined, joined + helped),
        "offered": apart(offered, everybody, joined),
    }
    hidden = {part for part, size in found.items() if size < least or not shown[part]}
    if "spillover" not in hidden and not apart(offered, any_part, any_part - helped):
        hidden |= {"offered"} & set(found)
    return hidden


def _few_worse_off(comparison: pd.DataFrame, effects: pd.DataFrame, least: int) -> pd.Series[bool]:
    """Return which rows say how many are worse off and may not: by group always, of everybody where they are few."""
    import pandas as pd

    rows = effects[(effects["measure"] == "worse_off") & (effects["group"] == "all")]
    few = {str(name) for name in rows["scenario"][(rows["value"] > 0) & (rows["value"] < least)]}
    about = comparison["measure"] == "worse_off"
    allowed = (comparison["group"].astype(str) == "all") & ~comparison["scenario"].astype(str).isin(few)
    return pd.Series(about & ~allowed)


def _few_counted(comparison: pd.DataFrame, sizes: Mapping[str, float], least: int) -> pd.Series[bool]:
    """Return which rows give a share that stands for a few residents: some, but fewer than ``least``.

    A share of often lonely residents is no count (the cut is soft and set for the whole), so it may stay.
    """
    counts = [name for name, measure in COMPARED.items() if measure.is_share and name not in NO_COUNT]
    size = comparison["group"].astype(str).map(dict(sizes)).astype(float)
    few = comparison["measure"].isin([])
    for column in ("baseline", "value"):
        people = comparison[column] * size
        few |= (people > _NOBODY) & (people < least)
    return comparison["measure"].isin(counts) & few


def _few_concerned(comparison: pd.DataFrame, sizes: Mapping[str, float], least: int) -> pd.Series[bool]:
    """Return which rows are about people with lived experience who may be few in a group that is not.

    How many of them are in a group is not stored unless they are the group, so only rows of everybody and of
    groups by lived experience itself can be shown.
    """
    group = comparison["group"].astype(str)
    safe = group.str.startswith("lived_experience=")
    if sizes.get("lived_experience=yes", least) >= least:
        safe |= group == "all"
    return comparison["measure"].isin(_OF_LIVED_EXPERIENCE) & ~safe


def hidden_groups(sizes: Mapping[str, float], least: int = LEAST_RESIDENTS) -> set[str]:
    """Return the groups that must not be shown, given the sizes of all groups (``all`` and ``column=value``).

    Residents without a value in a column are a group of their own that nobody sees, but that can be worked
    out like the others. Where the whole community is too small nothing at all may be shown.
    """
    if sizes.get("all", 0.0) < least:
        return set(sizes)
    columns: dict[str, dict[str, float]] = {}
    for group, size in sizes.items():
        column, _, name = group.partition("=")
        if name:
            columns.setdefault(column, {})[group] = size
    hidden: set[str] = set()
    for held in columns.values():
        hidden |= _hidden_of_column(held, sizes["all"], least)
    return hidden


def _hidden_of_column(held: Mapping[str, float], everybody: float, least: int) -> set[str]:
    missing = everybody - sum(held.values())
    hidden = {group: size for group, size in held.items() if size < least}
    # what a reader cannot see but could work out: residents without a value are hidden already
    out_of_sight = [size for size in (*hidden.values(), missing) if size > 0]
    others: Iterable[tuple[float, str]] = sorted((size, group) for group, size in held.items() if group not in hidden)
    for size, group in others:
        if not out_of_sight or (len(out_of_sight) > 1 and sum(out_of_sight) >= least):
            break
        if not hidden and missing >= least:
            break  # only residents without a value are out of sight, and they are many
        hidden[group] = size
        out_of_sight.append(size)
    return set(hidden)


def suppress_ripple(ripple: pd.DataFrame, least: int = LEAST_RESIDENTS) -> tuple[pd.DataFrame, int]:
    """Return a ripple table without classes of fewer than ``least`` residents, and how many classes went.

    A class is left out for a scenario and measure when it may not be shown in any one run. The classes of a
    run make up everybody, so the next smallest go too where one alone could be worked out.
    """
    small: set[tuple[str, str, str]] = set()
    runs = ripple.groupby(["scenario", "measure", "community", "seed"], observed=True, sort=False)
    for (scenario, measure, _, _), held in runs:
        sizes = dict(zip(held["distance"].astype(str), held["residents"].astype(float), strict=True))
        hidden = _hidden_of_column(sizes, sum(sizes.values()), least)
        small |= {(str(scenario), str(measure), distance) for distance in hidden}
    if not small:
        return ripple, 0
    named = zip(*(ripple[key].astype(str) for key in ("scenario", "measure", "distance")), strict=True)
    keep = [name not in small for name in named]
    return ripple[keep].reset_index(drop=True), len(small)
