"""A small study in files: a town of 150 in which two programmes are compared, over half a year."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_small_study"]

_FILES = {
    "community.yaml": """
        abstract: true
        title: Small town
        outcome: loneliness
        better: lower
        community: {synthesise: {residents: 150, profile: england}}
        weeks: 16
        seeds: 2
    """,
    "baseline.yaml": """
        extends: community.yaml
        title: As things are
    """,
    "befriending.yaml": """
        extends: community.yaml
        title: Befriending
        interventions:
          - use: befriending
            runs: {start: 2, places: 20}
    """,
    "talks.yaml": """
        extends: community.yaml
        title: Talks
        interventions:
          - name: talks
            choose: {by: random, number: 30}
            runs: {start: 2, weeks: 12, places: 30, length: 6}
            effects: [{shift: {loneliness: -0.3 sd, when: joined}}]
            spread: {uptake: 0.6}
    """,
}


def write_small_study(folder: Path) -> Path:
    """Write the study's files into a folder and return it."""
    from textwrap import dedent

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (folder / name).write_text(dedent(text).lstrip(), encoding="utf-8")
    return folder
