"""Residents and sets of them do what Mesa's plain agents holding the same values do."""

import copy
import pickle
from collections.abc import Set

import mesa
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mesa.agent import AgentSet

from sim.model import CommunityModel, Resident
from sim.model.resident_set import ResidentSet

COLUMNS = ("stigma", "self_stigma", "loneliness", "age_band", "lived_experience", "influence", "income")


class Plain(mesa.Agent):
    """An ordinary Mesa agent that holds its values itself."""

    def __init__(self, model, values):
        super().__init__(model)
        self.__dict__.update(values)


class Guest(mesa.Agent):
    """An agent of the user's own."""

    def __init__(self, model, stigma=0.9):
        super().__init__(model)
        self.stigma = stigma


@pytest.fixture
def model(spec):
    return CommunityModel(spec, rng=4)


def plain_twin(model):
    """An ordinary model whose agents hold the same values and whose luck is the same."""
    twin = mesa.Model(rng=model.seed)
    for resident in model.agents:
        Plain(twin, {name: getattr(resident, name) for name in COLUMNS})
    twin.random.setstate(model.random.getstate())
    return twin


def comparable(result):
    """Agents become their numbers, sets of them lists of numbers."""
    if isinstance(result, mesa.Agent):
        return result.unique_id
    if isinstance(result, Set | list | tuple):
        return [comparable(item) for item in result]
    if hasattr(result, "groups"):
        return {key: comparable(group) for key, group in result.groups.items()}
    if isinstance(result, dict):
        return {key: comparable(value) for key, value in result.items()}
    return result


def double(agent):
    return 2 * agent.stigma


def visit(agents, how):
    """In which order `do` or `shuffle_do` visits the agents."""
    seen = []
    getattr(agents, how)(lambda agent: seen.append(agent.unique_id))
    return seen


def raised(agents):
    agents.set("loneliness", 0.25)
    return agents.get("loneliness")


def raised_by_do(agents):
    agents.select(lambda a: a.stigma < 0.5).do(lambda a: setattr(a, "stigma", 0.75))
    return [round(value, 12) for value in agents.get("stigma")]


