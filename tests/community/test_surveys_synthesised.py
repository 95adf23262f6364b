"""Networks made from the statistics of real surveys are like them; the data stand beside the repository or nowhere."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(not (DATA / "korean_villages").exists(), reason="the surveys are not there"),
]


def script():
    spec = importlib.util.spec_from_file_location(
        "synthesis_of_surveys", ROOT / "benchmarks" / "synthesis_of_surveys.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def whole_networks(module):
    return [survey for survey in module.surveys(DATA) if survey.largest is not None]


def test_every_statistic_is_within_its_tolerance():
    module = script()
    found = module.surveys(DATA)
    samples = [replace(survey, communities=1) for survey in found if survey.largest is None]  # some seconds each
    rows = [row for survey in (*whole_networks(module), *samples) for row in module.compare(survey)]
    assert len(samples) == 2
    assert len(rows) > 75
    assert [(row.survey, row.statistic) for row in rows if not row.met] == []


def test_the_page_holds_the_table_and_no_small_counts():
    module = script()
    text = module.PAGE.read_text(encoding="utf-8")
    table = text.split(module.BEGIN)[1].split(module.END)[0].splitlines()
    for survey in whole_networks(module):
        assert any(survey.name in line for line in table), survey.name
        for line in table:
            if f"| {survey.name} | isolates |" in line and "few" not in line:
                people = round(float(line.split("|")[3]) * survey.residents)
                assert people == 0 or people >= 10
