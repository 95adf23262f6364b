"""Cited works as BibTeX: every entry can be read again and says what the work's text says."""

from __future__ import annotations

import re

import pytest

from sim.evidence import library
from sim.evidence.bibtex import bibtex
from sim.evidence.library import Source

WORKS = library._sources()
FIELD = re.compile(r"  (\w+) = \{(.*)\},?")


def read(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return kind, key and fields of each entry, refusing what does not look like BibTeX."""
    found = []
    for block in text.split("\n\n"):
        first, *lines, last = block.splitlines()
        head = re.fullmatch(r"@(\w+)\{(\w+),", first)
        assert head is not None, first
        assert last == "}"
        assert all(line.endswith(",") for line in lines[:-1])
        assert not lines[-1].endswith(",")
        fields = {}
        for line in lines:
            match = FIELD.fullmatch(line)
            assert match is not None, line
            inner = match[2].replace("\\{", "").replace("\\}", "")
            depth = 0
            for letter in inner:
                depth += {"{": 1, "}": -1}.get(letter, 0)
                assert depth >= 0, line
            assert depth == 0, line
            fields[match[1]] = match[2]
        found.append((head[1], head[2], fields))
    return found


@pytest.mark.parametrize("key", sorted(WORKS))
def test_every_work_becomes_an_entry_with_its_words(key: str) -> None:
    ((kind, found, fields),) = read(bibtex([WORKS[key]]))
    assert found == key
    assert kind in ("article", "misc")
    text = WORKS[key].text
    assert fields["title"].strip("{}").replace("\\", "") in text
    assert fields.get("year", "") in key or fields["year"] in text
    assert fields.get("doi", "") == WORKS[key].doi
    if kind == "article":
        assert f"{fields['journal']} {fields['volume']}".replace("\\", "") in text
        assert fields["pages"] in text
    for person in fields.get("author", "").replace("others", "").split(" and "):
        assert person.strip("{} ").replace("\\", "") in text


def test_an_article_is_taken_apart() -> None:
    text = "Chen, H.-Y., Ng Fat, L. & Pettigrew, T. F. (2013, corrected), A title, with a comma & more, "
    text += "A Journal 20(s1):e17"
    ((kind, _, fields),) = read(bibtex([Source("chen_2013", text, "10.1000/a_b")]))
    assert kind == "article"
    assert fields == {
        "author": "Chen, H.-Y. and Ng Fat, L. and Pettigrew, T. F.", "year": "2013",
        "title": "{A title, with a comma \\& more}", "journal": "A Journal", "volume": "20", "number": "s1",
        "pages": "e17", "note": "corrected", "doi": "10.1000/a_b",
    }  # fmt: skip


def test_others_editors_and_organisations() -> None:
    texts = {
        "a_2020": "Grimm, V. et al. (2020), The protocol, Journal 23(2):7",
        "b_2015": "Parsfield, M. (ed., 2015), Community Capital, RSA, ISBN 9780901469724",
        "c_2021": "Centre for Mental Health (2021), A report",
        "d_2019": "Community Life Survey, England, 2018/19",
    }
    found = {key: fields for _, key, fields in read(bibtex(Source(key, text) for key, text in texts.items()))}
    assert found["a_2020"]["author"] == "Grimm, V. and others"
    assert (found["b_2015"]["editor"], found["b_2015"]["isbn"]) == ("Parsfield, M.", "9780901469724")
    assert found["c_2021"]["author"] == "{Centre for Mental Health}"
    assert (found["d_2019"]["title"], found["d_2019"]["year"]) == ("{Community Life Survey, England, 2018/19}", "2019")
