"""``report.html``: one self-contained file, made from a result folder and from nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sim import compare, stats
from sim.compare.verdicts import VERDICTS
from sim.compare.wording import joined, plain
from sim.measures import COMPARED
from sim.plots import Picture, save_figures
from sim.report import reach, settings, sources, tables
from sim.report.reading import Material, read

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["render", "write_report"]

_MOST_FAILURES = 20


def write_report(folder: Path | str) -> Path:
    """Write the figures and ``report.html`` of a result folder, and return the report's path.

    Reads the stored manifest and tables; the same content gives the same bytes.

    Raises
    ------
    InputError
        When ``folder`` is not a result folder or a file in it cannot be read.
    """
    from sim.store.files import write_text

    material = read(folder)
    pictures = save_figures(
        material.folder, material.series, material.comparison, material.ripple, material.contributions,
        material.manifest,
    )  # fmt: skip
    path = material.folder / "report.html"
    write_text(path, render(material, pictures))
    return path


def render(material: Material, pictures: Sequence[Picture]) -> str:
    """Return the report as HTML; every text from outside is escaped."""
    return _environment().get_template("report.html").render(**_context(material, pictures))


@cache
def _environment() -> Environment:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("sim.report"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["plain"] = plain
    made.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return made


def _context(material: Material, pictures: Sequence[Picture]) -> dict[str, Any]:
    facts, manifest = material.facts, material.manifest
    names = settings.evidence_names(manifest)
    reach_measures, reached = reach.reach_lines(material)
    return {
        "style": (resources.files("sim.report") / "templates" / "report.css").read_text(encoding="utf-8"),
        "facts": facts,
        "manifest": _NOTHING_SAID | dict(manifest),
        "about": {"title": "", "residents": 0, "notes": [], "matches": [], **material.about},
        "measures": COMPARED,
        "verdicts": VERDICTS,
        "answer": compare.answer(material.comparison, material.effects, manifest),
        "pairs": _pairs(material),
        "few": stats.FEWEST_SEEDS,
        "failures": material.failures.head(_MOST_FAILURES).to_dict("records"),
        "failure_count": len(material.failures),
        "failed_runs": len(material.failures[["community", "seed"]].drop_duplicates()),
        "main": tables.main_lines(material),
        "people_measure": tables.people_measure(material),
        "price_years": joined(str(year) for year in tables.price_years(manifest)),
        "others": tables.other_lines(material),
        "details": tables.other_lines(material, details=True),
        "reach_measures": reach_measures,
        "reach": reached,
        "spread": reach.spread_lines(material),
        "shown_measures": [name for name in COMPARED if name in {*material.comparison["measure"], *_OF_UPTAKE}],
        "groups": tables.group_lines(material),
        "ripple": reach.ripple_lines(material),
        "parts": reach.part_lines(material),
        "targets": tables.target_lines(material),
        "suppressed": material.suppressed.sentence(),
        "suppressed_ripple": material.suppressed.ripple_sentence(),
        "suppressed_parts": material.suppressed.parts_sentence(),
        "figures": {kind: [_image(item) for item in pictures if _kind(item) == kind] for kind in _KINDS},
        "scenarios": settings.described(manifest, facts.scenarios, facts.baseline),
        "mechanisms": settings.mechanism_settings(manifest, facts.baseline),
        "gains": settings.loop_gains(manifest, facts.baseline),
        "grades": sources.by_grade(names),
        "works": sources.works(names),
        "unsourced": (manifest.get("evidence") or {}).get("set_without_source") or (),
        "command": command(manifest),
        "communities": material.effects["community"].nunique(),
        "pending": len((manifest.get("units") or {}).get("pending") or ()),
    }


_OF_UPTAKE = ("through_ties", "reproduction")
"""Measures that are shown as they are: where nothing is done there is nothing to compare them with."""

_NOTHING_SAID: dict[str, Any] = dict.fromkeys(("seeds", "started", "ended", "versions", "fingerprint", "data"), "")
"""What a manifest of another version may lack."""

_KINDS = ("effect", "difference", "weeks", "moved", "groups", "ripple")


def _kind(picture: Picture) -> str:
    return picture.name.partition("_")[0]


def _image(picture: Picture) -> dict[str, str]:
    data = base64.b64encode(picture.svg.encode()).decode()
    return {"source": f"data:image/svg+xml;base64,{data}", "alt": picture.alt, "caption": picture.caption}


def _pairs(material: Material) -> int:
    return int(material.effects[["community", "seed"]].drop_duplicates().shape[0])


def command(manifest: Mapping[str, Any]) -> str:
    """Return the command that computes the same results again."""
    files = [str(stored.get("file") or "") for stored in manifest["scenarios"].values()]
    files = [file for file in dict.fromkeys(files) if file]
    folders = {str(PurePosixPath(file).parent) for file in files}
    paths = sorted(folders) if len(folders) == 1 and len(files) > 1 else files
    said = {
        str(origin["where"])
        for stored in manifest["scenarios"].values()
        for origin in (stored.get("origins") or {}).values()
        if origin.get("kind") == "command line" and str(origin.get("where", "")).startswith("--set")
    }
    parts = ["sim run", *(_quoted(path) for path in paths), f"--seeds {manifest.get('seeds', '')}"]
    parts += [f"--set {_quoted(text.removeprefix('--set').strip())}" for text in sorted(said)]
    return " ".join(parts)


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
