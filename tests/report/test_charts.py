"""Charts hold the numbers that they should, and nothing that they must not."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from folders import folder_of
from hypothesis import given
from hypothesis import strategies as st

from sim import stats
from sim.compare.wording import between
from sim.plots.style import styles
from sim.report.charts.building import charts_of
from sim.report.charts.curve_numbers import MOST_WEEKS, bands, weekly
from sim.report.charts.drawing import Row, dot_chart, line_chart, mark, ticks
from sim.report.charts.payload import _short, as_script
from sim.report.reading import read

LOOKS = list(styles(["baseline", "one", "two"]).values())[1:]


@pytest.mark.parametrize("communities", [[1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 3, 3], [1, 1, 1, 1, 2, 3], [1] * 6])
def test_bands_are_the_intervals_of_one_week_at_a_time(communities):
    luck = np.random.Generator(np.random.Philox(7))
    differences = luck.normal(size=(4, 6))
    differences[1, [0, 3]] = np.nan
    differences[2, 1:] = np.nan
    differences[3] = np.nan
    mean, low, high = bands(differences, np.array(communities))
    for week in range(3):
        wanted = stats.cluster_interval(differences[week], communities)
        assert mean[week] == pytest.approx(wanted.estimate)
        assert [low[week], high[week]] == pytest.approx([wanted.lower, wanted.upper])
    assert np.isnan(mean[3])


def test_bands_of_skewed_differences_are_those_of_the_main_table(fake_study):
    study = fake_study({"campaign": -0.01}, seeds=20, weeks=4)
    rows = (study.series.scenario == "campaign") & (study.series.measure == "loneliness") & (study.series.week == 4)
    study.series.loc[rows, "value"] -= 0.001 * np.exp(study.series.loc[rows, "seed"] / 4)
    pairs = study.series[study.series.week == 4].set_index(["scenario", "measure", "group", "seed"])["value"]
    change = (pairs["campaign"] - pairs["baseline"])["loneliness"]["all"].sort_index()
    wanted = stats.cluster_interval(change, list(change.index))
    assert wanted.adjusted
    curve = weekly(study.series, ["baseline", "campaign"], ["loneliness"], ["all"]).of("loneliness")
    assert curve.difference[0, :, -1] == pytest.approx([wanted.estimate, wanted.lower, wanted.upper])


def test_no_bound_is_rounded_twice():
    row = {"measure": "loneliness", "effect": -0.003623, "lower": -0.003642, "upper": -0.00360493}
    kept = {name: value if isinstance(value, str) else _short(value) for name, value in row.items()}
    assert between(kept) == between(row) == "0.00360 to 0.00364 lower"


def test_curves_are_paired_and_keep_first_and_last_week(fake_study):
    study = fake_study({"campaign": -0.01}, seeds=5, weeks=120, spread=0.0)
    curve = weekly(study.series, ["baseline", "campaign"], ["loneliness"], ["all"]).of("loneliness")
    assert curve.weeks[0] == 0
    assert curve.weeks[-1] == 120
    assert len(curve.weeks) <= MOST_WEEKS
    np.testing.assert_allclose(curve.difference[0, 0], -0.01 * curve.weeks / 120, atol=1e-12)
    np.testing.assert_allclose(curve.difference[0, 1], curve.difference[0, 2], atol=1e-12)  # no spread, no width
    turned = weekly(study.series.sample(frac=1.0, random_state=1), ["baseline", "campaign"], ["loneliness"], ["all"])
    np.testing.assert_array_equal(turned.of("loneliness").difference, curve.difference)


@given(st.floats(-1e4, 1e4), st.floats(1e-6, 1e4))
def test_ticks_are_round_and_cover_both_ends(low, span):
    found = ticks(low, low + span)
    step = found[1] - found[0]
    assert found[0] <= low + 1e-6 * step + abs(low) * 1e-9
    assert found[-1] >= low + span - 1e-6 * step - abs(low + span) * 1e-9
    assert len(found) <= 8
    assert round(step / 10.0 ** math.floor(math.log10(step) + 1e-9)) in (1, 2, 5, 10)


def test_marks_stand_where_their_numbers_are():
    svg = str(
        dot_chart([Row("all", [(0, -1.0, -2.0, 1.0), (1, 2.0, math.nan, math.nan)])], LOOKS, 1.0, "", ("", ""), "")
    )
    left, right = (float(text) for text in re.search(r'd="M([\d.]+) [\d.]+H([\d.]+)"', svg).groups())
    # ticks from -2 to 2 over 26 to 454
    assert left == pytest.approx(26.0)
    assert right == pytest.approx(26 + 428 * 3 / 4, abs=0.1)
    assert svg.count("H") == 1  # no interval where none is known


def test_words_from_outside_are_text_in_a_chart():
    bad = '</text><script>alert("1")</script>'
    svg = str(dot_chart([Row(bad, [(0, -1.0, -2.0, 1.0)])], LOOKS, 1.0, bad, (bad, bad), bad))
    assert "<script" not in svg
    assert "&lt;script" in svg


def test_every_mark_can_be_drawn():
    for look in styles([f"s{number}" for number in range(14)]).values():
        assert mark(look.marker, 5.0, 5.0).endswith("z")
        assert look.dashes == "none" or re.fullmatch(r"[\d. ]+", look.dashes)


def test_nothing_in_the_numbers_can_end_the_script():
    text = as_script({"title": "</script><!--<script>\u2028&"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["title"] == "</script><!--<script>\u2028&"


def test_undefined_numbers_are_null(fake_study, tmp_path):
    material = read(folder_of(fake_study(seeds=1, weeks=4), tmp_path / "results"))
    charts = charts_of(material)
    assert charts.numbers["effects"]["loneliness"]["all"][0][1:] == [None, None]  # one run has no interval
    json.dumps(charts.numbers, allow_nan=False)
    assert set(charts.by_name) == {"curves", "effects", "groups", "ripple", "moved"}


def test_small_groups_of_a_survey_are_in_no_chart(fake_study, tmp_path):
    groups = {"all": 60, "town=Nine": 9, "town=Twenty": 20, "town=Rest": 31}
    study = fake_study(groups=groups, private=True, seeds=20, weeks=13)
    charts = charts_of(read(folder_of(study, tmp_path / "private")))
    text = as_script(charts.numbers) + "".join(str(chart.svg) for chart in charts.by_name.values())
    assert "Nine" not in text
    assert "Twenty" not in text
    assert "Rest" in text
    open_study = fake_study(groups=groups, seeds=20, weeks=13)
    assert "Nine" in as_script(charts_of(read(folder_of(open_study, tmp_path / "open"))).numbers)


def test_shares_that_stand_for_a_few_residents_have_no_curve_in_a_survey(fake_study, tmp_path):
    """One in 60 without a close friend would be one person: the level of no week may give her away."""
    measures = ("loneliness", "no_close_friend", "cost")
    study = fake_study(groups={"all": 60}, measures=measures, private=True, seeds=20, weeks=4)
    assert "no_close_friend" not in charts_of(read(folder_of(study, tmp_path / "few"))).numbers["curves"]
    large = fake_study(groups={"all": 6000}, measures=measures, private=True, seeds=20, weeks=4)
    assert "no_close_friend" in charts_of(read(folder_of(large, tmp_path / "many"))).numbers["curves"]


def test_a_curve_that_is_not_known_is_a_gap_and_no_error():
    from sim.report.charts.curve_numbers import Curve

    none = np.full((2, 3, 4), np.nan)
    curve = Curve(np.arange(4), none[:, 0], none[0, :2], none)
    assert "<svg" in str(line_chart(curve, LOOKS, 1.0, "", ""))


# --- colours ---------------------------------------------------------------------------------------------------

_VISION = {
    "usual": np.eye(3),
    "without red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "without green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "without blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""How colours look to people with each kind of colour vision: Machado, Oliveira & Fernandes (2009), severity 1."""


def _linear(colour):
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(linear, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_colours_are_told_apart_with_every_kind_of_colour_vision():
    looks = list(styles([f"s{number}" for number in range(8)]).values())
    for vision in _VISION.values():
        seen = [_lab(np.array(vision) @ _linear(look.colour)) for look in looks]
        for one in range(len(seen)):
            for other in range(one):
                apart = np.linalg.norm(seen[one] - seen[other])
                assert apart > 10.0, (looks[one].colour, looks[other].colour)


def test_colours_are_dark_enough_for_thin_lines():
    for look in styles([f"s{number}" for number in range(8)]).values():
        luminance = np.array([0.2126, 0.7152, 0.0722]) @ _linear(look.colour)
        assert 1.05 / (luminance + 0.05) >= 3.0, look.colour
