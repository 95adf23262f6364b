"""Profiles beside England's, a council's own table, composition by quota and by sample."""

import numpy as np
import pytest

from sim.community.synthesis.profile import PROFILES, Profile
from sim.community.synthesise import SynthesiseSource
from sim.errors import InputError
from sim.evidence import entries


def of(community, target):
    (found,) = [match for match in community.matches if match.target == target]
    return found


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_meets_its_targets(name):
    community = SynthesiseSource(2000, name).build(1)
    assert [match.target for match in community.matches if not match.met] == []


@pytest.mark.parametrize("name", PROFILES)
def test_entries_of_a_profile_are_of_englands_form(name):
    own = {key.removeprefix(f"{name}."): item for key, item in entries().items() if key.startswith(f"{name}.")}
    assert own
    for key, item in own.items():
        held = entries()[f"england.{key}"].value
        assert type(item.value) is type(held), key
        if isinstance(held, dict):
            assert list(item.value) == list(held), key


def test_what_a_profile_lacks_is_assumed_as_in_england():
    profile = Profile.read("united_states_1985", {})
    assert profile.source("close_friends").startswith("Smith, T. W.")
    assert profile.source("lonely_often").startswith("assumed as in England")
    assert profile.evidence("lonely_often") == "england.lonely_often"
    assert profile.values["lonely_often"] == entries()["england.lonely_often"].value
    community = SynthesiseSource(300, "united_states_1985").build(1)
    assert "1985" in community.title
    assert any("as an assumption" in note and "lonely_often" in note for note in community.notes)
    assert not any("as an assumption: " in note for note in SynthesiseSource(300).build(1).notes)


def test_friends_are_of_the_same_gender_as_often_as_wanted():
    for wanted in (0.55, 0.84):
        found = of(
            SynthesiseSource(1500, targets={"friends_same_gender": wanted}).build(1), "friends of the same gender"
        )
        assert found.achieved == pytest.approx(wanted, abs=0.02)


# --- a council's own table ---------------------------------------------------------------------------


