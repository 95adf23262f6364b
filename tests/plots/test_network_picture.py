"""The picture of a network: what is drawn, in which colours, how large the files are."""

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import EllipseCollection

from sim.community.community import Community
from sim.community.layout import layout
from sim.community.synthesise import SynthesiseSource
from sim.plots.network import network

mpl.use("agg")


@pytest.fixture(scope="module")
def town() -> Community:
    return SynthesiseSource(2000).build(1)


@pytest.fixture(scope="module")
def tables(town) -> tuple[pd.DataFrame, pd.DataFrame]:
    found, pairs = layout(town), town.ties.pairs()
    nodes = pd.DataFrame({"x": found.x, "y": found.y, "part": found.part})
    nodes["age_band"], nodes["loneliness"] = town.columns["age_band"].decoded(), town.observed("loneliness")
    return nodes, pd.DataFrame({name: pairs[name] for name in ("one", "other", "strength")})


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def points(ax) -> list[EllipseCollection]:
    return [held for held in ax.collections if isinstance(held, EllipseCollection)]


def test_every_resident_is_drawn_once_in_the_colour_of_her_group(town, tables):
    ax = network(*tables, colour="age_band", order=town.columns["age_band"].categories, ordered=True)
    drawn = points(ax)
    assert sum(len(held.get_offsets()) for held in drawn) == 2000
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names[0].startswith("16-24 (")
    assert len({tuple(held.get_facecolor()[0]) for held in drawn}) == 6
    sizes = tables[0]["age_band"].value_counts()
    assert [len(held.get_offsets()) for held in drawn] == [sizes[b] for b in town.columns["age_band"].categories]


def test_numbers_take_a_scale_with_given_limits(tables):
    ax = network(*tables, colour="loneliness", limits=(0.0, 1.0))
    (drawn,) = points(ax)
    assert drawn.get_clim() == (0.0, 1.0)
    assert len(ax.figure.axes) == 2


def test_too_many_groups_and_missing_values_are_grey(tables):
    nodes = tables[0].assign(group=[f"g{i % 9}" for i in range(1999)] + [""])
    ax = network(nodes, tables[1])
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(texts) == 8
    assert texts[-1].startswith("others, or not known (")
    assert sum(len(held.get_offsets()) for held in points(ax)) == 2000


def test_ties_between_network_communities_are_bands(tables):
    nodes, ties = tables
    ax = network(nodes, ties, colour="age_band")
    number = nodes["part"].max() + 1
    assert 0 < len(ax.lines) <= 3 * number
    part = nodes["part"].to_numpy()
    inside = int((part[ties["one"]] == part[ties["other"]]).sum())
    lines = max(len(patch.get_path().vertices) for patch in ax.patches)
    assert lines == 2 * inside
    assert inside < 0.6 * len(ties)  # most of the ties would make the hairball


@pytest.mark.parametrize("form", ["svg", "png"])
def test_files_stay_below_a_megabyte(tables, form):
    ax = network(*tables, colour="age_band", ordered=True)
    held = io.BytesIO()
    ax.figure.savefig(held, format=form, bbox_inches="tight")
    assert len(held.getvalue()) < 1_000_000


def test_nobody_and_no_ties():
    nodes = pd.DataFrame({"x": np.arange(3.0), "y": np.zeros(3), "part": [-1, -1, -1], "group": ["a", "a", "b"]})
    ax = network(nodes, pd.DataFrame({"one": np.array([], int), "other": np.array([], int)}))
    assert sum(len(held.get_offsets()) for held in points(ax)) == 3
