"""Write ``docs/validation.md`` from what the scripts beside this one have recorded.

    python benchmarks/validation.py

Nothing is computed here but what follows from the records; a test fails when the page is stale.
"""
# ruff: noqa: E501  # lines of the page stand as they are written

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.calibration.checking import uniformity

ROOT = Path(__file__).parents[1]
RECORDED = Path(__file__).parent / "recorded"
PAGE = ROOT / "docs" / "validation.md"

HEAD = """# Validation

What the model was set to reproduce, what it reproduces without having been set to, and what it does not. Written by
`python benchmarks/validation.py` from recorded results; the scripts named below make those again.

It explores and compares; nothing here makes it a forecast of your town.
"""

CALIBRATED = """## Calibrated to

Published figures by which free parameters were set. That they come out is no evidence for the model. Each such parameter
is graded `calibrated` in the evidence files. `python benchmarks/calibrate_defaults.py` looks for the values again:
for each, the value at which the model shows the published figure, all else as it stands.
"""

PUT_IN = """## Put in

The community is made from these figures, or the catalogue's entry states them; that they come out shows that the
machinery does what it is told.
"""

APART = """## Not used to set anything

"""

SBC = """## Whether calibration finds the truth in made data

Simulation-based calibration (Talts et al. 2018), `python benchmarks/simulation_based_calibration.py`: two parameters are
drawn from their priors, 200 residents are played for 26 weeks, errors of observation are added, `sim calibrate`'s own
code runs on the result, and the share of the posterior below the truth is noted. Over many repetitions that share is
uniform on 0 to 1 if all is right. A small version is part of the slow tests.
"""

LIBRARY = """## How calibration works

[pyABC](https://pyabc.readthedocs.io) runs the sequential Monte Carlo: it proposes parameter sets, weighs and accepts
them, and lowers the temperature from one generation to the next, with a stochastic acceptance step under the stated errors of
observation (Wilkinson 2013, *Statistical Applications in Genetics and Molecular Biology* 12; Schälte & Hasenauer 2020,
*Bioinformatics* 36). At temperature 1 nothing but the number of particles is approximate. Where the simulations that are
allowed do not suffice, the temperature T that was reached is reported: the posterior is as wide as if all standard
errors were the square root of T times as large.

pyABC draws from NumPy's global generator and keeps generations in a database, so stopping in the middle of one would lose
it, and its own ways of sampling in parallel depend on which worker is quicker. Here each proposal gets a key of its own
(seed, generation, number), proposals are judged in their order whoever has played them, and every simulation is stored
as it ends: the same seed gives the same posterior to the bit with any number of workers, stopped or not. Tests hold it
to that.
"""

