"""Write people.csv and ties.csv of the example: 120 people of three streets who do not exist.

Every value is a keyed draw, so running this again writes the same files on every machine:

    python scenarios/survey_example/make_survey.py
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from sim.rng import Draws, identities

PEOPLE = 120
DRAWS = Draws(2024)
AREAS = ("Harbour Street", "Mill Lane", "Chapel Rise")
AGE_BANDS = ("16-34", "35-49", "50-64", "65-74", "75+")
AGE_SHARES = (0.25, 0.22, 0.23, 0.17, 0.13)
IDS = [f"r{number:03d}" for number in range(1, PEOPLE + 1)]
OUTSIDE = [f"x{number:02d}" for number in range(1, 31)]
WHO = identities(IDS)


def luck(what: str, number: int = 0) -> np.ndarray:
    """Return one draw in [0, 1) for each person."""
    return DRAWS.stream(what).uniform(WHO, number)


def pick(what: str, shares: tuple[float, ...]) -> np.ndarray:
    """Return for each person one of several choices with given shares."""
    return np.searchsorted(np.cumsum(shares)[:-1], luck(what), side="right")


def answers() -> dict[str, list[str]]:
    """Return the columns of people.csv except loneliness, which depends on ties."""
    yes = np.array(["no", "yes"])
    lived = luck("lived experience") < 0.27
    open_about = np.where(lived, yes[(luck("open about it") < 0.4).astype(int)], "")
    stigma = np.clip(np.round(6.0 + 3.6 * DRAWS.stream("stigma").normal(WHO) - 2.5 * lived), 0, 20).astype(int)
    own = np.clip(np.round(2.3 + 0.6 * DRAWS.stream("self-stigma").normal(WHO), 1), 1, 4)
    refused = luck("no answer") < 0.05
    return {
        "interview": [
            f"HS-{int(value * 1e6):06d}-{person}" for value, person in zip(luck("interview"), IDS, strict=True)
        ],
        "area": [AREAS[code] for code in pick("area", (0.36, 0.34, 0.30))],
        "age_band": [AGE_BANDS[code] for code in pick("age", AGE_SHARES)],
        "gender": [("man", "woman", "")[code] for code in pick("gender", (0.47, 0.51, 0.02))],
        "lived_experience": list(yes[lived.astype(int)]),
        "open_about_it": list(open_about),
        "stigma_score": ["" if gone else str(score) for gone, score in zip(refused, stigma, strict=True)],
        "self_stigma_score": [f"{score:.1f}" if has else "" for has, score in zip(lived, own, strict=True)],
        "community_voice": list(yes[(luck("voice") < 0.06).astype(int)]),
        "choir": list(yes[(luck("choir") < 0.2).astype(int)]),
    }


def nominations(columns: dict[str, list[str]]) -> list[tuple[str, str, str, int]]:
    """Return who names whom, under which relation, and how close they feel (1 to 5)."""
    rows = []
    area, age, choir = (np.array(columns[name]) for name in ("area", "age_band", "choir"))
    several = {"close_friend": (1.3, 0.55), "relative": (0.5, 0.8), "neighbour": (1.1, 0.4)}
    for one in range(PEOPLE):
        for relation, (mean, back) in several.items():
            alike = (area == area[one]) * (1.0 if relation == "close_friend" else 4.0) + (age == age[one]) + 0.05
            rows += name_others(one, relation, int(mean * 2 * luck(f"{relation}: how many")[one] + 0.5), back, alike)
        if choir[one] == "yes":
            rows += name_others(one, "from_choir", 2, 0.3, (choir == "yes") * 1.0)
        if luck("outside")[one] < 0.2:
            rows.append((IDS[one], OUTSIDE[int(luck("outside", 1)[one] * len(OUTSIDE))], "close_friend", 4))
    rows.append((IDS[7], IDS[7], "close_friend", 5))  # somebody named herself: the import drops and counts it
    return rows + rows[10:12]  # two rows stand twice, as they do in real files


def name_others(
    one: int, relation: str, wanted: int, back: float, alike: np.ndarray
) -> list[tuple[str, str, str, int]]:
    """Return the nominations that one person makes, and those with which the others answer."""
    race = -np.log(np.maximum(DRAWS.stream(f"{relation}: whom {one}").uniform(WHO), 1e-12)) / np.maximum(alike, 1e-9)
    race[one] = np.inf
    rows = []
    for other in np.argsort(race)[:wanted]:
        if alike[other] <= 0:
            continue
        feeling = DRAWS.stream(f"{relation}: closeness {one}").uniform(WHO)[other]
        close = {"close_friend": 3, "relative": 3, "neighbour": 1, "from_choir": 1}[relation] + int(3 * feeling)
        rows.append((IDS[one], IDS[other], relation, close))
        if DRAWS.stream(f"{relation}: back {one}").uniform(WHO)[other] < back:
            rows.append((IDS[other], IDS[one], relation, max(1, close - 1)))
    return rows


def loneliness(columns: dict[str, list[str]], rows: list[tuple[str, str, str, int]]) -> list[str]:
    """Return UCLA-3 scores: lower for people with many close ties, higher with lived experience."""
    close = dict.fromkeys(IDS, 0)
    for source, target, relation, _ in rows:
        if relation in ("close_friend", "relative"):
            close[source] += 1
            if target in close:
                close[target] += 1
    noise = DRAWS.stream("loneliness").normal(WHO)
    lived = np.array(columns["lived_experience"]) == "yes"
    latent = 5.3 - 0.25 * np.array([close[person] for person in IDS]) + 1.1 * lived + 1.8 * noise
    scores = np.clip(np.round(latent), 3, 9).astype(int)
    refused = luck("no answer to loneliness") < 0.03
    return ["" if gone else str(score) for gone, score in zip(refused, scores, strict=True)]


def main(folder: Path) -> None:
    """Write both files into a folder."""
    columns = answers()
    rows = nominations(columns)
    columns["ucla3"] = loneliness(columns, rows)
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", *columns])
        writer.writerows(zip(IDS, *columns.values(), strict=True))
    with (folder / "ties.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["source", "target", "relation", "closeness"])
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(__file__).parent)
