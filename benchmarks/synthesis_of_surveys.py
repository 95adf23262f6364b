"""Networks made from the statistics of surveys, beside the surveys: the table in docs/synthesis.md.

    python benchmarks/synthesis_of_surveys.py ../shared/data [--write]

Only aggregates are shown, none that counts fewer than ten people. Without the data nothing can be computed; the table
in the repository is what it was with them.
"""

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.community.community import Community
from sim.community.describe import components, homophily, transitivity
from sim.community.small_cells import hidden
from sim.community.survey import SurveySource
from sim.community.synthesis.statistics import statistics_of
from sim.community.synthesise import SynthesiseSource
from sim.evidence import value

PAGE = Path(__file__).parent.parent / "docs" / "synthesis.md"
BEGIN, END = "<!-- table of surveys: begin -->", "<!-- table of surveys: end -->"
TOLERANCES = {"degrees": 0.02, "isolates": 0.01, "clustering": 0.02, "largest": 0.03, "within": 0.02, "mean": 0.02}


@dataclass
class Survey:
    """A survey's statistics."""

    name: str
    residents: int
    targets: dict[str, Any]
    """As ``synthesise: {targets: ...}`` takes them."""
    ties: int | None = None
    isolates: float | None = None
    clustering: float | None = None
    largest: float | None = None
    within: dict[str, float] = field(default_factory=dict)
    """Share of ties within each attribute's groups."""
    mean: float | None = None
    communities: int = 5
    """How many are made; fewer of those that take the search long."""


def whole_network(name: str, people: pd.DataFrame, ties: pd.DataFrame, attributes: tuple[str, ...]) -> Survey:
    """Read a survey with the importer and take its statistics."""
    with tempfile.TemporaryDirectory() as folder:
        people[["id", *attributes]].to_csv(Path(folder) / "people.csv", index=False)
        ties[["source", "target"]].to_csv(Path(folder) / "ties.csv", index=False)
        source = SurveySource(
            people=Path(folder) / "people.csv", ties=Path(folder) / "ties.csv",
            columns=attributes, types=dict.fromkeys(attributes, "category"),
        )  # fmt: skip
        community = source.build(1)
    targets = statistics_of(community, attributes)
    return Survey(
        name, len(community), targets, community.ties.count,
        clustering=transitivity(community),
        isolates=float((community.ties.length == 0).mean()),
        largest=float(components(community).max() / len(community)),
        within={column: within(community, targets, column) for column in attributes},
        mean=float(community.ties.length.mean()),
    )  # fmt: skip


def within(community: Community, targets: dict[str, Any], column: str) -> float:
    """Return the share of ties within the groups of a column; those without an answer are a group of their own."""
    if "unknown" not in targets["attributes"][column]["shares"]:
        return homophily(community, column)[0]
    pairs, (_, group) = community.ties.pairs(), community.group_codes(column)
    return float((group[pairs["one"]] == group[pairs["other"]]).mean())


