"""A random sample of the cited numbers, typed a second time from the figures that the works report, not from the YAML.

Drawn among the entries that rest on a figure which was read (statuses S and D), in the order of
``blake2b("sample of figures: NAME")``, over the entries as they stood when the catalogue was complete. Left out of the
order were census tables and a summary of wave 3 of Understanding Society, whose figures are too many to be one line.
"""

from __future__ import annotations

from math import isclose
from typing import Any

import pytest

from sim.evidence import entry

WEEKS = 52

SAMPLE: dict[str, Any] = {
    # community building, London School of Economics 2010: GBP 80 a person and year
    "befriending.price_year": 2010,
    "befriending.weekly_cost": round(80 / WEEKS, 2),
    "timebank.price_year": 2010,
    # Community Life Survey 2023/24: often or always lonely at 16 to 24 and at 25 to 34, the others 4 to 8%
    "england.lonely_often_by_age": lambda found: (
        (found["16-24"], found["25-34"]) == (0.10, 0.09)
        and all(0.04 <= found[age] <= 0.08 for age in ("35-49", "50-64", "65-74", "75+"))
    ),
    # Beaman et al. 2021: two or more sources
    "champions.contacts": 2,
    # Kim et al. 2015: 5% of a village
    "champions.share": 5 / 100,
    # Griffiths et al. 2014: all programmes 0.28 (0.17 to 0.39)
    "champions.stigma_shift": -0.28,
    # Brohan et al. 2010
    "england.self_stigma_high": 41.7 / 100,
    # Band et al. 2025: no effect
    "network_mapping.loneliness_shift": 0,
    # New Cross Gate 2010
    "england.isolated": 2 / 100,
    "england.no_influential_tie": 67 / 100,
    # Hill et al. 2010: +0.04 a year for a discontent contact, +0.02 for a content one
    "loneliness.lonely_weight": 0.04 / 0.02,
    # Time to Change, first phase 2007 to 2011
    "anti_stigma_campaign.price_year": (2007 + 2011) / 2,
    # 200 to 250 people a year, twelve weeks each
    "link_worker.caseload": round((200 + 250) / 2 * 12 / WEEKS),
    "link_worker.length": 12,
    "link_worker.price_year": 2022,
    # VOLUME: 78% met at least once; a programme of one year
    "befriending.uptake": 78 / 100,
    "befriending.length": WEEKS,
    # not confirmed experimentally
    "volunteering.loneliness_shift": 0,
    # Adult Psychiatric Morbidity Survey 2023/4
    "england.lived_experience": 22.6 / 100,
    "england.lived_experience_by_age": lambda found: found["16-24"] == 25.8 / 100,
    # Henderson et al. 2020: 0.32 SD in 2008 to 2019, on all; 60% reached; allowance for wear of a tenth
    "anti_stigma_campaign.weekly_shift": lambda found: 0.32 / 11 < -found * WEEKS * 0.6 < 1.2 * 0.32 / 11,
    # Mollenhorst 2009: 48% after seven years
    "ties.ending_core": lambda found: isclose((1 - found) ** (7 * WEEKS), 0.48, abs_tol=0.005),
    # Health Survey for England 2014: 76 and 71 of 100; men 73, women 78
    "england.stigma_mean": ((1 - 0.76) + (1 - 0.71)) / 2,
    "england.stigma_by_gender": {"man": 1 - 0.73, "woman": 1 - 0.78},
    # YouGov 2021
    "england.close_friends": {"0": 0.07, "1": 0.12, "2-3": 0.41, "4-5": 0.21, "6+": 0.16},
    "england.no_close_friend_by_age": lambda found: (
        found["16-24"] == 0.02 and {found[age] for age in ("50-64", "65-74", "75+")} == {0.09}
    ),
    # Maunder & White 2019
    "social_contact.stigma_shift": -round(0.384, 2),
    # New Cross Gate 2010: 67% know nobody; with about twelve ties each, (1 - x)^12 = 0.67
    "england.influential": lambda found: isclose((1 - found) ** 12, 0.67, abs_tol=0.03),
    # Webber et al. 2019: 30 of 117
    "connecting_people.high_fidelity": round(30 / 117, 3),
    # Time to Change: 16 + 4.5 million pounds, 30 million adults, four years
    "anti_stigma_campaign.weekly_cost": round((16 + 4.5) / 30 / (4 * WEEKS), 4),
    # Thornicroft et al. 2009: 72% conceal
    "england.disclosed": (100 - 72) / 100,
}

RANGES: dict[str, tuple[float, float]] = {
    "champions.stigma_shift": (-0.39, -0.17),
    "england.self_stigma_high": (0.15, 0.57),
    "link_worker.caseload": (round(200 * 12 / WEEKS), round(250 * 12 / WEEKS)),
    "england.stigma_mean": (1 - 0.76, 1 - 0.71),
}
"""Ranges that are themselves cited: an interval, a spread over countries, or the two ends of a figure."""


def test_the_sample_is_large_enough_and_half_of_it_is_not_of_the_profile() -> None:
    assert len(SAMPLE) >= 30
    of_profile = [name for name in SAMPLE if name.startswith("england.")]
    assert 10 <= len(of_profile) <= len(SAMPLE) / 2


@pytest.mark.parametrize("name", SAMPLE)
def test_the_number_is_the_figure_that_is_cited(name: str) -> None:
    found, wanted = entry(name).value, SAMPLE[name]
    if callable(wanted):
        assert wanted(found)
    elif isinstance(wanted, dict):
        assert found == pytest.approx(wanted)
    else:
        assert found == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("name", RANGES)
def test_a_cited_range_is_the_one_that_is_cited(name: str) -> None:
    assert (entry(name).low, entry(name).high) == pytest.approx(RANGES[name])


@pytest.mark.parametrize("name", SAMPLE)
def test_what_is_sampled_rests_on_a_cited_work(name: str) -> None:
    assert entry(name).sources
    assert not entry(name).is_assumption
