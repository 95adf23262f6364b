"""Communities from published statistics: targets met, same seed same bits, invariants, overrides."""

import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.community.community import Community
from sim.community.describe import transitivity
from sim.community.synthesis.keyed import assign, choose, quota, rank_within, scaled
from sim.community.synthesis.matching import Stubs, Tied, match
from sim.community.synthesis.outcomes import OFTEN
from sim.community.synthesis.profile import Profile
from sim.community.synthesise import SynthesiseSource
from sim.errors import InputError
from sim.evidence import entries
from sim.rng import Draws


@pytest.fixture(scope="module")
def town() -> Community:
    return SynthesiseSource(2000).build(1)


def achieved(community: Community, text: str) -> float:
    (found,) = [match.achieved for match in community.matches if match.target == text]
    return found


def first_difference(left: Community, right: Community) -> str:
    """Return the name of what differs first, to the bit; empty if nothing does.

    Compared here and not in an assertion: pytest would try to show how hundreds of thousands of bytes differ.
    """
    if list(left.columns) != list(right.columns):
        return "columns"
    for name in left.columns:
        if left.columns[name].values.tobytes() != right.columns[name].values.tobytes():
            return name
    for name in ("neighbour", "strength", "kind", "place", "start", "length"):
        if getattr(left.ties, name).tobytes() != getattr(right.ties, name).tobytes():
            return name
    for one, other in zip(left.places.items, right.places.items, strict=True):
        if one.name != other.name or not np.array_equal(one.members, other.members):
            return f"place {one.name}"
    return ""


def assert_same(left: Community, right: Community) -> None:
    assert first_difference(left, right) == ""


# --- targets -----------------------------------------------------------------------------------------


def check_targets(seed: int) -> None:
    community = SynthesiseSource(2000).build(seed)
    missed = [f"{m.target}: {m.achieved:.3f}, wanted {m.wanted:.3f}" for m in community.matches if not m.met]
    assert not missed
    friends = community.ties.degree(["friend"])
    shares = np.array([7, 12, 41, 21, 16]) / 97
    classes = np.searchsorted([1, 2, 4, 6], friends, side="right")
    assert np.abs(np.bincount(classes, minlength=5) / 2000 - shares).max() < 0.015
    assert 10 <= community.ties.degree().mean() <= 13


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_targets_are_met(seed):
    check_targets(seed)


@pytest.mark.verify
@pytest.mark.parametrize("seed", range(4, 24))
def test_targets_are_met_for_many_seeds(seed):
    check_targets(seed)


@pytest.mark.verify
def test_targets_are_met_in_a_larger_town():
    community = SynthesiseSource(20_000).build(1)
    assert [m.target for m in community.matches if not m.met] == []


def test_every_profile_entry_is_used_or_checked():
    """An entry whose override changed nothing would be an option accepted and ignored."""
    names = {name.removeprefix("england.") for name in entries() if name.startswith("england.")}
    base, ignored = SynthesiseSource(1000).build(1), []
    for name in sorted(names):
        held = entries()[f"england.{name}"].value
        if isinstance(held, dict):
            key = list(held)[-1]
            given = {key: held[key] * 0.2 + (0.01 if held[key] == 0 else 0.0)}
        elif isinstance(held, list):
            given = [held[0] * 0.2, *held[1:]]
        else:
            given = held * 0.2
        changed = SynthesiseSource(1000, targets={name: given}).build(1)
        if first_difference(base, changed):
            continue
        if [m.wanted for m in base.matches] == [m.wanted for m in changed.matches]:
            ignored.append(name)
    assert ignored == []


def test_loneliness_shares(town):
    column = town.columns.outcome("loneliness")
    assert (column.observed > OFTEN).mean() == pytest.approx(0.07, abs=0.001)
    assert (column.observed == 0.0).mean() == pytest.approx(0.20, abs=0.001)
    assert np.quantile(column.observed, 0.93) == pytest.approx(OFTEN, abs=0.01)  # where the measure cuts
    assert column.values.min() < 0.0 < 0.97 < column.values.max() <= 1.0  # lowest bin below 0, highest ends at 1
    assert len(np.unique(column.values)) > 1900  # spread within the bins: nobody sits on a cut
    band, lived = town.columns["age_band"].values, town.flag("lived_experience")
    often = column.observed > OFTEN
    assert often[band == 0].mean() > often[band >= 4].mean()
    assert often[lived].mean() > 2 * often[~lived].mean()


