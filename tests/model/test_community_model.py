"""A CommunityModel plays the engine's weeks, to the bit, and is a Mesa model on every Mesa we support."""

import copy
import gc
import pickle
import subprocess
import sys
import warnings
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim.community.columns import OUTCOMES
from sim.errors import InputError
from sim.interventions import Choose, Cost, Intervention, Runs, Spread
from sim.interventions.effects import Shift, Tie
from sim.measures import MEASURES
from sim.mechanisms import defaults
from sim.model import CommunityModel, Resident, Simulation
from sim.model.spec import ModelSpec, SmallTown, seed_from

WEEKS = 6
VISITS = Intervention(
    name="visits",
    choose=Choose(by="loneliness", number=8),
    runs=Runs(start=2, weeks=3, places=6),
    effects=(Shift(loneliness=-0.1), Shift(stigma="-0.3 sd"), Tie(partner="volunteer", kind="visitor")),
    spread=Spread(uptake=0.8),
    cost=Cost(fixed=100.0, per_participant=10.0),
)


@pytest.fixture
def busy(spec):
    """A spec in which much happens."""
    return type(spec)(weeks=WEEKS, mechanisms=defaults(), interventions=(VISITS,))


def engine_of(spec, seed):
    community = spec.build_community(spec.community_of(seed))
    return Simulation(community, spec.mechanisms, spec.interventions, seed)


def state(community):
    columns = {name: community.columns.outcome(name).moved for name in OUTCOMES}
    status = {name: item.status for name, item in community.participation.items()}
    return {**columns, **status, "strength": community.ties.pairs()["strength"]}


def assert_same(one, other):
    mine, theirs = state(one), state(other)
    assert mine.keys() == theirs.keys()
    for name, values in mine.items():
        assert np.array_equal(values, theirs[name]), name


