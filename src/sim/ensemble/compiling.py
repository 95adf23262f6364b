"""Whether what a run compiles has been compiled before and is kept.

The first run that ends leaves a mark in the folder of compiled code, which is another one for other sources.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

__all__ = ["can_be_kept", "is_compiled", "note_compiled"]

_MARK = "played"


def _mark() -> Path | None:
    from sim.compiled.caching import kernel_folder

    folder = kernel_folder()
    return Path(folder) / _MARK if folder else None


def can_be_kept() -> bool:
    """Whether there is a place where compiled code can be kept."""
    return _mark() is not None


def is_compiled() -> bool:
    """Whether a unit has been played with the code as it stands, so that all of it is compiled."""
    mark = _mark()
    return mark is not None and mark.exists()


def note_compiled() -> None:
    """Note that a unit has been played."""
    mark = _mark()
    if mark is not None:
        with suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
