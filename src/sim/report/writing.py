"""``report.html``: one self-contained file, made from a result folder and from nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sim.compare.wording import plain
from sim.errors import InputError, did_you_mean, listing
from sim.plots import save_figures
from sim.report.charts.building import charts_of
from sim.report.charts.payload import as_script
from sim.report.context import context
from sim.report.network import CANNOT_BE_PLAYED, why_not_drawn
from sim.report.reading import Material, read

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["command", "render", "why_no_network", "write_report"]


def write_report(folder: Path | str, network: str = "") -> Path:
    """Write the figures and ``report.html`` of a result folder, and return the report's path.

    Reads the stored manifest and tables; the same content gives the same bytes.

    Parameters
    ----------
    folder
        A result folder.
    network
        Scenario under which the network is drawn before and after; the one that did most where empty.

    Raises
    ------
    InputError
        When ``folder`` is not a result folder, a file in it cannot be read, or there is no such scenario beside the
        baseline.
    """
    from sim.store.files import write_text

    material = replace(read(folder), network=network)
    names = material.facts.compared
    if network and network not in names:
        hint = did_you_mean(network, names) or ";"
        raise InputError(f"--network: there is no scenario '{network}'{hint} scenarios: {listing(names)}")
    save_figures(
        material.folder, material.series, material.comparison, material.ripple, material.contributions,
        material.manifest,
    )  # fmt: skip
    path = material.folder / "report.html"
    write_text(path, render(material))
    return path


def why_no_network(folder: Path | str) -> str:
    """Return in words why the report of a folder shows no network; empty where it does."""
    from html import unescape

    material = read(folder)
    written = unescape((material.folder / "report.html").read_text(encoding="utf-8"))
    return why_not_drawn(material) or (CANNOT_BE_PLAYED if CANNOT_BE_PLAYED in written else "")


def render(material: Material) -> str:
    """Return the report as HTML; every text from outside is escaped, and nothing is ever fetched."""
    style, script = (_template(name) for name in ("report.css", "report.js"))
    charts = charts_of(material)
    return (
        _environment()
        .get_template("report.html")
        .render(
            style=style,
            script=script,
            policy=_policy(style, script),
            numbers=as_script(charts.numbers) if charts.by_name else "",
            command=command(material.manifest),
            **context(material, charts),
        )
    )


def _template(name: str) -> str:
    return (resources.files("sim.report") / "templates" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a content security policy that lets this style and this script be used, and nothing else."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


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
    said = {text.removeprefix("--set").strip() for text in said}
    parts += [f"--set {_quoted(text)}" for text in sorted(said) if not text.startswith("seeds=")]
    return " ".join(parts)


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
