"""The catalogue: every entry is complete, cites its numbers, and says what is assumed."""

import dataclasses
import typing
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sim import catalogue
from sim.errors import InputError
from sim.evidence import entry, source
from sim.interventions.effects import EFFECTS
from sim.interventions.spec import Choose, Cost, Intervention, Runs, Spread

NAMES = catalogue.names()
FOLDER = Path(catalogue.__file__).parent
PARTS = {"choose": Choose, "runs": Runs, "spread": Spread, "cost": Cost}


def raw(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded


def at(node: Any, path: str) -> Any:
    for part in path.replace("[", ".[").split("."):
        node = node[int(part[1:-1])] if part.startswith("[") else node[part]
    return node


def numbers(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [number for item in node.values() for number in numbers(item)]
    if isinstance(node, list):
        return [number for item in node for number in numbers(item)]
    return [node] if isinstance(node, int | float) and not isinstance(node, bool) else []


PROMISED = {
    "befriending", "peer_support", "social_contact", "anti_stigma_campaign", "hub_opening", "hub_closure",
    "day_service_closure", "link_worker", "network_mapping", "volunteering", "timebank", "champions",
    "connecting_people",
}  # fmt: skip


def test_the_thirteen_that_were_promised_are_there() -> None:
    assert set(NAMES) >= PROMISED
    assert list(NAMES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
class TestEveryEntry:
    def test_speaks_to_readers(self, name: str) -> None:
        found = catalogue.load(name)
        assert found.name == name
        assert 3 < len(found.title) < 50
        for text in (found.summary, found.in_the_model, found.known):
            assert len(text) > 80
            assert text.endswith(".")
        assert len(found.assumed) >= 2

    def test_holds_no_number_of_its_own(self, name: str) -> None:
        assert numbers(raw(name)) == []

    def test_has_keys_that_an_intervention_has(self, name: str) -> None:
        fields = {field.name for field in dataclasses.fields(Intervention)}
        found = catalogue.load(name).intervention
        assert set(found) <= fields
        for part, cls in PARTS.items():
            assert set(found.get(part, {})) <= {field.name for field in dataclasses.fields(cls)}

    def test_has_effects_that_the_model_knows_and_accepts(self, name: str) -> None:
        kinds = {cls.kind_of_effect: cls for cls in EFFECTS}
        for effect in catalogue.load(name).intervention["effects"]:
            ((kind, given),) = effect.items()
            cls = kinds[kind]
            keys = {field.metadata.get("key", field.name): field for field in dataclasses.fields(cls)}
            assert set(given) <= set(keys)
            made = cls(**{keys[key].name: item for key, item in given.items()})
            for key, item in given.items():
                allowed = typing.get_type_hints(cls)[keys[key].name]
                if typing.get_origin(allowed) is typing.Literal:
                    assert item in typing.get_args(allowed)
            assert dataclasses.is_dataclass(made)

    def test_has_numbers_that_equal_their_evidence(self, name: str) -> None:
        found = catalogue.load(name)
        assert found.evidence
        for path, used in found.evidence.items():
            written = at(found.intervention, path)
            if isinstance(written, str):
                text, unit = written.split()
                assert unit == {"SD": "sd", "GBP": "GBP"}[entry(used).unit]
                assert float(text) == entry(used).value
            else:
                assert written == entry(used).value

    def test_names_the_evidence_of_every_number(self, name: str) -> None:
        found = catalogue.load(name)
        assert len(numbers(found.intervention)) == sum(
            not isinstance(at(found.intervention, path), str) for path in found.evidence
        )

    def test_has_ranges_whose_ends_the_model_accepts(self, name: str) -> None:
        kinds = {cls.kind_of_effect: cls for cls in EFFECTS}
        for end in ("low", "high"):
            found = catalogue.load(name)
            for path, used in found.evidence.items():
                if not path.startswith("effects"):
                    continue
                holder, _, key = path.rpartition(".")
                bound, unit = getattr(entry(used), end), entry(used).unit
                at(found.intervention, holder)[key] = f"{bound} sd" if unit == "SD" else bound
            for effect in found.intervention["effects"]:
                ((kind, given),) = effect.items()
                cls = kinds[kind]
                keys = {field.metadata.get("key", field.name): field.name for field in dataclasses.fields(cls)}
                cls(**{keys[key]: item for key, item in given.items()})

    def test_shifts_no_outcome_that_its_supporting_tie_also_moves(self, name: str) -> None:
        effects = catalogue.load(name).intervention["effects"]
        ties = [effect["tie"] for effect in effects if "tie" in effect]
        shifted = {key for effect in effects if "shift" in effect for key in effect["shift"]}
        if ties:
            assert "loneliness" not in shifted

    def test_describes_itself_with_numbers_units_sources_and_assumptions(self, name: str) -> None:
        found = catalogue.load(name)
        text = catalogue.describe(name)
        flat = " ".join(text.split())
        for path, used in found.evidence.items():
            assert entry(used).label in flat
            assert path in flat
            for key in entry(used).sources:
                assert " ".join(source(key).text.split()) in flat
            if entry(used).is_assumption:
                after = flat[flat.index(entry(used).label) :]
                assert "assumption" in after.split(" - ")[0]
        for item in found.assumed:
            assert item in flat
        assert found.known in flat
        assert max(len(line) for line in text.splitlines()) <= 100

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_fits_the_width_that_it_is_given(self, name: str, width: int) -> None:
        lines = catalogue.describe(name, width).splitlines()
        assert width - 15 < max(len(line) for line in lines) <= width
        assert " ".join("\n".join(lines).split()) == " ".join(catalogue.describe(name).split())

    def test_belongs_to_whoever_loads_it(self, name: str) -> None:
        catalogue.load(name).intervention["effects"].clear()
        assert catalogue.load(name).intervention["effects"]


def test_an_unknown_name_suggests_the_nearest_and_lists_all() -> None:
    with pytest.raises(InputError, match=r"did you mean 'befriending'\? entries: .*hub_closure"):
        catalogue.load("befreinding")


def test_a_path_is_no_name() -> None:
    with pytest.raises(InputError):
        catalogue.load("../evidence/sources")


def test_a_bare_number_in_an_entry_is_refused() -> None:
    with pytest.raises(ValueError, match=r"runs\.places is 60"):
        catalogue._filled({"runs": {"places": 60}}, "", {}, "example.yaml")


def test_befriending_supports_the_befriended_only_and_shifts_nothing() -> None:
    (effect,) = catalogue.load("befriending").intervention["effects"]
    assert effect["tie"]["supports"] == "one"


@pytest.mark.parametrize("name", ["anti_stigma_campaign", "champions", "social_contact"])
def test_public_programmes_leave_self_stigma_alone(name: str) -> None:
    for effect in catalogue.load(name).intervention["effects"]:
        assert "self_stigma" not in effect.get("shift", {})


@pytest.mark.parametrize("name", ["link_worker", "timebank", "hub_opening", "connecting_people"])
def test_where_no_controlled_effect_is_known_no_outcome_is_shifted(name: str) -> None:
    assert all("shift" not in effect for effect in catalogue.load(name).intervention["effects"])


@pytest.mark.parametrize("name", ["network_mapping", "volunteering"])
def test_what_trials_found_to_be_nil_is_nil(name: str) -> None:
    shift, *others = catalogue.load(name).intervention["effects"]
    assert shift["shift"]["loneliness"] == "0.0 sd"
    assert others in ([], [{"reactivate": {"chance": 0.0}}])


def test_the_change_from_before_to_after_is_said_and_not_used() -> None:
    text = " ".join(catalogue.describe("link_worker").split())
    assert "1.84 points" in text
    assert "NOT used as an effect" in text
    assert all(abs(entry(used).value) != 1.84 for used in catalogue.load("link_worker").evidence.values())