def read(folder: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return tuple(pd.read_csv(folder / name / f"{file}.csv", dtype=str) for file in ("people", "ties"))  # type: ignore[return-value]


def surveys(folder: Path) -> list[Survey]:
    """Return the statistics of every survey in a folder."""
    found = []
    people, ties = read(folder, "faux_high_schools")
    for school in ("mesa", "desert", "dixon", "magnolia"):
        here, among = people[people["school"] == school], ties[ties["school"] == school]
        found.append(whole_network(f"Faux high school {school}", here, among, ("grade", "race", "sex")))
    for name, title, attributes in (
        ("korean_villages", "Korean villages", ("village", "education", "religion", "club_member")),
        ("brazilian_farmers", "Brazilian farmers", ("community", "literate_code", "coop_member")),
        ("medical_innovation", "Physicians (Medical Innovation)", ("city", "specialty_code")),
        ("nyakatoke", "Nyakatoke", ("religion",)),
    ):
        found.append(whole_network(title, *read(folder, name), attributes))
    return [*found, gss(folder / "gss1985_egocentric"), understanding_society(folder)]


def gss(folder: Path) -> Survey:
    """Return what a sample of egos says about the network of a population of 1,534: it has no largest component."""
    people, ties, among = (pd.read_csv(folder / f"{name}.csv") for name in ("people", "ties", "alter_ties"))
    degrees = pd.read_csv(folder / "degree_distribution.csv")
    attributes, same = {}, {}
    for column in ("sex", "race", "religion", "education_group", "age_group"):
        table = pd.read_csv(folder / f"mixing_{column}.csv").set_index(f"ego_{column}")
        shares = people[column].value_counts(normalize=True)
        table = table.reindex(index=shares.index, columns=shares.index).fillna(0.0)
        attributes[column] = {"shares": shares.to_dict(), "mixing": table.to_dict("index")}
        pairs = ties.merge(people[["id", column]], left_on="source", right_on="id", suffixes=("_named", ""))
        pairs = pairs[[f"{column}_named", column]].dropna()
        same[column] = float((pairs[f"{column}_named"] == pairs[column]).mean())
    described = people["n_alters_described"]
    clustering = len(among) / float((described * (described - 1) / 2).sum())
    shares = dict(zip(degrees["n_alters"].astype(int), degrees["share"], strict=True))
    return Survey(
        "General Social Survey 1985 (egos)", 1534,
        {"degrees": shares, "clustering": clustering, "attributes": attributes},
        isolates=shares[0], clustering=clustering, within=same,
        mean=float(sum(number * share for number, share in shares.items()) / sum(shares.values())),
    )  # fmt: skip


def understanding_society(folder: Path) -> Survey:
    """Return what published means say about 2,000 people; how numbers of friends are distributed is YouGov's."""
    table = pd.read_csv(folder / "uk_understanding_society_summary" / "summary_statistics.csv", dtype={"category": str})
    degrees: dict[int, float] = {}
    for numbers, share in zip(
        ((0,), (1,), (2, 3), (4, 5), (6, 7, 8)), value("england.close_friends").values(), strict=True
    ):
        degrees |= {number: share / len(numbers) for number in numbers}
    attributes, same = {}, {}
    for dimension, held in table.groupby("dimension"):
        keys = held["category"].tolist()
        shares, alike, mean = (held[column].to_numpy() for column in held.columns[2:])
        attributes[str(dimension)] = {
            "shares": dict(zip(keys, shares, strict=True)), "within": dict(zip(keys, alike, strict=True)),
        }  # fmt: skip
        same[str(dimension)] = float((shares * mean * alike).sum() / (shares * mean).sum())
    targets = {"degrees": degrees, "attributes": attributes}
    isolates = degrees[0] / sum(degrees.values())
    return Survey("Understanding Society 2011-12 (means)", 2000, targets, within=same, isolates=isolates)


@dataclass(frozen=True)
class Row:
    """One statistic of one survey."""

    survey: str
    statistic: str
    wanted: float
    achieved: float
    """Mean over the communities made."""
    largest_difference: float
    tolerance: float
    shown: bool = True
    """Whether it counts no few people."""

    @property
    def met(self) -> bool:
        """Whether every community is within the tolerance."""
        return self.largest_difference <= self.tolerance


def compare(survey: Survey) -> list[Row]:
    """Make networks from a survey's statistics and measure on them what the survey has."""
    made = [
        SynthesiseSource(survey.residents, targets=survey.targets).build(seed)
        for seed in range(1, survey.communities + 1)
    ]
    rows = []

    def add(statistic: str, wanted: float | None, of: Any, tolerance: float, counts: bool = False) -> None:
        if wanted is None:
            return
        found = np.array([of(each) for each in made])
        people = [round(wanted * survey.residents), round((1 - wanted) * survey.residents)]
        shown = not (counts and hidden(people).any())
        largest = float(np.abs(found - wanted).max())
        rows.append(Row(survey.name, statistic, wanted, float(found.mean()), largest, tolerance, shown))

    degrees = survey.targets["degrees"]
    whole = sum(degrees.values())

    def apart(community: Community) -> float:
        now = np.bincount(community.ties.length, minlength=max(degrees) + 1) / len(community)
        aim = np.zeros(len(now))
        aim[[*degrees]] = np.array([*degrees.values()]) / whole
        return float(np.abs(now - aim).sum() / 2)

    add("numbers of ties (share of people with another number)", 0.0, apart, TOLERANCES["degrees"])
    mean = TOLERANCES["mean"] * (survey.mean or 0.0)
    add("mean number of ties", survey.mean, lambda each: each.ties.length.mean(), mean)
    add("isolates", survey.isolates, lambda each: (each.ties.length == 0).mean(), TOLERANCES["isolates"], counts=True)
    add("clustering", survey.clustering, transitivity, TOLERANCES["clustering"])
    add("largest component", survey.largest, lambda each: components(each).max() / len(each), TOLERANCES["largest"],
        counts=True)  # fmt: skip
    for column, share in survey.within.items():
        add(
            f"ties within {column}", share, lambda each, column=column: homophily(each, column)[0], TOLERANCES["within"]
        )
    return rows


def markdown(rows: list[Row]) -> str:
    """Return the table."""
    lines = [
        "| survey | statistic | survey | made: mean | greatest difference | tolerance | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        verdict = "met" if row.met else "missed"
        numbers = (
            f"{row.wanted:.3f} | {row.achieved:.3f} | {row.largest_difference:.3f}" if row.shown else "few | few | few"
        )
        lines.append(f"| {row.survey} | {row.statistic} | {numbers} | {row.tolerance:.2f} | {verdict} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Synthesis from the statistics of surveys")
    parser.add_argument("data", type=Path, help="folder of the surveys")
    parser.add_argument("--write", action="store_true", help="put the table into docs/synthesis.md")
    given = parser.parse_args()
    rows: list[Row] = []
    for survey in surveys(given.data):  # written after each, since the last ones take minutes
        rows += compare(survey)
        if given.write:
            text = PAGE.read_text(encoding="utf-8")
            before, rest = text.split(BEGIN)
            PAGE.write_text(f"{before}{BEGIN}\n{markdown(rows)}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    print(markdown(rows))


if __name__ == "__main__":
    main()
