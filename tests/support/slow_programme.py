"""Participation in plain Python: who hears, decides, waits, joins and leaves, one resident after the other.

Written from the description of a week in ``docs/architecture.md`` and of interventions in
``sim.interventions.spec``, not from the package's code. Only luck (``sim.rng``) and the choice of the invited
(``choose``) are shared.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field

import numpy as np

from sim.community.participation import NEVER, Source, Status
from sim.interventions.targeting import choose, eligible
from sim.rng import Draws


@dataclass
class Slow:
    """What one intervention means for each resident."""

    status: list[int]
    source: list[int]
    offered: list[bool]
    heard: list[int]
    waiting_since: list[int]
    joined: list[int]
    left: list[int]
    hazard: list[float]
    spending: dict[str, float] = field(default_factory=dict)

    @classmethod
    def new(cls, n):
        never = [NEVER] * n
        return cls([0] * n, [0] * n, [False] * n, list(never), list(never), list(never), list(never), [0.0] * n)


def slow_run(  # noqa: C901 - one long loop is what makes it readable beside the description
    community, interventions, seed, weeks, talk_participant, talk_aware
):
    """Play and return the state of every intervention at the end of every week, from week 0 on.

    Eligibility must not change during the run.
    """
    n, draws = len(community), Draws(seed)
    neighbours = []
    for i in range(n):
        row = community.ties.start[i]
        entries = range(row, row + community.ties.length[i])
        neighbours.append([(int(community.ties.neighbour[e]), float(community.ties.strength[e])) for e in entries])
    interventions = sorted(interventions, key=lambda item: item.name)
    states = {item.name: Slow.new(n) for item in interventions}
    can = {item.name: eligible(item.who, community).tolist() for item in interventions}
    exclusive = {item.name: item.exclusive for item in interventions}
    history = [copy.deepcopy(states)]
    for week in range(1, weeks + 1):
        before = copy.deepcopy(states)
        for item in interventions:
            state, old, name = states[item.name], before[item.name], item.name
            start = item.runs.start
            end = NEVER if item.runs.weeks is None else start + item.runs.weeks
            if week < start or week > end:
                continue
            running = week < end
            who = range(n)

            def luck(rule, at, name=name):
                stream = draws.stream(f"word_of_mouth: {name}" if rule == "hearing" else f"{name}: {rule}", at)
                return stream.uniform(community.identity).tolist()

            # leaving
            could_join = [can[name][i] and old.joined[i] == NEVER for i in who]
            dropping = luck("dropout", week)
            for i in who:
                if state.status[i] == Status.TAKING_PART:
                    stayed = week - state.joined[i]
                    if not running or (item.runs.length is not None and stayed >= item.runs.length):
                        state.status[i], state.left[i] = Status.COMPLETED, week
                    elif dropping[i] < item.runs.dropout:
                        state.status[i], state.left[i] = Status.DROPPED_OUT, week
                elif state.status[i] == Status.WAITING and not running:
                    state.status[i] = Status.AWARE

            # hearing: from the programme itself, then from posters and each other
            def hear(i, source, state=state, week=week):
                if state.status[i] == Status.UNAWARE:
                    state.status[i], state.source[i], state.heard[i] = Status.AWARE, source, week

            if week == start:
                invited = choose(item.choose, np.array(could_join), community, draws.stream(f"{name}: choice"))
                for i in who:
                    if invited[i]:
                        state.offered[i] = True
                        hear(i, Source.INVITATION)
            hearing = luck("hearing", week)
            for i in who:
                talk = 0.0
                for j, strength in neighbours[i] if item.spread.talk else ():
                    if old.joined[j] != NEVER:
                        talk += strength * talk_participant
                    elif old.status[j] != Status.UNAWARE:
                        talk += strength * talk_aware
                if hearing[i] < -math.expm1(-old.hazard[i]):
                    hear(i, Source.BROADCAST)
                elif hearing[i] < -math.expm1(-(old.hazard[i] + talk)):
                    hear(i, Source.WORD_OF_MOUTH)
            for i in who:
                if week == start and could_join[i]:
                    state.hazard[i] = item.spread.broadcast
                if not running:
                    state.hazard[i] = 0.0

            # deciding, and joining
            joiners = 0
            if running:
                willing, queue_luck = luck("uptake", 0), luck("queue", 0)
                for i in who:
                    if state.status[i] != Status.AWARE or not could_join[i]:
                        continue
                    if willing[i] >= item.spread.uptake:
                        state.status[i] = Status.DECLINED
                        continue
                    part = sum(old.joined[j] != NEVER for j, _ in neighbours[i])
                    few = item.spread.contacts is not None and part < item.spread.contacts
                    if item.spread.share is not None:
                        few = few or not neighbours[i] or part < item.spread.share * len(neighbours[i])
                    if item.spread.rule == "simple" or state.offered[i] or not few:
                        state.status[i], state.waiting_since[i] = Status.WAITING, week
                queue = sorted(
                    (i for i in who if state.status[i] == Status.WAITING),
                    key=lambda i: (state.waiting_since[i], queue_luck[i]),
                )
                if item.runs.length is not None and week + item.runs.length > end:
                    queue = []
                inside = sum(status == Status.TAKING_PART for status in state.status)
                for i in queue:
                    elsewhere = any(
                        other != name
                        and (item.exclusive or exclusive[other])
                        and states[other].status[i] == Status.TAKING_PART
                        for other in states
                    )
                    if elsewhere or (item.runs.places is not None and inside >= item.runs.places):
                        continue
                    state.status[i], state.joined[i] = Status.TAKING_PART, week
                    inside += 1
                    joiners += 1

            # money
            inside = sum(status == Status.TAKING_PART for status in state.status)
            spent = {
                "fixed": item.cost.fixed if week == start else 0.0,
                "per_week": item.cost.per_week if running else 0.0,
                "per_participant": item.cost.per_participant * joiners,
                "per_participant_week": item.cost.per_participant_week * inside,
            }
            for kind, amount in spent.items():
                state.spending[kind] = state.spending.get(kind, 0.0) + amount
        history.append(copy.deepcopy(states))
    return history
