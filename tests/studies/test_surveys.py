"""Real surveys, where they are at hand: each is read as its notes say and played for a year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.community.describe import transitivity

FOLDER = Path(__file__).parent / "surveys"

COUNTS = {  # residents, ties, residents without any, as the notes beside each data set say or follow from them
    "korean_villages": (610, 2158, 5),
    "brazilian_farmers": (692, 1717, 36),
    "medical_innovation": (125, None, None),
    "nyakatoke": (119, 140, None),
    "faux_high_schools": (205 + 1461 + 107 + 248, None, None),
    "gss1985": (2000, None, None),
}


@pytest.fixture(params=sorted(COUNTS))
def scenario(request: pytest.FixtureRequest, data_folder: Path):
    return request.param, sim.load(FOLDER / f"{request.param}.yaml")[request.param]


def test_every_survey_has_its_counts_and_runs_a_year(scenario) -> None:
    name, read = scenario
    model = sim.CommunityModel(read, rng=1)
    community = read.build_community(1)
    residents, ties, alone = COUNTS[name]
    assert len(community) == residents
    assert ties is None or community.ties.count == ties
    assert alone is None or int((community.ties.degree() == 0).sum()) == alone
    assert community.private
    for _ in range(52):
        model.step()
    for outcome in ("loneliness", "stigma"):
        assert 0 <= model.measure(outcome) <= 1
    assert model.steps == 52


@pytest.mark.parametrize(
    ("name", "limit"), [("korean_villages", 5), ("medical_innovation", 3), ("brazilian_farmers", None)]
)
def test_limits_of_name_generators_are_counted(data_folder: Path, name: str, limit: int | None) -> None:
    community = sim.load(FOLDER / f"{name}.yaml")[name].build_community(1)
    assert 0 < community.facts["cut_off"] < len(community)
    said = "at most 1 or 3 names" if limit is None else f"at most {limit} names"
    assert any(said in note and "left as they are" in note for note in community.notes)


def test_missing_education_in_korea_is_filled_in(data_folder: Path) -> None:
    community = sim.load(FOLDER / "korean_villages.yaml")["korean_villages"].build_community(1)
    count = community.facts["missing"].get("education_level", 0)
    assert community.facts["imputed"].get("education_level", 0) == count
    assert not np.isnan(community.columns["education_level"].values).any()


def grown(data_folder: Path, seed: int = 1):
    return sim.load(FOLDER / "gss1985.yaml")["gss1985"].build_community(seed)


def test_a_town_grows_from_the_general_social_survey(data_folder: Path) -> None:
    community = grown(data_folder)
    facts = community.facts
    assert (facts["egos_read"], facts["alters_read"], facts["alter_ties_read"]) == (1534, 4483, 4880)
    assert facts["alters_without_relation"] == 1
    assert not [match for match in community.matches if not match.met]
    # the survey's own figures, unweighted, as its notes give them; weights and the bootstrap move them a little
    by_target = {match.target: match for match in community.matches}
    assert by_target["ties per resident"].achieved == pytest.approx(2.983, abs=0.2)
    assert by_target["residents without ties"].achieved == pytest.approx(0.089, abs=0.02)
    for name, share in {"sex": 0.616, "race": 0.949, "religion": 0.757, "age group": 0.432}.items():
        assert by_target[f"ties within {name}"].achieved == pytest.approx(share, abs=0.035)
    family = community.ties.degree(["family"]).sum() / community.ties.degree().sum()
    assert family == pytest.approx(0.52, abs=0.05)
    assert transitivity(community) > 0.25


@pytest.mark.verify
def test_towns_from_the_general_social_survey_meet_every_target(data_folder: Path) -> None:
    missed = [
        (seed, match.target, round(match.achieved - match.wanted, 3))
        for seed in range(1, 21)
        for match in grown(data_folder, seed).matches
        if not match.met
    ]
    assert not missed
