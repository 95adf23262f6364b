"""One run at a time in a result folder."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from sim.errors import InputError, cause
from sim.store.files import process_is_alive

__all__ = ["LOCK", "locked"]

LOCK = ".lock"
"""Name of the lock file in a result folder."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a result folder for this process.

    The file names who holds it. Where the system can lock files, it lets go of them when their process dies,
    however it dies, so a file that is left over stops nobody; elsewhere the number of the process decides.

    Raises
    ------
    InputError
        When another process holds the folder.
    """
    path = folder / LOCK
    handle = _take(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            if os.name != "nt":
                path.unlink()
        os.close(handle)
        with contextlib.suppress(OSError):
            if os.name == "nt":
                path.unlink()


def _take(path: Path) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(f"{path.parent}: cannot be written to: {cause(error)}") from error
        try:
            if not _lock(handle):
                _refuse_if_alive(path)
            # whoever held the file may have removed it between our opening and our locking it
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(handle: int) -> bool:
    """Lock an open file; return whether the system knows such locks. Raise InputError if another has it."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise InputError(_busy(os.pread(handle, 500, 0).decode(errors="replace"))) from None
        return False
    return True


def _refuse_if_alive(path: Path) -> None:
    """Judge by what the file says, where the system cannot lock files."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        holder = json.loads(text)
        elsewhere = holder["host"] != socket.gethostname()
        alive = elsewhere or (holder["process"] != os.getpid() and process_is_alive(int(holder["process"])))
    except (ValueError, KeyError, TypeError):
        return  # empty or broken: its writer died while writing it
    if alive:
        raise InputError(f"{_busy(text)}; if that run is no more, delete {path}")


def _busy(text: str) -> str:
    try:
        holder = json.loads(text)
        who = f"process {holder['process']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return f"this result folder is in use by {who}; wait until that run ends, or give another --out"
