"""Calibration: oracles with known posteriors, reproducibility, files, errors."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from scipy import stats

from sim.calibration import (
    Observation,
    Prior,
    Settings,
    Simulations,
    Simulator,
    adoption_targets,
    calibrated,
    check_targets,
    equal_draws,
    predictive,
    priors_of,
    read_targets,
    weighted_quantile,
)
from sim.calibration.checking import uniformity
from sim.errors import InputError
from sim.rng import Draws
from sim.scenario import load_plan

pytest.importorskip("pyabc", reason="needs pip install -e '.[calibrate]'")

TARGETS = [Observation("reached", 1, 2.0, 0.3), Observation("reached", 2, 1.0, 0.5)]
PRIORS = [Prior("x.y.one", -4, 6), Prior("x.y.other", -5, 7)]
SMALL = Settings(particles=60, simulations=4000, seed=3)


def noisy(jobs):
    """Two parameters, each seen through normal luck of standard deviation 0.4 and 0.5."""
    for number, (values, seed) in enumerate(jobs):
        luck = Draws(seed).stream("test").normal(np.arange(2, dtype=np.uint64))
        yield number, [values[0] + 0.4 * luck[0], values[1] + 0.5 * luck[1]]


@pytest.fixture(scope="module")
def found():
    return calibrated(PRIORS, TARGETS, noisy, SMALL)


def test_the_posterior_is_that_of_the_closed_form(found):
    """Luck and error of observation add up: a normal around what was observed."""
    assert found.temperature == 1.0
    for column, (mean, spread) in enumerate([(2.0, 0.5), (1.0, np.hypot(0.5, 0.5))]):
        values = found.values[:, column]
        average = (found.weights * values).sum()
        deviation = np.sqrt((found.weights * (values - average) ** 2).sum())
        assert abs(average - mean) < 4 * spread / np.sqrt(found.effective)
        assert 0.7 < deviation / spread < 1.35


def test_negative_control_without_luck_the_posterior_is_narrower(found):
    still = calibrated(PRIORS[:1], TARGETS[:1], lambda jobs: ((n, [v[0]]) for n, (v, _) in enumerate(jobs)), SMALL)
    average = (still.weights * still.values[:, 0]).sum()
    deviation = np.sqrt((still.weights * (still.values[:, 0] - average) ** 2).sum())
    assert 0.2 < deviation < 0.4  # 0.3, not the 0.5 with luck


def test_the_order_in_which_simulations_end_changes_no_bit(found):
    again = calibrated(PRIORS, TARGETS, lambda jobs: reversed(list(noisy(jobs))), SMALL)
    assert np.array_equal(again.values, found.values)
    assert np.array_equal(again.weights, found.weights)


def test_numpys_own_generator_is_left_as_it_was():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    calibrated(PRIORS[:1], TARGETS[:1], lambda jobs: ((n, [v[0]]) for n, (v, _) in enumerate(jobs)),
               Settings(particles=10, simulations=300))  # fmt: skip
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_stopped_and_gone_on_with_it_ends_the_same(found, tmp_path):
    played = 0

    def stops(jobs):
        nonlocal played
        for item in noisy(jobs):
            if played == 700:
                raise KeyboardInterrupt
            played += 1
            yield item

    file = tmp_path / "simulations.jsonl"
    with pytest.raises(KeyboardInterrupt):
        calibrated(PRIORS, TARGETS, stops, SMALL, Simulations(file, "a"))
    with file.open("a") as stream:
        stream.write('{"generation": 1, "num')  # what a crash leaves
    again = 0

    def counted(jobs):
        nonlocal again
        again += len(jobs)
        return noisy(jobs)

    held = Simulations(file, "a")
    assert held.found_before == 700
    rest = calibrated(PRIORS, TARGETS, counted, SMALL, held)
    assert np.array_equal(rest.values, found.values)
    assert np.array_equal(rest.weights, found.weights)
    assert 0 < again < len(held) - 600
    with pytest.raises(InputError, match="other settings"):
        Simulations(file, "b")
    assert len(Simulations(file, "b", fresh=True)) == 0


def test_when_simulations_are_used_up_the_temperature_says_so():
    few = calibrated(PRIORS, TARGETS, noisy, Settings(particles=60, simulations=420, seed=3))
    assert few.temperature > 1
    assert few.simulations <= 420
    with pytest.raises(InputError, match="before the first generation"):
        calibrated(PRIORS, TARGETS, noisy, Settings(particles=60, simulations=130, seed=3))


def test_figures_that_are_not_defined_are_never_accepted():
    half = calibrated(
        PRIORS[:1], TARGETS[:1],
        lambda jobs: ((n, [v[0] if v[0] < 2 else float("nan")]) for n, (v, _) in enumerate(jobs)), SMALL,
    )  # fmt: skip
    assert (half.values < 2).all()


def test_draws_are_as_likely_as_their_weights(found):
    draws = equal_draws(found, 1000)
    expected = (found.weights[:, None] * found.values).sum(axis=0)
    assert draws.mean(axis=0) == pytest.approx(expected, abs=0.03)
    assert set(map(tuple, draws)) <= set(map(tuple, found.values))


def test_the_check_against_the_data_finds_what_cannot_be_right(found):
    draws = equal_draws(found, 200)
    good = predictive(draws, TARGETS, noisy)
    assert good["inside"].all()
    assert good["upper"][0] - good["lower"][0] == pytest.approx(2 * 1.96 * np.sqrt(0.25 + 0.16 + 0.09), rel=0.25)
    wrong = predictive(draws, [Observation("reached", 1, 5.0, 0.3), TARGETS[1]], noisy)
    assert wrong["inside"].tolist() == [False, True]
    assert wrong["standardised"][0] > 3


def test_quantiles_are_those_of_repeated_values():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3])
    repeated = np.repeat(values, [2, 5, 3])
    for share in (0.05, 0.5, 0.55, 0.8, 0.81, 0.99):
        assert weighted_quantile(values, weights, share) == np.quantile(repeated, share, method="inverted_cdf")


def test_uniform_ranks_pass_and_others_do_not():
    even = (np.arange(200) + 0.5) / 200
    assert uniformity(even)["ecdf_p"] > 0.99
    assert uniformity(stats.beta(3, 3).ppf(even))["ecdf_p"] < 0.01  # intervals too wide
    assert uniformity(stats.beta(3, 3).ppf(even))["spread"] < 0.8
    assert uniformity(even**2)["chi_square_p"] < 0.01  # off to one side


def test_priors_by_factor():
    prior = Prior("a.b.c", 0.001, 0.1, log=True)
    assert prior.value(0.5) == pytest.approx(0.01)
    assert prior.share_below(0.01) == pytest.approx(0.5)
    assert (prior.value(0), prior.value(1)) == (0.001, 0.1)


# --- with the model ------------------------------------------------------------------------------------------

OFFER = """
title: An offer
outcome: reached
better: higher
weeks: 12
seeds: 3
communities: 3
community: {synthesise: {residents: 100, profile: england}}
interventions:
  - name: Offer
    choose: {by: random, number: 20}
    runs: {start: 2}
    spread: {uptake: 0.5, broadcast: 0.02}