def test_loneliness_follows_ties_and_few_friends(town):
    loneliness = town.columns.outcome("loneliness").values
    pairs = town.ties.pairs()
    close = pairs["kind"] <= town.ties.kinds.index("friend")
    between = np.corrcoef(loneliness[pairs["one"][close]], loneliness[pairs["other"][close]])[0, 1]
    assert 0.1 < between < 0.3
    shuffled = Draws(1).stream("test").uniform(town.identity).argsort()
    broken = np.corrcoef(loneliness[pairs["one"][close]], loneliness[shuffled[pairs["other"][close]]])[0, 1]
    assert abs(broken) < 0.06  # negative control: strangers are not alike
    assert np.corrcoef(loneliness, town.ties.degree(["friend"]))[0, 1] < -0.1


@pytest.mark.parametrize(
    ("targets", "text", "at_least"),
    [
        ({"lonely_often": 0.14}, "lonely often or always", 0.06),
        ({"lonely_never": 0.35}, "never lonely", 0.1),
        ({"lonely_often_lived_experience": 0.30}, "lonely often or always with lived experience", 0.08),
        ({"loneliness_clustering": 0.0}, "correlation of loneliness between close ties", -0.08),
        ({"stigma_clustering": 0.3}, "correlation of stigma between close ties", 0.1),
        ({"stigma_mean": 0.4}, "stigma, mean of the latent value", 0.1),
        ({"close_friends": {"0": 0.2}}, "residents with 0 close friends", 0.08),
        ({"friends_clustering": 0.05}, "friends of a resident who are friends", -0.1),
        ({"friends_same_age": 0.5}, "friends of the same twenty years of age", -0.15),
        ({"neighbours_talk": 0.4}, "residents who chat to neighbours", -0.25),
        ({"influential": 0.1}, "residents without a tie to anybody influential", -0.25),
        ({"age": {"75+": 0.3}}, "residents aged 75+", 0.1),
        ({"lived_experience": 0.1}, "lived experience at 16 to 64", -0.1),
        ({"disclosed": 0.6}, "open about it", 0.25),
        ({"place_members": {"hub": 0.3}}, "members of a hub", 0.15),
    ],
)
def test_an_override_moves_what_is_achieved(town, targets, text, at_least):
    moved = achieved(SynthesiseSource(2000, targets=targets).build(1), text) - achieved(town, text)
    assert moved * np.sign(at_least) >= abs(at_least)


def test_overrides_are_told_to_readers():
    community = SynthesiseSource(100, targets={"lonely_often": 0.1}).build(1)
    assert any("lonely_often" in note and "scenario" in note for note in community.notes)
    (found,) = [m for m in community.matches if m.target == "lonely often or always"]
    assert found.wanted == 0.1
    assert found.source == "set by the scenario"


# --- sameness ----------------------------------------------------------------------------------------


def test_same_seed_same_bits(town):
    assert_same(town, SynthesiseSource(2000).build(1))


def test_other_seeds_make_other_communities(town):
    other = SynthesiseSource(2000).build(2)
    assert not np.array_equal(town.columns["age_band"].values, other.columns["age_band"].values)
    one, two = (set(zip(c.ties.pairs()["one"], c.ties.pairs()["other"], strict=True)) for c in (town, other))
    assert len(one & two) < 0.05 * len(one)


def test_drawn_values_have_six_decimals(town):
    for name in ("stigma", "self_stigma", "loneliness"):
        values = town.columns[name].values
        assert np.array_equal(values, np.round(values, 6))
    strength = town.ties.strength[town.ties.entries()]
    assert np.array_equal(strength, np.round(strength, 6))


def test_source_can_be_sent_to_other_processes():
    source = SynthesiseSource(60, targets={"lonely_often": 0.1})
    assert_same(source.build(5), pickle.loads(pickle.dumps(source)).build(5))
    assert source.files() == ()


# --- what always holds -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(residents=st.integers(20, 400), seed=st.integers(1, 10**9))
def test_invariants(residents, seed):
    community = SynthesiseSource(residents).build(seed)
    check_invariants(community, residents)


