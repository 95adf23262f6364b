"""What the evidence files hold, kept beside the package's bytecode: reading YAML anew takes half a second each time."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["kept"]

_FOLDER = Path(__file__).parent / "__pycache__"


def kept(texts: Mapping[str, str], read: Callable[[str], Any], folder: Path = _FOLDER) -> dict[str, Any]:
    """Return what each text says, from what was kept if the texts and this Python are the same.

    Parameters
    ----------
    texts
        By name.
    read
        Turns a text into plain data: numbers, texts, lists and mappings.
    folder
        Where it is kept; where that cannot be read or written, texts are read each time.
    """
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode()).hexdigest()
    path = folder / f"evidence.{sys.implementation.cache_tag}.kept"
    with suppress(OSError, ValueError, EOFError, TypeError):
        stored = marshal.loads(path.read_bytes())  # as bytecode is read, and from the same folder
        if isinstance(stored, dict) and stored.get("digest") == digest:
            found: dict[str, Any] = stored["read"]
            return found
    found = {name: read(text) for name, text in texts.items()}
    with suppress(OSError, ValueError):
        content = marshal.dumps({"digest": digest, "read": found})
        _replace(path, content)
    return found


def _replace(path: Path, content: bytes) -> None:
    """Write a file under another name and rename it, so that nobody reads half of it."""
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
