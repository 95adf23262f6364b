"""Does the ranking survive another theory? The same scenarios under each theory of influence and of contagion."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.compare import ranked
from sim.study import Results

FOLDER = Path(__file__).parent / "theories"
INFLUENCE = ("friedkin_johnsen", "degroot", "bounded_confidence", "none")
CONTAGION = ("mean", "lonely_count_more", "none")


def played(path: Path, **theories: str) -> Results:
    given = {f"mechanisms.{key.replace('__', '.')}": value for key, value in theories.items()}
    study = sim.load(FOLDER, given)
    study.play(path, progress=False)
    return Results.open(path)


@pytest.fixture(scope="module")
def by_influence(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    place = tmp_path_factory.mktemp("influence")
    return {name: played(place / name, influence__theory=name) for name in INFLUENCE}


@pytest.fixture(scope="module")
def by_contagion(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    place = tmp_path_factory.mktemp("contagion")
    return {name: played(place / name, loneliness__contagion=name) for name in CONTAGION}


def ranking(results: Results, measure: str = "stigma") -> list[str]:
    rows = results.comparison(measure)
    rows = rows[(rows["group"] == "all") & (rows["when"] == "horizon")]
    return [str(row["scenario"]) for row in ranked(rows.to_dict("records"), "lower")]


def effect(results: Results, scenario: str, measure: str = "stigma") -> float:
    rows = results.comparison(measure)
    rows = rows[(rows["group"] == "all") & (rows["when"] == "horizon") & (rows["scenario"] == scenario)]
    return float(rows["effect"].iloc[0])


def spillover(results: Results, scenario: str, measure: str) -> float:
    """Return the greatest effect on anybody but participants, by distance from them."""
    rows = results.ripple
    others = rows[(rows["scenario"] == scenario) & (rows["measure"] == measure) & (rows["distance"] != "participant")]
    return float(others["effect"].abs().max())


def test_every_theory_ranks_the_same_scenarios(by_influence):
    for results in by_influence.values():
        assert sorted(ranking(results)) == ["anybody", "best_connected", "everybody"]
        assert not len(results.failures)


def test_the_rankings_can_be_compared_what_survives_and_what_depends_on_the_theory(by_influence):
    rankings = {name: ranking(results) for name, results in by_influence.items()}
    assert {order[0] for order in rankings.values()} == {"everybody"}
    # whom to talk to is another matter: averaging gives the best connected more weight than others
    lead = {
        name: effect(results, "best_connected") / effect(results, "anybody") for name, results in by_influence.items()
    }
    assert rankings["degroot"].index("best_connected") < rankings["degroot"].index("anybody")
    assert lead["degroot"] > lead["friedkin_johnsen"] > lead["none"]
    assert lead["degroot"] > 1.1
    assert len({effect(results, "anybody") for results in by_influence.values()}) == len(INFLUENCE)


def test_without_passing_on_nobody_else_moves(by_influence, by_contagion):
    for name, results in by_influence.items():
        assert (spillover(results, "anybody", "stigma") == 0.0) == (name == "none")
    for name, results in by_contagion.items():
        found = spillover(results, "anybody", "loneliness")
        assert found > 1e-5, name  # by way of self-stigma and withdrawal moods move under every theory
    found = {name: effect(results, "anybody", "loneliness") for name, results in by_contagion.items()}
    assert found["mean"] < found["none"] < 0
    assert found["lonely_count_more"] < found["none"]
    assert found["lonely_count_more"] != found["mean"]


def test_the_theory_is_recorded_and_told(by_influence):
    for name, results in by_influence.items():
        for stored in results.manifest["scenarios"].values():
            assert stored["resolved"]["mechanisms"]["influence"]["theory"] == name
            assert 0.5 < stored["loop_gain"] <= 1.5
    page = by_influence["none"].write_report().read_text("utf-8")
    assert "<dt>Loop gain</dt><dd>As things are: 1.00</dd><dd>To so many" in page
