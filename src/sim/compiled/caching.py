"""How compiled code is kept on disk, and never gone stale.

numba keeps what it has compiled, and notices a change only in the file that a function stands in: a kernel that calls
one in another module would go on using the old one, silently. So everything compiled is kept in a folder named
after a hash of *all* sources of this package: where any of them changes, everything is compiled anew.

The folder stands under ``NUMBA_CACHE_DIR`` where the user has set it, else in the package's ``__pycache__``, else,
where that cannot be written, in the user's cache folder. Folders that nobody has used for a day are removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from numba import config, njit

__all__ = ["kernel", "kernel_folder"]

_PREFIX = "kernels-"
_MAKE_ARRAYS = {"arange", "argsort", "copy", "empty", "empty_like", "full", "ones", "zeros", "zeros_like"}
"""What a kernel calls that makes an array."""
_KEPT_FOR = 24 * 3600.0
"""Seconds for which a folder of other sources is kept, so that two copies of the package can share a place."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, and keep it on disk; no threads, no ``fastmath``.

    What costs time and is not needed is left out. What is made for callers outside takes as long to compile as many a
    kernel: for callers in C always, for those in Python where the name begins with an underscore. Counting who holds an
    array costs more than half of a call with many arrays: only where the kernel makes arrays itself.
    """
    options = {
        "no_cfunc_wrapper": True,
        "no_cpython_wrapper": function.__name__.startswith("_"),
        "_nrt": not _MAKE_ARRAYS.isdisjoint(function.__code__.co_names),
    }
    chosen, config.CACHE_DIR = config.CACHE_DIR, kernel_folder()
    try:
        return njit(cache=True, **options)(function)
    finally:
        config.CACHE_DIR = chosen


@cache
def kernel_folder() -> str:
    """Return the folder of compiled code for the sources as they stand, the empty text where none can be written."""
    name = _PREFIX + _hash_of_sources(Path(__file__).parent)
    for base in _bases():
        folder = base / name
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                os.utime(folder)
                _remove_stale(base, name)
                return str(folder)
    return ""


def _hash_of_sources(package: Path) -> str:
    """Return 16 hexadecimal digits over the names and contents of all modules of the package."""
    found = hashlib.sha256()
    for path in sorted(package.glob("*.py")):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _bases() -> list[Path]:
    """Return where compiled code may be kept, best first."""
    if config.CACHE_DIR:
        return [Path(config.CACHE_DIR)]
    home = Path.home()
    if sys.platform == "darwin":
        user = home / "Library" / "Caches"
    elif os.name == "nt":
        user = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        user = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return [Path(__file__).parent / "__pycache__", user / "connected-communities"]


def _remove_stale(base: Path, current: str) -> None:
    """Remove compiled code of other sources that has not been used for a day."""
    for folder in base.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.name != current and folder.stat().st_mtime < time.time() - _KEPT_FOR:
                shutil.rmtree(folder, ignore_errors=True)
