"""Morris on the shipped study: twenty unknowns, ten trajectories, two workers, in under five minutes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.goals.line import Line

TITLE = "Morris on seaside_town's befriending"

_STUDY = Path(__file__).parents[2] / "scenarios" / "seaside_town" / "befriending.yaml"
_UNKNOWNS = (
    "mechanisms.loneliness.rate",
    "mechanisms.loneliness.support_effect",
    "mechanisms.loneliness.support_scale",
    "mechanisms.loneliness.contagion",
    "mechanisms.loneliness.peer_effect",
    "mechanisms.loneliness.self_stigma_effect",
    "mechanisms.influence.theory",
    "mechanisms.influence.anchoring",
    "mechanisms.influence.susceptibility",
    "mechanisms.contact.contact_effect",
    "mechanisms.engagement.withdrawal",
    "mechanisms.engagement.rejection",
    "mechanisms.self_stigma.exposure_effect",
    "mechanisms.ties.rate",
    "mechanisms.ties.search",
    "mechanisms.word_of_mouth.talk_participant",
    "interventions.befriending.runs.dropout",
    "interventions.befriending.spread.uptake",
    "interventions.befriending.spread.rule",
    "interventions.befriending.effects[0].tie.strength",
)


def measure(quick: bool) -> list[Line]:
    """Time the whole question, from loaded files to indices; processes start and compiled code is loaded within it."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        return [Line("morris", "Morris", skipped="SALib is not installed")]
    import sim

    small = {"community.synthesise.residents": 100, "weeks": 8} if quick else {}
    study = sim.load(_STUDY, small)
    unknowns = _UNKNOWNS[-2:] if quick else _UNKNOWNS
    trajectories, seeds, workers = (2, 2, 1) if quick else (10, 3, 2)
    start, used = time.perf_counter(), _processor_seconds()
    found = sim.sensitivity(
        study["befriending"], "morris", parameters=unknowns, samples=trajectories, seeds=seeds, workers=workers,
        progress=False,
    )  # fmt: skip
    seconds, used = time.perf_counter() - start, _processor_seconds() - used
    what = f"{len(unknowns)} parameters, {trajectories} trajectories, {seeds} seeds, {workers} workers"
    measured = f"{found.analysis.points} points; {used:,.0f} s of processors"
    return [Line("morris", what, measured, seconds, float("nan") if quick else 300.0, unit="s")]


def _processor_seconds() -> float:
    """Return what this process and those that it has started and ended have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
