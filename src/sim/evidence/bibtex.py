"""Cited works as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sim.evidence.library import Source

__all__ = ["bibtex"]

_DATED = re.compile(
    r"(?P<authors>.+?) \((?:(?P<editor>eds?)\., )?(?P<year>\d{4})(?:, (?P<remark>[^)]*))?\), (?P<rest>.+)"
)
_PERIODICAL = re.compile(
    r"(?P<title>.+), (?P<journal>[A-Z][^,]+?) (?P<volume>\d+)(?:\((?P<number>[^)]*)\))?:(?P<pages>\S+)"
)
_ARXIV = re.compile(r", arXiv:(?P<eprint>\S+)$")
_ISBN = re.compile(r", ISBN (?P<isbn>[\dX]+)")
_INITIALS = re.compile(r"(?:\w\.[ -]?)+|(?:[A-Z][a-z]?\.-?)+")
_NEXT_NAME = re.compile(r"(?<=\.), ")
_SPECIAL = re.compile(r"([&%$#_{}])")


def bibtex(works: Iterable[Source]) -> str:
    """Return works as BibTeX entries, in the order given; what a work's text does not say is left out."""
    return "\n\n".join(_entry(work) for work in works)


def _entry(work: Source) -> str:
    kind, fields = _fields(work)
    lines = [f"  {name} = {{{text}}}" for name, text in fields.items() if text]
    return "\n".join([f"@{kind}{{{work.key},", ",\n".join(lines), "}"])


def _fields(work: Source) -> tuple[str, dict[str, str]]:
    """Return the kind of entry and its fields."""
    text = work.text
    extra: dict[str, str] = {}
    for pattern in (_ARXIV, _ISBN):
        if found := pattern.search(text):
            extra |= {key: value for key, value in found.groupdict().items() if value}
            text = text.replace(found.group(), "")
    doi = {"doi": work.doi}  # never escaped: readers of BibTeX files take it as it is
    dated = _DATED.fullmatch(text)
    if dated is None:  # a survey series: the year of its key is the year of the latest wave
        return "misc", {"title": f"{{{_escaped(text)}}}", "year": _year_of(work.key), **extra, **doi}
    people = "editor" if dated["editor"] else "author"
    fields = {people: _people(dated["authors"]), "year": dated["year"]}
    note = {"note": _escaped(dated["remark"] or "")}
    if periodical := _PERIODICAL.fullmatch(dated["rest"]):
        parts = {key: _escaped(periodical[key] or "") for key in ("journal", "volume", "number", "pages")}
        return "article", {**fields, "title": f"{{{_escaped(periodical['title'])}}}", **parts, **note, **extra, **doi}
    return "misc", {**fields, "title": f"{{{_escaped(dated['rest'])}}}", **note, **extra, **doi}


def _people(text: str) -> str:
    """Return names joined by ``and``; an organisation in braces, so that it is not taken apart."""
    others = text.endswith(" et al.")
    parts = text.removesuffix(" et al.").split(" & ")
    people = [_person(name) for part in parts for name in _NEXT_NAME.split(part)]
    return " and ".join([*people, *(["others"] if others else [])])


def _person(name: str) -> str:
    surname, comma, initials = name.partition(", ")
    if comma and _INITIALS.match(initials):
        return f"{_escaped(surname)}, {_escaped(initials)}"
    return f"{{{_escaped(name)}}}"


def _year_of(key: str) -> str:
    found = re.search(r"_(\d{4})", key)
    return found[1] if found and 1900 <= int(found[1]) <= 2100 else ""


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
