"""The figures of a result folder: drawn the same way every time, with words for those who cannot see them."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.compare import Facts, ripple_summary
from sim.measures import ESTIMANDS, MEASURES
from sim.plots import words
from sim.plots.curves import curves, difference_curves
from sim.plots.intervals import by_distance, by_group, by_scenario, height_of
from sim.plots.moved import MOVED, alt_moved, draw_moved, moved_table
from sim.plots.style import readable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Picture", "draw_figures", "save_figures"]

WIDTH = 4.9
"""Inches: narrow enough to be read on a telephone, where the report shows it at less than full size."""


_MOST_MOVED = 2
"""Scenarios for which it is drawn what moved the outcome: those that moved it most."""


@dataclass(frozen=True)
class Picture:
    """One figure of a report."""

    name: str
    """Name of its files without ending."""
    caption: str
    """One or two sentences for everybody."""
    alt: str
    """What it shows, for those who cannot see it."""
    svg: str
    png: bytes


def draw_figures(
    series: pd.DataFrame,
    comparison: pd.DataFrame,
    ripple: pd.DataFrame,
    contributions: pd.DataFrame,
    manifest: Mapping[str, Any],
) -> list[Picture]:
    """Return the figures of a study, in the order in which the report shows them.

    The tables must be ready for readers: without small groups where the community is surveyed.
    """
    facts = Facts.read(manifest)
    main, order, titles = facts.outcome, facts.scenarios, dict(facts.titles)
    better = facts.direction(main)
    rows = comparison[(comparison["measure"] == main) & (comparison["when"] == "horizon")]
    if rows.empty:
        return []
    shown = len(set(rows["scenario"]))
    groups = rows["group"][~rows["group"].isin(list(ESTIMANDS))].nunique()
    legend = 0.28 * (shown + 1)
    common: dict[str, Any] = {"order": order, "titles": titles}
    found = [
        _picture(
            f"effect_{main}",
            lambda ax: by_scenario(comparison, main, better=better, ax=ax, **common),
            1.3 + 0.75 * shown,
            _caption_of_intervals(main, facts),
            words.alt_by_scenario(comparison, main, titles),
        ),
        _picture(
            f"difference_{main}",
            lambda ax: difference_curves(series, main, better=better, ax=ax, **common),
            3.4 + legend,
            f"Each line is a scenario minus “{titles[facts.baseline]}” in the same runs; the band is the 95% "
            "interval of the mean.",
            words.alt_difference_curves(comparison, main, titles, facts.weeks, facts.baseline),
        ),
        _picture(
            f"weeks_{main}",
            lambda ax: curves(series, main, ax=ax, **common),
            3.4 + legend,
            "Each line is the mean over all runs. The grey band, where it is wide enough to be seen, holds the "
            f"middle 95% of the runs of “{titles[facts.baseline]}”. How sure a difference is shows in the "
            "paired differences, not in whether a line leaves the band.",
            words.alt_curves(series, main, titles),
        ),
    ]
    everybody = rows[(rows["group"] == "all") & rows["effect"].notna()]
    effects = dict(zip(everybody["scenario"], everybody["effect"], strict=True))
    found += _moved(contributions, facts, effects)
    if groups > 1:
        found.append(
            _picture(
                f"groups_{main}",
                lambda ax: by_group(comparison, main, better=better, ax=ax, **common),
                height_of(groups, shown),
                "The effect on each group of residents, with 95% intervals.",
                words.alt_by_group(comparison, main, titles),
            )
        )
    return [*found, *_ripples(ripple, facts, common)]


def _moved(contributions: pd.DataFrame, facts: Facts, effects: Mapping[str, float]) -> list[Picture]:
    """Return what moved the primary outcome, a figure for each of the scenarios with the largest effects."""
    outcome = MOVED.get(facts.outcome, facts.outcome)
    rows = contributions[contributions["outcome"] == outcome]
    found: list[Picture] = []
    for name in sorted(facts.compared, key=lambda name: -abs(effects.get(name, 0.0))):
        if len(found) == _MOST_MOVED or not (rows["scenario"] == name).any():
            continue
        table = moved_table(rows, outcome, name, facts.baseline)
        if table.empty or len(table.columns) < 2:
            continue
        draw = _bound(draw_moved, table, outcome, name, titles=dict(facts.titles))
        caption = (
            "Each line is by how much one thing has moved the mean since the start, beyond what it does where nothing "
            "is done; together they make up the black line. Means over the paired runs."
        )
        alt = alt_moved(table, outcome, name, facts.baseline, facts.titles)
        found.append(_picture(f"moved_{outcome}_{name}", draw, 3.3 + 0.28 * len(table.columns), caption, alt))
    return found


def _ripples(ripple: pd.DataFrame, facts: Facts, common: Mapping[str, Any]) -> list[Picture]:
    summary = ripple_summary(ripple)
    measure = facts.outcome if facts.outcome in set(summary["measure"]) else ""
    if not measure:
        return []
    better = facts.direction(measure)
    found: list[Picture] = []
    parts = (
        (
            "taking_part",
            ("participant", "volunteer", "partner"),
            "those who took part",
            "Those who took part, volunteers, and others whom an intervention tied to somebody who took part.",
        ),
        (
            "spread",
            ("1", "2", "3", "more", "unreached"),
            "everybody else",
            "Everybody else, by how many close ties (household, family, friends) they are away from somebody "
            "who took part.",
        ),
    )
    for name, distances, what, caption in parts:
        rows = summary[(summary["measure"] == measure) & summary["distance"].isin(distances)]
        if rows.empty:
            continue
        height = height_of(rows["distance"].nunique(), rows["scenario"].nunique())
        draw = _bound(by_distance, rows, measure, better=better, distances=distances, what=what, **common)
        alt = words.alt_by_distance(rows, measure, facts.titles)
        if found:
            caption += " The scale is not that of the figure before."
        found.append(_picture(f"ripple_{name}_{measure}", draw, height, caption, alt))
    return found


def _bound(draw: Callable[..., Axes], *tables: Any, **options: Any) -> Callable[[Axes], Axes]:
    return lambda ax: draw(*tables, ax=ax, **options)


def _caption_of_intervals(measure: str, facts: Facts) -> str:
    unit = "Residents in 1,000" if MEASURES[measure].is_share else "Difference"
    return (
        f"{unit} compared with “{facts.titles[facts.baseline]}” after {facts.weeks} weeks. The mark is the mean "
        "over the paired runs, the line its 95% interval; a line that crosses zero is too close to call."
    )


def _picture(name: str, draw: Callable[[Axes], Axes], height: float, caption: str, alt: str) -> Picture:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with readable():
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.add_subplot())
        engine = figure.get_layout_engine()
        assert engine is not None
        engine.execute(figure)  # lays it out, once for both files
        figure.set_layout_engine(None)  # with a placeholder in its place each file would be drawn twice
        vector, pixels = io.StringIO(), io.BytesIO()
        figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        words = {"Software": None, "Title": caption, "Description": alt}
        figure.savefig(pixels, format="png", metadata=words, pil_kwargs={"compress_level": 3})
    return Picture(name, caption, alt, _described(vector.getvalue(), caption, alt), pixels.getvalue())


def _described(svg: str, caption: str, alt: str) -> str:
    """Return an SVG file with words for those who cannot see it: programs read them out as its name and description."""
    start = svg.index("<svg ")
    end = svg.index(">", start)
    title, description = html.escape(caption), html.escape(alt)
    opening = f'{svg[:start]}<svg role="img" {svg[start + 5 : end]}>'
    return f"{opening}<title>{title}</title><desc>{description}</desc>{svg[end + 1 :]}"


def save_figures(
    folder: Path | str,
    series: pd.DataFrame,
    comparison: pd.DataFrame,
    ripple: pd.DataFrame,
    contributions: pd.DataFrame,
    manifest: Mapping[str, Any],
) -> list[Picture]:
    """Draw the figures and write each as SVG and PNG into ``figures/`` of a result folder.

    What each shows stands in its files (title and description), and in ``descriptions.csv`` for slides and web pages
    that want a text beside the picture. Figures of earlier runs that are not drawn any more are removed.
    """
    from sim.store.files import temporary

    target = Path(folder) / "figures"
    target.mkdir(exist_ok=True)
    pictures = draw_figures(series, comparison, ripple, contributions, manifest)
    for picture in pictures:
        for ending, content in (("svg", picture.svg.encode()), ("png", picture.png)):
            with temporary(target / f"{picture.name}.{ending}") as path:
                path.write_bytes(content)
    with temporary(target / "descriptions.csv") as path, path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("figure", "caption", "description"))
        table.writerows((picture.name, picture.caption, picture.alt) for picture in pictures)
    names = {picture.name for picture in pictures}
    for file in target.iterdir():
        if file.suffix in (".svg", ".png") and file.stem not in names:
            file.unlink()
    return pictures
