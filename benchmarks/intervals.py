"""How often 95% intervals cover a truth that is known: writes ``docs/intervals.md``.

python benchmarks/intervals.py > docs/intervals.md
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from made_effects import ALL, coverage, nested_coverage

STUDIES = 10_000
SEEDS = (20, 50, 100, 200)

OPENING = f"""
A 95% interval should hold the true effect in 95 of 100 studies. Here the truth is known: effects of paired runs are
drawn from a distribution with a known mean, {STUDIES:,} studies for each cell, and it is counted in how many of them
the interval covers it. The Monte Carlo error of these shares is about 0.2 points.
"""

SKEWED = """
Where effects are clearly skewed (beyond two standard errors of the skewness of normal values) Student's interval covers
too seldom, and the bounds are those of Hall's (1992) transformation of the t statistic instead; the column `interval`
of `comparison.csv` says which it is. In brackets: Student's interval throughout.
"""

READING = """
From 50 seeds on normal, skewed and rare-count effects are covered 93 to 97% of the time. Where ten or fewer events are
counted in all runs together (very rare) the interval is wider than need be at 50 seeds: it covers up to 98%. Extremely
skewed effects (lognormal, sigma 1) are covered 92 to 94%. Below 20 seeds the output says “too few runs” and gives no
verdict; nor does it where fewer than six runs differ at all.
"""

NESTED = """
Where several runs share a community the communities count as independent, not the runs. In brackets: taking all runs
for independent. Half of the spread between runs comes from the community here.
"""

SOURCES = """
Sources: Hall 1992, *On the removal of skewness by transformation*, Journal of the Royal Statistical Society B 54,
221-228; Fieller 1954, *Some problems in interval estimation*, Journal of the Royal Statistical Society B 16, 175-185
(ratios, such as the cost of a unit of effect).
"""


def say(paragraph: str) -> None:
    """Print a paragraph, and an empty line after it."""
    print(textwrap.fill(" ".join(paragraph.split()), 118))
    print()


def main() -> None:
    print("# How sure are the intervals?\n")
    print("<!-- written by benchmarks/intervals.py; do not edit by hand -->\n")
    say(OPENING)
    say(SKEWED)
    print(f"| effects | {' | '.join(f'{seeds} seeds' for seeds in SEEDS)} |")
    print(f"|---|{'---|' * len(SEEDS)}")
    for made in ALL:
        cells = [coverage(made, seeds, STUDIES) for seeds in SEEDS]
        shown = " | ".join(f"{100 * used:.1f}% ({100 * plain:.1f}%)" for used, plain in cells)
        print(f"| {made.words} ({made.kind}) | {shown} |")
    print()
    say(READING)
    say(NESTED)
    print("| communities x runs of each | covered |\n|---|---|")
    for communities, runs in ((10, 5), (25, 2), (50, 2), (25, 8)):
        nested, naive = nested_coverage(communities, runs, STUDIES)
        print(f"| {communities} x {runs} | {100 * nested:.1f}% ({100 * naive:.1f}%) |")
    print()
    print(textwrap.fill(" ".join(SOURCES.split()), 118))


if __name__ == "__main__":
    main()
