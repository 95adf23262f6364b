"""The evidence files: every number has a label, a grade, a range and sources that exist, and is used."""

import dataclasses
import re
from pathlib import Path

import pytest

import sim.evidence
from sim import catalogue
from sim.errors import InputError
from sim.evidence import library
from sim.evidence.library import GRADES, Entry, entries, entry, field_from, source, value
from sim.interventions.effects import EFFECTS
from sim.interventions.spec import Choose, Cost, Intervention, Runs, Spread
from sim.mechanisms import MECHANISMS

SOURCES = library._sources()
PACKAGE = Path(sim.evidence.__file__).parents[1]
STATUS = re.compile(r"(S\d*|D|A|M-[hml])")


@pytest.fixture(params=sorted(entries()))
def number(request: pytest.FixtureRequest) -> Entry:
    return entry(request.param)


def test_every_entry_says_what_it_is(number: Entry) -> None:
    assert number.label.strip() == number.label
    assert len(number.label) > 5
    assert number.grade in GRADES
    assert STATUS.fullmatch(number.status), f"status '{number.status}'"


def test_every_single_number_has_a_range_that_holds_it(number: Entry) -> None:
    if isinstance(number.value, bool) or not isinstance(number.value, int | float):
        return
    assert number.low is not None
    assert number.high is not None
    assert number.low <= number.value <= number.high


def test_shares_lie_between_nought_and_one(number: Entry) -> None:
    if "share" not in number.label.lower().split()[0] or number.unit:
        return
    values = number.value.values() if isinstance(number.value, dict) else [number.value]
    assert all(0 <= share <= 1 for share in values)


def test_every_cited_work_is_listed(number: Entry) -> None:
    for key in number.sources:
        assert source(key).text


def test_what_is_assumed_is_not_called_verified(number: Entry) -> None:
    if number.status == "A" or number.status.startswith("M-"):
        assert not number.verified
    if number.status == "A":
        assert number.grade == "assumption"
    if number.grade not in ("assumption",):
        assert number.sources, "a grade other than assumption needs a source"


def test_what_is_not_verified_shows_as_such(number: Entry) -> None:
    if not number.sources:
        assert number.cited() == "assumption"
    else:
        assert number.cited().endswith("(not verified)") == (not number.verified)


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_every_work_has_a_key_of_name_and_year(key: str) -> None:
    assert re.fullmatch(r"[a-z][a-z_]*_\d{4}(_[a-z]+)?", key)
    year = re.search(r"\d{4}", key)
    assert year is not None
    if key != "commons_8514":
        assert int(year.group()) in range(1950, 2030)
    doi = SOURCES[key].doi
    assert doi == "" or re.fullmatch(r"10\.\d{4,}/\S+", doi)


def test_no_work_stands_twice() -> None:
    texts = [work.text for work in SOURCES.values()]
    assert len(set(texts)) == len(texts)
    printed = [work.doi.lower() for work in SOURCES.values() if work.doi]
    assert len(set(printed)) == len(printed)


# --- defaults in code come from here ---------------------------------------------------------------------

PARAMETERS = (*MECHANISMS, *EFFECTS, Choose, Runs, Spread, Cost, Intervention)
"""Dataclasses whose fields a scenario file sets and the model computes with."""


def numbers_in(value: object) -> list[float]:
    """Return every number that a default holds, at any depth."""
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [number for item in value for number in numbers_in(item)] if isinstance(value, list | tuple) else []


def without_evidence(cls: type) -> list[str]:
    """Return the fields with a numeric default that is not the value of an evidence entry."""
    found = []
    for field in dataclasses.fields(cls):
        default = field.default_factory() if callable(field.default_factory) else field.default
        named = field.metadata.get("evidence")
        if numbers_in(default) and (named is None or default != value(named)):
            found.append(field.name)
    return found


@pytest.mark.parametrize("cls", PARAMETERS, ids=lambda cls: cls.__name__)
def test_every_numeric_default_is_that_of_an_evidence_entry(cls: type) -> None:
    assert without_evidence(cls) == []


def test_a_numeric_default_without_evidence_is_found_however_it_is_held() -> None:
    @dataclasses.dataclass(frozen=True)
    class Example:
        cited: float = field_from("befriending.uptake")
        bare: float = 0.5
        nothing: float = 0.0
        wrong: float = dataclasses.field(default=0.5, metadata={"evidence": "befriending.uptake"})
        scale: tuple[float, float] = (0.0, 1.0)
        weights: dict[str, float] = dataclasses.field(default_factory=lambda: {"friend": 1.0})
        required: float | None = None
        talk: bool = True
        kind: str = "friend"
        names: tuple[str, ...] = ()

    assert without_evidence(Example) == ["bare", "nothing", "wrong", "scale", "weights"]


def fields_in_use() -> set[str]:
    return {
        field.metadata["evidence"]
        for cls in PARAMETERS
        for field in dataclasses.fields(cls)
        if "evidence" in field.metadata
    }


def catalogue_in_use() -> set[str]:
    return {used for name in catalogue.names() for used in catalogue.load(name).evidence.values()}


def python_files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if path.parent.name != "evidence"]


def looked_up(name: str) -> bool:
    """Whether some code asks for an entry by its name, whole or built from its prefix."""
    prefix, _, rest = name.partition(".")
    built = re.compile(rf"""f["'](?:{prefix}|\{{[\w.]+\}})\.\{{""")
    for path in python_files():
        text = path.read_text(encoding="utf-8")
        if re.search(rf"""["']{re.escape(name)}["']""", text):
            return True
        if built.search(text):
            family = path.parent.glob("*.py")
            quoted = re.compile(rf"""["']{re.escape(rest)}["']""")
            if any(quoted.search(item.read_text(encoding="utf-8")) for item in family):
                return True
    return False


def test_every_entry_is_used(number: Entry) -> None:
    in_data = number.name in fields_in_use() or number.name in catalogue_in_use()
    assert in_data or looked_up(number.name), f"nothing uses '{number.name}'"


def test_the_search_for_uses_can_fail() -> None:
    assert not looked_up("befriending.moonlight")
    assert not looked_up("england.moonlight")


# --- the functions ---------------------------------------------------------------------------------------


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean 'befriending\.uptake'\?"):
        entry("befriending.uptak")


def test_a_field_takes_value_and_name_from_its_entry() -> None:
    @dataclasses.dataclass(frozen=True)
    class Example:
        uptake: float = field_from("befriending.uptake")

    assert Example().uptake == value("befriending.uptake")
    (only,) = dataclasses.fields(Example)
    assert only.metadata["evidence"] == "befriending.uptake"


def test_a_range_and_a_single_source_are_read_as_they_are_written() -> None:
    number = entry("befriending.uptake")
    assert (number.low, number.high) == (0.6, 0.9)
    assert number.sources == ("priebe_2019",)
