"""What came through ties, in the report: as a table beside the ripple, on each scenario's page, hidden where few."""

import pandas as pd
import pytest
from folders import folder_of

from sim.compare import through_ties
from sim.report.reading import read
from sim.report.ties import tie_lines, tie_rows, tie_sentences
from sim.report.writing import write_report

PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}


@pytest.fixture
def stored(fake_study, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])

    def of(true=None, share=0.25, seeds=20, private=False, parts=PARTS):
        study = fake_study({"befriending": -0.01} if true is None else true, seeds=seeds, weeks=4, private=private,
                           parts=parts)  # fmt: skip
        rows = [("befriending", seed, seed, 4, "all", "through_ties", share) for seed in range(1, seeds + 1)]
        study.series = pd.concat([study.series, pd.DataFrame(rows, columns=study.series.columns)], ignore_index=True)
        return study, folder_of(study, tmp_path / "results")

    return of


def test_shares_are_those_of_the_comparison_with_intervals(stored):
    study, folder = stored()
    exact = through_ties(study.effects, study.series, 2000.0, study.manifest).iloc[0]
    material = read(folder)
    rows = tie_rows(material)
    assert rows["befriending"]["effect_on_others"] == exact.effect_on_others
    ((title, cells),) = tie_lines(rows, material)
    assert title == "Befriending for the sixty loneliest"
    assert (cells[0].text, cells[0].detail) == ("25%", "")  # the same in every run
    percent = 100 * exact.effect_on_others
    assert float(cells[1].text.rstrip("%")) == pytest.approx(percent, abs=0.5)
    low, high = (float(text.rstrip("%")) for text in cells[1].detail.split(" to "))
    assert low < percent < high
    text = write_report(folder).read_text(encoding="utf-8")
    assert "What came through ties" in text
    assert "Of those who took part 25% had first heard of it from somebody they know." in text
    assert "is on residents who were neither offered a place nor took part nor helped" in text


def test_without_an_effect_it_is_said_that_there_are_no_shares(stored):
    _, folder = stored({"befriending": -0.00005})
    material = read(folder)
    rows = tie_rows(material)
    ((_, cells),) = tie_lines(rows, material)
    assert cells[0].text == "25%"  # of the uptake there is something to say
    assert (cells[1].text, cells[2].text) == ("–", "–")
    assert "includes no difference" in cells[1].detail
    told = tie_sentences(rows["befriending"])
    assert len(told) == 1
    assert "first heard" in told[0]


def test_without_parts_there_is_no_table(stored):
    _, folder = stored(parts=None)
    assert "What came through ties" not in write_report(folder).read_text(encoding="utf-8")


def test_from_too_few_runs_the_page_says_nothing(stored):
    _, folder = stored(seeds=8)
    assert tie_sentences(tie_rows(read(folder))["befriending"]) == []
    assert tie_sentences(None) == []


def test_of_surveyed_people_few_are_not_shown_nor_to_be_worked_out(stored):
    material = read(stored(share=0.1, private=True)[1])  # six of sixty
    row = tie_rows(material)["befriending"]
    assert pd.isna(row["uptake_through_ties"])
    assert pd.isna(row["effect_through_ties"])  # of which, with the effect on others, the share could be worked out
    assert row["effect_on_others"] > 0
    assert not any("first heard" in text for text in tie_sentences(row))
    shown = tie_rows(read(stored(share=0.25, private=True)[1]))["befriending"]
    assert shown["uptake_through_ties"] == 0.25
    gone = tie_rows(read(stored(private=True, parts={**PARTS, "participants": 4})[1]))["befriending"]
    assert pd.isna(gone["uptake_through_ties"])
    assert gone["why"] == "too few residents take part in it to be shown"