KOREA = """## Korean villages: calibrated on some, predicted in the others

Fifteen villages, {women} women, a family-planning programme, 1963-1972 (Park, Chung, Han & Lee 1974; Rogers & Kincaid
1981). `python benchmarks/korean_villages.py` calibrates on half of the villages and predicts the other half, then the
other way round, so every village is predicted from villages that are not it. Calibrated on: the share adopting in each
two years, and the hazard by number of contacts who had adopted before. Each way of predicting is given as {replicates}
sets of adoption years of single women; scores are over all villages and years together.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def _patterns(rows: Sequence[Mapping[str, Any]], last: str) -> str:
    words = {"reproduced": ("reproduced", "not reproduced"), "met": ("yes", "no")}[last]
    head = [
        "pattern",
        "published",
        "tolerance",
        "in the model (± standard error)",
        "seeds",
        last if last == "met" else "",
    ]
    return table(head, [
        (row["pattern"], f"{row['target']:g}", f"{row['tolerance'][0]:g} to {row['tolerance'][1]:g}",
         f"{row['mean']:.3g} ± {row['error']:.1g}", row["seeds"], words[0] if row["met"] else f"**{words[1]}**")
        for row in rows
    ])  # fmt: skip


def defaults_text(found: Mapping[str, Any]) -> str:
    """Return the sections on patterns and on the parameters that they set."""
    by_use: dict[str, list[Mapping[str, Any]]] = {}
    for row in found["patterns"]:
        by_use.setdefault(row["use"], []).append(row)
    parameters = table(
        ["parameter", "what it is", "set by", "in the evidence", "shows there", "found again", "seeds"],
        [
            (f"`{row['parameter']}`", row["label"], f"{row['pattern']} ({row['target']:g})", f"{row['in_evidence']:g}",
             f"{row['shows']:.3g}", f"{row['found']:g}", row["seeds"])
            for row in found["parameters"]
        ],
    )  # fmt: skip
    size = f"\n`england` profile, {found['residents']:,} residents.\n"
    return "\n".join([
        CALIBRATED, parameters, _patterns(by_use["calibrated to"], "met") + size, PUT_IN, _patterns(by_use["put in"], "met"),
        APART + _patterns(by_use["not used to set anything"], "reproduced"),
    ])  # fmt: skip


def sbc_text(rows: pd.DataFrame) -> str:
    """Return the section on ranks in made data."""
    found = []
    for parameter, part in rows.groupby("parameter", sort=True):
        said = uniformity(part["rank"], bins=5)
        counts = (part["rank"] * 5).astype(int).clip(upper=4).value_counts().reindex(range(5), fill_value=0)
        found.append((
            f"`{parameter}`", int(said["ranks"]), " ".join(map(str, counts)), f"{said['chi_square_p']:.2f}",
            f"{said['ecdf']:.3f} ({said['ecdf_band']:.3f})", f"{said['mean']:.2f}", f"{said['spread']:.2f}",
        ))  # fmt: skip
    head = ["parameter", "repetitions", "ranks in fifths", "chi-square p", "distance of the distribution (95% band)",
            "mean (0.5)", "spread (1)"]  # fmt: skip
    cold = (rows["temperature"] <= 1.0).mean()
    after = (
        f"\n{cold:.0%} of the posteriors reached temperature 1. A spread above 1 means intervals that are too narrow.\n"
    )
    if (number := rows["repetition"].nunique()) < 100:
        after += (
            f"\n**Only {number} repetitions are recorded so far**, too few to see anything but gross errors; the script goes "
            "on where it stopped.\n"
        )
    return f"{SBC}\n{table(head, found)}{after}"


def korea_text(found: Mapping[str, Any]) -> str:
    """Return the section on the villages, with a plain verdict."""
    scores = found["scores"]
    head = ["prediction of villages that were held out", "mean error of the curve", "bias", "95% interval covers",
            "width of the interval", "error of the hazard by contacts"]  # fmt: skip
    rows = [
        (name, f"{row['curve_error']:.3f}", f"{row['curve_bias']:+.3f}", f"{row['coverage']:.0%}", f"{row['width']:.2f}",
         f"{row['hazard_error']:.3f}")
        for name, row in scores.items()
    ]  # fmt: skip
    hazards = table(
        ["hazard of adopting in a year, by contacts who had", "0", "1", "2", "3", "4 and more"],
        [("observed", *(f"{value:.3f}" for value in found["observed_hazard"])),
         *((name, *(f"{value:.3f}" for value in row["hazard"])) for name, row in scores.items())],
    )  # fmt: skip
    setting = []
    for rule, halves in found["posteriors"].items():
        for number, half in enumerate(halves):
            said = "; ".join(f"{item['parameter'].split('.')[-1]} {item['median']:.3g} ({item['lower']:.2g} to "
                             f"{item['upper']:.2g})" for item in half["posterior"])  # fmt: skip
            setting.append((rule, number + 1, said, f"{half['temperature']:.3g}", half["simulations"]))
    posteriors = table(
        ["theory", "half", "median and 95% interval, rates a quarter", "temperature", "simulations"], setting
    )
    hot = [half["temperature"] for halves in found["posteriors"].values() for half in halves]
    caution = ""
    if max(hot) > 1:
        caution = (
            f"The simulations that were allowed were used up at temperatures {min(hot):.0f} to {max(hot):.0f}: posteriors and "
            "intervals are wider than the data warrant, and centres are drawn towards the middle of the ranges. More "
            "simulations (the script's first argument) make them narrower; whether better is not known.\n"
        )
    text = KOREA.format(**found)
    return "\n".join([text, table(head, rows), verdict(scores) + "\n", caution, hazards, posteriors])


def verdict(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """Say plainly whether the simulation does better than the rivals."""
    said = []
    ours = [name for name in scores if name.startswith("simulation")]
    for key, what in (("curve_error", "the villages' adoption curves"), ("hazard_error", "the hazard by contacts")):
        best = min(ours, key=lambda name: scores[name][key])
        rivals = {name: scores[name][key] for name in scores if name not in ours}
        rival = min(rivals, key=lambda name: rivals[name])
        mine, theirs = scores[best][key], rivals[rival]
        how = "does better than" if mine < 0.95 * theirs else "does no better than" if mine <= 1.05 * theirs else (
            "does worse than")  # fmt: skip
        said.append(f"For {what} the simulation ({best.removeprefix('simulation: ')}, error {mine:.3f}) **{how}** the best "
                    f"simple rival ({rival}, {theirs:.3f}).")  # fmt: skip
    covers = ", ".join(f"{scores[name]['coverage']:.0%} ({name.removeprefix('simulation: ')})" for name in ours)
    said.append(f"Its 95% intervals hold {covers} of the observed village-years; an interval that is right holds 95%. What "
                "the villages differ in beyond who lives there and who is tied to whom is not in any of these predictions.")  # fmt: skip
    return " ".join(said)


def page() -> str:
    """Return the page as the records have it."""

    def read(name: str) -> Any:
        return json.loads((RECORDED / name).read_text(encoding="utf-8"))

    return "\n".join([
        HEAD, defaults_text(read("calibrated_defaults.json")), LIBRARY,
        sbc_text(pd.read_csv(RECORDED / "simulation_based_calibration.csv")), korea_text(read("korean_villages.json")),
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
