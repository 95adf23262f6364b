"""Functions whose indices are known, through the path that the simulation takes: design, experiment, analysis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from sim.experiments import Axis, Experiment, FunctionModel, Space, run_experiment
from sim.sensitivity_analysis import NOTHING, TOLD_APART, Analysis, analyse, design_of
from sim.sensitivity_analysis.indices import _median_distance

SALib = pytest.importorskip("SALib", reason="needs pip install -e '.[sensitivity]'")

Values = Mapping[str, float]
PI = Space(tuple(Axis(f"x{number}", -math.pi, math.pi) for number in (1, 2, 3)))


def ishigami(values: Values, seed: int) -> float:
    x1, x2, x3 = (values[f"x{number}"] for number in (1, 2, 3))
    return math.sin(x1) + 7 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)


def ishigami_indices() -> tuple[dict[str, float], dict[str, float], float]:
    """First and total order, and the one pair, from the closed form (Ishigami & Homma 1990)."""
    a, b = 7.0, 0.1
    one = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    two = a**2 / 8
    both = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    first = {"x1": one / whole, "x2": two / whole, "x3": 0.0}
    total = {"x1": (one + both) / whole, "x2": two / whole, "x3": both / whole}
    return first, total, both / whole


G = (0.0, 1.0, 4.5, 9.0, 99.0)
UNIT = Space(tuple(Axis(f"x{number}") for number in range(len(G))))


def sobol_g(values: Values, seed: int) -> float:
    return math.prod((abs(4 * values[f"x{i}"] - 2) + a) / (1 + a) for i, a in enumerate(G))


def sobol_g_indices() -> tuple[dict[str, float], dict[str, float]]:
    parts = [1 / (3 * (1 + a) ** 2) for a in G]
    whole = math.prod(1 + part for part in parts) - 1
    first = {f"x{i}": part / whole for i, part in enumerate(parts)}
    total = {f"x{i}": part * (whole + 1) / (1 + part) / whole for i, part in enumerate(parts)}
    return first, total


def found(
    function: Callable[[Values, int], float], method: str, space: Space, samples: int, seeds: int = 2
) -> Analysis:
    design = design_of(method, space, samples)
    runs = run_experiment(Experiment(FunctionModel(function), space, design.points, seeds, design.plain()))
    return analyse(runs, "outcome", design, space)


def test_sobol_indices_of_ishigami_are_within_a_twentieth_and_in_their_intervals() -> None:
    first, total, pair = ishigami_indices()
    analysis = found(ishigami, "sobol", PI, 1024)
    table = analysis.indices.set_index("parameter")
    for name in first:
        assert table.loc[name, "first"] == pytest.approx(first[name], abs=0.05)
        assert table.loc[name, "index"] == pytest.approx(total[name], abs=0.05)
        assert table.loc[name, "first_lower"] - 0.02 <= first[name] <= table.loc[name, "first_upper"] + 0.02
        assert table.loc[name, "lower"] - 0.02 <= total[name] <= table.loc[name, "upper"] + 0.02
    assert analysis.pairs is not None
    pairs = {frozenset((row.parameter, row[2])): row for row in analysis.pairs.itertuples()}
    strong = pairs[frozenset(("x1", "x3"))]
    assert strong[3] == pytest.approx(pair, abs=0.05)
    assert strong.verdict == TOLD_APART
    for names in (("x1", "x2"), ("x2", "x3")):
        assert pairs[frozenset(names)].verdict == NOTHING
        assert abs(pairs[frozenset(names)][3]) < 0.05
    assert analysis.sentences[0].startswith("Of what we do not know, x1 matters most")


def test_sobol_indices_of_the_g_function_are_within_a_twentieth() -> None:
    first, total = sobol_g_indices()
    table = found(sobol_g, "sobol", UNIT, 1024).indices.set_index("parameter")
    for name in first:
        assert table.loc[name, "first"] == pytest.approx(first[name], abs=0.05)
        assert table.loc[name, "index"] == pytest.approx(total[name], abs=0.05)
    assert list(table.index[:3]) == ["x0", "x1", "x2"]


def test_sobol_needs_no_power_of_two_to_come_near() -> None:
    _, total, _ = ishigami_indices()
    table = found(ishigami, "sobol", PI, 900).indices.set_index("parameter")
    for name, value in total.items():
        assert table.loc[name, "index"] == pytest.approx(value, abs=0.08)


TWENTY = Space(tuple(Axis(f"x{number:02d}") for number in range(1, 21)))


def morris_function(values: Values, seed: int) -> float:
    """Morris 1991, the test function of twenty inputs; what he drew at random is (-1)^i and (-1)^(i + j)."""
    x = np.array([values[f"x{number:02d}"] for number in range(1, 21)])
    w = 2 * (x - 0.5)
    for number in (3, 5, 7):
        w[number - 1] = 2 * (1.1 * x[number - 1] / (x[number - 1] + 0.1) - 0.5)
    one = np.array([20.0 if i <= 10 else (-1.0) ** i for i in range(1, 21)])
    total = float(one @ w)
    for i in range(1, 21):
        for j in range(i + 1, 21):
            total += (-15.0 if j <= 6 else (-1.0) ** (i + j)) * w[i - 1] * w[j - 1]
    for i in range(1, 6):
        for j in range(i + 1, 6):
            for k in range(j + 1, 6):
                total += -10.0 * w[i - 1] * w[j - 1] * w[k - 1]
    return total + 5.0 * w[0] * w[1] * w[2] * w[3]


def test_morris_sorts_the_inputs_of_morriss_own_function_as_he_did() -> None:
    """Inputs 1 to 7 interact or bend, 8 to 10 act in proportion, the others hardly act."""
    table = found(morris_function, "morris", TWENTY, 40).indices.set_index("parameter")
    names = [f"x{number:02d}" for number in range(1, 21)]
    bending, straight, idle = names[:7], names[7:10], names[10:]
    assert table.loc[idle, "index"].max() < table.loc[bending + straight, "index"].min() / 2
    assert table.loc[straight, "spread"].max() < table.loc[[n for n in bending if n != "x07"], "spread"].min()
    assert table.loc[straight, "mean"].to_numpy() == pytest.approx(np.full(3, 40.0), abs=6.0)
    assert table["index"].to_numpy() == pytest.approx(np.sort(table["index"])[::-1])


def linear(values: Values, seed: int) -> float:
    return 3 * values["x1"] - values["x2"] + {"red": 0.0, "green": 5.0, "blue": 5.0}[values["colour"]]  # type: ignore[index]


LINEAR = Space((Axis("x1", 0, 2), Axis("x2", 0, 1), Axis("colour", options=("red", "green", "blue"))))


def test_morris_of_a_sum_is_each_terms_slope_and_a_choice_counts_whole() -> None:
    table = found(linear, "morris", LINEAR, 60).indices.set_index("parameter")
    assert table.loc["x1", ["index", "mean", "lower", "upper"]].to_numpy(float) == pytest.approx(np.full(4, 6.0))
    assert table.loc["x2", "mean"] == pytest.approx(-1.0)
    assert table.loc["x1", "spread"] == pytest.approx(0.0, abs=1e-6)
    # of the six changes between two options four move by 5 and two by nothing
    assert table.loc["colour", "index"] == pytest.approx(10 / 3, abs=0.8)


def test_a_tornado_of_a_sum_goes_from_end_to_end() -> None:
    space = Space((Axis("x1", 0, 2, usual=1.0), Axis("x2", 0, 1, usual=0.5),
                   Axis("colour", options=("red", "green", "blue"), usual="red")))  # fmt: skip
    design = design_of("tornado", space)
    runs = run_experiment(Experiment(FunctionModel(linear), space, design.points, 3, design.plain()))
    analysis = analyse(runs, "outcome", design, space)
    table = analysis.indices.set_index("parameter")
    assert analysis.usual == 2.5
    assert table.loc["x1", ["effect_low", "effect_high", "index"]].tolist() == [-0.5, 5.5, 6.0]
    assert table.loc["x2", ["effect_low", "effect_high", "index"]].tolist() == [3.0, 2.0, 1.0]
    assert table.loc["colour", ["low", "high", "index"]].tolist() == ["red", "green", 5.0]
    assert list(table["verdict"]) == [TOLD_APART] * 3


def test_pawn_orders_ishigami_and_finds_nothing_in_an_idle_input() -> None:
    space = Space((*PI, Axis("idle"), Axis("idle choice", options=("a", "b", "c"))))
    table = found(ishigami, "pawn", space, 512).indices.set_index("parameter")
    assert list(table.index[:2]) == ["x2", "x1"]
    assert table.loc["x2", "verdict"] == TOLD_APART
    assert table.loc["idle", "verdict"] != TOLD_APART
    assert table.loc["idle choice", "verdict"] != TOLD_APART
    assert (table["lower"] <= table["index"]).all()
    assert (table["index"] <= table["upper"]).all()
    only = table["noise"].to_numpy()
    assert (only > 0).all()


def test_pawn_is_salibs() -> None:
    from SALib.analyze.pawn import analyze as salib

    design = design_of("pawn", PI, 300)
    runs = run_experiment(Experiment(FunctionModel(ishigami), PI, design.points, 1, design.plain()))
    theirs = salib({"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0, 1]] * 3}, design.points,
                           runs["outcome"].to_numpy(), S=10)  # fmt: skip
    mine = analyse(runs, "outcome", design, PI).indices.set_index("parameter")
    assert mine.loc[["x1", "x2", "x3"], "index"].to_numpy() == pytest.approx(np.asarray(theirs["median"]))
    for slices in (4, 5, 8, 10):  # what intervals are made with
        theirs = salib(
            {"num_vars": 1, "names": ["x2"], "bounds": [[0, 1]]}, design.points[:, 1:2],
            np.round(runs["outcome"].to_numpy(), 0), S=slices,
        )  # fmt: skip
        own = _median_distance(design.points[:, 1], np.round(runs["outcome"].to_numpy(), 0), slices)
        assert own == pytest.approx(float(theirs["median"][0]))


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_indices_are_salibs_own(method: str) -> None:
    from SALib.analyze import morris, sobol

    design = design_of(method, PI, 32)
    runs = run_experiment(Experiment(FunctionModel(ishigami), PI, design.points, 1, design.plain()))
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0, 1]] * 3, "groups": None}
    mine = analyse(runs, "outcome", design, PI).indices.set_index("parameter").loc[["x1", "x2", "x3"]]
    outcomes = runs["outcome"].to_numpy()
    if method == "morris":
        theirs = morris.analyze(problem, design.points, outcomes)
        names = {"index": "mu_star", "mean": "mu", "spread": "sigma"}
    else:
        theirs = sobol.analyze(problem, outcomes)
        names = {"index": "ST", "first": "S1"}
    for own, their in names.items():
        assert mine[own].to_numpy() == pytest.approx(np.asarray(theirs[their], float), rel=1e-12)
