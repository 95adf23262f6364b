"""The results in a folder, as notebooks see them."""

from __future__ import annotations

import html
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.comparing import Comparisons

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.ensemble import Outcome

__all__ = ["Results"]


class Results(Comparisons):
    """The results in a folder: tables read when they are asked for."""

    outcome: Outcome | None = None
    """What the run did that these results come from; nothing when they were opened."""

    def __init__(self, path: str | Path) -> None:
        from sim.store import ResultFolder

        self._folder = ResultFolder.open(path)
        self.path = self._folder.path

    @classmethod
    def open(cls, path: str | Path) -> Results:
        """Open a result folder.

        Raises
        ------
        InputError
            When there is none.
        """
        return cls(path)

    def __repr__(self) -> str:
        units = self.manifest["units"]
        return f"<Results {self.path}: {len(units['done'])} runs done, {len(units['failed'])} failed>"

    # --- what is stored ----------------------------------------------------------------------------

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was computed, from what, with what."""
        return self._folder.manifest

    @cached_property
    def series(self) -> pd.DataFrame:
        """Every measure by scenario, community, seed, week and group."""
        return self._folder.table("series")

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Scenario minus baseline of the same community and seed, by measure and group."""
        return self._folder.table("effects")

    @cached_property
    def ripple(self) -> pd.DataFrame:
        """Mean effect on residents by their distance from those who took part."""
        return self._folder.table("ripple")

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """By how much each rule has moved each outcome's mean since week 0, by week."""
        return self._folder.table("contributions")

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that failed: community, seed, scenario, error."""
        return self._folder.failures()

    @property
    def report_path(self) -> Path:
        """Where the report stands."""
        return self.path / "report.html"

    @property
    def is_reported(self) -> bool:
        """Whether comparison and report are there, and not older than the tables."""
        files = [self.path / name for name in ("comparison.csv", "report.html", "effects.parquet")]
        if not all(file.is_file() for file in files):
            return False
        *written, table = (file.stat().st_mtime_ns for file in files)
        return min(written) >= table

    # --- questions -----------------------------------------------------------------------------------

    def plot(
        self,
        measure: str | None = None,
        kind: str = "weeks",
        *,
        group: str = "all",
        scenario: str | None = None,
        when: str = "horizon",
        ax: Axes | None = None,
    ) -> Axes:
        """Draw a measure and return the axes, for a notebook or a figure of one's own.

        Parameters
        ----------
        measure
            The primary measure where absent.
        kind
            ``weeks``: each scenario week by week, with the range of the baseline's runs; ``difference``: each minus the
            baseline of the same runs, with 95% bands; ``effects``: effects with their intervals; ``groups``: the same
            by group of residents; ``distance``: by distance from those who took part; ``moved``: what moved it.
        group
            For ``weeks`` and ``difference``: ``all`` or a group such as ``age_band=65-74``.
        scenario
            For ``moved``: which one; the first that is compared where absent.
        when
            For ``effects`` and ``groups``: ``horizon`` or ``average``.
        ax
            Axes to draw into; new ones where absent.

        Raises
        ------
        InputError
            When there is no such measure, kind, group or scenario, or it may not be shown.
        """
        from sim import plots

        measure = measure or str(self.facts.outcome)
        self._require(kind, plots.KINDS, "a kind of figure", "kinds")
        table = {"distance": self.ripple, "moved": self.contributions}.get(kind, self.series)
        column = "outcome" if kind == "moved" else "measure"
        self._require(measure, list(table[column].astype(str).unique()), "a measure", "measures")
        if kind in ("weeks", "difference"):
            self._require(group, self._groups_of(measure), "a group of residents that can be shown", "groups")
        self._require(when, ["horizon", "average"], "a point in time", "points")
        name = scenario or str(self.facts.compared[0])
        self._require(name, list(self.facts.compared), "a scenario that is compared", "scenarios")
        return plots.draw_kind(
            kind, plots.Tables(self.series, self._comparison, self._shown_ripple, self.contributions), self.facts,
            measure, group=group, scenario=name, when=when, ax=ax,
        )  # fmt: skip

    @cached_property
    def _shown_ripple(self) -> pd.DataFrame:
        return self._distances[0]

    def _groups_of(self, measure: str) -> list[str]:
        """Return the groups of which a measure was taken, and that may be shown."""
        rows = self.series[self.series["measure"] == measure]
        taken = list(dict.fromkeys(rows["group"].astype(str)))
        if not self.facts.private:
            return taken
        table = self._comparison[self._comparison["measure"] == measure]
        shown = table.groupby(table["group"].astype(str))["scenario"].nunique()
        compared = self.effects.loc[self.effects["measure"] == measure, "scenario"].nunique()
        return [group for group in taken if shown.get(group, 0) == compared]  # in a figure stand all scenarios

    # --- what readers get ------------------------------------------------------------------------------

    def write(self) -> Path:
        """Write ``comparison.csv``, the figures and ``report.html``; return the report's path."""
        from sim import compare

        compare.write_comparison(self.path, self._comparison)
        return self.write_report()

    def write_report(self, network: str = "") -> Path:
        """Write the figures and ``report.html`` again; return the report's path.

        Parameters
        ----------
        network
            Scenario under which the network is drawn before and after; the one that did most where empty.
        """
        from sim.report import write_report

        return Path(write_report(self.path, network) if network else write_report(self.path))

    def _repr_html_(self) -> str:
        outcome = str(self.facts.outcome)
        table = self.comparison(outcome)
        table = table[(table["group"] == "all") & (table["when"] == "horizon")]
        columns = "scenario baseline value effect lower upper share_better seeds cost"
        shown: str = table[columns.split()].to_html(index=False, float_format=lambda value: f"{value:.4g}")
        sentences = html.escape(" ".join(self.answer()))
        return f"<p><b>{html.escape(self.facts.title)}</b>, {outcome}: {sentences}</p>{shown}"
