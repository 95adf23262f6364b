"""docs/evidence.md: every number with what supports it, and every work that is cited."""

from __future__ import annotations

from sim import evidence
from sim.documents.markdown import one_line, range_of, support_of, table, value_of
from sim.evidence import Entry
from sim.evidence.library import GRADES, MEANINGS

__all__ = ["evidence_text"]

_HEAD = """<!-- Written by `python -m sim.documents` from src/sim/evidence/*.yaml. Correct a number there, not here. -->
# Every number and what supports it

Each number of the model stands once, in `src/sim/evidence/*.yaml`, and code, catalogue, reports and this page take it
from there. `sim evidence` lists them on the terminal, `sim evidence NAME` prints one in full with its note,
`--grade trial` those with that kind of support, `--cite` and `--bibtex` the works.

"""


def evidence_text() -> str:
    """Return the page as Markdown."""
    entries = list(evidence.entries().values())
    parts = [_HEAD + _counts(entries), *_sections(entries), _works(entries)]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _counts(entries: list[Entry]) -> str:
    rows = []
    for grade in GRADES:
        held = [item for item in entries if item.support == grade]
        unverified = sum(not item.verified for item in held) if grade != "assumption" else 0
        rows.append([grade, MEANINGS[grade], str(len(held)), str(unverified or "")])
    total = f"{len(entries)} numbers. *Not verified*: recalled or worked out, and not read in the work or a copy of it."
    return f"{total}\n\n{table(['grade', 'what it means', 'numbers', 'of these not verified'], rows)}"


def _sections(entries: list[Entry]) -> list[str]:
    """Return one table for each first part of a name, in the order of the files."""
    families: dict[str, list[Entry]] = {}
    for item in entries:
        families.setdefault(item.name.partition(".")[0], []).append(item)
    headings = ["name", "what it is", "value", "plausible range", "support", "population and note"]
    return [f"## {family}\n\n{table(headings, [_row(item) for item in held])}" for family, held in families.items()]


def _row(item: Entry) -> list[str]:
    about = ". ".join(part.strip().rstrip(".") for part in (item.population, item.note) if part.strip())
    return [
        f"`{item.name}`", item.label, value_of(item), range_of(item), support_of(item), f"{about}." if about else ""
    ]  # fmt: skip


def _works(entries: list[Entry]) -> str:
    keys = sorted({key for item in entries for key in item.sources})
    lines = []
    for key in keys:
        work = evidence.source(key)
        lines.append(f"- `{key}`: {one_line(work.text)}{f', doi:{work.doi}' if work.doi else ''}")
    return "\n".join(["## Works", "", *lines])
