"""The questions that results answer as tables. For a surveyed community all of them leave out small groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, did_you_mean, listing
from sim.measures import ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.compare import Facts, Suppressed
    from sim.store import ResultFolder

__all__ = ["Comparisons"]


class Comparisons:
    """Tables made from stored runs; the base of :class:`sim.Results`."""

    path: Path
    _folder: ResultFolder

    if TYPE_CHECKING:  # read when they are asked for, by the class that knows the folder

        @property
        def manifest(self) -> dict[str, Any]: ...  # noqa: D102
        @property
        def series(self) -> pd.DataFrame: ...  # noqa: D102
        @property
        def effects(self) -> pd.DataFrame: ...  # noqa: D102
        @property
        def ripple(self) -> pd.DataFrame: ...  # noqa: D102

    @cached_property
    def facts(self) -> Facts:
        """What a comparison must know of the study."""
        from sim.compare import Facts

        return Facts.read(self.manifest)

    @cached_property
    def _at_start(self) -> pd.DataFrame:
        """Sizes of groups at week 0: all that a comparison reads of the series."""
        return self._folder.table("series", {"measure": "residents", "week": 0})

    @cached_property
    def sizes(self) -> Mapping[str, float]:
        """Mean number of residents of each group that is shown, and of each part in a scenario's interventions."""
        from sim import compare

        shown = {"all", *self._comparison["group"].astype(str)}
        found = {group: size for group, size in compare.residents_of(self._at_start).items() if group in shown}
        parts = compare.sizes_by_part(self._shown)
        for (scenario, part), held in parts.groupby(["scenario", "group"], sort=False)["residents"]:
            found[f"{scenario}: {part}"] = float(held.mean())
        return found

    @cached_property
    def _compared(self) -> tuple[pd.DataFrame, Suppressed]:
        return self._compare(self.effects, self.manifest)

    def _compare(self, effects: pd.DataFrame, manifest: Mapping[str, Any]) -> tuple[pd.DataFrame, Suppressed]:
        from sim import compare

        whole = compare.comparison(self._at_start, effects, manifest)
        if not self.facts.private:
            return whole, compare.Suppressed()
        return compare.suppress(whole, self._at_start, effects, self.facts.least)

    @property
    def _comparison(self) -> pd.DataFrame:
        return self._compared[0]

    @property
    def suppressed(self) -> Suppressed:
        """What tables leave out to protect surveyed people; empty where the community is made up."""
        return self._compared[1]

    @cached_property
    def _shown(self) -> pd.DataFrame:
        """Effects of single runs, without groups that readers must not see."""
        from sim import compare

        return compare.only_shown(self.effects, self._comparison) if self.facts.private else self.effects

    def comparison(self, measure: str | None = None, by: str | None = None, against: str | None = None) -> pd.DataFrame:
        """Return every scenario against the baseline, or another scenario: paired effects with 95% intervals.

        Groups of few residents are left out where the community comes from a survey.

        Parameters
        ----------
        measure
            One measure; all of them where absent.
        by
            A column of residents, e.g. ``age_band``: its groups; ``part``: residents by their part in the interventions
            (``offered``, ``participants``, ``volunteers``, ``spillover``); where absent all groups and everybody.
        against
            The scenario that the others, and the baseline, are compared with; the baseline where absent.

        Returns
        -------
        pandas.DataFrame
            The columns of ``comparison.csv``: see ``docs/architecture.md``.

        Raises
        ------
        InputError
            When there is no such measure or scenario, or results are not broken down by such a column.
        """
        from sim import compare

        table = self._comparison
        if against is not None and against != self.facts.baseline:
            effects = compare.against(self.effects, self.manifest, against)
            table = self._compare(effects, compare.manifest_against(self.manifest, against))[0]
        if measure is not None:
            self._require(measure, list(dict.fromkeys(table["measure"].astype(str))), "a measure", "measures")
            table = table[table["measure"] == measure]
        if by == "part":
            table = table[table["group"].isin(list(ESTIMANDS))]
        elif by is not None:
            groups = table["group"].astype(str)
            columns = list(dict.fromkeys(group.partition("=")[0] for group in groups if "=" in group))
            self._require(by, [*columns, "part"], "a column that results are broken down by", "columns")
            table = table[groups.str.startswith(f"{by}=")]
        return table.reset_index(drop=True)

    def curve(self, measure: str | None = None, group: str = "all", against: str | None = None) -> pd.DataFrame:
        """Return the effect in every week, with a pointwise 95% band: see :func:`sim.compare.effect_curve`."""
        from sim import compare

        measure = self._measure(measure)
        if against is not None:
            self._require(against, self.facts.scenarios, "a scenario", "scenarios")
        series = self._folder.table("series", {"measure": measure})
        self._require(group, list(dict.fromkeys(series["group"].astype(str))), "a group", "groups")
        found = compare.effect_curve(series, self.manifest, measure, group, against)
        if not self.facts.private:
            return found
        shown = self.comparison(measure, against=against)
        return compare.suppress_curve(found, shown, self.sizes, self.facts.least)

    def ranking(self, measure: str | None = None, when: str = "horizon") -> pd.DataFrame:
        """Return the scenarios from best to worst with their chances of being best: see :func:`sim.compare.ranking`."""
        from sim import compare

        return compare.ranking(self._shown, self.manifest, self._measure(measure), when)

    def gaps(self, measure: str | None = None) -> pd.DataFrame:
        """Return whether the gap to the worst-off group of each column closes: see :func:`sim.compare.gaps`."""
        from sim import compare

        return compare.gaps(self._shown, self.manifest, self._measure(measure))

    def who_gains(self, measure: str | None = None) -> pd.DataFrame:
        """Return which groups gain and lose, and how many end worse off: see :func:`sim.compare.who_gains`."""
        from sim import compare

        return compare.who_gains(self._comparison, self.sizes, self.manifest, self._measure(measure))

    def costs(self, measure: str | None = None) -> pd.DataFrame:
        """Return the cost by kind, for each person reached, for a unit of effect: see :func:`sim.compare.costs`."""
        from sim import compare

        return compare.costs(self._shown, self.sizes["all"], self.manifest, self._measure(measure))

    def at_budget(self, budget: float, measure: str | None = None) -> pd.DataFrame:
        """Return the effects at the same budget, assumed to scale with it: see :func:`sim.compare.at_budget`."""
        from sim import compare

        return compare.at_budget(self._shown, self.manifest, budget, self._measure(measure))

    def estimands(self, measure: str | None = None) -> pd.DataFrame:
        """Return on whom the effect is, and which part of it: see :func:`sim.compare.estimands`."""
        from sim import compare

        return compare.estimands(self._shown, self.sizes["all"], self.manifest, self._measure(measure))

    def through_ties(self, measure: str | None = None) -> pd.DataFrame:
        """Return what of uptake and effect came through ties: see :func:`sim.compare.through_ties`."""
        from sim import compare

        series = self._folder.table("series", {"measure": "through_ties"})
        least = self.facts.least if self.facts.private else 0
        return compare.through_ties(
            self._shown, series, self.sizes["all"], self.manifest, self._measure(measure), least
        )

    def by_distance(self, measure: str | None = None) -> pd.DataFrame:
        """Return the effect by distance from the nearest participant: see :func:`sim.compare.ripple_summary`."""
        from sim import compare

        summary = compare.ripple_summary(self._distances[0])
        return summary[summary["measure"] == self._measure(measure)].reset_index(drop=True)

    @cached_property
    def _distances(self) -> tuple[pd.DataFrame, int]:
        """The ripple as readers may see it, and how many classes of distance are left out."""
        from sim import compare

        return compare.suppress_ripple(self.ripple, self.facts.least) if self.facts.private else (self.ripple, 0)

    @property
    def suppressed_distances(self) -> Suppressed:
        """What :meth:`by_distance` leaves out to protect surveyed people."""
        return replace(self.suppressed, ripple_classes=self._distances[1])

    def targets(self) -> pd.DataFrame:
        """Return every target of every scenario: met, missed or too close to call.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, measure, week, side (``below`` or ``above``), bound, value (mean over the runs), lower,
            upper, seeds, verdict.
        """
        import pandas as pd

        from sim.compare import target_results

        rows = [
            {
                "scenario": each.scenario, "measure": each.measure, "week": each.week, "side": each.side,
                "bound": each.bound, "value": each.interval.estimate, "lower": each.interval.lower,
                "upper": each.interval.upper, "seeds": each.interval.count, "verdict": each.verdict,
            }
            for each in (target_results(self.series, self.manifest) if self._has_targets else [])
        ]  # fmt: skip
        columns = ["scenario", "measure", "week", "side", "bound", "value", "lower", "upper", "seeds", "verdict"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def _has_targets(self) -> bool:
        stored = self.manifest["scenarios"].values()
        return any((scenario.get("resolved") or {}).get("targets") for scenario in stored)

    def between(self, other: Comparisons, measure: str | None = None, only: Sequence[str] = ()) -> pd.DataFrame:
        """Return how the scenarios of this folder differ from those of another: see :func:`sim.compare.between`."""
        from sim import compare

        measure = self._measure(measure)
        other._measure(measure)
        if only:
            for name in only:
                other._require(name, other.facts.scenarios, "a scenario", "scenarios")
        mine, theirs = (compare.Folder(str(each.path), each._shown, each.manifest) for each in (self, other))
        return compare.between(mine, theirs, measure, only)

    def shortages(self) -> dict[str, list[str]]:
        """Return where fewer could be invited than asked for, by scenario: see :func:`sim.compare.shortages`."""
        from sim import compare

        return compare.shortages(self.manifest)

    def ended(self) -> dict[str, dict[str, Any]]:
        """Return the average effect of scenarios that end well before the runs do: see :func:`sim.compare.ended`."""
        from sim import compare

        series = self._folder.table("series", {"measure": "taking_part", "group": "all"})
        return compare.ended(self._comparison, series, self.manifest)

    def answer(self) -> list[str]:
        """Return the answer to the study's question in a few sentences."""
        from sim import compare

        return compare.answer(self._comparison, self.effects, self.manifest)

    def _measure(self, measure: str | None) -> str:
        """Return a measure that can be compared here; the primary one where none is named."""
        if measure is None:
            return str(self.facts.outcome)
        self._require(measure, list(dict.fromkeys(self._comparison["measure"].astype(str))), "a measure", "measures")
        return measure

    def _require(self, name: str, known: Sequence[str], what: str, all_of_them: str) -> None:
        if name not in known:
            hint = did_you_mean(name, known) or f"; {all_of_them}: {listing(known, 30) or 'none'}"
            raise InputError(f"{self.path}: '{name}' is not {what} here{hint}")
