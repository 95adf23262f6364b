"""A commented study to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from sim.errors import InputError, Problem, cause
from sim.scenario.json_schema import json_schema_text
from sim.scenario.nodes import shown

__all__ = ["new"]


def new(directory: str | Path) -> list[Path]:
    """Write a commented study of four scenario files, and the JSON Schema that editors check them by.

    Parameters
    ----------
    directory
        Made if it is not there.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        If the directory holds anything, or cannot be written.
    """
    folder = Path(directory)
    if folder.exists() and not folder.is_dir():
        raise InputError(Problem(shown(folder), message="is a file; name a folder for the new study"))
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(Problem(shown(folder), message="is not empty; name a new folder, nothing was written"))
    templates = resources.files("sim.scenario") / "templates"
    texts = {
        item.name: item.read_text(encoding="utf-8")
        for item in sorted(templates.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".yaml")
    }
    texts["schema.json"] = json_schema_text()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(Problem(shown(folder), message=f"cannot be written: {cause(error)}")) from None
    return [folder / name for name in texts]
