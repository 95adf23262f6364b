"""Fifteen Korean villages, family planning 1963-1972: calibrated on some, predicted in the others, beside rivals.

    python benchmarks/korean_villages.py [SIMULATIONS] [REPLICATES]

Reads ``../shared/data/korean_villages`` beside the repository (Park, Chung, Han & Lee 1974; Rogers & Kincaid 1981) and
writes figures over all villages, never of one, to ``benchmarks/recorded/korean_villages.json``; ``python
benchmarks/validation.py`` shows them in ``docs/validation.md``.

Villages are split in two halves; each half is predicted from the other. A year is four steps of the model, so that its
week is a quarter here, and what is calibrated are hazards a quarter. Every way of predicting gives the years in which
single women adopt, so all are judged alike: the curves of the villages, and the hazard of adopting by how many contacts
had adopted before.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from sim.calibration import Observation, Prior, Settings, calibrated, equal_draws
from sim.community.community import Community
from sim.model.engine import Simulation
from sim.rng import Draws, identities
from sim.scenario import Scenario, load_plan
from sim.scenario.assigning import assigned

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "korean_villages"
RECORD = Path(__file__).parent / "recorded" / "korean_villages.json"
FIRST, YEARS, STEPS = 1963, 10, 4
NEVER = 99
PARTNERS = 5
"""Classes of contacts who adopted before: 0, 1, 2, 3, 4 and more."""
CHANNELS = (
    "exp_radio", "exp_tv", "exp_newspaper", "exp_happy_home_magazine", "exp_other_magazine", "exp_film_slide",
    "exp_poster", "exp_pamphlet", "exp_group_meeting", "exp_public_lecture", "exp_mobile_van", "exp_home_visit_worker",
)  # fmt: skip
ATTRIBUTES = ("age", "n_sons", "n_daughters", "education_level", "club_member", "owns_radio", "exposure")
NAME = "A modern method"
SPREAD = f"interventions.{NAME}.spread"
RULES = {
    "word of mouth": (
        "uptake: 0.8, rule: simple, broadcast: 0.01, broadcast_by: exposure",
        (
            Prior(f"{SPREAD}.uptake", 0.4, 1.0), Prior(f"{SPREAD}.broadcast", 0.002, 0.2, log=True),
            Prior("mechanisms.word_of_mouth.talk_participant", 0.0005, 0.2, log=True),
            Prior("mechanisms.word_of_mouth.talk_aware", 0.0001, 0.1, log=True),
        ),
    ),
    "word of mouth and reinforcement": (
        "uptake: 0.8, rule: reinforced, base_chance: 0.02, contact_odds: 1.2, broadcast: 0.1, broadcast_by: exposure",
        (
            Prior(f"{SPREAD}.uptake", 0.6, 1.0), Prior(f"{SPREAD}.broadcast", 0.01, 1.0, log=True),
            Prior("mechanisms.word_of_mouth.talk_participant", 0.0005, 0.2, log=True),
            Prior(f"{SPREAD}.base_chance", 0.005, 0.06, log=True), Prior(f"{SPREAD}.contact_odds", 1.0, 1.8),
        ),
    ),
}  # fmt: skip
"""Theories of uptake, each with what is calibrated."""

Years = NDArray[np.int64]


@dataclass
class Villages:
    """Some villages: who lives there, who adopted when, who is tied to whom."""

    people: pd.DataFrame
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    years: Years
    """Year of adoption counted from 1, ``NEVER`` for those who had not."""
    village: NDArray[np.int64]

    def curves(self, years: Years) -> NDArray[np.float64]:
        """Return the share of each village that had adopted by the end of each year, shape (villages, years)."""
        return np.array([
            [(years[self.village == name] <= year).mean() for year in range(1, YEARS + 1)]
            for name in np.unique(self.village)
        ])  # fmt: skip

    def hazards(self, years: Years) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how many were at risk, and how many of them adopted, by number of contacts who had before."""
        at_risk, adopted = np.zeros(PARTNERS), np.zeros(PARTNERS)
        for year in range(1, YEARS + 1):
            before = (years < year).astype(float)
            count = np.bincount(self.one, before[self.other], len(years)) + np.bincount(
                self.other, before[self.one], len(years)
            )
            group = np.minimum(count, PARTNERS - 1).astype(int)
            risk = years >= year
            at_risk += np.bincount(group[risk], minlength=PARTNERS)
            adopted += np.bincount(group[risk & (years == year)], minlength=PARTNERS)
        return at_risk, adopted