def table(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "ours.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_own_figures_replace_those_of_the_profile(tmp_path):
    file = table(tmp_path, "target,group,value,tolerance,source\n"
                 "lonely_often,,0.12,0.001,Town survey 2025\nage,75+,0.30,,Census\nneighbours,1,30%,,\n")  # fmt: skip
    source = SynthesiseSource(1000, table=file)
    assert source.files() == (file,)
    community = source.build(1)
    lonely = of(community, "lonely often or always")
    assert (lonely.wanted, lonely.tolerance, lonely.source) == (0.12, 0.001, "Town survey 2025")
    assert lonely.achieved == pytest.approx(0.12, abs=0.001)
    assert of(community, "residents aged 75+").wanted == pytest.approx(0.30 / (1 - 0.107 + 0.30), abs=0.001)
    profile = Profile.read("england", {}, file)
    assert profile.values["neighbours"][0] == pytest.approx(0.3)
    assert profile.source("age") == "Census"


def test_the_scenario_goes_before_the_table(tmp_path):
    file = table(tmp_path, "target,value\nlonely_often,0.12\n")
    assert Profile.read("england", {"lonely_often": 0.05}, file).number("lonely_often") == 0.05


def test_semicolons_decimal_commas_and_a_bom(tmp_path):
    file = table(tmp_path, "target;group;value\nlonely_often;;0,12\n", "utf-8-sig")
    assert Profile.read("england", {}, file).number("lonely_often") == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("target,value\nlonely_offen,0.1\n", "ours.csv:2: 'lonely_offen' is not a target; did you mean 'lonely_often'"),
        ("target,value\nage,0.1\n", "ours.csv:2: a group is missing for 'age'"),
        ("target,group,value\nage,75,0.1\n", "'75' is no group of 'age'; did you mean '75+'"),
        ("target,group,value\nwomen,all,0.1\n", "is one number and has no groups"),
        ("target,value\nwomen,half\n", "column 'value' must be a number"),
        ("target,value\nwomen,\n", "found ''"),
        ("target,value\nwomen,0.5\nwomen,0.6\n", "ours.csv:3: 'women'  stands already in row 2"),
        ("target,value\nwomen,1.5\n", "from 0 to 1; found 1.5"),
        ("target,valu\nwomen,1.5\n", "did you mean 'value'"),
        ("target,value\n", "holds no figures"),
        ("", "column 'target' is missing"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(tmp_path, text, said):
    with pytest.raises(InputError) as error:
        SynthesiseSource(100, table=table(tmp_path, text))
    assert said in str(error.value)


def test_all_problems_of_a_table_are_said_at_once(tmp_path):
    with pytest.raises(InputError) as error:
        SynthesiseSource(100, table=table(tmp_path, "target,value\nx,1\nwomen,y\n"))
    assert [problem.line for problem in error.value.problems] == [2, 3]


def test_a_missing_table(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        SynthesiseSource(100, table=tmp_path / "none.csv")


# --- composition -------------------------------------------------------------------------------------


def test_sampled_communities_differ_as_samples_do():
    """Against the closed form: a share p of n residents has the standard deviation sqrt(p (1 - p) / n)."""
    made = [SynthesiseSource(400, composition="sample").build(seed) for seed in range(1, 31)]
    shares = np.array([(each.columns["age_band"].values == 2).mean() for each in made])
    spread = np.sqrt(0.239 * 0.761 / 400)
    assert 0.6 * spread < shares.std() < 1.5 * spread
    assert abs(shares.mean() - 0.239) < 4 * spread / np.sqrt(30)
    lived = np.array([each.flag("lived_experience").mean() for each in made])
    assert lived.std() > 0.01
    quota = [SynthesiseSource(400).build(seed) for seed in (1, 2, 3)]
    assert len({(each.columns["age_band"].values == 2).sum() for each in quota}) == 1


def test_sampled_communities_meet_targets_within_sampling_error():
    community = SynthesiseSource(2000, composition="sample").build(1)
    assert [match.target for match in community.matches if not match.met] == []
    assert any("differs as samples do" in note for note in community.notes)


def test_composition_is_checked():
    with pytest.raises(InputError, match="must be quota or sample"):
        SynthesiseSource(100, composition="random")


# --- in scenario files -------------------------------------------------------------------------------


def load(tmp_path, community):
    from sim.scenario import load_plan

    (tmp_path / "town.yaml").write_text(
        f"outcome: loneliness\ncommunity: {{synthesise: {{residents: 300, {community}}}}}\n"
    )
    return load_plan([tmp_path / "town.yaml"])["town"]


def test_a_scenario_file_names_table_and_composition(tmp_path):
    table(tmp_path, "target,value\nlonely_often,0.12\n")
    scenario = load(tmp_path, "table: ours.csv, composition: sample, profile: united_states_1985")
    assert scenario.data_files() == (tmp_path / "ours.csv",)
    assert of(scenario.build_community(1), "lonely often or always").wanted == 0.12


def test_a_scenario_file_holds_statistics_of_a_network(tmp_path):
    statistics = "degrees: {0: 0.2, 2: 0.8}, clustering: 0.2, attributes: {side: {shares: {a: 1, b: 1}, within: 0.8}}"
    community = load(tmp_path, f"targets: {{{statistics}}}").build_community(1)
    assert [match.target for match in community.matches if not match.met] == []
    assert community.groups == ("side", "lived_experience")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("table: ours.csv", "town.yaml:2: community.synthesise: "),
        ("targets: {degrees: {2: 1}, clustring: 0.3}", "did you mean 'clustering'"),
        ("composition: random", "composition"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(tmp_path, given, said):
    table(tmp_path, "target,value\nlonely_offen,0.12\n")
    with pytest.raises(InputError) as error:
        load(tmp_path, given)
    assert said in str(error.value)
    assert "town.yaml:2" in str(error.value)


def test_every_target_is_a_path_that_can_be_set(tmp_path):
    from sim.scenario import load_plan, paths

    found = {item.path: item for item in paths(load(tmp_path, "profile: england"))}
    prefix = "community.synthesise.targets."
    assert found[f"{prefix}lonely_often"].default == 0.07
    assert found[f"{prefix}age.75+"].default == 0.107
    keys = {key.removeprefix("england.") for key in entries() if key.startswith("england.")}
    assert {path.removeprefix(prefix).split(".")[0] for path in found if path.startswith(prefix)} == keys
    plan = load_plan([tmp_path / "town.yaml"], (f"{prefix}lonely_often=0.1", f"{prefix}age.75+=0.2"))
    assert plan["town"].source.targets == {"lonely_often": 0.1, "age": {"75+": 0.2}}