QUESTIONS = {
    "all": lambda a: a,
    "len": len,
    "first, last and a slice": lambda a: [*list(a)[:1], list(a)[-1], list(a)[3:9:2]],
    "select": lambda a: a.select(lambda r: r.loneliness > 0.5),
    "select everything": lambda a: a.select(),
    "select at most": lambda a: a.select(lambda r: r.stigma > 0.2, at_most=5),
    "select a share": lambda a: a.select(lambda r: r.stigma > 0.2, at_most=0.3),
    "select the first": lambda a: a.select(at_most=7),
    "select none": lambda a: a.select(at_most=0),
    "select by type": lambda a: a.select(agent_type=mesa.Agent, at_most=4),
    "select in place": lambda a: a.select(at_most=30).select(lambda r: r.influence, inplace=True),
    "get": lambda a: a.get("stigma"),
    "get a category": lambda a: a.get("age_band"),
    "get a flag": lambda a: a.get("lived_experience"),
    "get Mesa's number": lambda a: a.get("unique_id"),
    "get several": lambda a: a.get(["stigma", "age_band", "unique_id"]),
    "get none": lambda a: a.get([]),
    "get with default": lambda a: a.get("height", handle_missing="default", default_value=7),
    "get several with default": lambda a: a.get(["stigma", "height"], "default", None),
    "chain": lambda a: a.select(lambda r: r.loneliness > 0.5).get("stigma"),
    "sort": lambda a: a.sort("loneliness"),
    "sort upwards": lambda a: a.sort("loneliness", ascending=True),
    "sort keeps the order of equals": lambda a: a.sort("income"),
    "sort by a function": lambda a: a.sort(lambda r: (r.age_band, -r.stigma), ascending=True),
    "sort in place": lambda a: a.select(at_most=9).sort("stigma", inplace=True),
    "sort by a path": lambda a: a.sort("model.steps"),
    "shuffle": lambda a: a.shuffle(),
    "shuffle in place": lambda a: a.select(at_most=9).shuffle(inplace=True),
    "shuffle and take": lambda a: a.shuffle().select(at_most=3),
    "do": lambda a: visit(a, "do"),
    "shuffle_do": lambda a: visit(a, "shuffle_do"),
    "do by name": lambda a: a.do("step"),
    "map": lambda a: a.map(double),
    "map by name": lambda a: a.map("step"),
    "agg": lambda a: a.agg("stigma", sum),
    "agg with NumPy": lambda a: a.agg("stigma", np.mean),
    "agg several": lambda a: a.agg("income", [min, max, np.std, len, np.median]),
    "agg a flag": lambda a: a.agg("influence", [np.mean, sum]),
    "agg a category": lambda a: a.agg("age_band", lambda values: sorted(set(values))),
    "agg a category with NumPy": lambda a: list(a.agg("age_band", np.unique)),
    "groupby": lambda a: a.groupby("age_band"),
    "groupby a flag": lambda a: a.groupby("lived_experience").count(),
    "groupby a function": lambda a: a.groupby(lambda r: r.stigma > 0.5),
    "groupby as lists": lambda a: a.groupby("age_band", result_type="list"),
    "groupby count": lambda a: a.groupby("age_band").count(),
    "groupby agg": lambda a: a.groupby("age_band").agg("loneliness", np.mean),
    "groupby lists agg": lambda a: a.groupby("age_band", result_type="list").agg("loneliness", sum),
    "groupby map": lambda a: a.groupby("age_band").map(len),
    "groupby map by name": lambda a: a.groupby("age_band").map("get", "stigma"),
    "groupby do": lambda a: a.groupby("age_band").do(lambda group: group.select(at_most=1)),
    "groupby len": lambda a: len(a.groupby("income")),
    "groupby iteration": lambda a: [key for key, _ in a.groupby("income")],
    "set": raised,
    "set through do": raised_by_do,
    "union": lambda a: a.select(at_most=3) | a.select(lambda r: r.unique_id > 37),
    "intersection": lambda a: a.select(at_most=20) & a.select(lambda r: r.stigma > 0.5),
    "difference": lambda a: a - a.select(at_most=30),
    "reversed": lambda a: list(reversed(list(a))),
    "copy": lambda a: copy.copy(a),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_answers_as_plain_agents_do(model, question):
    twin = plain_twin(model)
    mine, theirs = comparable(question(model.agents)), comparable(question(twin.agents))
    assert mine == theirs
    assert type(mine) is type(theirs)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("select"), st.sampled_from(["stigma", "income"]), st.floats(0, 1)),
        st.tuples(st.just("sort"), st.sampled_from(COLUMNS), st.booleans()),
        st.tuples(st.just("first"), st.one_of(st.integers(0, 50), st.floats(0, 1))),
        st.tuples(st.just("shuffle")),
    ),
    max_size=6,
)


def follow(agents, chain):
    for word, *rest in chain:
        if word == "select":
            column, above = rest
            agents = agents.select(lambda r, c=column, x=above: getattr(r, c) > x)
        elif word == "sort":
            agents = agents.sort(rest[0], ascending=rest[1])
        elif word == "first":
            agents = agents.select(at_most=rest[0])
        else:
            agents = agents.shuffle()
    return comparable(agents)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chain=steps, seed=st.integers(0, 5))
def test_any_chain_of_choices_gives_what_plain_agents_give(spec, chain, seed):
    model = CommunityModel(spec, rng=seed)
    twin = plain_twin(model)
    assert follow(model.agents, chain) == follow(twin.agents, chain)


def test_values_are_plain_python_values(model):
    values = {name: type(getattr(model.agents[0], name)) for name in COLUMNS}
    assert values == {
        "stigma": float, "self_stigma": float, "loneliness": float, "age_band": str,
        "lived_experience": bool, "influence": bool, "income": float,
    }  # fmt: skip


def test_a_resident_stays_the_same_object(model):
    assert model.agents is model.agents
    assert model.agents[3] is model.agents[3] is model.agents.select(lambda r: r.unique_id == 4)[0]
    assert model.agents[2] in model.agents[3].neighbours()
    assert model.agents[3].id == 503


def test_observed_values_are_read_and_missing_categories_are_empty(model):
    columns = model.community.columns
    assert model.agents.get("stigma") == columns["stigma"].observed.tolist()
    assert min(model.agents.get("stigma")) == 0.0
    missing = np.flatnonzero(columns["age_band"].values == -1)
    assert missing.size
    assert model.agents[int(missing[0])].age_band == ""


