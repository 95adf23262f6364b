"""What went wrong is said in words, and what is near is offered with one mark behind it."""

import re
from pathlib import Path

import pytest

import sim
from sim.calibration.targets import read_targets
from sim.errors import InputError, cause


def failing(action):
    with pytest.raises((OSError, UnicodeDecodeError)) as caught:
        action()
    return caught.value


def test_the_cause_is_in_words_without_numbers_and_paths(tmp_path):
    (tmp_path / "latin.csv").write_bytes(b"caf\xe9")
    found = [
        cause(failing((tmp_path / "none.csv").read_text)),
        cause(failing(tmp_path.read_text)),
        cause(failing(lambda: (tmp_path / "latin.csv").read_text(encoding="utf-8"))),
        cause(failing(lambda: (tmp_path / "latin.csv" / "in").mkdir())),
        cause(OSError(28, "No space left on device")),
        cause(PermissionError(13, "Permission denied", str(tmp_path))),
    ]
    assert found == [
        "there is no such file", "it is a folder, not a file", "it is not a text in UTF-8; save it as CSV UTF-8",
        "what should be a folder is a file", "no space left on device", "permission denied",
    ]  # fmt: skip
    assert cause(ValueError("two columns")) == "two columns"


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_targets_that_cannot_be_read_are_told_without_the_system_s_words(tmp_path, name):
    with pytest.raises(InputError) as caught:
        read_targets(tmp_path / name)
    assert "cannot be read as a table: " in str(caught.value)
    assert "Errno" not in str(caught.value)


def test_nowhere_does_a_semicolon_follow_a_question_mark():
    """``did_you_mean`` ends with a question mark: what follows needs a mark only where nothing is near."""
    pattern = re.compile(r"did_you_mean\((?:[^(){}]|\([^()]*\))*\)\};")
    files = list(Path(sim.__file__).parent.rglob("*.py"))
    assert len(files) > 100
    assert [file.name for file in files if pattern.search(file.read_text(encoding="utf-8"))] == []
