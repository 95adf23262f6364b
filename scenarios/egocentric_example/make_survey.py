"""Write egos.csv, alters.csv and alter_ties.csv of the example: 240 respondents of a district who do not exist.

Every value is a keyed draw, so running this again writes the same files on every machine:

    python scenarios/egocentric_example/make_survey.py
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from sim.rng import Draws, identities

EGOS = 240
DRAWS = Draws(1985)
AGE_BANDS = ("16-34", "35-49", "50-64", "65+")
AGE_SHARES = (0.28, 0.24, 0.24, 0.24)
ANSWERING = np.array([0.5, 0.8, 1.1, 1.5])
"""How readily people of each age answered: the weights make up for it."""
GENDERS = ("woman", "man")
RELATIONS = ("relative", "friend", "neighbour")
IDS = [f"e{number:03d}" for number in range(1, EGOS + 1)]
WHO = identities(IDS)

Row = list[str]


def luck(what: str, number: int = 0) -> np.ndarray:
    """Return one draw in [0, 1) for each respondent."""
    return DRAWS.stream(what).uniform(WHO, number)


def pick(shares: np.ndarray, draw: float) -> int:
    """Return one of several choices with given shares."""
    edges = np.cumsum(shares) / np.sum(shares)
    return int(min(np.searchsorted(edges, draw, side="right"), len(shares) - 1))


def alters_of(ego: int, age: int, gender: int) -> list[tuple[int, int, int, int]]:
    """Return relation, age, gender and closeness (1 to 5) of the people whom a respondent describes, five at most."""
    wanted = pick(np.array([0.09, 0.17, 0.22, 0.22, 0.17, 0.13]), luck("how many")[ego])
    found = []
    for number in range(wanted):
        relation = pick(np.array([0.45, 0.38, 0.17]), luck("relation", number)[ego])
        near = np.exp(-np.abs(np.arange(len(AGE_BANDS)) - age) * (0.4 if relation == 0 else 1.3))
        alike = 0.5 if relation == 0 else 0.68
        same = luck("gender of alter", number)[ego] < alike
        closeness = 1 + min(4, int((1.5 if relation == 2 else 3) + 3 * luck("closeness", number)[ego] - 0.5))
        found.append(
            (relation, pick(near, luck("age of alter", number)[ego]), gender if same else 1 - gender, closeness)
        )
    return found


def write(folder: Path, name: str, header: Row, rows: list[Row]) -> None:
    """Write one file."""
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write the three files into a folder."""
    egos, alters, pairs = [], [], []
    for ego, name in enumerate(IDS):
        age = pick(np.array(AGE_SHARES) * ANSWERING, luck("age")[ego])
        gender = pick(np.array([0.54, 0.46]), luck("gender")[ego])
        described = alters_of(ego, age, gender)
        lived = luck("lived experience")[ego] < 0.24
        noise = float(DRAWS.stream("loneliness").normal(WHO)[ego])
        score = int(np.clip(round(5.4 - 0.35 * len(described) + 1.0 * lived + 1.6 * noise), 3, 9))
        stigma = int(np.clip(round(68 + 14 * float(DRAWS.stream("attitude").normal(WHO)[ego]) + 6 * lived), 0, 100))
        refused = luck("no answer")[ego] < 0.04
        egos.append([
            name, AGE_BANDS[age], GENDERS[gender], "yes" if lived else "no", str(stigma), "" if refused else str(score),
            "yes" if luck("club")[ego] < 0.22 else "no", f"{0.9 / ANSWERING[age]:.3f}", str(len(described)),
        ])  # fmt: skip
        for number, (relation, alter_age, alter_gender, closeness) in enumerate(described, start=1):
            alters.append([
                name, str(number), RELATIONS[relation], AGE_BANDS[alter_age], GENDERS[alter_gender], str(closeness),
            ])  # fmt: skip
        for one in range(1, len(described) + 1):
            for other in range(one + 1, len(described) + 1):
                both = {described[one - 1][0], described[other - 1][0]}
                chance = 0.75 if both == {0} else 0.4 if len(both) == 1 else 0.22
                if luck(f"know each other {one} {other}")[ego] < chance:
                    pairs.append([name, str(one), str(other)])
    write(
        folder, "egos.csv",
        ["id", "age_band", "gender", "lived_experience", "attitude", "ucla3", "club", "weight", "named"], egos,
    )  # fmt: skip
    write(folder, "alters.csv", ["ego", "alter", "relation", "age_band", "gender", "closeness"], alters)
    write(folder, "alter_ties.csv", ["ego", "one", "other"], pairs)


if __name__ == "__main__":
    main(Path(__file__).parent)