def read(which: Callable[[int], bool]) -> Villages:
    """Return the villages whose place in order of their numbers is wanted."""
    people = pd.read_csv(DATA / "people.csv")
    names = sorted(people["village"].unique())
    people = people[people["village"].isin([name for place, name in enumerate(names) if which(place)])]
    people = people.sort_values("id").reset_index(drop=True)
    people["exposure"] = people[list(CHANNELS)].fillna(0).mean(axis=1) / 4
    place = {person: number for number, person in enumerate(people["id"])}
    ties = pd.read_csv(DATA / "ties.csv")
    pairs = {
        (min(place[a], place[b]), max(place[a], place[b]))
        for a, b in zip(ties["source"], ties["target"], strict=True) if a in place and b in place and a != b
    }  # fmt: skip
    one, other = np.array(sorted(pairs)).T
    years = (people["adoption_year"] - FIRST + 1).fillna(NEVER).astype(int).to_numpy()
    return Villages(people, one, other, years, people["village"].to_numpy())


# --- the simulation ------------------------------------------------------------------------------------------

COMMUNITY = """
title: Villages
outcome: reached
better: higher
community:
  survey:
    people: people.csv
    ties: ties.csv
    kind: relation
    columns: [club_member]
    combine:
      exposure: {{columns: [{channels}], scale: [0, 4]}}
weeks: {weeks}
seeds: 1
communities: 1
mechanisms: {{ties: {{turnover: false}}}}
interventions:
  - name: {name}
    choose: {{by: nobody}}
    spread: {{{spread}}}
"""