@pytest.mark.parametrize(
    "targets",
    [
        {"living_as_couple": dict.fromkeys(("16-24", "25-34", "35-49", "50-64", "65-74", "75+"), 0.0),
         "lone_parent": dict.fromkeys(("16-24", "25-34", "35-49", "50-64", "65-74", "75+"), 0.0)},
        {"lived_experience": 0.0},
        {"lived_experience": 1.0},
        {"close_friends": {"1": 0, "2-3": 0, "4-5": 0, "6+": 0}},
        {"close_friends": {"0": 0, "1": 0, "2-3": 0, "4-5": 0}},
        {"lonely_often": 0.0, "lonely_never": 0.0},
        {"lonely_often": 0.4, "lonely_never": 0.59},
        {"neighbours_talk": 0.0, "influential": 0.0, "disclosed": 0.0},
        {"place_members": {"hub": 0, "club": 0, "faith_group": 0, "workplace": 0}},
        {"place_members": {"hub": 1, "club": 1, "faith_group": 1, "workplace": 1}},
        {"age": {"16-24": 1, "25-34": 0, "35-49": 0, "50-64": 0, "65-74": 0, "75+": 0}},
        {"age": {"16-24": 0, "25-34": 0, "35-49": 0, "50-64": 0, "65-74": 0, "75+": 1}},
        {"loneliness_of_few_ties": 0.9, "loneliness_clustering": 0.9, "stigma_sd": 0.0},
    ],
)  # fmt: skip
def test_extreme_targets_still_make_a_community(targets):
    check_invariants(SynthesiseSource(120, targets=targets).build(3), 120)


def check_invariants(community: Community, residents: int) -> None:
    assert len(community) == residents
    assert np.array_equal(community.ids, np.arange(residents))
    ties, pairs = community.ties, community.ties.pairs()
    assert ties.kinds == ["household", "family", "friend", "neighbour", "group"]
    assert (pairs["one"] < pairs["other"]).all()
    assert len(set(zip(pairs["one"], pairs["other"], strict=True))) == ties.count
    assert ((pairs["strength"] > 0) & (pairs["strength"] <= 1)).all()
    household, area = community.columns["household"].values, community.columns["area"].values
    together = household[pairs["one"]] == household[pairs["other"]]
    assert np.array_equal(together, pairs["kind"] == ties.kinds.index("household"))
    sizes = np.array(list(Counter(household.tolist()).values()))
    assert (sizes * (sizes - 1) // 2).sum() == together.sum()  # complete within each household
    assert (area[pairs["one"]] == area[pairs["other"]])[together].all()
    neighbour = pairs["kind"] == ties.kinds.index("neighbour")
    assert (area[pairs["one"]] == area[pairs["other"]])[neighbour].all()
    group = pairs["kind"] == ties.kinds.index("group")
    assert np.array_equal(group, pairs["place"] >= 0)
    for one, other, place in zip(pairs["one"][group], pairs["other"][group], pairs["place"][group], strict=True):
        members = community.places.items[place].members
        assert members[one]
        assert members[other]
    names = [place.name for place in community.places.items]
    assert names.count("hub") == 1
    assert len(set(names)) == len(names)
    lived, disclosed = community.flag("lived_experience"), community.flag("disclosed")
    assert not (disclosed & ~lived).any()
    assert (community.columns["self_stigma"].values[~lived] == 0.0).all()
    for name in ("stigma", "self_stigma", "loneliness"):
        column = community.columns.outcome(name)
        assert np.isfinite(column.values).all()
        assert ((column.observed >= 0) & (column.observed <= 1)).all()
        assert (column.moved == 0).all()
    for name in community.groups:
        community.group_codes(name)
    for found in community.matches:
        assert np.isfinite([found.wanted, found.achieved, found.tolerance]).all()
        assert found.source


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "path", "text"),
    [
        ({"targets": {"lonley_often": 0.1}}, "targets.lonley_often", "did you mean 'lonely_often'?"),
        ({"targets": {"lonely_often": 1.5}}, "targets.lonely_often", "from 0 to 1; found 1.5"),
        ({"targets": {"lonely_often": "many"}}, "targets.lonely_often", "found 'many'"),
        ({"targets": {"lonely_often": True}}, "targets.lonely_often", "found True"),
        ({"targets": {"lonely_often": float("nan")}}, "targets.lonely_often", "found nan"),
        ({"targets": {"close_friends": {"7": 0.1}}}, "targets.close_friends", "allowed: 0, 1, 2-3, 4-5, 6+"),
        ({"targets": {"close_friends": 3}}, "targets.close_friends", "must be a mapping"),
        ({"targets": {"lonely_scores": [1, 0]}}, "targets.lonely_scores", "a list of 7 numbers"),
        ({"targets": {"family_links": [0, 0, 0, 0]}}, "targets.family_links", "above 0"),
        ({"targets": {"living_alone": {"75+": 0.9}}}, "targets", "at age 75+"),
        ({"targets": {"residents_per_area": 0}}, "targets.residents_per_area", "above 0"),
        ({"targets": {"lonely_often": 0.5, "lonely_never": 0.5}}, "targets.lonely_often", "less than 1"),
        ({"targets": [1]}, "targets", "must be a mapping"),
        ({"profile": "englnd"}, "profile", "did you mean 'england'?"),
        ({"residents": 5}, "residents", "from 20 to"),
        ({"residents": 200.5}, "residents", "whole number"),
    ],
)
def test_what_cannot_be_used_is_named(arguments, path, text):
    with pytest.raises(InputError) as caught:
        SynthesiseSource(**arguments)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert text in str(caught.value)