def test_columns_with_names_that_mesa_uses_are_read_in_brackets(model):
    resident = model.agents[5]
    assert resident.pos is None
    assert resident["pos"] == model.community.columns["pos"].values[5]
    resident.pos = (1, 2)  # what Mesa's drawing components do
    assert resident.pos == (1, 2)
    assert model.agents.get("pos")[4:6] == [None, (1, 2)]


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0, 1, np.float64(0.125)])
def test_setting_an_outcome_moves_what_is_observed_and_not_where_it_rests(model, value):
    column = model.community.columns.outcome("stigma")
    rest = column.values.copy()
    model.agents[7].stigma = value
    assert model.agents[7].stigma == pytest.approx(float(value), abs=2e-16)
    assert np.array_equal(column.values, rest)
    others = np.arange(len(rest)) != 7
    assert not column.moved[others].any()
    before = column.observed.copy()
    column.refresh()
    assert np.array_equal(column.observed, before)


def test_writing_back_what_is_read_moves_nothing(model):
    for resident in model.agents:
        resident.stigma = resident.stigma
    assert not model.community.columns.outcome("stigma").moved.any()


def test_other_columns_are_set_by_name(model):
    resident = model.agents[1]
    resident.age_band, resident.influence, resident.income = "65+", True, 12
    assert (resident.age_band, resident.influence, resident.income) == ("65+", True, 12.0)
    resident.age_band = ""
    assert model.community.columns["age_band"].values[1] == -1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("stigma", 1.01, "from 0 to 1"),
        ("stigma", -0.01, "from 0 to 1"),
        ("stigma", float("nan"), "from 0 to 1"),
        ("stigma", "0.4", "is a number"),
        ("stigma", True, "is a number"),
        ("stigma", None, "is a number"),
        ("stigma", [0.4], "is a number"),
        ("income", -1, "from 0 to 1000"),
        ("age_band", "64+", "did you mean '65\\+'"),
        ("age_band", 2, "16-24, 25-64, 65\\+"),
        ("influence", 1, "True or False"),
    ],
)
def test_values_that_do_not_fit_are_refused_and_change_nothing(model, name, value, says):
    before = model.agents.get(name)
    with pytest.raises(ValueError, match=says):
        setattr(model.agents[0], name, value)
    with pytest.raises(ValueError, match=says):
        model.agents.set(name, value)
    assert model.agents.get(name) == before


def test_unknown_names_are_answered_with_the_right_one(model):
    with pytest.raises(AttributeError, match="did you mean 'loneliness'"):
        _ = model.agents[0].lonliness
    with pytest.raises(AttributeError, match="did you mean 'stigma'"):
        model.agents[0].stigm = 0.3
    with pytest.raises(AttributeError, match="did you mean 'stigma'"):
        model.agents.get("stigm")
    assert not hasattr(model.agents[0], "height")
    assert {"stigma", "age_band", "neighbours"} <= set(dir(model.agents[0]))


def test_nobody_is_added_or_removed(model):
    refused = [
        lambda: Resident(model),
        lambda: Resident.create_agents(model, 3),
        lambda: model.agents[0].remove(),
        lambda: model.remove_all_agents(),
        lambda: model.agents.remove(model.agents[0]),
        lambda: model.agents.clear(),
        lambda: model.agents.select(lambda r: r.stigma > 0.5, inplace=True),
    ]
    for action in refused:
        with pytest.raises(TypeError, match=r"cannot be (added|removed)|always holds every"):
            action()
    assert len(model.agents) == len(model.community)
    with pytest.raises(AttributeError, match="belongs to Mesa"):
        model.agents = []


def test_a_set_of_ones_own_can_be_changed(model):
    some = model.agents.select(at_most=3)
    some.discard(model.agents[0])
    some.add(model.agents[9])
    some.add(model.agents[9])
    assert comparable(some) == [2, 3, 10]
    with pytest.raises(KeyError):
        some.remove(model.agents[0])
    with pytest.raises(ValueError, match="another model"):
        some.add(Plain(mesa.Model(), {}))
    assert some == model.agents.select(lambda r: r.unique_id in (2, 3, 10))
    assert len(model.agents) == len(model.community)


