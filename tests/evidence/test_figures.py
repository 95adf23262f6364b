"""Published figures, typed here a second time from the works and by hand, against the evidence files."""

from math import exp, log

import pytest

from sim.evidence import source, value


def test_befriending_uptake_is_that_of_volume() -> None:
    assert value("befriending.uptake") == 0.78


def test_dropout_leaves_three_quarters_after_half_a_year() -> None:
    assert (1 - value("programme.dropout")) ** 26 == pytest.approx(0.75, abs=0.001)


def test_befriending_costs_eighty_pounds_a_year() -> None:
    assert 52 * value("befriending.weekly_cost") == pytest.approx(80, abs=0.2)


def test_contact_programmes_have_the_effect_of_the_pooled_trials() -> None:
    assert value("social_contact.stigma_shift") == round(-0.384, 2)


def test_what_lasts_of_contact_lies_between_the_two_reviews() -> None:
    assert 0.5 < value("social_contact.persistence") < 0.26 / 0.384


def test_the_campaign_moves_the_population_as_observed() -> None:
    a_year = 52 * -value("anti_stigma_campaign.weekly_shift") * value("anti_stigma_campaign.reach")
    assert 0.32 / 11 < a_year < 0.04
    assert a_year == pytest.approx(0.033, abs=0.0005)


def test_three_quarters_of_the_campaign_was_left() -> None:
    assert value("anti_stigma_campaign.persistence") == 0.24 / 0.32


def test_the_campaign_costs_what_its_first_phase_cost() -> None:
    four_years = 4 * 52
    each = (16e6 + 4.5e6) / 30e6
    assert value("anti_stigma_campaign.weekly_cost") == pytest.approx(each / four_years, rel=0.01)


def test_attitudes_return_so_that_three_quarters_are_left_in_four_years() -> None:
    assert value("influence.recovery") == pytest.approx(-log(0.75) / (4 * 52), rel=0.02)
    assert exp(-value("influence.recovery") * 208) == pytest.approx(0.75, abs=0.01)


def test_participants_talk_seven_times_as_often() -> None:
    ratio = value("word_of_mouth.talk_participant") / value("word_of_mouth.talk_aware")
    assert ratio == pytest.approx(7, abs=0.5)


def test_loneliness_in_england() -> None:
    assert value("england.lonely_often") == 0.07
    assert value("england.lonely_never") == 0.20
    by_age = value("england.lonely_often_by_age")
    assert by_age["16-24"] == 0.10
    assert by_age["25-34"] == 0.09


def test_close_friends_in_great_britain() -> None:
    assert value("england.close_friends") == {"0": 0.07, "1": 0.12, "2-3": 0.41, "4-5": 0.21, "6+": 0.16}


def test_no_close_friend_by_age() -> None:
    by_age = value("england.no_close_friend_by_age")
    assert by_age["16-24"] == 0.02
    assert by_age["75+"] == 0.09


def test_friends_of_people_with_psychosis() -> None:
    assert value("england.friends_lived_experience") == 3.4


def test_common_mental_health_conditions() -> None:
    assert value("england.lived_experience") == 0.226
    assert value("england.lived_experience_by_age")["16-24"] == 0.258


def test_seventy_two_per_cent_conceal() -> None:
    assert value("england.disclosed") == pytest.approx(1 - 0.72)


def test_stigma_lies_half_way_between_prejudice_and_intolerance() -> None:
    prejudice, intolerance = (100 - 76) / 100, (100 - 71) / 100
    assert value("england.stigma_mean") == pytest.approx((prejudice + intolerance) / 2)


def test_stigma_of_men_and_women() -> None:
    by_gender = value("england.stigma_by_gender")
    assert by_gender["man"] == pytest.approx((100 - 73) / 100)
    assert by_gender["woman"] == pytest.approx((100 - 78) / 100)


def test_self_stigma_across_europe() -> None:
    assert value("england.self_stigma_high") == 0.417


def test_neighbours() -> None:
    assert value("england.neighbours_talk") == 0.72
    by_age = value("england.neighbours_talk_by_age")
    assert by_age["16-24"] == 0.53
    assert by_age["65-74"] == 0.87


def test_new_cross_gate() -> None:
    assert value("england.isolated") == 0.02
    assert value("england.no_influential_tie") == 0.67


@pytest.mark.parametrize(
    ("key", "doi"),
    [
        ("maunder_2019", "10.1016/j.cpr.2019.101749"),
        ("griffiths_2014", "10.1002/wps.20129"),
        ("palumbo_2015", "10.1186/s13104-015-1528-7"),
        ("kim_2015", "10.1016/S0140-6736(15)60095-2"),
        ("band_2025", "10.3310/WTJH4379"),
        ("cacioppo_2009", "10.1037/a0016076"),
    ],
)
def test_identifiers_that_were_read(key: str, doi: str) -> None:
    assert source(key).doi == doi
