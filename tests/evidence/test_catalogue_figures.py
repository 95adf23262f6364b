"""Published figures of the catalogue's later entries, typed a second time by hand, against the evidence files."""

import pytest

from sim.evidence import entry, source, value


def test_a_link_workers_caseload() -> None:
    assert value("link_worker.caseload") == round((200 + 250) / 2 * 12 / 52)
    assert entry("link_worker.caseload").low == pytest.approx(200 * 12 / 52, abs=0.5)
    assert entry("link_worker.caseload").high == pytest.approx(250 * 12 / 52, abs=0.5)
    assert value("link_worker.length") == 12


def test_a_link_workers_cost_for_each_person() -> None:
    assert value("link_worker.cost") == round(36428 / 225)
    assert (entry("link_worker.cost").low, entry("link_worker.cost").high) == (round(36428 / 250), round(36428 / 200))


def test_few_received_connecting_people_as_it_was_meant() -> None:
    assert value("connecting_people.high_fidelity") == pytest.approx(30 / 117, abs=0.0005)


def test_a_community_navigators_cost() -> None:
    assert value("connecting_people.cost") == 480


def test_the_trial_of_network_mapping_found_nothing() -> None:
    assert value("network_mapping.loneliness_shift") == 0
    assert entry("network_mapping.loneliness_shift").grade == "trial"
    assert value("network_mapping.reactivate") == 0


def test_a_timebank_costs_four_hundred_and_fifty_pounds_a_year() -> None:
    assert 52 * value("timebank.weekly_cost") == pytest.approx(450, abs=0.5)


def test_how_many_volunteer() -> None:
    assert value("volunteering.uptake") == 0.22
    assert value("volunteering.loneliness_shift") == 0


def test_champions() -> None:
    assert value("champions.share") == 0.05
    assert value("champions.stigma_shift") == -0.28
    assert (entry("champions.stigma_shift").low, entry("champions.stigma_shift").high) == (-0.39, -0.17)
    assert value("champions.contacts") == 2


def test_peer_support_is_no_stronger_than_what_was_found_beside_it() -> None:
    number = entry("peer_support.self_stigma_shift")
    assert number.value == -0.17
    assert number.is_assumption
    assert number.low > -0.39


@pytest.mark.parametrize(
    "name",
    [
        "hub_opening.ties",
        "day_service_closure.ends_ties",
        "link_worker.ties",
        "timebank.ties",
        "connecting_people.ties",
    ],
)
def test_what_no_study_has_measured_is_an_assumption(name: str) -> None:
    assert entry(name).is_assumption
    assert not entry(name).verified


@pytest.mark.parametrize(
    ("key", "doi"),
    [
        ("munford_2020", "10.1136/bmjopen-2019-033186"),
        ("webber_2019", "10.1177/1049731517753685"),
        ("jenkinson_2013", "10.1186/1471-2458-13-773"),
        ("egmose_2023", "10.1176/appi.ps.202100138"),
    ],
)
def test_identifiers_that_were_read(key: str, doi: str) -> None:
    assert source(key).doi == doi