@dataclass
class Model:
    """The simulation on some villages, under one theory of uptake."""

    villages: Villages
    rule: str
    scenario: Scenario = field(init=False)
    community: Community = field(init=False)

    def __post_init__(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.villages.people.drop(columns="exposure").to_csv(folder / "people.csv", index=False)
            ties = pd.read_csv(DATA / "ties.csv")
            here = set(self.villages.people["id"])
            ties[ties["source"].isin(here) & ties["target"].isin(here)].to_csv(folder / "ties.csv", index=False)
            text = COMMUNITY.format(
                channels=", ".join(CHANNELS), weeks=YEARS * STEPS, name=NAME, spread=RULES[self.rule][0]
            )
            (folder / "villages.yaml").write_text(text, encoding="utf-8")
            self.scenario = load_plan([folder / "villages.yaml"])["villages"]
            self.community = self.scenario.build_community(1)
        order = {int(person): number for number, person in enumerate(self.community.ids)}
        self._rows = np.array([order[int(person)] for person in self.villages.people["id"]])

    def years(self, values: tuple[float, ...], seed: int) -> Years:
        """Return the year in which each woman adopts in one run."""
        paths = [prior.path for prior in RULES[self.rule][1]]
        scenario = assigned(self.scenario, dict(zip(paths, values, strict=True)))
        simulation = Simulation(self.community.copy(), scenario.mechanisms, scenario.interventions, seed)
        for _ in range(YEARS * STEPS):
            simulation.step()
        (state,) = simulation.community.participation.values()
        years = np.where(state.ever(), (state.joined - 1) // STEPS + 1, NEVER)
        return np.asarray(years[self._rows])


def figures(villages: Villages, years: Years) -> list[float]:
    """Return what is calibrated on: shares adopting in each two years, and hazards by contacts (3 and more in one)."""
    shares = [float(((years > end - 2) & (years <= end)).mean()) for end in range(2, YEARS + 1, 2)]
    at_risk, adopted = villages.hazards(years)
    risk, new = [*at_risk[:3], at_risk[3:].sum()], [*adopted[:3], adopted[3:].sum()]
    return shares + [float(n / r) if r else float("nan") for n, r in zip(new, risk, strict=True)]


def observations(villages: Villages) -> list[Observation]:
    """Return the same of what was observed, with the standard errors of shares."""
    at_risk, _ = villages.hazards(villages.years)
    counts = [len(villages.years)] * (YEARS // 2) + [*at_risk[:3], at_risk[3:].sum()]
    return [
        Observation("reached", number + 1, value, float(np.sqrt(value * (1 - value) / count)))
        for number, (value, count) in enumerate(zip(figures(villages, villages.years), counts, strict=True))
    ]


def simulated(
    train: Villages, test: Villages, rule: str, simulations: int, replicates: int
) -> tuple[list[Years], dict[str, object]]:
    """Calibrate on some villages; return adoption years in the others, and what came out."""
    model, priors = Model(train, rule), RULES[rule][1]

    def play(jobs):  # type: ignore[no-untyped-def]
        for number, (values, seed) in enumerate(jobs):
            yield number, figures(train, model.years(values, seed))

    posterior = calibrated(priors, observations(train), play, Settings(particles=80, simulations=simulations))
    elsewhere = Model(test, rule)
    draws = equal_draws(posterior, replicates)
    found = [elsewhere.years(tuple(map(float, row)), 1000 + number) for number, row in enumerate(draws)]
    said = posterior.summary()[["parameter", "median", "lower", "upper"]].to_dict("records")
    return found, {"posterior": said, "temperature": posterior.temperature, "simulations": posterior.simulations}


# --- rivals --------------------------------------------------------------------------------------------------


def _adopting(chance: Callable[[int], NDArray[np.float64]], ids: NDArray[np.uint64], replicates: int) -> list[Years]:
    """Return adoption years of women who adopt independently, each year with a chance of its own."""
    found = []
    for number in range(replicates):
        years = np.full(len(ids), NEVER)
        for year in range(1, YEARS + 1):
            luck = Draws(number).stream("rival", year).uniform(ids)
            years[(years == NEVER) & (luck < chance(year))] = year
        found.append(years)
    return found


def _from_curve(curve: NDArray[np.float64], test: Villages, replicates: int) -> list[Years]:
    reached = np.concatenate([[0.0], curve])
    hazard = np.clip(np.diff(reached) / (1 - reached[:-1]), 0, 1)
    size = len(test.years)
    return _adopting(lambda year: np.full(size, hazard[year - 1]), identities(test.people["id"].to_numpy()), replicates)


def village_mean(train: Villages, test: Villages, replicates: int) -> list[Years]:
    """Every village has the mean curve of the others."""
    return _from_curve(train.curves(train.years).mean(axis=0), test, replicates)


def bass(train: Villages, test: Villages, replicates: int) -> list[Years]:
    """Every village has the Bass curve fitted to the others (least squares; ceiling, innovation, imitation)."""
    observed = np.array([(train.years <= year).mean() for year in range(1, YEARS + 1)])
    time = np.arange(1, YEARS + 1)

    def curve(logs: NDArray[np.float64]) -> NDArray[np.float64]:
        ceiling, p, q = 1 / (1 + np.exp(-logs[0])), np.exp(logs[1]), np.exp(logs[2])
        gone = np.exp(-(p + q) * time)
        return np.asarray(ceiling * (1 - gone) / (1 + q / p * gone))

    starts = [np.array([ceiling, np.log(0.05), np.log(q)]) for ceiling in (0.5, 2.0) for q in (0.02, 0.3)]
    best = min((minimize(lambda x: ((curve(x) - observed) ** 2).sum(), start, method="Nelder-Mead",
                         options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-10}) for start in starts),
               key=lambda found: found.fun)  # fmt: skip
    return _from_curve(curve(best.x), test, replicates)


def logistic(train: Villages, test: Villages, replicates: int) -> list[Years]:
    """Hazards from a logistic regression on attributes and year, without the network (a slight ridge, 1e-3)."""
    columns = list(ATTRIBUTES)
    centre = train.people[columns].median()
    spread = train.people[columns].fillna(centre).std()

    def attributes(villages: Villages) -> NDArray[np.float64]:
        return ((villages.people[columns].fillna(centre) - centre) / spread).to_numpy(float)

    def rows(values: NDArray[np.float64], year: int) -> NDArray[np.float64]:
        dummies = np.zeros((len(values), YEARS))
        dummies[:, year - 1] = 1
        return np.hstack([dummies, values])

    mine = attributes(train)
    risk = [(year, train.years >= year) for year in range(1, YEARS + 1)]
    x = np.vstack([rows(mine[who], year) for year, who in risk])
    y = np.concatenate([train.years[who] == year for year, who in risk]).astype(float)

    def loss(weights: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, x @ weights).sum() - y @ (x @ weights) + 1e-3 * (weights**2).sum())

    def slope(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(x.T @ (1 / (1 + np.exp(-(x @ weights))) - y) + 2e-3 * weights)

    weights = minimize(loss, np.zeros(x.shape[1]), jac=slope, method="BFGS").x
    theirs = attributes(test)
    return _adopting(
        lambda year: 1 / (1 + np.exp(-(rows(theirs, year) @ weights))),
        identities(test.people["id"].to_numpy()),
        replicates,
    )


RIVALS = {"village mean curve": village_mean, "Bass curve": bass, "logistic regression, no network": logistic}


# --- judging -------------------------------------------------------------------------------------------------


def judged(test: Villages, found: list[Years]) -> dict[str, object]:
    """Return sums over one half of the villages, from which the scores of both halves together follow."""
    curves = np.array([test.curves(years) for years in found])
    observed = test.curves(test.years)
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    at_risk, adopted = np.zeros(PARTNERS), np.zeros(PARTNERS)
    for years in found:
        here, new = test.hazards(years)
        at_risk, adopted = at_risk + here, adopted + new
    return {
        "error": np.abs(curves.mean(axis=0) - observed).ravel(),
        "bias": (curves.mean(axis=0) - observed).ravel(),
        "inside": ((low <= observed + 1e-9) & (observed <= high + 1e-9)).ravel(),
        "width": (high - low).ravel(),
        "at_risk": at_risk, "adopted": adopted,
    }  # fmt: skip


def main(simulations: int = 1500, replicates: int = 200, record: Path | None = RECORD) -> dict[str, object]:
    """Predict each half from the other, and keep the scores."""
    halves = [read(lambda place, side=side: place % 2 == side) for side in (0, 1)]
    parts: dict[str, list[dict[str, object]]] = {}
    posteriors: dict[str, list[object]] = {}
    for train, test in (halves, halves[::-1]):
        for name, predict in RIVALS.items():
            parts.setdefault(name, []).append(judged(test, predict(train, test, replicates)))
        for rule in RULES:
            years, said = simulated(train, test, rule, simulations, replicates)
            parts.setdefault(f"simulation: {rule}", []).append(judged(test, years))
            posteriors.setdefault(rule, []).append(said)
            print(rule, said)
    at_risk, adopted = (sum(values) for values in zip(*(half.hazards(half.years) for half in halves), strict=True))
    observed = adopted / at_risk
    scores = {name: _scored(both, observed, at_risk) for name, both in parts.items()}
    result: dict[str, object] = {
        "villages": 15, "women": int(sum(len(half.years) for half in halves)), "replicates": replicates,
        "observed_hazard": observed.round(4).tolist(), "at_risk": at_risk.astype(int).tolist(),
        "scores": scores, "posteriors": posteriors,
    }  # fmt: skip
    print(pd.DataFrame(scores).T.to_string())
    if record is not None:
        record.parent.mkdir(exist_ok=True)
        record.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def _scored(
    both: list[dict[str, object]], observed: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, object]:
    joined = {key: np.concatenate([part[key] for part in both]) for key in ("error", "bias", "inside", "width")}
    at_risk, adopted = (np.sum([part[key] for part in both], axis=0) for key in ("at_risk", "adopted"))
    hazard = np.divide(adopted, at_risk, out=np.full(PARTNERS, np.nan), where=at_risk > 0)
    return {
        "curve_error": round(float(joined["error"].mean()), 4), "curve_bias": round(float(joined["bias"].mean()), 4),
        "coverage": round(float(joined["inside"].mean()), 3), "width": round(float(joined["width"].mean()), 3),
        "hazard": hazard.round(4).tolist(),
        "hazard_error": round(float(np.average(np.abs(hazard - observed), weights=weight)), 4),
    }  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