def test_all_problems_at_once():
    with pytest.raises(InputError) as caught:
        SynthesiseSource(targets={"lonly": 1, "women": 2, "age": {"80+": 1}})
    assert len(caught.value.problems) == 3


# --- tools -------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8), st.integers(0, 500))
def test_quota_is_nearest(shares, total):
    weights = np.array(shares)
    counts = quota(weights, total)
    assert counts.sum() == total
    assert np.abs(counts - weights / weights.sum() * total).max() < 1 + 1e-9


def test_assign_and_choose_take_the_lowest_scores():
    scores = np.array([0.9, 0.1, 0.5, 0.3])
    assert assign(scores, np.array([0.25, 0.5, 0.25])).tolist() == [2, 0, 1, 1]
    group = np.array([0, 0, 1, 1])
    assert rank_within(scores, group).tolist() == [0.75, 0.25, 0.75, 0.25]
    assert choose(scores, group, np.array([0.5, 1.0])).tolist() == [False, True, True, True]
    assert scaled(np.array([0.1, 0.3]), np.array([1.0, 1.0]), 0.4).tolist() == pytest.approx([0.2, 0.6])


def test_matching_meets_wanted_numbers_where_it_can():
    wanted = np.tile([1, 2, 3, 4], 50)
    stubs = Stubs.of(np.arange(200), wanted, np.arange(200.0), np.zeros(200, np.int64))
    (one, other), _, left = match(Draws(1), "test", stubs, 3.0, Tied(200), 8)
    found = np.bincount(np.concatenate([one, other]), minlength=200)
    assert (found <= wanted).all()
    assert (wanted - found).sum() == len(left) <= 4
    assert np.median(np.abs(one - other)) <= 4  # near in the row


def test_matching_keeps_to_blocks_and_avoids_ties_that_are_there():
    stubs = Stubs.of(np.arange(6), np.full(6, 2), np.zeros(6), np.array([0, 0, 0, 1, 1, 1]))
    tied = Tied(6)
    tied.add(np.array([1]))  # 0 and 1 are tied already
    (one, other), block, _ = match(Draws(2), "test", stubs, 1.0, tied, 12)
    pairs = {tuple(sorted(pair)) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    assert pairs <= {(0, 2), (1, 2), (3, 4), (3, 5), (4, 5)}
    assert pairs >= {(0, 2), (1, 2)}
    assert all((a < 3) == (where == 0) for a, where in zip(one.tolist(), block.tolist(), strict=True))


def test_one_circle_of_friends_closes_as_many_triangles_as_stated():
    """The constant that turns the wanted clustering into loyalty to one circle was measured like this."""
    found = [
        transitivity(SynthesiseSource(2000, targets={"friends_clustering": 0.22}).build(seed), ["friend"])
        for seed in (1, 2, 3)
    ]
    assert np.mean(found) == pytest.approx(0.22, abs=0.03)


def test_overrides_change_only_what_they_name():
    profile = Profile.read("england", {"age": {"75+": 0.2}})
    assert profile.table("age")["75+"] == 0.2
    assert profile.table("age")["16-24"] == entries()["england.age"].value["16-24"]
    assert profile.list("age").sum() == pytest.approx(1.0)
