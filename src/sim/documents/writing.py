"""Writing the generated documents into the repository, and finding those that are stale."""

from __future__ import annotations

from pathlib import Path

from sim.documents.evidence_table import evidence_text
from sim.documents.odd import odd_text

__all__ = ["stale", "write"]

ODD = Path("ODD.md")
ODD_OF_THE_PACKAGE = Path("src/sim/documents/ODD.md")
EVIDENCE = Path("docs/evidence.md")


def _wanted(root: Path) -> dict[Path, str]:
    """Return what each generated document should hold.

    The package carries a copy of ODD.md, for ``sim explain --odd`` where the repository is not at hand.
    """
    odd = odd_text((root / ODD).read_text(encoding="utf-8"))
    return {ODD: odd, ODD_OF_THE_PACKAGE: odd, EVIDENCE: evidence_text()}


def stale(root: Path) -> list[Path]:
    """Return the documents that differ from what the code says, relative to the repository's top folder."""
    return [
        path for path, text in _wanted(root).items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]  # fmt: skip


def write(root: Path) -> list[Path]:
    """Write the documents that are stale, and return which they were."""
    wanted = _wanted(root)
    changed = stale(root)
    for path in changed:
        (root / path).write_text(wanted[path], encoding="utf-8")
    return changed