"""
UPTAKE = "interventions.Offer.spread.uptake"


@pytest.fixture
def offer(tmp_path):
    file = tmp_path / "offer.yaml"
    file.write_text(OFFER)
    return file


def test_a_simulation_measures_what_a_run_records(offer):
    """Oracle: the tables of a unit of the same scenario, community and seed."""
    from sim.run import play_unit

    plan = load_plan([offer], [f"{UPTAKE}=0.7"])
    targets = (
        Observation("reached", 12, 0, 1), Observation("loneliness", 12, 0, 1, "gender=women"),
        Observation("aware", 12, 0, 1, since=0), Observation("self_stigma", 0, 0, 1, "lived_experience=yes"),
        Observation("ties", 12, 0, 1),
    )  # fmt: skip
    rows = play_unit(plan, 2, 5).series
    rows = rows[rows.scenario == "offer"].set_index(["week", "measure", "group"])["value"]
    groups = set(rows.index.get_level_values("group"))
    gender = next(group for group in sorted(groups) if group.startswith("gender="))
    targets = tuple(Observation(t.measure, t.week, 0, 1, gender if "=women" in t.group else t.group, t.since)
                    for t in targets)  # fmt: skip
    ours = Simulator(load_plan([offer])["offer"], (UPTAKE,), targets)((0.7,), 5)
    theirs = [rows[t.week, t.measure, t.group] - (rows[t.since, t.measure, t.group] if t.since is not None else 0)
              for t in targets]  # fmt: skip
    assert ours.tolist() == pytest.approx(theirs, abs=1e-12)
    assert 0 < ours[0] < 1


def test_a_set_that_is_not_allowed_has_no_figures(offer):
    simulator = Simulator(load_plan([offer])["offer"], (UPTAKE,), (Observation("reached", 2, 0, 1),))
    assert np.isnan(simulator((1.4,), 1)).all()


def test_from_files_to_a_folder_that_scenarios_extend(offer, tmp_path):
    import sim

    table = tmp_path / "targets.csv"
    table.write_text("measure,group,week,value,standard_error\nreached,all,12,0.3,0.05\naware,,6,0.3,0.1\n")
    settings = {"particles": 20, "simulations": 600, "progress": False}
    one = sim.calibrate(offer, table, [f"{UPTAKE}=0.1..0.9"], out=tmp_path / "one", **settings)
    two = sim.calibrate(offer, table, {UPTAKE: (0.1, 0.9)}, out=tmp_path / "two", workers=2, **settings)
    for name in ("posterior.csv", "draws.csv", "predictive.csv", "calibrated.yaml", "generations.csv"):
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes(), name
    assert one.posterior["weight"].sum() == pytest.approx(1)
    assert {"corner.png", "corner.svg", "predictive.png", "predictive.svg"} == {
        item.name for item in (one.path / "figures").iterdir()
    }
    simulated = (one.path / "simulations.jsonl").read_text()
    again = sim.calibrate(offer, table, {UPTAKE: (0.1, 0.9)}, out=tmp_path / "one", **settings)
    assert (again.path / "simulations.jsonl").read_text() == simulated  # nothing was played again
    assert "observed figures lie within" in again._repr_html_()
    with pytest.raises(InputError, match="other settings"):
        sim.calibrate(offer, table, {UPTAKE: (0.1, 0.8)}, out=tmp_path / "one", **settings)
    (tmp_path / "study.yaml").write_text("extends: one/calibrated.yaml\ntitle: With what is not known\nseeds: 6\n")
    plan = load_plan([tmp_path / "study.yaml"])
    drawn = {plan.drawn(seed)["study"].interventions[0].spread.uptake for seed in range(1, 7)}
    assert len(drawn) > 2
    assert drawn <= set(one.posterior[UPTAKE])


def test_the_command_line(offer, tmp_path):
    from typer.testing import CliRunner

    from sim.cli.main import app

    people = tmp_path / "people.csv"
    people.write_text("id,year\n" + "\n".join(f"{n},{1990 + n % 5 if n % 2 else ''}" for n in range(40)) + "\n")
    base = ["calibrate", str(offer), "--targets", str(people), "--adopted", "year", "--weeks-a-period", "2",
            "--particles", "20", "--simulations", "300", "--out", str(tmp_path / "out"), "--workers", "1"]  # fmt: skip
    done = CliRunner().invoke(app, [*base, "--parameter", f"{UPTAKE}=0.1..0.9"])
    assert done.exit_code == 0, done.output
    assert UPTAKE in done.stdout
    assert "calibrated.yaml" in done.stdout
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert len(manifest["calibration"]["targets"]) == 5
    for more, said in ((["--parameter", "mechanisms.x.y"], "there is no 'x'"), ([], "say which parameters"),
                       (["--parameter", f"{UPTAKE}=much"], "must be PATH")):  # fmt: skip
        failed = CliRunner().invoke(app, [*base, *more])
        assert failed.exit_code == 2
        assert said in failed.stderr


# --- what is asked for and given ------------------------------------------------------------------------------


def test_ranges_come_from_the_evidence_unless_given(offer):
    from sim import evidence

    scenario = load_plan([offer])["offer"]
    entry = evidence.entry("word_of_mouth.talk_aware")
    path = "mechanisms.word_of_mouth.talk_aware"
    (prior,) = priors_of([path], scenario)
    assert (prior.low, prior.high, prior.usual) == (entry.low, entry.high, entry.value)
    (prior,) = priors_of([f"{path}=log:0.001..0.02"], scenario)
    assert (prior.low, prior.high, prior.log) == (0.001, 0.02, True)
    with pytest.raises(InputError, match="no range"):
        priors_of(["interventions.Offer.choose.number"], scenario)
    with pytest.raises(InputError, match="did you mean"):
        priors_of(["mechanisms.word_of_mouth.talk_awar"], scenario)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "measure,week,value,standard_error\nreachd,3,0.1,0.1\n",
            "targets.csv:2: 'reachd' is not a measure; did you mean",
        ),
        ("measure,week,value\nreached,3,0.1\n", "column 'standard_error' is missing"),
        ("measure,week,value,standard_error\nreached,3,0.1,0\n", "standard_error must be above 0, found '0'"),
        ("measure,week,value,standard_error\nreached,3.5,0.1,0.1\n", "week must be a whole number"),
        ("measure,week,value,standard_error\nreached,3,much,0.1\n", "value must be a number, found 'much'"),
        ("measure,week,value,standard_error,since\nreached,3,0.1,0.1,3\n", "since must lie before week 3"),
        ("measure,week,value,standard_error,grup\nreached,3,0.1,0.1,x\n", "did you mean 'group'"),
        ("measure,week,value,standard_error\n", "holds no targets"),
    ],
)
def test_what_is_wrong_with_targets_is_said_with_its_line(tmp_path, text, said):
    file = tmp_path / "targets.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_targets(file)
    assert said in str(caught.value)


def test_targets_have_to_fit_the_scenario(offer):
    scenario = load_plan([offer])["offer"]
    wrong = [Observation("reached", 13, 0, 1), Observation("reached", 3, 0, 1, "age_bnd=75+"),
             Observation("reached", 3, 0, 1, "age_band=80+"), Observation("cost", 3, 0, 1, "age_band=75+")]  # fmt: skip
    with pytest.raises(InputError) as caught:
        check_targets(wrong, scenario, scenario.build_community(1))
    text = str(caught.value)
    for said in ("week 13 is after", "did you mean 'age_band'", "'80+' is not among", "for everybody only"):
        assert said in text


def test_dates_of_adoption_become_shares_of_each_period(tmp_path):
    file = tmp_path / "people.csv"
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([("id", "year"), *enumerate([1961, 1963, 1963, 1964.0, 1966, "", "", "", "", ""])])
    found = adoption_targets(file, "year", first=1963, last=1965, weeks_a_period=4)
    assert [(t.since, t.week, t.value) for t in found] == [(0, 4, 0.3), (4, 8, 0.1), (8, 12, 0.0)]
    assert found[2].standard_error == pytest.approx(np.sqrt(1 / 12 * 11 / 12 / 10))
    for column, said in (("yeer", "did you mean 'year'"), ("id", None)):
        if said:
            with pytest.raises(InputError, match=said):
                adoption_targets(file, column)
    file.write_text("id,year\n1,last spring\n")
    with pytest.raises(InputError, match=r"people\.csv:2.*whole numbers"):
        adoption_targets(file, "year")
