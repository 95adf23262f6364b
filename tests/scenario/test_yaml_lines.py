# ruff: noqa: E501 - messages stand here as users see them, in one line
"""YAML is read strictly, every value with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.errors import InputError
from sim.scenario.nodes import Node, Place
from sim.scenario.yaml_lines import DEEPEST, LARGEST, parse_value, parse_yaml, read_yaml


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(content: str | bytes) -> list[str]:
    Path("a.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        read_yaml("a.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "a.yaml: is empty; a scenario file is a mapping, e.g. `weeks: 104`"),
        ("# only a comment\n", "a.yaml: is empty; a scenario file is a mapping, e.g. `weeks: 104`"),
        ("- 1\n- 2\n", "a.yaml:1: must be a mapping (lines like `weeks: 104`), found a list"),
        ("hello\n", "a.yaml:1: must be a mapping (lines like `weeks: 104`), found a single value"),
        ("weeks: 1\nseeds: 2\nweeks: 3\n", "a.yaml:3: the key 'weeks' stands twice; first in line 1"),
        ("a:\n  b: 1\n  b: 2\n", "a.yaml:3: a: the key 'b' stands twice; first in line 2"),
        ("a: 1\n\tb: 2\n", "a.yaml:2: is not valid YAML: a tab stands where spaces are wanted; indent with spaces"),
        ("a:\n\tb: 2\n", "a.yaml:2: is not valid YAML: a tab stands where spaces are wanted; indent with spaces"),
        ("a: !!python/object:os.system x\n", "a.yaml:1: `!!python/object:os.system`: tags are not read here; leave it out"),
        ("a: !!int '3'\n", "a.yaml:1: `!!int`: tags are not read here; leave it out"),
        ("a: !mine x\n", "a.yaml:1: `!mine`: tags are not read here; leave it out"),
        ("a: &x 1\n", "a.yaml:1: `&x`: anchors and aliases are not read here; write the value again, or use `extends`"),
        ("a: 1\n<<: {b: 2}\n", "a.yaml:2: `<<` (merge keys) is not read here; use `extends`"),
        (
            "a: 1\nb: 012\n",
            "a.yaml:2: b: '012' starts with a zero, which programs read differently; write 12, "
            "or '012' in quotes if it is a text",
        ),
        ("a: 0x1F\n", "a.yaml:1: a: '0x1F' is not a decimal number; write it in decimals, or in quotes if it is a text"),
        ("a: .nan\n", "a.yaml:1: a: '.nan' is no number that can be computed with"),
        ("a: 1\n---\nb: 1\n", "a.yaml:2: holds more than one document (`---`); write one scenario a file"),
        ("a: [1, 2\nb: 3\n", None),
        ("? [a, b]\n: 1\n", "a.yaml:1: a key must be a text, found a mapping or a list"),
        (b"a: 1\nb: caf\xe9\n", "a.yaml:2: is not a text in UTF-8 (byte 0xe9); save the file as UTF-8"),
        (b"a: 1\nb: \x00\n", "a.yaml:2: holds a character that is not allowed in YAML (code 0)"),
    ],
)  # fmt: skip
def test_what_is_refused_and_how(content: str | bytes, said: str | None) -> None:
    lines = refused(content)
    assert len(lines) == 1
    if said is None:
        assert lines[0].startswith("a.yaml:2: is not valid YAML: ")
    else:
        assert lines == [said]


def test_an_alias_is_refused_together_with_its_anchor() -> None:
    assert [line.split(":")[1] for line in refused("a: &x 1\nb: *x\n")] == ["1", "2"]


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"^b\.yaml: there is no such file$"):
        read_yaml("b.yaml")


def test_a_folder_is_not_a_file() -> None:
    Path("c.yaml").mkdir()
    with pytest.raises(InputError, match=r"^c\.yaml: cannot be read: "):
        read_yaml("c.yaml")


def test_size_is_capped() -> None:
    assert "at most 1,000,000" in refused("a: " + "x" * LARGEST)[0]


def test_depth_is_capped_for_both_styles() -> None:
    flow = "a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)
    block = "".join("  " * depth + "a:\n" for depth in range(DEEPEST + 1)) + "  " * (DEEPEST + 1) + "b: 1\n"
    for text in (flow, block):
        assert f"nested more than {DEEPEST} deep" in refused(text)[-1]


def test_a_hundred_thousand_brackets_do_not_break_anything() -> None:
    assert "nested more than" in refused("a: " + "[" * 100_000)[-1]


def test_every_value_knows_its_line_and_its_path() -> None:
    Path("a.yaml").write_text("# c\na: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n")
    tree = read_yaml("a.yaml")
    found = {location: (node.place.line, node.place.key_line) for location, node in tree.leaves()}
    assert found == {("a",): (2, 2), ("b", 0): (4, 4), ("b", 1, "c"): (5, 5), ("b", 1, "d"): (6, 6)}


def test_words_and_numbers_stay_what_they_are() -> None:
    text = (
        "{a: yes, b: no, c: 2024-01-31, d: '012', e: 75+, f: 1e3, g: -0.5, h: true, i: ~, j: 65-74, k: 12:30, l: 1_000}"
    )
    tree = parse_yaml(text, Place())
    assert tree is not None
    assert tree.plain() == {
        "a": "yes", "b": "no", "c": "2024-01-31", "d": "012", "e": "75+", "f": 1000.0, "g": -0.5, "h": True,
        "i": None, "j": "65-74", "k": "12:30", "l": "1_000",
    }  # fmt: skip


def test_paths_inside_the_current_folder_are_relative_and_others_whole(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_text("a: 1\n")
    assert read_yaml(tmp_path / "a.yaml").place.file == "a.yaml"
    monkeypatch.chdir(tmp_path / "sub")
    assert read_yaml("../a.yaml").place.file == str(tmp_path / "a.yaml")


def test_a_value_of_the_command_line_is_read_as_yaml() -> None:
    place = Place("command line", "--set a=...")
    assert [parse_value(text, place).plain() for text in ("3", "[65-74, 75+]", "", "true", "1500 GBP")] == [
        3, ["65-74", "75+"], None, True, "1500 GBP",
    ]  # fmt: skip


SINGLE = st.one_of(
    st.booleans(), st.none(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), exclude_characters="?"), max_size=12),
)  # fmt: skip
DATA = st.recursive(
    SINGLE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text("abc_", min_size=1, max_size=5), DATA, min_size=1, max_size=4))
def test_what_another_program_writes_is_read_as_it_was_meant(data: dict[str, Any]) -> None:
    from io import StringIO

    stream = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.width = 10_000
    yaml.default_flow_style = False
    yaml.dump(data, stream)
    tree = parse_yaml(stream.getvalue(), Place())
    assert isinstance(tree, Node)
    assert tree.plain() == data


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        parse_yaml(text, Place(file="a.yaml"))
    except InputError as error:
        problems = error.problems
    else:
        problems = ()
    assert all(problem.message and problem.file == "a.yaml" for problem in problems)