@pytest.fixture(autouse=True)
def _no_warnings():
    """Whatever Mesa deprecates, our code must not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_importing_the_model_imports_no_mesa():
    code = (
        "import sys, sim, sim.model; assert 'mesa' not in sys.modules; sim.model.Simulation; "
        "assert 'mesa' not in sys.modules; sim.model.CommunityModel; assert 'mesa' in sys.modules; "
        "assert sim.CommunityModel is sim.model.CommunityModel"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names_of_the_package_are_refused():
    import sim.model

    assert {"CommunityModel", "Resident", "Simulation"} <= set(dir(sim.model))
    with pytest.raises(AttributeError, match="Agent"):
        _ = sim.model.Agent


def test_weeks_are_the_engines_to_the_bit(busy):
    model, engine = CommunityModel(busy, rng=5), engine_of(busy, 5)
    for week in range(1, WEEKS + 1):
        model.step()
        engine.step()
        assert model.steps == model.week == engine.week == week
        assert_same(model.community, engine.community)
    assert state(model.community)["stigma"].any()
    assert state(model.community)["visits"].any()


def test_looking_at_agents_changes_nothing(busy):
    quiet, watched = CommunityModel(busy, rng=5), CommunityModel(busy, rng=5)
    while quiet.running:
        quiet.step()
        watched.agents.shuffle_do(lambda resident: resident.neighbours())
        watched.agents.sort("stigma").groupby("age_band").agg("loneliness", np.mean)
        watched.step()
    assert_same(quiet.community, watched.community)
    assert quiet._views == {}
    assert len(watched._views) == len(watched.community)


def test_it_stops_after_the_weeks_of_the_spec(busy):
    model = CommunityModel(busy, rng=5)
    model.run_model()
    assert model.steps == WEEKS
    assert model.running is False
    model.step()  # going on is allowed, as in Mesa
    assert model.steps == model.week == WEEKS + 1
    assert CommunityModel(type(busy)(weeks=0), rng=1).running is False


def test_two_models_of_one_spec_do_not_touch_each_other(busy):
    kept = busy.build_community(1)

    class Keeper(type(busy)):
        def build_community(self, seed):
            return kept

    first = CommunityModel(Keeper(weeks=3, mechanisms=defaults(), interventions=(VISITS,)), rng=1)
    first.run_model()
    assert not kept.columns.outcome("stigma").moved.any()
    assert kept.participation == {}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_written_takes_part_in_the_next_week(busy, name):
    model, engine = CommunityModel(busy, rng=5), engine_of(busy, 5)
    model.step()
    engine.step()
    for resident in model.agents.select(lambda r: r.id % 3 == 0):
        setattr(resident, name, 0.9)
    column = engine.community.columns.outcome(name)
    rows = (engine.community.ids % 3 == 0) & (column.observed != 0.9)
    column.moved[rows] = 0.9 - column.values[rows]
    column.refresh()
    engine.refresh()
    model.step()
    engine.step()
    assert_same(model.community, engine.community)


def test_sums_are_redone_after_writing_and_only_then(busy):
    model = CommunityModel(busy, rng=5)
    before = model.measure("contact")
    model.agents.set("lived_experience", True).set("disclosed", True)
    assert model.measure("contact") > before
    calls = []
    model.simulation.refresh = lambda: calls.append(1)
    model.measure("contact")
    model.agents.set("disclosed", False)
    model.measure("contact")
    model.measure("stigma")
    assert calls == [1]


def test_a_change_of_columns_by_hand_is_taken_up_when_said(busy):
    model = CommunityModel(busy, rng=5)
    before = model.measure("access")
    model.community.columns["influence"].values[:] = True
    model.mark_changed()
    assert model.measure("access") == 1.0 > before


def test_participation_reads_in_words(busy):
    model = CommunityModel(busy, rng=5)
    assert model.agents[0].participation == {"visits": "unaware"}
    for _ in range(3):
        model.step()
    taking_part = model.agents.select(lambda r: r.participation["visits"] == "taking_part")
    assert len(taking_part) == model.measure("taking_part") * len(model.community) > 0


def test_measures_of_everybody_and_of_groups(busy):
    model = CommunityModel(busy, rng=5)
    model.step()
    residents = model.agents
    assert model.measure("stigma") == pytest.approx(residents.agg("stigma", np.mean), abs=1e-12)
    older = residents.select(lambda r: r.age_band == "65+")
    assert model.measure("loneliness", group="age_band=65+") == pytest.approx(
        older.agg("loneliness", np.mean), abs=1e-12
    )
    concerned = residents.select(lambda r: r.lived_experience)
    assert model.measure("self_stigma") == pytest.approx(concerned.agg("self_stigma", np.mean), abs=1e-12)
    assert model.measure("residents", group="lived_experience=yes") == len(concerned)
    assert np.isnan(model.measure("self_stigma", group="lived_experience=no"))
    for _ in range(3):
        model.step()
    assert model.measure("cost") == 100.0 + 10.0 * len(model.agents.select(ever_took_part))


def ever_took_part(resident):
    return resident.participation["visits"] in ("taking_part", "completed", "dropped_out")


@pytest.mark.parametrize(
    ("name", "group", "says"),
    [
        ("lonliness", "all", "did you mean 'loneliness'"),
        ("loneliness", "age_bnd=65+", "did you mean 'age_band'"),
        ("loneliness", "age_band=66+", "did you mean '65\\+'"),
        ("loneliness", "income=10", "'income' is a number"),
        ("cost", "age_band=65+", "whole community"),
    ],
)
def test_measures_and_groups_that_are_not_there_are_named(busy, name, group, says):
    with pytest.raises(InputError, match=says):
        CommunityModel(busy, rng=1).measure(name, group=group)


def test_it_collects_every_measure_by_itself(busy):
    model = CommunityModel(busy, rng=5)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table) == list(MEASURES)
    assert len(table) == WEEKS + 1
    assert table["taking_part"].max() > 0
    assert table["stigma"].iloc[-1] == model.measure("stigma")
    assert table["stigma"].iloc[0] == CommunityModel(busy, rng=5).measure("stigma")
    assert model._views == {}


class Watched(CommunityModel):
    """A model of a user's own, as Mesa's tutorial writes them."""

    def __init__(self, spec=None, *, rng=None):
        super().__init__(spec, rng=rng)
        self.datacollector = mesa.DataCollector(
            model_reporters={"stigma": lambda m: m.measure("stigma"), "week": "week"},
            agent_reporters={"stigma": "stigma", "band": "age_band", "ties": lambda r: len(r.neighbours())},
            agenttype_reporters={Resident: {"lonely": "loneliness"}},
        )
        self.datacollector.collect(self)

    def step(self):
        super().step()
        self.datacollector.collect(self)


def test_a_datacollector_of_ones_own_is_called_by_its_owner_only(busy):
    model = Watched(busy, rng=5)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert table["week"].tolist() == list(range(WEEKS + 1))
    people = model.datacollector.get_agent_vars_dataframe()
    assert len(people) == (WEEKS + 1) * len(model.community)
    last = people.xs(WEEKS, level="Step")
    assert last["stigma"].tolist() == model.agents.get("stigma")
    assert last["band"].tolist() == model.agents.get("age_band")
    assert last["ties"].tolist() == model.community.ties.degree().tolist()
    by_type = model.datacollector.get_agenttype_vars_dataframe(Resident)
    assert by_type["lonely"].iloc[-1] == model.agents[-1].loneliness


def test_without_a_collector_nothing_is_collected(busy):
    model = CommunityModel(busy, rng=5)
    model.datacollector = None
    model.step()
    assert len(model._own_collector.model_vars["stigma"]) == 1


def batch(model, spec, seeds, **settings):
    """Run Mesa's batch_run with given seeds on the Mesa that is installed."""
    settings = {"display_progress": False, "max_steps": 100, **settings}
    if "rng" in mesa.batch_run.__code__.co_varnames:  # Mesa 3.5: an argument of batch_run
        return mesa.batch_run(model, {"spec": [spec]}, rng=seeds, **settings)
    return mesa.batch_run(model, {"spec": [spec], "rng": seeds}, **settings)


