"""What is kept is what the files say, or it is read again."""

import pytest

from sim.evidence import library
from sim.evidence.keeping import kept

TEXTS = {"a.yaml": "x", "b.yaml": "y"}


class Reader:
    def __init__(self):
        self.count = 0

    def __call__(self, text):
        self.count += 1
        return {text: [1, 2.5, None, True, {"deep": "é"}]}


def test_it_is_read_once_and_again_where_a_text_changes(tmp_path):
    reader = Reader()
    first = kept(TEXTS, reader, tmp_path)
    assert kept(TEXTS, reader, tmp_path) == first == {"a.yaml": reader("x"), "b.yaml": reader("y")}
    assert reader.count == 4
    assert list(kept({**TEXTS, "a.yaml": "z"}, reader, tmp_path)["a.yaml"]) == ["z"]
    assert reader.count == 6


@pytest.mark.parametrize("content", [b"", b"\x00", b"no such thing", b"{\xe9\x01\x00\x00\x00"])
def test_what_is_broken_is_read_again_and_replaced(tmp_path, content):
    kept(TEXTS, Reader(), tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    reader = Reader()
    assert list(kept(TEXTS, reader, tmp_path)) == ["a.yaml", "b.yaml"]
    assert reader.count == 2
    kept(TEXTS, reader, tmp_path)
    assert reader.count == 2
    assert [item.name for item in tmp_path.iterdir()] == [file.name]


def test_where_nothing_can_be_kept_it_is_read_each_time(tmp_path, monkeypatch):
    def refused(**options):
        raise PermissionError(options["dir"])

    monkeypatch.setattr("sim.evidence.keeping.tempfile.mkstemp", refused)
    reader = Reader()
    kept(TEXTS, reader, tmp_path)
    kept(TEXTS, reader, tmp_path)
    assert reader.count == 4


def test_a_folder_that_cannot_be_is_no_matter(tmp_path):
    (tmp_path / "file").write_text("")
    assert list(kept(TEXTS, Reader(), tmp_path / "file")) == ["a.yaml", "b.yaml"]


def test_what_is_kept_of_the_evidence_is_what_its_files_say():
    for name, held in library._files().items():
        text = (library.resources.files("sim.evidence") / name).read_text(encoding="utf-8")
        assert held == library._loaded(text), name
