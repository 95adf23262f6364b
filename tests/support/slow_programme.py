"""Participation in plain Python: who hears, decides, waits, joins, attends and leaves, one resident after the other.

Written from the description of a week in ``docs/architecture.md`` and of interventions in
``sim.interventions.spec``, not from the package's code. Only luck (``sim.rng``) and the choice of the invited
(``choose``) are shared. Ties with volunteers and fellow participants are made and ended as well.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field

import numpy as np

from sim.community.participation import NEVER, Source, Status
from sim.community.ties import Ties
from sim.interventions.targeting import choose, eligible
from sim.rng import Draws


@dataclass
class Slow:
    """What one intervention means for each resident."""

    status: list[int]
    source: list[int]
    heard_from: list[int]
    offered: list[bool]
    heard: list[int]
    waiting_since: list[int]
    joined: list[int]
    left: list[int]
    attended: list[int]
    group: list[int]
    worker: list[int]
    volunteer: list[bool]
    serving: list[int]
    served: list[int]
    hazard: list[float]
    spending: dict[str, float] = field(default_factory=dict)
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    """Effect, participant, partner: as long as the participant takes part."""

    @classmethod
    def new(cls, n):
        never, none, nil, no = [NEVER] * n, [-1] * n, [0] * n, [False] * n
        values = {
            "status": nil, "source": nil, "heard_from": none, "offered": no, "heard": never, "waiting_since": never,
            "joined": never, "left": never, "attended": nil, "group": none, "worker": none, "volunteer": no,
            "serving": nil, "served": nil, "hazard": [0.0] * n,
        }  # fmt: skip
        return cls(**{name: list(value) for name, value in values.items()})


class SlowRun:
    """One run. Eligibility must not change during the run; ties change only by the interventions."""

    def __init__(self, community, interventions, seed, talk_participant, talk_aware):
        self.community, self.draws, self.n = community, Draws(seed), len(community)
        self.talk_participant, self.talk_aware = talk_participant, talk_aware
        self.interventions = sorted(interventions, key=lambda item: item.name)
        self.states = {item.name: Slow.new(self.n) for item in self.interventions}
        self.can = {item.name: eligible(item.who, community).tolist() for item in self.interventions}
        self.ties = {}
        for i in range(self.n):
            row = community.ties.start[i]
            for e in range(row, row + community.ties.length[i]):
                self.ties[i, int(community.ties.neighbour[e])] = (float(community.ties.strength[e]), "", -1)
        self.week = 0

    def luck(self, rule, week=0, number=0):
        return self.draws.stream(rule, week).uniform(self.community.identity, number).tolist()

    def friends(self, i):
        return sorted(j for a, j in self.ties if a == i)

    def play(self):
        """Play one week."""
        self.week += 1
        before = copy.deepcopy(self.states)
        made, ended, self.together = [], [], set()
        for item in self.interventions:
            end = NEVER if item.runs.weeks is None else item.runs.start + item.runs.weeks
            if item.runs.start <= self.week <= end:
                self.deliver(item, self.states[item.name], before[item.name], end, made, ended)
        for one, other in ended:
            del self.ties[one, other], self.ties[other, one]
        for one, other, *tie in made:
            if (one, other) not in self.ties:
                self.ties[one, other] = self.ties[other, one] = tuple(tie)

    def deliver(self, item, state, old, end, made, ended):
        running = self.week < end
        self.leave(item, state, running)
        joiners = []
        if running:
            could_join = [
                self.can[item.name][i] and old.joined[i] == NEVER and not state.volunteer[i] for i in range(self.n)
            ]
            if self.week == item.runs.start:
                self.invite(item, state, could_join)
            self.tell(item, state, old)
            self.decide(item, state, old, could_join)
            if item.runs.length is None or self.week + item.runs.length <= end:
                joiners = self.enrol(item, state)
        else:
            state.hazard = [0.0] * self.n
        luck = self.luck(f"{item.name}: attendance", self.week)
        present = [i for i in range(self.n) if state.status[i] == Status.TAKING_PART and luck[i] < item.runs.attendance]
        for i in present:
            state.attended[i] += 1
        self.match(item, state, joiners, made, ended)
        self.pay(item, state, running, len(joiners), len(present))

    def leave(self, item, state, running):
        dropping = self.luck(f"{item.name}: dropout", self.week)
        for i in range(self.n):
            if state.status[i] == Status.TAKING_PART:
                stayed = self.week - state.joined[i]
                if not running or (item.runs.length is not None and stayed >= item.runs.length):
                    state.status[i], state.left[i] = Status.COMPLETED, self.week
                elif dropping[i] < item.runs.dropout:
                    state.status[i], state.left[i] = Status.DROPPED_OUT, self.week
            elif state.status[i] == Status.WAITING and not running:
                state.status[i] = Status.AWARE

    def hear(self, state, i, source, teller=-1):
        if state.status[i] == Status.UNAWARE:
            state.status[i], state.source[i], state.heard[i] = Status.AWARE, source, self.week
            state.heard_from[i] = teller

    def invite(self, item, state, could_join):
        """Invite, and put up posters that are seen from this week on."""
        stream = self.draws.stream(f"{item.name}: choice")
        pairs = np.array([pair for pair in self.ties if pair[0] < pair[1]], np.int32).reshape(-1, 2)
        now = self.community.copy()
        now.ties = Ties.from_pairs(self.n, pairs[:, 0], pairs[:, 1])
        invited = choose(item.choose, np.array(could_join), now, stream)
        for i in range(self.n):
            if invited[i]:
                state.offered[i] = True
                self.hear(state, i, Source.INVITATION)
            if could_join[i]:
                state.hazard[i] = item.spread.broadcast

    def tell(self, item, state, old):
        """Let people hear from posters and from each other; of those who talk, the first to tell is who told."""
        hearing = self.luck(f"word_of_mouth: {item.name}", self.week)
        stream = self.draws.stream(f"word_of_mouth from: {item.name}", self.week)
        who = self.community.identity
        for i in range(self.n):
            talk, first, soonest = 0.0, -1, math.inf
            for j in self.friends(i) if item.spread.talk else ():
                if old.joined[j] != NEVER:
                    hazard = self.ties[i, j][0] * self.talk_participant
                elif old.status[j] != Status.UNAWARE:
                    hazard = self.ties[i, j][0] * self.talk_aware
                else:
                    continue
                talk += hazard
                wait = -math.log1p(-stream.pair_uniform(who[[i]], who[[j]])[0]) / hazard if hazard else math.inf
                if wait < soonest:
                    first, soonest = j, wait
            if hearing[i] < -math.expm1(-state.hazard[i]):
                self.hear(state, i, Source.BROADCAST)
            elif hearing[i] < -math.expm1(-(state.hazard[i] + talk)):
                self.hear(state, i, Source.WORD_OF_MOUTH, first)

    def decide(self, item, state, old, could_join):
        spread = item.spread
        willing = self.luck(f"{item.name}: uptake")
        weekly = self.luck(f"{item.name}: taking up", self.week)
        for i in range(self.n):
            if state.status[i] != Status.AWARE or not could_join[i]:
                continue
            if willing[i] >= spread.uptake:
                state.status[i] = Status.DECLINED
                continue
            friends = self.friends(i)
            part = sum(old.joined[j] != NEVER for j in friends)
            if spread.rule == "simple":
                wants = True
            elif spread.rule == "threshold":
                wants = spread.contacts is None or part >= spread.contacts
                if spread.share is not None:
                    wants = wants and bool(friends) and part >= spread.share * len(friends)
            else:
                wants = weekly[i] < logistic(spread.base_chance, spread.contact_odds, part)
            if wants or state.offered[i]:
                state.status[i], state.waiting_since[i] = Status.WAITING, self.week

    def places(self, runs):
        most = runs.places if runs.workers is None else runs.workers * runs.caseload
        if most is None:
            return self.n
        return math.floor(most * min(1, (self.week - runs.start + 1) / (runs.ramp_up + 1)) + 1e-9)

    def enrol(self, item, state):
        runs, who = item.runs, range(self.n)
        luck = self.luck(f"{item.name}: queue")
        queue = sorted(
            (i for i in who if state.status[i] == Status.WAITING), key=lambda i: (state.waiting_since[i], luck[i])
        )
        queue = [i for i in queue if not self.is_elsewhere(item, i)]
        inside = [i for i in who if state.status[i] == Status.TAKING_PART]
        queue = queue[: max(self.places(runs) - len(inside), 0)]
        if runs.group_size is not None:
            groups = [queue[k : k + runs.group_size] for k in range(0, len(queue), runs.group_size)]
            if groups and len(groups[-1]) < runs.group_size:
                waited = self.week - state.waiting_since[groups[-1][0]]
                if len(groups[-1]) < 2 or runs.group_wait is None or waited < runs.group_wait:
                    del groups[-1]
            number = max(state.group) + 1
            for k, group in enumerate(groups):
                for i in group:
                    state.group[i] = number + k
            queue = [i for group in groups for i in group]
        for i in queue:
            if runs.workers is not None:
                cases = [sum(state.worker[j] == w for j in inside) for w in range(runs.workers)]
                state.worker[i] = cases.index(min(cases))
            state.status[i], state.joined[i] = Status.TAKING_PART, self.week
            inside.append(i)
        return queue

    def is_elsewhere(self, item, i):
        others = [other for other in self.interventions if other.name != item.name]
        return any(
            (item.exclusive or other.exclusive) and self.states[other.name].status[i] == Status.TAKING_PART
            for other in others
        )

    def match(self, item, state, joiners, made, ended):
        """Part those who left, and match those who joined."""
        for k, effect in enumerate(item.effects):
            for number, one, other in list(state.pairs):
                if number == k and state.left[one] == self.week:
                    state.pairs.remove((number, one, other))
                    state.serving[other] -= effect.partner == "volunteer"
                    if effect.ends == "with_programme" and self.ties.get((one, other), (0, ""))[1:] == (item.name, k):
                        ended.append((one, other))
            first = self.luck(f"{item.name}: {k} tie: partners", 0, 0)
            luck = self.luck(f"{item.name}: {k} tie: partners", 0, 1)
            found = []
            for one in sorted(joiners, key=lambda i: luck[i]):
                pool = sorted((j for j in range(self.n) if self.is_free(effect, state, one, j)), key=lambda j: luck[j])
                begin, wanted = int(first[one] * len(pool)), effect.number
                for other in pool[begin:] + pool[:begin]:
                    known = other == one or (one, other) in self.ties or frozenset((one, other)) in self.together
                    taken = effect.partner == "volunteer" and other in found
                    if wanted and not known and not taken:
                        self.together.add(frozenset((one, other)))
                        made.append((one, other, effect.strength, item.name, k))
                        state.pairs.append((k, one, other))
                        found.append(other)
                        wanted -= 1
            for other in found if effect.partner == "volunteer" else ():
                state.serving[other] += 1
                state.volunteer[other] = True
        for i in range(self.n):
            state.served[i] += state.serving[i] > 0

    def is_free(self, effect, state, one, other):
        if effect.partner == "participants":
            return state.status[other] == Status.TAKING_PART and state.group[other] == state.group[one]
        asked = state.offered[other] or state.joined[other] != NEVER or state.waiting_since[other] != NEVER
        return not asked and not any(programme.serving[other] for programme in self.states.values())

    def pay(self, item, state, running, joiners, present):
        inside = sum(status == Status.TAKING_PART for status in state.status)
        volunteers = sum(number > 0 for number in state.serving)
        cost = item.cost
        hour = None if cost.per_volunteer_hour is None else cost.per_volunteer_hour * cost.volunteer_hours
        for kind, price, times in [
            ("fixed", cost.fixed, self.week == item.runs.start),
            ("per_week", cost.per_week, running),
            ("per_participant", cost.per_participant, joiners),
            ("per_participant_week", cost.per_participant_week, inside),
            ("per_attendance", cost.per_attendance, present),
            ("per_volunteer_week", cost.per_volunteer_week, volunteers),
            ("volunteer_time", hour, volunteers),
        ]:
            if price is not None:
                state.spending[kind] = state.spending.get(kind, 0.0) + price * times


def logistic(base, odds, contacts):
    """Return the chance whose odds are those of ``base``, multiplied once for each contact."""
    if base in (0.0, 1.0):
        return base
    now = base / (1 - base) * odds**contacts
    return now / (1 + now)


def slow_run(community, interventions, seed, weeks, talk_participant, talk_aware):
    """Play and return the state of every intervention at the end of every week, from week 0 on."""
    run = SlowRun(community, interventions, seed, talk_participant, talk_aware)
    history = [copy.deepcopy(run.states)]
    for _ in range(weeks):
        run.play()
        history.append(copy.deepcopy(run.states))
    return history