def test_batch_run_gives_what_single_runs_give(busy):
    rows = batch(CommunityModel, busy, [1, 2], data_collection_period=1)
    for seed in (1, 2):
        model = CommunityModel(busy, rng=seed)
        weeks = [{name: model.measure(name) for name in MEASURES}]
        while model.running:
            model.step()
            weeks.append({name: model.measure(name) for name in MEASURES})
        found = [row for row in rows if row["rng"] == seed]
        assert len(found) >= WEEKS  # Mesa 3.3 leaves the last week out
        for row in found:
            for name, value in weeks[int(row["Step"])].items():
                assert row[name] == pytest.approx(value, rel=0, abs=0, nan_ok=True)
    assert all(row["spec"] is busy for row in rows)


def test_batch_run_reports_residents(busy):
    rows = batch(Watched, busy, [3], data_collection_period=2)
    model = CommunityModel(busy, rng=3)
    model.step()
    model.step()
    second = {row["AgentID"]: row["stigma"] for row in rows if row["Step"] == 2 and "band" in row}
    assert second == dict(zip(model.agents.get("unique_id"), model.agents.get("stigma"), strict=True))


def test_batch_run_without_seeds_draws_fresh_ones(busy):
    rows = mesa.batch_run(CommunityModel, {"spec": [busy]}, display_progress=False)
    assert len(rows) == 1


@pytest.mark.verify
def test_batch_run_in_processes_gives_the_same():
    spec = SmallTown(residents=80, weeks=3)
    alone = batch(CommunityModel, spec, [1, 2])
    spread = batch(CommunityModel, spec, [1, 2], number_processes=2)
    assert sorted(map(repr, alone)) == sorted(map(repr, spread))


def test_a_copy_goes_on_as_the_original(busy):
    model = CommunityModel(busy, rng=5)
    model.step()
    model.step()
    model.agents[0].stigma = 0.3
    copies = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    assert all(len(item.agents) == len(model.community) for item in copies)
    while model.running:
        for item in (model, *copies):
            item.step()
    for item in copies:
        assert item.steps == WEEKS
        assert not item.running
        assert_same(item.community, model.community)
        assert item.measure("bridging") == model.measure("bridging")
        assert len(item.datacollector.model_vars["stigma"]) == WEEKS + 1


