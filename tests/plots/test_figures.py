"""Figures hold what the tables say, look the same every time and leave nothing behind."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim import plots
from sim.compare import comparison, ripple_summary
from sim.plots.style import styles


@pytest.fixture
def ax():
    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


@pytest.fixture
def study(fake_study):
    return fake_study(seeds=20, weeks=8)


def keywords(study):
    scenarios = study.manifest["scenarios"]
    return {"order": list(scenarios), "titles": {name: held["title"] for name, held in scenarios.items()}}


def lines_of(ax):
    """The lines that stand for a scenario, by their title in the legend."""
    legend = ax.get_legend()
    return dict(zip([text.get_text() for text in legend.get_texts()], legend.legend_handles, strict=True))


def test_curves_are_the_means_of_the_runs(study, ax):
    plots.curves(study.series, "loneliness", ax=ax, **keywords(study))
    drawn = [line for line in ax.get_lines() if len(line.get_xdata()) == 9]
    wanted = study.series.query("measure == 'loneliness' and group == 'all'")
    wanted = wanted.astype({"scenario": str}).groupby(["scenario", "week"]).value.mean()
    names = ["baseline", "befriending", "campaign", "closing"]
    assert len(drawn) == 4
    for name, line in zip(names, drawn, strict=True):
        np.testing.assert_allclose(line.get_ydata(), wanted[name], rtol=1e-12)
    assert next(iter(lines_of(ax))) == "As things are"
    assert "0 to 1" in ax.get_ylabel()
    assert ax.get_xlabel() == "Week"


def test_difference_curves_end_in_the_effect_and_its_interval(study, ax):
    plots.difference_curves(study.series, "often_lonely", ax=ax, **keywords(study))
    table = comparison(study.series, study.effects, study.manifest)
    rows = table[(table.measure == "often_lonely") & (table.group == "all") & (table.when == "horizon")]
    lines = [line for line in ax.get_lines() if len(line.get_xdata()) == 9]
    assert [line.get_ydata()[-1] for line in lines] == pytest.approx(list(rows.effect * 1000))
    bands = [band.get_paths()[0].vertices for band in ax.collections]
    for band, row in zip(bands, rows.itertuples(), strict=True):
        last = band[band[:, 0] == 8][:, 1]
        assert (last.min(), last.max()) == pytest.approx((row.lower * 1000, row.upper * 1000))
    assert "residents in 1,000" in ax.get_ylabel()
    assert "below the line is better" in ax.get_xlabel()


def test_effects_are_drawn_where_they_are(study, ax):
    table = comparison(study.series, study.effects, study.manifest)
    plots.by_scenario(table, "loneliness", ax=ax, **keywords(study))
    rows = table[(table.measure == "loneliness") & (table.group == "all") & (table.when == "horizon")]
    spans = [line.get_xdata() for line in ax.get_lines() if line.get_marker() == "None" and len(line.get_xdata()) == 2]
    assert [list(span) for span in spans if span[0] != span[1]] == [
        list(x) for x in zip(rows.lower, rows.upper, strict=True)
    ]
    assert ax.texts[0].get_text() == "better in 20 of 20"
    assert "← better" in ax.get_xlabel()
    turned = plots.by_scenario(table, "loneliness", better="higher", ax=Figure().add_subplot())
    assert "← worse" in turned.get_xlabel()


def test_groups_and_distances_have_a_line_each(study, ax):
    table = comparison(study.series, study.effects, study.manifest)
    plots.by_group(table, "loneliness", ax=ax, **keywords(study))
    assert [text.get_text() for text in ax.get_yticklabels()] == ["everybody", "age band: 16-64", "age band: 65+"]
    other = Figure().add_subplot()
    plots.by_distance(ripple_summary(study.ripple), "stigma", distances=("1", "2"), ax=other, **keywords(study))
    assert [text.get_text() for text in other.get_yticklabels()] == ["one tie away", "two ties away"]
    assert len(lines_of(other)) == 3


def test_a_scenario_looks_the_same_in_every_figure(study):
    table = comparison(study.series, study.effects, study.manifest)
    found = []
    for draw, content in (
        (plots.curves, study.series),
        (plots.difference_curves, study.series),
        (plots.by_group, table),
    ):
        ax = Figure().add_subplot()
        draw(content, "loneliness", ax=ax, **keywords(study))
        handle = lines_of(ax)["Closing the hub"]
        found.append((to_hex(handle.get_color()), handle.get_marker()))
    assert len(set(found)) == 1


def test_scenarios_differ_by_more_than_colour():
    found = styles([f"s{number}" for number in range(12)])
    looks = list(found.values())[1:]
    assert len({(look.colour, str(look.line), look.marker) for look in looks}) == 11
    assert len({look.marker for look in looks[:7]}) == 7
    assert len({str(look.line) for look in looks[:5]}) == 5


def test_drawing_leaves_no_figure_and_no_setting_behind(study, ax):
    import matplotlib.pyplot as plt

    before, settings = plt.get_fignums(), dict(mpl.rcParams)
    table = comparison(study.series, study.effects, study.manifest)
    plots.draw_figures(study.series, table, study.ripple, study.contributions, study.manifest)
    assert plt.get_fignums() == before
    assert dict(mpl.rcParams) == settings


def test_without_axes_new_ones_are_made(study):
    import matplotlib.pyplot as plt

    with mpl.rc_context():
        plt.switch_backend("agg")
        ax = plots.curves(study.series, "stigma")
        assert ax.figure.number in plt.get_fignums()
        plt.close(ax.figure)


def test_figures_are_written_the_same_every_time(study, tmp_path):
    table = comparison(study.series, study.effects, study.manifest)
    stale = tmp_path / "figures" / "weeks_stigma.svg"
    stale.parent.mkdir()
    stale.write_text("old")
    pictures = plots.save_figures(tmp_path, study.series, table, study.ripple, study.contributions, study.manifest)
    files = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    drawn = {f"{picture.name}.{ending}" for picture in pictures for ending in ("svg", "png")}
    assert set(files) == {*drawn, "descriptions.csv"}
    assert not stale.exists()
    plots.save_figures(tmp_path, study.series, table, study.ripple, study.contributions, study.manifest)
    assert {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()} == files
    assert all(b"<dc:date>" not in content for name, content in files.items() if name.endswith("svg"))


def test_figures_say_what_they_show(study, tmp_path):
    from xml.etree import ElementTree

    from PIL import Image

    table = comparison(study.series, study.effects, study.manifest)
    pictures = plots.save_figures(tmp_path, study.series, table, study.ripple, study.contributions, study.manifest)
    told = pd.read_csv(tmp_path / "figures" / "descriptions.csv")
    assert told["figure"].tolist() == [picture.name for picture in pictures]
    for picture in pictures:
        root = ElementTree.parse(tmp_path / "figures" / f"{picture.name}.svg").getroot()
        assert root[0].tag.endswith("title")
        assert root[0].text == picture.caption
        assert root[1].tag.endswith("desc")
        assert root[1].text == picture.alt
        assert Image.open(tmp_path / "figures" / f"{picture.name}.png").text["Description"] == picture.alt


def test_nothing_is_cut_off(fake_study):
    """No text of a figure lies outside it, with titles of any length and formula signs in them."""
    long = "A campaign with a title that goes on and on, for $5 a head and $6 a week, in press and radio"
    study = fake_study(seeds=20, weeks=8, titles={"campaign": long, "closing": "Closing_the_hub"})
    table = comparison(study.series, study.effects, study.manifest)
    for draw, content in (
        (plots.curves, study.series),
        (plots.difference_curves, study.series),
        (plots.by_scenario, table),
        (plots.by_group, table),
        (plots.by_distance, ripple_summary(study.ripple)),
    ):
        figure = Figure(figsize=(4.9, 5.5), layout="constrained")
        canvas = FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        draw(content, "loneliness", ax=ax, **keywords(study))
        canvas.draw()
        box = figure.bbox
        low, high = sorted(ax.get_ylim())
        ticks = [text for text in ax.get_yticklabels() if low <= text.get_position()[1] <= high]
        texts = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts, *ticks]
        texts += ax.get_legend().get_texts() if ax.get_legend() else []
        for text in texts:
            if not text.get_text():
                continue
            extent = text.get_window_extent()
            assert extent.x0 >= box.x0 - 1, (draw.__name__, text.get_text())
            assert extent.x1 <= box.x1 + 1, (draw.__name__, text.get_text())
            assert extent.y0 >= box.y0 - 1, (draw.__name__, text.get_text())
            assert extent.y1 <= box.y1 + 1, (draw.__name__, text.get_text())


@pytest.mark.parametrize("size", [1.0, 0.03, 0.0007])
def test_numbers_on_the_axis_do_not_overlap(study, size):
    table = ripple_summary(study.ripple)
    table[["effect", "lower", "upper"]] *= size
    figure = Figure(figsize=(4.9, 4.0), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    plots.by_distance(table, "loneliness", distances=("1", "2", "3"), ax=ax, **keywords(study))
    canvas.draw()
    low, high = ax.get_xlim()
    boxes = [text.get_window_extent() for text in ax.get_xticklabels() if low <= text.get_position()[0] <= high]
    assert len(boxes) >= 2
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_legend_and_axis_label_do_not_overlap(study):
    table = ripple_summary(study.ripple)
    for distances in (("participant",), ("participant", "1", "2", "3", "more", "unreached")):
        figure = Figure(figsize=(4.9, 5.0), layout="constrained")
        canvas = FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        plots.by_distance(table, "loneliness", distances=distances, ax=ax, **keywords(study))
        canvas.draw()
        assert ax.get_legend().get_window_extent().y1 <= ax.xaxis.label.get_window_extent().y0


def test_alt_texts_say_what_is_drawn(study):
    table = comparison(study.series, study.effects, study.manifest)
    titles = keywords(study)["titles"]
    alt = plots.alt_by_scenario(table, "loneliness", titles)
    assert "Befriending for the sixty loneliest" in alt
    assert "lower" in alt
    assert "higher" in alt
    assert "from 0.2" in plots.alt_curves(study.series, "loneliness", titles)
    assert "week 8" in plots.alt_curves(study.series, "loneliness", titles)
    assert "one tie away" in plots.alt_by_distance(ripple_summary(study.ripple), "stigma", titles)
    groups = plots.alt_by_group(table, "loneliness", titles)
    assert "age band: 65+" in groups


def test_no_figures_without_results(study):
    empty = study.effects.iloc[:0]
    table = comparison(study.series, empty, study.manifest)
    assert plots.draw_figures(study.series, table, study.ripple.iloc[:0], study.contributions, study.manifest) == []


# --- what moved it -------------------------------------------------------------------------------------


def test_what_moved_it_is_the_mean_difference_by_rule(study, ax):
    plots.moved_by(study.contributions, "loneliness", "befriending", baseline="baseline", ax=ax)
    assert list(lines_of(ax)) == ["All of it together", "Intervention: befriending", "Return to the ordinary"]
    curves = [line.get_ydata() for line in ax.get_lines() if len(line.get_xdata()) == 9]
    together, intervention, other = curves
    np.testing.assert_allclose(intervention, -0.012 * 0.75 * np.arange(9) / 8, atol=1e-15)
    np.testing.assert_allclose(together, intervention + other, atol=1e-15)
    assert "befriending" in ax.get_title(loc="left")


def test_only_pairs_count_and_what_the_baseline_moves_is_taken_away():
    rows = [
        ("baseline", 1, 1, 0, "stigma", "influence", 0.0),
        ("baseline", 1, 1, 1, "stigma", "influence", 0.1),
        ("talks", 1, 1, 0, "stigma", "influence", 0.0),
        ("talks", 1, 1, 1, "stigma", "influence", 0.25),
        ("talks", 1, 1, 1, "stigma", "intervention: talks", -0.5),
        ("talks", 1, 1, 1, "stigma", "bounds", 0.0),
        ("talks", 1, 1, 1, "loneliness", "loneliness", 7.0),
        ("talks", 1, 2, 1, "stigma", "influence", 9.0),  # the baseline of this seed failed
    ]
    names = ["scenario", "community", "seed", "week", "outcome", "rule", "value"]
    table = plots.moved_table(pd.DataFrame(rows, columns=names), "stigma", "talks", "baseline")
    assert list(table.columns) == ["intervention: talks", "influence", "together"]
    assert table.loc[1].tolist() == pytest.approx([-0.5, 0.15, -0.35])
    assert table.loc[0].tolist() == [0.0, 0.0, 0.0]


def test_many_rules_are_drawn_as_few_lines_that_still_add_up(ax):
    names = ["scenario", "community", "seed", "week", "outcome", "rule", "value"]
    rows = [
        (scenario, 1, 1, week, "stigma", f"rule {number}", float(week * number * (scenario == "talks")))
        for scenario in ("baseline", "talks")
        for week in range(4)
        for number in range(1, 12)
    ]
    plots.moved_by(pd.DataFrame(rows, columns=names), "stigma", "talks", baseline="baseline", ax=ax)
    curves = [line.get_ydata()[-1] for line in ax.get_lines() if len(line.get_xdata()) == 4]
    assert len(curves) == 8
    assert curves[0] == sum(curves[1:]) == 3 * sum(range(1, 12))


def test_what_moved_it_in_words(study):
    titles = {"befriending": "Befriending", "baseline": "As things are"}
    words = plots.alt_moved_by(study.contributions, "loneliness", "befriending", "baseline", titles)
    assert "“Befriending”, compared with “As things are”, to week 8" in words
    assert "Intervention: befriending −0.009" in words
    assert words.endswith("all of it together −0.012.")
    assert plots.rule_words("intervention: tea_and_talk") == "intervention: tea and talk"
    assert plots.rule_words("loneliness: support") == "support from others"
