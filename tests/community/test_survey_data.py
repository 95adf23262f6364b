"""Real whole-network surveys, where they are at hand: what is read agrees with what their readers' notes say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.community.survey import SurveySource

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def read(name: str, **settings):
    folder = DATA / name
    if not (folder / "people.csv").is_file():
        pytest.skip("the data set is not at hand")
    return SurveySource(people=folder / "people.csv", ties=folder / "ties.csv", kind="relation", **settings).build(1)


def reach(community, column: str):
    """Return pairs of tied residents whose values of a column differ."""
    pairs = community.ties.pairs()
    values = community.columns[column].values
    return int((values[pairs["one"]] != values[pairs["other"]]).sum())


def test_korean_villages():
    community = read("korean_villages", groups=["village"], places={"mothers_club": "club_member"})
    assert len(community) == 610
    facts = community.facts
    assert (facts["nominations_read"], facts["nominations_used"], facts["names_off_roster"]) == (9198, 9198, 0)
    assert (facts["pairs_mutual"], facts["pairs_one_sided"], facts["ties"]) == (575, 1583, 2158)
    assert facts["isolates"] == 5
    assert len(community.columns["village"].categories) == 15
    assert community.columns["village"].categories[:3] == ("1", "3", "5")  # by value, not by alphabet
    assert reach(community, "village") == 0  # ties never leave a village
    adopted = community.flag("adopted")
    years = community.columns["adoption_year"].values
    np.testing.assert_array_equal(np.isnan(years), ~adopted)
    assert (years[adopted].min(), years[adopted].max()) == (1963, 1972)
    assert community.places.named("mothers_club").members.sum() == community.flag("club_member").sum() > 0
    exposures = [name for name in community.columns if name.startswith("exp_")]
    assert len(exposures) == 14
    assert facts["missing"]["religion"] == 387


def test_brazilian_farmers():
    community = read("brazilian_farmers", groups=["community"])
    assert len(community) == 692
    facts = community.facts
    assert (facts["nominations_used"], facts["ties"], facts["isolates"]) == (2858, 1717, 36)
    assert len(community.columns["community"].categories) == 11
    assert reach(community, "community") == 0
    years = community.columns["adoption_year"].values
    observed = dict(zip(*np.unique(years[~np.isnan(years)].astype(int), return_counts=True), strict=True))
    assert sum(observed.values()) == 540
    assert (observed[1946], observed[1951], observed[1956], observed[1965]) == (5, 32, 90, 43)


def test_medical_innovation():
    community = read("medical_innovation", groups=["city"])
    assert len(community) == 125
    assert community.facts["nominations_used"] == 450
    assert sorted(np.bincount(community.columns["city"].values), reverse=True) == [62, 24, 21, 18]
    assert reach(community, "city") == 0
    months = community.columns["adoption_month"].values
    assert np.isnan(months).sum() == 125 - 109
    by_month = [11, 9, 9, 11, 11, 11, 13, 7, 4, 1, 5, 3, 3, 4, 4, 2, 1]
    assert np.bincount(months[~np.isnan(months)].astype(int))[1:].tolist() == by_month


@pytest.mark.parametrize(("rule", "ties", "degree"), [("union", 490, 8.24), ("mutual", 140, 2.35)])
def test_nyakatoke(rule, ties, degree):
    community = read("nyakatoke", nominations=rule)
    assert len(community) == 119
    assert community.facts["nominations_used"] == 630
    assert community.facts["ties"] == ties
    # 630 mentions, 280 of them confirmed by the other side
    assert 2 * community.facts["pairs_mutual"] == 280
    assert community.facts["pairs_one_sided"] == 350
    assert community.ties.degree().mean() == pytest.approx(degree, abs=0.005)


def test_nyakatoke_one_sided_ties_count_half():
    community = read("nyakatoke", nominations="directed_weight", one_sided=0.5)
    strengths, counts = np.unique(community.ties.pairs()["strength"], return_counts=True)
    assert strengths.tolist() == [0.25, 0.5]
    assert counts.tolist() == [350, 140]


def test_faux_high_schools():
    community = read("faux_high_schools", groups=["school"])
    assert len(community) == 205 + 1461 + 107 + 248
    assert list(community.ids) == sorted(community.ids)
    schools, codes = community.group_codes("school")
    pairs = community.ties.pairs()
    in_school = {name: int((codes[pairs["one"]] == code).sum()) for code, name in enumerate(schools)}
    assert (in_school["mesa"], in_school["magnolia"]) == (203, 974)
    assert community.facts["nominations_used"] == 203 + 974 + 439 + 1197
    alone = community.ties.degree() == 0
    isolates = {name: int(alone[codes == code].sum()) for code, name in enumerate(schools)}
    assert (isolates["mesa"], isolates["magnolia"]) == (57, 524)
    assert reach(community, "school") == 0
