"""``Results.plot`` draws every kind of figure into axes of one's own, and nothing that may not be shown."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from folders import folder_of
from matplotlib.figure import Figure

import sim
from sim.errors import InputError
from sim.plots import KINDS

mpl.use("agg")

TITLES = {
    "weeks": "Loneliness week by week", "difference": "Loneliness: difference from the baseline",
    "effects": "Effect on loneliness", "groups": "Loneliness: for whom", "distance": "Loneliness: how far it travels",
    "moved": "Loneliness: what moved it in “Befriending for the sixty loneliest”",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(fake_study, tmp_path_factory):
    return sim.Results.open(folder_of(fake_study(seeds=20, weeks=4), tmp_path_factory.mktemp("kinds") / "results"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_into_the_axes_given(results, kind):
    ax = Figure().add_subplot()
    assert results.plot(kind=kind, ax=ax) is ax
    assert " ".join(ax.get_title(loc="left").split()) == TITLES[kind]


def test_a_group_and_another_measure(results):
    whole, group = (Figure().add_subplot() for _ in range(2))
    results.plot("stigma", "difference", ax=whole)
    results.plot("stigma", "difference", group="age_band=65+", ax=group)
    drawn = [[list(line.get_ydata()) for line in ax.get_lines()] for ax in (whole, group)]
    assert drawn[0] != drawn[1]


def test_one_scenario_of_what_moved_it(results):
    ax = results.plot(kind="moved", scenario="campaign", ax=Figure().add_subplot())
    assert "A campaign" in " ".join(ax.get_title(loc="left").split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "weekly"}, "did you mean 'weeks'"),
        ({"measure": "lonliness"}, "did you mean 'loneliness'"),
        ({"group": "age_band=65"}, "is not a group of residents that can be shown"),
        ({"kind": "moved", "scenario": "campain"}, "did you mean 'campaign'"),
        ({"kind": "effects", "when": "later"}, "horizon"),
    ],
)
def test_what_is_not_there_is_said(results, options, message):
    with pytest.raises(InputError, match=message):
        results.plot(**options)


def test_small_groups_of_a_survey_are_not_drawn(fake_study, tmp_path):
    groups = {"all": 60, "town=Nine": 9, "town=Twenty": 20, "town=Rest": 31}
    study = fake_study(groups=groups, private=True, seeds=20, weeks=4)
    private = sim.Results.open(folder_of(study, tmp_path / "results"))
    assert private.plot(group="town=Rest", ax=Figure().add_subplot())
    with pytest.raises(InputError, match="can be shown"):
        private.plot(group="town=Nine", ax=Figure().add_subplot())
    ax = private.plot(kind="groups", ax=Figure().add_subplot())
    assert [text.get_text() for text in ax.get_yticklabels()] == ["everybody", "town: Rest"]


def test_a_cost_that_would_tell_how_few_take_part_in_one_scenario_is_not_drawn(fake_study, tmp_path):
    import pandas as pd

    def opened(name, people):
        study = fake_study(groups={"all": 60}, private=True, seeds=20, weeks=4)
        texts = dict.fromkeys(("scenario", "measure", "group", "when"), str)
        rows = study.effects[(study.effects.measure == "cost") & (study.effects.scenario == "befriending")].astype(
            texts
        )
        reached = rows.assign(measure="reached", value=people / 60, effect=people / 60)
        study.effects = pd.concat([study.effects.astype(texts), rows.assign(measure="cost_per_participant"), reached])
        return sim.Results.open(folder_of(study, tmp_path / name))

    assert opened("many", 30).plot("cost", ax=Figure().add_subplot())
    with pytest.raises(InputError, match="can be shown"):
        opened("few", 6).plot("cost", ax=Figure().add_subplot())