@pytest.mark.parametrize("with_guest", [False, True])
def test_a_model_leaves_no_trace_in_memory(busy, with_guest):
    model = CommunityModel(busy, rng=5)
    model.agents.do(lambda resident: resident.neighbours())
    if with_guest:
        mesa.Agent(model)
        mesa.Agent(model).remove()
    model.step()
    trace = weakref.ref(model)
    del model
    gc.collect()
    assert trace() is None


def test_seeds_are_taken_as_mesa_users_give_them(busy):
    assert CommunityModel(busy, rng=7).seed == 7
    assert CommunityModel(busy, rng=np.int64(7)).seed == 7
    assert type(CommunityModel(busy, rng=np.int64(7)).seed) is int
    assert seed_from(np.random.SeedSequence(3)) == seed_from(np.random.SeedSequence(3)) != 3
    assert seed_from([1, 2]) == seed_from((1, 2)) != seed_from([2, 1])
    generator = np.random.default_rng(1)
    assert seed_from(generator) != seed_from(generator)
    assert seed_from(np.random.default_rng(1)) == seed_from(np.random.default_rng(1))
    assert seed_from(np.random.PCG64(1)) == seed_from(np.random.default_rng(1))
    fresh = {CommunityModel(busy).seed for _ in range(3)}
    assert len(fresh) == 3
    assert all(0 <= seed < 2**53 for seed in fresh)


def test_a_fresh_seed_can_be_played_again(busy):
    first = CommunityModel(busy)
    again = CommunityModel(busy, rng=first.seed)
    for model in (first, again):
        model.run_model()
    assert_same(first.community, again.community)
    assert first.random.random() == again.random.random()
    assert first.rng.random() == again.rng.random()


@pytest.mark.parametrize(("rng", "error"), [(-1, ValueError), ("1", TypeError), (1.5, TypeError), (True, TypeError)])
def test_seeds_that_are_none_are_refused(rng, error):
    with pytest.raises(error, match="rng"):
        seed_from(rng)


@pytest.mark.parametrize("spec", ["scenarios/seaside_town", {}, 3])
def test_what_is_no_scenario_is_refused(spec):
    with pytest.raises(TypeError, match="spec must be a scenario"):
        CommunityModel(spec)


def test_without_a_spec_it_is_a_small_town_in_its_ordinary_state():
    model = CommunityModel(rng=1)
    assert isinstance(model.spec, ModelSpec)
    assert len(model.agents) == 200
    assert model.spec.weeks == 104
    before = {name: model.measure(name) for name in OUTCOMES}
    model.step()
    assert {name: model.measure(name) for name in OUTCOMES} == pytest.approx(before, abs=1e-3)  # a tie or two has ended
    other = CommunityModel(rng=2)
    assert not np.array_equal(other.community.observed("stigma"), model.community.observed("stigma"))


def test_it_plays_what_sim_run_plays():
    from sim.run import play_unit
    from sim.scenario import load_plan

    study = Path(__file__).parents[2] / "scenarios" / "seaside_town"
    plan = load_plan([study], ["community.synthesise.residents=300"])
    weeks = 6
    table = play_unit(plan, 2, 2, weeks=weeks).series
    for name, scenario in plan.scenarios.items():
        model = CommunityModel(scenario, rng=2)
        for _ in range(weeks):
            model.step()
        of_scenario = table[table["scenario"] == name].sort_values("week")
        for measure, values in model.datacollector.get_model_vars_dataframe().items():
            stored = of_scenario[(of_scenario["group"] == "all") & (of_scenario["measure"] == measure)]
            assert {0, weeks} <= set(stored["week"]) or values.isna().any()  # slow measures are stored now and then
            assert np.array_equal(stored["value"], values.iloc[stored["week"]]), (name, measure)
        last = of_scenario[of_scenario["week"] == weeks]
        for group in ("age_band=65-74", "age_band=75+"):
            stored = last[(last["group"] == group) & (last["measure"] == "loneliness")]
            assert stored["value"].item() == model.measure("loneliness", group=group)
