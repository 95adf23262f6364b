"""Programs that are interrupted by tests."""

from __future__ import annotations

import signal


def heeding() -> None:
    """Let a program that starts heed interrupts: what a shell runs in the background has been told to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
