"""Files that are whole or not there: written under a temporary name, flushed to disk, renamed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.errors import InputError, cause

__all__ = [
    "TEMPORARY",
    "process_is_alive",
    "remove_leftovers",
    "sha256",
    "temporary",
    "write_json",
    "write_text",
]

TEMPORARY = ".part"
"""How the names of files that are being written end."""


@contextlib.contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """Hand out a temporary name beside ``path``; rename it to ``path`` when the block ends well.

    The file is flushed to disk before it is renamed, so a reader sees the old file or the new one, never
    half of one, also after a power cut. When the block fails the temporary file is removed.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written to.
    """
    name = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}{TEMPORARY}")
    try:
        try:
            yield name
            _flush(name, os.O_RDWR)
            os.replace(name, path)
        except BaseException:
            name.unlink(missing_ok=True)
            raise
        _flush(path.parent, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {cause(error)}") from error


def _flush(path: Path, flags: int) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some network drives cannot flush folders
            raise
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with temporary(path) as name:
        name.write_text(text, encoding="utf-8", newline="")


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file that people can read too, whole or not at all."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def process_is_alive(number: int) -> bool:
    """Whether a process of this number runs on this machine."""
    if os.name == "nt":
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        handle = kernel.OpenProcess(0x1000, False, number)  # the right to ask, nothing else
        kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it runs, for somebody else
        return True
    return True


def remove_leftovers(folder: Path) -> int:
    """Remove temporary files that nobody writes any more; return how many.

    To be called before this process writes into the folder itself.
    """
    removed = 0
    for path in folder.glob(f".*{TEMPORARY}"):
        writer = path.name[: -len(TEMPORARY)].rpartition(".")[2].partition("-")[0]
        if not writer.isdigit():
            continue
        with contextlib.suppress(OSError):
            old = time.time() - path.stat().st_mtime > 3600  # numbers of processes are used again
            if old or int(writer) == os.getpid() or not process_is_alive(int(writer)):
                path.unlink()
                removed += 1
    return removed
