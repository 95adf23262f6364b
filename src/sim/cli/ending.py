"""How every verb ends: with the right exit code, and without a traceback for what a user can mend."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import ParamSpec

from sim.errors import SimError

__all__ = ["ends_well", "start"]

Given = ParamSpec("Given")

INTERRUPTED = 130
"""Exit code after Ctrl-C, as of other programs."""


def start() -> None:
    """Make ready for printing and for being stopped."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    # what asks a program to end, e.g. a batch system, is served as Ctrl-C is: it leaves a folder in order
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())


def _interrupt() -> None:
    raise KeyboardInterrupt


def ends_well(verb: Callable[Given, int | None]) -> Callable[Given, None]:
    """Return a verb that exits as the command line promises: 0, 1 when a run failed, 2 on bad input."""

    @functools.wraps(verb)
    def ending(*args: Given.args, **kwargs: Given.kwargs) -> None:
        sys.exit(_code(lambda: verb(*args, **kwargs)))

    return ending


def _code(verb: Callable[[], int | None]) -> int:
    try:
        code = verb()
        sys.stdout.flush()
    except SimError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt as error:
        _say(f"\n{error}" if str(error) else "\nstopped")
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has enough of it, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        _say(f"{traceback.format_exc()}\nThis is a defect of sim, not of your files: please report it.")
        return 1
    return code or 0


def _say(text: str) -> None:
    with contextlib.suppress(Exception):
        print(text, file=sys.stderr)  # noqa: T201
