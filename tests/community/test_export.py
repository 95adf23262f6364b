"""What is written is read back to the same community: columns, ties and strengths, to the last of six decimals."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sim.cli.main import app
from sim.community.community import Community
from sim.community.export import write_community
from sim.community.graphs import from_networkx
from sim.community.synthesise import SynthesiseSource
from sim.scenario import load_plan


@pytest.fixture(scope="module")
def town() -> Community:
    return SynthesiseSource(300).build(1)


@pytest.fixture(scope="module")
def read_back(town, tmp_path_factory) -> Community:
    folder = tmp_path_factory.mktemp("written") / "town"
    write_community(town, folder)
    plan = load_plan([folder])
    return plan.scenarios[plan.baseline].build_community(7)


def ties_of(community: Community) -> pd.DataFrame:
    pairs = community.ties.pairs()
    places = np.array([*(place.name for place in community.places.items), ""])
    kinds = np.array(community.ties.kinds)
    return pd.DataFrame({
        "one": community.ids[pairs["one"]], "other": community.ids[pairs["other"]], "strength": pairs["strength"],
        "kind": kinds[pairs["kind"]], "place": places[pairs["place"]],
    })  # fmt: skip


def test_the_same_people(town, read_back):
    assert read_back.ids.tolist() == town.ids.tolist()
    assert read_back.identity.tolist() == town.identity.tolist()
    assert set(read_back.columns) == set(town.columns)
    for name, column in town.columns.items():
        held = read_back.columns[name]
        assert held.categories == column.categories, name
        assert held.observed.dtype == column.observed.dtype, name
        assert np.array_equal(held.values, column.values), name
    assert read_back.groups == town.groups


def test_the_same_ties(town, read_back):
    pd.testing.assert_frame_equal(ties_of(read_back), ties_of(town), check_exact=True)


def test_the_same_places(town, read_back):
    ours = {place.name: (place.sort, place.members.tolist()) for place in town.places.items}
    theirs = {place.name: (place.sort, place.members.tolist()) for place in read_back.places.items}
    assert theirs == ours


def test_nothing_is_drawn_again(town, read_back):
    assert not [note for note in read_back.notes if "drawn" in note]


def test_what_is_there_is_not_overwritten(town, tmp_path, capfd):
    write_community(town, tmp_path / "a")
    before = (tmp_path / "a" / "people.csv").read_bytes()
    (tmp_path / "t.yaml").write_text("outcome: loneliness\ncommunity: {synthesise: {residents: 50}}\n")
    with pytest.raises(SystemExit) as end:
        app(["network", "synthesise", str(tmp_path / "t.yaml"), "--out", str(tmp_path / "a")], prog_name="sim")
    assert end.value.code == 2
    assert "there already" in capfd.readouterr().err
    assert (tmp_path / "a" / "people.csv").read_bytes() == before
    assert not list((tmp_path / "a").glob(".*"))


def test_the_verb_writes_what_runs(tmp_path, capfd):
    (tmp_path / "t.yaml").write_text("outcome: loneliness\ncommunity: {synthesise: {residents: 60}}\n")
    with pytest.raises(SystemExit) as end:
        app(["network", "synthesise", str(tmp_path / "t.yaml"), "--out", str(tmp_path / "out"), "--seed", "3"])
    assert not end.value.code
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "baseline.yaml", "people.csv", "places.csv", "ties.csv",
    ]  # fmt: skip
    community = load_plan([tmp_path / "out"])["baseline"].build_community(1)
    expected = SynthesiseSource(60).build(3)
    assert community.ties.neighbour.tolist() == expected.ties.neighbour.tolist()
    assert "--out" not in capfd.readouterr().err


def test_graphml_holds_people_ties_and_places(town, tmp_path):
    (file,) = write_community(town, tmp_path, "graphml")
    graph = nx.read_graphml(file, node_type=int)
    assert graph.number_of_nodes() == 300
    assert graph.number_of_edges() == town.ties.count
    ties = ties_of(town)
    for row in ties.head(50).itertuples():
        edge = graph.edges[row.one, row.other]
        assert (edge["weight"], edge["kind"], edge.get("place", "")) == (row.strength, row.kind, row.place)
    latent = [graph.nodes[node]["loneliness"] for node in range(300)]
    assert np.array_equal(latent, town.columns.outcome("loneliness").values)
    hub = town.places.named("hub").members
    assert [graph.nodes[node]["member of hub"] for node in range(300)] == hub.tolist()


def test_networkx_there_and_back(town):
    again = from_networkx(town.to_networkx())
    pd.testing.assert_frame_equal(ties_of(again).drop(columns="place"), ties_of(town).drop(columns="place"))
    for name in ("stigma", "loneliness"):
        assert np.array_equal(again.observed(name), town.observed(name))


def test_people_of_a_survey_are_written_with_private_only(tmp_path, capfd):
    (tmp_path / "people.csv").write_text("id,side\n" + "".join(f"{i},a\n" for i in range(20)))
    (tmp_path / "ties.csv").write_text("source,target\n0,1\n2,3\n")
    (tmp_path / "s.yaml").write_text("outcome: loneliness\ncommunity: {survey: {people: people.csv, ties: ties.csv}}\n")
    words = ["network", "synthesise", str(tmp_path / "s.yaml"), "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as end:
        app(words)
    assert end.value.code == 2
    assert "--private" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit) as end:
        app([*words, "--private"])
    assert not end.value.code
    assert load_plan([tmp_path / "out"])["baseline"].build_community(1).ties.count == 2


def test_what_was_made_up_is_still_made_up_and_a_survey_is_still_a_survey(town, read_back, tmp_path):
    assert not read_back.private
    assert any("made up (`made_up`)" in note for note in read_back.notes)
    surveyed = replace(town, private=True)
    write_community(surveyed, tmp_path / "survey")
    plan = load_plan([tmp_path / "survey"])
    assert "made_up" not in (tmp_path / "survey/baseline.yaml").read_text()
    assert plan.scenarios[plan.baseline].build_community(1).private
