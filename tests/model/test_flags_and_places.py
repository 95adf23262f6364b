"""What rules propose about yes-or-no columns and places is applied at the end of the week, in the order of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from still import rules
from worlds import world

from sim.community.places import Place
from sim.errors import InputError
from sim.interventions import Choose, Intervention, Runs, Spread
from sim.interventions.effects import Close, Disclose, Join, Open
from sim.mechanisms import defaults
from sim.model.engine import Simulation
from sim.rules import PlaceChange, Proposal, Sum, Week


def someone(*who: int, size: int = 6) -> np.ndarray:
    return np.isin(np.arange(size), who)


@dataclass(frozen=True)
class Proposing:
    """Proposes the same every week, and notes what it sees."""

    name: str
    flags: tuple[tuple[str, tuple[int, ...]], ...] = ()
    changes: tuple[PlaceChange, ...] = ()
    seen: Any = None

    def reads(self, community: Any) -> Sequence[Sum]:
        return ()

    def begin(self, week: Week) -> None:
        return None

    def derive(self, community: Any) -> Mapping[str, Any]:
        return {}

    def propose(self, week: Week) -> Proposal:
        if self.seen is not None:
            self.seen.append((week.community.flag("disclosed").tolist(), week.community.places.items[0].open))
        return Proposal(
            flags={name: someone(*who) for name, who in self.flags}, places=list(self.changes)
        )  # fmt: skip


def town():
    made = world(6, [(0, 1), (2, 3)], lived=[0, 1, 2], disclosed=[2])
    made.places.items.append(Place("hub", "hub", someone(0, 1)))
    return made


def test_flags_become_true_at_the_end_of_the_week_and_never_false_again():
    made, seen = town(), []
    first, last = (("disclosed", (1,)),), (("disclosed", (0, 1)),)
    simulation = Simulation(made.copy(), (*rules(), Proposing("a", first), Proposing("z", last, seen=seen)))
    simulation.step()
    assert seen[0][0] == someone(2).tolist()  # z reads the week as it stood, whatever a proposes
    assert simulation.community.flag("disclosed").tolist() == someone(0, 1, 2).tolist()
    assert made.flag("disclosed").tolist() == someone(2).tolist()
    open_ties = simulation.sums[Sum("strength", "open_lived_experience")]
    assert open_ties.tolist() == [1.0, 1.0, 0.0, 1.0, 0.0, 0.0]


def test_an_unknown_column_is_refused():
    simulation = Simulation(town(), (*rules(), Proposing("a", flags=(("disclosedd", (1,)),))))
    with pytest.raises(InputError, match="did you mean 'disclosed'"):
        simulation.step()


@pytest.mark.parametrize("turned", [False, True])
def test_places_change_at_the_end_of_the_week_in_the_order_of_the_rules_names(turned):
    made, seen = town(), []
    first = Proposing("a", changes=(PlaceChange(0, open=False, leaves=someone(0), joins=someone(4, 5)),), seen=seen)
    second = Proposing("b", changes=(PlaceChange(0, leaves=someone(5), joins=someone(0)),), seen=seen)
    simulation = Simulation(made.copy(), (*rules(), *([second, first] if turned else [first, second])))
    simulation.step()
    place = simulation.community.places.named("hub")
    assert [is_open for _, is_open in seen] == [True, True]
    assert not place.open
    assert place.members.tolist() == someone(0, 1, 4).tolist()
    assert made.places.named("hub").members.tolist() == someone(0, 1).tolist()


def doing() -> list[Intervention]:
    """Return interventions that disclose, join, open and close."""
    quiet = Spread(talk=False)
    return [
        Intervention("peers", choose=Choose("random", number=20), runs=Runs(length=4, places=8), spread=quiet,
                     effects=(Disclose(0.2, "each_week"), Join("shed", ends="with_programme"))),
        Intervention("build", choose=Choose("nobody"), runs=Runs(start=3), effects=(Open("shed", members=0.2),)),
        Intervention("cuts", choose=Choose("nobody"), runs=Runs(start=5), effects=(Close("hub", 0.5, 0.2),)),
    ]  # fmt: skip


class TestWithEverythingAtOnce:
    WEEKS: ClassVar[int] = 20

    def played(self, community, mechanisms, items, seed=4):
        simulation = Simulation(community, mechanisms, items, seed)
        for _ in range(self.WEEKS):
            simulation.step()
        return simulation

    def test_the_order_of_rules_and_interventions_changes_no_bit(self, make_community):
        plain = self.played(make_community(80, 300), defaults(), doing())
        mixed = self.played(make_community(80, 300), defaults()[::-1], doing()[::-1])
        for name in ("stigma", "self_stigma", "loneliness"):
            assert (plain.community.observed(name) == mixed.community.observed(name)).all()
        assert (plain.community.flag("disclosed") == mixed.community.flag("disclosed")).all()
        for one, other in zip(plain.community.places.items, mixed.community.places.items, strict=True):
            assert one.name == other.name
            assert one.open == other.open
            assert (one.members == other.members).all()
        ours, theirs = plain.community.ties.pairs(), mixed.community.ties.pairs()
        assert all((ours[key] == theirs[key]).all() for key in ours)

    def test_a_copy_in_the_middle_goes_on_as_the_original_does(self, make_community):
        import copy

        original = Simulation(make_community(80, 300), defaults(), doing(), 4)
        for _ in range(6):
            original.step()
        twin = copy.deepcopy(original)
        for _ in range(8):
            original.step()
            twin.step()
        assert (original.community.flag("disclosed") == twin.community.flag("disclosed")).all()
        assert (original.community.observed("loneliness") == twin.community.observed("loneliness")).all()
        assert original.community.ties.count == twin.community.ties.count

    def test_ties_stay_symmetric_and_without_repeats(self, make_community):
        ties = self.played(make_community(80, 300), defaults(), doing()).community.ties
        rows, entries = ties.rows().tolist(), ties.neighbour[ties.entries()].tolist()
        both = set(zip(rows, entries, strict=True))
        assert len(both) == len(rows)
        assert all((b, a) in both and a != b for a, b in both)