def test_the_models_own_set_can_be_put_in_another_order(model):
    model.agents.sort("stigma", inplace=True)
    assert model.agents.get("stigma") == sorted(model.agents.get("stigma"), reverse=True)


def test_reading_columns_makes_no_resident(model):
    agents = model.agents
    agents.get(["stigma", "age_band"])
    agents.set("income", 20.0)
    agents.agg("loneliness", [np.mean, min])
    agents.sort("stigma").groupby("age_band").agg("income", np.mean)
    agents.shuffle().select(at_most=5)
    assert model._views == {}
    assert agents[0] is not None
    assert len(model._views) == 1


def test_agents_of_ones_own_join_the_residents(model):
    before = model.agents
    guest = Guest(model)
    residents = len(model.community)
    assert guest.unique_id == residents + 1
    assert before is model.agents
    assert guest in model.agents
    assert len(model.agents) == residents + 1
    assert model.agents[-1] is guest
    assert model.agents.get("stigma")[-1] == 0.9
    assert model.agents.agg("stigma", max) == max(model.community.observed("stigma").max(), 0.9)
    assert comparable(model.agents.select(agent_type=Guest)) == [residents + 1]
    assert model.agent_types == [Resident, Guest]
    assert set(model.agents_by_type) == {Resident, Guest}
    assert list(model.agents_by_type[Guest]) == [guest]
    assert len(model.agents_by_type[Resident]) == residents
    chosen = model.agents.select(lambda a: a.unique_id > residents - 1)
    with pytest.raises(AttributeError, match="income"):
        model.agents.get("income")
    guest.remove()
    assert guest not in model.agents
    assert len(model.agents) == residents
    assert comparable(chosen) == [residents]
    assert Guest(model).unique_id == residents + 2


def test_mixed_sets_answer_as_plain_agents_do(model):
    Guest(model, 0.5)
    twin = plain_twin_with_guest(model)
    for question in (
        lambda a: a.sort("stigma"),
        lambda a: a.shuffle(),
        lambda a: a.select(lambda r: r.stigma > 0.4),
        lambda a: a.agg("stigma", np.mean),
        lambda a: a.groupby(lambda r: type(r) is Guest),
        lambda a: visit(a, "shuffle_do"),
    ):
        assert comparable(question(model.agents)) == comparable(question(twin.agents))


def plain_twin_with_guest(model):
    twin = mesa.Model(rng=model.seed)
    for agent in model.agents:
        if isinstance(agent, Resident):
            Plain(twin, {name: getattr(agent, name) for name in COLUMNS})
        else:
            Guest(twin, agent.stigma)
    twin.random.setstate(model.random.getstate())
    return twin


def test_union_with_agents_of_another_model_is_a_plain_set(model):
    other = Plain(mesa.Model(rng=1), {})
    both = model.agents.select(at_most=2) | [other]
    assert type(both) is AgentSet
    assert len(both) == 3


def test_an_agent_removed_while_agents_act_is_passed_over(model):
    one, other = Guest(model), Guest(model)
    acted = []

    def act(agent):
        acted.append(agent)
        if agent is one:
            other.remove()

    model.agents.do(act)
    assert one in acted
    assert other not in acted


def test_sets_and_residents_survive_pickling(model):
    model.agents[2].stigma = 0.4
    some = pickle.loads(pickle.dumps(model.agents.select(at_most=5)))
    assert isinstance(some, ResidentSet)
    assert some.get("stigma") == model.agents.get("stigma")[:5]
    assert some[2] is some[2].model.agents[2]
    resident = pickle.loads(pickle.dumps(model.agents[2]))
    assert resident is resident.model.agents[2]
    assert resident.stigma == model.agents[2].stigma
    everybody = pickle.loads(pickle.dumps(model.agents))
    assert everybody is everybody[0].model.agents
    assert len(everybody) == len(model.community)


def test_a_set_is_made_from_agents_of_one_model(model):
    some = ResidentSet([model.agents[4], model.agents[1], model.agents[4]])
    assert comparable(some) == [5, 2]
    assert some.random is model.random
    with pytest.raises(ValueError, match="one CommunityModel"):
        ResidentSet([Plain(mesa.Model(rng=1), {})])
